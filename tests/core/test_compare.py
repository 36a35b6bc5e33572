from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.compare import compare, is_page_noise
from watcher.core.mask import learn
from watcher.core.model import ChangeKind, Document, Link

BASE = Document(
    "https://northmoor.example/news/steady-steps",
    "Statement on the Steady Steps scheme",
    (
        "Northmoor Care Trust has paused its Steady Steps team.",
        "The team worked with 47 people between April 2019 and March 2021.",
        "We did not share anyone's records outside the agreed partnership.",
        "Read the terms of reference.",
    ),
    links=(Link("https://northmoor.example/media/terms-of-reference.pdf", "terms of reference"),),
    frame=("8 June 2021",),
    published_on=date(2021, 6, 8),
    language="en",
)


def reworded(was: str, now: str) -> Document:
    return replace(BASE, blocks=tuple(block.replace(was, now) for block in BASE.blocks))


def kind(after: Document, before: Document = BASE) -> ChangeKind:
    return compare(before, after).kind


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ("47 people", "74 people", "a number changed"),
        ("March 2021", "May 2021", "a date changed"),
        ("did not share", "did share", "a “not” came or went"),
        ("paused", "ended", "text changed: 1 word removed, 1 word added"),
        ("Steady Steps team.", "Steady Steps team?", "text changed: 0 words removed, 1 word added"),
    ],
)
def test_a_change_of_meaning_is_an_edit_and_says_what_it_was(was: str, now: str, reason: str) -> None:
    comparison = compare(BASE, reworded(was, now))
    assert comparison.kind is ChangeKind.EDITED
    assert reason in comparison.reasons


def test_currency_and_per_cent_carry_meaning() -> None:
    before = replace(BASE, blocks=(*BASE.blocks, "It cost £5 for 5% of people."))
    assert kind(replace(BASE, blocks=(*BASE.blocks, "It cost $5 for 5% of people.")), before) is ChangeKind.EDITED
    assert kind(replace(BASE, blocks=(*BASE.blocks, "It cost £5 for 5 of people.")), before) is ChangeKind.EDITED


def test_the_same_document_is_the_same() -> None:
    assert compare(BASE, BASE).kind is ChangeKind.SAME


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("reordered", BASE.blocks[::-1]),
        ("upper case", tuple(block.upper() for block in BASE.blocks)),
        ("curly quotes", tuple(block.replace("'", "’") for block in BASE.blocks)),
        ("joined", (" ".join(BASE.blocks[:2]), *BASE.blocks[2:])),
        ("reordered and joined", (*BASE.blocks[2:], " ".join(BASE.blocks[:2]))),
        ("bullets", tuple(f"• {block}" for block in BASE.blocks)),
        ("a counter", (*BASE.blocks, "1,204 views")),
        ("an age", (*BASE.blocks, "Posted 3 days ago")),
        ("a button", (*BASE.blocks, "Read more")),
        ("a copyright line", (*BASE.blocks, "© 2026 Northmoor Care Trust")),
    ],
)
def test_formatting_and_page_noise_are_cosmetic_with_a_reason(name: str, blocks: tuple[str, ...]) -> None:
    comparison = compare(BASE, replace(BASE, blocks=blocks))
    assert comparison.kind is ChangeKind.COSMETIC, name
    assert comparison.reasons


def test_a_sentence_that_moved_between_the_main_text_and_the_page_around_it_is_no_edit() -> None:
    before = replace(BASE, rest=("The review will be published in full in the autumn.",))
    after = replace(BASE, blocks=(*BASE.blocks, "The review will be published in full in the autumn."))
    assert kind(after, before) is not ChangeKind.EDITED
    assert kind(after) is ChangeKind.EDITED


def test_a_headline_alone_is_an_edit_and_its_case_is_not() -> None:
    assert compare(BASE, replace(BASE, title="Apology for the Steady Steps scheme")).reasons == ("headline changed",)
    assert kind(replace(BASE, title=BASE.title.upper())) in (ChangeKind.SAME, ChangeKind.COSMETIC)


