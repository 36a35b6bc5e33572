"""The board of each topic: what every organisation says it does, and who has said nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.model import Organisation
from watcher.core.topic import Topic
from watcher.store import people
from watcher.store import positions as reading
from watcher.store.positions import Position
from watcher.web import filters, phrases
from watcher.web.organisations import organisations_of
from watcher.web.pages import form
from watcher.web.paging import Choice, Paged, paged
from watcher.web.site import Site

SORTS = {"stance": "Position", "organisation": "Organisation", "kind": "Kind", "date": "Date"}
VIEWS = {"words": "With their words", "names": "Names only"}
POSITIONS_SHOWN, FEWEST_SHOWN = 40, 10  # of all topics together: with its style a page stays under 60 kB


@dataclass(frozen=True, slots=True)
class Board:
    """One topic, as far as a query asks for it: who says what, and who has said nothing."""

    topic: Topic
    said: list[tuple[Organisation, Position]]  # in the order that was asked for
    silent: list[Organisation]  # by name
    counts: dict[str, int]  # organisations by stance or UNSTATED, of the kind and region asked for, of whatever stance
    confirmed: int  # of `said`, those that a person has confirmed

    def by_stance(self) -> list[tuple[str, list[tuple[Organisation, Position]]]]:
        """Who stands where, by stance."""
        stances = [(stance, [one for one in self.said if one[1].stance == stance]) for stance in self.counts]
        return [(stance, found) for stance, found in stances if found]


def allowed(site: Site) -> dict[str, Collection[str]]:
    """What a query may name to narrow the board: `topic`, `stance` (or UNSTATED), `kind` and `region`."""
    return {
        "topic": [topic.id for topic in site.configuration.topics],
        "stance": [*phrases.STANCE_NAMES, phrases.UNSTATED],
        **filters.about_organisations(site.configuration),
    }


def boards(site: Site, db: Database | None, asked: filters.Asked) -> list[Board]:
    """A board for each topic that is asked for."""
    told = reading.positions(db) if db is not None else []
    confirmed = people.confirmed_positions(db) if db is not None else frozenset()
    topic = asked.values.get("topic")
    return [_board(site, one, told, confirmed, asked) for one in site.configuration.topics if topic in (None, one.id)]


def _board(site: Site, topic: Topic, told: list[Position], confirmed: people.Confirmed, asked: filters.Asked) -> Board:
    known = {one.id: one for one in organisations_of(site, asked.values.get("kind"), asked.values.get("region"))}
    said = [(known[p.organisation_id], p) for p in told if p.topic_id == topic.id and p.organisation_id in known]
    names = {organisation.id for organisation, _ in said}
    silent = sorted((one for one in known.values() if one.id not in names), key=lambda o: o.name.casefold())
    numbers = Counter(position.stance for _, position in said)
    order = [*phrases.STANCE_NAMES, *(one for one in numbers if one not in phrases.STANCE_NAMES)]
    stance = asked.values.get("stance")
    numbers[phrases.UNSTATED] = len(silent)
    counts = {one: numbers[one] for one in [*order, phrases.UNSTATED] if numbers[one] or one == stance}
    if stance is not None:
        said = [one for one in said if one[1].stance == stance]
        silent = silent if stance == phrases.UNSTATED else []
    sure = sum((p.version_id, p.topic_id, p.stance) in confirmed for _, p in said)
    return Board(topic, _sorted(said, asked.values.get("sort", "stance")), silent, counts, sure)


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


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as the page shows it: a part of its rows, and the links that show others."""

    board: Board
    page: Paged[tuple[Organisation, Position]]
    choices: list[Choice]
    asked: filters.Asked  # of this board alone, if there are several


def positions(site: Site, request: Request, db: Database | None) -> Response:
    """The board of all organisations by stance, with those that have said nothing."""
    asked = filters.choose(request.query_params, {**allowed(site), "sort": SORTS, "view": VIEWS})
    number = request.query_params.get("page")
    return site.page(
        request,
        db,
        "positions.html",
        boards=[_shown(site, board, asked, number) for board in boards(site, db, asked)],
        confirmed=people.confirmed_positions(db) if db is not None else frozenset(),
        asked=asked,
        sort=asked.values.get("sort", "stance"),
        sorts=SORTS,
        view=asked.values.get("view", "words"),
        views=VIEWS,
        form=form(site),
    )


def _shown(site: Site, board: Board, asked: filters.Asked, number: str | None) -> Shown:
    if len(site.configuration.topics) > 1:
        asked = replace(asked, values={"topic": board.topic.id, **asked.values})
    chosen, every = asked.values.get("stance"), sum(board.counts.values())
    choices = [Choice("All", every, asked.query(stance=None), chosen is None)]
    for stance, count in board.counts.items():
        label = phrases.UNSTATED_LABEL if stance == phrases.UNSTATED else phrases.stance_label(stance)
        choices.append(Choice(label, count, asked.query(stance=stance), chosen == stance))
    # As many for one topic as beside the others: the second page goes on where the first one ended.
    most = max(FEWEST_SHOWN, POSITIONS_SHOWN // len(site.configuration.topics))
    return Shown(board, paged(board.said, number, most), choices, asked)
