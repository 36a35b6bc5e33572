"""What a trained reader sees of a sentence: short names of what stands there, nothing of any one topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from watcher.core.assertion import Sentence, doubts
from watcher.core.stance_words import LONGEST_PHRASE, PHRASE_CLASSES, WORD_CLASSES
from watcher.core.voice import Speaker

_TOKEN = re.compile(r"[A-Z]{2,}|[a-z]+(?:['-][a-z]+)*|\d[\d,./:]*|[?;:!\"]")
_MONTH = frozenset(
    {
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december", "spring", "summer", "autumn", "winter",
    }
)  # fmt: skip
_SUFFIX = re.compile(r"(?<=\w{3})(?:ments?|ings?|ed|es|s|ly|e)$")
_WINDOW = 4  # word classes this far apart still make a pair
_TOO_COMMON = frozenset(
    {
        "the", "a", "an", "of", "to", "in", "and", "for", "on", "at", "by", "with", "as", "is", "are", "was", "were",
        "be", "been", "it", "that", "this",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence and what is seen of it."""

    quote: str  # verbatim but for white space and ligatures
    features: frozenset[str]


def tokens_of(marked: str) -> list[str]:
    """Words and marks of a marked sentence; numbers, years and months as what they are."""
    return [_masked(token) for token in _TOKEN.findall(marked)]


def _masked(token: str) -> str:
    if token[0].isdigit():
        return "YEAR" if re.fullmatch(r"(?:19|20)\d\d(?:[/-]\d+)?", token) else "NUM"
    return "MONTH" if token in _MONTH else token


def symbols_of(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    """Marks and word classes in order; words of no class are left out."""
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(tokens):
        for size in range(min(LONGEST_PHRASE, len(tokens) - at), 1, -1):
            names = PHRASE_CLASSES.get(tuple(tokens[at : at + size]))
            if names:
                found.append(names)
                at += size
                break
        else:
            word = tokens[at]
            if word.isupper():
                found.append((word,))
            elif word in WORD_CLASSES:
                found.append(WORD_CLASSES[word])
            at += 1
    return found


def stem(token: str) -> str:
    """A word without its ending, roughly; marks stay."""
    return token if token.isupper() else _SUFFIX.sub("", token)


def features_of(
    sentence: Sentence,
    speaker: Speaker,
    tokens: Sequence[str],
    symbols: Sequence[tuple[str, ...]],
    before: Sequence[tuple[str, ...]],
    title: Sequence[tuple[str, ...]],
) -> set[str]:
    """What is seen of a sentence by itself; `before`: the classes of the sentence before."""
    found = {f"f:{name}" for name in (*_flags(sentence, speaker, tokens), *doubts(sentence.marked))}
    found.update(_word_features([stem(token) for token in tokens]))
    found.update(_class_features(symbols))
    found.update(_kin_features(tokens))
    found.update(f"b:{name}" for names in before for name in names)
    found.update(f"t:{name}" for names in title for name in names)
    return found


def _flags(sentence: Sentence, speaker: Speaker, tokens: Sequence[str]) -> Iterator[str]:
    if sentence.is_topical:
        yield "topical"
    if "TOPIC" not in tokens:
        yield "unnamed"
    if not sentence.is_topical and sentence.was_topical:
        yield "after"
    if not sentence.is_topical and not sentence.was_topical:
        yield "far"
    if sentence.speech:
        yield "speech"
    if sentence.is_foreign:
        yield "foreign"
    if speaker.is_press:
        yield "press"
    if speaker.is_person:
        yield "person"
    if speaker.is_body:
        yield "body"
    if sentence.quote.rstrip("\"'”’) ").endswith("?"):
        yield "question"
    if not sentence.quote.rstrip("\"'”’) ").endswith((".", "!", "?", ":", ";")):
        yield "heading"
    if "SELF" in tokens or "OUR" in tokens:
        yield "self"
    yield f"length{min(len(tokens) // 8, 4)}"


def _word_features(stems: Sequence[str]) -> Iterator[str]:
    padded = ["^", *stems]
    yield from (f"w:{word}" for word in stems)
    yield from (f"w:{one} {two}" for one, two in pairwise(padded))
    yield from (f"w:{one} {two} {three}" for one, two, three in zip(padded, padded[1:], padded[2:], strict=False))


def _class_features(symbols: Sequence[tuple[str, ...]]) -> Iterator[str]:
    padded = [("^",), *symbols]
    for names in symbols:
        yield from (f"c:{name}" for name in names)
    for at, names in enumerate(padded):
        for gap, others in enumerate(padded[at + 1 : at + 1 + _WINDOW]):
            for one, two in product(names, others):
                yield f"c:{one}>{two}"
                if not gap:
                    yield f"c:{one} {two}"


@cache
def _kin() -> dict[str, str]:
    """For each common word what its kind is called, at three grains, in one string; read when first asked for."""
    from watcher.core.word_kin import KIN

    return dict(line.split(" ", 1) for line in KIN.splitlines())


def _kin_features(tokens: Sequence[str]) -> Iterator[str]:
    """What each word is like: whoever has seen "halted" knows something of "mothballed"."""
    kin = _kin()
    for token in tokens:
        if token in kin and token not in _TOO_COMMON:
            widest, wide, narrow = kin[token].split()
            yield from (f"k0:{widest}", f"k1:{wide}", f"k2:{narrow}")
