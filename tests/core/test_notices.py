from __future__ import annotations

import pytest

from watcher.core.notices import is_machinery, says_status
from watcher.core.text import normalise


@pytest.mark.parametrize(
    "text",
    [
        "This statement has been withdrawn.",
        "Archived: this page is no longer updated",
        "Update, 12 May 2024: the review has finished.",
        "UPDATE: the scheme has ended",
        "This guidance has been superseded by our statement of July.",
        "Correction: an earlier version gave the wrong year.",
        "We have removed this page while it is looked at.",
        "This policy is under review.",
    ],
)
def test_a_notice_says_the_status_of_the_text(text: str) -> None:
    assert says_status(normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for updates",
        "Please update your browser",
        "Update your cookie settings",
        "Latest updates",
        "Read our annual report",
        "Find a service near you",
        "",
    ],
)
def test_furniture_says_nothing_of_the_text(text: str) -> None:
    assert not says_status(normalise(text))


def test_an_invitation_is_machinery_and_a_sentence_of_a_statement_is_not() -> None:
    assert is_machinery(normalise("Subscribe to our newsletter"))
    assert not is_machinery(normalise("You can also delete these records with your browser."))
    assert not is_machinery(normalise("We have written to everyone whose password was shared."))
