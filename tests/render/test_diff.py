from __future__ import annotations

import json

import pytest

from tests.render.alerts import ADDED, EDIT, REMOVED, SAME, block
from tests.servers.tdlib import accepted
from watcher.core.model import BlockOp, Diff, DiffBlock
from watcher.render import render_diff


def test_plain_shows_whole_changed_paragraphs_and_counts_the_others() -> None:
    assert render_diff(EDIT, "plain") == (
        "… 1 paragraph unchanged …\n\n"
        "We wrote to all patients in May. The trust has [-paused-] {+ended+} its SIM team [-while-] {+after+} "
        "a review by our medical director [-is completed-]. Questions go to the board."
    )


def test_plain_says_what_moved() -> None:
    diff = Diff((DiffBlock(BlockOp.MOVED, before="A notice."), DiffBlock(BlockOp.MOVED, after="A notice.")))
    assert render_diff(diff, "plain") == "(stood here) A notice.\n\n(moved here) A notice."


def test_plain_says_when_nothing_differs() -> None:
    assert render_diff(Diff((DiffBlock(SAME, "x", "x"),)), "plain") == "No difference."
    assert render_diff(Diff(()), "telegram") == "No difference."


def test_telegram_shows_only_the_changed_sentences() -> None:
    text = accepted(render_diff(EDIT, "telegram")).text
    assert text.startswith("… The trust has paused ended its SIM team")
    assert "Questions" not in text


def test_a_moved_paragraph_is_counted_once() -> None:
    diff = Diff(
        (DiffBlock(BlockOp.MOVED, before="A."), DiffBlock(ADDED, after="B."), DiffBlock(BlockOp.MOVED, after="A."))
    )
    assert accepted(render_diff(diff, "telegram")).text == "B.\n\n1 paragraph moved, unchanged"


def test_json_is_the_diff_itself() -> None:
    told = json.loads(render_diff(EDIT, "json"))
    assert told["similarity"] == 1.0
    assert told["blocks"][1]["words"][1] == {"op": "removed", "text": "paused "}


def test_a_paragraph_of_which_little_stayed_is_shown_new_then_old() -> None:
    parts = [(SAME, "the "), (REMOVED, "old one here "), (ADDED, "new two there ")] * 4
    assert render_diff(Diff((block(*parts),)), "plain").startswith("{+the new two there the new")


def test_an_edited_block_without_its_words_is_shown_new_then_old() -> None:
    diff = Diff((DiffBlock(BlockOp.EDITED, "Old text.", "New text."),))
    assert render_diff(diff, "plain") == "{+New text.+}\n\n[-Old text.-]"


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="'latex': one of plain, telegram, html, json"):
        render_diff(EDIT, "latex")
