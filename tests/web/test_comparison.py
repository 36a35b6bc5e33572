from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.diff import diff
from watcher.core.model import BlockOp
from watcher.web.comparison import is_same, rows

PARAGRAPH = st.lists(
    st.sampled_from(["we", "have", "ended", "paused", "the", "team", "now", "listen"]), min_size=1, max_size=9
).map(" ".join)
TEXT = st.lists(PARAGRAPH, max_size=7)


@settings(max_examples=80, deadline=None)
@given(before=TEXT, after=TEXT)
def test_each_side_holds_all_words_of_its_text(before: list[str], after: list[str]) -> None:
    shown = rows(diff(before, after), show_all=True)
    for side, text, other in (("left", before, BlockOp.ADDED), ("right", after, BlockOp.REMOVED)):
        runs = [run for row in shown for run in getattr(row, side)]
        assert other not in {run.op for run in runs}
        words = " ".join(run.text for run in runs).split()
        assert sorted(words) == sorted(" ".join(text).split())


@settings(max_examples=80, deadline=None)
@given(before=TEXT, after=TEXT)
def test_folding_leaves_out_unchanged_blocks_alone(before: list[str], after: list[str]) -> None:
    found = diff(before, after)
    folded, whole = rows(found, show_all=False), rows(found, show_all=True)
    changed = [row for row in whole if row.op != "same"]
    assert [row for row in folded if row.op not in ("same", "skipped")] == changed
    assert sum(row.count or 1 for row in folded) == len(whole)


def test_only_what_stands_beside_a_change_stays_in_sight() -> None:
    before = ["One.", "Two.", "Three.", "Four.", "Five."]
    shown = rows(diff(before, [*before[:4], "Five, changed."]), show_all=False)
    assert [(row.op, row.count) for row in shown] == [("skipped", 3), ("same", 0), ("edited", 0)]


def test_a_moved_paragraph_is_shown_as_moved() -> None:
    first = "A paragraph of some length that goes to the end of the page."
    before = [first, "One that stays.", "Another that stays where it was."]
    shown = rows(diff(before, [*before[1:], first]), show_all=True)
    assert {row.note for row in shown if row.op == "moved"} == {"Stood here before", "Moved here"}


def test_the_same_text_has_no_difference() -> None:
    assert is_same(diff(["One."], ["One."]))
    assert not is_same(diff(["One."], ["Two."]))
