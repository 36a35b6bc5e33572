"""Feeds, API, tables and what monitors read."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.web.filling import NOW, Filling
from watcher.web.app import PAGES, build_app
from watcher.web.safety import HEADERS

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_atom_feed_is_valid_and_its_ids_are_stable(client: TestClient, filling: Filling) -> None:
    answer = client.get("/feed.atom", headers={"Host": "one.example"})
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(io.BytesIO(answer.content))
    assert not read.bozo
    assert read.version == "atom10"
    ids = [entry.id for entry in read.entries]
    assert len(set(ids)) == len(ids) == 7
    assert all(entry.updated_parsed and entry.published_parsed and entry.link for entry in read.entries)
    other = feedparser.parse(io.BytesIO(client.get("/feed.atom", headers={"Host": "two.example"}).content))
    assert [entry.id for entry in other.entries] == ids
    assert other.feed.id == read.feed.id


def test_an_entry_keeps_its_id_and_is_updated_when_another_publisher_joins(
    client: TestClient, filling: Filling
) -> None:
    whole = feedparser.parse(io.BytesIO(client.get("/feed.atom?kind=ahsn").content)).entries[0]
    assert whole.published < whole.updated
    assert [author.name for author in whole.authors] == ["Westvale network", "Eastmere network"]


def test_the_atom_feed_has_what_rfc_4287_requires(client: TestClient) -> None:
    feed = ElementTree.fromstring(client.get("/feed.atom").content)
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(ATOM + name)) == 1, name
    assert {link.get("rel") for link in feed.findall(ATOM + "link")} == {"self", "alternate"}
    for entry in feed.findall(ATOM + "entry"):
        for name in ("id", "title", "updated", "published", "content"):
            assert len(entry.findall(ATOM + name)) == 1, name


def test_hard_words_are_left_to_the_page(client: TestClient) -> None:
    for path in ("/feed.atom", "/feed.json"):
        text = client.get(path + "?organisation=harrow-vale").text
        assert "Content note: speaks of self-harm" in text
        assert "had self-harmed" not in text


def test_feeds_take_the_filters_of_the_page_and_refuse_others(client: TestClient) -> None:
    feed = client.get("/feed.json?kind=ahsn").json()
    assert [entry["tags"] for entry in feed["items"]] == [["first"]]
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert "Health innovation networks" in feed["title"]
    assert client.get("/feed.atom?kind=college").status_code == 200
    refused = client.get("/feed.atom?organisation=nobody")
    assert refused.status_code == 400
    assert "nobody" in refused.text


def test_the_home_page_links_its_feed(client: TestClient) -> None:
    page = client.get("/?kind=trust").text.partition("</head>")[0]
    assert 'type="application/atom+xml" title="These changes (Atom)" href="/feed.atom?kind=trust"' in page


def test_the_api_pages_through_everything_once(client: TestClient) -> None:
    whole = [one["id"] for one in client.get("/api/v1/changes").json()["changes"]]
    assert len(whole) == 8
    pages: list[str] = []
    address = "/api/v1/changes?limit=3"
    while address:
        answer = client.get(address)
        pages += [one["id"] for one in answer.json()["changes"]]
        address = answer.json()["next"]
        assert (f'<{address}>; rel="next"' == answer.headers.get("link")) == bool(address)
    assert pages == whole


def test_the_api_tells_a_change_with_its_difference_and_its_proof(client: TestClient, filling: Filling) -> None:
    told = client.get(f"/api/v1/changes/c-{filling.changes['edited']}").json()
    assert (told["stance"], told["stance_before"]) == ("ended", "paused")
    assert {block["op"] for block in told["diff"]} == {"edited", "same", "added"}
    assert told["evidence"][1]["warc"]["file"] == "warc/2026-06-03.warc.gz"


@pytest.mark.parametrize("query", ["limit=0", "limit=1000", "limit=x", "cursor=-1", "from=x", "kind=nobody"])
def test_the_api_says_what_it_did_not_understand(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/changes?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert query.partition("=")[0] in answer.json()["title"]


def test_openapi_describes_every_address_of_the_api(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    served = {path for path, _ in PAGES if path.startswith("/api/") and not path.endswith("openapi.json")}
    assert set(described["paths"]) == served


def test_tables_hold_the_board(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/positions.csv").text)))
    said = {row["organisation"]: row["stance"] for row in rows if row["topic"] == "stm"}
    assert said == {"northmoor": "ended", "westvale": "ended", "eastmere": "", "harrow-vale": "", "hillside": ""}
    assert client.get("/positions.csv").headers["content-disposition"] == 'attachment; filename="positions.csv"'
    sources = list(csv.DictReader(io.StringIO(client.get("/sources.csv").text)))
    assert {row["state"] for row in sources} == {"good", "blocked"}


def test_a_monitor_learns_what_is_wrong(client: TestClient) -> None:
    told = client.get("/healthz").json()
    assert told["status"] == "ok"
    assert told["wrong"] == ["no poll has ended since Sunday 7 June 2026, 16:00", "1 of 5 sources can't be read"]


def test_metrics_are_read_by_the_client_library_of_prometheus(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {family.type for family in families.values()} == {"gauge"}
    assert all(family.documentation and family.samples for family in families.values())
    told = {(one.name, *one.labels.values()): one.value for family in families.values() for one in family.samples}
    assert told["watcher_up",] == 1
    assert told["watcher_sources", "blocked"] == 1
    assert told["watcher_deliveries", "waiting"] == 2
    assert told["watcher_last_poll_timestamp_seconds",] == datetime(2026, 6, 7, 15, tzinfo=UTC).timestamp()


def test_robots_and_the_site_map_name_the_public_address(filling: Filling) -> None:
    app = build_app(filling.configuration, filling.storage, "https://watch.example", now=lambda: NOW, share=0)
    with TestClient(app) as client:
        assert "Sitemap: https://watch.example/sitemap.xml" in client.get("/robots.txt").text
        sites = ElementTree.fromstring(client.get("/sitemap.xml").content)
        found = [element.text for element in sites.iter() if element.tag.endswith("loc")]
        assert "https://watch.example/statements/1" in found
        assert all(client.get(str(address)).status_code == 200 for address in found)
        assert "max-age" in client.get("/").headers["strict-transport-security"]


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/api/v1/changes", "/api/v1/nothing", "/feed.atom", "/static/style.css"]
)
def test_every_answer_carries_the_security_headers_and_no_cookie(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in HEADERS:
        assert answer.headers[name.decode()] == value.decode()
    assert "set-cookie" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405
    assert client.request(method, "/api/v1/changes").status_code == 405


def test_a_page_of_the_timeline_is_light(client: TestClient) -> None:
    page, style = client.get("/"), client.get("/static/style.css")
    assert len(page.content) + len(style.content) < 60_000
