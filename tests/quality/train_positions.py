"""Trains what reads positions, and measures it on writers whose texts it was not trained on.

    python -m tests.quality.train_positions            # each writer held out in turn: what to expect of new texts
    python -m tests.quality.train_positions --write    # trains on all, writes watcher/core/stance_weights.py

Needs numpy and scipy (`uv sync --group train`); what it writes needs neither. The same texts give the same weights.
"""

# ruff: noqa: T201 - it prints tables
from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from tests.quality.measure_match import blocks_of, read_cases, shipped_topic
from watcher.core import stance_learned
from watcher.core.model import Stance
from watcher.core.scan import search_form
from watcher.core.stance import PositionReader
from watcher.core.stance_cues import STANCES
from watcher.core.stance_features import Seen, stem
from watcher.core.stance_words import WORD_CLASSES
from watcher.core.topic import Topic

HERE = Path(__file__).parent
WRITERS = sorted((HERE / "train").glob("*.jsonl"))
RULED = [*sorted((HERE / "match").glob("stances*.jsonl")), HERE / "unmet" / "stances.jsonl"]
"""Texts on which the rules were tuned: there the rules are right by construction, which proves nothing of them."""
TARGET = HERE.parents[1] / "watcher" / "core" / "stance_weights.py"
L2 = 0.25  # chosen by holding writers out; 0.25 to 1 differ by a point
RAREST = 3  # rarer features add nothing on writers held out, and half as many lines again
STEPS = 120
SCALE = 100
TINY = 1e-200  # a step too far makes a chance vanish; its logarithm must stay a number, or the search gives up
LEAST = 0.03  # weights nearer to 0 are left out: a third of the size, none of the accuracy
Case = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A labelled text, examined."""

    case: Case
    seen: tuple[Seen, ...]
    weight: float = 1.0

    def labels(self, seen: Seen) -> set[str]:
        """The stances that this sentence states; a label without words may be met by any sentence."""
        return {stance for stance, words in self.case["stances"] if words in seen.quote}


def examined(paths: Sequence[Path], reader: PositionReader) -> list[Text]:
    """The texts of the files that name the topic."""
    found = []
    for case in read_cases(paths):
        if "stances" in case:
            look = reader.examine(blocks_of(case), title=case["title"], url=case.get("url", ""))
            found.append(Text(case, look.seen))
    return found


def without_rules(texts: Sequence[Text], weight: float) -> list[Text]:
    """The texts as if no rule had been written."""
    return [
        Text(
            text.case,
            tuple(Seen(one.quote, frozenset(name for name in one.features if name[:2] != "r:")) for one in text.seen),
            weight,
        )
        for text in texts
    ]


@dataclass(frozen=True)
class Model:
    """Weights: a row a feature, a column a stance."""

    features: dict[str, int]
    weights: np.ndarray
    biases: np.ndarray

    def use(self) -> None:
        """Let the reader of positions use these weights in this process, as they would be written."""
        rounded = np.where(np.abs(self.weights) < LEAST, 0, np.round(self.weights * SCALE) / SCALE)
        table = {
            name: tuple((int(index), float(rounded[row, index])) for index in np.flatnonzero(rounded[row]))
            for name, row in self.features.items()
        }
        answer = ({name: pairs for name, pairs in table.items() if pairs}, tuple(map(float, self.biases)))
        stance_learned.learned = lambda: answer  # type: ignore[assignment]


def own_stems(topic: Topic) -> frozenset[str]:
    """Words of the topic's own and of its field: nothing of them may be learned, another topic will take its place."""
    letters = {word for rule in topic.ambiguous for term in rule.terms for word in term.split() if word.isupper()}
    field = {term for term in topic.groups.get(topic.practice_gate, ()) if " " not in term}
    words = {word for term in {*topic.names, *letters, *field} for word in search_form(term).split()}
    return frozenset(stem(word) for word in words if word not in WORD_CLASSES and word not in {"the", "for", "in"})


def _is_general(feature: str, own: frozenset[str]) -> bool:
    return feature[:2] != "w:" or own.isdisjoint(feature[2:].split())


def train(texts: Sequence[Text]) -> Model:
    """The weights under which the labels are likeliest, held small; texts without sentences teach nothing."""
    texts = [text for text in texts if text.seen]
    counts = Counter(name for text in texts for one in text.seen for name in one.features)
    own = own_stems(shipped_topic())
    kept = sorted(name for name, count in counts.items() if count >= RAREST and _is_general(name, own))
    features = {name: row for row, name in enumerate(kept)}
    seen = [one for text in texts for one in text.seen]
    matrix = _matrix(seen, features)
    starts = np.cumsum([0, *(len(text.seen) for text in texts)])[:-1]
    of_text = np.repeat(np.arange(len(texts)), [len(text.seen) for text in texts])
    stated = np.array(
        [[stance in text.labels(one) for stance in STANCES] for text in texts for one in text.seen], float
    )
    weight = np.array([text.weight for text in texts])
    shape = (len(features), len(STANCES))
    present = np.add.reduceat(stated, starts, axis=0) > 0
    share = present / np.maximum(present.sum(1, keepdims=True), 1)
    is_none = ~present.any(1)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table, biases = flat[:-12].reshape(shape), flat[-12:]
        scores = matrix @ table + biases
        top = np.maximum(np.maximum.reduceat(scores.max(1), starts), 0)
        raised = np.exp(scores - top[of_text][:, None])
        total = np.add.reduceat(raised.sum(1), starts) + np.exp(-top)
        right = np.add.reduceat(raised * stated, starts, axis=0)
        safe = np.where(present, np.maximum(right, TINY), 1)
        lost = np.where(is_none, top + np.log(total), (share * (np.log(total)[:, None] - np.log(safe))).sum(1))
        wanted = raised * stated / safe[of_text] * share[of_text]
        slope = (raised / total[of_text][:, None] - wanted) * weight[of_text][:, None]
        down = np.concatenate([(matrix.T @ slope + L2 * table).ravel(), slope.sum(0) + 1e-3 * biases])
        return float((weight * lost).sum() + L2 / 2 * (table**2).sum() + 5e-4 * (biases**2).sum()), down

    start = np.concatenate([np.zeros(shape[0] * shape[1]), np.full(12, -3.0)])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return Model(features, best[:-12].reshape(shape), best[-12:])


