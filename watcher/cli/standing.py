"""positions, promises, sources mask: what organisations say, what they announced, what is left out as noise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import typer

from watcher.cli.looking import filter_of
from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.core.errors import StoreError
from watcher.core.filter import Filter, matches


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "positions")(positions)
    command(app, "promises")(promises)


def register_mask(sources: typer.Typer) -> None:
    """Add `sources mask`."""
    command(sources, "mask")(mask)


def positions(
    setting: Setting,
    confirm: int | None = typer.Option(None, "--confirm", metavar="VERSION", help="A person has read it and agrees."),
    who: str = typer.Option("a maintainer", "--by", help="With --confirm: who."),
    wish: str = typer.Option("", "--filter", help='As subscribers write it: "kind:trust stance:ended".'),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """What each organisation says it does about each topic, with the quote; then those that have said nothing."""
    from watcher.store import people, positions
    from watcher.store.database import open_database, open_read_only, transaction

    if confirm is not None:
        db = open_database(setting.environment.storage)
        found = next((one for one in positions.positions(db) if one.version_id == confirm), None)
        if found is None:
            raise StoreError(f'version {confirm}: states no current position ("watcher positions" lists the versions)')
        with transaction(db):
            people.confirm_position(db, confirm, found.topic_id, found.stance, who, datetime.now(UTC))
        hint(f"Confirmed by {who}: {found.stance}, version {confirm}.")
    wanted = filter_of(setting, wish)
    for row in _positions(setting, open_read_only(setting.environment.storage), wanted if wish else None):
        if as_json:
            print_json(row)
        elif row["stance"]:
            trust = f"confirmed by {row['confirmed_by']}" if row["confirmed_by"] else "read by machine"
            say(
                f"{row['name']}: {row['stance']} ({row['topic']}, {row['dated_on']}, {trust}, version {row['version']})"
            )
            say(f"  “{row['quote']}”")
            say(f"  {row['url']}")
    if not as_json and not wish:
        _say_silent(setting)


def _positions(setting: Setting, db: Any, wanted: Filter | None = None) -> list[dict[str, Any]]:
    """A row an organisation and topic; `stance` is None where nothing has been said, which no filter lets through."""
    from watcher.pipeline.audience import position_facts
    from watcher.store import people
    from watcher.store.positions import positions

    known = {(one.organisation_id, one.topic_id): one for one in positions(db)}
    rows = []
    for topic in setting.configuration.topics:
        for organisation in setting.configuration.organisations:
            one = known.get((organisation.id, topic.id))
            if wanted is not None and (one is None or not matches(wanted, position_facts(organisation, one))):
                continue
            rows.append(
                {
                    "organisation": organisation.id,
                    "name": organisation.name,
                    "topic": topic.id,
                    "stance": one.stance if one else None,
                    "quote": one.quote if one else None,
                    "dated_on": one.dated_on.isoformat() if one else None,
                    "confirmed_by": people.confirmed_by(db, one.version_id, topic.id, one.stance) if one else None,
                    "version": one.version_id if one else None,
                    "state": one.state if one else None,
                    "url": one.url if one else None,
                    "title": one.title if one else None,
                }
            )
    return rows


def _say_silent(setting: Setting) -> None:
    from watcher.store.database import open_read_only

    silent = [
        row["name"] for row in _positions(setting, open_read_only(setting.environment.storage)) if not row["stance"]
    ]
    if silent:
        say(f"No position seen from {len(silent)}: {', '.join(sorted(dict.fromkeys(silent)))}.")


_STATES = {
    "open": "not due yet",
    "due": "time passed",
    "past": "time had passed when first seen",
}


def promises(setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")) -> None:
    """What organisations announced for a time to come, by the day it falls due."""
    from watcher.store.database import open_read_only
    from watcher.store.promises import all_promises

    found = all_promises(open_read_only(setting.environment.storage))
    for kept in found:
        if as_json:
            print_json(
                {
                    "organisation": kept.organisation_id,
                    "topic": kept.topic_id,
                    "due_from": kept.promise.due_from,
                    "due_until": kept.promise.due_until,
                    "state": kept.state,
                    "quote": kept.promise.quote,
                    "said_at": kept.said_at.isoformat(),
                    "version": kept.version_id,
                    "url": kept.url,
                    "title": kept.title,
                }
            )
        else:
            say(f"by {kept.promise.due_until}  {kept.organisation}: {_STATES[kept.state]}")
            say(f"  “{kept.promise.quote}”")
            say(f"  {kept.url}")
    if not found and not as_json:
        say("No promises seen.")


def mask(
    setting: Setting,
    source: str = typer.Argument(metavar="ID", help="A source."),
    forget: list[str] = typer.Option([], "--forget", metavar="LINE", help="Let this line count again, for good."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """What the pages of a source change by themselves, and so tells nobody; each line can be undone."""
    from watcher.store import noise
    from watcher.store.database import open_database, open_read_only, transaction

    setting.configuration.source(source)
    for line in forget:
        db = open_database(setting.environment.storage)
        with transaction(db):
            count = noise.undo_noise(db, source, line, datetime.now(UTC))
        if not count:
            raise StoreError(
                f'"{line}": no such line is hidden on {source} ("watcher sources mask {source}" lists them)'
            )
        hint(f"Counts again on {count} page{'' if count == 1 else 's'}: {line}")
    rows = list(noise.noise_of_source(open_read_only(setting.environment.storage), source))
    for row in rows:
        if as_json:
            print_json(row)
        else:
            state = f"undone on {row['undone_at'][:10]}" if row["undone_at"] else f"learnt from {row['how']}"
            pages = f"{row['documents']} page{'' if row['documents'] == 1 else 's'}"
            say(f"{row['kind']:<6} {row['line']}   ({state} on {row['learnt_at'][:10]}, {pages}, {row['url']})")
    if not rows and not as_json:
        say(f"Nothing is hidden on the pages of {source}.")
