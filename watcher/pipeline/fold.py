"""A burst becomes one message: a source that adds sixty statements at once must not ring sixty bells."""

from __future__ import annotations

from datetime import datetime

from watcher.pipeline.alerts import alert_of
from watcher.pipeline.watch import Watch
from watcher.render import SUMMARIES
from watcher.store import outbox
from watcher.store.database import stamp, transaction
from watcher.store.outbox import Queued


def fold_bursts(watch: Watch, since: datetime) -> int:
    """Fold what one cycle queued beyond `alerts_per_cycle` for an address into one message; how many were folded.

    Nothing is lost: the message names each alert, and each keeps its number and its row. What
    a sender has claimed meanwhile goes out by itself.
    """
    most = watch.configuration.settings.alerts_per_cycle
    with transaction(watch.db):
        found = outbox.bursts(watch.db, since, most)
        for burst in found:
            alerts = [alert_of(watch, change_id) for change_id in burst.change_ids]
            where = f"{watch.public_url}/" if watch.public_url else ""
            summary = Queued(
                key=f"burst:{stamp(since)}:{burst.channel}:{burst.address}",
                channel=burst.channel,
                address=burst.address,
                subject=f"{len(alerts)} more alerts in one message",
                body=SUMMARIES[burst.channel](alerts, where),
            )
            outbox.fold(watch.db, burst, summary, watch.now())
    return sum(len(burst.keys) for burst in found)
