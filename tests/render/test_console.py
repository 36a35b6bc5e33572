from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.render.alerts import ADDED, EDIT, NAMED, REMOVED, SAME, SEEN_AT, an_alert, block
from tests.render.payloads import PAYLOADS
from watcher.core.model import Alert, ChangeKind, Diff, DiffBlock, Link
from watcher.render import columns, console_line

THREE = Diff((*EDIT.blocks, DiffBlock(ADDED, after="A. B."), DiffBlock(REMOVED, before="C.")))
LINK = Link("https://n.example/a.pdf", "A")


def test_a_change_is_one_line_with_its_position() -> None:
    cells = [cell.strip() for cell in console_line(an_alert(), "alert").split("   ") if cell.strip()]
    wanted = ["edited", "Northmoor Care Trust", "An update for patients and carers", "paused → ended", "alert"]
    assert cells == wanted


def test_columns_stand_under_each_other_whatever_they_hold() -> None:
    rows = [
        columns("edited", "Northmoor Care Trust", "An update", "paused → ended", "alert"),
        columns("reextracted", "東" * 40, "👩‍👩‍👧 " * 30, "x" * 99, "alert"),
        columns("", "", "", "", "alert"),
    ]
    assert len({cell_len(row) for row in rows}) == 1
    assert all(row.endswith("   alert") for row in rows)


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        (an_alert(match=None), "1 sentence changed"),
        (an_alert(match=NAMED, stances_before=NAMED.stances), "1 sentence changed"),
        (
            an_alert(match=None, diff=THREE),
            "1 sentence changed, 2 added, 1",
        ),
        (an_alert(kind=ChangeKind.LINKS, links_added=(LINK, LINK), links_removed=(LINK,)), "2 attached, 1 detached"),
        (an_alert(kind=ChangeKind.MOVED, moved_to="https://n.example/new"), "to https://n.example/new"),
        (an_alert(kind=ChangeKind.REMOVED, missing_since=SEEN_AT), "since Friday 12 June 2026, 14:05"),
        (an_alert(kind=ChangeKind.REMOVED, gone_how="410"), "410, gone for good"),
        (an_alert(kind=ChangeKind.REPEAT, publishers=("Westvale network",)), "same as Westvale network"),
        (an_alert(kind=ChangeKind.FIRST), "ended"),
        (an_alert(match=None, diff=Diff((block((SAME, "Same."),),))), ""),
    ],
)  # fmt: skip
def test_the_shortest_words_say_what_changed(alert: Alert, words: str) -> None:
    assert words in console_line(alert)


def test_no_payload_breaks_the_line_or_steers_the_terminal() -> None:
    for payload in PAYLOADS:
        line = console_line(
            an_alert(title=payload, organisation=payload, kind=ChangeKind.MOVED, moved_to=payload), "alert"
        )
        assert line.isprintable() or not set(line) & set("\x00\x07\x08\x1b\x7f\x9b\r\n\u0085\u2028\u202e\u2066")
        assert line.endswith("   alert")
