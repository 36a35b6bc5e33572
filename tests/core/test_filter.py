from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.errors import FilterError
from watcher.core.filter import (
    Facts,
    Filter,
    Rhythm,
    Vocabulary,
    Wish,
    matches,
    parse_filter,
    parse_wish,
    vocabulary,
)
from watcher.core.model import Organisation, OrganisationKind

KNOWN = vocabulary(
    [
        Organisation("northmoor", "Northmoor Care Trust", OrganisationKind.TRUST, region="london"),
        Organisation("westvale", "Westvale Network", OrganisationKind.AHSN, region="South West", aliases=("Vale",)),
    ]
)
TEXT = "Northmoor Care Trust. The trust’s SIM‑like scheme was rebranded; it has not ended."
FACTS = Facts(TEXT, "northmoor", "trust", "london", frozenset({"paused"}))


def test_the_whole_language_in_one_line() -> None:
    wish = parse_wish('rebranded OR "SIM-like" -jobs org:northmoor kind:trust region:london stance:ended weekly', KNOWN)
    assert wish == Wish(
        Filter(
            any_of=(("rebranded", "SIM-like"),),
            none_of=("jobs",),
            organisations=("northmoor",),
            kinds=("trust",),
            regions=("london",),
            stances=("ended",),
        ),
        Rhythm.WEEKLY,
    )


@pytest.mark.parametrize(
    ("text", "is_wanted"),
    [
        ("", True),
        ("rebranded", True),
        ("REBRANDED scheme", True),
        ("rebranded jobs", False),
        ("jobs OR rebranded", True),
        ("jobs or nothing trust", False),
        ("rebranded -jobs", True),
        ("rebranded –scheme", False),
        ('"sim like"', True),
        ('"scheme rebranded"', False),
        ("“has not ended”", True),
        ("rebrand", False),
        ("rebrand*", True),
        ("org:northmoor", True),
        ('org:"Northmoor Care Trust"', True),
        ("org:vale", False),
        ("org:vale org:northmoor", True),
        ("org:vale,northmoor", True),
        ('region:"south west"', False),
        ("region:London stance:paused kind:TRUST", True),
        ("stance:ended", False),
    ],
)
def test_words_narrow_and_keys_narrow_further(text: str, is_wanted: bool) -> None:
    assert matches(parse_filter(text, KNOWN), FACTS) is is_wanted


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("rebranded orgg:northmoor", 11, 'no key "orgg" (did you mean "org"?)'),
        ("org:nothmoor", 5, '(did you mean "northmoor"?)'),
        ("org:vale,nothmoor", 10, '(did you mean "northmoor"?)'),
        ("stance:endedd", 8, '(did you mean "ended"?)'),
        ("kind:zzzz", 6, "one of ahsn, campaign"),
        ("OR jobs", 1, "between two words"),
        ("jobs OR", 6, "a word on its right"),
        ("jobs OR OR x", 9, "between two words"),
        ("jobs OR org:vale", 6, "between two words"),
        ("jobs OR -x", 6, "between two words"),
        ("weekly OR x", 8, "between two words"),
        ('a "b c', 3, "opened and not closed"),
        ("-kind:trust", 1, "only words can"),
        ("weekly daily", 8, "exclude each other"),
        ("jobs ...", 6, "no word to look for"),
        ("jobs -", 6, "no word to look for"),
        ("x" * 501, 501, "too long"),
        ("x " * 41, 81, "too many words"),
    ],
)
def test_a_fault_is_told_with_its_column_and_the_nearest_name(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_wish(text, KNOWN)
    assert caught.value.column == column
    assert words in str(caught.value)


def test_a_key_that_nothing_is_known_of_says_so() -> None:
    with pytest.raises(FilterError, match="none is watched"):
        parse_filter("region:north", Vocabulary())


_PIECES = [
    "or",
    "AND",
    "weekly",
    "-",
    '"',
    "“",
    "a",
    "b*",
    "SIM-like",
    "org:northmoor",
    "org:Vale",
    " ",
    " ",
    "it's",
    "é",
]


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=14).map("".join))
def test_the_printed_form_parses_back_to_itself(text: str) -> None:
    try:
        wish = parse_wish(text, KNOWN)
    except FilterError as fault:
        assert 1 <= fault.column <= len(text) + 1
        return
    assert parse_wish(str(wish), KNOWN) == wish


@given(st.text(alphabet='ab "-*or:', max_size=20), st.text(max_size=60))
def test_excluding_a_word_is_the_opposite_of_wanting_it(text: str, body: str) -> None:
    try:
        wanted = parse_filter(text, KNOWN)
    except FilterError:
        return
    if len(wanted.all_of) != 1 or wanted.any_of or wanted.none_of or wanted.organisations:
        return
    facts = Facts(body, "northmoor", "trust")
    assert matches(wanted, facts) is not matches(Filter(none_of=wanted.all_of), facts)
