"""One change, and one statement with all its publishers and versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from watcher.core.changed import summary
from watcher.core.content_note import content_note
from watcher.core.model import ChangeKind, Diff, Link, Match
from watcher.pipeline.shown import deviation, whole_diff
from watcher.store import documents, people, positions, promises, views
from watcher.store.changes import Change
from watcher.store.documents import Version
from watcher.store.proofs import Proof, proof_of, proofs_of
from watcher.store.views import Publisher, VersionMark
from watcher.web import comparison
from watcher.web.entries import is_confirmed, words_of
from watcher.web.filters import Asked
from watcher.web.pages import positive
from watcher.web.site import Site

_VERSIONS, _OTHERS, _MOVES = 40, 30, 20  # on one page


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison ready to be shown, and the queries that show it otherwise."""

    rows: list[comparison.Row]
    is_same: bool
    is_side: bool
    shows_all: bool
    similarity: float
    inline_query: str
    side_query: str
    all_query: str
    changed_query: str
    links_added: tuple[Link, ...]
    links_removed: tuple[Link, ...]
    summary: str
    is_chosen: bool  # the reader has asked for a view of it: it is not folded again


def change(site: Site, request: Request, db: Database | None) -> Response:
    """One change whole: the difference, why it matched, when, and the proof."""
    number = request.path_params["number"]
    change_id = positive(number.removeprefix("c-"))
    found = views.public_change(db, change_id) if db is not None and change_id is not None else None
    if db is None or found is None:
        return site.not_found(request, db, "There is no change with this number, or it is not public.")
    if not number.isdigit():
        return RedirectResponse(f"/changes/{found.id}", 308)
    before = documents.version_by_id(db, found.before_id) if found.before_id else None
    after = documents.version_by_id(db, found.after_id) if found.after_id else None
    shown = after or before
    others = views.changes_of_documents(db, [found.document_id], _OTHERS + 1)
    words = words_of(site, db, found)
    publishers = views.publishers(db, found.statement_id) if found.statement_id else []
    return site.page(
        request,
        db,
        "change.html",
        change=found,
        words=words,
        is_confirmed=is_confirmed(db, found, words),
        version=shown,
        compared=_compared(site, request, before, after) if before and after else None,
        match=_match(db, found),
        proofs=_proofs(db, before, after),
        others=[one for one in others if one.id != found.id][:_OTHERS],
        has_more=len(others) > _OTHERS,
        publishers=[one for one in publishers if one.document_id != found.document_id],
        gone=documents.disappearance(db, found.document_id),
    )


def _match(db: Database, found: Change) -> Match | None:
    version_id = found.after_id or found.before_id
    matches = documents.matches_of(db, version_id) if version_id else []
    return next((match for match in matches if match.topic_id == found.topic_id), None)


def _proofs(db: Database, *versions: Version | None) -> list[tuple[Version, Proof | None]]:
    return [(version, proof_of(db, version.id)) for version in versions if version is not None]


def _compared(site: Site, request: Request, before: Version, after: Version) -> Compared:
    query = request.query_params
    is_side, shows_all = query.get("view") == "side", query.get("show") == "all"
    key = ("diff", before.id, after.id)
    found: Diff = site.remember(key, lambda: whole_diff(before.document, after.document), most=200)
    kept = {name: query[name] for name in ("view", "show", "from", "to") if name in query}
    asked = Asked(views.Selection(), kept)
    was, now = ({link.url for link in version.document.links} for version in (before, after))
    return Compared(
        rows=comparison.rows(found, show_all=shows_all),
        is_same=comparison.is_same(found),
        is_side=is_side,
        shows_all=shows_all,
        similarity=found.similarity,
        inline_query=asked.query(view="inline"),
        side_query=asked.query(view="side"),
        all_query=asked.query(show="all"),
        changed_query=asked.query(show="changed"),
        links_added=tuple(link for link in after.document.links if link.url not in was),
        links_removed=tuple(link for link in before.document.links if link.url not in now),
        summary=summary(found),
        is_chosen=bool(kept),
    )


