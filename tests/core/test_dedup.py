"""What is the same statement, and what only looks like it."""

# ruff: noqa: E501 - a paragraph is a line, as in the texts that are compared

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.dedup import candidates, cluster, deviations, read, same_statement
from watcher.core.model import BlockOp
from watcher.core.similar import fingerprint
from watcher.pipeline.same import same

unhurried = settings(deadline=None, max_examples=60)  # machines under load; the laws are not about time

STATEMENT = """Statement on crisis care
Northmoor Care Trust has ended its part in the mentoring scheme. From the first of the month no officer works inside our community teams, and the care plans that were written under the scheme have been withdrawn.
Our medical director read every plan together with the person it was written for, or with someone they trust. Where a plan had told staff not to offer an assessment, it was replaced on the same day.
We should have asked earlier what it meant for people to meet a uniform when they had asked for a nurse. Several of them told us that they stopped calling, and that silence was then counted as a success.
We will publish what the reading of the plans taught us in the spring, and anyone who has not heard from us can write to the patient advice team at the Fernhill site."""
PARAGRAPHS = STATEMENT.split("\n")
FOOTER = """About Eastmere Partnership
Eastmere Partnership runs mental health and learning disability services for people between the river and the moor. Follow us for news, or ring the press office on 01632 960 {number}.
Visiting times. How to complain. Was this page useful? Yes No"""
OTHER = """Garden group wins a prize
The garden group at Fernhill has won second prize in the show for its runner beans, which people on Elm Ward measured each morning. The judges liked the chart by the door most of all, and the group lends out boots in every size.
It meets on Mondays whatever the weather, and beginners are taught to sow, to prick out and to wait."""


def is_same(a: str, b: str) -> bool:
    return same_statement(read(a), read(b)).is_same


def week(day: str, calls: str, before: str, wait: str, seen: str) -> str:
    return (
        f"Crisis services in the Westvale network: week ending {day}\n"
        f"Our crisis lines answered {calls} calls last week, compared with {before} in the week before. "
        f"The average wait for a call to be answered was {wait} minutes.\n"
        f"Teams saw {seen} people face to face within four hours.\n"
        "The director of operations said: “Our staff work hard through a difficult season. If you are worried about "
        "yourself or somebody else, please ring the crisis line, which is open at all hours.”"
    )


def test_a_copy_with_another_sites_furniture_is_the_same_statement():
    assert is_same(STATEMENT, f"Home About us Contact\n{STATEMENT}\n{FOOTER.format(number=114)}")


def test_a_copy_with_an_own_introduction_and_a_local_quote_is_the_same_statement():
    own = "Dale Community Health shares this statement. Nothing changes for people who have an appointment."
    quote = 'Our chief nurse added: "We will go through our records in the same way and say what we find."'
    assert is_same(STATEMENT, "\n".join([own, *PARAGRAPHS[:2], quote, *PARAGRAPHS[2:]]))


def test_a_copy_with_line_breaks_from_a_pdf_is_the_same_statement():
    broken = STATEMENT.replace("mentoring scheme", "men-\ntoring scheme").replace(" plan ", "\nplan ")
    assert is_same(STATEMENT, broken)


def test_reordered_paragraphs_are_the_same_statement():
    assert is_same(STATEMENT, "\n".join([PARAGRAPHS[0], *reversed(PARAGRAPHS[1:])]))


def test_the_first_half_is_the_same_statement():
    assert is_same(STATEMENT, "\n".join(PARAGRAPHS[:3]))


def test_an_excerpt_in_a_local_story_is_the_same_statement():
    story = f"{OTHER}\n{PARAGRAPHS[1]}\n{PARAGRAPHS[2]}\nThe next meeting is on Thursday in the Corn Exchange."
    assert is_same(STATEMENT, story)


def test_two_pages_of_one_site_are_not_the_same_statement():
    footer = FOOTER.format(number=114)
    assert not is_same(f"{OTHER}\n{footer}", f"{PARAGRAPHS[1]}\n{PARAGRAPHS[4]}\n{footer}")


