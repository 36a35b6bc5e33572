"""Changes as the pages and the feeds tell them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.core.changed import changed_sentences
from watcher.core.content_note import content_note
from watcher.core.model import BlockOp, ChangeKind, Run, Stance
from watcher.pipeline.shown import excerpt, whole_diff
from watcher.render.words import counted
from watcher.store import documents, people, positions
from watcher.store.changes import Change
from watcher.store.views import Told
from watcher.web import phrases
from watcher.web.site import Site

_QUOTES = 3
_QUOTE_MOST = 700  # characters of one quotation; the change's own page has all of it


@dataclass(frozen=True, slots=True)
class Words:
    """What the versions of a change say; fixed once they are recorded."""

    note: str | None  # content note
    quotes: tuple[tuple[Run, ...], ...]
    terms: tuple[str, ...]
    before: Stance | None
    after: Stance | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline or of a feed."""

    change: Change
    together: tuple[Change, ...]
    words: Words
    is_confirmed: bool = False  # a person has confirmed the position that it states

    @property
    def kind(self) -> str:
        """The kind of change; several publishers of one text are "repeat" only if none was first."""
        kinds = {change.kind.value for change in self.together}
        if self.change.kind.value not in ("first", "repeat", "baseline"):
            return self.change.kind.value
        return "first" if "first" in kinds else "baseline" if kinds == {"baseline"} else self.change.kind.value

    @property
    def organisations(self) -> tuple[tuple[str, str], ...]:
        """Who it is about: (id, name), the first publisher first."""
        return tuple(dict.fromkeys((change.organisation_id, change.organisation) for change in self.together))

    @property
    def is_mass(self) -> bool:
        """Whether the same words changed on several pages of one site."""
        return self.change.mass_edit_id is not None and len(self.together) > 1

    @property
    def did(self) -> str:
        """What they did, as words after their names."""
        if self.is_mass:
            return f"changed the same words on {counted(len(self.together), 'page')}"
        if len(self.organisations) > 1:
            return "published the same statement"
        return phrases.DID[self.kind]

    @property
    def summary(self) -> str:
        """What changed, for people; how the position moved is told in a sentence of its own."""
        if self.kind in ("first", "repeat", "baseline"):
            return ""
        return phrases.without_position(self.change)

    @property
    def headline(self) -> str:
        """Who did what, on one line: for feeds and titles."""
        names = [name for _, name in self.organisations]
        who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 5 else ""
        who = who or f"{', '.join(names[:3])} and {len(names) - 3} more"
        return f"{who} {self.did}"

    @property
    def first_at(self) -> datetime:
        """When the earliest change in it was recorded."""
        return min(change.detected_at for change in self.together)

    @property
    def key(self) -> str:
        """What stays the same however many publishers join: for ids in feeds."""
        return f"change:{self.together[0].id}"


def entry(site: Site, db: Database, told: Told) -> Entry:
    """One entry with the words of its first publisher's text."""
    first = told.together[0]
    words = words_of(site, db, first)
    return Entry(told.change, told.together, words, is_confirmed(db, first, words))


def is_confirmed(db: Database, change: Change, words: Words) -> bool:
    """Whether a person has confirmed the position that the words of a change state."""
    version_id = change.after_id or change.before_id
    if words.after is None or version_id is None:
        return False
    return people.is_confirmed(db, version_id, change.topic_id, words.after.stance)


def words_of(site: Site, db: Database, change: Change) -> Words:
    """What the versions of a change say, read once."""
    key = ("words", change.id, change.before_id, change.after_id)
    words: Words = site.remember(key, lambda: _words(db, change))
    return words


def _words(db: Database, change: Change) -> Words:
    before = documents.version_by_id(db, change.before_id) if change.before_id else None
    after = documents.version_by_id(db, change.after_id) if change.after_id else None
    both = [version for version in (before, after) if version is not None]
    shown = after or before
    matches = documents.matches_of(db, shown.id) if shown else []
    match = next((found for found in matches if found.topic_id == change.topic_id), None)
    was = positions.stances_of(db, change.before_id, change.topic_id) if change.before_id and after else ()
    stances = match.stances if match else ()
    texts = excerpt(match, shown.document) if shown else ()
    quotes: tuple[tuple[Run, ...], ...] = tuple((Run(BlockOp.SAME, text),) for text in texts)
    if before and after and change.kind in (ChangeKind.EDITED, ChangeKind.RESTORED, ChangeKind.COSMETIC):
        quotes = changed_sentences(whole_diff(before.document, after.document), _QUOTES) or quotes
    return Words(
        note=content_note("\n".join(f"{version.document.title}\n{version.document.text}" for version in both)),
        quotes=tuple(map(_cut, quotes)),
        terms=tuple(dict.fromkeys(reason.term for reason in match.reasons)) if match else (),
        before=was[0] if was else None,
        after=stances[0] if stances else None,
    )


def _cut(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The beginning of a quotation, cut at a word's end if it is long."""
    kept: list[Run] = []
    room = _QUOTE_MOST
    for run in runs:
        if len(run.text) > room:
            kept.append(Run(run.op, run.text[:room].rpartition(" ")[0] + " …"))
            break
        kept.append(run)
        room -= len(run.text)
    return tuple(kept)
