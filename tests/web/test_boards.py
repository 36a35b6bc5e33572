"""Boards with as many organisations and sources as a national campaign has: light, narrowed, whole on demand."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.crowded import ORGANISATIONS, SOURCES, crowded
from tests.web.filling import NOW, Filling, empty
from tests.web.wellformed import check
from watcher.web import filters, phrases
from watcher.web.app import build_app

LIGHT_BYTES = 60_000  # a page and its style, before they are packed
RESTING = SOURCES // 10


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filling]:
    made = crowded(tmp_path_factory.mktemp("crowded"))
    yield made
    made.db.close()


@pytest.fixture(scope="module")
def full(crowd: Filling) -> Iterator[TestClient]:
    with TestClient(build_app(crowd.configuration, crowd.storage, now=lambda: NOW, share=0)) as client:
        yield client


def rows(page: str) -> list[str]:
    """The names of a board's rows, or of a list's entries."""
    return re.findall(r'data-label="(?:Organisation|Source)"><a [^>]*>([^<]*)</a>', page)


def counts(page: str) -> dict[str, int]:
    """The choices above a list, and how much each holds."""
    return {
        unescape(label): int(number.replace(",", ""))
        for label, number in re.findall(r">([^<>]+) <strong>([\d,]+)</strong></a></li>", page)
    }


def pages_from(client: TestClient, address: str) -> list[str]:
    """A list page by page, as its links lead on."""
    told = []
    while address:
        told.append(client.get(address).text)
        onward = re.search(r'href="([^"]+)" rel="next"', told[-1])
        address = unescape(onward[1]) if onward else ""
    return told


def table(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


@pytest.mark.parametrize(
    "address",
    [
        "/", "/positions", "/positions?page=2", "/positions?page=5", "/positions?view=names", "/positions?stance=none",
        "/positions?sort=date&stance=ended&kind=trust", "/organisations", "/organisations/body-3", "/sources",
        "/sources?page=2", "/sources?state=blind", "/sources?state=resting", "/sources?sort=texts", "/charts",
    ],
)  # fmt: skip
def test_every_page_is_light_with_very_many_organisations_and_sources(full: TestClient, address: str) -> None:
    answer, style = full.get(address), full.get("/static/style.css")
    assert answer.status_code == 200
    assert check(answer.text).faults == []
    assert len(answer.content) + len(style.content) < LIGHT_BYTES


@pytest.mark.parametrize("sort", ["stance", "organisation", "kind", "date"])
def test_the_pages_of_the_board_hold_every_position_once_and_in_order(full: TestClient, sort: str) -> None:
    whole = rows(full.get(f"/positions?sort={sort}&page=all").text)
    parts = pages_from(full, f"/positions?sort={sort}")
    assert len(parts) > 3
    assert [name for page in parts for name in rows(page)] == whole
    assert len(set(whole)) == len(whole) == ORGANISATIONS * 8 // 10


def test_the_counts_of_the_board_add_up_and_lead_to_what_they_count(full: TestClient) -> None:
    page = full.get("/positions").text
    told = counts(page)
    assert told.pop("All") == ORGANISATIONS == sum(told.values())
    assert told[phrases.UNSTATED_LABEL] == ORGANISATIONS * 2 // 10
    for stance in ("ended", "calls-for-inquiry"):
        narrowed = full.get(f"/positions?stance={stance}&page=all").text
        assert len(rows(narrowed)) == told[phrases.stance_label(stance)]
        assert set(re.findall(r'<span class="stance">([^<]+)<', narrowed)) == {phrases.stance_label(stance)}


def test_kind_region_and_order_are_kept_in_every_link_of_the_board_and_in_its_table(full: TestClient) -> None:
    narrowed = "kind=trust&region=London"
    page = full.get(f"/positions?{narrowed}&sort=date").text
    own = [link for link in check(page).links if link.startswith(("/positions?", "/positions.csv?"))]
    assert len(own) > 8
    assert [link for link in own if narrowed not in link] == []
    assert f"/positions.csv?{narrowed}" in own
    assert f"/positions?{narrowed}&sort=date&stance=paused" in own
    listed = table(full, f"/positions.csv?{narrowed}")
    assert len(listed) == counts(page)["All"]
    assert {(row["kind"], row["region"]) for row in listed} == {("trust", "London")}
    assert len(table(full, "/positions.csv")) == ORGANISATIONS
    assert {row["stance"] for row in table(full, "/positions.csv?stance=none")} == {""}


def test_names_alone_stand_on_one_page_with_those_who_have_said_nothing(full: TestClient) -> None:
    page = full.get("/positions?view=names").text
    named = re.findall(r'<li><a href="/organisations/([^"]+)">', page)
    assert len(named) == len(set(named)) == ORGANISATIONS
    assert "<table" not in page
    assert page.count('<span class="sub">confirmed</span>') == 29
    silent = page.partition(phrases.UNSTATED_LABEL + ' <span class="count">')[2]
    assert len(re.findall(r"<li><a href=./organisations/", silent)) == ORGANISATIONS * 2 // 10


def test_those_who_have_said_nothing_follow_the_last_position(full: TestClient) -> None:
    parts = pages_from(full, "/positions")
    assert ["50 organisations of whom no position is known" in page for page in parts] == [False] * 4 + [True]
    assert "50 organisations of whom no position is known" in full.get("/positions?page=all").text


def test_the_pages_of_the_sources_hold_every_one_once_blind_ones_first(full: TestClient) -> None:
    parts = pages_from(full, "/sources")
    found = [name for page in parts for name in rows(page)]
    assert len(set(found)) == len(found) == SOURCES - RESTING
    blind = "".join(parts).count('class="blind"')
    assert counts(parts[0])["Can't be read"] == blind == parts[0].count('class="blind"') == 36
    assert set(found) | {row["id"] for row in table(full, "/sources.csv?state=resting")} == {
        row["id"] for row in table(full, "/sources.csv")
    }


def test_the_counts_of_the_sources_add_up_and_lead_to_what_they_count(full: TestClient) -> None:
    told = counts(full.get("/sources").text)
    assert told.pop("Not watched at present") == RESTING
    assert told.pop("Can't be read") == told["Blocked"] + told["Timed out"] + told["Certificate not valid"]
    assert told.pop("All watched") == SOURCES - RESTING == sum(told.values())
    for state, label in (("blocked", "Blocked"), ("good", "Read"), ("not read yet", "Not read yet")):
        assert len(rows(full.get(f"/sources?state={state}&page=all").text)) == told[label]
        assert len(table(full, f"/sources.csv?state={state}")) == told[label]


def test_the_sources_of_one_organisation_of_a_kind_and_of_a_region_can_be_told_apart(full: TestClient) -> None:
    page = full.get("/sources?organisation=body-3&sort=source").text
    assert rows(page) == ["body-3-board-papers", "body-3-news", "body-3-publications", "body-3-statements"]
    assert {row["organisation"] for row in table(full, "/sources.csv?organisation=body-3")} == {"body-3"}
    london = full.get("/sources?kind=police&region=London&page=all").text
    assert counts(london)["All watched"] == len(rows(london)) > 0
    assert 'href="/organisations/body-3"' not in london


@pytest.mark.parametrize(
    ("sort", "first"),
    [("source", "body-0-"), ("texts", "body-0-news"), ("read", ""), ("next", ""), ("state", "body-103-")],
)
def test_sources_are_sorted_as_asked(full: TestClient, sort: str, first: str) -> None:
    page = full.get(f"/sources?sort={sort}").text
    assert rows(page)[0].startswith(first)
    assert page.count("aria-sort") == 1
    if sort == "read":
        assert page.index("Not yet</td>") < page.index('"Last good read"><time')


def test_organisations_can_be_narrowed_by_kind_and_region(full: TestClient) -> None:
    page = full.get("/organisations?kind=police&region=London").text
    assert page.count("<h2") == 1
    told = counts(page)
    assert len(re.findall(r'<li><a href="/organisations/', page)) == told["Police"]
    assert told.pop("All") == sum(told.values()) < ORGANISATIONS
    assert "No organisation of this kind is watched there" in full.get("/organisations?kind=parliament").text


@pytest.mark.parametrize("path", ["/positions", "/sources", "/organisations"])
@pytest.mark.parametrize("value", ["x", "-1", "0", "99999999999999999999", "٣", "<script>", "\x00", "all "])
def test_odd_pages_lead_to_a_page_that_is_there(full: TestClient, path: str, value: str) -> None:
    answer = full.get(path, params={"page": value, "sort": value, "view": value})
    assert answer.status_code == 200
    assert check(answer.text).faults == []
    assert "script" not in check(answer.text).tags
    assert len(answer.content) < LIGHT_BYTES


@pytest.mark.parametrize(
    ("path", "name"),
    [("/positions", "stance"), ("/positions", "topic"), ("/sources", "state"), ("/organisations", "region")],
)
def test_what_a_board_does_not_know_is_named_and_its_table_refuses_it(full: TestClient, path: str, name: str) -> None:
    page = full.get(path, params={name: "<b>nobody"}).text
    assert f"{name} “&lt;b&gt;nobody” is not known" in page
    assert check(page).faults == []
    if path != "/organisations":
        refused = full.get(f"{path}.csv", params={name: "nobody"})
        assert refused.status_code == 400
        assert "nobody" in refused.text


def test_a_board_of_several_topics_narrows_one_of_them(client: TestClient) -> None:
    page = client.get("/positions").text
    assert 'href="/positions?topic=stm&amp;stance=ended"' in page
    narrowed = client.get("/positions?topic=stm&stance=none").text
    assert "Crisis plans</h2>" not in narrowed
    assert f"{phrases.UNSTATED_LABEL} <span" in narrowed
    assert "Hillside Trust" in narrowed


def test_what_is_watched_and_waits_and_what_is_not_watched_at_all_is_told_apart(
    full: TestClient, tmp_path: Path
) -> None:
    assert "669 of 720 sources can be read at present, 15 wait for a first visit." in full.get("/sources").text
    made = empty(tmp_path)
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        assert "5 sources are watched. None has been read yet" in client.get("/sources").text
        assert "No source is watched here at present" in client.get("/sources?kind=police").text
        page = client.get("/positions?kind=police").text
        assert "No organisation like that is watched" in page
        assert '<option value="police" selected>Police</option>' in page
        assert check(page).faults == []
    made.db.close()


def test_a_query_that_only_arranges_is_not_told_as_a_filter(crowd: Filling) -> None:
    asked = filters.choose({"sort": "date", "kind": "trust"}, {"kind": {"trust"}, "sort": {"date"}})
    assert asked.words(crowd.configuration) == ["NHS trusts"]
    assert asked.query() == "?kind=trust&sort=date"
