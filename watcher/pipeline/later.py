"""What became of a change after it was told, in dated lines for the message that told it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from watcher.core.model import ChangeKind
from watcher.pipeline.watch import Watch
from watcher.store import changes, reviews
from watcher.store.changes import Change
from watcher.store.reviews import Decision

if TYPE_CHECKING:
    from sqlite_utils import Database


def later_lines(watch: Watch, change: Change) -> tuple[str, ...]:
    """What is to be added to the message about `change`, the oldest first; most often nothing."""
    lines = [*_of_the_page(watch.db, change), *_of_people(watch.db, change)]
    zone = ZoneInfo(watch.configuration.settings.timezone)
    return tuple(f"{at.astimezone(zone):%-d %B %Y}: {words}" for at, words in sorted(lines))


def _of_the_page(db: Database, change: Change) -> list[tuple[datetime, str]]:
    before, after = changes.text_sha256(db, change.before_id), changes.text_sha256(db, change.after_id)
    lines, is_changed_back = [], False
    for then in changes.afterwards(db, change.document_id, change.id):
        words = ""
        if then.kind == ChangeKind.REMOVED:
            words = "taken down"
        elif then.kind == ChangeKind.RESTORED:
            words = "put back"
        elif before and then.text_sha256 == before != after:
            words, is_changed_back = "changed back to the words before", True
        elif is_changed_back and then.text_sha256 == after:
            words, is_changed_back = "changed to these words again", False
        if words:
            lines.append((then.at, f"{words} ({then.number})"))
    return lines


def _of_people(db: Database, change: Change) -> list[tuple[datetime, str]]:
    lines = []
    for review in reviews.reviews_of(db, change.id):
        if review.decision is Decision.DISMISSED and review.undone_at is None:
            lines.append((review.at, "judged not relevant by the maintainers"))
        if review.decision is Decision.PUBLISHED and review.undone_at is not None:
            lines.append((review.undone_at, "withdrawn by the maintainers"))
    # Published, withdrawn and published again stands as it is.
    last = reviews.standing(db, change.document_id)
    return [] if last is not None and last.decision is Decision.PUBLISHED else lines
