"""What is measured: one file a row, and its place in this table.

A row's `subjects` says who is measured, the yardstick first. Each subject is a name and a
function that makes one run and returns its numbers, named with their unit. The runner calls the
functions in turns, so that a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.workshop import Workshop

Measure = Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Subject:
    """Who is measured, and one run of it."""

    name: str
    measure: Measure


@dataclass(frozen=True)
class Goal:
    """What the row is held against: a number of `subject` at most `limit`, or at most `than`'s number."""

    subject: str
    number: str
    limit: float | None = None
    than: str | None = None


@dataclass(frozen=True)
class Row:
    """One question. `prepare` makes what all runs need and returns the subjects."""

    name: str
    title: str
    subjects: Callable[[Workshop], Sequence[Subject]]
    goals: Sequence[Goal] = ()


def all_rows() -> dict[str, Row]:
    """Every row by name, in the order in which they are printed."""
    from bench.rows import compare, digest, first, idle, mail, match, unchanged, verify, web

    rows = (unchanged, first, idle, match, compare, digest, mail, verify, web)
    return {row.name: row for row in (*(module.ROW for module in rows), mail.SLOW_ROW)}
