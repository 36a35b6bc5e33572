"""Floors for the text diff, on the texts that ship here: each member of a statement against the first."""

import json
from pathlib import Path

from tests.quality.measure_diff import main, marked, plain
from watcher.core.dedup import deviations

STATEMENTS = Path(__file__).parent / "same" / "statements.jsonl"


def members() -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    found = []
    for record in map(json.loads, STATEMENTS.read_text("utf-8").splitlines()):
        original = first.setdefault(record["cluster"], record["text"])
        if original != record["text"]:
            found.append((original, record["text"]))
    return found


def test_no_more_words_are_marked_than_by_rapidfuzz_alone():
    ours = sum(marked(deviations(original, member)) for original, member in members())
    theirs = sum(plain(original.split("\n"), member.split("\n")) for original, member in members())
    assert ours <= theirs


def test_the_measure_compares_both_in_one_run(capsys, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps({"before": before, "after": after}) for before, after in members()[:3]))
    assert main(str(path)) == 0
    printed = capsys.readouterr().out
    assert "3 pairs" in printed
    assert "rapidfuzz" in printed
