import pytest

from watcher.core.voice import Marker, Speaker

GUILD = Speaker(("moor guild",), is_press=False)


@pytest.mark.parametrize(
    ("sentence", "marked"),
    [
        ("The Guild opposes it.", "SELF opposes it."),
        ("Council noted it.", "SELF noted it."),
        ("Trustees agreed to it.", "SELF agreed to it."),
        ("The committee agreed to it.", "SELF agreed to it."),
    ],
)
def test_a_body_may_call_itself_by_what_it_is(sentence: str, marked: str) -> None:
    assert Marker(GUILD).mark(sentence, [], []) == marked


@pytest.mark.parametrize(
    "sentence", ["Council tax will rise.", "Westvale Council noted it.", "A committee sat.", "Trustees of others sat."]
)
def test_the_same_words_may_tell_of_others(sentence: str) -> None:
    assert "SELF" not in Marker(GUILD).mark(sentence, [], [])


def test_a_newspaper_does_not_speak_as_the_council() -> None:
    assert "SELF" not in Marker(Speaker((), is_press=True)).mark("The council noted the report.", [], [])
