"""How good the judgement is on labelled texts: precision, recall, and every error by name.

A case is a JSON object with `id` and `text`, often `title` and `url`, and what a person says of it:
`label` (on the topic or not), `stances` ([[stance, words of the quote], …]), or `cluster` and `kind`
(equal clusters: the same statement). A file may hold all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from watcher.core.dedup import cluster
from watcher.core.model import Match, Tier
from watcher.core.reader import TopicReader

Case = Mapping[str, Any]

ON_TOPIC = frozenset({"on-topic", "relevant-statement", "relevant-coverage", "background", "described"})
"""Labels of texts that are to be found; `described`: the practice without a name."""
NEIGHBOURS = frozenset({"adjacent"})
"""Labels of texts that may be candidates, and must not be `named`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, what it counts, and the errors behind it."""

    name: str
    right: int
    of: int
    errors: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """From 0 to 1; 1.0 if there was nothing to count."""
        return self.right / self.of if self.of else 1.0


def measure(topics: TopicReader, cases: Iterable[Case]) -> list[Measure]:
    """All measures that the cases allow, with the first topic."""
    held = list(cases)
    found: list[Measure] = []
    if judged := [case for case in held if "label" in case]:
        found += _matching([(case, _match(topics, case)) for case in judged])
    if stated := [case for case in held if "stances" in case]:
        found.append(_positions([(case, _match_of_stances(topics, case)) for case in stated]))
    if clustered := [case for case in held if "cluster" in case]:
        found += _sameness(clustered)
    return [one for one in found if one.of]


def _match(topics: TopicReader, case: Case) -> Match:
    return topics.read(case.get("title") or "", _blocks(case), case.get("url") or "", case.get("organisation"))[0]


def _match_of_stances(topics: TopicReader, case: Case) -> list[tuple[str, str]]:
    """Stances are read whether or not the text is on the topic by itself: their cases are short."""
    reader = topics.positions_of(topics.topic_ids[0])
    found = reader.read(
        _blocks(case), title=case.get("title") or "", url=case.get("url") or "", organisation=case.get("organisation")
    )
    return [(stance.stance, stance.quote) for stance in found]


def _blocks(case: Case) -> Sequence[str]:
    return case.get("blocks") or [block for block in (case["text"] or "").split("\n\n") if block.strip()]


def _label(case: Case) -> str:
    return "adjacent" if str(case.get("kind", "")).startswith("adjacent") else str(case["label"])


def _matching(judged: Sequence[tuple[Case, Match]]) -> Iterator[Measure]:
    wanted = [(case, match) for case, match in judged if _label(case) in ON_TOPIC]
    others = [(case, match) for case, match in judged if _label(case) not in ON_TOPIC]
    described = [(case, match) for case, match in judged if _label(case) == "described"]
    named = [(case, match) for case, match in judged if match.tier == Tier.NAMED]
    strangers = [(case, match) for case, match in others if _label(case) not in NEIGHBOURS]

    def count(name: str, pairs: list[tuple[Case, Match]], wrong: list[tuple[Case, Match]], what: str) -> Measure:
        return Measure(name, len(pairs) - len(wrong), len(pairs), tuple(_error(what, *pair) for pair in wrong))

    missed = [pair for pair in wanted if pair[1].tier == Tier.NONE]
    yield count("on topic and found (named or similar): recall", wanted, missed, "missed")
    wrongly_named = [pair for pair in named if _label(pair[0]) not in ON_TOPIC]
    yield count("named and on topic: precision", named, wrongly_named, "wrongly named")
    unseen = [pair for pair in described if pair[1].tier == Tier.NONE]
    yield count("described without a name and found: recall", described, unseen, "not seen")
    wrong = [pair for pair in strangers if pair[1].tier != Tier.NONE]
    yield count("about something else and left alone", strangers, wrong, "taken up")


def _error(what: str, case: Case, match: Match) -> str:
    why = "; ".join(f"{reason.term} | {reason.excerpt[:60]}" for reason in match.reasons)
    return f"{what}: {case['id']} ({_label(case)}): {(case.get('title') or '')[:70]} [{match.score} {why}]"


def _positions(stated: Sequence[tuple[Case, list[tuple[str, str]]]]) -> Measure:
    """Right: the very stances that the label names, no more, each with a sentence that holds the label's words."""
    errors = []
    for case, got in stated:
        wanted = case["stances"]
        quoted = all(any(stance == name and words in quote for name, quote in got) for stance, words in wanted)
        if not quoted or len(got) != len(wanted):
            errors.append(f"position: {case['id']}: wanted {wanted}, got {got}")
    return Measure("positions read right, with the right quote", len(stated) - len(errors), len(stated), tuple(errors))


def _sameness(clustered: Sequence[Case]) -> Iterator[Measure]:
    texts = [(str(case["id"]), str(case["text"] or "")) for case in clustered]
    numbers = cluster(texts, [str(case.get("url") or "") for case in clustered])
    pairs: Counter[tuple[bool, bool]] = Counter()
    joined: list[str] = []
    missed: list[str] = []
    for one, other in combinations(range(len(clustered)), 2):
        is_same, is_joined = clustered[one]["cluster"] == clustered[other]["cluster"], numbers[one] == numbers[other]
        pairs[is_same, is_joined] += 1
        if is_same != is_joined:
            names = f"{clustered[one]['id']} and {clustered[other]['id']}"
            (joined if is_joined else missed).append(f"{'joined' if is_joined else 'not joined'}: {names}")
    right = pairs[True, True]
    yield Measure("same statement: precision over pairs", right, right + pairs[False, True], tuple(joined))
    yield Measure("same statement: recall over pairs", right, right + pairs[True, False], tuple(missed))
