"""`sources add`: look, choose, try, and write one source. Nothing is written unless it could be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from watcher.config.edit import replace_file, table, with_source
from watcher.config.load import Configuration, nearest
from watcher.core.errors import ConfigError, FetchError
from watcher.core.model import Organisation, OrganisationKind
from watcher.core.urls import identity
from watcher.pipeline.desk import Desk, try_source
from watcher.pipeline.suggest import Suggestion, entry_of, owner_of, source_of, suggest
from watcher.pipeline.trial import Trial


@dataclass(frozen=True, slots=True)
class Wish:
    """What the maintainer said."""

    url: str
    organisation: str | None = None  # id; None: by the address's host
    organisation_name: str | None = None  # with `organisation_kind`: make it, if it is not there
    organisation_kind: str | None = None
    id: str | None = None  # of the source; None: made from the address


@dataclass(frozen=True, slots=True)
class Added:
    """What was found, tried and written."""

    suggestion: Suggestion
    trial: Trial
    written: str  # as it stands in the file now
    hints: tuple[str, ...] = ()


def add_source(desk: Desk, path: Path, wish: Wish) -> Added:
    """Find the best way to watch the address, try it, and write it into the file at `path`.

    Raises ConfigError for what the maintainer must say otherwise (the address is watched already, the
    organisation is not known), FetchError if nothing there can be read. Either way nothing is written.
    """
    configuration = desk.configuration
    _check_wish(configuration, wish)
    suggestion = suggest(desk, wish.url)
    if suggestion.best is None:
        reason = f"nothing written: {suggestion.trouble or 'nothing to watch was found'}"
        raise FetchError(wish.url, reason, transient=False)
    for url in (suggestion.final_url, suggestion.best.url):
        _refuse_known(configuration, url)
    organisation, is_new = _organisation(configuration, wish, suggestion)
    source = source_of(suggestion.best, organisation, [one.id for one in configuration.sources], wish.id)
    trial = try_source(desk, source, organisation)
    if trial.trouble:
        raise FetchError(source.url, f"nothing written: {trial.trouble}", transient=False)
    day = datetime.now(UTC)
    entry = entry_of(source, suggestion.best, f"{day:%-d %B %Y}")
    body = _organisation_entry(organisation) if is_new else None
    text = path.read_bytes().decode("utf-8")
    replace_file(path, with_source(text, entry, body))
    written = (f"{table('organisation', body)}\n" if body else "") + table("source", entry)
    return Added(suggestion, trial, written, tuple(_hints(wish, suggestion, organisation)))


def _check_wish(configuration: Configuration, wish: Wish) -> None:
    """All that can be told without the network."""
    if urlsplit(wish.url).scheme not in ("http", "https") or not urlsplit(wish.url).hostname:
        raise ConfigError(f'"{wish.url}" is not a web address: it must start with http:// or https:// and name a host')
    _refuse_known(configuration, wish.url)
    if wish.id is not None and wish.id in {source.id for source in configuration.sources}:
        raise ConfigError(f'{configuration.path}: source "{wish.id}" is there already: choose another --id')
    if wish.id is not None and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", wish.id):
        raise ConfigError(f'--id "{wish.id}": small letters, digits and single hyphens, as in "rcpsych-news"')
    kinds = [kind.value for kind in OrganisationKind]
    kind = wish.organisation_kind
    if kind is not None and kind not in kinds:
        raise ConfigError(f'--kind "{kind}" is not known{nearest(kind, kinds)}: one of {", ".join(kinds)}')
    if wish.organisation is not None and not _is_described(wish):
        _known(configuration, wish.organisation)


def _refuse_known(configuration: Configuration, url: str) -> None:
    for source in configuration.sources:
        if identity(source.url) == identity(url):
            state = "" if source.enabled else " (it is disabled)"
            raise ConfigError(f'{configuration.path}: source "{source.id}" reads {source.url} already{state}')


def _organisation(configuration: Configuration, wish: Wish, suggestion: Suggestion) -> tuple[Organisation, bool]:
    """Whose source it is, and whether that organisation is new."""
    known = {organisation.id: organisation for organisation in configuration.organisations}
    if wish.organisation is not None and wish.organisation in known:
        return known[wish.organisation], False
    if wish.organisation is None:
        owner = owner_of(configuration.organisations, suggestion.final_url, wish.url)
        if owner is not None:
            return owner, False
    if not _is_described(wish):
        host = urlsplit(suggestion.final_url).hostname or ""
        raise ConfigError(
            f"{host} belongs to no organisation in {configuration.path}: name it with --organisation ID, or make it"
            " with --organisation ID --organisation-name NAME --kind KIND"
        )
    host = (urlsplit(suggestion.final_url).hostname or "").removeprefix("www.")
    name = wish.organisation_name or ""
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "organisation"
    made_id = wish.organisation or made
    if made_id in known:
        raise ConfigError(f'{configuration.path}: organisation "{made_id}" is there already: --organisation {made_id}')
    return Organisation(made_id, name, OrganisationKind(wish.organisation_kind or ""), domains=(host,)), True


def _is_described(wish: Wish) -> bool:
    return bool(wish.organisation_name and wish.organisation_kind)


def _known(configuration: Configuration, organisation: str) -> None:
    ids = [one.id for one in configuration.organisations]
    if organisation not in ids:
        raise ConfigError(
            f'{configuration.path}: organisation "{organisation}" is not defined{nearest(organisation, ids)};'
            " to make it, add --organisation-name NAME --kind KIND"
        )


def _organisation_entry(organisation: Organisation) -> dict[str, object]:
    return {
        "id": organisation.id,
        "name": organisation.name,
        "kind": organisation.kind.value,
        "domains": list(organisation.domains),
    }


def _hints(wish: Wish, suggestion: Suggestion, organisation: Organisation) -> list[str]:
    asked, final = (urlsplit(url).hostname or "" for url in (wish.url, suggestion.final_url))
    found = []
    if asked != final:
        found.append(f"{asked} redirects to {final}: the source has the new address")
    missing = [host for host in dict.fromkeys((final, asked)) if owner_of([organisation], f"https://{host}/") is None]
    if missing:
        hosts = " and ".join(missing)
        found.append(f"add {hosts} to the domains of {organisation.id}, so that what moves between its hosts is known")
    return found
