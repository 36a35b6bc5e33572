"""Which of a page's acronyms mean something else there: "Health Innovation Network (HIN)", "SIM card"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from watcher.core.compiled import Found, Rules
from watcher.core.scan import Hit, search_form

_IN_BRACKET = re.compile(r"['\"’”]? ?\(([A-Za-z'’& -]{5,80})\)")
_STANDS_FOR = re.compile(r"['\"’”]? (?:here )?(?:stands|is short|being short|short) for:? ([^.;:()\n]{3,80})")
_SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "a", "&"})
_ARTICLE = re.compile(
    r"(?:'s|(?<!\w)(?:an?|the|each|every|its|her|his|my|your|their|another|one|new|old|spare|small|tiny|second|same))"
    r" ['\"]?$"
)
_NO_NOUN = re.compile(
    r"['\"]?(?:$|[.,;:!?)\n]| (?:and|or|is|was|are|were|has|had|in|into|inside|on|of|for|from|to|at|by|with|without"
    r"|that|which|when|if|so|but|then|will|would|can|could|must|may|might|should|goes|went|lasts?|does|did|who|while"
    r"|as)\b)"
)
_LONGEST_ARTICLE = 10
_MOST_SMALL_WORDS = 3  # "Housing in Need" is spelled out in as many words as letters, or in a few more
_LONGEST_ACRONYM = 6  # letters that are looked for as initials in running text


class Senses:
    """The letters of one topic on one page, and what the page says that they are short for."""

    def __init__(self, rules: Rules, page: Found) -> None:
        self._rules, self._page = rules, page

    def foreign(self) -> frozenset[str]:
        """Acronyms that anything on the page gives another sense; for a page about one thing."""
        return self._foreign

    def are_foreign_here(self, shown: str, block: str) -> bool:
        """Whether the letters of `shown` have another long form beside them on the page, in `block` or the title.

        For a page on many things, where initials that happen to spell them elsewhere are no evidence.
        """
        title, _, _ = self._page.text.shown.partition("\n")
        here = f"{title}\n{block}"
        return any(
            letters in self._bracketed or self._is_spelled_otherwise(letters, here)
            for letters in shown.replace("/", " ").split()
        )

    @cached_property
    def _foreign(self) -> frozenset[str]:
        hits = self._letters()
        page = self._page.text.shown
        spelled = {letters for letters in set(map(self._shown, hits)) if self._is_spelled_otherwise(letters, page)}
        # A page that speaks of a "SIM card" once means the card wherever it says SIM.
        excluded = {self._shown(hit) for hit in hits if self._is_excluded(hit)}
        return self._bracketed | spelled | excluded

    @cached_property
    def _bracketed(self) -> frozenset[str]:
        return frozenset(letters for hit in self._letters() if (letters := self._other_sense(hit)))

    def _letters(self) -> list[Hit]:
        slots = [slot for slot, rule in self._rules.ambiguous.items() if rule.is_exact_case]
        return [hit for slot in slots for hit in self._page.at(slot)]

    def _shown(self, hit: Hit) -> str:
        return self._page.text.shown[hit.start : hit.end]

    def _is_excluded(self, hit: Hit) -> bool:
        spans = self._page.at(self._rules.exclusions)
        return any(other.start <= hit.start and hit.end <= other.end for other in spans)

    def _other_sense(self, hit: Hit) -> str | None:
        shown = self._page.text.shown
        acronym = shown[hit.start : hit.end]
        if not acronym.isupper() or not acronym.isalpha():
            return None
        phrases = []
        if shown[max(0, hit.start - 2) : hit.start].strip("'\"‘“").endswith(("(", "[")):
            phrases.append(shown[max(0, hit.start - 90) : hit.start].strip(" ([‘“'\""))
        if after := _IN_BRACKET.match(shown, hit.end, hit.end + 90):
            phrases.append(after[1])
        if after := _STANDS_FOR.match(shown, hit.end, hit.end + 120):
            words = after[1].replace(",", " ").split()
            phrases.extend(" ".join(words[:count]) for count in range(len(acronym), len(acronym) + _MOST_SMALL_WORDS))
        return acronym if self._are_foreign(acronym, phrases) else None

    def _is_spelled_otherwise(self, acronym: str, text: str) -> bool:
        """Whether `text` has other words with those initials: "Better Hearing Service"."""
        if not acronym.isupper() or not acronym.isalpha() or len(acronym) > _LONGEST_ACRONYM:
            return False
        words = [rf"(?:{letter}[a-z]\w+{_small_words_for(letter)})" for letter in acronym]
        spelled = r"[ -](?:(?:of|for|the|and|in) )?".join(words)
        return self._are_foreign(acronym, re.findall(rf"\b{spelled}\b", text))

    def _are_foreign(self, acronym: str, phrases: Iterable[str]) -> bool:
        long_forms = (_expansion(phrase, acronym) for phrase in phrases)
        return any(form and not self._is_own(form) for form in long_forms)

    def _is_own(self, expansion: str) -> bool:
        """Whether an acronym's long form is the topic's, in a drifted spelling or half misremembered too."""
        rules = self._rules
        first = expansion.partition(" ")[0]
        return expansion in rules.own_expansions or first in rules.telling_words or self._names_topic(expansion)

    def _names_topic(self, expansion: str) -> bool:
        page = self._page
        return any(page.text.searched[hit.start : hit.end].strip() == expansion for hit in page.at(self._rules.names))


def is_a_thing(searched: str, hit: Hit) -> bool:
    """Whether letters stand as a common noun: an article before them, and no noun after ("put the SIM in").

    A scheme is a proper name: "SIM was paused", "the SIM team".
    """
    before = searched[max(0, hit.start - _LONGEST_ARTICLE) : hit.start]
    return bool(_ARTICLE.search(before)) and bool(_NO_NOUN.match(searched, hit.end))


def _small_words_for(letter: str) -> str:
    """The small words that may stand for `letter` in an acronym, as alternatives: the "in" of "Housing in Need"."""
    return "".join(f"|{word}" for word in sorted(_SMALL_WORDS) if word[0].upper() == letter)


def _expansion(phrase: str, acronym: str) -> str | None:
    """The last words of `phrase` whose initials spell `acronym`, in search form; small words may count or not.

    >>> _expansion("run by the Health Innovation Network", "HIN")
    'health innovation network'
    >>> _expansion("Housing in Need", "HIN")
    'housing in need'
    """
    words = search_form(phrase).split()
    for counted in (words, [word for word in words if word not in _SMALL_WORDS]):
        tail = counted[-len(acronym) :]
        if "".join(word[0] for word in tail).upper() == acronym:
            return " ".join(tail)
    return None
