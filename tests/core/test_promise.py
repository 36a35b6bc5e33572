from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.promise import promises

SAID_ON = date(2026, 6, 12)  # a Friday


@pytest.mark.parametrize(
    ("sentence", "due_from", "due_until"),
    [
        ("We will publish the findings in the autumn.", date(2026, 9, 1), date(2026, 11, 30)),
        ("The review reports in March 2027.", date(2027, 3, 1), date(2027, 3, 31)),
        ("The report will be published by the end of July.", SAID_ON, date(2026, 7, 31)),
        ("We will publish an update on 3 August 2026.", date(2026, 8, 3), date(2026, 8, 3)),
        ("Our report is due on 03/08/2026.", date(2026, 8, 3), date(2026, 8, 3)),
        ("The board will consider the review in May.", date(2027, 5, 1), date(2027, 5, 31)),
        ("The panel expects to report in spring 2027.", date(2027, 3, 1), date(2027, 5, 31)),
        ("We will respond within six weeks.", SAID_ON, date(2026, 7, 24)),
        ("We will reply within twenty working days.", SAID_ON, date(2026, 7, 11)),
        ("The trust will share the results next month.", date(2026, 7, 1), date(2026, 7, 31)),
        ("We aim to publish later this year.", SAID_ON, date(2026, 12, 31)),
        ("The evaluation is expected in early 2027.", date(2027, 1, 1), date(2027, 5, 2)),
        ("The findings will be available in the new year.", date(2027, 1, 1), date(2027, 2, 28)),
        ("The results will be released in Q2 2027.", date(2027, 4, 1), date(2027, 6, 30)),
        ("The service will close in winter.", date(2026, 12, 1), date(2027, 2, 28)),
    ],
)
def test_an_announcement_falls_due_between_two_days(sentence: str, due_from: date, due_until: date) -> None:
    (promise,) = promises(["Background first.", f"We met today. {sentence}"], SAID_ON)
    assert (promise.due_from, promise.due_until, promise.quote) == (due_from, due_until, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "We published the findings in the autumn of 2025.",
        "The scheme was reviewed in March 2024.",
        "We will not publish the report this year.",
        "Will the review report in March 2027?",
        "If funding is found, we will publish in the autumn.",
        "Campaigners say that the review should be published in July.",
        "We will publish the review.",
        "People may call at any time.",
        "We will look back on what was published on 3 May 2020.",
    ],
)
def test_what_is_past_refused_asked_or_undated_is_no_promise(sentence: str) -> None:
    assert promises([sentence], SAID_ON) == ()


def test_a_promise_made_twice_is_kept_once() -> None:
    sentence = "We will publish in the autumn."
    assert len(promises([sentence, sentence], SAID_ON)) == 1


def test_a_leap_day_that_is_not_there_is_passed_over() -> None:
    assert promises(["We will report on 30 February 2027."], SAID_ON) == ()


@given(st.text(max_size=200), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_promise_never_ends_before_it_begins_nor_before_it_was_made(words: str, said_on: date) -> None:
    for promise in promises([f"We will publish {words} in the spring, next month or by May."], said_on):
        assert promise.due_from <= promise.due_until
        assert promise.due_until >= said_on
