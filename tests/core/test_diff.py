"""What differs between two texts, and what is said of it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from watcher.core.changed import summary
from watcher.core.diff import apply_diff, count_words, diff, revert_diff
from watcher.core.model import BlockOp, Diff

unhurried = settings(deadline=None, max_examples=60)  # machines under load; the laws are not about time

SAME, ADDED, REMOVED, EDITED, MOVED = (
    BlockOp.SAME,
    BlockOp.ADDED,
    BlockOp.REMOVED,
    BlockOp.EDITED,
    BlockOp.MOVED,
)
PARAGRAPHS = [
    "The trust has paused its team while a review by our medical director is completed.",
    "Every plan will be read again together with the person it was written for.",
    "Anyone who has not heard from us can write to the patient advice team at Fernhill.",
]


def marks(found: Diff) -> list[tuple[BlockOp, str]]:
    """The runs that changed, of edited blocks."""
    return [(run.op, run.text) for block in found.blocks for run in block.words if run.op is not SAME]


def test_a_word_that_changed_is_marked_alone_and_the_old_one_comes_first():
    found = diff(PARAGRAPHS, [PARAGRAPHS[0].replace("paused", "ended"), *PARAGRAPHS[1:]])
    assert marks(found) == [(REMOVED, "paused"), (ADDED, "ended")]
    assert [block.op for block in found.blocks] == [EDITED, SAME, SAME]


def test_a_changed_number_marks_that_number_and_no_mark_beside_it():
    found = diff(["It cost £3,456.50, or 12% (of all)."], ["It cost £3,457.50, or 14% (of all)."])
    assert marks(found) == [(REMOVED, "3,456.50"), (ADDED, "3,457.50"), (REMOVED, "12"), (ADDED, "14")]


def test_a_comma_that_went_marks_no_word():
    found = diff(["We have ended, today, the scheme."], ["We have ended today the scheme."])
    assert marks(found) == [(REMOVED, ","), (REMOVED, ",")]
    assert count_words(found) == (6, 0, 0)


def test_a_not_that_was_added_is_marked():
    assert marks(diff(["We do support it."], ["We do not support it."])) == [(ADDED, " not")]


def test_a_paragraph_that_was_split_marks_no_word():
    found = diff([f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}"], PARAGRAPHS[:2])
    assert marks(found) == [(REMOVED, " "), (ADDED, "\n\n")]
    assert found.similarity == 1.0
    assert summary(found) == "no words changed"


def test_a_new_paragraph_stands_between_its_neighbours():
    found = diff(PARAGRAPHS[:2], [PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[1]])
    assert [block.op for block in found.blocks] == [SAME, ADDED, SAME]
    assert summary(found) == "1 sentence added"


def test_a_paragraph_that_moved_is_shown_in_both_places_and_not_word_by_word():
    found = diff(PARAGRAPHS, [*PARAGRAPHS[1:], PARAGRAPHS[0]])
    assert [block.op for block in found.blocks] == [MOVED, SAME, SAME, MOVED]
    assert found.blocks[0].before == found.blocks[3].after == PARAGRAPHS[0]
    assert found.similarity == 1.0
    assert summary(found) == "1 paragraph moved"


def test_an_added_sentence_is_marked_as_a_whole_though_it_begins_like_its_neighbour():
    found = diff(["The team met. The plan ended."], ["The team met. The board met. The plan ended."])
    assert marks(found) == [(ADDED, " The board met.")]


def test_two_rewritten_phrases_with_a_little_word_between_them_are_one_edit():
    before = ["Our board must very soon decide the question whether public money pays for it here."]
    after = ["Our members have already made up the bill which two small charities sent for it here."]
    assert len(marks(diff(before, after))) == 2


def test_unrelated_texts_have_a_similarity_below_the_side_by_side_line():
    assert diff(["Beans and bees"], ["Visiting hours end at eight"]).similarity < 0.4


def test_two_empty_texts_do_not_differ():
    assert diff([], []) == Diff((), 1.0)


def test_a_diff_is_not_applied_to_another_text():
    with pytest.raises(ValueError, match="another text"):
        apply_diff(["Other"], diff(["One"], ["Two"]))


def test_a_long_rewritten_text_is_compared_in_under_a_second():
    before = [" ".join(f"w{(row * 37 + at * at) % 2999}" for at in range(120)) for row in range(120)]
    after = [" ".join(f"v{at}" if at % 9 == row % 9 else word for at, word in enumerate(text.split()))
             for row, text in enumerate(before)]  # fmt: skip
    start = time.perf_counter()
    found = diff(before, after)
    assert time.perf_counter() - start < 3  # 0.1 s here; slow machines, coverage
    assert apply_diff(before, found) == "\n\n".join(after)


def test_texts_too_long_and_too_different_to_compare_are_shown_as_replaced():
    before = [" ".join(f"a{number}" for number in range(25_000))]
    after = [" ".join(f"b{number}" for number in range(25_000))]
    assert [block.op for block in diff(before, after).blocks] == [REMOVED, ADDED]


words = st.sampled_from(
    ["the", "trust", "has", "ended", "SIM", "12", "1,204", "not", "a", "of", ",", ".", "(", "é", "-"]
)
spaces = st.sampled_from([" ", "", "  ", "\n", "\t"])
blocks = st.lists(st.tuples(words, spaces), max_size=12).map(lambda pairs: "".join(map("".join, pairs)))
texts = st.lists(blocks, max_size=7)


@unhurried
@given(texts, texts)
def test_applying_a_diff_gives_the_later_text_and_reverting_it_the_earlier(before, after):
    found = diff(before, after)
    assert apply_diff(before, found) == "\n\n".join(after)
    assert revert_diff(after, found) == "\n\n".join(before)


@unhurried
@given(st.lists(st.text(max_size=20), max_size=5), st.lists(st.text(max_size=20), max_size=5))
def test_any_characters_come_back_as_they_were(before, after):
    assert apply_diff(before, diff(before, after)) == "\n\n".join(after)


@unhurried
@given(texts, texts)
def test_the_runs_of_an_edited_block_spell_both_its_sides(before, after):
    for block in diff(before, after).blocks:
        if block.op is EDITED:
            assert "".join(run.text for run in block.words if run.op is not ADDED) == block.before
            assert "".join(run.text for run in block.words if run.op is not REMOVED) == block.after


def test_a_null_character_is_not_an_empty_block():
    assert apply_diff([""], diff([""], ["\0"])) == "\0"


@unhurried
@given(texts)
def test_a_text_does_not_differ_from_itself(blocks):
    assert all(block.op is SAME for block in diff(blocks, blocks).blocks)


@unhurried
@given(st.lists(words, max_size=40), st.lists(words, max_size=40))
def test_no_more_words_are_marked_than_rapidfuzz_marks_but_for_little_words(before, after):
    _, removed, added = count_words(diff([" ".join(before)], [" ".join(after)]))
    islands = sum(len(word) <= 3 for word in before)
    assert removed + added <= Indel.distance(before, after) + 2 * islands
