from dataclasses import replace

import pytest

from tests.core.topics import blue_harbour
from watcher.core.match import Matcher
from watcher.core.model import Match, Tier
from watcher.core.topic import Ambiguous, Topic

LAST = Ambiguous(
    terms=("BHS",),
    weight=0.3,
    reason="the letters alone",
    is_exact_case=True,
    is_last_resort=True,
    needs=(("police", "care"),),
    unless_here=("harbour",),
)
MINUTES = (
    "1. Apologies came from the chair.",
    "2. The trust asked what BHS would cost.",
    "3. The lift waits for a part.",
    "4. Any other business: none.",
)


def topic() -> Topic:
    return replace(blue_harbour(), ambiguous=(*blue_harbour().ambiguous, LAST))


def match(*blocks: str, title: str = "Minutes") -> Match:
    return Matcher([topic()]).match(title, blocks)[0]


def test_letters_alone_in_a_text_on_many_things_make_a_candidate() -> None:
    found = match(*MINUTES)
    assert (found.tier, found.score) == (Tier.SIMILAR, 0.3)
    assert found.reasons[0].term == "BHS: the letters alone"


def test_a_last_resort_adds_nothing_where_another_name_counts() -> None:
    found = match("The constable and the nurse run BHS.")
    assert [reason.term for reason in found.reasons] == ["BHS: short for the scheme"]


def test_another_sense_in_another_block_is_no_veto() -> None:
    assert match(*MINUTES, "5. Two boats were sold at the quay.").tier is Tier.SIMILAR


@pytest.mark.parametrize(
    ("title", "blocks"),
    [
        ("Boats at the quay", MINUTES),
        ("Minutes", ("The trust keeps its boats and its BHS at the quay.", *MINUTES[2:])),
        ("Minutes", (*MINUTES[:2], "Boats.", "More boats at the quay.")),
    ],
)
def test_another_sense_in_the_title_the_block_or_throughout_is(title: str, blocks: tuple[str, ...]) -> None:
    assert match(*blocks, title=title).tier is Tier.NONE


@pytest.mark.parametrize(
    "long_form", ["Better Hearing Service (BHS)", "BHS (Better Hearing Service)", "Better Hearing Service, or BHS,"]
)
def test_letters_that_the_block_spells_otherwise_are_not_the_topic(long_form: str) -> None:
    assert match(f"The trust opened its {long_form} on Monday.", *MINUTES[2:]).tier is Tier.NONE


def test_initials_that_happen_to_spell_them_elsewhere_are_no_evidence() -> None:
    assert match(*MINUTES, "5. The Bridge Heritage Society met.").tier is Tier.SIMILAR


def test_a_small_word_may_be_one_of_the_letters() -> None:
    rule = replace(LAST, terms=("BIS",))
    matcher = Matcher([replace(topic(), ambiguous=(rule,))])
    assert matcher.match("", ["The trust likes BIS, Boats in Sussex."])[0].tier is Tier.NONE
    assert matcher.match("", ["The trust likes BIS."])[0].tier is Tier.SIMILAR


@pytest.mark.parametrize(
    "long_form", ["BHS stands for Breathe, Hold, Stretch.", "Here BHS is short for bread, ham and salt."]
)
def test_letters_that_the_page_says_are_short_for_something_else_are_not_the_topic(long_form: str) -> None:
    assert match(f"The trust hosts a class. {long_form}").tier is Tier.NONE


def test_letters_that_the_page_says_are_short_for_the_topic_are_the_topic() -> None:
    assert match("The trust likes BHS. BHS stands for Blue Harbour Scheme.").tier is not Tier.NONE


NAME = replace(LAST, is_proper_name=True)


@pytest.mark.parametrize(
    "text",
    [
        "The trust put a BHS in each bus.",
        "The trust said that the BHS was lost.",
        "The trust's BHS.",
        "The trust has a new BHS for you.",
    ],
)
def test_letters_with_an_article_and_no_noun_are_a_thing_and_not_the_scheme(text: str) -> None:
    assert Matcher([replace(topic(), ambiguous=(NAME,))]).match("", [text])[0].tier is Tier.NONE
    assert Matcher([replace(topic(), ambiguous=(LAST,))]).match("", [text])[0].tier is Tier.SIMILAR


@pytest.mark.parametrize(
    "text",
    [
        "The trust ended BHS.",
        "The trust met the BHS team.",
        "The trust paid for a 'BHS' officer.",
        "BHS was a trust matter.",
    ],
)
def test_letters_without_an_article_or_before_a_noun_are_the_scheme(text: str) -> None:
    assert Matcher([replace(topic(), ambiguous=(NAME,))]).match("", [text])[0].tier is Tier.SIMILAR


def test_once_a_page_names_the_scheme_the_letters_are_it_with_an_article_too() -> None:
    matcher = Matcher([replace(topic(), ambiguous=(NAME,))])
    blocks = ["The Blue Harbour Scheme began in May.", "The BHS was paused."]
    assert matcher.mentions("blue", blocks) == [[(4, 23)], [(4, 7)]]
