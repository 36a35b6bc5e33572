"""Since when an organisation has said what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.web.filling import START, Filling, empty
from watcher.core.model import ChangeKind, Stance
from watcher.store.positions import positions

PAUSED = Stance("paused", "Steady Mentoring is paused.")
ENDED = Stance("ended", "Steady Mentoring has ended.")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Filling]:
    filling = empty(tmp_path)
    yield filling
    filling.db.close()


def put(
    made: Filling, days: int, said: Stance, more: str = "", *, page: str = "sim", dated: date | None = None
) -> None:
    made.at = START + timedelta(days=days)
    is_first = not made.db.execute("SELECT 1 FROM documents WHERE url LIKE ?", [f"%/{page}"]).fetchone()
    kind = ChangeKind.FIRST if is_first else ChangeKind.EDITED
    blocks = [said.quote, *([more] if more else [])]
    made.put(f"{page}-{days}", "northmoor", page, blocks, kind=kind, page=page, stances=(said,), published_on=dated)


def said_on(made: Filling) -> tuple[str, date]:
    (position,) = positions(made.db)
    return position.stance, position.dated_on


def test_a_page_that_says_it_still_has_said_it_since_it_did(made: Filling) -> None:
    put(made, 0, PAUSED, dated=date(2021, 6, 8))
    put(made, 9, PAUSED, "Our number has changed.")
    assert said_on(made) == ("paused", date(2021, 6, 8))


def test_a_new_position_is_as_old_as_its_sighting(made: Filling) -> None:
    put(made, 0, PAUSED, dated=date(2021, 6, 8))
    put(made, 3, ENDED)
    put(made, 9, ENDED, "Our number has changed.")
    assert said_on(made) == ("ended", (START + timedelta(days=3)).date())


def test_a_position_that_was_taken_up_again_is_no_older_than_that(made: Filling) -> None:
    for days, said in ((0, PAUSED), (2, ENDED), (5, PAUSED), (7, PAUSED)):
        put(made, days, said, f"{days} people asked.")
    assert said_on(made) == ("paused", (START + timedelta(days=5)).date())


def test_an_old_page_with_a_new_footer_does_not_hide_what_was_said_since(made: Filling) -> None:
    put(made, 0, PAUSED, page="old")
    put(made, 3, ENDED, page="new")
    put(made, 9, PAUSED, "Our number has changed.", page="old")
    assert said_on(made) == ("ended", (START + timedelta(days=3)).date())
