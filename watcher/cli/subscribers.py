"""subscribers: readers by e-mail; what is kept of them, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import typer

from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.core.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from watcher.store.subscribers import Subscriber
    from watcher.store.subscriptions import Subscription


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    subscribers = typer.Typer(no_args_is_help=True, help="Readers by e-mail: list, add, pause, resume, export, erase.")
    command(subscribers, "list")(list_)
    command(subscribers, "add")(add)
    command(subscribers, "pause")(pause)
    command(subscribers, "resume")(resume)
    command(subscribers, "export")(export)
    command(subscribers, "erase")(erase)
    app.add_typer(subscribers, name="subscribers")


_ADDRESS = typer.Argument(metavar="ADDRESS", help="An e-mail address.")
_JSON = typer.Option(False, "--json", help="One JSON object a line.")


def list_(setting: Setting, as_json: bool = _JSON) -> None:
    """Every reader by e-mail, where they stand and what they follow; the oldest first."""
    from watcher.store import subscribers
    from watcher.store.database import open_read_only

    with closing(open_read_only(setting.environment.storage)) as db:
        readers = [(one, subscribers.followed(db, one)) for one in subscribers.every(db)]
    for reader, follows in readers:
        if as_json:
            print_json(_row(reader, follows))
            continue
        at = reader.left_at or reader.confirmed_at or reader.created_at
        why = f" ({reader.paused_reason})" if reader.paused_reason else ""
        say(f"{reader.state.value:<8} {at:%Y-%m-%d}  {reader.address}{why}")
        for one in follows:
            quiet = ", quiet ones too" if one.wants_quiet else ""
            say(f"                     {one.filter or 'everything'}: {one.rhythm.value}{quiet}")
    if not readers and not as_json:
        say('Nobody has subscribed by e-mail yet; "watcher subscribers add ADDRESS" asks somebody.')


def _row(reader: Subscriber, follows: list[Subscription]) -> dict[str, object]:
    return {
        "address": reader.address,
        "state": reader.state.value,
        "created_at": reader.created_at.isoformat(),
        "confirmed_at": reader.confirmed_at.isoformat() if reader.confirmed_at else None,
        "left_at": reader.left_at.isoformat() if reader.left_at else None,
        "paused_reason": reader.paused_reason,
        "follows": [
            {"filter": one.filter, "rhythm": one.rhythm.value, "wants_quiet": one.wants_quiet} for one in follows
        ],
    }


def add(
    setting: Setting,
    address: str = _ADDRESS,
    wanted: str = typer.Option(
        "", "--filter", help='What they want to hear of, like "ended kind:trust"; "": everything.'
    ),
    rhythm: Literal["weekly", "daily"] = typer.Option("weekly", "--rhythm", help="How often."),
    quiet: bool = typer.Option(False, "--quiet-weeks", help="One line also when nothing happened."),
    confirmed: bool = typer.Option(False, "--confirmed", help="Their consent is on file: nothing is sent."),
) -> None:
    """Send the confirmation to an address; it is subscribed once its reader has pressed the button."""
    from watcher.core.filter import Rhythm, vocabulary
    from watcher.core.mail_address import mail_address
    from watcher.pipeline import subscribing
    from watcher.store.database import open_database

    checked = mail_address(address)
    wish = subscribing.wish_by_mail(wanted, vocabulary(setting.configuration.organisations), Rhythm(rhythm))
    ask = subscribing.Wanted(checked, str(wish.filter), wish.rhythm, quiet)
    told = f"{ask.filter or 'everything'}, {ask.rhythm.value}"
    now = datetime.now(UTC)
    if confirmed:
        with closing(open_database(setting.environment.storage)) as db:
            subscribing.add_confirmed(db, ask, now)
        say(f"Subscribed: {checked.typed}: {told}")
        return
    public_url = _public_url(setting)
    with closing(open_database(setting.environment.storage)) as db:
        is_queued = subscribing.ask(db, setting.configuration, public_url, ask, now)
    if not is_queued:
        raise StoreError(
            f"{checked.typed}: {subscribing.MOST_A_DAY} confirmations were asked for within a day, nothing more is"
            " sent to it today: try again tomorrow"
        )
    say(f"A confirmation for {checked.typed} ({told}) is in the outbox.")
    hint('"watcher run" sends it; so does "watcher deliver".')


def pause(
    setting: Setting,
    address: str = _ADDRESS,
    reason: str = typer.Option("a complaint", "--reason", help="Why; kept with the address."),
) -> None:
    """Send nothing more to an address until its reader subscribes again, as after a complaint."""
    from watcher.store import subscribers
    from watcher.store.database import transaction

    complained = subscribers.Departure.COMPLAINED
    with _reader(setting, address) as (db, reader), transaction(db):
        if subscribers.pause(db, reader.address, reason, datetime.now(UTC), complained) is None:
            raise StoreError(f"{reader.address}: nothing to pause, it is {reader.state.value}")
    say(f"Paused: {reader.address}")


def resume(setting: Setting, address: str = _ADDRESS) -> None:
    """Send to a paused address again; what came in between is not told."""
    from watcher.store import subscribers
    from watcher.store.database import transaction

    with _reader(setting, address) as (db, reader), transaction(db):
        if subscribers.resume(db, reader.address, datetime.now(UTC)) is None:
            raise StoreError(f"{reader.address}: nothing to resume, it is {reader.state.value}")
    say(f"Resumed: {reader.address}")


@contextmanager
def _reader(setting: Setting, address: str) -> Iterator[tuple[Database, Subscriber]]:
    """The store, and the reader of an address. Raises StoreError if nothing is kept about it."""
    from watcher.core.mail_address import mail_address
    from watcher.store import subscribers
    from watcher.store.database import open_database

    with closing(open_database(setting.environment.storage)) as db:
        reader = subscribers.by_key(db, mail_address(address).key)
        if reader is None:
            raise StoreError(f"{address}: nothing is kept about it")
        yield db, reader


def export(
    setting: Setting,
    address: str | None = typer.Argument(None, metavar="[ADDRESS]", help="One reader (default: all of them)."),
    as_json: bool = _JSON,
) -> None:
    """All that is kept about an address, as JSON, to be given to its reader; without one, about everybody."""
    from watcher.core.mail_address import mail_address
    from watcher.store import erasure, subscribers
    from watcher.store.database import open_read_only

    key = mail_address(address).key if address is not None else None
    with closing(open_read_only(setting.environment.storage)) as db:
        readers = [one for one in subscribers.every(db) if key in (None, one.address_key)]
        held = [erasure.held(db, one) for one in readers]
    if key is not None and not held:
        raise StoreError(f"{address}: nothing is kept about it")
    if as_json:
        for one in held:
            print_json(one)
    else:
        print(json.dumps(held[0] if key is not None else held, ensure_ascii=False, indent=2))


def erase(setting: Setting, address: str = _ADDRESS) -> None:
    """Remove an address and every trace of it at once; what waits for it is not sent."""
    from watcher.core.mail_address import mail_address
    from watcher.pipeline import subscribing
    from watcher.store.database import open_database

    checked = mail_address(address)
    with closing(open_database(setting.environment.storage)) as db:
        is_erased = subscribing.erase(db, checked, datetime.now(UTC))
    if not is_erased:
        raise StoreError(f"{checked.typed}: nothing is kept about it")
    say(f"Erased: {checked.typed}")
    hint("Backups that were made before still hold it.")


def _public_url(setting: Setting) -> str:
    """Where the link of a confirmation leads. Raises ConfigError if e-mail isn't set up."""
    missing = setting.environment.missing_for_mail
    if missing:
        faults = [f"{name}: not set" for name in missing]
        raise ConfigError(
            *faults, "e-mail isn't set up here, nothing was sent; --confirmed adds an address whose consent is on file"
        )
    assert setting.environment.public_url is not None
    return setting.environment.public_url
