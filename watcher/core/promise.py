"""Promises: "we will publish in the autumn" as days between which it falls due."""

# ruff: noqa: E501 - a pattern is read whole
from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from watcher.core.text import fold, sentences


@dataclass(frozen=True, slots=True)
class Promise:
    """Something announced for a time to come; both days belong to the time."""

    due_from: date
    due_until: date
    quote: str  # the sentence, verbatim but for white space


_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 2)}  # the Met Office's, by month
_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        start=1,
    )
} | {"a": 1, "an": 1, "a few": 3, "several": 6, "the coming": 1}
_UNIT_DAYS = {"day": 1, "working day": 1.45, "week": 7, "fortnight": 14}

_ACTION = (
    r"publish\w*|report(?:s|ed|ing)?|releas\w+|shar(?:e|ed|ing)|updat\w+|announc\w+|complet\w+|finish\w*|conclud\w+|review\w*|"
    r"consider\w*|end|ends|clos\w+|stop\w*|decid\w+|respond\w*|reply|replies|answer\w*|issue[ds]?|set out|present\w*|write|writ(?:e|ing)|"
    r"available|ready|due|expected|begin|begins|start\w*|launch\w*|meet|meets|discuss\w*|return\w*|say more|know more|findings|"
    r"made public|put (?:it )?on|appear\w*|look at|evaluat\w+|decommission\w+|replac\w+|withdraw\w*|bring|inform|provide\w*|hear|consult\w*|"
    r"follow\w*|revisit\w*|reconsider\w*|reassess\w*|come back|resum\w*|restart\w*|submit\w*|deliver\w*|circulat\w*|lay|laid|tell|told"
)
_FUTURE = re.compile(
    rf"\b(?:(?:will|shall|'ll|is to|are to|is due to|are due to|plans? to|intends? to|aims? to|hopes? to|expects? to|promised? to|"
    rf"has agreed to|have agreed to|commit(?:s|ted)? to|is expected to|are expected to|"
    rf"going to)\b.*?\b(?:{_ACTION})|(?:reports|publishes|concludes|ends|meets|returns|closes|begins)\b|"
    rf"(?:is|are|remains?) (?:now |still )?(?:due|expected|scheduled|planned|anticipated)\b|"
    rf"to be (?:published|reported|released|completed|announced|issued))",
    re.I,
)
_NOT_A_PROMISE = re.compile(
    r"\b(?:will|shall|do|does|is|are) not\b|n't\b|\b(?:would|should|could|might|may have|if|unless|whether|must|had|was due|were due|was to|"
    r"urges?|calls? (?:on|for)|demands?|asks?|asked|never|no longer)\b(?! \d)",
    re.I,
)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WHEN = r"(?P<when>early|late|mid|the (?:start|beginning|end|middle|close) of|start of|beginning of|end of|middle of|by the end of|by|before|until|after|from)?"


def promises(blocks: Sequence[str], said_on: date) -> tuple[Promise, ...]:
    """What a text of the day `said_on` announces for that day or later, in order; each sentence at most once.

    >>> promises(["The review reports in March 2027."], date(2026, 6, 1))[0].due_until
    datetime.date(2027, 3, 31)
    """
    found: dict[str, Promise] = {}
    for block in blocks:
        for quote in sentences(block):
            promise = _promise(quote, said_on)
            if promise:
                found.setdefault(quote, promise)
    return tuple(found.values())


def _promise(quote: str, said_on: date) -> Promise | None:
    plain = fold(quote)
    if plain.rstrip("\"' )").endswith("?"):
        return None
    for future in _FUTURE.finditer(plain):
        clause = plain[max(plain.rfind(";", 0, future.start()), 0) : future.end()]
        if _NOT_A_PROMISE.search(clause):
            continue
        spans = [span for read in _READERS for span in read(plain.lower(), said_on)]
        due = [(start, end) for start, end in spans if end >= said_on]
        if due:
            return Promise(*min(due, key=lambda span: (span[1] - span[0], span[0])), quote)
    return None


Span = tuple[date, date]


