"""The schema, as steps that are only ever added to. A released step is never edited."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("watcher")


@MIGRATIONS()
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


@MIGRATIONS()
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


@MIGRATIONS()
def m003_documents(db: Database) -> None:
    """Texts, the bytes they came from, and every version of them."""
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


@MIGRATIONS()
def m004_changes(db: Database) -> None:
    """What differs between two versions, what it means for a topic, and who else says the same."""
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


@MIGRATIONS()
def m005_outbox(db: Database) -> None:
    """One row a message and address. The unique key makes queueing a fact twice harmless."""
    db.table("deliveries").create(
        {
            "id": int,
            "key": str,
            "channel": str,
            "address": str,
            "subject": str,
            "body": str,
            "state": str,
            "attempts": int,
            "created_at": str,
            "not_before": str,
            "lease_until": str,
            "settled_at": str,
            "receipt": str,
            "reason": str,
            "answers": str,  # key of the delivery whose message this one replies to
            "edits": str,  # key of the delivery whose message this one rewrites
            "may_repeat": int,
            "attachment": str,  # an HTML page that carries what the text leaves out
            "change_id": int,
            "statement_id": int,
        },
        pk="id",
        not_null={"key", "channel", "address", "body", "state", "created_at"},
        defaults={"attempts": 0, "may_repeat": 0},
        foreign_keys=[("change_id", "changes"), ("statement_id", "statements")],
    )
    db.table("deliveries").create_index(["key"], unique=True)
    db.table("deliveries").create_index(["state", "not_before", "id"])
    db.table("deliveries").create_index(["statement_id"])


@MIGRATIONS()
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


@MIGRATIONS()
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


@MIGRATIONS()
def m008_people(db: Database) -> None:
    """What texts promise, and what people said of what was found."""
    db.table("promises").create(
        {
            "id": int,
            "document_id": int,
            "version_id": int,  # the latest that makes it
            "topic_id": str,
            "due_from": str,  # days; both belong to the time
            "due_until": str,
            "quote": str,
            "said_at": str,  # when it was first seen
            "state": str,  # open, past (when first seen), superseded, due (reported)
            "settled_at": str,
        },
        pk="id",
        not_null={"document_id", "version_id", "topic_id", "due_from", "due_until", "quote", "said_at", "state"},
        foreign_keys=[("document_id", "documents"), ("version_id", "versions")],
    )
    db.table("promises").create_index(["document_id", "quote"], unique=True)
    db.table("promises").create_index(["state", "due_until"])
    db.table("labels").create(  # examples for `watcher quality`, from people's judgement
        {"version_id": int, "topic_id": str, "label": str, "who": str, "at": str},
        pk=("version_id", "topic_id"),
        not_null={"label", "who", "at"},
        foreign_keys=[("version_id", "versions")],
    )
    db.table("confirmations").create(  # of positions that were read by machine
        {"version_id": int, "topic_id": str, "stance": str, "who": str, "at": str},
        pk=("version_id", "topic_id"),
        not_null={"stance", "who", "at"},
        foreign_keys=[("version_id", "versions")],
    )


@MIGRATIONS()
def m010_subscriptions_and_reviews(db: Database) -> None:
    """Who wants to hear of what, and what people decided about what waited for them."""
    db.table("subscriptions").create(  # all that is kept of a person: an address and a filter
        {
            "id": int,
            "channel": str,
            "address": str,
            "filter": str,  # as it prints, without the rhythm
            "rhythm": str,
            "state": str,  # active, paused, left
            "created_at": str,
            "told_until": str,  # daily and weekly: what was recorded before this was told
        },
        pk="id",
        not_null={"channel", "address", "filter", "rhythm", "state", "created_at"},
    )
    db.table("subscriptions").create_index(["channel", "address", "filter"], unique=True)
    db.table("reviews").create(
        {
            "id": int,
            "change_id": int,
            "document_id": int,
            "decision": str,  # published, dismissed, repeat
            "who": str,
            "at": str,
            "statement_before": int,  # of a repeat: the statement the document belonged to
            "undone_at": str,
            "undone_by": str,
        },
        pk="id",
        not_null={"change_id", "document_id", "decision", "who", "at"},
        foreign_keys=[("change_id", "changes"), ("document_id", "documents")],
    )
    db.table("reviews").create_index(["change_id"])
    db.table("reviews").create_index(["document_id", "decision"])
    db.table("mutes").create(  # sources whose candidates wait without a message
        {"source_id": str, "until": str, "who": str, "at": str},
        pk="source_id",
        not_null={"until", "who", "at"},
        foreign_keys=[("source_id", "sources")],
    )
    db.execute("ALTER TABLE deliveries ADD COLUMN buttons TEXT")  # JSON: rows of [label, what is sent back]


@MIGRATIONS()
def m011_mail(db: Database) -> None:
    """Readers by e-mail, what is sent to many of them alike, and which periods each was told of."""
    db.table("subscribers").create(
        {
            "id": int,
            "address": str,  # as it was typed: mail is sent to this
            "address_key": str,  # for comparison: one mailbox, one row
            "state": str,  # pending, active, paused, left
            "created_at": str,
            "confirmed_at": str,
            "left_at": str,  # 28 days later the row is erased
            "leave_token": str,  # random; does not expire
            "paused_reason": str,
            "failing_since": str,  # the first of an unbroken row of 4xx answers
        },
        pk="id",
        not_null={"address", "address_key", "state", "created_at", "leave_token"},
    )
    db.table("subscribers").create_index(["address_key"], unique=True)
    db.table("subscribers").create_index(["address"])
    db.table("subscribers").create_index(["leave_token"], unique=True)
    db.table("invitations").create(  # confirmations that were asked for
        {
            "token_hash": str,  # SHA-256: the link itself is in the mail alone
            "subscriber_id": int,
            "filter": str,
            "rhythm": str,
            "wants_quiet": int,
            "created_at": str,
            "used_at": str,
        },
        pk="token_hash",
        not_null={"subscriber_id", "filter", "rhythm", "wants_quiet", "created_at"},
        foreign_keys=[("subscriber_id", "subscribers")],
    )
    db.table("invitations").create_index(["subscriber_id", "created_at"])
    db.execute("ALTER TABLE subscriptions ADD COLUMN wants_quiet INTEGER NOT NULL DEFAULT 0")  # told of quiet weeks
    db.table("letters").create(  # one for all who get the same; their own addresses come in when it is sent
        {"id": int, "subject": str, "text": str, "html": str, "made_at": str},
        pk="id",
        not_null={"subject", "text", "html", "made_at"},
    )
    db.execute("ALTER TABLE deliveries ADD COLUMN letter_id INTEGER REFERENCES letters(id)")
    db.table("deliveries").create_index(["channel", "address", "state", "id"])
    db.table("digests").create(  # one row a subscription and period, whether or not there was anything to tell
        {
            "subscription_id": int,
            "period": str,  # 2026-W31, or a day: 2026-08-03
            "window_from": str,
            "window_to": str,
            "made_at": str,
            "delivery_key": str,  # NULL: nothing to tell
        },
        pk=("subscription_id", "period"),
        not_null={"window_from", "window_to", "made_at"},
    )
    db.table("departures").create(  # all that is kept of those who left
        {"day": str, "how": str, "count": int}, pk=("day", "how"), not_null={"count"}
    )


@MIGRATIONS()
def m013_waiting(db: Database) -> None:
    """The rows that wait, in the order in which they are claimed: 10,000 of them cost as little as one."""
    db.execute("CREATE INDEX waiting_deliveries ON deliveries (channel, id, not_before) WHERE state = 'waiting'")


@MIGRATIONS()
def m014_letter_keys(db: Database) -> None:
    """A letter is found again by what it tells and to whom, so that a run that broke off goes on with it."""
    db.execute("ALTER TABLE letters ADD COLUMN key TEXT")  # period, filter and variant; NULL: found by its id alone
    db.table("letters").create_index(["key"], unique=True)
    db.table("deliveries").create_index(["letter_id"])


@MIGRATIONS()
def m016_changes_of_versions(db: Database) -> None:
    """The change that brought a version, found without reading all of its document's changes."""
    db.table("changes").create_index(["after_id"])
