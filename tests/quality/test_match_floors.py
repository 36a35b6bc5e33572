"""Floors for what ships: below them the matcher or the reader of positions got worse. Raise them, never lower them."""

from collections.abc import Iterator

import pytest

from tests.quality.fit_traits import PENALTIES, Weights, fit, quality, samples_of
from tests.quality.measure_match import (
    ON_TOPIC,
    SHIPPED,
    Tally,
    blocks_of,
    read_cases,
    score_stances,
    shipped_topic,
    tally,
)  # fmt: skip
from watcher.core.match import Matcher
from watcher.core.model import Tier


@pytest.fixture(scope="module")
def measured() -> Iterator[Tally]:
    yield tally(read_cases(sorted(SHIPPED.glob("*.jsonl"))), Matcher([shipped_topic()]))


def test_texts_on_the_topic_are_found(measured: Tally) -> None:
    assert measured.share(ON_TOPIC, ["named", "similar"]) >= 0.99, measured.errors


def test_what_is_called_named_is_on_the_topic(measured: Tally) -> None:
    assert measured.precision_of_named == 1, measured.errors


def test_no_near_sense_is_called_named(measured: Tally) -> None:
    assert measured.share(measured.labels - ON_TOPIC, ["named"]) == 0, measured.errors


def test_the_practice_without_a_name_is_found(measured: Tally) -> None:
    assert measured.share(["described"], ["named", "similar"]) >= 0.99, measured.errors


def test_few_near_senses_are_candidates(measured: Tally) -> None:
    assert measured.share(["near-sense", "off-topic"], ["similar"]) <= 0.02, measured.errors


@pytest.mark.parametrize("writer", ["fourth-hand", "fifth-hand"])
def test_descriptions_by_a_writer_that_the_weights_have_not_seen_are_found(writer: str) -> None:
    """The tests above are passed by texts that the weights were fitted to; this is what to expect of others."""
    topic = shipped_topic()
    matcher, start = Matcher([topic]), Weights(topic.trait_base, tuple(trait.weight for trait in topic.traits))
    folds = {path.stem: samples_of(read_cases([path]), path.stem, topic, matcher) for path in SHIPPED.glob("*.jsonl")}
    others = [sample for name in sorted(folds) if name != writer for sample in folds[name]]
    weights = fit(others, start, PENALTIES[0])
    scores = [(sample.is_practice, weights.score(sample)) for sample in folds[writer]]
    measured = quality(scores, topic.similar_from)
    assert measured.found / measured.of >= 0.96, measured
    assert measured.wrong / measured.others <= 0.15, measured


@pytest.mark.parametrize(("name", "left_alone"), [("blind", 0.6), ("blind-2", 0.8), ("blind-3", 0.85)])
def test_pages_nobody_has_looked_at_are_found_or_left_alone(name: str, left_alone: float) -> None:
    """As for positions below: no error is printed, so that they stay unread."""
    found = tally(read_cases([SHIPPED.parent / name / "match.jsonl"]), Matcher([shipped_topic()]))
    assert found.share([*ON_TOPIC, "described"], ["named", "similar"]) >= 0.96
    assert found.precision_of_named >= 0.92
    assert found.share(["described"], ["named", "similar"]) >= 0.94
    assert 1 - found.share(["near-sense", "off-topic"], ["named", "similar"]) >= left_alone


def test_positions_that_the_weights_were_trained_on_are_read() -> None:
    """Proves only that weights and features belong together; the blind sets say how good the reading is."""
    share, errors = score_stances(read_cases(sorted(SHIPPED.glob("*.jsonl"))), shipped_topic())
    assert share >= 0.95, errors


@pytest.mark.parametrize(("name", "floor"), [("blind", 0.75), ("blind-2", 0.68), ("blind-3", 0.72)])
def test_positions_nobody_has_looked_at_are_read_with_the_right_quote(name: str, floor: float) -> None:
    """No weight was learned and no rule was written on these; no error is printed, so that they stay unread."""
    share, _ = score_stances(read_cases([SHIPPED.parent / name / "stances.jsonl"]), shipped_topic())
    assert share >= floor


def test_no_text_on_the_topic_waits_because_of_a_low_score() -> None:
    topic = shipped_topic()
    cases = [case for case in read_cases(sorted(SHIPPED.glob("*.jsonl"))) if case.get("label") in ON_TOPIC]
    matcher = Matcher([topic])
    found = [matcher.match(case["title"], blocks_of(case), case.get("url", ""))[0] for case in cases]
    named = [match.score for match in found if match.tier is Tier.NAMED]
    assert min(named) >= topic.review_below > topic.named_from
