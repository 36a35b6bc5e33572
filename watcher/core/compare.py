"""What really changed between two texts of one address, and why that was decided.

Three streams are weighed: the main text, its links and documents, the frame around it.
What a person would call a change of meaning is a change; what only looks different is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.core.links import compare_links
from watcher.core.mask import Mask
from watcher.core.model import ChangeKind, Comparison, Document
from watcher.core.notices import is_machinery, says_status
from watcher.core.text import NormalText, fold, normalise, sentences

# Signs that carry meaning travel with the words: 5 % is not 5, £5 is not $5, a question is not a claim.
_TOKEN = re.compile(r"[£$€¥]|[^\W_]+(?:['.,:/-][^\W_]+)*|%|\?(?=\s|$|[\"'])")
_AGO = re.compile(
    r"\b(?:an?|one|two|three|\d+)\+? (?:second|sec|minute|min|hour|hr|day|week|month|year)s?(?: ago| read)\b|"
    r"\b(?:just now|yesterday)\b"
)
_COUNTER = re.compile(
    r"\b[\d,.]+[km]? ?(?:views?|shares?|comments?|likes?|reads?|followers?|visitors?|downloads?|replies|"
    r"results?|reactions?|votes?|"
    r"(?:people|readers|users) (?:are )?(?:reading|viewing|online|found this|like))\b|"
    r"\b(?:views?|shares?|comments?|likes?|viewed|read|downloads?):? ?\(?[\d,.]+[km]?\)?(?: times?)?$"
)
_BYLINE = re.compile(r"^(?:last )?(?:posted|published|updated|added|uploaded|submitted|by)\b")
_NOISE_BLOCK_WORDS = 10  # a longer block is a sentence, and its numbers are the statement's
# Words that buttons, menus and share bars are made of. A block of nothing else is no statement.
_INTERFACE_WORDS = (
    "a all and back close collapse contents copied copy details download email expand facebook feedback go hide "
    "home in instagram jump "
    "less like link linkedin load menu more navigation next open of on our page pdf pinterest play post "
    "previous print read reddit save see "
    "share show skip subscribe table tap the this threads to toggle top tweet twitter us via view whatsapp x "
    "bluesky youtube follow "
    "click here learn cookie cookies settings accept reject manage search sign up log in out register account basket "
    "posted published updated last by loading please wait minute min listen article story was helpful yes no useful"
)
_INTERFACE = frozenset(_INTERFACE_WORDS.split())
_COOKIE = re.compile(
    r"\b(?:accept|reject|decline|allow)\b.*\bcookies?\b|\bcookies?\b.*\b(?:accept|reject|decline|allow)\b"
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|\bcopyright\b).{0,80}\b(?:19|20)\d\d\b|\ball rights reserved\b|^\s*v(?:ersion)? ?\d+(?:\.\d+)+\s*$"
)
_LANGUAGE_KEPT = 0.5  # a translated page keeps names and numbers: 5 to 35 % of its words on the pairs measured
_MOST_JOINTS = 2  # words joined or parted by an author at once


@dataclass(frozen=True, slots=True)
class _Rest:
    """What two texts do not share: blocks, and their tokens, in reading order."""

    removed: tuple[str, ...]
    added: tuple[str, ...]


def compare(before: Document, after: Document, mask: Mask | None = None) -> Comparison:
    """SAME, EDITED, LINKS or COSMETIC, the reasons, and whether an edit went without a new date.

    Only `mask` hides what a page is known to do by itself. O(text) where blocks stayed;
    changed blocks are compared word by word.
    """
    hidden = mask or Mask()
    rest = _rest(before.blocks, after.blocks, hidden)
    if _is_other_language(before, after, rest):
        return Comparison(ChangeKind.COSMETIC, ("served in another language",))
    edits = [*_headline(before, after), *_text_edits(rest, before, after), *_frame_edits(before, after, hidden)]
    if edits:
        same_date = _shown_date(before) is not None and _shown_date(before) == _shown_date(after)
        links = compare_links(before, after, hidden)
        return Comparison(ChangeKind.EDITED, tuple(dict.fromkeys([*edits, *links.reasons])), is_silent=same_date)
    links = compare_links(before, after, hidden)
    if links.reasons:
        return Comparison(ChangeKind.LINKS, links.reasons)
    cosmetic = (*_cosmetic(before, after, rest), *links.cosmetic)
    if cosmetic:
        return Comparison(ChangeKind.COSMETIC, cosmetic)
    return Comparison(ChangeKind.SAME)


def tokens(text: NormalText) -> list[str]:
    """The words of a normal text, and the signs that change what a word says."""
    return _TOKEN.findall(text)


def _shown_date(document: Document) -> object:
    return document.modified_on or document.published_on


# --- the main text --------------------------------------------------------------------------------


def _rest(before: Sequence[str], after: Sequence[str], mask: Mask) -> _Rest:
    """The blocks of either text that the other does not have, whatever their order, case or typography."""
    lost, gained = _unmatched(before, after)
    lost, gained = _unmatched(lost, gained, key=_key)
    return _Rest(_speaking(lost, mask), _speaking(gained, mask))


def _unmatched(before: Sequence[str], after: Sequence[str], key: object = None) -> tuple[list[str], list[str]]:
    make = key if callable(key) else str
    keys_before, keys_after = [make(b) for b in before], [make(b) for b in after]
    spare_before, spare_after = Counter(keys_before), Counter(keys_after)
    return _surplus(before, keys_before, spare_after), _surplus(after, keys_after, spare_before)


def _surplus(blocks: Sequence[str], keys: Sequence[str], others: Counter[str]) -> list[str]:
    left = Counter(others)
    surplus = []
    for block, key in zip(blocks, keys, strict=True):
        if left[key] > 0:
            left[key] -= 1
        else:
            surplus.append(block)
    return surplus


def _key(block: str) -> str:
    return " ".join(tokens(normalise(block)))


def _speaking(blocks: Iterable[str], mask: Mask) -> tuple[str, ...]:
    return tuple(block for block in blocks if not mask.hides(block) and not is_page_noise(block))


def is_page_noise(block: str) -> bool:
    """Whether a block is the page's machinery: a button, a counter, an age, a cookie or copyright line.

    >>> is_page_noise("Posted 3 days ago")
    True
    >>> is_page_noise("The team ended 3 days ago, and its staff have other work.")
    False
    """
    text = normalise(block)
    said = tokens(text)
    if not said or all(word in _INTERFACE for word in said) or is_machinery(text):
        return True
    if len(said) <= _NOISE_BLOCK_WORDS and (_AGO.search(text) or _COUNTER.search(text)):
        beside = [word for word in tokens(NormalText(_COUNTER.sub(" ", _AGO.sub(" ", text)))) if word not in _INTERFACE]
        return len(beside) <= 1 or bool(_BYLINE.match(text))
    return len(said) <= 25 and bool(_COPYRIGHT.search(text) or _COOKIE.search(text))


def _text_edits(rest: _Rest, before: Document, after: Document) -> list[str]:
    """Reasons why the main text says something else; none if the words are the same or only changed places."""
    removed, added = _without_moved(rest.removed, after.rest), _without_moved(rest.added, before.rest)
    lost, gained = _tokens_of(removed), _tokens_of(added)
    if lost == gained:
        return []
    lost_sentences, gained_sentences = _unmatched(_sentences(removed), _sentences(added))
    lost, gained = _tokens_of(lost_sentences), _tokens_of(gained_sentences)
    if not lost and not gained:
        return []
    if "".join(lost) == "".join(gained) and abs(len(lost) - len(gained)) > _MOST_JOINTS:
        return []  # many words run together at once: markup, and no author
    return _describe(lost, gained)


def _tokens_of(blocks: Iterable[str]) -> list[str]:
    return [token for block in blocks for token in tokens(normalise(block))]


def _sentences(blocks: Iterable[str]) -> list[str]:
    return [_key(sentence) for block in blocks for sentence in sentences(block)]


def _without_moved(blocks: Sequence[str], elsewhere: Sequence[str]) -> list[str]:
    """The blocks that the other capture does not show outside its main text: those only changed places."""
    if not blocks or not elsewhere:
        return list(blocks)
    others = {_key(block) for block in elsewhere}
    joined = f" {' '.join(_key(block) for block in elsewhere)} "
    kept = []
    for block in blocks:
        key = _key(block)
        if key not in others and not (key.count(" ") >= 5 and f" {key} " in joined):
            kept.append(block)
    return kept


_DATE_WORD = re.compile(
    r"^(?:\d{1,2}(?:st|nd|rd|th)?|(?:19|20)\d\d|\d+[/.-]\d+[/.-]\d+|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|"
    r"july?|aug\w*|"
    r"sep\w*|oct\w*|nov\w*|dec\w*)$"
)
_MONTH = re.compile(r"^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|^(?:19|20)\d\d$|\d[/.-]\d")
_NOT_WORDS = (
    "not no never nor none cannot without neither isn't aren't wasn't weren't don't doesn't didn't won't can't couldn't"
)
_NOT = frozenset(_NOT_WORDS.split())
_TELLING = 40  # words; where more changed, single ones tell little


def _describe(lost: Sequence[str], gained: Sequence[str]) -> list[str]:
    """Reasons for a person, the gravest first."""
    gone, came = Counter(lost) - Counter(gained), Counter(gained) - Counter(lost)
    changed = [*gone, *came]
    if not changed:
        return ["the order of words changed"]
    reasons = []
    if len(changed) <= _TELLING:
        if any(word in _NOT for word in changed):
            reasons.append("a “not” came or went")
        if all(_DATE_WORD.match(word) for word in changed) and any(_MONTH.search(word) for word in changed):
            reasons.append("a date changed")
        elif any(word[:1].isdigit() for word in gone) and any(word[:1].isdigit() for word in came):
            reasons.append("a number changed")
    reasons.append(f"text changed: {_count(gone.total())} removed, {_count(came.total())} added")
    return reasons


def _count(number: int) -> str:
    return f"{number} word" if number == 1 else f"{number} words"


def _cosmetic(before: Document, after: Document, rest: _Rest) -> list[str]:
    """Why two texts that say the same look different."""
    reasons = []
    if before.blocks != after.blocks:
        raw_lost, raw_gained = _unmatched(before.blocks, after.blocks)
        if not raw_lost and not raw_gained:
            reasons.append("blocks reordered")
        elif rest.removed or rest.added:
            reasons.append("the same words, divided or placed otherwise")
        elif any(fold(block) != block for block in raw_gained) or _folded(raw_lost) == _folded(raw_gained):
            reasons.append("typography")
        else:
            reasons.append("case, punctuation, or the page's own counters and buttons")
    if set(before.frame) != set(after.frame):
        reasons.append("lines around the text changed, none of them about the statement")
    return reasons


def _folded(blocks: Iterable[str]) -> list[str]:
    return sorted(fold(block) for block in blocks)


# --- language, headline, frame --------------------------------------------------------------------


def _is_other_language(before: Document, after: Document, rest: _Rest) -> bool:
    if not before.language or not after.language or before.language == after.language:
        return False
    total = len(_tokens_of(before.blocks))
    lost, gained = Counter(_tokens_of(rest.removed)), Counter(_tokens_of(rest.added))
    kept = total - sum((lost - gained).values())
    return kept <= _LANGUAGE_KEPT * total


def _headline(before: Document, after: Document) -> list[str]:
    was, now = _key(before.title), _key(after.title)
    if was == now or not was or not now:
        return []
    # A heading that only changed places: the other capture shows it too, in its text or beside it.
    if _shows(after, was) and _shows(before, now):
        return []
    return ["headline changed"]


def _shows(document: Document, key: str) -> bool:
    return any(_key(line) == key for line in (*document.blocks, *document.frame, *document.rest))


def _frame_edits(before: Document, after: Document, mask: Mask) -> list[str]:
    """Reasons for notices that were put up, taken down or reworded outside the main text."""
    lost, gained = _rest(before.frame, after.frame, mask).removed, _rest(before.frame, after.frame, mask).added
    lost = tuple(_without_moved(lost, (*after.blocks, *after.rest)))
    gained = tuple(_without_moved(gained, (*before.blocks, *before.rest)))
    reasons = [f"a notice went: “{_short(line)}”" for line in lost if says_status(normalise(line))]
    return reasons + [f"a notice came: “{_short(line)}”" for line in gained if says_status(normalise(line))]


def _short(line: str) -> str:
    return line if len(line) <= 120 else line[:117].rsplit(" ", 1)[0] + " …"
