"""The boards: organisations, what they say they do, and how well each source is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.model import Organisation
from watcher.core.topic import Topic
from watcher.store import people, promises, reads, views
from watcher.store import positions as reading
from watcher.store.positions import Position
from watcher.store.reads import SourceRead
from watcher.web import phrases
from watcher.web.entries import entry
from watcher.web.site import Site

_STATEMENTS_SHOWN, _MOVES_SHOWN = 50, 20


def organisations(site: Site, request: Request, db: Database | None) -> Response:
    """Every organisation that is watched, by kind, with what it says it does."""
    said = _by_organisation(reading.positions(db) if db is not None else [])
    by_kind: dict[str, list[tuple[Organisation, list[Position]]]] = {}
    for organisation in sorted(site.configuration.organisations, key=lambda o: o.name.casefold()):
        by_kind.setdefault(organisation.kind.value, []).append((organisation, said.get(organisation.id, [])))
    ordered = [(kind, by_kind[kind]) for kind in phrases.ORGANISATION_KINDS if kind in by_kind]
    confirmed = people.confirmed_positions(db) if db is not None else frozenset()
    return site.page(request, db, "organisations.html", kinds=ordered, confirmed=confirmed)


def _by_organisation(told: Iterable[Position]) -> dict[str, list[Position]]:
    said: dict[str, list[Position]] = {}
    for position in told:
        said.setdefault(position.organisation_id, []).append(position)
    return said


def organisation(site: Site, request: Request, db: Database | None) -> Response:
    """One organisation: what it says it does, how that moved, its statements, its sources."""
    wanted = request.path_params["organisation"]
    found = next((one for one in site.configuration.organisations if one.id == wanted), None)
    if found is None and db is not None:
        found = views.former_organisation(db, wanted)
    if found is None:
        return site.not_found(request, db, "No organisation of this name is watched.")
    recent = views.timeline(db, views.Selection(organisation=found.id), 10) if db is not None else []
    known = reads.source_reads(db, found.id) if db is not None else {}
    return site.page(
        request,
        db,
        "organisation.html",
        organisation=found,
        positions=reading.positions(db, found.id) if db is not None else [],
        confirmed=people.confirmed_positions(db) if db is not None else frozenset(),
        promises=promises.public_promises(db, found.id) if db is not None else [],
        history=reading.position_history(db, found.id, _MOVES_SHOWN) if db is not None else [],
        statements=views.statements(db, _STATEMENTS_SHOWN, organisation=found.id) if db is not None else [],
        entries=[entry(site, db, told) for told in recent] if db is not None else [],
        sources=[(one, known.get(one.id)) for one in site.configuration.sources if one.organisation == found.id],
    )


@dataclass(frozen=True, slots=True)
class Board:
    """One topic: who says what, and who has said nothing."""

    topic: Topic
    said: list[tuple[Organisation, Position]]
    counts: list[tuple[str, int]]  # stance -> how many organisations
    silent: list[Organisation]
    confirmed: int  # positions that a person has confirmed


def boards(site: Site, db: Database | None, sort: str = "stance") -> list[Board]:
    """A board for each topic, sorted by "stance", "organisation", "kind" or "date" (the newest first)."""
    told = reading.positions(db) if db is not None else []
    confirmed = people.confirmed_positions(db) if db is not None else frozenset()
    known = {one.id: one for one in site.configuration.organisations}
    made = []
    for topic in site.configuration.topics:
        said = [(known[p.organisation_id], p) for p in told if p.topic_id == topic.id and p.organisation_id in known]
        names = {organisation.id for organisation, _ in said}
        counts = [(stance, sum(p.stance == stance for _, p in said)) for stance in phrases.STANCE_NAMES]
        silent = sorted((one for one in known.values() if one.id not in names), key=lambda o: o.name.casefold())
        sure = sum((p.version_id, p.topic_id, p.stance) in confirmed for _, p in said)
        made.append(Board(topic, _sorted(said, sort), [(s, n) for s, n in counts if n], silent, sure))
    return made


def _sorted(said: list[tuple[Organisation, Position]], sort: str) -> list[tuple[Organisation, Position]]:
    order = {stance: index for index, stance in enumerate(phrases.STANCE_NAMES)}
    by_name = sorted(said, key=lambda pair: pair[0].name.casefold())
    match sort:
        case "organisation":
            return by_name
        case "kind":
            return sorted(by_name, key=lambda pair: phrases.ORGANISATION_KINDS[pair[0].kind.value])
        case "date":
            return sorted(by_name, key=lambda pair: pair[1].dated_on, reverse=True)
        case _:
            return sorted(by_name, key=lambda pair: order.get(pair[1].stance, len(order)))


SORTS = {"stance": "Position", "organisation": "Organisation", "kind": "Kind", "date": "Date"}


def positions(site: Site, request: Request, db: Database | None) -> Response:
    """The board of all organisations by stance, with those that have said nothing."""
    sort = request.query_params.get("sort", "")
    sort = sort if sort in SORTS else "stance"
    confirmed = people.confirmed_positions(db) if db is not None else frozenset()
    told = boards(site, db, sort)
    return site.page(request, db, "positions.html", boards=told, confirmed=confirmed, sort=sort, sorts=SORTS)


def sources(site: Site, request: Request, db: Database | None) -> Response:
    """The health of every source: what is blind first."""
    known = reads.source_reads(db) if db is not None else {}
    enabled = [one for one in site.configuration.sources if one.enabled]
    lines = sorted(((one, known.get(one.id)) for one in enabled), key=lambda line: (not is_blind(line[1]), line[0].id))
    return site.page(
        request,
        db,
        "sources.html",
        lines=lines,
        blind=[line for line in lines if is_blind(line[1])],
        resting=[one for one in site.configuration.sources if not one.enabled],
    )


def is_blind(read: SourceRead | None) -> bool:
    """Whether a source that was visited can't be seen at present."""
    return read is not None and read.state not in reads.SEEN
