"""archive: copies in an outside archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.core.errors import ConfigError
from watcher.core.model import ArchivedCopy, CopyAsked, CopyLater, CopyRefused, CopyRunning

if TYPE_CHECKING:
    from watcher.pipeline.archiving import Told


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    command(app, "archive")(archive)


def archive(
    setting: Setting,
    seconds: int = typer.Option(600, "--for", min=0, help="How long to go on; the next run does what is left."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Ask the outside archive to copy the pages whose newest text it lacks, and wait for the copies."""
    from watcher.pipeline.archiving import Archiving, archive_for, open_archive
    from watcher.pipeline.watch import open_watch
    from watcher.store import copies

    watch = open_watch(setting.configuration, setting.environment)
    service = open_archive(watch, setting.environment)
    if service is None:
        raise ConfigError("WATCHER_ARCHIVE_KEYS: not set, so no archive is asked for copies (docs/archive.md)")
    fault = ""
    for told in archive_for(watch, Archiving(service, setting.configuration.settings.archive_per_minute), seconds):
        _say_told(told, as_json, verbose=setting.verbose)
        if isinstance(told.answer, CopyLater) and told.answer.is_archive:
            fault = told.answer.reason
    if not as_json:
        counts = copies.counts(watch.db)
        left = len(copies.wanted(watch.db)) + counts.get("asked", 0)
        say(f"{counts.get('copied', 0)} copied, {counts.get('refused', 0)} without a copy, {left} to do.")
    if fault:
        hint(f"The archive: {fault}")
        raise typer.Exit(1)


def _say_told(told: Told, as_json: bool, *, verbose: bool) -> None:
    from watcher.pipeline.archiving import in_words

    if as_json:
        print_json({"version": told.version_id, "page": told.url, **_fields(told)})
    elif verbose or isinstance(told.answer, ArchivedCopy | CopyRefused):
        say(f"{told.url}   {in_words(told.answer)}")


def _fields(told: Told) -> dict[str, Any]:
    match told.answer:
        case ArchivedCopy(url=url, at=at):
            return {"state": "copied", "url": url, "copied_at": at.isoformat()}
        case CopyAsked():
            return {"state": "asked"}
        case CopyRunning():
            return {"state": "running"}
        case CopyRefused(reason=reason):
            return {"state": "refused", "reason": reason}
        case CopyLater(reason=reason):
            return {"state": "waiting", "reason": reason}
