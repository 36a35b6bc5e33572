"""The normal form in which texts are compared, and their words and sentences."""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

NormalText = NewType("NormalText", str)
"""Text as `normalise` leaves it; nothing else makes one."""

# Soft hyphens, zero-width characters, byte-order marks and direction marks show nothing.
_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\ufeff\u202a\u202b\u202c\u202d\u202e")
)
_TYPOGRAPHY = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "•": " ", "·": " ", "◦": " ", "▪": " ", "…": "...",
    }
)  # fmt: skip
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:['.,:/-][^\W_]+)*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|sgt|st|no|vs|etc|e\.g|i\.e|cf|ltd|inc|dept|rt|hon)|\b[A-Z])\.$", re.I
)
_SENTENCE_END = re.compile(r"[.!?][\"')\]”’]*\s+(?=[\"'(\[“‘]?[A-Z0-9£])")


def fold(text: str) -> str:
    """`text` with ligatures, quotes, dashes, invisible characters and white space folded; case kept.

    >>> fold("the\\u00adrapy  \\u2018ofﬁcer\\u2019")
    "therapy 'officer'"
    """
    if text.isascii():  # nine lines in ten; of what is folded, ASCII has the backtick and white space alone
        return " ".join(text.replace("`", "'").split())
    return " ".join(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_TYPOGRAPHY).split())


def normalise(text: str) -> NormalText:
    """`fold`, and case folded. Twice is once.

    >>> normalise("We  have ENDED “SIM”.")
    'we have ended "sim".'
    """
    if text.isascii():
        return NormalText(fold(text).lower())
    # Case folding can undo NFKC's composition, and NFKC can need folding again (Unicode 3.13, D146).
    folded = fold(fold(text).casefold())
    return NormalText(fold(folded.casefold()))


def words(text: NormalText) -> list[str]:
    """The words of `text` in order; inner hyphens, apostrophes, points and slashes belong to a word.

    >>> words(normalise("In 2021/22 the trust's team -- 3.5 staff -- ended."))
    ['in', '2021/22', 'the', "trust's", 'team', '3.5', 'staff', 'ended']
    """
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of `text`, white space folded, empty ones left out. A line break of two ends a sentence.

    >>> sentences("Dr. Hale wrote. We agree.\\n\\nNotes")
    ['Dr. Hale wrote.', 'We agree.', 'Notes']
    """
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        line = _SPACE.sub(" ", paragraph).strip()
        start = 0
        for end in _SENTENCE_END.finditer(line):
            candidate = line[start : end.end()].strip()
            if _ABBREVIATION.search(candidate):
                continue
            found.append(candidate)
            start = end.end()
        if line[start:].strip():
            found.append(line[start:].strip())
    return found
