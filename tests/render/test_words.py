from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.render.words import (
    STANCES,
    gone_in_words,
    listed,
    moment_in_words,
    same_site,
    shortened,
    span_in_words,
    times,
    web_address,
)


def test_the_stances_are_those_of_the_contract() -> None:
    assert set(STANCES) == {
        "uses", "piloting", "under-review", "paused", "ended", "never-used", "replaced", "does-not-endorse", "opposes",
        "calls-for-inquiry", "apologises", "supports-campaign",
    }  # fmt: skip


def test_the_hour_that_comes_twice_is_written_as_the_clock_shows_it() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert moment_in_words(first, "Europe/London") == moment_in_words(second, "Europe/London")
    assert moment_in_words(first, "Europe/London") == "Sunday 25 October 2026, 01:30"


def test_many_names_end_in_how_many_more() -> None:
    assert "".join(listed([str(n) for n in range(20)], most=3)) == "0, 1 and 18 more"
    assert listed([]) == []


@pytest.mark.parametrize("url", ["", None, "javascript:alert(1)", "tg://user?id=1", "https://", "https://a b/", "//x.y",
                                 "https://[", "http://x.example/" + "a" * 3000, "ftp://x.example"])  # fmt: skip
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_address(url) == ""


def test_hosts_of_one_site_are_known() -> None:
    assert same_site("https://www.northmoor.example/a", "http://northmoor.example/b")
    assert same_site("https://files.northmoor.example/a", "https://northmoor.example/b")
    assert not same_site("https://evilnorthmoor.example/a", "https://northmoor.example/b")
    assert not same_site("x", "x")


def test_small_words() -> None:
    assert [times(n) for n in (1, 2, 3, 12)] == ["once", "twice", "three times", "12 times"]
    assert span_in_words(timedelta(minutes=5)) == "less than an hour"
    assert gone_in_words("redirect-home") == "the address now leads to a general page"
    assert gone_in_words(None) == ""
    assert shortened("one two three", 9) == "one two…"
    assert shortened("x" * 20, 9) == "x" * 8 + "…"
