"""The CSV downloads: the rows of the boards and of the timeline as tables, with the same filters."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.store import people, views
from watcher.web import boards
from watcher.web.api import asked_changes, asked_sources, chosen, told_change, told_position, told_sources
from watcher.web.site import Site, respond

CSV_MOST = 10_000


def changes_csv(site: Site, request: Request, db: Database | None) -> Response:
    """The changes of the timeline's filters, the newest first, at most CSV_MOST."""
    found = views.selected(db, asked_changes(site, request).selection, CSV_MOST) if db is not None else []
    rows = [{**told_change(site, request, one), "reasons": "; ".join(one.reasons)} for one in found]
    return _csv(request, "changes.csv", _CHANGE_COLUMNS, rows)


_CHANGE_COLUMNS = (
    "id", "detected_at", "change", "organisation", "organisation_name", "title", "url", "topic", "statement",
    "summary", "reasons", "silent", "stance", "stance_before", "softer", "source", "before", "after", "page",
)  # fmt: skip
_POSITION_COLUMNS = (
    "topic", "organisation", "organisation_name", "kind", "region", "stance", "quote", "dated_on", "seen_at", "state",
    "url", "title", "confirmed",
)  # fmt: skip
_SOURCE_COLUMNS = (
    "id", "organisation", "kind", "url", "enabled", "state", "last_read_at", "failing_since", "next_check_at",
    "documents", "on_topic",
)  # fmt: skip


def positions_csv(site: Site, request: Request, db: Database | None) -> Response:
    """The board as a table, by the same query; organisations that have said nothing have an empty stance."""
    asked = chosen(request, boards.allowed(site))
    rows: list[dict[str, Any]] = []
    confirmed = people.confirmed_positions(db) if db is not None else frozenset()
    for board in boards.boards(site, db, asked):
        for organisation, position in board.said:
            about = {"organisation_name": organisation.name, "kind": organisation.kind.value}
            rows.append(told_position(position, confirmed) | about | {"region": organisation.region})
        rows += [
            {"topic": board.topic.id, "organisation": one.id, "organisation_name": one.name, "kind": one.kind.value}
            | {"region": one.region}
            for one in board.silent
        ]
    return _csv(request, "positions.csv", _POSITION_COLUMNS, rows)


def sources_csv(site: Site, request: Request, db: Database | None) -> Response:
    """The health of every source as a table, or of those that the query asks for."""
    return _csv(request, "sources.csv", _SOURCE_COLUMNS, told_sources(asked_sources(site, request, db)))


def _csv(request: Request, name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = text.getvalue().encode("utf-8", "replace")
    return respond(body, "text/csv; charset=utf-8", headers=headers)


def _cell(value: Any) -> str:
    """A cell that a spreadsheet shows and never runs (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
