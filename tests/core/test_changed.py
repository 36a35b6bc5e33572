"""What is said of a diff: its summary, its words, its sentences."""

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.changed import changed_sentences, changed_text, summary
from watcher.core.diff import diff
from watcher.core.model import BlockOp, Run

unhurried = settings(deadline=None, max_examples=60)  # machines under load; the laws are not about time

SAME, ADDED, REMOVED = BlockOp.SAME, BlockOp.ADDED, BlockOp.REMOVED
PARAGRAPHS = [
    "The trust has paused its team while a review by our medical director is completed.",
    "Every plan will be read again together with the person it was written for.",
    "Anyone who has not heard from us can write to the patient advice team at Fernhill.",
]


def test_the_summary_counts_sentences():
    before = [PARAGRAPHS[0], "It is small. It stays."]
    after = [PARAGRAPHS[0].replace("paused", "ended"), "It is large. It stays. It grows."]
    assert summary(diff(before, after)) == "2 sentences changed, 1 added"
    assert summary(diff(before, before)) == "no words changed"
    assert summary(diff(before, before[:1])) == "2 sentences removed"


def test_changed_text_holds_the_words_and_their_sentences():
    found = changed_text(diff(["It is small. It stays."], ["It is large. It stays."]))
    assert (found.removed, found.added) == (("small",), ("large",))
    assert found.text == "It is large.\nIt is small."


def test_moved_and_reflowed_text_is_no_changed_text():
    found = changed_text(
        diff([*PARAGRAPHS, "It ends. It stays."], [PARAGRAPHS[2], *PARAGRAPHS[:2], "It ends.", "It stays."])
    )
    assert (found.added, found.removed, found.text) == ((), (), "")


def test_changed_sentences_come_whole_with_their_marks_and_up_to_a_limit():
    found = diff(
        ["We met. The team has paused. We stay.", "It ends in May."],
        ["We met. The team has ended. We stay.", "It ends in June."],
    )
    first = (Run(SAME, "The team has "), Run(REMOVED, "paused"), Run(ADDED, "ended"), Run(SAME, "."))
    assert changed_sentences(found, 1) == (first,)
    assert len(changed_sentences(found, 9)) == 2


def test_a_sentence_that_was_only_reflowed_has_not_changed():
    assert summary(diff(["It ends in May. It stays."], ["It  ends in May.", "It stays."])) == "no words changed"


words = st.sampled_from(["the", "trust", "has", "ended", "SIM", "12", "not", ".", ". The", "\n\n"])
texts = st.lists(st.lists(words, max_size=12).map(" ".join), max_size=5)


@unhurried
@given(texts, texts)
def test_changed_sentences_show_only_sentences_with_a_change(before, after):
    for sentence in changed_sentences(diff(before, after), 50):
        assert any(run.op is not SAME for run in sentence)


@unhurried
@given(texts)
def test_of_a_text_that_stayed_there_is_nothing_to_say(blocks):
    found = diff(blocks, blocks)
    assert (summary(found), changed_sentences(found, 9), changed_text(found).text) == ("no words changed", (), "")
