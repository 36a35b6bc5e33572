from datetime import date

import pytest

from watcher.core.markup import plain_from_html, units
from watcher.render import PROMISES
from watcher.render.promise import DuePromise, promise_headline

DUE = DuePromise(
    organisation="Northmoor Care Trust",
    title="An update for patients",
    url="https://northmoor.example/update",
    quote="We will publish our review in July 2026.",
    due_until=date(2026, 7, 31),
    said_on=date(2026, 6, 1),
)

FOR_PEOPLE = sorted(set(PROMISES) - {"webhook"})


def test_the_message_states_the_promise_its_day_and_what_was_seen_since() -> None:
    assert PROMISES["plain"](DUE) == (
        "Northmoor Care Trust announced something for a time that has now passed\n"
        "An update for patients\n\n"
        "  “We will publish our review in July 2026.”\n\n"
        "Due by 31 July 2026; first seen here 1 June 2026\n"
        "The page still says so, and nothing newer on the topic has been seen from them.\n"
        "Page: https://northmoor.example/update"
    )


def test_a_page_that_was_taken_down_is_not_said_to_stand() -> None:
    gone = DuePromise("N", "", "", DUE.quote, DUE.due_until, DUE.said_on, is_there=False)
    assert "The page has been taken down since" in PROMISES["plain"](gone)


@pytest.mark.parametrize("channel", FOR_PEOPLE)
def test_no_word_of_a_page_is_live_and_the_message_always_fits(channel: str) -> None:
    evil = "<u>&" + "x" * 5000
    told = PROMISES[channel](
        DuePromise(evil, evil, "javascript:alert(1)", evil, DUE.due_until, DUE.said_on, later_titles=(evil,) * 9)
    )
    assert "javascript" not in told
    assert units(plain_from_html(told) if channel == "telegram" else told) < 4096
    assert channel != "telegram" or "<u>" not in told


def test_the_subject_names_whose_promise_and_its_day() -> None:
    assert promise_headline(DUE) == "Promise due: Northmoor Care Trust, 31 July 2026"


@pytest.mark.parametrize("channel", FOR_PEOPLE)
def test_a_content_note_stands_first(channel: str) -> None:
    noted = DuePromise("N", "T", "", DUE.quote, DUE.due_until, DUE.said_on, note="speaks of self-harm")
    assert "Content note: speaks of self-harm." in PROMISES[channel](noted).splitlines()[0]