def _days(text: str, said_on: date) -> list[Span]:
    """ "12 March 2027", "March 12", "12/03/2027" (day first), "2027-03-12"."""
    found = []
    for match in re.finditer(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\.?,?(?: (\d{{4}}))?\b", text):
        found += _day(match[3], _MONTHS[match[2]], match[1], said_on)
    for match in re.finditer(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (\d{{4}}))?\b", text):
        found += _day(match[3], _MONTHS[match[1]], match[2], said_on)
    for match in re.finditer(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b", text):
        found += _day(match[3], int(match[2]), match[1], said_on)
    for match in re.finditer(r"\b(\d{4})-(\d{2})-(\d{2})\b", text):
        found += _day(match[1], int(match[2]), match[3], said_on)
    return [_limited(text, span, said_on) for span in found]


def _limited(text: str, span: Span, said_on: date) -> Span:
    """ "By", "before" and "no later than" a day run from now to that day."""
    if re.search(r"\b(?:by|before|no later than|until) (?:\w+day,? )?(?:the )?\d", text) and span[1] >= said_on:
        return said_on, span[1]
    return span


def _day(year: str | None, month: int, day: str, said_on: date) -> list[Span]:
    try:
        found = date(int(year or said_on.year), month, int(day))
    except ValueError:
        return []
    if not year and found < said_on:
        found = date(said_on.year + 1, month, found.day) if (month, found.day) != (2, 29) else found
    return [(found, found)]


def _months(text: str, said_on: date) -> list[Span]:
    """ "March 2027", "by the end of May", "early June"; without a year the next one."""
    found = []
    pattern = rf"\b{_WHEN} ?(?<!\d )(?<!\d of )(?<!th )(?<!st )(?<!rd )(?<!nd )({_MONTH})\b(?!\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?!\d))(?: (\d{{4}}))?"
    for match in re.finditer(pattern, text):
        name = match[2]
        # "may" is a month only after "in", "by", "of" … or before a year.
        if (
            name in ("may", "mar")
            and not match[3]
            and not re.search(
                r"\b(?:in|by|of|early|late|mid|during|until|before|this|next)[ -]$", text[: match.start(2)]
            )
        ):
            continue
        year = int(match[3]) if match[3] else said_on.year
        month = _MONTHS[name]
        if not match[3] and month < said_on.month:
            year += 1
        found.append(_part(date(year, month, 1), _last_day(year, month), match["when"], said_on))
    return found


def _seasons(text: str, said_on: date) -> list[Span]:
    """ "The autumn", "spring 2027", "next summer", "the new year"."""
    found = []
    for name, (first, last) in _SEASONS.items():
        for match in re.finditer(rf"\b{_WHEN} ?(?:the |this |next |in |during )*{name}(?: of)?(?: (\d{{4}}))?\b", text):
            year = int(match[2]) if match[2] else said_on.year
            span = _season(year, first, last)
            if not match[2] and span[1] < said_on:
                span = _season(year + 1, first, last)
            if "next" in match[0] and span[0] <= said_on:
                span = _season(span[0].year + 1, first, last)
            found.append(_part(*span, match["when"], said_on))
    if re.search(r"\b(?:in|by|early in|after) the new year\b", text):
        found.append((date(said_on.year + 1, 1, 1), date(said_on.year + 1, 2, 28)))
    if re.search(r"\b(?:before|by) christmas\b", text):
        found.append((said_on, date(said_on.year, 12, 24)))
    return found


def _season(year: int, first: int, last: int) -> Span:
    return date(year, first, 1), _last_day(year + (last < first), last)


def _years(text: str, said_on: date) -> list[Span]:
    """ "In 2027", "later this year", "next year", "the second quarter of 2027", "Q2 2027"."""
    found = []
    for match in re.finditer(rf"\b(?:in|during|by|before|{_WHEN}) ?(20\d\d)\b", text):
        if re.search(rf"(?:{_MONTH}|spring|summer|autumn|winter|quarter of|\bq[1-4],?)\.? $", text[: match.start(2)]):
            continue
        found.append(_part(date(int(match[2]), 1, 1), date(int(match[2]), 12, 31), match["when"], said_on))
    quarters = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "last": 4}
    for match in re.finditer(
        r"\b(?:q([1-4])|(first|second|third|fourth|final|last) quarter(?: of)?),? (20\d\d)\b", text
    ):
        number = int(match[1]) if match[1] else quarters[match[2]]
        found.append((date(int(match[3]), 3 * number - 2, 1), _last_day(int(match[3]), 3 * number)))
    if re.search(r"\b(?:this year|(?:the )?end of the year|year's end)\b", text):
        found.append((said_on, date(said_on.year, 12, 31)))
    if re.search(r"\bnext year\b", text):
        found.append((date(said_on.year + 1, 1, 1), date(said_on.year + 1, 12, 31)))
    return found


def _spans_from_now(text: str, said_on: date) -> list[Span]:
    """ "Within six weeks", "in the next few months", "next month", "this week"."""
    found = []
    number = "|".join(sorted(_NUMBERS, key=len, reverse=True))
    pattern = rf"\b(?:within|in|over|during)(?: the)?(?: next| coming)? (?:about )?(\d+|{number})?(?: more)? ?(working day|day|week|fortnight|month|year)s?(?:' time)?\b(?! ago)"
    for match in re.finditer(pattern, text):
        count = int(match[1]) if match[1] and match[1].isdigit() else _NUMBERS.get(match[1] or "a few", 3)
        found.append((said_on, _later(said_on, count, match[2])))
    monday = said_on - timedelta(days=said_on.weekday())
    if re.search(r"\bnext week\b", text):
        found.append((monday + timedelta(days=7), monday + timedelta(days=13)))
    if re.search(r"\b(?:this|later this) week\b", text):
        found.append((said_on, monday + timedelta(days=6)))
    if re.search(r"\bthis month\b", text):
        found.append((said_on, _last_day(said_on.year, said_on.month)))
    if re.search(r"\bnext month\b", text):
        first = _last_day(said_on.year, said_on.month) + timedelta(days=1)
        found.append((first, _last_day(first.year, first.month)))
    return found


def _later(day: date, count: int, unit: str) -> date:
    if unit in _UNIT_DAYS:
        return day + timedelta(days=round(count * _UNIT_DAYS[unit]))
    months = day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _part(start: date, end: date, when: str | None, said_on: date) -> Span:
    """The first, middle or last third of a time; "by" and "before" it run from now."""
    when = when or ""
    third = timedelta(days=(end - start).days // 3)
    if when == "before":
        return min(said_on, start), start - timedelta(days=1)
    if when in ("by", "until"):
        return min(said_on, start), end
    if when.startswith("by"):
        return min(said_on, start), end
    if "start" in when or "beginning" in when or when == "early":
        return start, start + third
    if "end" in when or "close" in when or when == "late":
        return end - third, end
    if "mid" in when:
        return start + third, end - third
    return start, end


_READERS: tuple[Callable[[str, date], list[Span]], ...] = (_days, _months, _seasons, _years, _spans_from_now)
