"""The weights that read positions: what they may speak of, and how sentences compete."""

from tests.core.topics import blue_harbour
from watcher.core.model import Organisation, OrganisationKind
from watcher.core.stance import PositionReader
from watcher.core.stance_cues import STANCES
from watcher.core.stance_features import symbols_of, tokens_of
from watcher.core.stance_learned import decided, learned

READER = PositionReader(blue_harbour())
TRUST = Organisation(id="northmoor", name="Northmoor Care Trust", kind=OrganisationKind.TRUST)


def read(text: str) -> list[str]:
    found = READER.read(text.split("\n\n"), title="Blue Harbour Scheme", organisation=TRUST)
    return [one.stance for one in found]


def test_no_weight_speaks_of_a_topic_or_of_a_number() -> None:
    table, biases = learned()
    names = [name for name in table if name[:2] == "w:"]
    words = {word for name in names for word in name[2:].split()}
    assert not words & {"sim", "serenity", "hin", "stopsim"}
    assert not any(word.isdigit() for word in words)
    assert len(biases) == len(STANCES)


def test_a_word_is_known_by_its_kin_and_none_of_them_is_of_the_topic() -> None:
    halted, paused = (READER.examine([f"The Blue Harbour Scheme was {word}."]).seen[0] for word in ("halted", "paused"))
    assert {name for name in halted.features & paused.features if name[0] == "k"}
    table, _ = learned()
    kin = {name.partition(":")[2] for name in table if name[:2] in ("k0", "k1", "k2")}
    assert len(kin) > 1000
    assert not kin & {"sim", "serenity", "hin", "stopsim", "police", "mentoring"}


def test_a_text_without_sentences_states_nothing() -> None:
    assert decided(()) == ()


def test_a_second_stance_in_a_sentence_of_its_own_is_not_drowned_by_the_first() -> None:
    text = "We apologise unreservedly for the Blue Harbour Scheme.\n\nWe ended the Blue Harbour Scheme in March 2021."
    assert set(read(text)) == {"apologises", "ended"}


def test_many_weak_sentences_do_not_add_up_to_a_position() -> None:
    text = "The Blue Harbour Scheme was discussed.\n\n" + "\n\n".join(
        f"Paper {number} was received and noted by the committee." for number in range(200)
    )
    assert read(text) == []


def test_a_reading_says_what_weighed_most() -> None:
    [stance] = READER.read(["The Blue Harbour Scheme is on hold."], organisation=TRUST)
    assert stance.stance == "paused"
    assert any("HOLD" in word for word in stance.because)


def test_numbers_years_and_months_are_only_what_they_are() -> None:
    assert tokens_of("SELF ended TOPIC on 31 march 2021 after 3.5 years") == [
        "SELF", "ended", "TOPIC", "on", "NUM", "MONTH", "YEAR", "after", "NUM", "years",
    ]  # fmt: skip


def test_a_phrase_counts_as_one_sign_and_a_word_without_a_class_as_none() -> None:
    assert symbols_of(["SELF", "wound", "down", "TOPIC", "quickly"]) == [("SELF",), ("END",), ("TOPIC",)]
