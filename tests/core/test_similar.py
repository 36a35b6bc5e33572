"""Shingles, winnowed passages and fingerprints."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.similar import (
    ALGORITHM,
    Fingerprint,
    containment,
    fingerprint,
    passage_keys,
    resemblance,
    similarity,
    terms,
    winnow,
)
from watcher.core.text import normalise

unhurried = settings(deadline=None, max_examples=60)  # machines under load; the laws are not about time

STATEMENT = (
    "Northmoor Care Trust has ended its part in the mentoring scheme. From the first of the month no officer "
    "works inside our community teams, and the plans that were written under the scheme have been withdrawn. "
    "Our medical director read every plan together with the person it was written for."
)
words = st.lists(st.sampled_from([f"word{number}" for number in range(40)]), max_size=80)


def test_words_cut_at_a_line_end_are_put_together():
    assert terms("a safe environ-\nment for all") == terms("a safe environment for all")


def test_inner_hyphens_and_apostrophes_do_not_tell_words_apart():
    assert terms("the trust’s well-being team") == terms("The Trusts wellbeing TEAM")


def test_paragraphs_that_an_extractor_glued_together_are_parted():
    assert terms("in crisis.Our team") == ["in", "crisis", "our", "team"]


def test_a_fingerprint_is_equal_in_another_process():
    code = "import sys; from watcher.core.similar import fingerprint; print(hash(fingerprint(sys.argv[1]).keys))"
    runs = {
        subprocess.run([sys.executable, "-c", code, STATEMENT], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert runs == {f"{hash(fingerprint(STATEMENT).keys)}\n"}


def test_a_fingerprint_fits_the_columns_that_keep_it():
    found = fingerprint(STATEMENT)
    assert len(found.digest) == 128
    assert len(found.bands) == 32
    assert all(0 <= value < 2**32 for value in found.digest)
    assert all(0 <= key < 2**63 for key in found.keys)
    assert not set(found.bands) & set(found.passages)
    assert found.algorithm == ALGORITHM


def test_an_empty_text_has_no_keys_to_be_found_by():
    assert fingerprint(" ").keys == ()


def test_near_copies_share_bands():
    other = fingerprint(STATEMENT.replace("every plan", "each plan"))
    assert set(fingerprint(STATEMENT).bands) & set(other.bands)


def test_an_excerpt_in_a_long_story_shares_passages_though_not_bands():
    story = " ".join(f"filler{number} words{number % 7} about{number % 11} gardens" for number in range(200))
    long = f"{story} {' '.join(STATEMENT.split()[10:30])} {story[::-1]}"
    assert set(fingerprint(STATEMENT).passages) & set(fingerprint(long).passages)


def test_resemblance_estimates_the_share_of_common_shingles():
    assert resemblance(fingerprint(STATEMENT), fingerprint(STATEMENT)) == 1.0
    assert resemblance(fingerprint(STATEMENT), fingerprint("Visiting hours are from two until eight.")) < 0.1


def test_fingerprints_of_two_methods_are_never_compared():
    old = Fingerprint("rminhash-1", (0,) * 128, (), ())
    with pytest.raises(ValueError, match="make both anew"):
        resemblance(fingerprint(STATEMENT), old)


def test_similarity_is_one_for_texts_that_differ_in_typography_only():
    assert similarity(normalise("We have ended “SIM”."), normalise("we have  ended SIM")) == 1.0
    assert similarity(normalise(""), normalise("")) == 1.0


def test_containment_has_a_direction():
    part = normalise(" ".join(STATEMENT.split()[:20]))
    assert containment(part, normalise(STATEMENT)) == 1.0
    assert containment(normalise(STATEMENT), part) < 0.5


@unhurried
@given(words, words, words, st.lists(st.sampled_from(["red", "blue", "tin", "owl"]), min_size=12, max_size=30))
def test_twelve_common_words_in_a_row_always_give_a_common_key(before, after, other, shared):
    ours = set(passage_keys([*before, *shared, *after])[1])
    theirs = set(passage_keys([*other, *shared])[1])
    assert ours & theirs


@unhurried
@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.integers(1, 10))
def test_winnowing_leaves_no_window_without_a_chosen_hash(hashes, window):
    chosen = winnow(hashes, window)
    assert chosen == sorted(set(chosen))
    for start in range(len(hashes) - window + 1):
        assert any(start <= at < start + window for at in chosen)