def _matrix(seen: Sequence[Seen], features: dict[str, int]) -> csr_matrix:
    rows, columns = [], []
    for row, one in enumerate(seen):
        for column in sorted(features[name] for name in one.features if name in features):
            rows.append(row)
            columns.append(column)
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(seen), len(features)))


def is_right(case: Case, got: Sequence[Stance]) -> bool:
    """Whether these are the very stances, each with a sentence that holds the label's words."""
    found = [(stance.stance, stance.quote) for stance in got]
    wanted = case["stances"]
    return len(found) == len(wanted) and all(
        any(stance == name and words in quote for name, quote in found) for stance, words in wanted
    )


@dataclass
class Tally:
    """How often it was right: whole texts, single stances, and texts that state none."""

    texts: Counter[str]
    wanted: Counter[str]
    found: Counter[str]
    right: Counter[str]

    def line(self, name: str) -> str:
        """The figures of one set in a line."""
        good, of = self.texts["right"], self.texts["all"]
        precision = self.right.total() / max(1, self.found.total())
        recall = self.right.total() / max(1, self.wanted.total())
        return (
            f"{name:24} right {good:3} of {of:3} = {good / of:.3f}   stances: precision {precision:.3f}, "
            f"recall {recall:.3f}   none stated, none read {self.texts['silent']} of {self.texts['none']}"
        )

    def by_stance(self) -> str:
        """A line a stance."""
        return "\n".join(
            f"  {stance:20} wanted {self.wanted[stance]:3}  found {self.found[stance]:3}  right {self.right[stance]:3}"
            for stance in STANCES
        )


def tally(pairs: Sequence[tuple[Case, Sequence[Stance]]]) -> Tally:
    """Counts over cases and what was read of them."""
    result = Tally(Counter(), Counter(), Counter(), Counter())
    for case, got in pairs:
        wanted, found = {stance for stance, _ in case["stances"]}, {one.stance for one in got}
        result.texts.update(all=1, right=is_right(case, got), none=not wanted, silent=not wanted and not found)
        result.wanted.update(wanted)
        result.found.update(found)
        result.right.update(wanted & found)
    return result


def read_all(texts: Sequence[Text]) -> list[tuple[Case, tuple[Stance, ...]]]:
    """What the weights in use read of the texts."""
    return [(text.case, stance_learned.decided(text.seen)) for text in texts]


def training_texts(reader: PositionReader) -> dict[str, list[Text]]:
    """All labelled texts, by writer; those that the rules were tuned on both with and without what the rules say."""
    by_writer = {path.stem: examined([path], reader) for path in WRITERS}
    ruled = examined(RULED, reader)
    by_writer["ruled"] = [*without_rules(ruled, 0.5), *(Text(text.case, text.seen, 0.3) for text in ruled)]
    return by_writer


def hold_out(by_writer: dict[str, list[Text]]) -> dict[str, Tally]:
    """Each writer's texts read by weights that were trained on all others'."""
    found, pairs = {}, []
    for held in by_writer:
        if held in ("ruled", "sentences"):  # tuned on, and sentences without a text: no measure of anything
            continue
        train([text for name, texts in by_writer.items() if name != held for text in texts]).use()
        read = read_all(by_writer[held])
        found[held] = tally(read)
        pairs += read
    found["all held out"] = tally(pairs)
    return found


def write(model: Model, target: Path = TARGET) -> None:
    """The weights as a module of literals: the core reads no files."""
    rows = []
    for name, row in model.features.items():
        weights = model.weights[row]
        pairs = [
            f"{index}:{round(float(weights[index]) * SCALE)}"
            for index in range(len(STANCES))
            if abs(weights[index]) >= LEAST
        ]
        if pairs:
            rows.append(f"{name}\t{' '.join(pairs)}")
    biases = ", ".join(f"{bias:.3f}" for bias in model.biases)
    target.write_text(
        '"""What was learned from labelled texts: made by `python -m tests.quality.train_positions --write`."""\n\n'
        "# One feature a line: its name, a tab, and stance:weight pairs; a stance is its place in STANCES.\n\n"
        f"SCALE = {SCALE}\nBIASES = ({biases})\n" + 'WEIGHTS = r"""' + "\n".join(rows) + '\n"""\n',
        encoding="utf-8",
    )
    print(f"{target.name}: {len(rows)} features, {target.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Measure, or train on everything and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    by_writer = training_texts(PositionReader(shipped_topic()))
    if arguments.write:
        write(train([text for texts in by_writer.values() for text in texts]))
        return
    found = hold_out(by_writer)
    for name, one in found.items():
        print(one.line(name))
    print(found["all held out"].by_stance())


if __name__ == "__main__":
    main()
