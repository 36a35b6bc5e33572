"""`make bench`, or `python -m bench [--rows unchanged,match] [--runs 3] [--pages 1000] [--without-neighbours]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import ROOT, BenchError
from bench.rows import Row, all_rows
from bench.table import Runs, row_table, write_results
from bench.workshop import Workshop, open_workshop

RESULTS = ROOT / "bench" / "results"


def measure_row(row: Row, workshop: Workshop, runs: int) -> Runs:
    """The numbers of so many runs of every subject, in turns: a slow minute falls on all of them."""
    subjects = row.subjects(workshop)
    found: dict[str, list[dict[str, float]]] = {subject.name: [] for subject in subjects}
    for _ in range(runs):
        for subject in subjects:
            found[subject.name].append(dict(subject.measure()))
    return found


def main(arguments: Sequence[str]) -> int:
    """Measure, print a table a row, keep the numbers. 1 if a subject failed, 2 for bad usage."""
    rows = all_rows()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Our cost beside a yardstick and a neighbour.")
    parser.add_argument("--rows", default=",".join(rows), help=f"which, by comma (default: all: {', '.join(rows)})")
    parser.add_argument("--runs", type=int, default=3, help="runs of each subject (default: 3)")
    parser.add_argument("--pages", type=int, default=1_000, help="pages of the local site (default: 1000)")
    parser.add_argument("--without-neighbours", action="store_true", help="leave urlwatch out; needs no package index")
    given = parser.parse_args(arguments)
    names = given.rows.split(",")
    if unknown := [name for name in names if name not in rows]:
        parser.error(f'no row "{unknown[0]}": one of {", ".join(rows)}')
    measured: dict[str, Runs] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            has_neighbours = not given.without_neighbours
            with open_workshop(Path(folder), given.pages, has_neighbours=has_neighbours) as workshop:
                for name in names:
                    measured[name] = measure_row(rows[name], workshop, given.runs)
                    print(row_table(rows[name], measured[name]), end="\n\n", flush=True)
    except BenchError as exc:
        print(f"bench: {exc}", file=sys.stderr)
        return 1
    path = write_results(RESULTS, datetime.now(UTC), given.pages, measured)
    print(f"{given.runs} runs of each, medians; every number: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
