"""Feeds against the rules of their formats: RFC 4287 as a schema (atom.rng), JSON Feed 1.1 as one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import feedparser
import jsonschema_rs
import pytest
from lxml import etree
from starlette.testclient import TestClient

from tests.web.filling import NOW, Filling, empty
from tests.web.test_attacks import hostile  # noqa: F401 - a fixture
from watcher.core.model import ChangeKind
from watcher.web.app import build_app

QUERIES = (
    "", "?kind=trust", "?stance=ended", "?organisation=harrow-vale", "?change=removed&period=365d", "?kind=college",
    "?filter=mentoring+OR+%22crisis+plan%22", "?from=2026-06-01&to=2026-06-03", "?region=West&topic=stm",
)  # fmt: skip
ADDRESS = {"type": "string", "format": "uri", "minLength": 1}
MOMENT = {"type": "string", "format": "date-time"}
TEXT = {"type": "string", "minLength": 1}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": TEXT,
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "next_url": ADDRESS,
        "language": {"type": "string", "pattern": "^[a-z]{2}(-[A-Z]{2})?$"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                    "id": TEXT,
                    "url": ADDRESS,
                    "external_url": ADDRESS,
                    "title": {"type": "string"},
                    "content_html": {"type": "string"},
                    "summary": {"type": "string"},
                    "date_published": MOMENT,
                    "date_modified": MOMENT,
                    "authors": {"type": "array", "items": {"type": "object", "minProperties": 1}},
                    "tags": {"type": "array", "items": TEXT},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def faults_of_atom(body: bytes) -> list[str]:
    """What a feed breaks of RFC 4287; nothing if all is well."""
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    feed = etree.fromstring(body)
    if not schema.validate(feed):
        return [str(error) for error in schema.error_log]
    ids = feed.xpath("//*[local-name()='entry']/*[local-name()='id']/text()")
    return ["an id stands twice"] if len(ids) != len(set(ids)) else []


def faults_of_json_feed(feed: Any) -> list[str]:
    found = jsonschema_rs.validator_for(JSON_FEED, validate_formats=True).iter_errors(feed)
    return [f"{error.instance_path}: {error.message}" for error in found]


@pytest.mark.parametrize("query", QUERIES)
def test_every_feed_keeps_the_rules_of_its_format(client: TestClient, query: str) -> None:
    assert faults_of_atom(client.get(f"/feed.atom{query}").content) == []
    assert faults_of_json_feed(client.get(f"/feed.json{query}").json()) == []


def test_a_feed_of_nothing_keeps_them_too(bare: TestClient) -> None:
    assert faults_of_atom(bare.get("/feed.atom").content) == []
    assert faults_of_json_feed(bare.get("/feed.json").json()) == []


def test_whatever_a_page_holds_its_feed_keeps_them(hostile: Filling) -> None:  # noqa: F811
    app = build_app(hostile.configuration, hostile.storage, now=lambda: NOW, share=0)
    with TestClient(app) as client:
        assert faults_of_atom(client.get("/feed.atom").content) == []
        assert faults_of_json_feed(client.get("/feed.json").json()) == []


FEED = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><id>urn:x:1</id><title>A</title>
<updated>2026-06-01T00:00:00Z</updated><author><name>B</name></author><link href="https://x.example/"/></feed>"""


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"", b""),
        (b"<id>urn:x:1</id>", b""),
        (b"urn:x:1", b"/1"),
        (b"00:00:00Z", b"00:00:00"),
        (b"<title>A</title>", b"<title>A</title><title>A</title>"),
        (b"<name>B</name>", b"<name> </name>"),
        (b"href", b"src"),
        (b"</feed>", b"<item/></feed>"),
        (b"</feed>", b"<entry><id>urn:x:2</id><title>C</title></entry></feed>"),
    ],
)
def test_the_schema_refuses_what_the_rfc_refuses(was: bytes, now: bytes) -> None:
    assert (faults_of_atom(FEED.replace(was, now)) == []) == (was == b"")


def test_a_later_publisher_updates_the_entry_and_a_later_edit_brings_one_of_its_own(tmp_path: Path) -> None:
    made = empty(tmp_path)
    notice = ["Our part in Steady Mentoring came to an end in March.", "We have asked partners to listen."]
    made.put("first", "westvale", "Notice", notice)
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:

        def read() -> Any:
            return feedparser.parse(io.BytesIO(client.get("/feed.atom").content))

        alone = read()
        made.later(5)
        made.put("again", "eastmere", "Notice", notice, kind=ChangeKind.REPEAT, joins="first")
        joined = read()
        assert [one.id for one in joined.entries] == [one.id for one in alone.entries]
        assert joined.entries[0].updated > alone.entries[0].updated == joined.entries[0].published
        assert joined.feed.updated == joined.entries[0].updated
        made.later(5)
        made.put("edit", "westvale", "Notice", [*notice, "We are sorry."], kind=ChangeKind.EDITED, page="first")
        edited = read()
        assert [one.id for one in edited.entries][1:] == [one.id for one in joined.entries]
        assert edited.feed.updated > joined.feed.updated
        assert edited.feed.id == alone.feed.id
    made.db.close()
