"""`watcher …`: parse, call one function, print.

options.py    what every command takes; errors to exit codes
watching.py   run, poll, deliver, demo
sources.py    sources list, test, validate, health, add
looking.py    changes, show, search, diff
judging.py    extract, judge, match, same
standing.py   positions, promises, sources mask
measuring.py  replay, quality
reviewing.py  review list, publish, dismiss, repeat
subscribers.py  subscribers list, add, pause, resume, export, erase
digest.py     digest
archiving.py  archive
evidence.py   evidence export, verify
keeping.py    doctor, backup, restore
web.py        web
"""

from __future__ import annotations

import gc
import os
import sys
import traceback

import typer

from watcher import __version__
from watcher.cli import (
    archiving,
    digest,
    evidence,
    judging,
    keeping,
    looking,
    measuring,
    reviewing,
    sources,
    standing,
    subscribers,
    watching,
    web,
)
from watcher.core.errors import WatcherError
from watcher.core.redact import redact

app = typer.Typer(
    name="watcher",
    help="Watches what institutions say about a topic, keeps every version, and alerts with diffs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (
    watching,
    archiving,
    sources,
    looking,
    standing,
    reviewing,
    subscribers,
    judging,
    measuring,
    digest,
    evidence,
    keeping,
    web,
):
    part.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"watcher {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Watches what institutions say about a topic, keeps every version, and alerts with diffs."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 something failed, 2 bad usage or configuration."""
    gc.freeze()  # what the imports made stays to the end: no collection need look at it
    try:
        app(prog_name="watcher")
    except WatcherError as exc:
        _explain(exc)
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output is gone ("watcher changes | head"); say nothing more to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    finally:
        gc.freeze()  # nor need the last ones, at exit: 0.1 s


def _explain(exc: WatcherError) -> None:
    if {"-v", "--verbose"} & set(sys.argv):
        print(redact("".join(traceback.format_exception(exc))), file=sys.stderr)
    print(redact(str(exc)), file=sys.stderr)
