"""Promises in wordings that were written before anybody looked at how they are read."""

from datetime import date

import pytest

from watcher.core.promise import promises

SAID_ON = date(2026, 6, 1)
SENTENCES = [
    ("We will publish the full report by the end of March 2027.", "2027-03-31"),
    ("The findings are expected in spring 2027.", "2027-05-31"),
    ("A decision will be made at the board meeting on 14 January 2027.", "2027-01-14"),
    ("Our review will conclude in the autumn.", "2026-11-30"),
    ("The Trust intends to publish an equality impact assessment before Christmas.", "2026-12-24"),
    ("We expect to update this page in early September.", "2026-09-10"),
    ("NHS England is due to report in the new year.", "2027-02-28"),
    ("An independent evaluation will be commissioned and its results made public within six months.", "2026-12-01"),
    ("We'll write to everyone affected by Friday 3 July.", "2026-07-03"),
    ("The outcome will be shared next month.", "2026-07-31"),
    ("We aim to complete this work by Q2 2027.", "2027-06-30"),
    ("The panel hopes to publish its conclusions later this year.", "2026-12-31"),
    ("A further statement will follow on Monday 8 June.", "2026-06-08"),
    ("The review is scheduled to finish in mid-October 2026.", "2026-10-31"),
    ("Results will be published within 28 days.", "2026-06-29"),
    ("The college will revisit its position in 2028.", "2028-12-31"),
    ("We published our report in March 2026.", None),
    ("The scheme began in autumn 2017 and ended in May 2021.", None),
    ("Visitors will be welcome from 9am on 4 July 2026.", None),
    ("In March 2025 we said that we would publish a review.", None),
    ("The board will not publish the report.", None),
    ("Bookings for the conference on 3 October will open in July.", None),
    ("She will retire in December 2026.", None),
    ("If funding allows, we may look at this again one day.", None),
    ("Our next board meeting is on 25 June 2026.", None),
]


@pytest.mark.parametrize(("sentence", "due_until"), SENTENCES)
def test_what_is_announced_has_a_day_and_what_is_not_has_none(sentence: str, due_until: str | None) -> None:
    assert [str(promise.due_until) for promise in promises([sentence], SAID_ON)] == ([due_until] if due_until else [])
