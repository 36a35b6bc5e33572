"""doctor, backup, restore: keeping the watcher well."""

from __future__ import annotations

from pathlib import Path

import typer

from watcher.cli.options import Setting, command, print_json, say


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "doctor")(doctor)
    command(app, "backup")(backup)
    command(app, "restore")(restore)


def doctor(
    setting: Setting,
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Checks configuration, token, storage and clock; exit 1 if something needs a hand."""
    from watcher.pipeline.doctor import examine

    ok = True
    for finding in examine(setting.environment):
        ok = ok and finding.level != "bad"
        if as_json:
            print_json({"check": finding.check, "level": finding.level, "says": finding.says})
        else:
            say(f"{finding.level:<5} {finding.check:<14} {finding.says}")
    if not ok:
        raise typer.Exit(1)


def backup(setting: Setting, file: Path = typer.Argument(help="Where to write the copy.")) -> None:
    """A consistent copy of the database and the captures, also while the watcher runs."""
    from watcher.pipeline.backup import write_backup

    size = write_backup(setting.environment.storage, file)
    say(f"{file}: {size / 1e6:.1f} MB. Bring it back with: watcher restore {file}")


def restore(
    setting: Setting,
    file: Path = typer.Argument(help="A copy that backup made."),
    force: bool = typer.Option(False, "--force", help="Put what is in the storage folder aside first."),
) -> None:
    """Bring a backup back into the storage folder."""
    from watcher.pipeline.backup import restore_backup

    aside = restore_backup(setting.environment.storage, file, force=force)
    say(f"{setting.environment.storage}: restored from {file}")
    if aside:
        say(f"What was there before lies in {aside}")
