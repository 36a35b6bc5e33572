"""sources list, validate, health: the maintainers' desk."""

from __future__ import annotations

import typer

from watcher.cli.options import Setting, command, print_json, say
from watcher.cli.standing import register_mask


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    sources = typer.Typer(help="The maintainers' desk: what is watched, and how well.", no_args_is_help=True)
    command(sources, "list")(list_sources)
    command(sources, "validate")(validate)
    command(sources, "health")(health)
    register_mask(sources)
    app.add_typer(sources, name="sources")


def list_sources(
    setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")
) -> None:
    """Every source of the configuration."""
    from watcher.render.console import columns

    for source in setting.configuration.sources:
        name = setting.configuration.organisation(source.organisation).name
        if as_json:
            print_json(
                {
                    "id": source.id,
                    "organisation": source.organisation,
                    "kind": source.kind.value,
                    "url": source.url,
                    "every_s": source.every_s,
                    "enabled": source.enabled,
                    "note": source.note,
                }
            )
        else:
            state = "" if source.enabled else f"disabled: {source.note}"
            say(columns(source.kind.value, name, source.id, source.url, state))


def validate(setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")) -> None:
    """Check the whole configuration, without the network."""
    configuration = setting.configuration
    enabled = sum(source.enabled for source in configuration.sources)
    counts = {
        "topics": len(configuration.topics),
        "organisations": len(configuration.organisations),
        "sources": len(configuration.sources),
        "enabled": enabled,
    }
    if as_json:
        print_json(counts)
    else:
        say(
            f"{setting.environment.config}: good. {counts['topics']} topic, {counts['organisations']} organisations,"
            f" {counts['sources']} sources, {enabled} of them enabled."
        )


def health(setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")) -> None:
    """How well each enabled source is read: last good read, trouble and since when, documents kept."""
    from watcher.render.console import columns
    from watcher.store.database import open_read_only
    from watcher.store.health import source_health

    found = {row["source"]: row for row in source_health(open_read_only(setting.environment.storage))}
    for source in setting.configuration.sources:
        if not source.enabled:
            continue
        row = found.get(source.id, {"source": source.id, "state": "not read yet"})
        if as_json:
            print_json(row)
        else:
            name = setting.configuration.organisation(source.organisation).name
            last = (
                f"last read {row['last_read_at'][:16].replace('T', ' ')}" if row.get("last_read_at") else "never read"
            )
            say(columns(row["state"], name, source.id, last, f"{row.get('documents', 0)} documents"))
