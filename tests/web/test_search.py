from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.render.payloads import PAYLOADS
from tests.web.filling import NOW, Filling, empty
from tests.web.wellformed import check
from watcher.core.markup import one_line
from watcher.store.search import MARK_END, MARK_START, parse_query, search
from watcher.web.app import build_app
from watcher.web.pages import without_title
from watcher.web.safety import RateLimit


def found(filling: Filling, text: str) -> list[str]:
    return [hit.title for hit in search(filling.db, parse_query(text), 20)]


def test_words_of_an_earlier_version_are_found(client: TestClient) -> None:
    page = client.get('/search?q="has+paused"').text
    assert "an earlier version" in page
    assert "<mark>has paused</mark>" in page


def test_all_words_must_be_there(filling: Filling) -> None:
    assert found(filling, "mentoring partners") == ["Notice to partners"] * 2
    assert found(filling, "mentoring unicorn") == []


def test_a_phrase_a_beginning_and_an_exclusion(filling: Filling) -> None:
    assert found(filling, '"opening sentence"') == ["Notice to partners"]
    assert found(filling, '"sentence opening"') == []
    assert set(found(filling, "ment*")) == set(found(filling, "mentoring"))
    assert found(filling, "partners -opening") == ["Notice to partners"]


def test_days_limit_a_search(client: TestClient) -> None:
    assert "Nothing found" in client.get("/search?q=mentoring&from=2026-06-10").text
    assert "What people told us" in client.get("/search?q=mentoring&from=2026-06-02&to=2026-06-02").text


def test_the_days_of_a_search_are_those_of_the_readers(tmp_path: Path) -> None:
    made = empty(tmp_path)
    made.at = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight in London
    made.put("late", "northmoor", "Said at night", ["Steady Mentoring goes on."])
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        for path in ("/search", "/api/v1/search"):
            assert "Said at night" in client.get(f"{path}?q=mentoring&from=2026-06-02&to=2026-06-02").text
            assert "Said at night" not in client.get(f"{path}?q=mentoring&to=2026-06-01").text
    made.db.close()


ODD = (
    "", " ", '"', '""', "*", "-", "-only", "AND", "OR NOT NEAR(", "a AND", "NEAR/3", "title:x", "^x", "{a b}", "(((",
    "x\x00y", "%", "_", "'; DROP TABLE versions; --", "\ue000x\ue001", "é", "字", "👍", "a" * 5000, "* " * 200,
    *PAYLOADS,
)  # fmt: skip


def test_odd_words_never_make_an_error_page(client: TestClient, filling: Filling) -> None:
    for text in ODD:
        search(filling.db, parse_query(text), 5)
    for text in ODD[:25]:
        answer = client.get("/search", params={"q": text.encode("utf-8", "replace").decode()})
        assert answer.status_code == 200, text
        assert check(answer.text).faults == [], text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("q=-x", "at least one word that is to be found"),
        ("q=%22%28%22", "signs alone can&#39;t be found"),
        ("q=mentoring&from=soon", "from “soon” is not known: write a day like 2026-06-12. It limits nothing."),
        ("q=mentoring&from=2026-07-01&to=2026-01-01", "no version can be of both"),
        ("q=mentoring&offset=300", "No more results"),
        ("q=" + "x" * 600, "the first 500 characters were searched for"),
        ("q=" + "a+" * 40, "the first 32 were searched for"),
        ("q=zeppelin", "is searched as soon as it has been read"),
        ("q=plan", "1 result</h2>"),
    ],
)
def test_a_search_that_finds_nothing_or_less_says_why(client: TestClient, query: str, says: str) -> None:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 200
    assert says in answer.text.replace("can't", "can&#39;t")
    assert check(answer.text).faults == []


def test_results_are_counted_and_paged(tmp_path: Path) -> None:
    made = empty(tmp_path)
    for number in range(20):
        made.put(f"p{number}", "northmoor", f"Notice {number}", [f"Notice {number}", "Steady Mentoring goes on here."])
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        first = client.get("/search?q=mentoring").text
        assert "Results 1 to 15</h2>" in first
        second = client.get("/search?q=mentoring&offset=15").text
        assert "Results 16 to 20</h2>" in second
        assert 'href="/search?q=mentoring">First results' in second
    made.db.close()


def test_an_excerpt_does_not_repeat_the_title_above_it() -> None:
    start, end = MARK_START, MARK_END
    assert without_title(f"Our {start}trust{end} now It has {start}trust{end}", "Our trust now") == (
        f"It has {start}trust{end}"
    )
    for kept in (
        f"Our {start}trust now It{end} has",
        f"Our {start}trust{end} now",
        "… Our trust now",
        "Our trust nowhere",
    ):
        assert without_title(kept, "Our trust now") == kept


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=12), rest=st.text(max_size=12))
def test_an_excerpt_never_loses_a_word_beyond_its_title(title: str, rest: str) -> None:
    told = without_title(f"{title} {rest}", title)
    assert told in one_line(f"{title} {rest}")
    assert one_line(rest).strip() in told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40) | st.text(alphabet='ab "*-()+:^NEARO', max_size=30))
def test_any_text_is_a_search(filling: Filling, text: str) -> None:
    search(filling.db, parse_query(text.encode("utf-8", "replace").decode()), 5)


def test_many_searches_wait_their_turn_and_reading_goes_on(client: TestClient) -> None:
    answers = [client.get("/search?q=trust").status_code for _ in range(40)]
    assert answers[0] == 200
    assert answers[-1] == 429
    late = client.get("/api/v1/search?q=trust")
    assert late.status_code == 429
    assert late.headers["content-type"] == "application/problem+json"
    assert 1 <= int(late.headers["retry-after"]) <= 2
    assert client.get("/").status_code == 200


def test_a_bucket_refills_with_time_and_is_one_a_household() -> None:
    now = [0.0]
    limit = RateLimit(burst=2, refill_s=10, clock=lambda: now[0])
    assert [limit.wait_s("2001:db8::1"), limit.wait_s("2001:db8::2")] == [0.0, 0.0]
    assert limit.wait_s("2001:db8::3") == pytest.approx(10)
    assert limit.wait_s("192.0.2.1") == 0.0
    now[0] = 10.0
    assert limit.wait_s("2001:db8::1") == 0.0


def test_memory_of_readers_is_bounded() -> None:
    limit = RateLimit(burst=2, refill_s=1, clock=lambda: 0.0)
    for number in range(25_000):
        limit.wait_s(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limit._spent) <= 10_001
