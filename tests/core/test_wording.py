"""Single words, weighed around a gate word."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.core.topics import blue_harbour
from watcher.core.match import Matcher
from watcher.core.model import Match, Tier
from watcher.core.topic import Topic
from watcher.core.wording import Wording, stem, stems

WEIGHTS = {"bed": 3.0, "refus": 2.0, "train": -3.0}


def topic() -> Topic:
    return replace(blue_harbour(), practices=(), traits=(), words=WEIGHTS, trait_base=-1.5)


def match(*blocks: str) -> Match:
    return Matcher([topic()]).match("", blocks)[0]


def test_words_of_one_stem_are_one_word() -> None:
    assert {stem(word) for word in ("refuse", "refused", "refusing", "refuses")} == {"refus"}
    assert {stem("nurse"), stem("nurses"), stem("nurse's")} == {"nurs"}


def test_short_words_keep_their_letters() -> None:
    assert [stem(word) for word in ("bed", "is", "red", "this", "sing", "less")] == [
        "bed", "is", "red", "this", "sing", "less",
    ]  # fmt: skip


def test_all_numbers_and_days_are_one() -> None:
    assert {stem(word) for word in ("17", "2021", "eleven", "monday", "december")} == {"0"}


def test_the_words_of_a_text_come_with_their_places() -> None:
    words = ["she", "won't", "refus", "0", "bed", "café"]
    assert stems("she won't refuse: 12 beds, café") == ([0, 4, 10, 18, 21, 27], words)


def test_a_word_counts_once_and_length_is_no_evidence() -> None:
    once = Wording(WEIGHTS, "no bed").odds(0, 100)
    assert Wording(WEIGHTS, "no bed bed bed").odds(0, 100) == once > Wording(WEIGHTS, "no bed in any town").odds(0, 100)


def test_only_words_inside_the_stretch_are_weighed() -> None:
    wording = Wording(WEIGHTS, "bed and training")
    assert wording.odds(0, 7) > 0 > wording.odds(8, 16)


def test_the_words_that_say_most_come_first_and_those_against_it_not_at_all() -> None:
    assert Wording(WEIGHTS, "trained to refuse a bed").telling(0, 100) == ["bed", "refus"]


def test_small_words_are_named_last() -> None:
    weights = {"my": 3.0, "officer": 1.0, "if": 2.0, "desk": 0.5}
    assert Wording(weights, "if my officer has a desk").telling(0, 100, 3) == ["officer", "desk", "my"]


def test_a_text_in_the_words_of_descriptions_is_a_candidate_and_says_by_which_words() -> None:
    found = match("The constable refused him a bed.")
    assert found.tier is Tier.SIMILAR
    assert found.reasons[0].term == "worded like descriptions of it: bed, refus"
    assert "constable" in found.reasons[0].excerpt


def test_words_of_other_matters_weigh_against_it() -> None:
    assert match("The constable refused him a bed in a training exercise on a course.").tier is Tier.NONE


def test_a_topic_without_weights_weighs_no_words() -> None:
    assert Wording({}, "refused a bed").odds(0, 100) == 0.0


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_any_text_has_a_finite_weight(text: str, start: int, end: int) -> None:
    assert abs(Wording(WEIGHTS, text.lower()).odds(start, end)) <= 5.0
