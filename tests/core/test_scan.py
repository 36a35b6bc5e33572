from hypothesis import given
from hypothesis import strategies as st

from watcher.core.scan import Scanner, ScanTerm, fold_block, fold_blocks, search_form, written_forms


@given(st.text())
def test_the_searched_text_is_as_long_as_the_shown_one(text: str) -> None:
    folded = fold_blocks([text])
    assert len(folded.shown) == len(folded.searched)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_block(fold_block(text)) == fold_block(text)


def test_a_letter_that_grows_in_lower_case_keeps_its_place() -> None:
    assert len(search_form("İstanbul")) == len("İstanbul")


def test_a_star_matches_any_ending_and_a_capital_only_itself() -> None:
    scanner = Scanner([ScanTerm("convey*"), ScanTerm("HaRT", is_exact_case=True)], {})
    text = fold_blocks(["Conveyance in HaRT, not to convey; hart, heartless"])
    assert [(hit.term, text.shown[hit.start : hit.end]) for hit in scanner.hits(text)] == [
        (0, "Convey"),
        (1, "HaRT"),
        (0, "convey"),
    ]


def test_no_terms_find_nothing() -> None:
    assert Scanner([], {}).hits(fold_blocks(["anything"])) == []


def test_spellings_of_several_words_combine() -> None:
    assert "grey crew" in written_forms("gray team", {"gray": ["grey"], "team": ["crew"]})
