"""What every command takes, and how a command becomes a Watch."""

from __future__ import annotations

import functools
import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import typer

from watcher.config.environment import Environment, environment
from watcher.config.load import Configuration, load
from watcher.core.markup import printable

_COMMON = {
    "config": (Path | None, typer.Option(None, "--config", help="The configuration (default: sources.toml).")),
    "storage": (Path | None, typer.Option(None, "--storage", help="The data folder (default: storage/).")),
    "verbose": (bool, typer.Option(False, "-v", "--verbose", help="Say more; show where an error came from.")),
    "log_format": (Literal["text", "json"], typer.Option("text", "--log-format", help="How logs are written.")),
}


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as a command that also takes the common options.

    The function gets them as one `Setting`, its first argument.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        own = list(signature.parameters.values())[1:]
        common = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)
            for key, (annotation, option) in _COMMON.items()
        ]

        @functools.wraps(function)
        def wrapped(**values: Any) -> None:
            given = {key: values.pop(key) for key in _COMMON}
            function(Setting.of(**given), **values)

        own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        wrapped.__signature__ = signature.replace(parameters=[*own, *common])  # type: ignore[attr-defined]
        wrapped.__annotations__ = {p.name: p.annotation for p in [*own, *common]}
        app.command(name)(wrapped)
        return function

    return register


class Setting:
    """The environment with what the command line says instead. Read when first asked for: demo never does."""

    def __init__(self, said: dict[str, Any], *, verbose: bool, log_format: str = "text") -> None:
        self._said = {key: value for key, value in said.items() if value is not None}
        self.verbose = verbose
        self.log_format = log_format

    @classmethod
    def of(cls, config: Path | None, storage: Path | None, verbose: bool, log_format: str) -> Setting:
        """The setting of one command; logging is set up on the way."""
        from watcher.cli.logs import set_up_logging

        set_up_logging(verbose=verbose)
        return cls({"config": config, "storage": storage}, verbose=verbose, log_format=log_format)

    @functools.cached_property
    def environment(self) -> Environment:
        """The environment, checked. Raises ConfigError."""
        return environment().model_copy(update=self._said)

    @functools.cached_property
    def configuration(self) -> Configuration:
        """sources.toml, checked. Raises ConfigError."""
        return load(self.environment.config)


def print_json(value: Any) -> None:
    """One JSON object on one line of standard output."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def say(text: str = "") -> None:
    """A line for people on standard output; what a page could use to move the cursor is shown, not obeyed."""
    encoding = sys.stdout.encoding or "utf-8"
    print(printable(text).encode(encoding, "replace").decode(encoding), flush=True)


def hint(text: str) -> None:
    """A line for people on standard error."""
    print(printable(text), file=sys.stderr, flush=True)
