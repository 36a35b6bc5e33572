"""What the maintainers are told: a source that is broken, once; that it is back, once; a line of health a day.

Rows of the outbox like any alert, queued in the transaction that records what they tell of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.core.cadence import OPENS_AFTER
from watcher.core.markup import escaped
from watcher.pipeline.cycle import Visit
from watcher.pipeline.timetable import is_own_address
from watcher.pipeline.watch import Address, Watch
from watcher.store import announced, outbox
from watcher.store.database import instant, stamp
from watcher.store.health import Fault, faults, latest_health_line
from watcher.store.outbox import Queued

NOT_SEEN_AFTER = timedelta(hours=24)
"""A source that failed for so long is a blind spot; a shorter trouble often ends by itself."""

_MOST_NAMED = 20
_MOST_PARKED = 5
PARKED_WITHIN = timedelta(days=7)


def tell_broken(watch: Watch, visit: Visit, kind: str, detail: str) -> None:
    """Tell that a source's own address has failed `OPENS_AFTER` times in a row, as this visit made it so."""
    if not is_own_address(visit.check) or visit.is_further_page or visit.check.failures + 1 != OPENS_AFTER:
        return
    since = visit.check.failing_since or visit.at
    text = (
        f"{visit.organisation.name}: source {visit.source.id} could not be read {OPENS_AFTER} times in a row,"
        f" since {_moment(watch, since)}: {_reason(kind, detail)}. It is tried slowly from now on."
        f"\n{visit.source.url}\nTry it: watcher sources test {visit.source.id}"
    )
    _queue(watch, f"broken:{visit.source.id}:{stamp(since)}", f"{visit.source.id} is broken", text, visit.at)


def tell_recovered(watch: Watch, visit: Visit, how: str = "is read again") -> None:
    """Tell that a source which counted as broken answers again."""
    if not is_own_address(visit.check) or visit.is_further_page or visit.check.failures < OPENS_AFTER:
        return
    since = visit.check.failing_since or visit.at
    text = (
        f"{visit.organisation.name}: source {visit.source.id} {how}."
        f" It had failed {visit.check.failures} times since {_moment(watch, since)}.\n{visit.source.url}"
    )
    _queue(watch, f"recovered:{visit.source.id}:{stamp(since)}", f"{visit.source.id} {how}", text, visit.at)


def tell_template_fault(watch: Watch, period: str, fault: str) -> None:
    """Tell that a digest left with the shipped templates, because a changed one is wrong; once a period."""
    subject = "A mail template is wrong"
    text = f"{subject}: the digest of {period} is written with the shipped ones.\n{fault}"
    _queue(watch, f"broken:templates:{period}", subject, text, watch.now())


def tell_health(watch: Watch) -> None:
    """Queue the health line if it says something else than the last one, once a day at most."""
    now = watch.now()
    unseen = [fault for fault in faults(watch.db) if _is_unseen(fault, now)]
    text = _health_line(watch, unseen)
    day = now.astimezone(ZoneInfo(watch.configuration.settings.timezone)).date().isoformat()
    for address in watch.maintainers:
        body = escaped(text) if address.channel == "telegram" else text
        last = latest_health_line(watch.db, address.channel, address.address)
        if body != last and (last is not None or unseen):
            key = f"health:{day}:{address.channel}:{address.address}"
            line = Queued(key, address.channel, address.address, "Health of the sources", body)
            outbox.queue(watch.db, [line], now)


def tell_parked(watch: Watch) -> None:
    """Tell of messages that could not be sent and are not tried again, each once; beyond five a day one line."""
    now, own = watch.now(), {(address.channel, address.address) for address in watch.maintainers}
    found = [one for one in announced.parked(watch.db, now - PARKED_WITHIN) if (one.channel, one.address) not in own]
    for one in found[:_MOST_PARKED]:
        which = f"{one.subject} (c-{one.change_id})" if one.change_id is not None else one.subject
        public = Address(one.channel, one.address) in watch.addresses
        to = f"{one.channel} {one.address}" if public else "a subscriber"
        text = f"Not sent to {to}, and not tried again: {which}\n{one.reason}"
        _queue(watch, f"parked:{one.id}", "A message was not sent", text, now)
    if more := found[_MOST_PARKED:]:
        day = now.astimezone(ZoneInfo(watch.configuration.settings.timezone)).date().isoformat()
        text = f"More messages were not sent ({len(more)} so far), and are not tried again: watcher doctor"
        _queue(watch, f"parked:{day}", "Messages were not sent", text, now)


def _health_line(watch: Watch, unseen: list[Fault]) -> str:
    """In words that stay the same while nothing changes: whoever reads it twice reads news."""
    count = sum(source.enabled for source in watch.configuration.sources)
    if not unseen:
        return f"Watched: all {count} sources are read."
    names = [f"{fault.organisation}, {fault.source} ({_why(watch, fault)})" for fault in unseen[:_MOST_NAMED]]
    more = len(unseen) - len(names)
    names += [f"and {more} more: watcher sources health"] if more else []
    return f"Watched: {count - len(unseen)} of {count} sources. Not seen: {'; '.join(names)}."


def _why(watch: Watch, fault: Fault) -> str:
    since = instant(fault.since)
    zone = ZoneInfo(watch.configuration.settings.timezone)
    return f"{fault.kind} since {since.astimezone(zone):%-d %B}" if since else fault.kind


def _is_unseen(fault: Fault, now: datetime) -> bool:
    since = instant(fault.since)
    return fault.failures >= OPENS_AFTER or (since is not None and now - since >= NOT_SEEN_AFTER)


def _reason(kind: str, detail: str) -> str:
    return f"{kind} ({detail})" if detail else kind


def _moment(watch: Watch, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(watch.configuration.settings.timezone)):%-d %B %Y, %H:%M}"


def _queue(watch: Watch, key: str, subject: str, text: str, at: datetime) -> None:
    outbox.queue(
        watch.db,
        [
            Queued(
                key=f"{key}:{address.channel}:{address.address}",
                channel=address.channel,
                address=address.address,
                subject=subject,
                body=escaped(text) if address.channel == "telegram" else text,
            )
            for address in watch.maintainers
        ],
        at,
    )
