"""The one mail that goes to an address before its reader has agreed to anything. Words: mail/confirm.*.j2."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from watcher.core.filter import Rhythm
from watcher.core.markup import one_line
from watcher.render.words import listed, shortened, web_address

if TYPE_CHECKING:
    from jinja2 import Environment

_SUBJECT_MOST = 120
_WIDTH = 72  # of a line of the text; an address is never broken


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the mail says. The filter's own words stay out of it: whoever fills in a form could write anything."""

    topics: tuple[str, ...]  # names
    rhythm: Rhythm
    has_filter: bool
    wants_quiet: bool
    link: str
    until: str  # a moment in words
    home: str  # address of the web view, no slash at its end
    contact: str  # an address for people, perhaps "mailto:…"; "": none is configured


def confirmation(told: Confirmation) -> tuple[str, str, str]:
    """Subject, text and HTML of the mail."""
    topics = one_line("".join(listed(list(told.topics))))
    subject = shortened(f"Please confirm: e-mails about {topics}", _SUBJECT_MOST)
    is_weekly = told.rhythm is Rhythm.WEEKLY
    empty = "In a week" if is_weekly else "On a day"
    words = {
        "subject": subject,
        "topics": topics,
        "often": "once a week" if is_weekly else "once a day",
        "quiet": f"{empty} without changes one line says what was watched."
        if told.wants_quiet
        else f"{empty} without changes nothing is sent.",
        "has_filter": told.has_filter,
        "link": told.link,
        "until": told.until,
        "home": told.home,
        "contact": one_line(told.contact).removeprefix("mailto:"),
        "contact_url": told.contact if told.contact.startswith("mailto:") else web_address(told.contact),
    }
    text = "\n".join(_wrapped(line) for line in _filled("confirm.txt.j2", words).splitlines())
    return subject, f"{text}\n", _filled("confirm.html.j2", words)


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _filled(template: str, words: Mapping[str, object]) -> str:
    return _templates().get_template(template).render(words)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("watcher.render", "mail"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
