import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.topics import blue_harbour
from watcher.core.match import Matcher, changed_words
from watcher.core.model import BlockOp, Diff, DiffBlock, Match, Organisation, OrganisationKind, Run, Tier

MATCHER = Matcher([blue_harbour()])
PRACTICE = (
    "An officer sits with the nurse in our team. They see the people who call us most. "
    "Those who go on are given a protection notice."
)


def match(text: str, title: str = "", url: str = "", organisation: Organisation | None = None) -> Match:
    return MATCHER.match(title, text.split("\n\n"), url, organisation)[0]


@pytest.mark.parametrize(
    "text",
    [
        "The Blue Harbour Scheme began.",
        "the BLUE-HARBOUR scheme began",
        "The Blue\nHarbour Scheme began.",
        "The Blue Har-\nbour Scheme began.",
        "The Blue Har\u00adbour Scheme began.",
        "The Blue\u00a0Harbour\u2011Scheme began.",
        "Two Blue Harbour Schemes began.",
        "Blue Harbor Scheme",
        "#BlueHarbourScheme",
        "The “Blue Harbour Scheme’s” end",
        "see /news/blue_harbour_scheme/",
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert match(text).tier is Tier.NAMED


def test_a_ligature_does_not_hide_a_name() -> None:
    from dataclasses import replace

    matcher = Matcher([replace(blue_harbour(), names=("Office First Plan",))])
    assert matcher.match("", ["The Oﬃce First Plan"])[0].tier is Tier.NAMED


@pytest.mark.parametrize("text", ["Blue Harbour Schemer", "TrueBlue Harbour Scheme", "blue harbour and a scheme", ""])
def test_a_name_inside_other_words_is_not_one(text: str) -> None:
    assert match(text).tier is Tier.NONE


def test_a_reason_quotes_the_text_as_it_was_written() -> None:
    (reason,) = match("It was the  “Blue Harbour\nScheme” that ended.").reasons
    assert (reason.term, reason.excerpt) == ("Blue Harbour Scheme", "It was the “Blue Harbour Scheme” that ended.")


def test_an_excerpt_is_short_and_cut_at_words() -> None:
    (reason,) = match("word " * 100 + "Blue Harbour Scheme" + " other" * 100).reasons
    assert len(reason.excerpt) <= 160
    assert set(reason.excerpt.split()) <= {"word", "Blue", "Harbour", "Scheme", "other"}


def test_an_acronym_counts_in_the_right_company() -> None:
    assert match("BHS put police beside the nurse.").tier is Tier.NAMED


@pytest.mark.parametrize(
    "text",
    [
        "BHS has a sale.",
        "bhs put police beside the nurse.",
        "The police met the nurse at the BHS store. BHS has a sale.",
        "BHS boats were searched by police, a nurse said.",
        "The Better Hearing Service (BHS) works with police and each nurse.",
        "Police and the nurse praised BHS (Better Hearing Service).",
    ],
)
def test_an_acronym_in_other_company_or_of_another_sense_does_not_count(text: str) -> None:
    assert match(text).tier is Tier.NONE


def test_the_site_of_an_organisation_can_be_the_company() -> None:
    trust = Organisation("northmoor", "Northmoor Care", OrganisationKind.TRUST)
    assert match("Police left BHS.").tier is Tier.NONE
    assert match("Police left BHS.", organisation=trust).tier is Tier.NAMED


def test_near_means_near() -> None:
    assert match("Compass has a constable.").tier is Tier.SIMILAR
    assert match("Compass " + "and so on " * 40 + "a constable.").tier is Tier.NONE


def test_a_description_without_a_name_is_a_candidate_and_no_more() -> None:
    found = match(PRACTICE)
    assert found.tier is Tier.SIMILAR
    assert found.score < 0.6
    assert "sanctions" in found.reasons[0].term


def test_a_neighbouring_practice_is_no_candidate() -> None:
    assert match(PRACTICE + " This is street triage.").tier is Tier.NONE


def test_people_never_decide() -> None:
    assert match("Mara Quill and Mara Quill met police and a nurse.").tier is Tier.NONE


def test_a_name_in_the_address_counts() -> None:
    assert match("Moved.", url="https://northmoor.example/blue-harbour-scheme").tier is Tier.NAMED
    assert match("Moved.", url="http://[").tier is Tier.NONE


def test_topics_come_back_in_order() -> None:
    from dataclasses import replace

    other = replace(blue_harbour(), id="other", names=("Green Valley",))
    tiers = [found.tier for found in Matcher([other, blue_harbour()]).match("", ["Blue Harbour Scheme"])]
    assert tiers == [Tier.NONE, Tier.NAMED]


def edit(before: str, after: str, *runs: tuple[BlockOp, str]) -> Diff:
    return Diff((DiffBlock(BlockOp.EDITED, before, after, tuple(Run(op, text) for op, text in runs)),))


def test_an_edit_of_other_words_on_a_page_on_the_topic_is_on_topic_by_the_page() -> None:
    after = "The Blue Harbour Scheme has ended."
    diff = edit(
        "The Blue Harbour Scheme is paused.", after, (BlockOp.REMOVED, "is paused"), (BlockOp.ADDED, "has ended")
    )
    (change,) = MATCHER.match_change(diff, "", [after])
    assert (change.words.tier, change.page.tier, change.is_on_topic) == (Tier.NONE, Tier.NAMED, True)


def test_changed_words_are_judged_in_the_company_of_the_page() -> None:
    after = "Police and the nurse left BHS."
    diff = edit(
        "Police and the nurse left.", after, (BlockOp.SAME, "Police and the nurse left"), (BlockOp.ADDED, "BHS")
    )
    (change,) = MATCHER.match_change(diff, "", [after])
    assert change.words.tier is Tier.NAMED


def test_a_name_that_was_taken_out_is_a_changed_word() -> None:
    diff = Diff((DiffBlock(BlockOp.REMOVED, "Blue Harbour Scheme"),))
    (change,) = MATCHER.match_change(diff, "", ["Opening hours"])
    assert (change.words.tier, change.page.tier) == (Tier.NAMED, Tier.NONE)


def test_unchanged_and_moved_blocks_hold_no_changed_words() -> None:
    blocks = (DiffBlock(BlockOp.SAME, "a", "a"), DiffBlock(BlockOp.MOVED, "b", "b"), DiffBlock(BlockOp.ADDED, "", "c"))
    assert changed_words(Diff(blocks)) == ("c",)


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_text_can_be_matched(blocks: list[str]) -> None:
    found = MATCHER.match("Title", blocks)[0]
    assert 0 <= found.score <= 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_around_a_name_do_not_hide_it(before: str, after: str) -> None:
    assert match(f"{before}\n\nBlue Harbour Scheme\n\n{after}").tier is Tier.NAMED
