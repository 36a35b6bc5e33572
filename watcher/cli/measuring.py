"""replay, quality: what other rules would have told, and how good the judgement is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.judging import records
from watcher.cli.looking import instant_of
from watcher.cli.options import Setting, command, print_json, say
from watcher.core.errors import ConfigError

if TYPE_CHECKING:
    from watcher.pipeline.quality import Measure
    from watcher.pipeline.replay import Replayed

SHIPPED = Path(__file__).parents[2] / "tests" / "quality"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "replay")(replay)
    command(app, "quality")(quality)


def replay(
    setting: Setting,
    since: str = typer.Option(..., "--since", help='A date (2026-06-01), or how far back ("30d").'),
    every: bool = typer.Option(False, "--all", help="Also changes whose alert stays as it is."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line, a summary last."),
) -> None:
    """Which alerts would appear or vanish if stored captures were judged by today's rules. Writes nothing."""
    from collections import Counter

    from watcher.pipeline.replay import Replay
    from watcher.store.database import open_read_only

    counts: Counter[str] = Counter()
    replayer = Replay(open_read_only(setting.environment.storage), setting.environment.storage, setting.configuration)
    for one in replayer.since(instant_of(since)):
        counts["replayed"] += 1
        counts[one.effect or "stays"] += 1
        if one.effect or every:
            _show_replayed(one, as_json)
    if as_json:
        print_json({"summary": {key: counts[key] for key in ("replayed", "appears", "vanishes", "stays")}})
    else:
        say(
            f"{counts['replayed']} changes replayed: {counts['appears']} alerts would appear,"
            f" {counts['vanishes']} would vanish. Nothing was written."
        )


def _show_replayed(one: Replayed, as_json: bool) -> None:
    change = one.change
    if as_json:
        print_json(
            {
                "id": change.number,
                "effect": one.effect or "stays",
                "recorded": {"change": change.kind.value, "tier": change.tier.value, "alert": change.is_alert},
                "now": {"change": one.kind, "tier": one.tier.value, "alert": one.is_told},
                "organisation": change.organisation_id,
                "source": change.source_id,
                "url": change.url,
                "title": change.title,
                "reasons": list(one.reasons),
                "trouble": one.trouble,
            }
        )
        return
    say(
        f"{one.effect or 'stays':<9} {change.number}  {change.organisation}: {change.title}"
        f"  ({change.kind.value} → {one.kind})"
    )
    for reason in one.reasons[:4]:
        say(f"          {reason}")
    if one.trouble:
        say(f"          Note: {one.trouble}")


def quality(
    setting: Setting,
    files: list[Path] = typer.Argument(
        None, metavar="[FILE.jsonl]...", help="Labelled cases; default: those that ship."
    ),
    labels: bool = typer.Option(False, "--labels", help="Also what maintainers have judged with review."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Precision and recall on labelled texts, one measure a line, and every error by name."""
    from watcher.core.reader import TopicReader
    from watcher.pipeline.quality import measure

    configuration = setting.configuration
    if not configuration.topics:
        raise ConfigError(f"{configuration.path}: no topic to measure")
    topics = TopicReader(configuration.topics)
    sets = {_name(path): list(records(str(path), ("id", "text"))) for path in files or []} or _shipped()
    if labels or not files:
        sets["judged by maintainers"] = list(_judged(setting))
    for name, cases in sets.items():
        for found in measure(topics, cases):
            _show_measure(name, found, as_json)


def _show_measure(name: str, found: Measure, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "set": name,
                "measure": found.name,
                "share": round(found.share, 4),
                "right": found.right,
                "of": found.of,
                "errors": list(found.errors),
            }
        )
        return
    say(f"{name:<24} {found.name:<46} {found.share:.3f}  {found.right} of {found.of}")
    for error in found.errors:
        say(f"    {error}")


def _shipped() -> dict[str, list[Any]]:
    """The labelled texts of the source tree by folder; a package that was installed without them has none."""
    found: dict[str, list[Any]] = {}
    for folder in ("match", "same"):
        for path in sorted((SHIPPED / folder).glob("*.jsonl")):
            found.setdefault(f"ships: {folder}", []).extend(records(str(path), ("id", "text")))
    if not found:
        raise ConfigError("no labelled texts beside this program: name FILE.jsonl, or run it from its source tree")
    return found


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _judged(setting: Setting) -> Iterator[dict[str, Any]]:
    from watcher.store import people
    from watcher.store.database import FILE_NAME, open_read_only

    if not (setting.environment.storage / FILE_NAME).exists():
        return
    organisations = {one.id: one for one in setting.configuration.organisations}
    db = open_read_only(setting.environment.storage)
    yield from people.labelled(db, setting.configuration.topics[0].id, organisations)
