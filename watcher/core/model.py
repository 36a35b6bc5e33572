"""The values that travel between the stages.

Frozen, and free of behaviour beyond what can be derived from their own fields.
Instants are aware UTC datetimes (`_at`), days are dates (`_on`), durations are seconds (`_s`).
Expected failures are values here (`Unreachable`, `Failed`); bugs are exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# --- who speaks, and where we look -------------------------------------------------------------


class OrganisationKind(StrEnum):
    """What sort of body an organisation is; filters and the positions board group by it."""

    TRUST = "trust"
    COLLEGE = "college"
    AHSN = "ahsn"
    NHS_ENGLAND = "nhs-england"
    POLICE = "police"
    CHARITY = "charity"
    CAMPAIGN = "campaign"
    PRESS = "press"
    PARLIAMENT = "parliament"
    GOVERNMENT = "government"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who speaks."""

    id: str
    name: str
    kind: OrganisationKind
    region: str | None = None
    ods_code: str | None = None  # NHS Organisation Data Service code
    aliases: tuple[str, ...] = ()  # other and former names
    domains: tuple[str, ...] = ()  # host names, the present one first, former ones after it
    predecessors: tuple[str, ...] = ()  # bodies that merged into this one


class SourceKind(StrEnum):
    """How a source is read. A `page` is itself a document; the others list documents."""

    PAGE = "page"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    JSON = "json"


JSON_FIELDS = ("each", "url", "title", "text", "published_on", "modified_at", "next")
"""What a recipe may map of a JSON API: the list of records, the parts of each, and the address of the next page."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a worker must know of a source to read its pages; plain data."""

    select: str | None = None  # CSS: what is the statement
    remove: tuple[str, ...] = ()  # CSS: what never is
    follow: str | None = None  # CSS: which links of an index are statements
    ignore: tuple[str, ...] = ()  # regular expressions of addresses that are never followed
    extractor: str | None = None  # name in EXTRACTORS; None: by media type
    fields: tuple[tuple[str, str], ...] = ()  # json sources: field name -> JMESPath
    frame_terms: tuple[str, ...] = ()  # words that make a short block outside the main text count
    domains: tuple[str, ...] = ()  # the organisation's hosts: links to them are its own


@dataclass(frozen=True, slots=True)
class Source:
    """A place we look."""

    id: str
    organisation: str
    kind: SourceKind
    url: str
    every_s: int
    recipe: Recipe = Recipe()
    tags: tuple[str, ...] = ()
    enabled: bool = True
    note: str = ""
    tls: str | None = None  # why this source's certificate is not verified; None: verified
    robots: str | None = None  # why robots.txt is not followed here; None: followed
    render: bool = False  # read through a browser (optional extra)
    longest_s: int = 86_400  # between two reads of a document on topic, however quiet it is


# --- fetching ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FetchTask:
    """One address to read now, with what is known of it from the last time."""

    check_id: int  # row of `checks`; 0 outside the store
    source_id: str
    url: str
    kind: SourceKind  # PAGE: a document; others: an index of documents
    recipe: Recipe = Recipe()
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None  # of the last body read; the same bytes are not parsed again
    extractor: str | None = None  # that read it; a newer one parses the same bytes again
    timeout_s: float = 60.0  # for the whole exchange, redirects included
    max_bytes: int = 25_000_000  # after decompression
    tls: str | None = None
    robots: str | None = None
    render: bool = False


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A host's robots.txt as last received. `status` 0: it could not be fetched."""

    host: str
    status: int
    text: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class HostBatch:
    """Everything to read from one host now. It stays whole, so politeness survives any executor."""

    host: str
    tasks: tuple[FetchTask, ...]
    pause_s: float
    robots: RobotsFile | None = None  # None: not known or stale, fetch it first
    asked_at: datetime | None = None  # last request to the host in this cycle: the pause counts from there


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, redirects followed, body decoded from its content-encoding."""

    url: str  # as asked
    final_url: str  # after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # of the final answer, in order
    media_type: str  # lower case, without parameters; "" if not declared
    charset: str | None  # as declared in Content-Type
    body: bytes
    fetched_at: datetime
    redirects: tuple[str, ...] = ()  # the addresses passed through, `url` first
    etag: str | None = None
    last_modified: str | None = None
    tls_note: str | None = None  # why the certificate was not verified; None: it was


# --- what was found in the bytes ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the main area: absolute address, and the words it stands on."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One text at one address: the three streams that are compared, and what dates it."""

    url: str
    title: str
    blocks: tuple[str, ...]  # stream 1: main text, in paragraphs, headings, list items, table rows
    links: tuple[Link, ...] = ()  # stream 2: links and documents of the main area
    frame: tuple[str, ...] = ()  # stream 3: banners, headings, dates outside the main text
    published_on: date | None = None
    modified_on: date | None = None
    language: str | None = None  # ISO 639-1
    pages: tuple[int, ...] = ()  # page of each block, counted from 1; empty: no pages
    rest: tuple[str, ...] = ()  # all other visible text: tells words that moved from words that are new

    @property
    def text(self) -> str:
        """The main text, blocks parted by an empty line."""
        return "\n\n".join(self.blocks)


