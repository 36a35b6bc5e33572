# ruff: noqa: T201 — a script that prints its table
"""Judge the written pages that ship, in every house style, beside two baselines, and name every error.

    python -m tests.quality.measure_judge

Each case is one page before and after: an edit that a person would call a change of meaning, or noise
and formatting that nobody would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from tests.quality.judge.cases import Case, edits, formatting, headlines, link_edits, noise
from tests.quality.judge.pages import STYLES, page, statements
from tests.quality.measure_pairs import plain_trafilatura, whole_text
from watcher.pipeline.judge import judge

URL = "https://northmoor.example/news/statement"
TOLD = frozenset({"edited", "links"})
Answer = Callable[[list[bytes]], str]


def groups(number: int) -> Iterator[tuple[str, bool, list[Case]]]:
    """Name of a group, whether its cases are to be told, and the cases, of one statement."""
    statement = statements()[number]
    titles = headlines(number, statement)
    yield "written edits", True, [case for case in edits(number, statement) if case not in titles]
    yield "headline alone", True, titles
    yield "links and documents", True, link_edits(statement)
    yield "noise around the text", False, noise(statement)
    yield "formatting alone", False, formatting(statement)


def by_judge(pair: list[bytes]) -> str:
    """What `watcher judge` says of the second capture."""
    return judge(URL, pair)[-1].change


METHODS: dict[str, Answer] = {"this": by_judge, "trafilatura": plain_trafilatura, "whole text": whole_text}


def main() -> None:
    """Print wrong and all cases of each group for each method, and every error of ours."""
    wrong: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    errors: list[str] = []
    for style in STYLES:
        for number in range(3):
            before = page(style, statements()[number])
            for group, is_told, cases in groups(number):
                for name, statement, around in cases:
                    pair = [before, page(style, statement, around)]
                    total[group] += 1
                    for method, answer in METHODS.items():
                        said = answer(pair)
                        if (said in TOLD) != is_told:
                            wrong[group, method] += 1
                            if method == "this":
                                errors.append(f"  {group}, {name}, statement {number}, style {style}: {said}")
    print(f"{'judged wrongly':24}" + "".join(f"{method:>22}" for method in METHODS))
    for group, count in total.items():
        cells = (f"{wrong[group, method]} of {count} = {wrong[group, method] / count:.1%}" for method in METHODS)
        print(f"{group:24}" + "".join(f"{cell:>22}" for cell in cells))
    print("\nerrors of this:", *(errors or ["  none"]), sep="\n")


if __name__ == "__main__":
    main()
