"""Mass edits: the same few words changed on many pages of one site, as when a body takes a new name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from watcher.core.changed import changed_text
from watcher.core.model import Diff
from watcher.core.text import normalise, words

PAGES = 5  # a site that says the same new words on so many pages was edited by one hand, for one reason
MOST_WORDS = 12  # more is a text of its own
_LITTLE_WORDS = "a an the of and or in on at to for by is are was were as with its our"
_LITTLE = frozenset(_LITTLE_WORDS.split())


def changed_terms(found: Diff, titles: tuple[str, str] = ("", ""), links: Sequence[str] = ()) -> frozenset[str]:
    """The words that came ("+word") and went ("-word"), and `links` as they are; empty if more than `MOST_WORDS`.

    `titles`: before and after. Little words are left out: "an AHSN" and "the AHSN" are one name.
    """
    changed = changed_text(found)
    was, now = _said((*changed.removed, titles[0])), _said((*changed.added, titles[1]))
    gone, came = was - now, now - was
    terms = frozenset({*(f"-{word}" for word in gone), *(f"+{word}" for word in came), *links})
    return terms if len(terms) <= MOST_WORDS else frozenset()


def is_mass_edit(terms: frozenset[str], pages: Counter[str]) -> bool:
    """Whether every one of a page's changed `terms` also changed on enough pages of its site, this one included."""
    return bool(terms) and all(pages[term] >= PAGES for term in terms)


def in_words(terms: Iterable[str]) -> str:
    """The terms for a person: "ahsn" became "health innovation network".

    >>> in_words(["-ahsn", "+health", "+network"])
    '“ahsn” gave way to “health, network”'
    """
    held = [term for term in terms if not term[1:].startswith("link ")]
    gone = ", ".join(sorted(term[1:] for term in held if term.startswith("-")))
    came = ", ".join(sorted(term[1:] for term in held if term.startswith("+")))
    if gone and came:
        return f"“{gone}” gave way to “{came}”"
    if came:
        return f"“{came}” added"
    return f"“{gone}” removed" if gone else "the same links changed"


def _said(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(normalise(text))) - _LITTLE
