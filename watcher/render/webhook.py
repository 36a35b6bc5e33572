"""An alert for programs: JSON with a version, described in docs/webhook.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from ..core.model import Alert, ArchivedCopy, BlockOp, Link
from .promise import DuePromise, promise_headline
from .words import web_address

SCHEMA = 1
"""Counts up when a field is taken away or means something else; new fields leave it as it is."""

_DIFF_MOST = 100_000  # characters of changed blocks in one message; the rest is counted


def webhook(alert: Alert) -> str:
    """An alert, the moment it is told."""
    return _written("alert.created", alert.seen_at, alert_fields(alert))


def webhook_update(alert: Alert) -> str:
    """An alert that was told, as it reads now: echoed, reversed, withdrawn."""
    return _written("alert.updated", alert.seen_at, alert_fields(alert))


def webhook_summary(alerts: Sequence[Alert], where_url: str = "") -> str:
    """A burst: the alerts without their differences."""
    told = [alert_fields(alert, is_short=True) for alert in alerts]
    latest = max(alert.seen_at for alert in alerts)
    return _written("alerts.folded", latest, {"alerts": told, "page": web_address(where_url) or None})


def webhook_promise(due: DuePromise) -> str:
    """A promise whose day has passed."""
    told = {
        "headline": promise_headline(due),
        "organisation_name": due.organisation,
        "title": due.title,
        "url": due.url,
        "quote": due.quote,
        "due_until": due.due_until.isoformat(),
        "said_on": due.said_on.isoformat(),
        "content_note": due.note or None,
        "is_there": due.is_there,
        "later_titles": list(due.later_titles),
    }
    return _written("promise.due", due.due_until, told)


def alert_fields(alert: Alert, *, is_short: bool = False) -> dict[str, Any]:
    """The fields of one alert; without its words if `is_short`."""
    match, ids = alert.match, alert.ids
    stances = match.stances if match else ()
    told = {
        "id": alert.number,
        "change": alert.kind.value,
        "source": ids.source if ids else None,
        "organisation": ids.organisation if ids else None,
        "organisation_name": alert.organisation,
        "url": alert.url,
        "title": alert.title,
        "topic": ids.topic if ids else None,
        "topic_name": alert.topic,
        "tier": match.tier.value if match else "none",
        "score": match.score if match else 0.0,
        "alert": True,
        "statement": ids.statement if ids else None,
        "summary": alert.summary,
        "reasons": list(dict.fromkeys(reason.term for reason in match.reasons)) if match else [],
        "silent": bool(alert.comparison and alert.comparison.is_silent),
        "stance": stances[0].stance if stances else None,
        "stance_before": alert.stances_before[0].stance if alert.stances_before else None,
        "softer": alert.softened,
        "content_note": alert.content_note,
        "detected_at": alert.seen_at.isoformat(),
        "page": alert.diff_url,
        "archived_copy": _copy(alert.archived_copy),
    }
    return told if is_short else told | _words(alert)


def _copy(copy: ArchivedCopy | None) -> dict[str, str] | None:
    return {"url": copy.url, "copied_at": copy.at.isoformat()} if copy and web_address(copy.url) else None


def _words(alert: Alert) -> dict[str, Any]:
    stances = alert.match.stances if alert.match else ()
    blocks, left_out = _diff(alert)
    return {
        "quote": stances[0].quote if stances else None,
        "position_confirmed": alert.position_is_confirmed,
        "published_on": _day(alert.published_on),
        "modified_on": _day(alert.modified_on),
        "moved_to": alert.moved_to,
        "missing_since": alert.missing_since.isoformat() if alert.missing_since else None,
        "excerpt": list(alert.excerpt),
        "diff": blocks,
        "diff_blocks_left_out": left_out,
        "links_added": _links(alert.links_added),
        "links_removed": _links(alert.links_removed),
        "publishers": list(alert.publishers),
        "echoes": [
            {
                "organisation_name": echo.organisation,
                "url": echo.url,
                "seen_at": echo.seen_at.isoformat(),
                "deviation": echo.deviation,
            }
            for echo in alert.echoes
        ],
        "later": list(alert.later),
        "version_before": alert.ids.before if alert.ids else None,
        "version_after": alert.ids.after if alert.ids else None,
    }


def _diff(alert: Alert) -> tuple[list[dict[str, str]] | None, int]:
    """The blocks that changed, as many as there is room for, and how many there was none for."""
    if alert.diff is None:
        return None, 0
    changed = [block for block in alert.diff.blocks if block.op is not BlockOp.SAME]
    blocks: list[dict[str, str]] = []
    room = _DIFF_MOST
    for block in changed:
        room -= len(block.before) + len(block.after)
        if room < 0:
            break
        blocks.append({"op": block.op.value, "before": block.before, "after": block.after})
    return blocks, len(changed) - len(blocks)


def _links(links: Sequence[Link]) -> list[dict[str, str]]:
    return [{"url": link.url, "text": link.text} for link in links]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _written(kind: str, at: datetime | date, told: dict[str, Any]) -> str:
    # In ASCII: whatever a page held, lone surrogates too, this is valid JSON and valid UTF-8.
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "schema": SCHEMA, "data": told})
