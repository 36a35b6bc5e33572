"""evidence export, verify: what proves a version."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.options import Setting, command, print_json, say
from watcher.core.errors import ConfigError

if TYPE_CHECKING:
    from watcher.evidence.check import Checked
    from watcher.pipeline.verifying import Unproved, Verified


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    evidence = typer.Typer(help="What proves that a page said what it said.", no_args_is_help=True)
    command(evidence, "export")(export)
    command(evidence, "verify")(verify)
    app.add_typer(evidence, name="evidence")


def export(
    setting: Setting,
    change: str = typer.Argument(metavar="CHANGE", help='A change, like "c-1042".'),
    file: Path | None = typer.Option(
        None, "-o", "--output", metavar="FILE.wacz", help="Where to (default: exports/c-1042.wacz in the storage)."
    ),
    force: bool = typer.Option(False, "--force", help="Replace the file if there is one."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object."),
) -> None:
    """What proves a change, as a WACZ file that others can check."""
    from datetime import UTC

    from watcher.cli.looking import change_number
    from watcher.pipeline.packing import export_change
    from watcher.store.database import open_read_only

    change_id, storage = change_number(change), setting.environment.storage
    target = file or storage / "exports" / f"c-{change_id}.wacz"
    made = export_change(open_read_only(storage), storage, change_id, target, datetime.now(UTC), force=force)
    if as_json:
        told = {"file": str(made.file), "bytes": made.bytes, "sha256": made.sha256, "change": made.change.number}
        print_json(told | {"versions": list(made.versions)})
        return
    say(f"{made.file}: {made.bytes:,} bytes; {_versions(made.versions)} of {made.change.url}")
    say(f"SHA-256 {made.sha256}")
    say(f"Note that hash where others can see it. Check it with: watcher evidence verify {made.file}")


def verify(
    setting: Setting,
    file: Path | None = typer.Argument(None, metavar="FILE", help="A pack (.wacz), or captures (.warc.gz)."),
    every: bool = typer.Option(False, "--all", help="Every snapshot and version in the storage folder."),
    reread: bool = typer.Option(
        False, "--reread", help="With --all: read the kept bytes again, where today's extractor read them then."
    ),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a fault, a summary last."),
) -> None:
    """Whether what was kept still holds; exit 1 names what does not."""
    if every == (file is not None):
        raise ConfigError("name one file to verify, or --all for everything in the storage folder")
    if reread and not every:
        raise ConfigError("--reread goes with --all: a file alone does not say how its source is read")
    holds = _verify_file(file, as_json=as_json) if file else _verify_all(setting, reread=reread, as_json=as_json)
    if not holds:
        raise typer.Exit(1)


def _verify_all(setting: Setting, *, reread: bool, as_json: bool) -> bool:
    from watcher.cli.progress import progress_bar
    from watcher.pipeline.verifying import Verified, verify_all
    from watcher.store.database import open_read_only

    sources = {source.id: source for source in setting.configuration.sources} if reread else None
    storage, verified = setting.environment.storage, Verified()
    db = open_read_only(storage)
    with progress_bar("Verifying", is_json=as_json) as progress:
        for one in verify_all(db, storage, verified, progress, sources):
            if as_json:
                print_json(_unproved_as_json(one))
            else:
                say(_unproved_line(one))
    _sum_up(verified, as_json=as_json, is_reread=reread)
    return verified.holds


def _sum_up(verified: Verified, *, as_json: bool, is_reread: bool) -> None:
    bad = verified.versions - verified.versions_holding
    if as_json:
        counts = {
            "versions": verified.versions,
            "versions_holding": verified.versions_holding,
            "answers": verified.snapshots,
            "answers_holding": verified.answers_holding,
        }
        print_json({"summary": counts | ({"reread": verified.reread} if is_reread else {})})
        return
    held = f"all {verified.versions:,} hold" if not bad else f"{verified.versions_holding:,} hold, {bad:,} do not"
    say(f"Versions: {held}. Answers kept: {verified.answers_holding:,} of {verified.snapshots:,} hold.")
    if is_reread:
        say(f"Read again by the extractor that read them then: {verified.reread:,} versions.")


def _unproved_line(one: Unproved) -> str:
    name = f"version {one.version_id}" if one.version_id else f"answer {one.snapshot_id} (that the page is gone)"
    changes = f" ({', '.join(one.changes)})" if one.changes else ""
    place = "" if one.fault.part.startswith(("version", "snapshot")) else f"{one.fault.part}: "
    return f"{name}{changes}  {one.url}\n    {one.fault.kind.value}: {place}{one.fault.says}"


def _unproved_as_json(one: Unproved) -> dict[str, Any]:
    return {
        "version": one.version_id,
        "snapshot": one.snapshot_id,
        "changes": list(one.changes),
        "url": one.url,
        "fault": one.fault.kind.value,
        "part": one.fault.part,
        "says": one.fault.says,
    }


def _verify_file(file: Path, *, as_json: bool) -> bool:
    from watcher.evidence.check import check_file

    checked = check_file(file)
    for fault in checked.faults:
        if as_json:
            print_json({"file": str(file), "fault": fault.kind.value, "part": fault.part, "says": fault.says})
        else:
            say(str(fault))
    if as_json:
        counts = {"files": checked.files, "records": checked.records, "versions": checked.texts}
        told = {"file": str(file), "holds": checked.holds, "kind": checked.kind, "sha256": checked.sha256}
        print_json({"summary": told | counts})
    elif checked.holds:
        _say_holding(file, checked)
    else:
        say(f"{file} does not hold; what is wrong is named above.")
    return checked.holds


def _say_holding(file: Path, checked: Checked) -> None:
    if checked.statement is None:
        say(f"{file} holds: {checked.records:,} records, each whole and with the hashes that it carries.")
        say(f"SHA-256 {checked.sha256}")
        return
    change = checked.statement["change"]
    say(f"{change['id']}: {change['kind']}, {change['organisation']['name']}, {change['url']}")
    for version in checked.statement["versions"]:
        say(f"  {version['role']:<7} version {version['id']}, fetched {version['answer']['fetched_at']}")
    say(f"{file} holds: {checked.files} files, {checked.records} records, {checked.texts} texts.")
    say(f"SHA-256 {checked.sha256}")
    say("That the site sent these bytes, and when, rests on the word of whoever kept them.")


def _versions(versions: tuple[int, ...]) -> str:
    return f"version{'s' if len(versions) > 1 else ''} {' and '.join(map(str, versions))}"
