"""Who speaks, where we look, and how the visits went. Steps of the schema, in the order of the package."""

from __future__ import annotations

from sqlite_utils import Database


def m001_catalogue(db: Database) -> None:
    """Who speaks and where we look, as the configuration last said; history hangs on the ids."""
    db.table("organisations").create(
        {"id": str, "name": str, "kind": str, "region": str, "ods_code": str},
        pk="id",
        not_null={"name", "kind"},
    )
    db.table("sources").create(
        {
            "id": str,
            "organisation_id": str,
            "kind": str,
            "url": str,
            "enabled": int,
            "note": str,
            "baseline_at": str,  # first good reading; what is found until then is silent
        },
        pk="id",
        not_null={"organisation_id", "kind", "url", "enabled"},
        foreign_keys=[("organisation_id", "organisations")],
    )
    db.table("hosts").create(
        {"host": str, "robots_status": int, "robots_text": str, "robots_at": str, "paused_until": str},
        pk="host",
    )


def m002_checks(db: Database) -> None:
    """The timetable: one row an address that is read, and how its visits went."""
    db.table("checks").create(
        {
            "id": int,
            "source_id": str,
            "role": str,  # "index" or "document"
            "identity": str,  # canonical form of the address; one row each
            "url": str,  # as it is fetched
            "is_baseline": int,  # found on the first visit of its source: its first sighting is silent
            "found_title": str,
            "found_on": str,  # the date its index gave it
            "is_listed": int,
            "next_check_at": str,  # NULL: only when its index names it again
            "etag": str,
            "last_modified": str,
            "body_sha256": str,
            "extractor": str,
            "last_checked_at": str,
            "first_read_at": str,
            "last_read_at": str,
            "visits": int,
            "changes_seen": int,
            "failures": int,
            "failing_since": str,
            "failing_kind": str,
            "failing_detail": str,
            "gone_count": int,
            "gone_since": str,
            "gone_how": str,
        },
        pk="id",
        not_null={"source_id", "role", "identity", "url"},
        defaults={"is_baseline": 0, "is_listed": 1, "visits": 0, "changes_seen": 0, "failures": 0, "gone_count": 0},
        foreign_keys=[("source_id", "sources")],
    )
    db.table("checks").create_index(["role", "identity"], unique=True)
    db.table("checks").create_index(["next_check_at"])
    db.table("polls").create(
        {"id": int, "started_at": str, "finished_at": str, "summary": str},
        pk="id",
        not_null={"started_at"},
    )
    db.table("visits").create(  # of sources only: the health page's history
        {"id": int, "source_id": str, "at": str, "outcome": str, "detail": str},
        pk="id",
        foreign_keys=[("source_id", "sources")],
    )
    db.table("visits").create_index(["source_id", "at"])
