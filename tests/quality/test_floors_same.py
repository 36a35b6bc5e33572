"""Floors for what is taken for the same statement, on the texts that ship here."""

import json
from pathlib import Path

import pytest

from tests.quality.measure_same import by_containment, by_minhash, main, score
from watcher.core.dedup import cluster

SETS = sorted((Path(__file__).parent / "same").glob("*.jsonl"))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_copies_are_joined_and_others_kept_apart(path):
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    texts = [(record["id"], record["text"]) for record in records]
    found = score(records, cluster(texts, [record.get("url", "") for record in records]))
    assert found.precision >= 0.995, found.errors
    assert found.recall >= 0.975, found.errors
    assert found.f1 > max(score(records, method(texts)).f1 for method in (by_minhash, by_containment))
    excerpts = found.by_kind["excerpt-in-local-story"]
    assert excerpts[True] >= 0.8 * excerpts.total(), found.errors


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_no_two_siblings_of_a_template_are_joined(path):
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    siblings = [record for record in records if record["kind"] in ("template-sibling", "other-numbers")]
    assert len(set(cluster([(record["id"], record["text"]) for record in siblings]))) == len(siblings)


def test_the_measure_prints_every_error(capsys, tmp_path):
    path = tmp_path / "two.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({"id": name, "cluster": "c", "kind": "original", "text": text})
            for name, text in (("a", "We have ended SIM."), ("b", "Beans and bees."))
        )
    )
    assert main(str(path)) == 0
    assert "missed: a (original) and b (original)" in capsys.readouterr().out
