from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from tests.web.filling import NOW, ORGANISATIONS, Filling, write_configuration
from watcher.config.load import Configuration, load
from watcher.core.filter import parse_filter, vocabulary
from watcher.pipeline.audience import matching
from watcher.store import views
from watcher.store.views import Selection
from watcher.web import phrases
from watcher.web.filters import parse


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    folder: Path = tmp_path_factory.mktemp("filters")
    return load(write_configuration(folder))


QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.sampled_from(["ended OR paused", "kind:trust -jobs weekly", "org:westvale"]),
        "topic": st.sampled_from(["stm", "plans"]),
        "organisation": st.sampled_from([one[0] for one in ORGANISATIONS]),
        "kind": st.sampled_from(list(phrases.ORGANISATION_KINDS)),
        "region": st.sampled_from(["North", "West", "East"]),
        "stance": st.sampled_from(list(phrases.STANCE_NAMES)),
        "change": st.sampled_from(list(phrases.CHANGES)),
        "period": st.sampled_from(list(phrases.PERIODS)),
        "from": st.dates(datetime(1900, 1, 1).date(), datetime(2200, 1, 1).date()).map(str),  # noqa: DTZ001
        "to": st.dates(datetime(1900, 1, 1).date(), datetime(2200, 1, 1).date()).map(str),  # noqa: DTZ001
    },
)


@settings(max_examples=60, deadline=None)
@given(query=QUERIES)
def test_a_filter_written_back_reads_as_itself(configuration: Configuration, query: dict[str, str]) -> None:
    asked = parse(query, configuration, NOW)
    again = parse(QueryParams(asked.query().removeprefix("?")), configuration, NOW)
    assert asked.faults == ()
    assert again == asked
    assert len(asked.words(configuration)) == len(query)


@settings(max_examples=60, deadline=None)
@given(query=QUERIES)
def test_a_page_is_followed_by_a_filter_that_can_be_read(configuration: Configuration, query: dict[str, str]) -> None:
    asked = parse(query, configuration, NOW)
    followed = dict(QueryParams(asked.wish().removeprefix("?"))).get("filter", "")
    wanted = parse_filter(followed, vocabulary(configuration.organisations))
    has_words = asked.selection.wanted.kinds or asked.selection.wanted.organisations
    assert has_words or wanted.kinds == tuple(filter(None, [query.get("kind")]))
    assert wanted.stances == tuple(filter(None, [query.get("stance")]))


@settings(max_examples=60, deadline=None)
@given(
    query=st.dictionaries(
        st.sampled_from(["filter", "topic", "kind", "from", "to", "period", "x"]), st.text(max_size=20)
    )
)
def test_any_query_is_understood_or_named(configuration: Configuration, query: dict[str, str]) -> None:
    asked = parse(query, configuration, NOW)
    given_values = [name for name, value in query.items() if value.strip() and name != "x"]
    assert len(asked.values) + len(asked.faults) == len(given_values)


def test_days_are_those_of_the_readers(configuration: Configuration) -> None:
    selection = parse({"from": "2026-06-12", "to": "2026-06-12"}, configuration, NOW).selection
    assert selection.since == datetime(2026, 6, 11, 23, tzinfo=UTC)
    assert selection.until == datetime(2026, 6, 12, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filter_", "shown", "hidden"),
    [
        ("kind:ahsn", "Notice to partners", "An update for patients"),
        ("org:northmoor,hillside", "An update for patients", "Notice to partners"),
        ("“Notice to partners”", "Notice to partners", "An update for patients"),
        ("patient* -partners", "An update for patients", "Notice to partners"),
        ("stance:ended weekly", "Notice to partners", "What people told us"),
        ("zeppelin", "Nothing matches these filters", "An update for patients"),
    ],
)
def test_the_page_reads_the_filters_that_the_bot_reads(
    client: TestClient, filter_: str, shown: str, hidden: str
) -> None:
    page = client.get("/", params={"filter": filter_}).text.partition("</details>")[2]
    assert shown in page
    assert hidden not in page


def test_the_page_shows_what_the_bot_would_tell(filling: Filling, client: TestClient) -> None:
    for text in ("mentoring -partners", "notice OR update kind:trust", "region:west stance:ended", "steady OR crisis"):
        wanted = parse_filter(text, vocabulary(filling.configuration.organisations))
        every = views.selected(filling.db, Selection(), 1000)
        told = [one.number for one in matching(filling.db, filling.configuration, wanted, every)]
        listed = client.get("/api/v1/changes", params={"filter": text, "limit": 100}).json()["changes"]
        assert [one["id"] for one in listed] == told, text


def test_a_filter_that_cannot_be_read_is_named_on_the_page_and_refused_in_a_feed(client: TestClient) -> None:
    page = client.get("/", params={"filter": "kind:trsut <b>"}).text
    assert "column 6" in page
    assert "did you mean" in page
    assert "&lt;b&gt;" in page
    assert client.get("/feed.atom", params={"filter": "kind:trsut"}).status_code == 400
    assert client.get("/feed.json", params={"filter": "kind:trust"}).json()["feed_url"].endswith("filter=kind%3Atrust")


def test_many_filters_at_once_are_asked_to_wait(client: TestClient) -> None:
    statuses = {client.get("/", params={"filter": f"word{number}"}).status_code for number in range(40)}
    assert statuses == {200, 429}
