"""What `sources test` found: values for its JSON and its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from watcher.core.model import Document, Fetched, Found, Match, Source, SourceKind

SHORT = "only {count} characters of text"
NO_DATE = "no date found"
_LINES = 3  # of a text
_LINKS = 5  # of an index
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """One document as it would be read. Without `document` it could not be: see `warnings`."""

    url: str
    document: Document | None = None
    fetched: Fetched | None = None
    matches: tuple[Match, ...] = ()
    noise: tuple[str, ...] = ()  # what differed between two readings
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document as `sources test --json` prints it."""
        document = self.document
        return {
            "url": self.url,
            "title": document.title if document else "",
            "published_on": document.published_on if document else None,
            "modified_on": document.modified_on if document else None,
            "characters": len(document.text) if document else 0,
            "first_lines": [line[:300] for line in document.blocks[:_LINES]] if document else [],
            "links": len(document.links) if document else 0,
            "matches": [
                {
                    "topic": match.topic_id,
                    "tier": match.tier.value,
                    "score": round(match.score, 3),
                    "reasons": [{"term": reason.term, "excerpt": reason.excerpt} for reason in match.reasons],
                }
                for match in self.matches
            ],
            "noise": list(self.noise),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Trial:
    """One source, tried."""

    source: Source
    fetched: Fetched | None
    trouble: str = ""  # why nothing could be read; "": it could
    follow: tuple[Found, ...] = ()
    next_pages: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """The source's own warnings and those of its documents, each once."""
        return tuple(dict.fromkeys([*self.warnings, *(w for sample in self.samples for w in sample.warnings)]))

    def as_json(self) -> dict[str, Any]:
        """The object that `sources test --json` prints."""
        return {
            "source": self.source.id,
            "kind": self.source.kind.value,
            "url": self.source.url,
            "final_url": self.fetched.final_url if self.fetched else None,
            "media_type": self.fetched.media_type if self.fetched else None,
            "trouble": self.trouble,
            "follow": [
                {"url": found.url, "title": found.title, "published_on": found.published_on} for found in self.follow
            ],
            "next_pages": list(self.next_pages),
            "documents": [sample.as_json() for sample in self.samples],
            "warnings": list(self.warnings),
        }

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield f"{self.source.id}   {self.source.kind.value}   {self.source.url}"
        if self.trouble:
            yield f"  could not be read: {self.trouble}"
        elif self.source.kind != SourceKind.PAGE:
            yield from self._index_lines()
        for sample in self.samples:
            yield ""
            yield from _sample_lines(sample)
        if self.warnings:
            yield ""
        for warning in self.warnings:
            yield f"  warning: {warning}"

    def _index_lines(self) -> Iterator[str]:
        dated = sum(1 for found in self.follow if found.published_on or found.modified_at)
        pages = f", {len(self.next_pages)} further pages" if self.next_pages else ""
        yield f"  would follow {len(self.follow)} links, {dated} of them dated{pages}"
        for found in self.follow[:_LINKS]:
            day = found.published_on or (found.modified_at.date() if found.modified_at else None)
            yield f"    {day or '          '}  {found.title or '(no title)'}  {found.url}"
        if len(self.follow) > _LINKS:
            yield f"    … and {len(self.follow) - _LINKS} more"


def _sample_lines(sample: Sample) -> Iterator[str]:
    document = sample.document
    if document is not None:
        yield f"  {document.title or '(no title)'}"
        yield f"    {sample.url}"
        yield f"    {_dates(document)}{len(document.text)} characters, {len(document.links)} links"
        yield from (f"    | {_cut(line)}" for line in document.blocks[:_LINES])
        yield from _match_lines(sample)
        yield from (f"    noise, differs between two readings: {_cut(noise)}" for noise in sample.noise)
    else:
        yield f"  {sample.url}"
    yield from (f"    warning: {warning}" for warning in sample.warnings)


def _match_lines(sample: Sample) -> Iterator[str]:
    if not sample.matches:
        yield "    matches no topic"
    for match in sample.matches:
        terms = ", ".join(dict.fromkeys(reason.term for reason in match.reasons))
        yield f"    matches {match.topic_id}: {match.tier.value}, {match.score:.2f}: {terms}"


def _dates(document: Document) -> str:
    parts = [f"published {document.published_on}"] if document.published_on else []
    parts += [f"changed {document.modified_on}"] if document.modified_on else []
    return ", ".join(parts) + "; " if parts else ""


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1].rstrip() + "…"
