"""What a subscriber wants to hear of: one small language for command line, bot, web and digest.

rebranded OR "SIM-like" -jobs org:rcpsych kind:trust region:london stance:ended weekly

words             all of them, anywhere in the text; several in quotes: next to each other
a OR b            one of them; stronger than the "and" between words
mentor*           words that begin so
-word             none of them
org: kind: region: stance:   of this one; the same key twice: of either
at-once daily weekly         how often (at-once if nothing is said)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache

from watcher.core.errors import FilterError
from watcher.core.model import Organisation, OrganisationKind
from watcher.core.stance_cues import STANCES
from watcher.core.text import normalise

MOST_CHARACTERS = 500
MOST_TERMS = 40


class Rhythm(StrEnum):
    """How often a subscriber is told."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes are wanted; what is empty limits nothing."""

    any_of: tuple[tuple[str, ...], ...] = ()  # of each group one
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()  # ids
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    stances: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The filter as it is typed; parses back to itself."""
        parts = [" OR ".join(map(_term, group)) for group in self.any_of]
        parts += [*map(_term, self.all_of), *(f"-{_term(term)}" for term in self.none_of)]
        for key, values in zip(KEYS, (self.organisations, self.kinds, self.regions, self.stances), strict=True):
            parts += [f"{key}:{value if _PLAIN.fullmatch(value) else _quoted(value)}" for value in values]
        return " ".join(parts)


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Wish:
    """A filter, and how often its reader wants to be told."""

    filter: Filter = EVERYTHING
    rhythm: Rhythm = Rhythm.AT_ONCE

    def __str__(self) -> str:
        """As it is typed; the usual rhythm is left out."""
        rhythm = "" if self.rhythm is Rhythm.AT_ONCE else self.rhythm.value
        return " ".join(filter(None, (str(self.filter), rhythm)))


KEYS = ("org", "kind", "region", "stance")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may follow each key: as people may spell it, in small letters -> as it is kept."""

    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {key: {} for key in KEYS})
    is_open: bool = False  # any value is taken as it stands


AS_KEPT = Vocabulary(is_open=True)
"""For filters that were checked when they were kept: an organisation may have left the configuration since."""


def vocabulary(organisations: Iterable[Organisation]) -> Vocabulary:
    """The names that filters may use where these organisations are watched."""
    known = list(organisations)
    spelt = {name.casefold(): one.id for one in known for name in (*one.aliases, one.name)}
    spelt |= {one.id.casefold(): one.id for one in known}
    return Vocabulary(
        {
            "org": spelt,
            "kind": {kind.value: kind.value for kind in OrganisationKind},
            "region": {one.region.casefold(): one.region for one in known if one.region},
            "stance": {stance: stance for stance in STANCES},
        }
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a change a filter can ask."""

    text: str  # organisation, title and text
    organisation: str  # id
    kind: str
    region: str | None = None
    stances: frozenset[str] = frozenset()


def matches(wanted: Filter, facts: Facts) -> bool:
    """Whether a change is wanted. Letters of both cases, and quotes and dashes of every kind, are equal."""
    if wanted.organisations and facts.organisation not in wanted.organisations:
        return False
    if wanted.kinds and facts.kind not in wanted.kinds:
        return False
    if wanted.regions and facts.region not in wanted.regions:
        return False
    if wanted.stances and facts.stances.isdisjoint(wanted.stances):
        return False
    if not (wanted.any_of or wanted.all_of or wanted.none_of):
        return True
    return holds_words(wanted, facts.text)


def holds_words(wanted: Filter, text: str) -> bool:
    """Whether a text holds the words that a filter asks for, and none that it leaves out."""
    text = f" {_spaced(text)} "
    return (
        all(_holds(text, term) for term in wanted.all_of)
        and all(any(_holds(text, term) for term in group) for group in wanted.any_of)
        and not any(_holds(text, term) for term in wanted.none_of)
    )


def parse_wish(text: str, known: Vocabulary) -> Wish:
    """What a subscriber typed. Raises FilterError with the column, and the nearest valid name for a wrong one.

    >>> str(parse_wish('rebranded or “SIM-like” –jobs WEEKLY', Vocabulary()))
    'rebranded OR SIM-like -jobs weekly'
    """
    if len(text) > MOST_CHARACTERS:
        raise FilterError(f"too long: at most {MOST_CHARACTERS} characters", MOST_CHARACTERS + 1)
    tokens = list(_tokens(text))
    if len(tokens) > MOST_TERMS:
        raise FilterError(f"too many words: at most {MOST_TERMS}", tokens[MOST_TERMS].column)
    reading = _Reading()
    for token in tokens:
        _take(reading, token, known)
    if reading.or_at:
        raise FilterError('"OR" needs a word on its right', reading.or_at)
    return reading.wish()


def parse_filter(text: str, known: Vocabulary) -> Filter:
    """The filter that was typed, without its rhythm. Raises FilterError."""
    return parse_wish(text, known).filter


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    column: int
    minus: str
    key: str
    value: str
    is_quoted: bool


# Phones set typographic quotes and dashes of their own accord.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_TOKEN = re.compile(
    r"""(?P<minus>[-–—−])?(?:(?P<key>[^\W\d_]+):)?"""
    r"""(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<word>[^\s"]*))"""
)
_PLAIN = re.compile(r"[^\W_](?:[\w.'’/&-]*[^\W_])?\*?")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class _Reading:
    """What was read so far; `groups` of one term are words that must be there."""

    groups: list[list[str]] = field(default_factory=list)
    none_of: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in KEYS})
    rhythm: Rhythm | None = None
    or_at: int = 0  # column of an OR that waits for its right side
    is_after_word: bool = False

    def wish(self) -> Wish:
        groups = [tuple(dict.fromkeys(group)) for group in self.groups]
        return Wish(
            Filter(
                tuple(dict.fromkeys(group for group in groups if len(group) > 1)),
                tuple(dict.fromkeys(group[0] for group in groups if len(group) == 1)),
                tuple(dict.fromkeys(self.none_of)),
                *(tuple(dict.fromkeys(self.values[key])) for key in KEYS),
            ),
            self.rhythm or Rhythm.AT_ONCE,
        )


