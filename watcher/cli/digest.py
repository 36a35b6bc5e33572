"""digest: the weekly and daily letters, into the outbox or into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.core.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from watcher.core.weeks import Window
    from watcher.pipeline.digests import Queueing


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "digest")(digest)


def digest(
    setting: Setting,
    week: str | None = typer.Option(None, "--week", help='An ISO week, like "2026-W31" (default: every one due).'),
    day: str | None = typer.Option(None, "--day", help='A day, like "2026-08-03": the daily digest.'),
    preview: Path | None = typer.Option(None, "--preview", help="Write one into this file (.html, .txt), queue none."),
    wanted: str = typer.Option("", "--filter", help='With --preview: what its reader asked for, like "kind:trust".'),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Queue the digests that are due, or those of one week; --preview writes one without queueing."""
    window = _window(setting, week, day)
    if preview is not None:
        _preview(setting, window, preview, wanted)
        return
    if wanted:
        raise ConfigError("--filter: goes with --preview; a reader's own filter is kept with the subscription")
    _queue(setting, window, as_json=as_json)


def _window(setting: Setting, week: str | None, day: str | None) -> Window | None:
    """The period that was asked for; None: every one due. Raises ConfigError with the nearest valid form."""
    if week is None and day is None:
        return None
    if week is not None and day is not None:
        raise ConfigError("--week and --day exclude each other: leave one out")
    from watcher.core.weeks import parse_day, parse_week

    zone = ZoneInfo(setting.configuration.settings.timezone)
    option = "--week" if week is not None else "--day"
    try:
        return parse_week(week, zone) if week is not None else parse_day(day or "", zone)
    except ValueError as exc:
        raise ConfigError(f"{option}: {exc}") from exc


def _queue(setting: Setting, window: Window | None, *, as_json: bool) -> None:
    from watcher.pipeline.digests import queue_due, queue_period
    from watcher.pipeline.watch import open_watch
    from watcher.store.digests import count_readers

    watch = open_watch(setting.configuration, setting.environment)
    if window is not None:
        _refuse_unfinished(watch.now(), window, setting)
    readers = count_readers(watch.db, window.rhythm if window else None)
    missing = setting.environment.missing_for_mail
    if readers and missing:
        raise ConfigError(
            f"{', '.join(missing)}: not set, and without {'it' if len(missing) == 1 else 'them'} no mail is sent"
            " (docs/settings.md); nothing was queued"
        )
    if not readers and not as_json:
        say("Nobody to send to: no active subscription by e-mail asks for digests.")
        return
    report = queue_period(watch, window) if window is not None else queue_due(watch)
    _say_report(report, readers, as_json=as_json)


def _say_report(report: Queueing, readers: int, *, as_json: bool) -> None:
    periods = sorted({*report.queued, *report.nothing_to_tell})
    if as_json:
        for period in periods:
            counts = (report.queued.get(period, 0), report.nothing_to_tell.get(period, 0))
            print_json({"period": period, "queued": counts[0], "nothing_to_tell": counts[1]})
        summary = {"readers": readers, "queued": sum(report.queued.values()), "letters": report.letters}
        print_json({"summary": summary})
        return
    for period in periods:
        told = [f"{report.queued.get(period, 0):,} queued"]
        if quiet := report.nothing_to_tell.get(period, 0):
            told.append(f"{quiet:,} with nothing to tell")
        say(f"{period}: {', '.join(told)}")
    if report.queued:
        say(f"{report.letters:,} letter{'' if report.letters == 1 else 's'} written. They leave with: watcher deliver")
    elif not periods:
        say(f"Nothing is due: {readers:,} reader{' has' if readers == 1 else 's have'} been told already.")


def _refuse_unfinished(now: object, window: Window, setting: Setting) -> None:
    from datetime import datetime

    from watcher.core.weeks import latest_whole

    assert isinstance(now, datetime)
    if window.until > now:
        zone = ZoneInfo(setting.configuration.settings.timezone)
        nearest = latest_whole(now, window.rhythm, zone).period
        raise ConfigError(f"{window.period} is not over yet: the latest whole one is {nearest} (--preview shows it)")


def _preview(setting: Setting, window: Window | None, file: Path, wanted: str) -> None:
    from watcher.core.errors import FilterError
    from watcher.core.filter import Rhythm, parse_filter, vocabulary
    from watcher.core.model import LEAVE_URL
    from watcher.core.weeks import latest_whole
    from watcher.pipeline.digest import Period
    from watcher.pipeline.mail_templates import mail_templates
    from watcher.pipeline.watch import open_for_looking

    try:
        asked = str(parse_filter(wanted, vocabulary(setting.configuration.organisations)))
    except FilterError as exc:
        raise ConfigError(f"--filter: {exc}") from exc
    templates = mail_templates(setting.configuration)
    watch = open_for_looking(setting.configuration, setting.environment)
    zone = ZoneInfo(setting.configuration.settings.timezone)
    shown = window or latest_whole(watch.now(), Rhythm.WEEKLY, zone)
    if shown.since > watch.now():
        nearest = latest_whole(watch.now(), shown.rhythm, zone).period
        raise ConfigError(f"{shown.period} has not begun: the latest whole one is {nearest}")
    found = Period(watch, shown, {asked}).digest(asked)
    letter = templates.letter(found)
    # Each reader gets a link of their own; a preview is nobody's.
    text = letter.text.replace(LEAVE_URL, "(each reader's own link)") if file.suffix == ".txt" else letter.html
    text = text.replace(LEAVE_URL, "#")
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise StoreError(f"{file}: cannot be written: {exc.strerror}") from exc
    say(letter.subject)
    say(f"{file}: {len(text.encode()):,} bytes. Nothing was queued.")
    if shown.until > watch.now():
        hint(f"{shown.period} is not over yet.")
    if found.is_quiet:
        hint("Nothing happened: this line goes only to readers who want to hear of quiet weeks too.")
    if not watch.public_url:
        hint("WATCHER_PUBLIC_URL is not set: the links to the web view are left out.")
