"""What the API is, as OpenAPI 3.1."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher import __version__
from watcher.core.filter import MOST_CHARACTERS
from watcher.web import phrases
from watcher.web.api import MOST, USUAL
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
        "/api/v1/changes/{number}": _get("One change", "Change", [_path("number", r"^(c-)?[0-9]+$")], may_miss=True),
        "/api/v1/statements": _get("Statements, the newest first", "Statements", [*filters[:2], *page]),
        "/api/v1/statements/{number}": _get("One statement", "Statement", [_path("number", "^[0-9]+$")], may_miss=True),
        "/api/v1/organisations": _get("Organisations that are watched", "Organisations", []),
        "/api/v1/sources": _get("Sources and how they are read", "Sources", []),
        "/api/v1/positions": _get("What organisations say they do", "Positions", []),
        "/api/v1/search": _get(
            'Full text over every version: words, "a phrase", begin*, -without',
            "Results",
            [_query("q", {"type": "string", "maxLength": 500}), *_days(), *page],
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
    regions = sorted({one.region for one in configuration.organisations if one.region})
    choices = {
        "topic": [topic.id for topic in configuration.topics],
        "organisation": [one.id for one in configuration.organisations],
        "kind": list(phrases.ORGANISATION_KINDS),
        "region": regions,
        "stance": list(phrases.STANCE_NAMES),
        "change": list(phrases.CHANGES),
        "period": list(phrases.PERIODS),
    }
    listed = [_query(name, {"type": "string", "enum": values}) for name, values in choices.items() if values]
    return [*listed, *_days(), _query("filter", {"type": "string", "maxLength": MOST_CHARACTERS})]


def _days() -> list[dict[str, Any]]:
    return [_query(name, {"type": "string", "format": "date"}) for name in ("from", "to")]


def _cursor() -> dict[str, Any]:
    return _query("cursor", {"type": "integer", "minimum": 0, "maximum": 10**14})


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _path(name: str, pattern: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": "integer"}
_MAYBE_NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
_AT: dict[str, Any] = {"type": "string", "format": "date-time"}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _list(name: str, schema: str) -> dict[str, Any]:
    return _object(
        **{name: {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}, "next": _MAYBE_TEXT}
    )


def _schemas() -> dict[str, Any]:
    names = {"organisation": _TEXT, "organisation_name": _TEXT, "title": _TEXT, "page": _TEXT}
    return {
        "Problem": _object(title=_TEXT, status=_NUMBER),
        "Changes": _list("changes", "Change"),
        "Change": _object(
            **names,
            id=_TEXT,
            change={"type": "string", "enum": list(phrases.CHANGES)},
            source=_TEXT,
            url=_TEXT,
            topic=_MAYBE_TEXT,
            statement=_MAYBE_NUMBER,
            summary=_TEXT,
            silent={"type": "boolean"},
            before=_MAYBE_NUMBER,
            after=_MAYBE_NUMBER,
            detected_at=_AT,
        ),
        "Statements": _list("statements", "StatementLine"),
        "StatementLine": _object(**names, id=_NUMBER, topic=_TEXT, state=_TEXT, first_seen_at=_AT, publishers=_NUMBER),
        "Statement": _object(
            id=_NUMBER,
            publishers={"type": "array", "items": {"type": "object"}},
            versions={"type": "array", "items": {"type": "object"}},
            page=_TEXT,
        ),
        "Organisations": _list("organisations", "Organisation"),
        "Organisation": _object(id=_TEXT, name=_TEXT, kind=_TEXT, region=_MAYBE_TEXT, ods_code=_MAYBE_TEXT),
        "Sources": _list("sources", "Source"),
        "Source": _object(id=_TEXT, organisation=_TEXT, kind=_TEXT, url=_TEXT, state=_TEXT, last_read_at=_MAYBE_TEXT),
        "Positions": _list("positions", "Position"),
        "Position": _object(
            organisation=_TEXT, topic=_TEXT, stance=_TEXT, quote=_TEXT, dated_on=_TEXT, version=_NUMBER, read_by=_TEXT
        ),
        "Results": _list("results", "Result"),
        "Result": _object(
            document=_NUMBER, version=_NUMBER, organisation=_TEXT, title=_TEXT, url=_TEXT, seen_at=_AT, excerpt=_TEXT
        ),
    }
