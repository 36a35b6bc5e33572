"""Floors for the judgement of edits and noise, on pages written for it in five house styles."""

from __future__ import annotations

import pytest

from tests.quality.judge.cases import Case, edits, formatting, headlines, link_edits, noise
from tests.quality.judge.pages import STYLES, page, statements
from watcher.pipeline.judge import judge

URL = "https://northmoor.example/news/statement"
SILENT = {"same", "cosmetic"}
pytestmark = pytest.mark.parametrize("style", STYLES)


def wrongly_judged(style: str, number: int, cases: list[Case], wanted: set[str]) -> list[str]:
    before = page(style, statements()[number])
    wrong = []
    for name, statement, around in cases:
        (step,) = judge(URL, [before, page(style, statement, around)])
        if step.change not in wanted:
            wrong.append(f"{name}: {step.change} {step.reasons}")
    return wrong


@pytest.mark.parametrize("number", range(3))
def test_no_written_edit_is_missed(style: str, number: int) -> None:
    assert wrongly_judged(style, number, edits(number, statements()[number]), {"edited"}) == []


@pytest.mark.parametrize("number", range(3))
def test_every_edit_of_the_headline_alone_is_seen(style: str, number: int) -> None:
    assert wrongly_judged(style, number, headlines(number, statements()[number]), {"edited"}) == []


@pytest.mark.parametrize("number", range(3))
def test_a_document_attached_replaced_or_detached_is_a_change(style: str, number: int) -> None:
    assert wrongly_judged(style, number, link_edits(statements()[number]), {"links", "edited"}) == []


@pytest.mark.parametrize("number", range(2))
def test_nothing_around_the_statement_raises_an_alert(style: str, number: int) -> None:
    assert wrongly_judged(style, number, noise(statements()[number]), SILENT) == []


@pytest.mark.parametrize("number", range(2))
def test_formatting_alone_raises_no_alert(style: str, number: int) -> None:
    assert wrongly_judged(style, number, formatting(statements()[number]), SILENT) == []
