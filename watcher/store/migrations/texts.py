"""Texts, what changed in them, and what that means. Steps of the schema, in the order of the package."""

from __future__ import annotations

from sqlite_utils import Database


def m003_documents(db: Database) -> None:
    """Texts, the bytes they came from, and every version of them."""
    _documents(db)
    _snapshots(db)
    _versions(db)


def _documents(db: Database) -> None:
    db.table("documents").create(
        {
            "id": int,
            "check_id": int,
            "source_id": str,
            "organisation_id": str,
            "identity": str,
            "url": str,
            "title": str,
            "first_seen_at": str,
            "state": str,  # present, missing, removed
            "version_id": int,  # the latest
            "tier": str,  # best tier of the latest version over all topics
        },
        pk="id",
        not_null={"check_id", "source_id", "organisation_id", "identity", "url", "first_seen_at", "state"},
        foreign_keys=[("check_id", "checks"), ("source_id", "sources"), ("organisation_id", "organisations")],
    )
    db.table("documents").create_index(["identity"], unique=True)
    db.table("documents").create_index(["check_id"])


def _snapshots(db: Database) -> None:
    db.table("snapshots").create(
        {
            "id": int,
            "check_id": int,
            "url": str,
            "final_url": str,
            "fetched_at": str,
            "status": int,
            "media_type": str,
            "headers": str,  # JSON: list of [name, value]
            "body_sha256": str,
            "body_bytes": int,
            "warc_file": str,
            "warc_offset": int,
            "warc_length": int,
            "warc_sha256": str,  # of the record as written
            "tls_note": str,
        },
        pk="id",
        foreign_keys=[("check_id", "checks")],
    )
    db.table("snapshots").create_index(["body_sha256"])


def _versions(db: Database) -> None:
    db.table("versions").create(
        {
            "id": int,
            "document_id": int,
            "snapshot_id": int,
            "seen_at": str,
            "text_sha256": str,
            "title": str,
            "text": str,
            "content": str,  # JSON: blocks, links, frame, pages, rest
            "published_on": str,
            "modified_on": str,
            "language": str,
            "extractor": str,
        },
        pk="id",
        foreign_keys=[("document_id", "documents"), ("snapshot_id", "snapshots")],
    )
    db.table("versions").create_index(["document_id", "id"])
    db.table("versions").enable_fts(["title", "text"], create_triggers=True, tokenize="porter unicode61")


def m004_changes(db: Database) -> None:
    """What differs between two versions, what it means for a topic, and who else says the same."""
    _statements(db)
    _matches(db)
    _changes(db)


def _statements(db: Database) -> None:
    db.table("statements").create(
        {"id": int, "topic_id": str, "first_document_id": int, "first_seen_at": str},
        pk="id",
        foreign_keys=[("first_document_id", "documents")],
    )
    db.table("statement_members").create(
        {"document_id": int, "statement_id": int, "joined_at": str, "score": float, "reason": str},
        pk=("document_id", "statement_id"),
        foreign_keys=[("document_id", "documents"), ("statement_id", "statements")],
    )
    db.table("statement_members").create_index(["statement_id"])
    db.table("bands").create(
        {"band": int, "document_id": int}, pk=("band", "document_id"), foreign_keys=[("document_id", "documents")]
    )


def _matches(db: Database) -> None:
    db.table("matches").create(
        {
            "version_id": int,
            "topic_id": str,
            "tier": str,
            "score": float,
            "reasons": str,  # JSON: list of {term, excerpt}
            "stances": str,  # JSON: list of {stance, quote}
        },
        pk=("version_id", "topic_id"),
        foreign_keys=[("version_id", "versions")],
    )


def _changes(db: Database) -> None:
    db.table("changes").create(
        {
            "id": int,
            "kind": str,
            "document_id": int,
            "source_id": str,
            "organisation_id": str,
            "before_id": int,
            "after_id": int,
            "detected_at": str,
            "summary": str,
            "reasons": str,  # JSON: why the comparison decided so
            "is_silent": int,
            "topic_id": str,
            "tier": str,
            "score": float,
            "statement_id": int,
            "is_alert": int,
            "url": str,  # the document's address at the time
            "moved_from": str,
        },
        pk="id",
        not_null={"kind", "document_id", "source_id", "organisation_id", "detected_at", "url"},
        defaults={"is_alert": 0, "is_silent": 0},
        foreign_keys=[
            ("document_id", "documents"),
            ("before_id", "versions", "id"),
            ("after_id", "versions", "id"),
            ("statement_id", "statements"),
        ],
    )
    db.table("changes").create_index(["detected_at"])
    db.table("changes").create_index(["document_id"])


def m006_noise(db: Database) -> None:
    """The learnt mask by document (0001-learnt-mask-by-document); the column `sources.mask` is no longer read."""
    db.table("noise").create(
        {
            "document_id": int,
            "kind": str,  # block or link
            "line": str,  # as `core.mask.Mask` holds it
            "learnt_at": str,
            "how": str,  # "two looks" or "flips"
            "undone_at": str,  # by a maintainer, for the whole source
        },
        pk=("document_id", "kind", "line"),
        not_null={"learnt_at", "how"},
        foreign_keys=[("document_id", "documents")],
    )


def m007_mass_edits(db: Database) -> None:
    """Which few words a change brought and took, and changes that are part of a mass edit."""
    db.table("changed_terms").create(
        {"change_id": int, "term": str, "document_id": int, "site": str, "at": str},
        pk=("change_id", "term"),
        foreign_keys=[("change_id", "changes"), ("document_id", "documents")],
    )
    db.table("changed_terms").create_index(["site", "at"])
    db.table("mass_edits").create(
        {"id": int, "site": str, "organisation_id": str, "terms": str, "first_at": str, "last_at": str},
        pk="id",
        not_null={"site", "organisation_id", "terms", "first_at", "last_at"},
        foreign_keys=[("organisation_id", "organisations")],
    )
    db.execute("ALTER TABLE changes ADD COLUMN mass_edit_id INTEGER REFERENCES mass_edits(id)")
    db.execute("ALTER TABLE changes ADD COLUMN stance_before TEXT")  # by machine, of the change's topic
    db.execute("ALTER TABLE changes ADD COLUMN stance TEXT")
    db.execute("ALTER TABLE changes ADD COLUMN is_softer INTEGER NOT NULL DEFAULT 0")


def m016_changes_of_versions(db: Database) -> None:
    """The change that brought a version, found without reading all of its document's changes."""
    db.table("changes").create_index(["after_id"])


def m017_copies(db: Database) -> None:
    """What became of asking an outside archive for a copy of the page that brought a version."""
    db.table("copies").create(
        {
            "version_id": int,
            "state": str,  # waiting, asked, copied, refused
            "attempts": int,
            "next_at": str,  # waiting: not asked again before; asked: not looked at before
            "job": str,  # under which the archive knows it
            "asked_at": str,
            "url": str,  # of the copy
            "copied_at": str,  # by the archive's clock
            "reason": str,  # waiting, refused: why there is none
        },
        pk="version_id",
        not_null={"state", "attempts"},
        foreign_keys=[("version_id", "versions", "id")],
    )
    db.table("copies").create_index(["state", "next_at"])
