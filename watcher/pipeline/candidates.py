"""A text that may describe the practice under another name is shown to the maintainers, once a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.core.model import Buttons, ChangeKind, Tier
from watcher.pipeline.alerts import alert_of
from watcher.pipeline.watch import Address, Watch
from watcher.render import CANDIDATES, headline
from watcher.store import outbox, reviews
from watcher.store.changes import Change, NewChange, change_by_id
from watcher.store.outbox import Queued

_SHOWN = frozenset({ChangeKind.FIRST, ChangeKind.EDITED, ChangeKind.RESTORED, ChangeKind.REPEAT})


def show_candidate(watch: Watch, change_id: int, change: NewChange) -> None:
    """Queue the message to the maintainers' chat, if there is one; what it does not show stays listed.

    What was there before the watch began stays listed alone: a new source may bring a hundred.
    """
    if change.tier != Tier.SIMILAR or change.kind not in _SHOWN or change.after_id is None:
        return
    if reviews.standing(watch.db, change.document_id) or reviews.muted_until(
        watch.db, change.source_id, change.detected_at
    ):
        return
    recorded = change_by_id(watch.db, change_id)
    assert recorded is not None
    to = [address for address in watch.maintainers if address.channel == "telegram"]
    outbox.queue(watch.db, [candidate(watch, recorded, address) for address in to], change.detected_at)


def candidate(watch: Watch, change: Change, address: Address) -> Queued:
    """The message as it reads now: the reasons, what was decided and by whom, and the buttons."""
    alert = replace(alert_of(watch, change.id), later=_decisions(watch, change))
    is_decided = reviews.standing(watch.db, change.document_id) is not None
    return Queued(
        key=f"candidate:{change.document_id}:{address.channel}:{address.address}",
        channel=address.channel,
        address=address.address,
        subject=f"Candidate: {headline(alert)}",
        body=CANDIDATES[address.channel](alert),
        change_id=change.id,
        buttons=undo_buttons(change.id) if is_decided else decide_buttons(change.id),
    )


def decide_buttons(change_id: int) -> Buttons:
    """What a maintainer can make of a candidate."""
    return (
        (("Publish", f"review:publish:{change_id}"), ("Not relevant", f"review:dismiss:{change_id}")),
        (("Mute this source for 7 days", f"review:mute:{change_id}"),),
        (("This is a repeat of …", f"review:repeat:{change_id}"),),
    )


def undo_buttons(change_id: int) -> Buttons:
    """The way back."""
    return ((("Undo", f"review:undo:{change_id}"),),)


def _decisions(watch: Watch, change: Change) -> tuple[str, ...]:
    zone = ZoneInfo(watch.configuration.settings.timezone)

    def told(at: datetime, what: str, who: str) -> str:
        return f"{at.astimezone(zone):%-d %B %Y, %H:%M}: {what} by {who}"

    lines = []
    for review in reviews.reviews_of(watch.db, change.id):
        lines.append(told(review.at, review.decision.value, review.who))
        if review.undone_at is not None:
            lines.append(told(review.undone_at, "undone", review.undone_by or ""))
    return tuple(lines)
