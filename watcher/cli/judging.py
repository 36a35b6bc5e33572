"""extract, judge, match, same: the judgement by itself, on files and JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.config.load import nearest
from watcher.core.errors import ConfigError, ExtractError, WatcherError
from watcher.core.model import Document, Extraction


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, "extract")(extract)
    command(app, "judge")(judge)
    command(app, "match")(match)
    command(app, "same")(same)


def extract(
    setting: Setting,
    files: list[str] = typer.Argument(metavar="FILE...|URL", help="Saved files, or one address."),
    url: str | None = typer.Option(None, "--url", help="The address that the file came from."),
    media_type: str | None = typer.Option(None, "--media-type", help="What the file is, like text/html."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """The text of files, in order."""
    failed = False
    for name in files:
        try:
            extraction = _extraction(setting, name, url, media_type)
        except WatcherError as exc:
            failed = True
            hint(str(exc))
            if as_json:
                print_json({"file": name, "error": str(exc)})
            continue
        for document in extraction.documents:
            print_json(_as_json(document, extraction)) if as_json else _say_document(document)
        for warning in extraction.warnings:
            hint(f"{name}: {warning}")
    if failed:
        raise typer.Exit(1)


def _extraction(setting: Setting, name: str, url: str | None, media_type: str | None) -> Extraction:
    from watcher import __version__
    from watcher.fetch.policy import FetchPolicy, user_agent
    from watcher.pipeline.files import read_address, read_file

    if name.startswith(("http://", "https://")):
        return read_address(name, FetchPolicy(user_agent(__version__, ""), setting.environment.private_hosts))
    return read_file(Path(name), url, media_type)


def _as_json(document: Document, extraction: Extraction) -> dict[str, Any]:
    return {
        "title": document.title,
        "text": document.text,
        "blocks": list(document.blocks),
        "links": [{"url": link.url, "text": link.text} for link in document.links],
        "frame": list(document.frame),
        "published_on": document.published_on.isoformat() if document.published_on else None,
        "modified_on": document.modified_on.isoformat() if document.modified_on else None,
        "language": document.language,
        "pages": list(document.pages),
        "url": document.url,
        "extractor": extraction.extractor,
    }


def _say_document(document: Document) -> None:
    say(document.title)
    dates = {"published": document.published_on, "changed": document.modified_on}
    for name, on in dates.items():
        if on:
            say(f"{name} {on:%-d %B %Y}")
    say()
    say(document.text)
    for link in document.links:
        say(f"  {link.text}: {link.url}")


def judge(
    setting: Setting,
    file: str = typer.Argument("-", help="JSON lines with id, url, captures (paths, oldest first)."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line (the default)."),
) -> None:
    """What happened from each saved capture of a page to the next."""
    from watcher.pipeline.files import read_bytes
    from watcher.pipeline.judge import judge as judge_captures

    for record in records(file, ("id", "captures")):
        folder = Path(file).parent if file != "-" else Path()
        bodies = [read_bytes(_beside(folder, name)) for name in record["captures"]]
        steps = judge_captures(record.get("url", ""), bodies)
        print_json(
            {
                "id": record["id"],
                "changes": [step.change for step in steps],
                "reasons": ["; ".join(step.reasons) for step in steps],
            }
        )


def _beside(folder: Path, name: str) -> Path:
    """The capture as named from here, or from where the list lies."""
    path = Path(name)
    return path if path.exists() or path.is_absolute() else folder / path


def match(
    setting: Setting,
    file: str = typer.Argument("-", help="JSON lines with id, url, title, text."),
    topic: str | None = typer.Option(None, "--topic", help="Which topic (default: the first)."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line (the default)."),
) -> None:
    """Whether texts are about a topic, why, and what their speakers say of themselves."""
    from watcher.pipeline.matching import match_record

    topics = {t.id: t for t in setting.configuration.topics}
    if not topics:
        raise ConfigError(f"{setting.environment.config}: no [[topic]]: nothing to match")
    if topic is not None and topic not in topics:
        raise ConfigError(f'--topic: no topic "{topic}"{nearest(topic, topics)}')
    chosen = topics[topic] if topic is not None else next(iter(topics.values()))
    for line in match_record(chosen, setting.configuration.organisations, records(file, ("id", "text"))):
        print_json(line)


def same(
    setting: Setting,
    file: str = typer.Argument("-", help="JSON lines with id and text."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line (the default)."),
) -> None:
    """Which texts are the same statement: equal numbers."""
    from watcher.pipeline.same import same as cluster

    for line in cluster(records(file, ("id", "text"))):
        print_json(line)


def records(file: str, needed: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The JSON lines of a file or of standard input. Raises ExtractError naming the line and what is wrong."""
    try:
        lines = sys.stdin if file == "-" else Path(file).open(encoding="utf-8")  # noqa: SIM115
    except OSError as exc:
        raise ExtractError(f"{file}: cannot be read: {exc.strerror}") from exc
    with lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as exc:
                raise ExtractError(f"{file}:{number}: not JSON: {exc.msg} at column {exc.colno}") from exc
            missing = [key for key in needed if not isinstance(record, dict) or key not in record]
            if missing:
                raise ExtractError(f'{file}:{number}: "{missing[0]}" is missing: each line needs {", ".join(needed)}')
            yield record
