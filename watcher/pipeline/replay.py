"""Stored captures through today's extraction, comparison and matching: which alerts would appear or vanish.

Nothing is written. What hangs on the order of events (a repeat, a move, three misses, a mass edit) is
taken as it was recorded; what hangs on the texts is judged anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlite_utils import Database

from watcher.config.load import Configuration
from watcher.core.compare import compare
from watcher.core.errors import ExtractError, StoreError
from watcher.core.model import ChangeKind, Document, FetchTask, Match, Organisation, Source, SourceKind, Tier
from watcher.core.reader import TopicReader
from watcher.core.urls import identity
from watcher.evidence import warc
from watcher.extract.barrier import find_barrier
from watcher.pipeline.meaning import EDITS, Edit, meaning, rings
from watcher.pipeline.recognise import matches_of_text
from watcher.pipeline.second_look import without_noise
from watcher.pipeline.shown import whole_diff
from watcher.store import changes, documents, noise
from watcher.store.changes import Change

COMPARED = frozenset({*EDITS, ChangeKind.COSMETIC, ChangeKind.REEXTRACTED})
"""Kinds that were decided by comparing two texts, and are decided anew."""


@dataclass(frozen=True, slots=True)
class Text:
    """A version as it is read today."""

    document: Document
    trouble: str = ""  # why the stored text had to do, or why this is no content


@dataclass(frozen=True, slots=True)
class Replayed:
    """One recorded change, and what it would be today."""

    change: Change
    kind: str
    tier: Tier
    is_told: bool
    reasons: tuple[str, ...]
    trouble: str = ""

    @property
    def effect(self) -> str:
        """What happens to its alert: "appears", "vanishes" or "" if nothing does."""
        if self.is_told == self.change.is_alert:
            return ""
        return "appears" if self.is_told else "vanishes"


class Replay:
    """Recorded changes under one configuration."""

    def __init__(self, db: Database, storage: Path, configuration: Configuration) -> None:
        self._db, self._storage, self._configuration = db, storage, configuration
        self._topics = TopicReader(configuration.topics)
        self._sources = {source.id: source for source in configuration.sources}
        self._organisations = {one.id: one for one in configuration.organisations}
        self._text = lru_cache(maxsize=64)(self._read)

    def since(self, since: datetime) -> Iterator[Replayed]:
        """Every change recorded since then, oldest first."""
        for change in reversed(changes.changes_since(self._db, since, limit=1_000_000)):
            yield self.replay(change)

    def replay(self, change: Change) -> Replayed:
        """What one recorded change would be today."""
        source = self._sources.get(change.source_id)
        organisation = self._organisations.get(change.organisation_id)
        if source is None or not source.enabled or organisation is None:
            why = f'the source "{change.source_id}" is not watched under this configuration'
            return Replayed(change, change.kind.value, Tier.NONE, False, (why,))
        before = self._text(change.before_id, source.id) if change.before_id else None
        after = self._text(change.after_id, source.id) if change.after_id else None
        if after and after.trouble.startswith("no content"):
            return Replayed(change, "unreadable", Tier.NONE, False, (after.trouble,))
        return self._judged(change, organisation, before, after)

    def _judged(self, change: Change, organisation: Organisation, before: Text | None, after: Text | None) -> Replayed:
        mask = noise.mask_of(self._db, change.source_id, change.document_id)
        old = without_noise(before.document, mask) if before else None
        new = without_noise(after.document, mask) if after else None
        kind, decided = change.kind, change.reasons
        if old and new and kind in COMPARED:
            comparison = compare(old, new, mask)
            kind, decided = comparison.kind, comparison.reasons
        edit = None
        if old and new and kind in EDITS:
            edit = Edit(old, new, whole_diff(old, new), is_mass=change.mass_edit_id is not None)
        now, was = self._matches(after, organisation), self._matches(before, organisation)
        meant = meaning(self._topics, organisation, now, was, edit)
        is_told = rings(_Judged(kind, meant.tier), is_quiet=meant.is_quiet)
        if kind == ChangeKind.REPEAT:
            is_told = change.is_alert and meant.tier == Tier.NAMED
        if kind == ChangeKind.MOVED and change.tier == Tier.NAMED and not change.is_alert:
            is_told = False  # named by a source that was new: it had moved long ago
        terms = tuple(dict.fromkeys(reason.term for match in now or was for reason in match.reasons))
        trouble = "; ".join(text.trouble for text in (before, after) if text and text.trouble)
        return Replayed(change, kind.value, meant.tier, is_told, (*terms, *decided, *meant.reasons), trouble)

    def _matches(self, text: Text | None, organisation: Organisation) -> list[Match]:
        return matches_of_text(self._topics, text.document, organisation) if text else []

    def _read(self, version_id: int, source_id: str) -> Text:
        """A version from its capture, by today's extractor; from the stored text if that can't be had."""
        version = documents.version_by_id(self._db, version_id)
        assert version is not None
        capture = documents.capture_of(self._db, version_id)
        if capture is None:
            return Text(version.document, "not captured: its stored text was used")
        from watcher.extract.registry import extract

        try:
            fetched = warc.read_capture(self._storage, capture.file, capture.offset, capture.length)
            extraction = extract(fetched, _task(self._sources[source_id], fetched.final_url))
        except (StoreError, ExtractError) as exc:
            return Text(version.document, f"its stored text was used: {exc}")
        key = identity(version.document.url)
        found = [one for one in extraction.documents if identity(one.url) == key] or list(extraction.documents)
        if len(found) != 1:
            return Text(version.document, "its capture holds several texts: the stored one was used")
        barrier = find_barrier(found[0], fetched.body)
        return Text(found[0], f"no content: {barrier.detail}" if barrier else "")


@dataclass(frozen=True, slots=True)
class _Judged:
    kind: ChangeKind
    tier: Tier


def _task(source: Source, url: str) -> FetchTask:
    return FetchTask(0, source.id, url, SourceKind.PAGE, source.recipe)
