"""What the API is, as OpenAPI 3.1."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher import __version__
from watcher.core.filter import MOST_CHARACTERS
from watcher.core.model import BlockOp
from watcher.web import boards, health, phrases
from watcher.web.api import MOST, USUAL
from watcher.web.filters import about_organisations
from watcher.web.pages import LARGEST, LONGEST_SEARCH
from watcher.web.site import Site, respond


def document(site: Site, request: Request, db: Database | None) -> Response:
    """The description of the API."""
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "Statement watcher",
            "version": __version__,
            "description": "What institutions say about a topic, version by version. Read-only.",
        },
        "servers": [{"url": site.base(request)}],
        "paths": _paths(site),
        "components": {"schemas": _schemas()},
    }
    return respond(json.dumps(told).encode(), "application/json", headers={"Access-Control-Allow-Origin": "*"})


def _paths(site: Site) -> dict[str, Any]:
    page = [_query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}), _cursor()]
    filters = _filters(site)
    return {
        "/api/v1/changes": _get("Changes, the newest first", "Changes", [*filters, *page], is_limited=True),
        "/api/v1/changes/{number}": _get("One change", "ChangeWhole", [_path(r"^(c-)?[0-9]+$", "c-1")], may_miss=True),
        "/api/v1/statements": _get("Statements, the newest first", "Statements", [*filters[:2], *page]),
        "/api/v1/statements/{number}": _get(
            "One statement; its versions, the newest first, by page",
            "Statement",
            [_path("^[0-9]+$", "1"), *page],
            may_miss=True,
        ),
        "/api/v1/organisations": _get(
            "Organisations that are watched",
            "Organisations",
            _chosen(about_organisations(site.configuration)),
        ),
        "/api/v1/sources": _get(
            "Sources and how they are read; state=blind are all that can't be read, state=resting those not watched",
            "Sources",
            _chosen(health.allowed(site)),
        ),
        "/api/v1/positions": _get(
            "What organisations say they do",
            "Positions",
            _chosen({**boards.allowed(site), "stance": phrases.STANCE_NAMES}),
        ),
        "/api/v1/search": _get(
            'Full text over every version: words, "a phrase", begin*, -without',
            "Results",
            [_query("q", {"type": "string", "maxLength": LONGEST_SEARCH}), *_days(), *page],
            is_limited=True,
        ),
    }


def _get(
    says: str, schema: str, parameters: list[dict[str, Any]], *, may_miss: bool = False, is_limited: bool = False
) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {
            "description": "Found",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        "304": {"description": "Not changed since the ETag in If-None-Match"},
        "400": _problem("A parameter is not understood"),
    }
    if may_miss:
        answers["404"] = _problem("There is none, or it is not public")
    if is_limited:
        answers["429"] = _problem("Too many searches; Retry-After says when to go on")
    return {"get": {"summary": says, "parameters": parameters, "responses": answers}}


def _problem(says: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": says, "content": {"application/problem+json": {"schema": schema}}}


def _filters(site: Site) -> list[dict[str, Any]]:
    configuration = site.configuration
    choices: dict[str, Collection[str]] = {
        "topic": [topic.id for topic in configuration.topics],
        "organisation": [one.id for one in configuration.organisations],
        **about_organisations(configuration),
        "stance": list(phrases.STANCE_NAMES),
        "change": list(phrases.CHANGES),
        "period": list(phrases.PERIODS),
    }
    return [*_chosen(choices), *_days(), _query("filter", {"type": "string", "maxLength": MOST_CHARACTERS})]


def _chosen(allowed: Mapping[str, Collection[str]]) -> list[dict[str, Any]]:
    """Parameters that take one of a few values; what has none is no parameter."""
    # Sorted where the order says nothing, so that the description stays the same from one start to the next.
    listed = {name: sorted(values) if isinstance(values, set) else [*values] for name, values in allowed.items()}
    return [_query(name, {"type": "string", "enum": values}) for name, values in listed.items() if values]


def _days() -> list[dict[str, Any]]:
    return [_query(name, {"type": "string", "format": "date"}) for name in ("from", "to")]


def _cursor() -> dict[str, Any]:
    return _query("cursor", {"type": "integer", "minimum": 0, "maximum": LARGEST})


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    # A form sends what was left empty too; such a value limits nothing.
    return {"name": name, "in": "query", "required": False, "allowEmptyValue": True, "schema": schema}


def _path(pattern: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": "number", "in": "path", "required": True, "schema": schema, "example": example}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object that always has these keys and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _of(schema: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _many(schema: str) -> dict[str, Any]:
    return {"type": "array", "items": _of(schema)}


def _list(name: str, schema: str) -> dict[str, Any]:
    return _object(**{name: _many(schema), "next": _MAYBE_TEXT})


def _schemas() -> dict[str, Any]:
    problem = {"Problem": _object(title=_TEXT, status=_NUMBER)}
    return (
        problem | _schemas_of_changes() | _schemas_of_statements() | _schemas_of_organisations() | _schemas_of_search()
    )


def _schemas_of_changes() -> dict[str, Any]:
    return {
        "Changes": _list("changes", "Change"),
        "Change": _object(**_CHANGE),
        "ChangeWhole": _object(
            **_CHANGE,
            content_note=_MAYBE_TEXT,
            terms=_TEXTS,
            confirmed=_FLAG,
            diff={"type": ["array", "null"], "items": _of("DiffBlock")},
            evidence=_many("Evidence"),
        ),
        "DiffBlock": _object(
            op={"type": "string", "enum": [op.value for op in BlockOp]}, before=_MAYBE_TEXT, after=_MAYBE_TEXT
        ),
        "Evidence": _evidence(),
    }


def _schemas_of_statements() -> dict[str, Any]:
    return {
        "Statements": _list("statements", "StatementLine"),
        "StatementLine": _object(
            **_NAMES, id=_NUMBER, topic=_TEXT, state=_STATE, first_seen_at=_AT, publishers=_NUMBER
        ),
        "Statement": _object(
            id=_NUMBER,
            publishers=_many("Publisher"),
            positions=_many("Position"),
            promises=_many("Promise"),
            versions=_many("Version"),
            next=_MAYBE_TEXT,
            page=_TEXT,
        ),
        "Publisher": _object(
            document=_NUMBER, organisation=_TEXT, organisation_name=_TEXT, url=_TEXT, title=_TEXT, state=_STATE,
            joined_at=_AT, version=_MAYBE_NUMBER, text=_MAYBE_TEXT,
        ),
        "Version": _object(
            id=_NUMBER, document=_NUMBER, seen_at=_AT, title=_TEXT, change=_MAYBE_TEXT, silent=_FLAG
        ),
        "Promise": _object(
            organisation=_TEXT, statement=_MAYBE_NUMBER, version=_NUMBER, quote=_TEXT, due_from=_DAY, due_until=_DAY,
            said_at=_AT, state={"type": "string", "enum": ["open", "past", "superseded", "due"]},
        ),
    }  # fmt: skip


def _schemas_of_organisations() -> dict[str, Any]:
    return {
        "Organisations": _list("organisations", "Organisation"),
        "Organisation": _object(id=_TEXT, name=_TEXT, kind=_TEXT, region=_MAYBE_TEXT, ods_code=_MAYBE_TEXT),
        "Sources": _list("sources", "Source"),
        "Source": _object(
            id=_TEXT, organisation=_TEXT, kind=_TEXT, url=_TEXT, enabled=_FLAG, state=_TEXT, last_read_at=_MAYBE_AT,
            failing_since=_MAYBE_AT, next_check_at=_MAYBE_AT, documents=_NUMBER, on_topic=_NUMBER,
        ),
        "Positions": _list("positions", "Position"),
        "Position": _object(
            organisation=_TEXT, topic=_TEXT, stance=_TEXT, quote=_TEXT, dated_on=_DAY, seen_at=_AT, version=_NUMBER,
            statement=_MAYBE_NUMBER, state=_STATE, url=_TEXT, title=_TEXT, confirmed=_FLAG,
        ),
    }  # fmt: skip


def _schemas_of_search() -> dict[str, Any]:
    return {
        "Results": _list("results", "Result"),
        "Result": _object(
            document=_NUMBER, version=_NUMBER, statement=_MAYBE_NUMBER, organisation=_TEXT, organisation_name=_TEXT,
            title=_TEXT, url=_TEXT, state=_STATE, seen_at=_AT, versions=_NUMBER, excerpt=_TEXT,
        ),
    }  # fmt: skip


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_MAYBE_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": "integer"}
_MAYBE_NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
_FLAG: dict[str, Any] = {"type": "boolean"}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}
_AT: dict[str, Any] = {"type": "string", "format": "date-time"}
_MAYBE_AT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_STATE: dict[str, Any] = {"type": "string", "enum": list(phrases.STATES)}
_NAMES = {"organisation": _TEXT, "organisation_name": _TEXT, "title": _TEXT, "page": _TEXT}
_CHANGE: dict[str, dict[str, Any]] = {
    **_NAMES,
    "id": _TEXT,
    "change": {"type": "string", "enum": list(phrases.CHANGES)},
    "source": _TEXT,
    "url": _TEXT,
    "topic": _MAYBE_TEXT,
    "tier": {"type": "string", "enum": ["named", "similar"]},
    "alert": _FLAG,
    "statement": _MAYBE_NUMBER,
    "summary": _TEXT,
    "reasons": _TEXTS,
    "silent": _FLAG,
    "stance": _MAYBE_TEXT,
    "stance_before": _MAYBE_TEXT,
    "softer": _FLAG,
    "before": _MAYBE_NUMBER,
    "after": _MAYBE_NUMBER,
    "detected_at": _AT,
}


def _evidence() -> dict[str, Any]:
    """Where the answer lies that a version was read from; one that was not kept has the first two keys alone."""
    warc = _object(file=_MAYBE_TEXT, offset=_MAYBE_NUMBER, length=_MAYBE_NUMBER, sha256=_MAYBE_TEXT)
    kept = _object(
        version=_NUMBER, captured=_FLAG, url=_TEXT, fetched_at=_AT, status=_NUMBER, body_sha256=_TEXT,
        text_sha256=_TEXT, extractor=_TEXT, warc=warc,
        archived_copy={"anyOf": [_object(url=_TEXT, copied_at=_AT), {"type": "null"}]},
    )  # fmt: skip
    return {"anyOf": [kept, _object(version=_NUMBER, captured=_FLAG)]}