def statement(site: Site, request: Request, db: Database | None) -> Response:
    """One statement: its publishers, its versions, any text, any two compared, and the proof."""
    statement_id = positive(request.path_params["number"])
    publishers = views.publishers(db, statement_id) if db is not None and statement_id is not None else []
    if db is None or not publishers:
        return site.not_found(request, db, "There is no statement with this number, or it is not public.")
    ids = [one.document_id for one in publishers]
    shown = _version(db, request, "version", ids) or documents.latest_version(db, ids[0])
    before, after = _version(db, request, "from", ids), _version(db, request, "to", ids)
    line = _time_line(db, request, ids)
    return site.page(
        request,
        db,
        "statement.html",
        statement_id=statement_id,
        publishers=_with_deviations(site, db, publishers),
        publisher_names={one.document_id: one.organisation for one in publishers},
        line=line,
        version=shown,
        note=content_note("\n".join(_words(one) for one in (shown, before, after) if one is not None)),
        before=before,
        after=after,
        compared=_compared(site, request, before, after) if before and after else None,
        history=positions.document_moves(db, ids, _MOVES),
        confirmed=people.confirmed_positions(db),
        promises=promises.public_promises(db, document_ids=ids),
        proofs=proofs_of(db, [*(mark.id for mark in line.marks), *([shown.id] if shown else [])]),
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of a time line: a version, or a text that was gone."""

    at: datetime
    mark: VersionMark | None = None
    gone: Change | None = None


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A page of a statement's versions, the newest first."""

    moments: list[Moment]
    marks: list[VersionMark]  # of this page
    total: int  # versions on all pages
    older: int | None  # the version before which the next page starts
    is_first: bool


def _time_line(db: Database, request: Request, document_ids: list[int]) -> TimeLine:
    before = positive(request.query_params.get("before"))
    found = views.version_marks(db, document_ids, _VERSIONS + 1, before)
    marks = found[:_VERSIONS]
    is_last = len(found) <= _VERSIONS
    start = documents.version_by_id(db, before) if before is not None else None
    kinds = (ChangeKind.MISSING, ChangeKind.REMOVED)
    gone = [
        Moment(one.detected_at, gone=one)
        for one in views.changes_of_documents(db, document_ids, _VERSIONS, kinds)
        if (is_last or one.detected_at > marks[-1].seen_at) and (start is None or one.detected_at <= start.seen_at)
    ]
    moments = sorted([*(Moment(mark.seen_at, mark) for mark in marks), *gone], key=lambda one: one.at, reverse=True)
    older = None if is_last else marks[-1].id
    return TimeLine(moments, marks, views.version_count(db, document_ids), older, before is None)


def _version(db: Database, request: Request, name: str, document_ids: list[int]) -> Version | None:
    """The version that the query names, if it is one of these documents'."""
    version_id = positive(request.query_params.get(name))
    version = documents.version_by_id(db, version_id) if version_id is not None else None
    return version if version is not None and version.document_id in document_ids else None


def _words(version: Version) -> str:
    return f"{version.document.title}\n{version.document.text}"


def _with_deviations(site: Site, db: Database, publishers: list[Publisher]) -> list[tuple[Publisher, str]]:
    """Each publisher with what it words otherwise than the first: "with its own opening sentence"; "" if nothing."""
    first = publishers[0]
    said: list[tuple[Publisher, str]] = []
    for one in publishers:
        if one is first or not one.version_id or not first.version_id:
            said.append((one, ""))
            continue
        key = ("deviation", first.version_id, one.version_id)
        said.append((one, site.remember(key, lambda one=one: _deviation(db, first, one))))  # type: ignore[misc]
    return said


def _deviation(db: Database, first: Publisher, other: Publisher) -> str:
    ours, theirs = (documents.latest_version(db, one.document_id) for one in (first, other))
    if ours is None or theirs is None:
        return ""
    return deviation(ours.document, theirs.document)
