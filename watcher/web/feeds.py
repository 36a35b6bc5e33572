"""Atom (RFC 4287) and JSON Feed 1.1 of the timeline, with the filters of the page."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from sqlite_utils import Database
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.markup import one_line
from watcher.store import views
from watcher.store.database import stamp
from watcher.web import filters
from watcher.web.entries import Entry, entry
from watcher.web.filters import Asked
from watcher.web.pages import positive
from watcher.web.site import Site, respond

PER_FEED = 50
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)

ET.register_namespace("", _ATOM)


def _asked(site: Site, request: Request) -> Asked:
    """The query; a feed that quietly left a misspelt filter out would send what nobody asked for."""
    asked = filters.parse(request.query_params, site.configuration, site.now())
    if asked.faults:
        raise HTTPException(400, "; ".join(asked.faults))
    return asked


def _entries(site: Site, request: Request, db: Database | None, asked: Asked) -> tuple[list[Entry], int | None]:
    """The newest entries, and the change before which the next page starts."""
    if db is None:
        return [], None
    told = views.timeline(db, asked.selection, PER_FEED + 1, positive(request.query_params.get("before")))
    shown = told[:PER_FEED]
    return [entry(site, db, one) for one in shown], shown[-1].change.id if len(told) > PER_FEED else None


def title(site: Site, asked: Asked) -> str:
    """What the feed is about: its topic, and what of it was asked for."""
    topics = " and ".join(topic.name for topic in site.configuration.topics) or "Statements"
    return " · ".join([f"{topics}: what institutions say", *asked.words(site.configuration)])


def entry_id(one: Entry) -> str:
    """The same for ever: it hangs on the address, the kind and the moment of the first change."""
    first = one.together[0]
    return _urn(f"change {first.url} {first.kind.value} {stamp(first.detected_at)}")


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"statement-watcher {name}").urn


def atom(site: Site, request: Request, db: Database | None) -> Response:
    """The feed as Atom."""
    asked = _asked(site, request)
    shown, before = _entries(site, request, db, asked)
    base = site.base(request)
    feed = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en-GB"})
    _text(feed, "id", _urn(f"feed {site.public_url or ''} {asked.query()}"))
    _text(feed, "title", title(site, asked))
    _text(feed, "updated", _instant(max((one.change.detected_at for one in shown), default=_NEVER)))
    _link(feed, "self", base + "/feed.atom" + asked.query(before=request.query_params.get("before")), _ATOM_TYPE)
    _link(feed, "alternate", base + "/" + asked.query(), "text/html")
    if before is not None:
        _link(feed, "next", base + "/feed.atom" + asked.query(before=before), _ATOM_TYPE)
    _text(ET.SubElement(feed, f"{{{_ATOM}}}author"), "name", "Statement watcher")
    for one in shown:
        _atom_entry(site, feed, one, base)
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="utf-8")
    return respond(body, f"{_ATOM_TYPE}; charset=utf-8", headers=_ANYWHERE)


_ATOM_TYPE = "application/atom+xml"
_ANYWHERE = {"Access-Control-Allow-Origin": "*"}


def _atom_entry(site: Site, feed: ET.Element, one: Entry, base: str) -> None:
    element = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    _text(element, "id", entry_id(one))
    _text(element, "title", f"{one.headline}: {one.change.title}")
    _text(element, "published", _instant(one.first_at))
    _text(element, "updated", _instant(one.change.detected_at))
    _link(element, "alternate", f"{base}/changes/{one.change.id}", "text/html")
    for _, name in one.organisations:
        _text(ET.SubElement(element, f"{{{_ATOM}}}author"), "name", name)
    ET.SubElement(element, f"{{{_ATOM}}}category", {"term": one.kind})
    _text(element, "content", content(site, one, base)).set("type", "html")


def content(site: Site, one: Entry, base: str) -> str:
    """The entry as HTML; where a content note stands, the quotation is left to the page."""
    return site.templates.get_template("feed_entry.html").render(entry=one, base=base)


def json_feed(site: Site, request: Request, db: Database | None) -> Response:
    """The feed as JSON."""
    asked = _asked(site, request)
    shown, before = _entries(site, request, db, asked)
    base = site.base(request)
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title(site, asked),
        "home_page_url": base + "/" + asked.query(),
        "feed_url": base + "/feed.json" + asked.query(before=request.query_params.get("before")),
        "language": "en-GB",
        "items": [_json_entry(site, one, base) for one in shown],
    }
    if before is not None:
        feed["next_url"] = base + "/feed.json" + asked.query(before=before)
    body = json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")
    return respond(body, "application/feed+json; charset=utf-8", headers=_ANYWHERE)


def _json_entry(site: Site, one: Entry, base: str) -> dict[str, Any]:
    return {
        "id": entry_id(one),
        "url": f"{base}/changes/{one.change.id}",
        "external_url": one.change.url,
        "title": one_line(f"{one.headline}: {one.change.title}"),
        "content_html": content(site, one, base),
        "summary": one_line(one.change.summary),
        "date_published": _instant(one.first_at),
        "date_modified": _instant(one.change.detected_at),
        "authors": [{"name": name} for _, name in one.organisations],
        "tags": [one.kind],
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}")
    element.text = _NOT_XML.sub("", text if name == "content" else one_line(text))
    return element


def _link(parent: ET.Element, relation: str, address: str, media_type: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": address, "type": media_type})
