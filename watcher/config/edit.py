"""Writing to sources.toml: one table more, every other byte as it was."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from watcher.config.lines import Lines
from watcher.config.load import Configuration, load
from watcher.core.errors import ConfigError


def with_source(text: str, source: Mapping[str, Any], organisation: Mapping[str, Any] | None = None) -> str:
    """`text` with a [[source]] after the last one of its organisation, or after the organisation itself.

    A new `organisation` is put at the end of the file, and the source below it.
    """
    if organisation is not None:
        return f"{text.rstrip()}\n\n{table('organisation', organisation)}\n{table('source', source)}"
    place = _place(text, str(source["organisation"]))
    lines = text.split("\n")
    before, after = "\n".join(lines[:place]).rstrip(), "\n".join(lines[place:]).lstrip("\r\n")
    return f"{before}\n\n{table('source', source)}" + (f"\n{after}" if after else "")


def table(name: str, values: Mapping[str, Any]) -> str:
    """One [[table]] as TOML, keys in the order of `values`; what is None is left out."""
    tables = tomlkit.aot()
    one = tomlkit.table()
    for key, value in values.items():
        if value is not None:
            one.add(key, value)
    tables.append(one)
    document = tomlkit.document()
    document.add(name, tables)
    return tomlkit.dumps(document).strip() + "\n"


def replace_file(path: Path, text: str) -> Configuration:
    """Put `text` in the place of the file at `path`, at once and only if it is a good configuration.

    Raises ConfigError, naming the faults, and leaves the file as it is.
    """
    target = path.resolve()
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be written: {exc.strerror}") from exc
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        load(new)
        if target.exists():
            new.chmod(target.stat().st_mode & 0o7777)
        new.replace(target)
    except ConfigError as exc:
        raise ConfigError(*(fault.replace(str(new), str(path)) for fault in exc.faults)) from exc
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be written: {exc.strerror}") from exc
    finally:
        new.unlink(missing_ok=True)
    return load(path)


def _place(text: str, organisation: str) -> int:
    """How many lines of `text` stand before the new table."""
    raw = tomllib.loads(text)
    lines = Lines(text)
    sources = [at for at, one in enumerate(raw.get("source", ())) if one.get("organisation") == organisation]
    owners = [at for at, one in enumerate(raw.get("organisation", ())) if one.get("id") == organisation]
    if sources:
        start = max(lines.line(("source", at)) for at in sources)
    elif owners:
        start = lines.line(("organisation", owners[0]))
    else:
        return text.count("\n") + 1
    return lines.end_of_table(start)
