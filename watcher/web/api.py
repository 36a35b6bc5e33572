"""The JSON API under /api/v1: the same rows as the pages, for machines."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlite_utils import Database
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from watcher.pipeline.shown import whole_diff
from watcher.store import documents, people, promises, proofs, views
from watcher.store import positions as reading
from watcher.store import search as searching
from watcher.store.changes import Change
from watcher.store.people import Confirmed
from watcher.store.positions import Position
from watcher.store.promises import KeptPromise
from watcher.store.views import Publisher, StatementLine, VersionMark
from watcher.web import boards, filters, health, phrases
from watcher.web.entries import is_confirmed, words_of
from watcher.web.organisations import organisations_of
from watcher.web.pages import LONGEST_SEARCH, positive
from watcher.web.site import Site, respond

MOST, USUAL = 100, 50
_ANYWHERE = {"Access-Control-Allow-Origin": "*"}


def changes(site: Site, request: Request, db: Database | None) -> Response:
    """Changes one by one, the newest first."""
    asked, limit, cursor = asked_changes(site, request), _limit(request), _cursor(request)
    found = views.selected(db, asked.selection, limit + 1, cursor) if db is not None else []
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    address = asked.query(limit=limit, cursor=following)
    return _listed(site, request, "changes", [told_change(site, request, one) for one in shown], following, address)


def change(site: Site, request: Request, db: Database | None) -> Response:
    """One change, with the words that changed and the evidence."""
    change_id = positive(request.path_params["number"].removeprefix("c-"))
    found = views.public_change(db, change_id) if db is not None and change_id is not None else None
    if db is None or found is None:
        raise HTTPException(404, "There is no change with this number, or it is not public.")
    words = words_of(site, db, found)
    told = told_change(site, request, found) | {
        "content_note": words.note,
        "terms": list(words.terms),
        "confirmed": is_confirmed(db, found, words),
        "diff": _diff(db, found),
        "evidence": [_proof(db, version) for version in (found.before_id, found.after_id) if version],
    }
    return _json(request, told)


def _diff(db: Database, found: Change) -> list[dict[str, Any]] | None:
    before = documents.version_by_id(db, found.before_id) if found.before_id else None
    after = documents.version_by_id(db, found.after_id) if found.after_id else None
    if before is None or after is None:
        return None
    return [
        {"op": block.op.value, "before": block.before, "after": block.after}
        for block in whole_diff(before.document, after.document).blocks
    ]


def _proof(db: Database, version_id: int) -> dict[str, Any]:
    proof = proofs.proof_of(db, version_id)
    if proof is None:
        return {"version": version_id, "captured": False}
    return {
        "version": version_id,
        "captured": proof.warc_file is not None,
        "url": proof.url,
        "fetched_at": proof.fetched_at.isoformat(),
        "status": proof.status,
        "body_sha256": proof.body_sha256,
        "text_sha256": proof.text_sha256,
        "warc": {
            "file": proof.warc_file,
            "offset": proof.warc_offset,
            "length": proof.warc_length,
            "sha256": proof.warc_sha256,
        },
        "extractor": proof.extractor,
        "archived_copy": _copy(proof),
    }


def _copy(proof: proofs.Proof) -> dict[str, str] | None:
    copy = proof.archived_copy
    return {"url": copy.url, "copied_at": copy.at.isoformat()} if copy else None


def told_change(site: Site, request: Request, one: Change) -> dict[str, Any]:
    """One change as the API and the tables tell it."""
    return {
        "id": one.number,
        "change": one.kind.value,
        "organisation": one.organisation_id,
        "organisation_name": one.organisation,
        "source": one.source_id,
        "url": one.url,
        "title": one.title,
        "topic": one.topic_id,
        "tier": one.tier.value,
        "alert": one.is_alert,
        "statement": one.statement_id,
        "summary": one.summary,
        "reasons": list(one.reasons),
        "silent": one.is_silent,
        "stance": one.stance,
        "stance_before": one.stance_before,
        "softer": one.is_softer,
        "before": one.before_id,
        "after": one.after_id,
        "detected_at": one.detected_at.isoformat(),
        "page": f"{site.base(request)}/changes/{one.id}",
    }


def statements(site: Site, request: Request, db: Database | None) -> Response:
    """Statements, the newest first; `topic` and `organisation` filter."""
    asked, limit, cursor = asked_changes(site, request), _limit(request), _cursor(request)
    wanted = asked.selection
    found = views.statements(db, limit + 1, cursor, wanted.organisation, wanted.topic) if db is not None else []
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    address = asked.query(limit=limit, cursor=following)
    return _listed(site, request, "statements", [_statement(site, request, one) for one in shown], following, address)


def _statement(site: Site, request: Request, one: StatementLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "topic": one.topic_id,
        "title": one.title,
        "organisation": one.organisation_id,
        "organisation_name": one.organisation,
        "state": one.state,
        "first_seen_at": one.first_seen_at.isoformat(),
        "publishers": one.publishers,
        "page": f"{site.base(request)}/statements/{one.id}",
    }


def statement(site: Site, request: Request, db: Database | None) -> Response:
    """One statement: its publishers, their latest texts, and its versions."""
    statement_id = positive(request.path_params["number"])
    publishers = views.publishers(db, statement_id) if db is not None and statement_id is not None else []
    if db is None or not publishers:
        raise HTTPException(404, "There is no statement with this number, or it is not public.")
    limit, document_ids = _limit(request), [one.document_id for one in publishers]
    marks = views.version_marks(db, document_ids, limit + 1, _cursor(request))
    shown = marks[:limit]
    page = f"{site.base(request)}/statements/{statement_id}"
    following = f"?limit={limit}&cursor={shown[-1].id}" if len(marks) > limit else None
    confirmed = people.confirmed_positions(db)
    told = {
        "id": statement_id,
        "publishers": [_publisher(db, one) for one in publishers],
        "positions": [told_position(one, confirmed) for one in reading.document_moves(db, document_ids, MOST)],
        "promises": [_promise(one) for one in promises.public_promises(db, document_ids=document_ids)],
        "versions": [_version(mark) for mark in shown],
        "next": f"{site.base(request)}/api/v1/statements/{statement_id}{following}" if following else None,
        "page": page,
    }
    return _json(request, told)


def _version(mark: VersionMark) -> dict[str, Any]:
    return {
        "id": mark.id,
        "document": mark.document_id,
        "seen_at": mark.seen_at.isoformat(),
        "title": mark.title,
        "change": mark.kind,
        "silent": mark.is_silent,
    }


def _promise(one: KeptPromise) -> dict[str, Any]:
    return {
        "organisation": one.organisation_id,
        "statement": one.statement_id,
        "version": one.version_id,
        "quote": one.promise.quote,
        "due_from": one.promise.due_from.isoformat(),
        "due_until": one.promise.due_until.isoformat(),
        "said_at": one.said_at.isoformat(),
        "state": one.state,
    }


def _publisher(db: Database, one: Publisher) -> dict[str, Any]:
    version = documents.version_by_id(db, one.version_id) if one.version_id else None
    return {
        "document": one.document_id,
        "organisation": one.organisation_id,
        "organisation_name": one.organisation,
        "url": one.url,
        "title": one.title,
        "state": one.state,
        "joined_at": one.joined_at.isoformat(),
        "version": one.version_id,
        "text": version.document.text if version else None,
    }


def organisations(site: Site, request: Request, db: Database | None) -> Response:
    """Every organisation that is watched; `kind` and `region` filter."""
    asked = chosen(request, filters.about_organisations(site.configuration))
    told = [
        {"id": one.id, "name": one.name, "kind": one.kind.value, "region": one.region, "ods_code": one.ods_code}
        for one in organisations_of(site, asked.values.get("kind"), asked.values.get("region"))
    ]
    return _json(request, {"organisations": told, "next": None})


def sources(site: Site, request: Request, db: Database | None) -> Response:
    """Every source, and how well it is read; filters as on the page."""
    return _json(request, {"sources": told_sources(asked_sources(site, request, db)), "next": None})


def asked_sources(site: Site, request: Request, db: Database | None) -> list[health.Line]:
    """The sources that the query asks for; all of them, those that are not watched too, if it names no state."""
    asked = chosen(request, health.allowed(site))
    state = asked.values.get("state")
    return [one for one in health.lines(site, db, asked) if state is None or health.in_state(one, state)]


def told_sources(lines: Iterable[health.Line]) -> list[dict[str, Any]]:
    """Sources as the API and the tables tell them."""
    told = []
    for line in lines:
        source, read = line.source, line.read
        told.append(
            {
                "id": source.id,
                "organisation": source.organisation,
                "kind": source.kind.value,
                "url": source.url,
                "enabled": source.enabled,
                "state": read.state if read else "not read yet",
                "last_read_at": _stamp(read.last_read_at) if read else None,
                "failing_since": _stamp(read.failing_since) if read else None,
                "next_check_at": _stamp(read.next_check_at) if read else None,
                "documents": read.documents if read else 0,
                "on_topic": read.on_topic if read else 0,
            }
        )
    return told


def positions(site: Site, request: Request, db: Database | None) -> Response:
    """What each organisation says it does, as read by machine, and what of it a person has confirmed."""
    values = chosen(request, {**boards.allowed(site), "stance": phrases.STANCE_NAMES}).values
    confirmed = people.confirmed_positions(db) if db is not None else frozenset()
    of = {one.id for one in organisations_of(site, values.get("kind"), values.get("region"))}
    told = [
        told_position(one, confirmed)
        for one in (reading.positions(db) if db is not None else [])
        if values.get("topic") in (None, one.topic_id)
        and values.get("stance") in (None, one.stance)
        # An organisation that has left the configuration is of no kind and region any more.
        and (one.organisation_id in of or not {"kind", "region"} & values.keys())
    ]
    return _json(request, {"positions": told, "next": None})


def told_position(one: Position, confirmed: Confirmed) -> dict[str, Any]:
    """One position as the API and the tables tell it."""
    return {
        "organisation": one.organisation_id,
        "topic": one.topic_id,
        "stance": one.stance,
        "quote": one.quote,
        "dated_on": one.dated_on.isoformat(),
        "seen_at": one.seen_at.isoformat(),
        "version": one.version_id,
        "statement": one.statement_id,
        "state": one.state,
        "url": one.url,
        "title": one.title,
        "confirmed": (one.version_id, one.topic_id, one.stance) in confirmed,
    }


def search(site: Site, request: Request, db: Database | None) -> Response:
    """Documents that hold the words, the best first; the excerpt marks them with [[ and ]]."""
    text = request.query_params.get("q", "")
    if len(text) > LONGEST_SEARCH:
        raise HTTPException(400, f"q must have at most {LONGEST_SEARCH} characters")
    query = searching.parse_query(text)
    limit, offset = _limit(request), _number(request, "cursor", 0)
    span = filters.moments(_day(request, "from"), _day(request, "to"), site.zone)
    hits = searching.search(db, query, limit + 1, offset, *span) if db is not None else []
    told = [
        {
            "document": hit.document_id,
            "version": hit.version_id,
            "statement": hit.statement_id,
            "organisation": hit.organisation_id,
            "organisation_name": hit.organisation,
            "title": hit.title,
            "url": hit.url,
            "state": hit.state,
            "seen_at": hit.seen_at.isoformat(),
            "versions": hit.versions,
            "excerpt": hit.excerpt.replace(searching.MARK_START, "[[").replace(searching.MARK_END, "]]"),
        }
        for hit in hits[:limit]
    ]
    following = offset + limit if len(hits) > limit else None
    carried = {name: request.query_params.get(name) for name in ("q", "from", "to")}
    address = filters.Asked(views.Selection(), {}).query(**carried, limit=limit, cursor=following)
    return _listed(site, request, "search", told, following, address, name="results")


# --- what all answers share --------------------------------------------------------------------


def asked_changes(site: Site, request: Request) -> filters.Asked:
    """The filters of the timeline; one that is not understood is refused."""
    return _understood(filters.parse(request.query_params, site.configuration, site.now()))


def chosen(request: Request, allowed: Mapping[str, Collection[str]]) -> filters.Asked:
    """A query where each name has a few values; another value is refused."""
    return _understood(filters.choose(request.query_params, allowed))


def _understood(asked: filters.Asked) -> filters.Asked:
    """The query, if all of it was understood: nobody keeps a table of everything by a slip."""
    if asked.faults:
        raise HTTPException(400, "; ".join(asked.faults))
    return asked


def _limit(request: Request) -> int:
    limit = _number(request, "limit", USUAL)
    if not 1 <= limit <= MOST:
        raise HTTPException(400, f"limit must be from 1 to {MOST}")
    return limit


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "")
    day = filters.parse_day(text)
    if text and day is None:
        raise HTTPException(400, f"{name} must be a day like 2026-06-12")
    return day


def _cursor(request: Request) -> int | None:
    return _number(request, "cursor", 0) if request.query_params.get("cursor") else None


def _number(request: Request, name: str, usual: int) -> int:
    if not request.query_params.get(name):
        return usual
    number = positive(request.query_params[name])
    if number is None:
        raise HTTPException(400, f"{name} must be a whole number")
    return number


def _listed(
    site: Site,
    request: Request,
    path: str,
    told: list[dict[str, Any]],
    following: int | None,
    address: str,
    name: str = "",
) -> Response:
    """A page of a list; `next` and the Link header (RFC 8288) lead to the following one."""
    onward = f"{site.base(request)}/api/v1/{path}{address}" if following is not None else None
    headers = {"Link": f'<{onward}>; rel="next"'} if onward else {}
    return _json(request, {name or path: told, "next": onward}, headers)


def _json(request: Request, told: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(told).encode()  # in ASCII: whatever a page held, this is valid JSON
    return respond(body, "application/json", headers=_ANYWHERE | (headers or {}))


def problem(status: int, says: str) -> Response:
    """What went wrong, as RFC 9457 has it."""
    body = json.dumps({"title": says, "status": status}).encode()
    return respond(body, "application/problem+json", status, _ANYWHERE)


def _stamp(at: Any) -> str | None:
    return at.isoformat() if at else None
