from __future__ import annotations

import pytest

from tests.render.alerts import ADDED, SEEN_AT, an_alert
from tests.render.payloads import PAYLOADS
from watcher.core.model import ChangeKind, Diff, DiffBlock
from watcher.render import RENDERERS, headline, plain


def test_a_plain_alert_marks_what_went_and_came_and_spells_addresses_out() -> None:
    assert plain(an_alert()).split("\n") == [
        "Northmoor Care Trust changed its statement",
        "An update for patients and carers",
        "",
        "  … The trust has [-paused-] {+ended+} its SIM team [-while-] {+after+} a review by our medical director "
        "[-is completed-]. …",
        "",
        "Says it has ended SIM (before: paused) · read by machine, not yet confirmed",
        "Edited without a new date: the page still says 8 June 2021",
        "Seen Friday 12 June 2026, 14:05 · matches Serenity Integrated Mentoring",
        "Page: https://northmoor.example/news/update?id=1&lang=en",
        "Archived copy: https://archive.example/1",
        "",
        "Alert c-1042",
    ]


def test_a_long_comparison_is_counted_where_it_is_cut() -> None:
    text = plain(an_alert(diff=Diff((DiffBlock(ADDED, after="word " * 9000),))))
    kept = text.count("word ") + text.count("word+}")
    assert f"Not shown here: {9000 - kept:,} added words. All of it: watcher show c-1042" in text


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_has_a_headline_on_one_line(kind: ChangeKind) -> None:
    line = headline(an_alert(kind=kind, title="Line\none", missing_since=SEEN_AT))
    assert line.startswith("Northmoor Care Trust ")
    assert line.endswith(": Line one")
    assert "\n" not in line


def test_no_payload_steers_a_terminal_or_makes_a_line_of_its_own() -> None:
    for payload in PAYLOADS:
        text = plain(an_alert(title=payload, organisation=payload, warnings=(payload,)))
        assert not set(text) & set("\x00\x07\x1b\x7f\x9b\r\u202e\u2066")
        assert len(text.split("\n")) <= len(plain(an_alert(warnings=("x",))).split("\n"))


def test_every_format_of_a_channel_has_a_renderer() -> None:
    assert set(RENDERERS) >= {"console", "plain", "telegram", "html"}
    assert all("c-1042" in render(an_alert()) for render in RENDERERS.values())
