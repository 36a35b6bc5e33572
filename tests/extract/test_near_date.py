from __future__ import annotations

from datetime import date

import pytest

from watcher.extract.near_date import date_in, half_a_date


@pytest.mark.parametrize(
    "text",
    [
        "8 June 2021",
        "Tue 8th Jun 2021, 09:00",
        "June 8, 2021",
        "08/06/2021",
        "8.6.21",
        "2021-06-08T10:00",
        "8 of June 2021",
        "8-Jun-21",
    ],
)
def test_a_written_date_is_read_day_first(text: str) -> None:
    assert date_in(f"Posted {text} by us") == date(2021, 6, 8)


@pytest.mark.parametrize("text", ["Room 12/13", "version 1.2.3.4", "31/02/2021", "call 101", "2021"])
def test_what_only_resembles_a_date_is_none(text: str) -> None:
    assert date_in(text) is None


def test_the_first_of_several_dates_counts() -> None:
    assert date_in("Updated 2 July 2021. First published 08/06/2021") == date(2021, 7, 2)


def test_a_month_or_a_day_without_a_year_is_half_a_date() -> None:
    assert all(map(half_a_date, ["June 2021", "11 Jun", "3 days ago"]))
    assert not any(map(half_a_date, ["2021", "we may", "10 junctions"]))
