"""The week that docs/digest.md shows. `python -m tests.support.digest_week FOLDER` writes it as text and HTML."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.web.filling import START, filled
from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.core.markup import BREAK
from watcher.core.model import LEAVE_URL, Letter
from watcher.core.weeks import parse_week
from watcher.pipeline.digest import Period
from watcher.pipeline.watch import open_watch
from watcher.render.digest import MailTemplates
from watcher.store import catalogue
from watcher.store.database import stamp, transaction


def letter_of_the_week(folder: Path) -> Letter:
    """The letter about week 23 of a watch whose store lies in `folder`."""
    filling = filled(folder)
    with transaction(filling.db):
        filling.db.execute("DELETE FROM visits WHERE source_id = 'hillside-news'")
        catalogue.record_visit(filling.db, "hillside-news", datetime(2026, 5, 3, 6, tzinfo=UTC), "read", "")
        for days in range(40):
            at = datetime(2026, 5, 3, 12, tzinfo=UTC) + timedelta(days=days)
            catalogue.record_visit(filling.db, "hillside-news", at, "blocked", "HTTP 403 (Forbidden)")
        for hours in range(-30 * 24, 240, 6):
            filling.db.table("polls").insert({"started_at": stamp(START + timedelta(hours=hours))})
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=filling.configuration.path,
        storage=filling.storage,
        public_url="https://watch.example",
    )
    watch = open_watch(load(filling.configuration.path), environment, now=lambda: filling.at)
    try:
        window = parse_week("2026-W23", ZoneInfo("Europe/London"))
        return MailTemplates().letter(Period(watch, window, {""}).digest(""))
    finally:
        watch.db.conn.close()
        filling.db.close()


def shown(letter: Letter) -> str:
    """Its text as a reader sees it: without what parts addresses, with a link of their own to leave by."""
    return letter.text.replace(BREAK, "").replace(LEAVE_URL, "https://watch.example/leave/…")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as storage:
        made = letter_of_the_week(Path(storage))
    (Path(sys.argv[1]) / "week.txt").write_text(shown(made), encoding="utf-8")
    (Path(sys.argv[1]) / "week.html").write_text(made.html, encoding="utf-8")
