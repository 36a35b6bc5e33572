"""A date as people write it in a list: "8 June 2021", "Tue 8 Jun 21", "08/06/2021", "2021-06-08"."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_PATTERNS = (
    ("ymd", re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")),
    (
        "dMy",
        re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH},?[\s-]+((?:19|20)\d\d|'?\d\d\b)", re.I),
    ),
    ("Mdy", re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b", re.I)),
    ("dmy", re.compile(r"(?<![\d/.])(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d|\d\d)(?![\d/.])")),
)
_PART_OF_A_DATE = re.compile(
    rf"\b(?:{_MONTH}\s+(?:19|20)\d\d\b|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?![a-z])|"
    r"\d{1,2} (?:hour|day|week)s? ago\b)",
    re.I,
)


def date_in(text: str) -> date | None:
    """The first date that `text` writes out, day before month; None if there is none.

    >>> date_in("Published: Tuesday 8th June 2021"), date_in("08/06/21"), date_in("Room 12")
    (datetime.date(2021, 6, 8), datetime.date(2021, 6, 8), None)
    """
    earliest: tuple[int, date] | None = None
    for order, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            day = _day(order, found)
            if day is not None:
                if earliest is None or found.start() < earliest[0]:
                    earliest = (found.start(), day)
                break
    return earliest[1] if earliest else None


def half_a_date(text: str) -> bool:
    """Whether `text` dates something without naming its day: "June 2021", "11 Jun", "3 days ago"."""
    return _PART_OF_A_DATE.search(text) is not None


def _day(order: str, found: re.Match[str]) -> date | None:
    first, second, third = found.groups()
    if order == "ymd":
        year, month, day = int(first), int(second), int(third)
    elif order == "Mdy":
        year, month, day = int(third), _MONTHS[first.lower()], int(second)
    else:
        year = int(third.lstrip("'"))
        month = _MONTHS[second.lower()] if order == "dMy" else int(second)
        day = int(first)
    year += 2000 if year < 80 else 1900 if year < 100 else 0
    try:
        return date(year, month, day)
    except ValueError:
        return None
