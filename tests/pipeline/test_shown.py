from __future__ import annotations

from watcher.core.model import BlockOp, Document, Match, Reason, Stance, Tier
from watcher.pipeline.shown import deviation, excerpt, whole_diff

NOTICE = (
    "Notice to partners",
    "2 June 2026",
    "This network has ended its part in the mentoring scheme.",
    "Its training is no longer on offer, and its pages are being rewritten.",
)


def document(*blocks: str, title: str = "Notice to partners", frame: tuple[str, ...] = ()) -> Document:
    return Document("https://northmoor.example/notice", title, blocks, frame=frame)


def test_a_copy_word_for_word_has_no_deviation_though_its_date_is_its_own() -> None:
    copy = document(NOTICE[0], "Published 4 June 2026", *NOTICE[2:])
    assert deviation(document(*NOTICE), copy) == ""


def test_an_own_opening_sentence_is_named_as_one() -> None:
    copy = document("Eastmere agreed these words with its neighbours.", *NOTICE[2:])
    assert deviation(document(*NOTICE), copy) == "with its own opening sentence"


def test_an_own_closing_paragraph_is_named_as_one() -> None:
    copy = document(*NOTICE, "Please write to us. We answer within a week.")
    assert deviation(document(*NOTICE), copy) == "with its own closing paragraph"


def test_other_deviations_are_counted() -> None:
    copy = document(*NOTICE[:2], "This network has paused its part in the mentoring scheme.", NOTICE[3])
    assert deviation(document(*NOTICE), copy) == "with 1 sentence changed"


def test_a_banner_that_came_stands_at_the_head_of_the_comparison() -> None:
    banner = "This statement has been withdrawn."
    found = whole_diff(document(*NOTICE), document(*NOTICE, frame=(banner, "Follow us")))
    assert [(block.op, block.after) for block in found.blocks if block.op != BlockOp.SAME] == [(BlockOp.ADDED, banner)]


def test_a_banner_that_stayed_is_no_part_of_the_comparison() -> None:
    both = document(*NOTICE, frame=("This statement has been withdrawn.",))
    assert all(block.op == BlockOp.SAME for block in whole_diff(both, both).blocks)


def test_an_excerpt_quotes_the_position_and_leaves_the_headline_out() -> None:
    text = document(*NOTICE, title="Our part in the mentoring scheme")
    match = Match(
        "sim",
        Tier.NAMED,
        0.9,
        (
            Reason("mentoring scheme", "Our part in the mentoring scheme"),
            Reason("mentoring scheme", "the mentoring scheme."),
        ),
        (Stance("ended", NOTICE[2]),),
    )
    assert excerpt(match, text) == (NOTICE[2],)
