"""What people said and were told, and who reads. Steps of the schema, in the order of the package."""

from __future__ import annotations

from sqlite_utils import Database


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


def m011_mail(db: Database) -> None:
    """Readers by e-mail, what is sent to many of them alike, and which periods each was told of."""
    _readers(db)
    _letters(db)


def _readers(db: Database) -> None:
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


def _letters(db: Database) -> None:
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


def m013_waiting(db: Database) -> None:
    """The rows that wait, in the order in which they are claimed: 10,000 of them cost as little as one."""
    db.execute("CREATE INDEX waiting_deliveries ON deliveries (channel, id, not_before) WHERE state = 'waiting'")


def m014_letter_keys(db: Database) -> None:
    """A letter is found again by what it tells and to whom, so that a run that broke off goes on with it."""
    db.execute("ALTER TABLE letters ADD COLUMN key TEXT")  # period, filter and variant; NULL: found by its id alone
    db.table("letters").create_index(["key"], unique=True)
    db.table("deliveries").create_index(["letter_id"])