def _tokens(text: str) -> Iterator[_Token]:
    text, at = text.translate(_QUOTES), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TOKEN.match(text, at)
        assert found is not None
        column, quoted = at + 1, found["quoted"]
        if quoted is not None and not found["end"]:
            raise FilterError("a quote is opened and not closed", found.start("quoted"))
        at = found.end()
        value = " ".join((quoted if quoted is not None else found["word"]).split())
        yield _Token(column, found["minus"] or "", (found["key"] or "").casefold(), value, quoted is not None)


def _take(reading: _Reading, token: _Token, known: Vocabulary) -> None:
    is_bare = not (token.minus or token.key or token.is_quoted)
    word = token.value.casefold()
    if is_bare and word == "or":
        if not reading.is_after_word or reading.or_at:
            raise FilterError('"OR" stands between two words', token.column)
        reading.or_at, reading.is_after_word = token.column, False
        return
    is_word = not (token.minus or token.key) and not (is_bare and (word == "and" or word in list(Rhythm)))
    if reading.or_at and not is_word:
        raise FilterError('"OR" stands between two words', reading.or_at)
    if token.key:
        _take_value(reading, token, known)
    elif is_bare and word in list(Rhythm):
        if reading.rhythm not in (None, word):
            raise FilterError(f'"{word}" and "{reading.rhythm}" exclude each other', token.column)
        reading.rhythm = Rhythm(word)
    elif token.minus:
        reading.none_of.append(_checked(token))
    elif is_word and reading.or_at:
        reading.groups[-1].append(_checked(token))
        reading.or_at = 0
    elif is_word:
        reading.groups.append([_checked(token)])
    reading.is_after_word = is_word


def _take_value(reading: _Reading, token: _Token, known: Vocabulary) -> None:
    if token.key not in KEYS:
        raise FilterError(f'no key "{token.key}"{_nearest(token.key, KEYS)}: {", ".join(KEYS)}', token.column)
    if token.minus:
        raise FilterError(f'"{token.key}:" can\'t be excluded; only words can', token.column)
    column = token.column + len(token.key) + 1
    allowed = known.values.get(token.key, {})
    for value in token.value.split(",") if not token.is_quoted else [token.value]:
        name = value if known.is_open and value else allowed.get(value.casefold())
        if name is None:
            hint = _nearest(value, allowed) or f": one of {', '.join(sorted(set(allowed.values()))[:12])}"
            raise FilterError(f'{token.key} "{value}" is not known{hint if allowed else ": none is watched"}', column)
        reading.values[token.key].append(name)
        column += len(value) + 1


def _checked(token: _Token) -> str:
    """The term of a token, which must hold something that can be looked for."""
    if not _WORDS.search(_spaced(token.value)):
        what = f'"{token.value}"' if token.value else "nothing"
        raise FilterError(f"{what} is no word to look for", token.column)
    return token.value


def _nearest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word.casefold(), list(known), n=1, cutoff=0.5)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _term(term: str) -> str:
    is_plain = _PLAIN.fullmatch(term) and term.casefold() not in ("or", "and", *Rhythm)
    return term if is_plain else _quoted(term)


def _quoted(text: str) -> str:
    return f'"{text}"'


# --- matching ----------------------------------------------------------------------------------


@lru_cache(maxsize=64)  # many subscribers ask about one text
def _spaced(text: str) -> str:
    """The words of `text` in normal form, one space between them; "SIM-like" is two words."""
    return " ".join(_WORDS.findall(normalise(text)))


def _holds(text: str, term: str) -> bool:
    phrase = _spaced(term)
    return f" {phrase}" in text if term.endswith("*") else f" {phrase} " in text
