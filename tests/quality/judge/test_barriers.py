# ruff: noqa: E501 — pages are easier to read whole
"""Floors for telling barriers from content: none taken for content, no statement taken for one."""

from __future__ import annotations

import pytest

from tests.quality.judge.barriers import BARRIERS, speaking_of_it
from tests.quality.judge.pages import page, statements
from watcher.core.model import Document, GoneHow, Recipe
from watcher.extract.barrier import Barrier, find_barrier
from watcher.extract.html import extract_html
from watcher.pipeline.judge import judge

URL = "https://northmoor.example/news/statement"


def read(body: bytes) -> Document:
    return extract_html(body, URL, Recipe()).documents[0]


def barrier(body: bytes, before: Document | None = None) -> Barrier | None:
    return find_barrier(read(body), body, before)


@pytest.mark.parametrize("name", BARRIERS)
def test_a_barrier_is_no_content(name: str) -> None:
    assert barrier(BARRIERS[name]) is not None


@pytest.mark.parametrize("number", range(2))
def test_a_barrier_after_a_good_reading_is_unreadable_and_the_next_reading_is_compared_across_it(number: int) -> None:
    good = page("trust", statements()[number])
    for body in BARRIERS.values():
        assert [step.change for step in judge(URL, [good, body, good])] == ["unreadable", "same"]


@pytest.mark.parametrize("name", [name for name in BARRIERS if name.startswith("soft 404")])
def test_a_soft_404_is_told_from_an_outage(name: str) -> None:
    found = barrier(BARRIERS[name])
    assert found is not None
    assert found.kind is GoneHow.SOFT_404


@pytest.mark.parametrize("has_earlier", [False, True])
def test_a_statement_about_an_outage_a_login_or_cookies_is_content(has_earlier: bool) -> None:
    before = read(page("trust", statements()[0])) if has_earlier else None
    assert {name: found for name, body in speaking_of_it().items() if (found := barrier(body, before))} == {}


def test_a_page_that_now_says_only_that_the_statement_was_withdrawn_is_an_edit() -> None:
    good = page("trust", statements()[0])
    now = b"<html><body><h1>Statement withdrawn</h1><p>This statement has been withdrawn.</p></body></html>"
    assert judge(URL, [good, now])[0].change == "edited"


def test_a_shell_in_any_language_that_keeps_no_word_of_a_long_text_is_unreadable() -> None:
    good = page("blog", statements()[1])
    shell = "<html><title>Portal</title><body><h1>Portal</h1><p>Tervetuloa palveluun.</p><p>Valitse kieli.</p></body></html>"
    (step,) = judge(URL, [good, shell.encode()])
    assert step.change == "unreadable"
