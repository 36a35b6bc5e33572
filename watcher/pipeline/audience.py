"""Who is told of a change besides the channel: subscribers whose filter it meets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from watcher.core.filter import AS_KEPT, Facts, Filter, Rhythm, matches, parse_filter
from watcher.core.model import Organisation, OrganisationKind
from watcher.pipeline.watch import Address, Watch
from watcher.store import announced, documents, subscriptions, views
from watcher.store.changes import Change, change_by_id
from watcher.store.views import Selection, former_organisation

if TYPE_CHECKING:
    from sqlite_utils import Database

    from watcher.config.load import Configuration
    from watcher.store.positions import Position

LOOKED_BACK = timedelta(days=30)
_MOST_CHANGES = 500


def subscribers(watch: Watch, change_id: int) -> list[Address]:
    """Addresses that are to be told at once, each once: their filter is met, or they were told of the statement.

    Who was told that something ended is told that it began again, whatever they asked for.
    """
    if not any(address.channel == "telegram" for address in watch.addresses):
        return []  # nothing could be sent
    wishes = [one for one in subscriptions.active(watch.db, "telegram") if one.rhythm is Rhythm.AT_ONCE]
    if not wishes:
        return []
    change = change_by_id(watch.db, change_id)
    assert change is not None
    facts = facts_of(watch.db, watch.configuration, change)
    told = set[str]()
    if change.statement_id is not None:
        told = {m.address for m, _ in announced.first_messages(watch.db, change.statement_id)}
    wanted = [one.address for one in wishes if one.address in told or matches(kept(one.filter), facts)]
    public = {address.address for address in watch.addresses}
    return [Address("telegram", address) for address in dict.fromkeys(wanted) if address not in public]


def kept(text: str) -> Filter:
    """A filter as it was kept."""
    return parse_filter(text, AS_KEPT)


def facts_of(db: Database, configuration: Configuration, change: Change) -> Facts:
    """What filters can ask of a recorded change: of the text it led to, or, if it is gone, the last one."""
    told = f"{change.organisation}\n{change.title}"
    version_id = change.after_id or change.before_id
    return facts_of_version(db, configuration, version_id, change.organisation_id, change.topic_id, told)


def facts_of_version(
    db: Database,
    configuration: Configuration,
    version_id: int | None,
    organisation_id: str,
    topic_id: str | None,
    told: str = "",
) -> Facts:
    """What filters can ask of one version of a text; `told`: more words to be looked for."""
    version = documents.version_by_id(db, version_id) if version_id else None
    found = documents.matches_of(db, version_id) if version_id else []
    organisation = next((o for o in configuration.organisations if o.id == organisation_id), None)
    organisation = organisation or former_organisation(db, organisation_id)
    return Facts(
        text=f"{told}\n{version.document.text if version else ''}",
        organisation=organisation_id,
        kind=(organisation.kind if organisation else OrganisationKind.OTHER).value,
        region=organisation.region if organisation else None,
        stances=frozenset(s.stance for match in found if match.topic_id == topic_id for s in match.stances),
    )


def position_facts(organisation: Organisation, position: Position) -> Facts:
    """What filters can ask of a position: who says it, and the quote."""
    text = f"{organisation.name}\n{position.title}\n{position.quote}"
    stances = frozenset({position.stance})
    return Facts(text, organisation.id, organisation.kind.value, organisation.region, stances)


def matching(db: Database, configuration: Configuration, wanted: Filter, found: Iterable[Change]) -> list[Change]:
    """Those of `found` that a filter lets through, in their order."""
    return [change for change in found if matches(wanted, facts_of(db, configuration, change))]


def alerts_lately(db: Database, configuration: Configuration, wanted: Filter, now: datetime) -> list[Change]:
    """Alerts of the last 30 days that a filter lets through, the newest first."""
    found = views.selected(db, Selection(since=now - LOOKED_BACK), _MOST_CHANGES)
    return matching(db, configuration, wanted, (change for change in found if change.is_alert))
