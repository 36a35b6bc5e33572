from collections import Counter

import pytest

from watcher.core.diff import diff
from watcher.core.mass_edit import MOST_WORDS, PAGES, changed_terms, in_words, is_mass_edit


def terms(before: str, after: str) -> frozenset[str]:
    return changed_terms(diff([before], [after]))


def test_the_words_that_came_and_went_are_the_terms() -> None:
    assert terms("The Moorland Academic Network wrote.", "The Moorland Innovation Network wrote.") == {
        "-academic",
        "+innovation",
    }


def test_little_words_do_not_part_one_name_from_itself() -> None:
    assert terms("An AHSN wrote.", "A network wrote.") == terms("The AHSN said so.", "The network said so.")


def test_a_headline_counts_and_links_are_taken_as_they_are() -> None:
    nothing = diff(["a"], ["a"])
    assert changed_terms(nothing, ("Our AHSN", "Our network"), ["+link x"]) == {"-ahsn", "+network", "+link x"}


def test_an_edit_of_many_words_has_no_terms() -> None:
    assert terms("One line.", " ".join(f"word{number}" for number in range(MOST_WORDS + 1))) == frozenset()


@pytest.mark.parametrize(("pages", "is_mass"), [(PAGES, True), (PAGES - 1, False)])
def test_every_term_must_have_changed_on_enough_pages(pages: int, is_mass: bool) -> None:
    assert is_mass_edit(frozenset({"-ahsn", "+network"}), Counter({"-ahsn": 90, "+network": pages})) is is_mass


def test_an_edit_without_terms_is_no_mass_edit() -> None:
    assert not is_mass_edit(frozenset(), Counter())


def test_the_terms_in_words() -> None:
    assert in_words({"+network"}) == "“network” added"
    assert in_words({"-ahsn"}) == "“ahsn” removed"
    assert in_words({"+link https://northmoor.example/a"}) == "the same links changed"
