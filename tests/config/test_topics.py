from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.quality.measure_match import shipped_topic
from watcher.config.topics import TopicModel
from watcher.core.topic import Reach


def section(**keys: Any) -> dict[str, Any]:
    return {"id": "blue", "name": "Blue Harbour", "terms": ["Blue Harbour Scheme"], **keys}


def test_three_keys_make_a_topic() -> None:
    topic = TopicModel.model_validate(section()).topic()
    assert (topic.id, topic.names, topic.named_from) == ("blue", ("Blue Harbour Scheme",), 0.6)


def test_alternatives_and_reach_are_read() -> None:
    rule = {
        "terms": ["BHS"],
        "weight": 0.5,
        "reason": "short",
        "needs": ["police | care", "site:trust"],
        "unless_here": ["care"],
        "last_resort": True,
        "within": "near",
    }
    topic = TopicModel.model_validate(
        section(groups={"police": ["police"], "care": ["nurse"]}, ambiguous=[rule])
    ).topic()
    assert topic.ambiguous[0].needs == (("police", "care"), ("site:trust",))
    assert topic.ambiguous[0].reach is Reach.NEAR
    assert (topic.ambiguous[0].unless_here, topic.ambiguous[0].is_last_resort) == (("care",), True)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"term": []}, "term"),
        ({"terms": []}, "terms"),
        ({"id": "Blue Harbour"}, "id"),
        ({"similar_from": 0.7}, "similar_from (0.7) must be below named_from (0.6)"),
        ({"practice_gate": "polic", "groups": {"police": ["police"]}}, "did you mean 'police'?"),
        ({"spellings": {"Harbour": ["harbor"]}}, "one word in lower case"),
        ({"cue": [{"name": "calls", "needs": ["often"]}]}, "cue 'calls'.needs: there is no group 'often'"),
        (
            {"practice": [{"reason": "all", "weight": 0.4, "needs": ["calls"]}]},
            "there is no [[topic.cue]] named 'calls'",
        ),
        (
            {
                "practice_gate": "police",
                "groups": {"police": ["police"]},
                "trait": [{"reason": "all", "weight": -4, "needs": ["calls"]}],
            },
            "trait 'all'.needs: there is no [[topic.cue]] named 'calls'",
        ),
        (
            {
                "groups": {"police": ["police"]},
                "cue": [{"name": "police", "needs": ["police"]}],
                "trait": [{"reason": "all", "weight": 1, "needs": ["police"]}],
            },
            "name their group in practice_gate",
        ),
        ({"word_weights": {"0.5": "bed"}}, "name their group in practice_gate"),
        ({"word_weights": {"much": "bed"}}, "word_weights.'much': the key is a number"),
        ({"word_weights": {"0.5": "bed", "1": "team bed"}}, "word_weights.'1': 'bed' has another weight already"),
        (
            {"ambiguous": [{"terms": ["BHS"], "weight": 0.5, "reason": "short", "needs": ["police"]}]},
            "ambiguous 1 ('BHS').needs: there is no group 'police'",
        ),
        ({"ambiguous": [{"terms": ["BHS"], "weight": 1.5, "reason": "short"}]}, "weight"),
    ],
)
def test_a_fault_names_the_key_and_the_remedy(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TopicModel.model_validate(section(**keys))
    assert message in str(raised.value)


def test_each_word_gets_the_weight_that_it_stands_under() -> None:
    keys = {"practice_gate": "police", "groups": {"police": ["police"]}}
    topic = TopicModel.model_validate(section(**keys, word_weights={"1.5": "bed team", "-2": "train"})).topic()
    assert topic.words == {"bed": 1.5, "team": 1.5, "train": -2.0}


def test_the_topic_that_ships_is_valid() -> None:
    assert shipped_topic().id == "sim"


def test_nothing_of_the_topic_that_ships_is_in_code() -> None:
    """Another campaign swaps the topic: its words may stand in configuration, tests and docs alone."""
    code = Path(__file__).parents[2] / "watcher" / "core"
    names = ("serenity", "stopsim", "high intensity", "jennings", "kendall")
    found = [path.name for path in code.glob("*.py") for name in names if name in path.read_text("utf-8").lower()]
    assert found == []
