"""What kinds, states, stances and outcomes are called on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from markupsafe import Markup

from watcher.core.promise import Promise
from watcher.render.words import STANCES, day_in_words
from watcher.store.changes import Change

CHANGES: dict[str, str] = {
    "first": "New statement",
    "baseline": "There when the watch began",
    "repeat": "Same statement at another publisher",
    "edited": "Changed",
    "links": "Documents or links changed",
    "moved": "Moved to another address",
    "missing": "Possibly taken down",
    "removed": "Taken down",
    "restored": "Back again",
    "cosmetic": "Changed in form only",
    "reextracted": "Read anew",
}
"""Kinds of change, as labels; in the order in which the form lists them."""

DID: dict[str, str] = {
    "first": "published a statement",
    "baseline": "had this statement when the watch began",
    "repeat": "published the same statement",
    "edited": "changed its statement",
    "links": "changed the documents or links of its statement",
    "moved": "moved its statement to another address",
    "missing": "may have taken its statement down: not yet certain",
    "removed": "took its statement down",
    "restored": "put its statement back",
    "cosmetic": "changed its statement in form only",
    "reextracted": "has the same statement; it was read anew",
}

ORGANISATION_KINDS: dict[str, str] = {
    "trust": "NHS trusts",
    "college": "Colleges and professional bodies",
    "ahsn": "Health innovation networks",
    "nhs-england": "NHS England",
    "police": "Police",
    "charity": "Charities",
    "campaign": "Campaigns",
    "press": "Press",
    "parliament": "Parliament",
    "government": "Government",
    "other": "Others",
}

RHYTHMS: dict[str, str] = {"weekly": "Once a week", "daily": "Once a day"}

STATES: dict[str, str] = {
    "present": "Published",
    "missing": "Not found at the last visit; not yet certain",
    "removed": "Taken down",
    "moved": "Moved to another address",
}

READS: dict[str, tuple[str, str]] = {
    "good": ("Read", "The last visit brought the page."),
    "not read yet": ("Not read yet", "It is read at the next poll."),
    "gone": ("Not found", "The site answers that the address is not there."),
    "blocked": ("Blocked", "The site does not let us read it. That does not mean that it is gone."),
    "busy": ("Busy", "The site answered with an error of its own."),
    "timed out": ("Timed out", "No answer came in time."),
    "dns": ("Name not found", "The name of the site could not be found."),
    "tls": ("Certificate not valid", "The certificate of the site could not be verified."),
    "connection": ("No connection", "The site refused or dropped the connection."),
    "robots": ("Asks not to be read", "The site's robots.txt asks programs not to read it."),
    "refused address": ("Private address", "The address is not on the public internet."),
    "malformed": ("Unreadable", "What the site sent is not what it says it is."),
    "too large": ("Too large", "The page is larger than is read."),
    "unsupported": ("Unknown format", "The page is of a kind that can't be read yet."),
    "empty": ("Empty", "The page holds no text."),
}
"""How a source was read: a label, and a sentence that says what it means."""

BLIND, RESTING = "blind", "resting"
"""All states in which a source can't be read; and what holds of a source that is not asked at all."""


def read_label(state: str) -> str:
    """How a source is read, as a label.

    >>> read_label("tls"), read_label("blind")
    ('Certificate not valid', "Can't be read")
    """
    if state in READS:
        return READS[state][0]
    return {BLIND: "Can't be read", RESTING: "Not watched at present"}.get(state, state.capitalize())


PERIODS: dict[str, str] = {"7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days", "365d": "Last year"}


def without_position(change: Change) -> str:
    """The summary of a change, without how its position moved: that stands in a sentence of its own."""
    moved = change.stance_before and change.stance and change.summary.startswith(f"{change.stance_before} → ")
    if moved or change.summary.startswith("softer than before"):
        return change.summary.partition("; ")[2]
    return after_label(change.kind.value, change.summary)


def after_label(kind: str, summary: str) -> str:
    """A summary as it follows the name of its kind of change.

    >>> after_label("moved", "to https://x.example/new"), after_label("edited", "1 sentence added")
    ('https://x.example/new', '1 sentence added')
    """
    return summary.removeprefix("to ").removeprefix("moved") if kind == "moved" else summary


TRUST = {True: "Confirmed by a person.", False: "Read by machine, not yet confirmed."}
"""How far a position can be trusted, by whether a person has confirmed it."""


def promise_due(promise: Promise, state: str, today: date) -> str:
    """When something announced falls due and how it stands, as facts: "Due by 30 November 2026."."""
    first, last = day_in_words(promise.due_from), day_in_words(promise.due_until)
    is_day = promise.due_from == promise.due_until
    span = last if is_day else f"the time between {first} and {last}"
    if state == "superseded":
        return f"Was announced for {span}. The text no longer says so."
    if state == "past":
        return f"Announced for {span}, which had passed when it was first seen."
    if promise.due_until < today:
        return f"Announced for {span}, which has now passed. The text still says so."
    return f"Due on {last}." if is_day else f"Due between {first} and {last}."


def stance_says(stance: str) -> str:
    """A position as words that follow an organisation's name.

    >>> stance_says("ended"), stance_says("calls-for-inquiry")
    ('says it has ended', 'calls for an inquiry into')
    """
    lead, strong, glue, _ = STANCES.get(stance, ("", stance, " ", stance))
    words = f"{lead}{strong}{glue}".strip()
    return words[:1].lower() + words[1:]


def stance_label(stance: str) -> str:
    """A position as a label.

    >>> stance_label("ended"), stance_label("under-review")
    ('Ended', 'Under review')
    """
    return _STANCE_LABELS.get(stance, stance.replace("-", " ").capitalize())


_STANCE_LABELS = {
    "uses": "In use",
    "piloting": "Piloting",
    "under-review": "Under review",
    "paused": "Paused",
    "ended": "Ended",
    "never-used": "Never used",
    "replaced": "Replaced",
    "does-not-endorse": "Does not endorse",
    "opposes": "Opposes",
    "calls-for-inquiry": "Calls for an inquiry",
    "apologises": "Apologises",
    "supports-campaign": "Supports the campaign",
}
STANCE_NAMES: tuple[str, ...] = tuple(_STANCE_LABELS)

_GOOD_VISITS = frozenset({"read", "not modified"})


def spark(visits: Sequence[str]) -> Markup:
    """Outcomes of visits as paths of an SVG, 4 units each: a line for each run of good ones, and of bad ones.

    >>> print(spark(["read", "not modified", "blocked"]))
    <path d="M0 9h8"/><path class="bad" d="M8 13h4"/>
    """
    good, bad = list[str](), list[str]()
    at = 0
    for is_good, run in groupby(visits, lambda outcome: outcome in _GOOD_VISITS):
        width = 4 * sum(1 for _ in run)
        (good if is_good else bad).append(f"M{at} {9 if is_good else 13}h{width}")
        at += width
    drawn = f'<path d="{"".join(good)}"/>' if good else ""
    return Markup(drawn + (f'<path class="bad" d="{"".join(bad)}"/>' if bad else ""))  # noqa: S704 - numbers alone


UNSTATED, UNSTATED_LABEL = "none", "No position known"
"""What stands for a stance where an organisation has stated none."""
