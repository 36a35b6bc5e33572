"""changes, show, search, diff: looking at what was found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from watcher.cli.options import Setting, command, print_json, say
from watcher.config.durations import seconds
from watcher.config.load import nearest
from watcher.core.errors import ConfigError, FilterError, StoreError
from watcher.core.filter import Filter, parse_filter, vocabulary
from watcher.store import changes as changes_store
from watcher.store.changes import Change


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "changes")(changes)
    command(app, "show")(show)
    command(app, "search")(search)
    command(app, "diff")(diff)


def changes(
    setting: Setting,
    since: str = typer.Option("7d", "--since", help='How far back ("7d", "12h"), or a date (2026-06-01).'),
    topic: str | None = typer.Option(None, "--topic", help="This topic alone."),
    organisation: str | None = typer.Option(None, "--organisation", help="This organisation alone, by its id."),
    wish: str = typer.Option("", "--filter", help='As subscribers write it: "ended OR paused kind:trust -jobs".'),
    every: bool = typer.Option(False, "--all", help="Also what is about none of the topics."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """What was found, the newest first."""
    from watcher.render.console import columns
    from watcher.store.database import open_read_only

    if organisation is not None:
        known = [o.id for o in setting.configuration.organisations]
        if organisation not in known:
            raise ConfigError(f'--organisation: no organisation "{organisation}"{nearest(organisation, known)}')
    start, wanted = instant_of(since), filter_of(setting, wish)
    db = open_read_only(setting.environment.storage)
    found = changes_store.changes_since(
        db, start, topic_id=topic, organisation_id=organisation, on_topic_only=not every
    )
    if wish:
        from watcher.pipeline.audience import matching

        found = matching(db, setting.configuration, wanted, found)
    for change in found:
        if as_json:
            print_json(_as_json(change))
        else:
            told = "alert" if change.is_alert else ""
            head = f"{change.number:<8} {change.detected_at:%d %b %H:%M}  "
            say(head + columns(change.kind.value, change.organisation, change.title, change.summary, told))
    if not found and not as_json:
        say(f"Nothing since {start:%-d %B %Y, %H:%M} UTC.")


def filter_of(setting: Setting, text: str) -> Filter:
    """What `--filter` asks for, in the language that the bot, the web view and the digest read too."""
    try:
        return parse_filter(text, vocabulary(setting.configuration.organisations))
    except FilterError as fault:
        raise ConfigError(f"--filter: {fault}") from fault


def instant_of(text: str) -> datetime:
    """What `--since` names: a date, or so far back from now."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return datetime.now(UTC) - timedelta(seconds=seconds(text))
    except ValueError as exc:
        raise ConfigError(f"--since: {exc}, or a date like 2026-06-01") from exc


def _as_json(change: Change) -> dict[str, Any]:
    return {
        "id": change.number,
        "change": change.kind.value,
        "organisation": change.organisation_id,
        "source": change.source_id,
        "url": change.url,
        "title": change.title,
        "topic": change.topic_id,
        "tier": change.tier.value,
        "alert": change.is_alert,
        "statement": change.statement_id,
        "summary": change.summary,
        "reasons": list(change.reasons),
        "silent": change.is_silent,
        "stance_before": change.stance_before,
        "stance": change.stance,
        "softer": change.is_softer,
        "before": change.before_id,
        "after": change.after_id,
        "detected_at": change.detected_at.isoformat(),
    }


def show(setting: Setting, number: str = typer.Argument(metavar="ID", help='A change, like "c-1042".')) -> None:
    """One change whole: what was said before and after, why it was told, and where the proof lies."""
    from watcher.pipeline.alerts import alert_of
    from watcher.pipeline.watch import open_for_looking
    from watcher.render.plain import plain
    from watcher.store import documents

    change_id = change_number(number)
    watch = open_for_looking(setting.configuration, setting.environment)
    change = changes_store.change_by_id(watch.db, change_id)
    if change is None:
        raise StoreError(f'{number}: no such change ("watcher changes" lists them)')
    say(plain(alert_of(watch, change_id)))
    for reason in change.reasons:
        say(f"Decided because: {reason}")
    for name, version_id in (("before", change.before_id), ("after", change.after_id)):
        if version_id is None:
            continue
        capture = documents.capture_of(watch.db, version_id)
        where = f"{capture.file} at byte {capture.offset}, SHA-256 {capture.sha256}" if capture else "not captured"
        say(f"Version {version_id} ({name}): {where}")
    if change.before_id and change.after_id:
        say(f"Whole comparison: watcher diff {change.before_id} {change.after_id}")
    say(f"Proof for others: watcher evidence export {change.number}")


def change_number(text: str) -> int:
    """The id of the change that "c-1042" names. Raises ConfigError."""
    digits = text.lower().removeprefix("c-")
    if not digits.isdigit():
        raise ConfigError(f'"{text}" is not the number of a change: write it like "c-1042"')
    return int(digits)


def search(
    setting: Setting,
    words: list[str] = typer.Argument(help="What to look for."),
    limit: int = typer.Option(20, "--limit", min=1, max=1000, help="How many at the most."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Full text of the latest versions, best first."""
    from watcher.store.database import open_read_only
    from watcher.store.documents import search as search_versions

    rows = search_versions(open_read_only(setting.environment.storage), " ".join(words), limit)
    for row in rows:
        excerpt = row.pop("excerpt")
        if as_json:
            print_json(row | {"excerpt": excerpt.replace("\ue000", "").replace("\ue001", "")})
            continue
        say(f"{row['organisation']}: {row['title']}")
        say(f"  {row['url']}  (version {row['version_id']}, seen {row['seen_at'][:10]})")
        say("  " + " ".join(excerpt.replace("\ue000", "[").replace("\ue001", "]").split()))
    if not rows and not as_json:
        say("Nothing found.")


def diff(
    setting: Setting,
    before: str = typer.Argument(metavar="FROM", help="A version's id, or a file."),
    after: str = typer.Argument(metavar="TO", help="A version's id, or a file."),
    form: str = typer.Option("plain", "--format", help="plain, telegram, html or json."),
) -> None:
    """What differs between two versions, or two files, word by word."""
    from watcher.core.diff import diff as compare
    from watcher.render.diff import DIFF_FORMATS, render_diff

    if form not in DIFF_FORMATS:
        raise ConfigError(f'--format "{form}" is not known{nearest(form, DIFF_FORMATS)}: {", ".join(DIFF_FORMATS)}')
    old, new = _text(setting, before), _text(setting, after)
    rendered = render_diff(compare(old[1], new[1]), form, title=f"{old[0]} → {new[0]}")
    if form in ("html", "json"):
        print(rendered)
    else:
        say(rendered)


def _text(setting: Setting, name: str) -> tuple[str, tuple[str, ...]]:
    """The title and the blocks of a version or a file."""
    from watcher.pipeline.files import read_file
    from watcher.store.database import open_read_only
    from watcher.store.documents import version_by_id

    if Path(name).exists():
        document = read_file(Path(name)).documents[0]
        return document.title or name, document.blocks
    if not name.isdigit():
        raise ConfigError(f'"{name}" is neither a file nor the number of a version ("watcher show ID" names them)')
    version = version_by_id(open_read_only(setting.environment.storage), int(name))
    if version is None:
        raise StoreError(f"version {name}: no such version")
    return f"{version.document.title} ({version.seen_at:%-d %B %Y})", version.document.blocks
