"""Which words changed on which pages, and the mass edits that were seen in them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from watcher.store.database import places, stamp

WITHIN = timedelta(days=7)  # the pages of one site are read spread over days


def record_terms(db: Database, change_id: int, document_id: int, site: str, terms: Iterable[str], at: datetime) -> None:
    """Keep which few words a change brought and took, for the mass edits of its site."""
    db.table("changed_terms").insert_all(
        (
            {"change_id": change_id, "term": term, "document_id": document_id, "site": site, "at": stamp(at)}
            for term in sorted(terms)
        ),
        ignore=True,
    )


def pages_of_terms(db: Database, site: str, terms: Iterable[str], at: datetime, document_id: int) -> Counter[str]:
    """On how many other pages of the site each term changed within the last `WITHIN`."""
    wanted = sorted(terms)
    rows = db.execute(
        f"SELECT term, count(DISTINCT document_id) FROM changed_terms WHERE site = ? AND at >= ? AND document_id != ?"
        f" AND term IN ({places(wanted)}) GROUP BY term",
        [site, stamp(at - WITHIN), document_id, *wanted],
    )
    return Counter(dict(rows.fetchall()))


def record_mass_edit(
    db: Database, site: str, organisation_id: str, change_id: int, terms: frozenset[str], at: datetime
) -> int:
    """The id of the mass edit that a change is part of: a running one of its site that shares a word, or a new one."""
    since = stamp(at - WITHIN)
    for row in db.query("SELECT * FROM mass_edits WHERE site = ? AND last_at >= ? ORDER BY id DESC", [site, since]):
        known = frozenset(json.loads(row["terms"]))
        if known & terms:
            db.execute(
                "UPDATE mass_edits SET terms = ?, last_at = ? WHERE id = ?",
                [json.dumps(sorted(known | terms)), stamp(at), row["id"]],
            )
            mass_edit_id = int(row["id"])
            break
    else:
        table = db.table("mass_edits").insert(
            {
                "site": site,
                "organisation_id": organisation_id,
                "terms": json.dumps(sorted(terms)),
                "first_at": stamp(at),
                "last_at": stamp(at),
            }
        )
        assert isinstance(table.last_pk, int)
        mass_edit_id = table.last_pk
    db.execute("UPDATE changes SET mass_edit_id = ? WHERE id = ?", [mass_edit_id, change_id])
    return mass_edit_id


def mass_edits_between(db: Database, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """One row a mass edit with quiet changes recorded in [since, until), for the digest.

    Rows: id, site, organisation, terms (list), changes (how many were kept quiet), first_at, last_at.
    """
    rows = db.query(
        "SELECT m.id, m.site, o.name AS organisation, m.terms, count(c.id) AS changes,"
        " min(c.detected_at) AS first_at, max(c.detected_at) AS last_at"
        " FROM mass_edits m JOIN changes c ON c.mass_edit_id = m.id"
        " JOIN organisations o ON o.id = m.organisation_id"
        " WHERE c.detected_at >= ? AND c.detected_at < ? GROUP BY m.id ORDER BY m.id",
        [stamp(since), stamp(until)],
    )
    return [{**row, "terms": json.loads(row["terms"])} for row in rows]
