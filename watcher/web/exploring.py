"""Datasette over the same database: what a connection of it may read. Datasette finds this plugin by its entry point.

What is kept of people (addresses, what they asked for, what was sent to whom, who judged) is held back by
SQLite itself, so it holds for any SQL too, and for ways to ask that Datasette has not got yet. A table
that is not named here is held back: a new one is closed until somebody opens it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

OPEN = frozenset(
    {
        "organisations", "sources", "hosts", "checks", "polls", "visits", "documents", "snapshots", "versions",
        "versions_fts", "statements", "statement_members", "matches", "changes", "changed_terms", "mass_edits",
        "noise", "promises", "confirmations", "copies", "_sqlite_migrations",
    }
)  # fmt: skip
"""Tables that may be read."""

CLOSED_COLUMNS = frozenset({("confirmations", "who")})
"""Columns of open tables that read as NULL."""

_SHADOWS = ("versions_fts_",)
_OF_SQLITE = ("sqlite_master", "sqlite_schema", "sqlite_stat1", "json_each", "json_tree", "pragma_")
_CLOSED_ACTIONS = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Hold back what is private, on every connection to a database of ours."""
    if is_ours(conn):
        conn.set_authorizer(judge)


@hookimpl  # type: ignore[untyped-decorator]
def permission_allowed(datasette: Any, action: str, resource: Any) -> Callable[[], Awaitable[bool | None]]:
    """No page for a table that would show nothing but NULL, and never the file whole."""

    async def allowed() -> bool | None:
        name = resource[0] if isinstance(resource, tuple | list) else resource
        if action not in ("view-table", "view-database-download") or name not in datasette.databases:
            return None
        if not await datasette.databases[name].execute_fn(is_ours):
            return None
        return False if action == "view-database-download" or not is_open(resource[1]) else None

    return allowed


def is_ours(conn: sqlite3.Connection) -> bool:
    """Whether a watcher made this database."""
    try:
        found = conn.execute("SELECT 1 FROM _sqlite_migrations WHERE migration_set = 'watcher'").fetchone()
    except sqlite3.OperationalError as exc:
        if "no such" in str(exc):
            return False
        raise
    return found is not None


def is_open(table: str) -> bool:
    """Whether a table may be read."""
    return table in OPEN or table.startswith(_SHADOWS)


def judge(action: int, table: str | None, column: str | None, schema: str | None, inside: str | None) -> int:
    """SQLite asks this as it prepares a statement: what is held back reads as NULL and breaks no page."""
    if action in _CLOSED_ACTIONS:
        return sqlite3.SQLITE_DENY
    if action != sqlite3.SQLITE_READ or not table:
        return sqlite3.SQLITE_OK
    is_readable = is_open(table) or table.startswith(_OF_SQLITE)
    return sqlite3.SQLITE_OK if is_readable and (table, column) not in CLOSED_COLUMNS else sqlite3.SQLITE_IGNORE
