"""What one cycle knows while it runs, and forgets when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from watcher.config.load import Configuration
from watcher.core.model import Document, Extraction, Fetched, FetchTask, Observation, Organisation, Source
from watcher.pipeline.lines import Summary
from watcher.store.checks import Check


@dataclass(frozen=True, slots=True)
class Visit:
    """One address that was read in this cycle, with all that is known of it."""

    task: FetchTask
    check: Check
    source: Source
    organisation: Organisation
    at: datetime

    @property
    def is_further_page(self) -> bool:
        """Whether this was a later page of an index, which has no row of its own."""
        return self.task.url != self.check.url


@dataclass(frozen=True, slots=True)
class Held:
    """A first look that waits for its second, and the few words that seem to have changed."""

    observation: Observation
    site: str
    changed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cycle:
    """The checks of this cycle, what feeds brought, and the counts."""

    configuration: Configuration
    checks: dict[int, Check] = field(default_factory=dict)
    entries: dict[str, tuple[Document, Extraction, Fetched]] = field(default_factory=dict)
    further: list[FetchTask] = field(default_factory=list)  # later pages of indexes, on their first visit
    summary: Summary = field(default_factory=Summary)
    known: int = 0  # checks made or to be made, as far as is known
    held: dict[int, Held] = field(default_factory=dict)  # check -> a first look that waits for its second
    looked_twice: dict[int, Document | None] = field(default_factory=dict)  # check -> what the second look saw
    asked_at: dict[str, datetime] = field(default_factory=dict)  # host -> its last answer

    def visit(self, observation: Observation) -> Visit:
        """The observation with its check, source and organisation."""
        source = self.configuration.source(observation.task.source_id)
        return Visit(
            observation.task,
            self.checks[observation.task.check_id],
            source,
            self.configuration.organisation(source.organisation),
            observation.at,
        )
