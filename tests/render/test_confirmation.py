from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from tests.render.payloads import PAYLOADS
from tests.web.wellformed import check
from watcher.core.filter import Rhythm
from watcher.render.confirmation import Confirmation, confirmation

TOLD = Confirmation(
    topics=("Steady Mentoring",),
    rhythm=Rhythm.WEEKLY,
    has_filter=False,
    wants_quiet=False,
    link="https://watch.example/confirm/" + "a" * 43,
    until="Monday 8 June 2026, 10:00",
    home="https://watch.example",
    contact="mailto:maintainers@northmoor.example",
)


def test_both_parts_say_what_comes_how_often_who_sends_it_and_what_happens_otherwise() -> None:
    subject, text, html = confirmation(TOLD)
    assert subject == "Please confirm: e-mails about Steady Mentoring"
    for part in (" ".join(text.split()), " ".join(html.split())):
        assert "about Steady Mentoring" in part
        assert "nce a week, what the organisations" in part
        assert TOLD.link in part
        assert TOLD.until in part
        assert "nothing more is sent because of this" in part
        assert "maintainers@northmoor.example" in part
        assert "https://watch.example/privacy" in part
        assert "In a week without changes nothing is sent." in part
        assert "the filter" not in part


def test_a_filter_a_day_and_quiet_days_are_named() -> None:
    told = replace(TOLD, rhythm=Rhythm.DAILY, has_filter=True, wants_quiet=True, topics=("Steady", "Plans"))
    for part in confirmation(told)[1:]:
        words = " ".join(part.split())
        assert "nce a day, what" in words
        assert "as far as it meets the filter" in words
        assert "On a day without changes one line says what was watched." in words
        assert "about Steady and Plans" in words


def test_lines_of_the_text_fit_a_terminal_and_links_stay_whole() -> None:
    lines = confirmation(TOLD)[1].splitlines()
    assert TOLD.link in lines
    assert max(len(line) for line in lines if "://" not in line) <= 72


def test_the_page_is_well_formed_and_loads_nothing() -> None:
    page = check(confirmation(TOLD)[2])
    assert [fault for fault in page.faults if "has a style" not in fault] == []  # mail has no other way to be styled
    assert not page.tags & {"img", "script", "link", "iframe"}
    assert all(link.startswith(("https://watch.example", "mailto:")) for link in page.links)


@pytest.mark.parametrize("text", PAYLOADS[::4])
def test_whatever_a_topic_is_called_stays_text_and_out_of_the_headers(text: str) -> None:
    name = text.encode("utf-8", "replace").decode()
    subject, _, html = confirmation(replace(TOLD, topics=(name,), contact=name))
    message = EmailMessage()
    message["Subject"] = subject
    assert len(subject) <= 120
    page = check(html)
    assert not page.tags & {"script", "img", "iframe", "svg"}
    assert not [link for link in page.links if link.startswith(("javascript:", "data:"))]
