"""Who speaks, and where we look."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


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
    recipe: Recipe = field(default_factory=Recipe)
    tags: tuple[str, ...] = ()
    enabled: bool = True
    note: str = ""
    tls: str | None = None  # why this source's certificate is not verified; None: verified
    robots: str | None = None  # why robots.txt is not followed here; None: followed
    render: bool = False  # read through a browser (optional extra)
    longest_s: int = 86_400  # between two reads of a document on topic, however quiet it is
