"""What a text is recognised by: its word shingles, its passages and its MinHash fingerprint. Pure.

Two families of keys make two texts candidates for being the same statement. Band keys of a
MinHash digest find texts that are much alike as wholes (Broder 1997; rensa's RMinHash).
Passage keys, winnowed shingles (Schleimer, Wilkerson and Aiken 2003), find a passage of one text
inside a longer other, which resemblance of wholes must miss. Both are equal in every process and
fit a signed 64-bit column.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rensa import RMinHash

from watcher.core.text import NormalText, fold, words

DIGEST_SIZE = 128
BANDS = 32  # of 4 values: half of the pairs at resemblance 0.36 share one, 0.98 of those at 0.58
SEED = 42
PASSAGE_WORDS = 5
PASSAGE_WINDOW = 8  # any passage of 5 + 8 - 1 = 12 words that two texts share gives both a common key
_RESEMBLANCE_WORDS = 3
_KEY_BITS = (1 << 62) - 1  # 62 bits of hash; bit 62 tells the two families apart; never negative
_BAND_FLAG = 1 << 62

# A word cut at a line's end: "organi-⏎sation". PDF extractors keep the cut.
_LINE_CUT = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\s*\n\s*(?=[^\W\d_])")
# "problems.1. For" and "PrototypingBanani": readability-lxml and others put blocks together without a space.
_GLUED = re.compile(r"(?<=[a-z])[.:,](?=[A-Z\d])|(?<=[a-z][a-z])(?=[A-Z][a-z])|(?<=[a-z][a-z][a-z])(?=\d)")
_INNER_MARK = re.compile(r"(?<=[^\W\d_])['-](?=[^\W_])")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the store keeps of a text to find its like; comparable only within one `algorithm`."""

    algorithm: str  # name, version, seed
    digest: tuple[int, ...]  # 128 unsigned 32-bit values
    bands: tuple[int, ...]  # 32 keys
    passages: tuple[int, ...]  # distinct keys, in order of the text

    @property
    def keys(self) -> tuple[int, ...]:
        """Every key under which the text is to be found: bands, then passages."""
        return self.bands + self.passages


ALGORITHM = f"rminhash-{RMinHash.ALGORITHM_VERSION}-{DIGEST_SIZE}-{SEED}-winnow-{PASSAGE_WORDS}-{PASSAGE_WINDOW}"
"""Name, version and seed of the method; fingerprints of another are made anew, never compared."""


def cased_terms(text: str) -> list[str]:
    """The words by which `text` is recognised, before case is folded.

    Words cut at line ends are mended, inner hyphens dropped, and words parted that an extractor
    glued together at the end of a paragraph.

    >>> cased_terms("The Trust\u2019s well-\\nbeing team.Its review endsToday")
    ['The', 'Trusts', 'wellbeing', 'team', 'Its', 'review', 'ends', 'Today']
    """
    parted = _GLUED.sub(" ", mend(text))
    return words(NormalText(_INNER_MARK.sub("", fold(parted))))


def mend(text: str) -> str:
    """`text` with the words put together that a line's end cuts."""
    return _LINE_CUT.sub("", text)


def terms(text: str) -> list[str]:
    """The words by which `text` is recognised.

    >>> terms("The Trust\u2019s TEAM")
    ['the', 'trusts', 'team']
    """
    return [word.casefold() for word in cased_terms(text)]


def shingle_hashes(found: Sequence[str], size: int) -> list[int]:
    """64-bit hash of each run of `size` words, in order; of the whole if it is shorter; [] of nothing."""
    if not found:
        return []
    hashes: list[int] = RMinHash.hash_token_sets([_runs(found, size)])[0]
    return hashes


def _runs(found: Sequence[str], size: int) -> list[str]:
    runs = [" ".join(run) for run in zip(*(found[shift:] for shift in range(size)), strict=False)]
    return runs or [" ".join(found)]


def winnow(hashes: Sequence[int], window: int = PASSAGE_WINDOW) -> list[int]:
    """Positions of the hashes that stand for `hashes`: the last smallest of each window, in order.

    Two sequences that share a run of `window` hashes choose at least one of it in both.
    """
    chosen: list[int] = []
    latest = -1
    for start in range(max(1, len(hashes) - window + 1)) if hashes else ():
        end = min(start + window, len(hashes))
        if latest < start:  # the choice left the window: look at all of it
            latest = min(range(start, end), key=lambda at: (hashes[at], -at))
            chosen.append(latest)
        elif hashes[end - 1] <= hashes[latest]:
            latest = end - 1
            chosen.append(latest)
    return chosen


def passage_keys(found: Sequence[str]) -> tuple[list[int], list[int]]:
    """The chosen passages of the words `found`: index of the first word of each, and its key."""
    hashes = shingle_hashes(found, PASSAGE_WORDS)
    positions = winnow(hashes)
    return positions, [hashes[at] & _KEY_BITS for at in positions]


def fingerprint(text: str) -> Fingerprint:
    """What the store keeps of `text`; the same in every process. Empty text has no keys."""
    found = terms(text)
    minhash = RMinHash(DIGEST_SIZE, SEED)
    minhash.update(
        [" ".join(run) for run in zip(*(found[shift:] for shift in range(_RESEMBLANCE_WORDS)), strict=False)] or found
    )
    digest = tuple(minhash.digest())
    passages = tuple(dict.fromkeys(passage_keys(found)[1]))
    return Fingerprint(ALGORITHM, digest, band_keys(digest) if found else (), passages)


def band_keys(digest: Sequence[int]) -> tuple[int, ...]:
    """32 keys of four values each; two texts at resemblance 0.36 share one every other time."""
    rows = DIGEST_SIZE // BANDS
    return tuple(_band_key(band, digest[band * rows : (band + 1) * rows]) for band in range(BANDS))


def _band_key(band: int, values: Sequence[int]) -> int:
    body = b"".join(value.to_bytes(4, "big") for value in values)
    hashed = hashlib.blake2b(body, digest_size=8, salt=band.to_bytes(2, "big")).digest()
    return int.from_bytes(hashed, "big") & _KEY_BITS | _BAND_FLAG


def resemblance(a: Fingerprint, b: Fingerprint) -> float:
    """Estimated share of 3-word shingles common to both, 0 to 1; standard error up to 0.044."""
    if a.algorithm != b.algorithm:
        raise ValueError(f"fingerprints of two methods, {a.algorithm} and {b.algorithm}: make both anew")
    return sum(x == y for x, y in zip(a.digest, b.digest, strict=True)) / DIGEST_SIZE


def similarity(a: NormalText, b: NormalText) -> float:
    """Share of word 5-shingles common to both texts, 0.0 (none) to 1.0 (the same set).

    Symmetric; two empty texts score 1.0. Source: Broder 1997, resemblance.

    >>> from watcher.core.text import normalise
    >>> similarity(normalise("We have ended SIM."), normalise("We have ended \u201cSIM\u201d"))
    1.0
    """
    left = set(shingle_hashes(words(a), PASSAGE_WORDS))
    right = set(shingle_hashes(words(b), PASSAGE_WORDS))
    return len(left & right) / len(left | right) if left | right else 1.0


def containment(a: NormalText, b: NormalText) -> float:
    """Share of the word 5-shingles of `a` that `b` has too, 0.0 to 1.0; an empty `a` is in everything."""
    left = set(shingle_hashes(words(a), PASSAGE_WORDS))
    return len(left.intersection(shingle_hashes(words(b), PASSAGE_WORDS))) / len(left) if left else 1.0
