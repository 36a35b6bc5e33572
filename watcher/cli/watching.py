"""run, poll, deliver, demo: the work itself."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.cli.progress import progress_bar
from watcher.core.errors import ConfigError, SendError
from watcher.core.model import InDoubt, Refused, Sent, TryAgain
from watcher.pipeline.lines import PollLine, Summary

if TYPE_CHECKING:
    from watcher.pipeline.deliver import Settled


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "run")(run)
    command(app, "poll")(poll)
    command(app, "deliver")(deliver)
    command(app, "demo")(demo)


def run(
    setting: Setting,
    engine: str = typer.Option("local", "--engine", help='"local", or "dask://HOST:PORT".'),
    host: str | None = typer.Option(None, "--host", help="Address of the web view (default: 127.0.0.1)."),
    port: int | None = typer.Option(None, "--port", help="Port of the web view (default: 8000)."),
) -> None:
    """Scheduler, deliveries, Telegram bot and web view in one process; SIGTERM stops it cleanly."""
    from watcher.cli.logs import set_up_events
    from watcher.daemon import run as run_daemon
    from watcher.pipeline.watch import addresses

    set_up_events(setting.log_format, verbose=setting.verbose)
    configuration = setting.configuration
    enabled = sum(source.enabled for source in configuration.sources)
    where = ", ".join(
        "this console" if to.channel == "console" else f"{to.channel.capitalize()} {to.address}"
        for to in addresses(setting.environment)
    )
    topics = ", ".join(topic.name for topic in configuration.topics)
    say(f"Watching {_count(enabled, 'source')} for {topics}; alerts go to {where}.")

    summed_up: list[Summary] = []

    def tell(line: PollLine | Summary) -> None:
        if isinstance(line, Summary):
            if line.changes or setting.verbose or not summed_up:
                _say_summary(line)
            summed_up[:] = [line]
        elif is_worth_a_line(line) and not (line.is_known and not setting.verbose):
            say(text_line(line))  # a trouble that goes on was said when it began

    run_daemon(configuration, setting.environment, engine_name=engine, host=host, port=port, tell=tell, announce=say)


def poll(
    setting: Setting,
    every: bool = typer.Option(False, "--all", help="Every enabled source and watched document, due or not."),
    source: list[str] = typer.Option([], "--source", help="This source alone; may be given more than once."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
    engine: str = typer.Option("local", "--engine", help='"local", or "dask://HOST:PORT".'),
) -> None:
    """One cycle over what is due; alerts go into the outbox. One line a change."""
    from watcher.pipeline import check
    from watcher.pipeline.engine import engine as open_engine
    from watcher.pipeline.watch import open_watch

    try:
        configuration = setting.configuration
    except ConfigError as exc:
        raise ConfigError(*exc.faults, f"{_count(len(exc.faults), 'error')}, nothing polled.") from exc
    for source_id in source:
        configuration.source(source_id)
    watch = open_watch(configuration, setting.environment)
    with (
        progress_bar("Polling", is_json=as_json) as progress,
        open_engine(engine, configuration.settings.workers) as mapper,
    ):
        for line in check.poll(watch, mapper=mapper, every=every or bool(source), sources=source, progress=progress):
            if as_json:
                print_json(line.as_json())
            elif isinstance(line, PollLine):
                if is_worth_a_line(line) or setting.verbose:
                    say(text_line(line))
            else:
                _say_summary(line)


def is_worth_a_line(line: PollLine) -> bool:
    """Whether a line is shown to people: troubles, and what is or was on topic."""
    return line.is_trouble or line.tier != "none"


def text_line(line: PollLine) -> str:
    """One change or trouble as a line of columns."""
    from watcher.render.console import columns

    if line.is_trouble:
        head = columns(line.trouble or line.change, line.organisation_name, line.url, "")
        return f"{head.rstrip()}   {_trouble(line)}"
    detail = line.summary or ", ".join(line.reasons[:2])
    outcome = "alert" if line.is_alert else "for a person to judge" if line.tier == "similar" else ""
    return columns(line.change, line.organisation_name, line.title or line.url, detail, outcome)


def _trouble(line: PollLine) -> str:
    if line.since is None or line.next_at is None:
        return line.summary
    since, then = datetime.fromisoformat(line.since), datetime.fromisoformat(line.next_at)
    return f"{line.summary} since {since:%-d %b %H:%M}, next try {then:%-d %b %H:%M} UTC"


def _say_summary(summary: Summary) -> None:
    read = summary.read + summary.not_modified
    parts = [f"{read} read or unchanged"]
    if summary.unreachable:
        parts.append(f"{summary.unreachable} not reached")
    if summary.failed:
        parts.append(f"{summary.failed} not readable")
    changes = _count(summary.changes, "change")
    waiting = f"{_count(summary.alerts, 'alert')} waiting: watcher deliver" if summary.alerts else "no alerts"
    say(f"{', '.join(parts)}. {changes}, {waiting}")
    if summary.unreachable > 5 and summary.unreachable == summary.checked:
        say("Nothing could be reached: is this machine on the network?")
    if summary.baselines:
        say(
            f"First visit: {_count(summary.baselines, 'document')} recorded silently; what changes from now on is told."
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def deliver(setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")) -> None:
    """Send what waits in the outbox, once through."""
    from watcher.pipeline.mailing import deliver_everything
    from watcher.pipeline.senders import lease_s, open_notifiers
    from watcher.store import outbox
    from watcher.store.database import open_database

    db = open_database(setting.environment.storage)
    stream = sys.stderr if as_json else sys.stdout
    refused = 0
    fault: SendError | None = None
    with closing(open_notifiers(setting.environment, stream)) as notifiers:
        lease = lease_s(setting.configuration, setting.environment)
        try:
            for settled in deliver_everything(db, notifiers, setting.configuration.settings, lease):
                refused += isinstance(settled.receipt, Refused)
                _say_settled(settled, as_json)
        except SendError as exc:
            fault = exc
    left = outbox.waiting(db)
    if left and not as_json:
        hint(f"{_count(left, 'message')} still waiting; watcher deliver tries again when due")
    if fault is not None:
        raise fault
    if refused:
        raise typer.Exit(1)


def _say_settled(settled: Settled, as_json: bool) -> None:
    receipt, delivery = settled.receipt, settled.delivery
    if as_json:
        print_json({"key": delivery.key, "channel": delivery.channel, **_receipt(receipt)})
    elif not isinstance(receipt, Sent):
        hint(f"{delivery.subject}: {_receipt(receipt)['state']}: {_receipt(receipt).get('reason', '')}")


def _receipt(receipt: Sent | TryAgain | Refused | InDoubt) -> dict[str, object]:
    match receipt:
        case Sent(id=message_id):
            return {"state": "sent", "id": message_id}
        case TryAgain(after_s=after_s, reason=reason):
            return {"state": "waiting", "after_s": after_s, "reason": reason}
        case Refused(reason=reason):
            return {"state": "refused", "reason": reason}
        case InDoubt(reason=reason):
            return {"state": "in doubt", "reason": reason}


def demo(
    setting: Setting,
    serve: bool = typer.Option(False, "--serve", help="Keep the web view open on what was found."),
) -> None:
    """A made-up fortnight of statements on a local site, through the real pipeline. No network, no token."""
    from watcher.demo import run as run_demo

    run_demo(say, serve=serve)
