"""The single words of a text, and how much they speak for a practice: a sum that any word may miss.

Families of words (traits) say what is described; which words a writer chooses around that says almost as much.
Each word counts once a stretch, and the sum is divided by the root of their number, so that neither length
nor repetition is evidence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache

# Letters are listed because "[^\W\d_]" takes twice the time; words in other scripts have no weight.
_WORD = re.compile(r"[a-zß-öø-ÿ]+(?:'[a-z]+)?|[0-9]+")
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
    " monday tuesday wednesday thursday friday saturday sunday"
    " january february april june july august september october november december"
)
_NUMBER_WORDS = frozenset(_NUMBERS.split())
_ENDINGS = ("ing", "ed", "e")
_LEAST_STEM = 4  # letters that stay: "red" is not "r" + "ed"
_TELLING = 3  # letters: "bed"
_MOST_STEMS = 20_000  # remembered; a text has a few hundred


@lru_cache(_MOST_STEMS)
def stem(word: str) -> str:
    """`word`, in lower case, without the endings that most often drift; numbers, days and months are all "0".

    >>> [stem(word) for word in ("calls", "calling", "nurse's", "refused", "136", "Monday".lower())]
    ['call', 'call', 'nurs', 'refus', '0', '0']
    """
    if word.isdigit() or word in _NUMBER_WORDS:
        return "0"
    word = word.removesuffix("'s")
    if len(word) >= _LEAST_STEM and word.endswith("s") and not word.endswith(("ss", "is", "us")):
        word = word[:-1]
    for ending in _ENDINGS:
        if len(word) >= _LEAST_STEM + len(ending) and word.endswith(ending):
            return word[: -len(ending)]
    return word


def stems(searched: str) -> tuple[list[int], list[str]]:
    """Where each word of a text in search form starts, and its stem; both in order."""
    found = list(_WORD.finditer(searched))
    return [word.start() for word in found], [stem(word[0]) for word in found]


class Wording:
    """The words of one text, weighed."""

    def __init__(self, weights: Mapping[str, float], searched: str) -> None:
        self._weights = weights
        self._starts, self._words = stems(searched) if weights else ([], [])
        self._sums: dict[tuple[int, int], float] = {}

    def odds(self, start: int, end: int) -> float:
        """Log-odds that the words between the characters `start` and `end` add; 0.0 without any."""
        bounds = self._bounds(start, end)
        if bounds not in self._sums:
            words = set(self._words[slice(*bounds)])
            self._sums[bounds] = sum(self._weights.get(word, 0.0) for word in words) / (len(words) ** 0.5 or 1.0)
        return self._sums[bounds]

    def telling(self, start: int, end: int, most: int = 5) -> list[str]:
        """The stems that speak most for the practice there, the weightiest first; small ones ("my", "if") last.

        Letters and diaries are full of small words, so those weigh; but they tell a person little.
        """
        weights = {word: self._weights.get(word, 0.0) for word in self._words[slice(*self._bounds(start, end))]}
        speaking = (word for word, weight in weights.items() if weight > 0)
        return sorted(speaking, key=lambda word: (len(word) < _TELLING, -weights[word]))[:most]

    def _bounds(self, start: int, end: int) -> tuple[int, int]:
        return bisect_left(self._starts, start), bisect_left(self._starts, end)