def test_weekly_figures_in_the_same_words_are_different_statements_and_say_why():
    found = same_statement(
        read(week("12 January", "1,204", "1,188", "3.4", "212")),
        read(week("19 January", "1,262", "1,204", "4.1", "230")),
    )
    assert not found.is_same
    assert found.is_other_facts
    assert "1,204 / 1,262" in found.reasons[-1]


def test_a_family_of_weekly_figures_with_a_copy_each_makes_one_statement_a_week():
    figures = [(f"{day} January", f"1,{day}41", f"1,{day}17", f"{day}.3", f"2{day}") for day in range(11, 27)]
    pages = [page for at in figures for page in (week(*at), f"{week(*at)}\n{FOOTER.format(number=at[4])}")]
    assert cluster(list(enumerate(pages))) == [number // 2 for number in range(len(pages))]


def test_another_publishing_date_and_telephone_number_do_not_part_copies():
    ours = f"Published on 3 June 2021\n{STATEMENT}\nPress office: 01632 960 114"
    theirs = f"Published on 14 July 2021\n{STATEMENT}\nPress office: 01632 960 778"
    assert is_same(ours, theirs)


def test_one_misread_figure_among_many_misread_words_does_not_part_copies():
    scanned = STATEMENT + " Eleven teams and 40 people took part in 2019, 2020 and 2021, at 12 sites."
    other = scanned.replace("40", "48").replace("month", "rnonth").replace("plans", "p1ans").replace("trust", "trnst")
    assert is_same(scanned, other.replace("meant", "rneant").replace("nurse", "nnrse").replace("spring", "sprinq"))


def test_two_statements_that_quote_the_same_demands_stay_two():
    demands = (
        "We call on every trust to stop referring people to the scheme at once. We call for an independent inquiry, "
        "led by people who were under it. We ask that every plan is read again with the person it is about."
    )
    ours = f"{OTHER}\n{demands}\nThe chair took the letter and asked three questions that we had not expected at all."
    theirs = (
        f"{PARAGRAPHS[3]}\n{PARAGRAPHS[4]}\n{demands}\nThe branch will offer legal help to any member who needs it."
    )
    assert not is_same(ours, theirs)


def test_a_footer_that_many_statements_carry_joins_none_of_them():
    own = [*PARAGRAPHS[1:], OTHER, week("12 January", "1,204", "1,188", "3.4", "212")]
    pages = [f"{text}\n{FOOTER.format(number=100 + at)}" for at, text in enumerate(own)]
    assert len(set(cluster(list(enumerate(pages))))) == len(pages)


def test_a_statement_that_thirty_publish_with_an_own_sentence_is_one_statement():
    names = [f"{first}{last}" for first in ("East", "West", "North", "Long", "Old") for last in ("mere", "vale", "ham")]
    pages = [f"{name} Trust shares the text of its neighbours here.\n{STATEMENT}\nBack to {name}" for name in names]
    assert set(cluster(list(enumerate(pages)))) == {0}


def test_two_stories_with_one_frame_do_not_chain_two_statements():
    frame = "Two more bodies have said where they stand, after a winter in which campaigners met boards in private.\n{}"
    frame += "\nCouncillor Pat Quill had been asking since the autumn, and tea will be served from half past six."
    other = OTHER + "\nSeeds can be had from the shed, where a list of what grows well on the moor hangs by the door."
    pages = [STATEMENT, STATEMENT + "\nEnds", other, other + "\nEnds"]
    pages += [frame.format("\n".join(PARAGRAPHS[1:3])), frame.format("\n".join(other.split("\n")[1:]))]
    numbers = cluster(list(enumerate(pages)))
    assert numbers[0] == numbers[1]
    assert numbers[2] == numbers[3]
    assert numbers[0] != numbers[2]


def test_empty_texts_are_nobodys_statement():
    assert cluster([("a", ""), ("b", " "), ("c", ""), ("d", "Ended.")]) == [0, 1, 2, 3]
    assert not is_same("", "")


def test_the_same_few_words_are_the_same_statement():
    assert cluster([("a", "We have ended SIM."), ("b", "We have  ended SIM")]) == [0, 0]


def test_a_known_common_passage_weighs_less_than_a_rare_one():
    footer = FOOTER.format(number=114)
    ours, theirs = read(f"{PARAGRAPHS[1]}\n{footer}"), read(f"{PARAGRAPHS[4]}\n{footer}")
    rarity = dict.fromkeys(fingerprint(footer).passages, 40)
    assert same_statement(ours, theirs, rarity).score < same_statement(ours, theirs).score


def test_shared_passages_are_named_longest_first():
    found = same_statement(read(STATEMENT), read(f"{OTHER}\n{PARAGRAPHS[1]}\n{PARAGRAPHS[2]}"))
    assert found.shared[0].startswith("northmoor care trust has ended its part")


def test_candidates_come_by_their_rarest_common_key_first():
    held = {1: [7], 2: [7, 8, 9], 3: [8, 9]}
    assert candidates([1, 2, 3, 4], held) == [7, 8, 9]
    assert candidates([2, 3], held, limit=2) == [8, 9]


def test_a_stored_original_becomes_a_candidate_for_an_excerpt_of_it():
    story = f"{OTHER}\n{PARAGRAPHS[2]}\n{FOOTER.format(number=114)}"
    held = {key: [1] for key in fingerprint(STATEMENT).keys}
    assert candidates(fingerprint(story).keys, held) == [1]


def test_deviations_show_what_a_member_added():
    member = "\n".join(["Shared by Dale Community Health.", *PARAGRAPHS])
    added = [block for block in deviations(STATEMENT, member).blocks if block.op is not BlockOp.SAME]
    assert [(block.op, block.after) for block in added] == [(BlockOp.ADDED, "Shared by Dale Community Health.")]


def test_watcher_same_numbers_statements_from_one_in_order():
    records = [{"id": "x", "text": OTHER}, {"id": "y", "text": STATEMENT}, {"id": "z", "text": STATEMENT + "\nEnds"}]
    assert list(same(records)) == [
        {"id": "x", "statement": 1},
        {"id": "y", "statement": 2},
        {"id": "z", "statement": 2},
    ]
    assert list(same([])) == []


pages = st.lists(st.sampled_from([*PARAGRAPHS, *OTHER.split("\n"), FOOTER.format(number=1)]), max_size=6).map("\n".join)


@unhurried
@given(pages, pages)
def test_sameness_does_not_depend_on_who_comes_first(a, b):
    ours, theirs = same_statement(read(a), read(b)), same_statement(read(b), read(a))
    assert (ours.is_same, round(ours.score, 6)) == (theirs.is_same, round(theirs.score, 6))


@unhurried
@given(st.lists(pages, max_size=8))
def test_identical_texts_are_always_one_statement(texts):
    numbers = cluster(list(enumerate([*texts, *texts])))
    for number, text in enumerate(texts):
        if text.strip():
            assert numbers[number] == numbers[number + len(texts)]


FRAME = (
    "Westvale Care Trust provides community services to 600,000 people in Westvale and Moor. We employ 3,900 staff at "
    "51 sites. For press enquiries call the communications office between nine and five on weekdays, or write to us."
)


def test_short_pages_of_one_site_that_share_its_frame_are_not_the_same_statement() -> None:
    pages = [
        "The car park at Larch House is closed until Friday.",
        "A garden has opened at Elm Lodge.",
        "Ask us to stay.",
    ]
    texts = [*(f"{page} {FRAME}" for page in pages), f"{FRAME} Our board meets in public six times a year."]
    urls = [f"https://westvale.example/{number}" for number in range(len(texts))]
    assert cluster(list(enumerate(texts)), urls) == [0, 1, 2, 3]


def test_a_copy_of_a_page_within_its_site_is_the_same_statement() -> None:
    moved = f"{FRAME} Our board meets in public."
    ours, theirs = (read(moved, f"https://westvale.example/{part}") for part in ("about", "old/about"))
    assert same_statement(ours, theirs).is_same
    longer = read(f"Update of 8 June: nothing has changed. {moved}", "https://westvale.example/new")
    assert same_statement(ours, longer).is_same
