"""How well each source is read: what is blind first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.model import Source
from watcher.store import reads
from watcher.store.reads import SourceRead
from watcher.web import filters, phrases
from watcher.web.organisations import organisations_of
from watcher.web.pages import form
from watcher.web.paging import Choice, paged
from watcher.web.site import Site

SORTS = {
    "state": "State",
    "source": "Source",
    "read": "Last good read",
    "next": "Next look",
    "texts": "Texts on topic",
}
SOURCES_SHOWN = 40  # with its style a page stays under 60 kB


@dataclass(frozen=True, slots=True)
class Line:
    """One source, and how it is read."""

    source: Source
    read: SourceRead | None  # None if it never had its turn

    @property
    def state(self) -> str:
        """The state of `reads`, or RESTING."""
        if not self.source.enabled:
            return phrases.RESTING
        return self.read.state if self.read is not None else "not read yet"

    @property
    def is_blind(self) -> bool:
        """Whether a source that was visited can't be seen at present."""
        return self.state not in (*reads.SEEN, phrases.RESTING)


def allowed(site: Site) -> dict[str, Collection[str]]:
    """What a query may name to narrow the sources: `state` (or BLIND, or RESTING), `organisation`, `kind`, `region`."""
    return {
        "state": [*phrases.READS, phrases.BLIND, phrases.RESTING],
        "organisation": [one.id for one in site.configuration.organisations],
        **filters.about_organisations(site.configuration),
    }


def lines(site: Site, db: Database | None, asked: filters.Asked) -> list[Line]:
    """Every source of the organisations that are asked for, in whatever state; in the order of the configuration."""
    known = reads.source_reads(db) if db is not None else {}
    of = {one.id for one in organisations_of(site, asked.values.get("kind"), asked.values.get("region"))}
    if "organisation" in asked.values:
        of &= {asked.values["organisation"]}
    return [Line(one, known.get(one.id)) for one in site.configuration.sources if one.organisation in of]


def in_state(line: Line, state: str | None) -> bool:
    """Whether a source is in the state that is asked for; None asks for all that are watched."""
    match state:
        case None:
            return line.state != phrases.RESTING
        case phrases.BLIND:
            return line.is_blind
        case _:
            return line.state == state


def sources(site: Site, request: Request, db: Database | None) -> Response:
    """The health of every source that is asked for, and how many there are in each state."""
    asked = filters.choose(request.query_params, {**allowed(site), "sort": SORTS})
    every = lines(site, db, asked)
    state, sort = asked.values.get("state"), asked.values.get("sort", "state")
    found = _sorted([line for line in every if in_state(line, state)], sort)
    page = paged(found, request.query_params.get("page"), SOURCES_SHOWN)
    return site.page(
        request,
        db,
        "sources.html",
        page=page,
        visits=reads.last_visits(db, [line.source.id for line in page.rows]) if db is not None else {},
        watched=sum(line.state != phrases.RESTING for line in every),
        blind=sum(line.is_blind for line in every),
        waiting=sum(line.state == "not read yet" for line in every),
        choices=_choices(every, asked),
        asked=asked,
        sort=sort,
        sorts=SORTS,
        form=form(site),
    )


def _choices(every: list[Line], asked: filters.Asked) -> list[Choice]:
    chosen, numbers = asked.values.get("state"), Counter(line.state for line in every)
    blind = {line.state for line in every if line.is_blind}
    resting, of_blind = numbers.pop(phrases.RESTING, 0), sum(numbers[state] for state in blind)
    choices = [Choice("All watched", numbers.total(), asked.query(state=None), chosen is None)]
    counted = [(phrases.BLIND, of_blind)] if len(blind) > 1 or chosen == phrases.BLIND else []
    counted += [(state, numbers[state]) for state in phrases.READS if state in blind]
    counted += [(state, numbers[state]) for state in ("not read yet", "good")]
    counted += [(phrases.RESTING, resting)]
    for state, count in counted:
        if count or chosen == state:
            choices.append(Choice(phrases.read_label(state), count, asked.query(state=state), chosen == state))
    return choices


def _sorted(found: list[Line], sort: str) -> list[Line]:
    """The sources in the order asked for: what was never read or has no next look first; within it by their ids."""
    by_id = sorted(found, key=lambda line: line.source.id)
    match sort:
        case "source":
            return by_id
        case "read":
            return sorted(by_id, key=lambda line: _instant(line.read.last_read_at if line.read else None))
        case "next":
            return sorted(by_id, key=lambda line: _instant(line.read.next_check_at if line.read else None))
        case "texts":
            return sorted(by_id, key=lambda line: -line.read.on_topic if line.read else 1)
        case _:
            order = {state: index for index, state in enumerate(phrases.READS)}
            return sorted(by_id, key=lambda line: (not line.is_blind, order.get(line.state, len(order))))


def _instant(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
