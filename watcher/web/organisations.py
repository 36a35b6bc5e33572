"""The organisations that are watched: all of them, and each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.model import Organisation
from watcher.store import people, promises, reads, views
from watcher.store import positions as reading
from watcher.store.positions import Position
from watcher.web import filters, phrases
from watcher.web.entries import entry
from watcher.web.pages import form
from watcher.web.paging import Choice
from watcher.web.site import Site

_STATEMENTS_SHOWN, _MOVES_SHOWN = 50, 20


@dataclass(frozen=True, slots=True)
class OfKind:
    """The organisations of one kind, each with what it says it does."""

    kind: str
    said: list[tuple[Organisation, list[Position]]]  # by name


def organisations(site: Site, request: Request, db: Database | None) -> Response:
    """Every organisation that is watched, by kind, with what it says it does; `kind` and `region` narrow that."""
    asked = filters.choose(request.query_params, filters.about_organisations(site.configuration))
    chosen, region = asked.values.get("kind"), asked.values.get("region")
    numbers = Counter(one.kind.value for one in organisations_of(site, None, region))
    choices = [Choice("All", numbers.total(), asked.query(kind=None), chosen is None)]
    choices += [
        Choice(words, numbers[kind], asked.query(kind=kind), chosen == kind)
        for kind, words in phrases.ORGANISATION_KINDS.items()
        if numbers[kind] or chosen == kind
    ]
    return site.page(
        request,
        db,
        "organisations.html",
        kinds=_by_kind(organisations_of(site, chosen, region), reading.positions(db) if db is not None else []),
        choices=choices,
        asked=asked,
        form=form(site),
        confirmed=people.confirmed_positions(db) if db is not None else frozenset(),
    )


def _by_kind(shown: Iterable[Organisation], told: Iterable[Position]) -> list[OfKind]:
    said = _by_organisation(told)
    by_kind: dict[str, list[tuple[Organisation, list[Position]]]] = {}
    for organisation in sorted(shown, key=lambda o: o.name.casefold()):
        by_kind.setdefault(organisation.kind.value, []).append((organisation, said.get(organisation.id, [])))
    return [OfKind(kind, by_kind[kind]) for kind in phrases.ORGANISATION_KINDS if kind in by_kind]


def organisations_of(site: Site, kind: str | None, region: str | None) -> list[Organisation]:
    """The organisations of a kind and a region, in the order of the configuration; None stands for any."""
    return [
        one
        for one in site.configuration.organisations
        if kind in (None, one.kind.value) and region in (None, one.region)
    ]


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