def test_a_status_notice_that_comes_or_goes_is_an_edit_and_other_lines_around_the_text_are_not() -> None:
    withdrawn = replace(BASE, frame=(*BASE.frame, "This statement was withdrawn on 4 May."))
    assert compare(BASE, withdrawn).reasons == ("a notice came: “This statement was withdrawn on 4 May.”",)
    assert compare(withdrawn, BASE).reasons == ("a notice went: “This statement was withdrawn on 4 May.”",)
    assert kind(replace(BASE, frame=("9 June 2021", "More from this site"))) is ChangeKind.COSMETIC


def test_another_language_is_no_edit_but_an_edit_in_a_mixed_page_is() -> None:
    welsh = replace(
        BASE, language="cy", title="Datganiad", blocks=("Mae'r ymddiriedolaeth wedi rhoi'r gorau i'r cynllun.",)
    )
    assert compare(BASE, welsh).reasons == ("served in another language",)
    guessed_wrongly = replace(reworded("paused", "ended"), language="da")
    assert kind(guessed_wrongly) is ChangeKind.EDITED


def test_one_joined_word_is_an_edit_and_many_at_once_are_markup() -> None:
    before = replace(BASE, blocks=("You can not do this.",))
    assert kind(replace(BASE, blocks=("You cannot do this.",)), before) is ChangeKind.EDITED
    apart = replace(BASE, blocks=("one two three four five six seven eight",))
    assert kind(replace(BASE, blocks=("onetwo threefour fivesix seveneight",)), apart) is not ChangeKind.EDITED


def test_an_edit_without_a_new_date_is_silent_only_where_the_page_shows_one() -> None:
    assert compare(BASE, reworded("paused", "ended")).is_silent
    assert not compare(BASE, replace(reworded("paused", "ended"), modified_on=date(2021, 9, 1))).is_silent
    undated = replace(BASE, published_on=None)
    assert not compare(undated, replace(reworded("paused", "ended"), published_on=None)).is_silent


def test_a_learnt_mask_hides_what_flips_by_itself_and_nothing_else() -> None:
    one, two, three = (
        replace(BASE, blocks=(*BASE.blocks, f"There are {n} visitors from {n} towns with us today")) for n in (3, 4, 5)
    )
    assert kind(three, one) is ChangeKind.EDITED
    mask = learn(one, two)
    assert compare(one, three, mask).kind is not ChangeKind.EDITED
    assert compare(one, replace(three, title="Another headline"), mask).kind is ChangeKind.EDITED


def test_a_sentence_about_time_or_numbers_is_not_page_noise() -> None:
    assert not is_page_noise("The team ended 3 days ago, and its staff have since moved to other work.")
    assert not is_page_noise("The team ended 3 days ago.")
    assert not is_page_noise("We received 120 comments.")


VOCABULARY = "we the trust has not paused ended 47 people scheme review May 2021 £5"
words = st.lists(
    st.sampled_from(VOCABULARY.split()),
    min_size=1,
    max_size=12,
)
blocks = st.lists(words.map(" ".join), max_size=8).map(tuple)


@given(blocks, blocks)
def test_comparing_is_symmetric_in_whether_it_alerts(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    a, b = replace(BASE, blocks=one), replace(BASE, blocks=two)
    assert (compare(a, b).kind is ChangeKind.EDITED) == (compare(b, a).kind is ChangeKind.EDITED)


@given(blocks, st.randoms(use_true_random=False))
def test_any_order_of_the_same_blocks_is_no_edit(one: tuple[str, ...], random: object) -> None:
    shuffled = list(one)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert kind(replace(BASE, blocks=tuple(shuffled)), replace(BASE, blocks=one)) is not ChangeKind.EDITED
