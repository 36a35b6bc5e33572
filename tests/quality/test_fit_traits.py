"""The script that fits weights learns what there is to learn, and nothing from chance."""

import tomllib
from dataclasses import replace

import pytest

from tests.quality.fit_traits import LEAST_TEXTS, Sample, Weights, fit, held_out, quality, samples_of, written
from tests.quality.measure_match import SHIPPED, read_cases, shipped_topic
from watcher.core.match import Matcher

START = Weights(-1.0, (0.0, 0.0, 0.0))


def sample(name: str, is_practice: bool, *stretches: set[int], fold: str = "one", words: str = "") -> Sample:
    return Sample(name, fold, is_practice, tuple((frozenset(traits), frozenset(words.split())) for traits in stretches))


SAMPLES = [
    *(sample(f"yes-{number}", True, {0, 2}, {2}, fold="one" if number % 2 else "two") for number in range(6)),
    *(sample(f"no-{number}", False, {1, 2}, fold="one" if number % 2 else "two") for number in range(6)),
]


def test_what_speaks_for_the_practice_weighs_more_than_what_speaks_against_it() -> None:
    weights = fit(SAMPLES, START, penalty=1.0)
    assert weights.traits[0] > 0.5 > -0.5 > weights.traits[1]
    assert abs(weights.traits[2]) < 0.3


def test_a_larger_penalty_makes_smaller_weights() -> None:
    loose, tight = (fit(SAMPLES, START, penalty) for penalty in (1.0, 30.0))
    assert abs(tight.traits[0]) < abs(loose.traits[0])


def test_words_that_enough_texts_have_are_weighed_each_for_what_it_says() -> None:
    samples = [replace(one, stretches=((frozenset(), frozenset({"team", word})),)) for one, word in worded()]
    weights = fit(samples, START, penalty=1.0)
    assert weights.words["bed"] > 0.5 > abs(weights.words["team"])
    assert weights.words["training"] < -0.5
    assert "once" not in weights.words


def worded() -> list[tuple[Sample, str]]:
    words = [(one, "bed" if one.is_practice else "training") for one in SAMPLES]
    assert sum(one.is_practice for one, _ in words) >= LEAST_TEXTS
    return [*words, (sample("rare", True, set()), "once")]


@pytest.mark.parametrize("old", ['"1.0" = "old"\n', '"1.0" = """\nold words\nmore"""\n"0.2" = "x"\n', ""])
def test_what_is_written_into_a_topic_is_what_was_fitted(old: str) -> None:
    toml = (
        'trait_base = -4.0\n\n[[topic.trait]]\nreason = "one"\nweight = 0.5\nneeds = ["a"]\n\n'
        '[[topic.trait]]\nreason = "two"\nweight = 0.5\nneeds = ["a"]\n\n'
        f"[topic.word_weights]\n{old}\n# what follows\n\n# and more\n"
    )
    after = written(toml, Weights(-2.5, (1.25, -0.75), {"bed": 1.21, "team": 0.03, "training": -2.0}))
    read = tomllib.loads(after.replace("[topic", "[topics").replace("[[topics.", "[[topic."))
    assert read["trait_base"] == -2.5
    assert [trait["weight"] for trait in read["topic"]["trait"]] == [1.25, -0.75]
    assert read["topics"]["word_weights"] == {"1.2": "bed", "-2.0": "training"}
    assert after.endswith("\n\n# what follows\n\n# and more\n")


def test_a_text_is_scored_by_weights_that_have_not_seen_its_file() -> None:
    scores = held_out(SAMPLES, START, 1.0)
    assert quality([(sample.is_practice, scores[sample.name]) for sample in SAMPLES], 0.5).ranked == 1.0


def test_a_text_without_a_gate_word_scores_nothing() -> None:
    assert START.score(sample("far away", True)) == 0.0


def test_texts_that_name_the_topic_are_left_out() -> None:
    topic = shipped_topic()
    cases = read_cases([SHIPPED / "on-topic.jsonl", SHIPPED / "described.jsonl"])
    samples = samples_of(cases, "first", topic, Matcher([topic]))
    assert samples and all(sample.is_practice for sample in samples)
