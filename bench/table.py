"""Medians and ratios of what was measured; what is printed and kept."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bench.rows import Goal, Row

Runs = Mapping[str, Sequence[Mapping[str, float]]]
"""Subject -> the numbers of each run; the yardstick is the first subject."""

_HEADS = {
    "cpu_s": "CPU s",
    "wall_s": "wall s",
    "peak_mb": "peak MB",
    "us_per_100_chars": "µs per 100 characters",
    "cpu_ms": "CPU ms a request",
    "median_ms": "median ms",
    "p95_ms": "p95 ms",
}


def medians(runs: Runs) -> dict[str, dict[str, float]]:
    """The median of each number of each subject."""
    return {
        subject: {number: statistics.median(run[number] for run in of_subject) for number in of_subject[0]}
        for subject, of_subject in runs.items()
    }


def row_table(row: Row, runs: Runs) -> str:
    """The row as a table of Markdown, with the ratio to the yardstick, and its goals below."""
    found = medians(runs)
    yardstick = next(iter(found.values()))
    first = next(iter(yardstick))
    heads = ["", *(_HEADS[number] for number in yardstick), f"{_HEADS[first].split()[0]}, times the yardstick"]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for subject, numbers in found.items():
        ratio = numbers[first] / yardstick[first] if yardstick[first] else float("nan")
        lines.append([subject, *map(_short, numbers.values()), f"{ratio:.2f}"])
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    goals = "".join(f"\n{_verdict(goal, found)}" for goal in row.goals if goal.than is None or goal.than in found)
    return f"### {row.title}\n\n{table}\n{goals}"


def write_results(folder: Path, at: datetime, pages: int, measured: Mapping[str, Runs]) -> Path:
    """Every number of every run as JSON, in a file named after the moment."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y%m%dT%H%M%SZ}.json"
    kept = {
        "at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "pages": pages,
        "rows": {name: {"median": medians(runs), "runs": runs} for name, runs in measured.items()},
    }
    path.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return path


def _verdict(goal: Goal, found: Mapping[str, Mapping[str, float]]) -> str:
    number = found[goal.subject][goal.number]
    limit = found[goal.than][goal.number] if goal.than is not None else goal.limit
    assert limit is not None
    whose = f" of {goal.than}" if goal.than else ""
    verdict = "met" if number <= limit else "MISSED"
    return f"goal {verdict}: {goal.subject} {_HEADS[goal.number]} {_short(number)}, at most {_short(limit)}{whose}"


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
