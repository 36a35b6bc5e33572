"""Traits of a description, weighed together around gate words."""

from dataclasses import replace

import pytest

from tests.core.topics import blue_harbour
from watcher.core.match import Matcher
from watcher.core.model import Match, Tier
from watcher.core.topic import Topic, Trait

TRAITS = (
    Trait("describes an officer with a nurse", 2.0, (("an officer with a nurse",),)),
    Trait("describes people who call often", 2.0, (("calls often",),)),
    Trait("describes sanctions", 1.0, (("sanctions",),)),
    Trait("speaks of triage", -3.0, (("triage",),)),
)
OFFICER, CALLS, SANCTIONS = "A constable and a nurse visit.", "They see the frequent caller.", "He was taken to court."


def topic() -> Topic:
    from watcher.core.topic import Cue

    blue = blue_harbour()
    cues = (*blue.cues, Cue("triage", (("triage",),)))
    return replace(blue, practices=(), traits=TRAITS, trait_base=-4.5, trait_words=60, cues=cues)


def match(*blocks: str) -> Match:
    return Matcher([topic()]).match("", blocks)[0]


@pytest.mark.parametrize("text", [OFFICER, CALLS, SANCTIONS, f"{CALLS} {SANCTIONS}"])
def test_one_trait_is_no_candidate(text: str) -> None:
    assert match(text).tier is Tier.NONE


def test_traits_together_are_a_candidate_and_name_their_reasons_the_weightiest_first() -> None:
    found = match(f"{OFFICER} {CALLS} {SANCTIONS}")
    assert found.tier is Tier.SIMILAR
    assert [reason.term for reason in found.reasons] == [trait.reason for trait in TRAITS[:3]]
    assert "frequent caller" in found.reasons[1].excerpt


def test_a_missing_trait_does_not_sink_a_strong_description() -> None:
    assert match(f"{OFFICER} {CALLS}").tier is Tier.SIMILAR


def test_a_trait_of_a_neighbour_weighs_against_the_practice() -> None:
    assert match(f"{OFFICER} {CALLS} This is street triage.").tier is Tier.NONE


def test_traits_of_two_stories_on_one_long_page_do_not_add_up() -> None:
    assert match(OFFICER, "and so on " * 80, CALLS).tier is Tier.NONE


def test_saying_it_again_is_no_further_evidence() -> None:
    assert match(CALLS, CALLS, CALLS, "A constable.").score == match(CALLS, "A constable.").score


def test_without_a_gate_word_nothing_is_weighed() -> None:
    assert match("A nurse visits. They see the frequent caller.").score == 0.0


def test_a_description_on_a_late_page_of_a_long_document_is_found_with_its_words() -> None:
    found = match(*["and so on " * 40] * 50, f"{OFFICER} {CALLS}", *["and so on " * 40] * 50)
    assert found.tier is Tier.SIMILAR
    assert found.score == match(f"{OFFICER} {CALLS}").score
    assert "constable" in found.reasons[0].excerpt
