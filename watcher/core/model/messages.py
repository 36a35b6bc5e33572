"""What people are told, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from watcher.core.model.changes import ChangeKind, Comparison, Diff
from watcher.core.model.copies import ArchivedCopy
from watcher.core.model.meaning import Match, Stance
from watcher.core.model.texts import Link


class DeliveryState(StrEnum):
    """Where one message stands."""

    WAITING = "waiting"
    SENDING = "sending"  # claimed; the lease runs
    SENT = "sent"
    REFUSED = "refused"  # will not be tried again; a person must look
    IN_DOUBT = "in doubt"  # may have arrived; re-sent once, marked
    FOLDED = "folded"  # told by the one message that stands for a burst
    WITHDRAWN = "withdrawn"  # taken back by a person before it was sent


Buttons = tuple[tuple[tuple[str, str], ...], ...]
"""Rows of buttons under a message: what each says, and what comes back when it is pressed."""


LEAVE_URL = "https://leave.invalid/"
"""Stands in letters that many readers get alike, in the place of each one's own address for leaving."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one address. `key` is unique: the same fact is queued once."""

    key: str
    channel: str  # name in NOTIFIERS
    address: str
    subject: str
    body: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    not_before: datetime | None = None
    lease_until: datetime | None = None
    receipt: str | None = None  # the channel's own id of the message
    reply_to: str | None = None  # receipt of the message this one answers
    may_repeat: bool = False  # a doubtful message, sent again: say so in the text
    change_id: int | None = None
    statement_id: int | None = None
    attachment: str = ""  # an HTML page that follows the message as a file; "": none
    buttons: Buttons = ()  # under the message, where the channel has such
    leave_token: str = ""  # e-mail: what lets this reader leave; never shown to anyone else


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it; `id` is the channel's own id of the message."""

    id: str
    address: str | None = None  # the chat's new address, if it moved; use it from now on


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Certainly not delivered; worth another try after `after_s` seconds."""

    after_s: float
    reason: str
    is_paced: bool = False  # the wait is the channel's rule, known or told: no attempt failed
    is_mailbox: bool = False  # said of this very mailbox: days of nothing else pause the address


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not delivered, and trying again won't help."""

    reason: str
    is_unwelcome: bool = False  # the reader has blocked us or put us out: write no more to this address


@dataclass(frozen=True, slots=True)
class InDoubt:
    """May or may not have been delivered."""

    reason: str


Receipt = Sent | TryAgain | Refused | InDoubt


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one POST: the answer's status, or why there was none."""

    status: int | None
    retry_after_s: float | None = None
    reason: str = ""  # of no answer; without the address
    is_forbidden: bool = False  # the address is private, and not one that was allowed


@dataclass(frozen=True, slots=True)
class Echo:
    """One more organisation that published a statement, and what it words differently."""

    organisation: str  # name, for people
    seen_at: datetime
    url: str = ""
    deviation: str = ""  # "with its own opening sentence"; "": word for word


@dataclass(frozen=True, slots=True)
class Ids:
    """What a change hangs on, by the ids of configuration and store: for programs."""

    organisation: str
    source: str
    topic: str | None = None
    statement: int | None = None
    before: int | None = None  # versions
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Everything a message about one change says; rendered per channel without further look-ups."""

    number: str  # the change's public id: "c-1042"
    kind: ChangeKind
    organisation: str  # name, for people
    title: str
    url: str
    topic: str  # name, for people
    seen_at: datetime
    match: Match | None = None
    comparison: Comparison | None = None
    diff: Diff | None = None  # edits
    excerpt: tuple[str, ...] = ()  # first sightings: the sentences that matched
    links_added: tuple[Link, ...] = ()
    links_removed: tuple[Link, ...] = ()
    published_on: date | None = None
    stances_before: tuple[Stance, ...] = ()
    publishers: tuple[str, ...] = ()  # names of all organisations with the same statement
    moved_to: str | None = None
    missing_since: datetime | None = None
    misses: int = 0
    gone_how: str | None = None
    tls_note: str | None = None
    content_note: str | None = None  # "speaks of self-harm"
    diff_url: str | None = None  # on the web view, if it has a public address
    archived_copy: ArchivedCopy | None = None  # of the page as it was then
    timezone: str = "Europe/London"
    warnings: tuple[str, ...] = field(default=())
    topic_short: str = ""  # "SIM"; "": the topic's name is short enough
    position_is_confirmed: bool = False  # a person has confirmed the position read from this version
    modified_on: date | None = None  # what the page itself says; tells a silent edit
    echoes: tuple[Echo, ...] = ()  # who else published the same statement, oldest first
    is_attached: bool = False  # the whole comparison goes with the message as a file, if it does not fit
    softened: bool = False  # the position moved towards the practice: ended, now paused
    ids: Ids | None = None
    summary: str = ""  # "2 sentences changed, 1 added"
    is_weak: bool = False  # the topic is named, but with so low a score that a person looks first
    later: tuple[str, ...] = ()  # dated lines added when an alert that was sent is edited
