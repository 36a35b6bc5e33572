"""sources list, test, add, validate, health: the maintainers' desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.options import Setting, command, hint, print_json, say
from watcher.cli.standing import register_mask

if TYPE_CHECKING:
    from watcher.core.model import Organisation, Source
    from watcher.pipeline.desk import Desk


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    sources = typer.Typer(help="The maintainers' desk: what is watched, and how well.", no_args_is_help=True)
    command(sources, "list")(list_sources)
    command(sources, "test")(test)
    command(sources, "add")(add)
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


def test(
    setting: Setting,
    what: str = typer.Argument(metavar="ID|URL", help="A source of the configuration, or any address."),
    kind: str | None = typer.Option(None, "--kind", help="Read an address as page, listing, feed, sitemap or json."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Read a source twice and show what a poll would make of it. Writes nothing."""
    from watcher.pipeline.desk import open_desk, try_source

    desk = open_desk(setting.configuration, setting.environment)
    source, organisation = _tested(desk, what, kind)
    trial = try_source(desk, source, organisation)
    if as_json:
        print_json(trial.as_json())
    else:
        for line in trial.lines():
            say(line)
    if trial.trouble:
        raise typer.Exit(1)


def _tested(desk: Desk, what: str, kind: str | None) -> tuple[Source, Organisation | None]:
    """The source that an id or an address stands for; an address that no source has is looked at first."""
    from watcher.core.errors import ConfigError
    from watcher.core.model import Recipe, Source, SourceKind
    from watcher.core.urls import identity
    from watcher.pipeline.suggest import guess_kind, owner_of

    configuration = desk.configuration
    if kind is not None and kind not in list(SourceKind):
        raise ConfigError(f'--kind "{kind}" is not known: one of {", ".join(SourceKind)}')
    if not what.startswith(("http://", "https://")):
        source = configuration.source(what)
        return source, configuration.organisation(source.organisation)
    for source in configuration.sources:
        if identity(source.url) == identity(what) and kind in (None, source.kind.value):
            return source, configuration.organisation(source.organisation)
    owner = owner_of(configuration.organisations, what)
    chosen = SourceKind(kind) if kind else guess_kind(desk, what)
    recipe = Recipe(domains=owner.domains if owner else ())
    return Source("(not a source yet)", owner.id if owner else "", chosen, what, 1, recipe=recipe), owner


def add(
    setting: Setting,
    url: str = typer.Argument(help="A page of the site: its news, its feed, its front page, or one statement."),
    organisation: str | None = typer.Option(None, "--organisation", help="Whose it is (default: by its host)."),
    source_id: str | None = typer.Option(None, "--id", help="The new source's id (default: made from the address)."),
    organisation_name: str | None = typer.Option(
        None, "--organisation-name", help="With --kind: make the organisation if it is not there."
    ),
    kind: str | None = typer.Option(None, "--kind", help="Of the new organisation: trust, college, charity, …"),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Find the feed, sitemap or listing of a site, try it, and write it into the configuration."""
    from watcher.pipeline.adding import Wish, add_source
    from watcher.pipeline.desk import open_desk

    desk = open_desk(setting.configuration, setting.environment)
    wish = Wish(url, organisation, organisation_name, kind, source_id)
    added = add_source(desk, setting.environment.config, wish)
    if as_json:
        print_json({**added.trial.as_json(), "written": added.written, "hints": list(added.hints)})
        return
    for candidate in added.suggestion.considered:
        mark = "*" if candidate == added.suggestion.best else " "
        say(f"{mark} {candidate.kind.value:8} {candidate.url}   {candidate.says}")
    say()
    for line in added.trial.lines():
        say(line)
    say()
    say(f"Written to {setting.environment.config}:")
    say()
    say(added.written.rstrip())
    for text in added.hints:
        hint(text)


def validate(setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")) -> None:
    """Check the whole configuration and the mail templates beside it, without the network."""
    from watcher.pipeline.mail_templates import changed_templates, mail_templates

    configuration = setting.configuration
    if changed_templates(configuration):
        mail_templates(configuration)
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
            say(_health_line(row, setting.configuration.organisation(source.organisation).name))


def _health_line(row: dict[str, Any], name: str) -> str:
    """One source as columns: its state, how it has fared, what it holds."""
    from watcher.render.console import columns

    last = f"last read {_minute(row['last_read_at'])}" if row.get("last_read_at") else "never read"
    parts = [f"{row.get('documents', 0)} documents", f"{row.get('bytes', 0) / 1e6:.1f} MB"]
    if row.get("median_interval_s"):
        parts.append(f"every {row['median_interval_s'] / 3600:.1f} h")
    if row.get("failures"):
        parts.append(f"{row['failures']} failures since {_minute(row['failing_since'])}: {row['detail']}")
    if row.get("next_check_at"):
        parts.append(f"next {_minute(row['next_check_at'])}")
    return columns(row["state"], name, row["source"], last, ", ".join(parts))


def _minute(stamp: str) -> str:
    return stamp[:16].replace("T", " ")
