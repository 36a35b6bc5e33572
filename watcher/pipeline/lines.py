"""What `poll` says: one line a change or trouble, and one that sums up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from watcher.core.model import Tier


@dataclass(frozen=True, slots=True)
class PollLine:
    """One change, or one address that could not be read."""

    change: str  # a ChangeKind, "unreachable" or "failed"
    source: str
    organisation: str  # id
    organisation_name: str
    url: str
    title: str = ""
    id: str | None = None  # "c-1042"; None for trouble
    topic: str | None = None
    tier: Tier = Tier.NONE
    is_alert: bool = False
    statement: int | None = None
    summary: str = ""
    reasons: tuple[str, ...] = ()
    trouble: str | None = None  # "blocked", "timed out", …
    since: str | None = None  # of trouble: when it began, ISO 8601
    is_known: bool = False  # of trouble: it was the same at the visit before
    next_at: str | None = None  # of trouble: the next try, ISO 8601

    @property
    def is_trouble(self) -> bool:
        """Whether nothing could be read, which is no change."""
        return self.change in ("unreachable", "failed")

    def as_json(self) -> dict[str, Any]:
        """The line as `poll --json` prints it (CONTRACT: "poll --json")."""
        line: dict[str, Any] = {
            "change": self.change,
            "id": self.id,
            "source": self.source,
            "organisation": self.organisation,
            "url": self.url,
            "title": self.title,
            "topic": self.topic,
            "tier": self.tier.value,
            "alert": self.is_alert,
            "statement": self.statement,
            "summary": self.summary,
            "reasons": list(self.reasons),
        }
        if self.is_trouble:
            line |= {"kind": self.trouble, "since": self.since, "next": self.next_at}
        return line


@dataclass(slots=True)
class Summary:
    """What one cycle did, counted as it goes."""

    checked: int = 0
    not_modified: int = 0
    read: int = 0
    unreachable: int = 0
    failed: int = 0
    changes: int = 0
    alerts: int = 0
    seconds: float = 0.0
    baselines: int = 0  # recorded silently on the first visit of their source
    candidates: int = 0  # wait for a person

    def count(self, line: PollLine) -> None:
        """Add one line to the counts of changes and alerts."""
        self.changes += not line.is_trouble
        self.alerts += line.is_alert
        self.baselines += line.change == "baseline"
        self.candidates += line.tier == Tier.SIMILAR and not line.is_trouble

    def as_json(self) -> dict[str, Any]:
        """The summary as `poll --json` prints it."""
        names = ("checked", "not_modified", "read", "unreachable", "failed", "changes", "alerts")
        return {"summary": {name: getattr(self, name) for name in names} | {"seconds": round(self.seconds, 2)}}