@dataclass(frozen=True, slots=True)
class Found:
    """A document that an index names."""

    url: str
    title: str = ""
    published_on: date | None = None
    modified_at: datetime | None = None  # sitemap lastmod, feed updated


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one body holds. `documents` are texts; `follow` are addresses of further ones.

    An index of full texts (a feed) has both: its entries' own content, to be used
    where the entry's page cannot be read, and the entries' addresses.
    """

    documents: tuple[Document, ...]
    follow: tuple[Found, ...]
    extractor: str  # name and version, e.g. "html-1+trafilatura-2.3.1"
    next_pages: tuple[str, ...] = ()  # further pages of the same index
    warnings: tuple[str, ...] = ()  # what could not be read, for a person


# --- outcomes of one visit ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304, or the very bytes of the last visit."""

    fetched: Fetched | None = None  # None: 304


class GoneHow(StrEnum):
    """How an address says that its text is no longer there."""

    NOT_FOUND = "404"
    GONE = "410"
    SOFT_404 = "soft-404"  # a 200 that says "not found"
    REDIRECT_HOME = "redirect-home"  # to the front page or another generic page


@dataclass(frozen=True, slots=True)
class Gone:
    """The site answers and says that the text is not there."""

    how: GoneHow
    fetched: Fetched


class UnreachableKind(StrEnum):
    """Why nothing is known about a page today. None of these is evidence that it is gone."""

    BLOCKED = "blocked"  # 401, 403, 429, a challenge or login page
    BUSY = "busy"  # 5xx
    TIMED_OUT = "timed out"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"  # refused or reset
    ROBOTS = "robots"  # robots.txt asks us not to
    REFUSED_ADDRESS = "refused address"  # private or loopback


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The page could not be seen; it may well be there."""

    kind: UnreachableKind
    detail: str  # for a person: "HTTP 403", "certificate expired on 3 May 2026"
    retry_after_s: float | None = None
    was_asked: bool = True  # False: the host's answer to another page kept us from asking for this one


class FailedKind(StrEnum):
    """Why an answer could not be used."""

    MALFORMED = "malformed"
    TOO_LARGE = "too large"
    UNSUPPORTED = "unsupported"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer came and cannot be read."""

    kind: FailedKind
    detail: str
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A body with its texts."""

    fetched: Fetched
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class RobotsRead:
    """The host's robots.txt was fetched on the way; keep it."""

    robots: RobotsFile


Outcome = NotModified | Gone | Unreachable | Failed | Read | RobotsRead


@dataclass(frozen=True, slots=True)
class Observation:
    """What one visit saw."""

    task: FetchTask
    at: datetime
    outcome: Outcome


# --- what changed ------------------------------------------------------------------------------


class ChangeKind(StrEnum):
    """What a visit means for a document. SAME and NOT-a-change kinds never reach a reader."""

    BASELINE = "baseline"  # first visit of the source: recorded, silent
    FIRST = "first"
    SAME = "same"
    EDITED = "edited"
    LINKS = "links"  # only documents or links were attached, replaced, detached
    COSMETIC = "cosmetic"
    REEXTRACTED = "reextracted"  # a newer extractor reads other text: recorded, silent
    RESTORED = "restored"
    MISSING = "missing"  # suspected: not found, not yet three times over 24 h
    REMOVED = "removed"
    MOVED = "moved"
    REPEAT = "repeat"  # the same statement at another address


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a later text of one address differs from an earlier one, and why that was decided."""

    kind: ChangeKind  # SAME, EDITED, LINKS or COSMETIC
    reasons: tuple[str, ...] = ()  # for a person: "headline changed", "a date changed", …
    is_silent: bool = False  # the text changed, the page's own date did not


class BlockOp(StrEnum):
    """What happened to one block of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words of one block that share a fate: SAME, ADDED or REMOVED."""

    op: BlockOp
    text: str


@dataclass(frozen=True, slots=True)
class DiffBlock:
    """One block before and after; `words` spells out an EDITED one."""

    op: BlockOp
    before: str = ""
    after: str = ""
    words: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Two texts, block by block, in the order a reader meets them."""

    blocks: tuple[DiffBlock, ...]
    similarity: float = 1.0  # share of words that stayed, 0 to 1


# --- what it means for a topic -----------------------------------------------------------------


class Tier(StrEnum):
    """How sure it is that a text is about the topic."""

    NAMED = "named"
    SIMILAR = "similar"  # the practice under another name: a candidate for a person
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the term or rule, and the words around it."""

    term: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Stance:
    """What the speaker says of itself, and the sentence that says so."""

    stance: str  # uses piloting under-review paused ended never-used replaced does-not-endorse …
    quote: str


@dataclass(frozen=True, slots=True)
class Match:
    """Why a text meets a topic."""

    topic_id: str
    tier: Tier
    score: float  # 0 to 1
    reasons: tuple[Reason, ...] = ()
    stances: tuple[Stance, ...] = ()


# --- telling people ----------------------------------------------------------------------------


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
class Echo:
    """One more organisation that published a statement, and what it words differently."""

    organisation: str  # name, for people
    seen_at: datetime
    url: str = ""
    deviation: str = ""  # "with its own opening sentence"; "": word for word


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
    archive_url: str | None = None
    timezone: str = "Europe/London"
    warnings: tuple[str, ...] = field(default=())
    topic_short: str = ""  # "SIM"; "": the topic's name is short enough
    position_is_confirmed: bool = False  # a person has confirmed the position read from this version
    modified_on: date | None = None  # what the page itself says; tells a silent edit
    echoes: tuple[Echo, ...] = ()  # who else published the same statement, oldest first
    is_attached: bool = False  # the whole comparison goes with the message as a file, if it does not fit
    softened: bool = False  # the position moved towards the practice: ended, now paused
    later: tuple[str, ...] = ()  # dated lines added when an alert that was sent is edited
