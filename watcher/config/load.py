"""sources.toml -> Configuration; every fault at once, each with file, line and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from watcher.config import schema
from watcher.config.lines import Lines
from watcher.core.errors import ConfigError
from watcher.core.model import Organisation, Source, SourceKind
from watcher.core.topic import Topic
from watcher.core.urls import identity


@dataclass(frozen=True)
class Configuration:
    """All that sources.toml says, checked."""

    path: Path
    settings: schema.SettingsModel = field(default_factory=schema.SettingsModel)
    topics: tuple[Topic, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    sources: tuple[Source, ...] = ()

    @cached_property
    def _organisations(self) -> dict[str, Organisation]:
        return {organisation.id: organisation for organisation in self.organisations}

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    def organisation(self, organisation_id: str) -> Organisation:
        """The organisation of that id; KeyError if there is none."""
        return self._organisations[organisation_id]

    def source(self, source_id: str) -> Source:
        """The source of that id; ConfigError with the nearest one if there is none."""
        if source_id not in self._sources:
            raise ConfigError(f'{self.path}: no source "{source_id}"{nearest(source_id, self._sources)}')
        return self._sources[source_id]


def load(path: Path) -> Configuration:
    """The configuration in `path`. Raises ConfigError naming every fault found."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file (name another with --config)") from None
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: cannot be read: {exc}") from exc
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(_syntax_fault(path, text, exc)) from exc
    try:
        model = schema.FileModel.model_validate(raw)
    except ValidationError as exc:
        raise ConfigError(*_model_faults(path, text, raw, exc)) from exc
    if faults := list(_cross_faults(path, text, model)):
        raise ConfigError(*faults)
    return _configuration(path, model)


def _configuration(path: Path, model: schema.FileModel) -> Configuration:
    organisations = {o.id: o.organisation() for o in model.organisation}
    topics = tuple(t.topic() for t in model.topic)
    frame_terms = tuple(term for topic in topics for term in topic.names)
    sources = tuple(s.source(model.settings.every, organisations[s.organisation], frame_terms) for s in model.source)
    return Configuration(path, model.settings, topics, tuple(organisations.values()), sources)


def _syntax_fault(path: Path, text: str, exc: tomllib.TOMLDecodeError) -> str:
    """tomllib names the line inside its message, or says "end of document"."""
    message, _, place = str(exc).rpartition(" (at ")
    is_placed = place.startswith("line ")
    line = int(place.removeprefix("line ").split(",")[0]) if is_placed else text.count("\n") + 1
    return f"{path}:{line}: not valid TOML: {message or exc}"


def _model_faults(path: Path, text: str, raw: dict[str, Any], exc: ValidationError) -> Sequence[str]:
    lines = Lines(text)
    faults: list[tuple[int, str]] = []
    for error in exc.errors(include_url=False):
        loc = tuple(error["loc"])
        line = lines.line(loc)
        faults.append((line, f"{path}:{line}: {_name(raw, loc)}{_what(error, loc)}"))
    return [fault for _, fault in sorted(set(faults))]


def _name(raw: dict[str, Any], loc: tuple[str | int, ...]) -> str:
    """Which table it is, by its id if it has one: `source "rcpsych-news": `."""
    if len(loc) < 2 or not isinstance(loc[1], int):
        return f"[{loc[0]}]: " if len(loc) > 1 else ""
    table = raw[str(loc[0])][loc[1]]
    identity = table.get("id") if isinstance(table, dict) else None
    return f'{loc[0]} "{identity}": ' if isinstance(identity, str) else f"{loc[0]} number {loc[1] + 1}: "


def _what(error: Any, loc: tuple[str | int, ...]) -> str:
    key = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        model = schema.model_at(loc)
        return f'unknown key "{key}"{nearest(key, schema.known_keys(model) if model else ())}'
    if kind == "missing":
        return f'"{key}" is missing: every {loc[0]} needs one'
    if kind == "enum":
        allowed = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        return (
            f'{key} "{error["input"]}" is not known{nearest(str(error["input"]), allowed)}: one of {", ".join(allowed)}'
        )
    if kind == "string_pattern_mismatch":
        return f'{key} "{error["input"]}" must be small letters, digits and single hyphens, as in "rcpsych-news"'
    if kind == "value_error":
        return f"{key}: {context['error']}" if len(loc) > 2 else str(context["error"])
    return f"{key}: {error['msg'][0].lower()}{error['msg'][1:]} (found {error['input']!r})"


def _cross_faults(path: Path, text: str, model: schema.FileModel) -> Iterable[str]:
    lines = Lines(text)
    for table in ("topic", "organisation", "source"):
        first: dict[str, int] = {}
        for index, entry in enumerate(getattr(model, table)):
            line = lines.line((table, index, "id"))
            if entry.id in first:
                yield f'{path}:{line}: {table} "{entry.id}": this id stands on line {first[entry.id]} already'
            first.setdefault(entry.id, line)
    yield from _doubled_addresses(path, lines, model)
    organisations = [o.id for o in model.organisation]
    for index, source in enumerate(model.source):
        if source.organisation not in organisations:
            line = lines.line(("source", index, "organisation"))
            hint = nearest(source.organisation, organisations)
            yield f'{path}:{line}: source "{source.id}": organisation "{source.organisation}" is not defined{hint}'


def _doubled_addresses(path: Path, lines: Lines, model: schema.FileModel) -> Iterable[str]:
    """Two sources of one address would share one row of history; that is a slip."""
    readers: dict[tuple[bool, str], str] = {}
    for index, source in enumerate(model.source):
        key = (source.kind == SourceKind.PAGE, identity(source.url))
        if key in readers and readers[key] != source.id:
            line = lines.line(("source", index, "url"))
            yield f'{path}:{line}: source "{source.id}": source "{readers[key]}" reads this address already'
        readers.setdefault(key, source.id)


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean "every"?)`, or nothing if no known word is near.

    >>> nearest("evry", ["every", "url"])
    ' (did you mean "every"?)'
    """
    from rapidfuzz import process  # for a fault's hint alone

    # 60: a slip of one letter in four still counts, an unrelated word of the same length does not.
    best = process.extractOne(word, list(known), score_cutoff=60)
    return f' (did you mean "{best[0]}"?)' if best else ""
