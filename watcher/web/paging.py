"""Long lists a page at a time, and the choices above them with how much each holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from watcher.web.pages import positive

ALL = "all"
"""The page that holds everything: heavy, for printing and for looking through with the browser's own search."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow a list: a link with a count."""

    label: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """A part of a list."""

    rows: Sequence[Row]
    total: int  # rows on all pages
    first: int  # the place of its first row, from 1; 0 if there is none
    number: int  # of this page, from 1; 0 if this is all of it
    count: int  # of pages

    @property
    def last(self) -> int:
        """The place of its last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def paged(rows: Sequence[Row], asked: str | None, per_page: int) -> Paged[Row]:
    """The page that a query names: a number, the nearest one there is; ALL; else the first.

    >>> paged("abcde", "2", 2).rows, paged("abcde", "99", 2).rows, paged("abcde", "x", 2).rows
    ('cd', 'e', 'ab')
    >>> paged("abcde", "all", 2).last
    5
    """
    count = max(1, -(-len(rows) // per_page))
    if asked == ALL:
        return Paged(rows, len(rows), min(1, len(rows)), 0, count)
    number = min(max(positive(asked) or 1, 1), count)
    start = (number - 1) * per_page
    shown = rows[start : start + per_page]
    return Paged(shown, len(rows), start + 1 if shown else 0, number, count)
