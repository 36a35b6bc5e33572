import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.topics import blue_harbour
from watcher.core.model import Organisation, OrganisationKind, Stance
from watcher.core.stance import PositionReader, softened, stances

READER = PositionReader(blue_harbour())
TRUST = Organisation("northmoor", "Northmoor Care Trust", OrganisationKind.TRUST)
PRESS = Organisation("gazette", "The Moor Gazette", OrganisationKind.PRESS)


def read(text: str, organisation: Organisation | None = TRUST, title: str = "On the Blue Harbour Scheme") -> list[str]:
    return [stance.stance for stance in READER.read(text.split("\n\n"), title=title, organisation=organisation)]


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("We use the Blue Harbour Scheme.", "uses"),
        ("We have not ended the Blue Harbour Scheme.", "uses"),
        ("We are piloting the Blue Harbour Scheme.", "piloting"),
        ("The trust is currently reviewing its involvement in the Blue Harbour Scheme.", "under-review"),
        ("The Blue Harbour Scheme is on hold.", "paused"),
        ("Northmoor Care Trust no longer uses the Blue Harbour Scheme.", "ended"),
        ("The programme was decommissioned in March 2021.", "ended"),
        ("We are not and have never been part of the Blue Harbour Scheme.", "never-used"),
        ("The Blue Harbour Scheme has been superseded by Steady Steps.", "replaced"),
        ("We neither mandate nor endorse the Blue Harbour Scheme.", "does-not-endorse"),
        ("The Blue Harbour Scheme must end.", "opposes"),
        ("We call for an independent inquiry into the Blue Harbour Scheme.", "calls-for-inquiry"),
        ("We are sorry for our part in the Blue Harbour Scheme.", "apologises"),
        ("We stand in solidarity with StopBHS.", "supports-campaign"),
    ],
)
def test_each_stance_is_read_from_a_plain_sentence(sentence: str, stance: str) -> None:
    found = READER.read(["About us.", sentence], title="On the Blue Harbour Scheme", organisation=TRUST)
    assert found == (Stance(stance, sentence),)


@pytest.mark.parametrize(
    "text",
    [
        "Hillside Trust has ended the Blue Harbour Scheme.",
        "Campaigners say that the Blue Harbour Scheme must end.",
        "The Blue Harbour Scheme must end, according to campaigners.",
        "“We have ended the Blue Harbour Scheme,” said a former patient of another trust.",
        "Would we use the Blue Harbour Scheme again?",
        "If we used the Blue Harbour Scheme, we would say so.",
        "We were asked whether we use the Blue Harbour Scheme.",
        "We call on the national body to apologise for the Blue Harbour Scheme.",
        "We are sorry for the delay in our answer on the Blue Harbour Scheme.",
    ],
)
def test_what_others_say_or_do_and_what_is_only_supposed_is_no_position(text: str) -> None:
    assert read(text) == []


def test_a_newspaper_holds_no_position_by_reporting_one() -> None:
    text = "Northmoor Care Trust has ended the Blue Harbour Scheme.\n\n“We have closed it,” a spokesperson said."
    assert read(text, PRESS) == []


def test_the_voice_of_the_body_itself_may_be_quoted() -> None:
    assert read("“We have ended the Blue Harbour Scheme,” said our medical director, Ines Hale.") == ["ended"]


def test_a_claim_that_is_called_untrue_is_a_denial() -> None:
    assert read("Claims that we run the Blue Harbour Scheme are untrue.") == ["never-used"]


def test_a_question_of_the_requester_is_not_the_answer() -> None:
    assert read("You asked: does the trust use the Blue Harbour Scheme?\n\nAnswer: We have never used it.") == [
        "never-used"
    ]


def test_two_stances_of_one_sentence_are_both_read() -> None:
    text = "We have paused the Blue Harbour Scheme and call for an independent review of it."
    assert set(read(text)) == {"paused", "calls-for-inquiry"}


def test_a_text_that_does_not_name_the_topic_holds_no_position_on_it() -> None:
    assert stances(["We have ended the scheme."], blue_harbour(), title="News") == ()


def test_the_plainest_comes_first() -> None:
    text = "That scheme is under review.\n\nWe have ended the Blue Harbour Scheme."
    assert read(text)[0] == "ended"


def test_a_move_towards_the_practice_is_softening_and_the_way_back_is_not() -> None:
    ended, paused = Stance("ended", "a"), Stance("paused", "b")
    opposes, neutral = Stance("opposes", "c"), Stance("does-not-endorse", "d")
    assert softened([ended], [paused]) == (ended, paused)
    assert softened([opposes], [neutral]) == (opposes, neutral)
    assert softened([paused], [ended]) is None
    assert softened([], [paused]) is None


@settings(max_examples=50)
@given(st.text('abc ,.;?!"“”‘’-–\n', max_size=200))
def test_every_quote_stands_in_the_text(words: str) -> None:
    text = f"{words} We have ended the Blue Harbour Scheme. {words}"
    for stance in READER.read([text], organisation=TRUST):
        assert stance.quote.split()[0] in text


@pytest.mark.parametrize(
    ("stance", "url", "text"),
    [
        ("never-used", "", "Do you run the Blue Harbour Scheme? We do not and never have."),
        ("ended", "", "Do you still run the Blue Harbour Scheme? We do not."),
        ("ended", "", "You asked about the Blue Harbour Scheme. We've stepped back from it."),
        ("ended", "https://www.dalemoor.nhs.uk/x", "Dale and Moor no longer runs the Blue Harbour Scheme."),
        ("ended", "", "The Blue Harbour Scheme was offered here between 2018 and 2021."),
        ("never-used", "", "At no point did the Trust sign up to the Blue Harbour Scheme."),
        ("paused", "", "We have stopped taking referrals to the Blue Harbour Scheme."),
        ("replaced", "", "The Quay Team is the new name for our Blue Harbour Scheme."),
        (
            "under-review",
            "https://www.dalemoor.nhs.uk/x",
            "The Blue Harbour Scheme. The medical director is reviewing the scheme.",
        ),
        ("does-not-endorse", "", "We have been asked if we recommend the Blue Harbour Scheme. We do not."),
        ("opposes", "", "Our answer is no. The Blue Harbour Scheme must be abolished."),
    ],
)
def test_a_position_is_read_in_other_words_too(stance: str, url: str, text: str) -> None:
    found = PositionReader(blue_harbour()).read([text], title="Blue Harbour Scheme", url=url)
    assert [one.stance for one in found] == [stance]


@pytest.mark.parametrize(
    "text",
    [
        "We gave a prize to a project which was using the Blue Harbour Scheme.",
        'The motion reads: "The Council believes that the Blue Harbour Scheme has no place here."',
        "We are told that Ferndean has ended the Blue Harbour Scheme.",
        "We wrote of the Blue Harbour Scheme. You have the right to ask for an internal review.",
        "Guidance from the national director is that the Blue Harbour Scheme should not be used.",
    ],
)
def test_what_others_do_or_propose_is_no_position(text: str) -> None:
    assert PositionReader(blue_harbour()).read([text], title="Blue Harbour Scheme") == ()
