from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from tests.web.filling import NOW, ORGANISATIONS, write_configuration
from watcher.config.load import Configuration, load
from watcher.web import phrases
from watcher.web.filters import parse


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    folder: Path = tmp_path_factory.mktemp("filters")
    return load(write_configuration(folder))


QUERIES = st.fixed_dictionaries(
    {},
    optional={
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
@given(query=st.dictionaries(st.sampled_from(["topic", "kind", "from", "to", "period", "x"]), st.text(max_size=20)))
def test_any_query_is_understood_or_named(configuration: Configuration, query: dict[str, str]) -> None:
    asked = parse(query, configuration, NOW)
    given_values = [name for name, value in query.items() if value.strip() and name != "x"]
    assert len(asked.values) + len(asked.faults) == len(given_values)


def test_days_are_those_of_the_readers(configuration: Configuration) -> None:
    selection = parse({"from": "2026-06-12", "to": "2026-06-12"}, configuration, NOW).selection
    assert selection.since == datetime(2026, 6, 11, 23, tzinfo=UTC)
    assert selection.until == datetime(2026, 6, 12, 23, tzinfo=UTC)
