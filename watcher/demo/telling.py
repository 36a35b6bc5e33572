"""What a reader of the console sees of the fortnight: a heading a step, and under it what the bot says."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from shlex import quote

from watcher.core.model import ChangeKind, Tier
from watcher.demo.fortnight import Stage, Told, stage
from watcher.demo.stories import FORTNIGHT, ORGANISATIONS
from watcher.pipeline.lines import PollLine, Summary
from watcher.render.words import counted, listed, moment_in_words
from watcher.store import changes

Say = Callable[[str], None]

_WIDTH = 100
_INTRODUCTION = (
    f"A made-up fortnight, read by the real watcher: {len(ORGANISATIONS)} small sites on this machine, a clock that "
    "follows the script, and this console in the place of a channel. Nothing leaves the machine, and nobody in it "
    "exists. In a comparison, [-these words-] went and {+these words+} came."
)
_TOLD = (
    ChangeKind.FIRST,
    ChangeKind.REPEAT,
    ChangeKind.EDITED,
    ChangeKind.LINKS,
    ChangeKind.MOVED,
    ChangeKind.REMOVED,
    ChangeKind.RESTORED,
)


def run(say: Say, *, serve: bool = False) -> None:
    """Play the fortnight and say what the bot says; with `serve`, keep the web view open until interrupted."""
    folder = Path(tempfile.mkdtemp(prefix="watcher-demo-"))
    # The timetable's jitter decides the order of visits: the same order every time makes the same numbers.
    random.seed(2026)
    with stage(folder) as standing:
        _say_wrapped(say, _INTRODUCTION)
        told = []
        for step in standing.play():
            told.append(step)
            for line in telling(step, standing):
                say(line)
        for line in (*closing_words(told), *_commands(standing, folder)):
            say(line)
        if serve:
            _serve(say, standing)


def telling(told: Told, standing: Stage) -> Iterator[str]:
    """One step as lines: when and what happened, what was not told, and the messages that went out."""
    zone = standing.watch.configuration.settings.timezone
    yield ""
    yield from textwrap.wrap(f"{moment_in_words(told.step.at, zone)} — {told.step.heading}", _WIDTH)
    for text in (*_asides(told, zone), _looked(told.summary, len(told.messages))):
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  · ", subsequent_indent="    ")
    for message in told.messages:
        yield from _message(message)


def closing_words(told: Iterable[Told]) -> Iterator[str]:
    """What the fortnight came to, counted."""
    lines = [line for step in told for line in step.lines]
    kinds = Counter(line.change for line in lines if line.tier == Tier.NAMED)
    said = [f"{kinds[kind]} {kind.value}" for kind in _TOLD if kinds[kind]]
    visits = Counter(line.trouble for line in lines if line.is_trouble)
    kept = [
        f"{kinds['baseline']} statements that were there before the watch began",
        f"{kinds['missing']} page that was missing and not yet certain to be gone",
        f"{sum(visits.values())} visits that found no way in",
        f"{sum(line.tier == Tier.SIMILAR for line in lines)} candidate for a person",
        "every counter, teaser and cookie banner",
    ]
    yield ""
    yield f"The fortnight: {len(FORTNIGHT)} looks."
    for lead, parts in (("Told, each once: ", said), ("Not told: ", kept)):
        yield from textwrap.wrap(
            f"{lead}{''.join(listed(parts))}.", _WIDTH, initial_indent="  ", subsequent_indent="  "
        )


def _asides(told: Told, zone: str) -> Iterator[str]:
    """What the poll found and told nobody, or nobody anew."""
    baselines = sum(line.change == "baseline" for line in told.lines)
    if baselines:
        yield f"{counted(baselines, 'document')} recorded silently; what is new or changes from now on is told."
    # One line an organisation: a site that is out of reach is so at all of its addresses.
    troubles = {line.organisation_name: line for line in told.lines if line.is_trouble}
    yield from (_trouble(line, told, zone) for line in troubles.values())
    for line in told.lines:
        if not (line.is_trouble or line.is_alert or line.change == "baseline"):
            yield _aside(line)


def _trouble(line: PollLine, told: Told, zone: str) -> str:
    since = datetime.fromisoformat(line.since) if line.since else told.step.at
    if since < told.step.at:
        return f"{line.organisation_name}: still {line.summary}, since {moment_in_words(since, zone)}. Not told."
    return f"{line.organisation_name}: {line.summary}. Out of reach is not gone, so nobody is told."


def _aside(line: PollLine) -> str:
    if line.change == "missing":
        return (
            f"{line.organisation_name}, “{line.title}”: not found. Looked for twice more, over a day, before anybody "
            "is told."
        )
    if line.change == "repeat":
        return (
            f"{line.organisation_name}, “{line.title}”: {line.summary}. The message that is out is put right, and no "
            "second one rings."
        )
    if line.tier == Tier.SIMILAR:
        return (
            f"{line.organisation_name}, “{line.title}”: does not name the topic, but {'; '.join(line.reasons)}. A "
            "candidate for a person to judge, not told."
        )
    return f"{line.organisation_name}, “{line.title}”: not about the topic. Kept, not told."


def _looked(summary: Summary, messages: int) -> str:
    unread = summary.unreachable + summary.failed
    parts = [
        f"{count} {what}"
        for count, what in (
            (summary.not_modified, "the same to the byte"),
            (unread, "out of reach"),
            (summary.checked - summary.not_modified - unread, "read"),
        )
        if count
    ]
    told = counted(messages, "message") if messages else "No message"
    return f"{counted(summary.checked, 'address', 'addresses')} looked at: {', '.join(parts)}. {told}."


def _message(message: str) -> Iterator[str]:
    """A message as the console notifier printed it, indented, long lines folded."""
    for line in message.rstrip().splitlines():
        indent = " " * (4 + len(line) - len(line.lstrip()))
        yield from textwrap.wrap(
            line.strip(),
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def _say_wrapped(say: Say, text: str) -> None:
    for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False):
        say(line)


def _commands(standing: Stage, folder: Path) -> Iterator[str]:
    """Commands that show the same in more depth, ready to be typed."""
    since = FORTNIGHT[0].at
    found = changes.changes_since(standing.watch.db, since, on_topic_only=True)
    edited = next(change for change in reversed(found) if change.kind == ChangeKind.EDITED)
    where = f"--config {quote(str(standing.environment.config))} --storage {quote(str(standing.environment.storage))}"
    program = _program()
    yield ""
    yield f"All of it is kept in {folder} until you delete it. To see more of it, or all of it in a browser:"
    for words in (
        f"changes --since {since:%Y-%m-%d}",
        f"show {edited.number}",
        f"diff {edited.before_id} {edited.after_id}",
        "search mentoring",
    ):
        yield f"  {program} {words} {where}"
    yield f"  {program} demo --serve"


def _program() -> str:
    """The watcher as the reader called it."""
    called = Path(sys.argv[0])
    on_path = shutil.which("watcher")
    if on_path and called.exists() and Path(on_path).samefile(called):
        return "watcher"
    return quote(str(called)) if called.name == "watcher" else f"{quote(sys.executable)} -m watcher"


def _serve(say: Say, standing: Stage) -> None:
    from watcher.web.app import build_app, serve

    # By the script's clock: to the pages, too, the fortnight has just passed.
    app = build_app(standing.watch.configuration, standing.environment.storage, now=standing.clock)
    server = serve(app, "127.0.0.1", 0)
    say("")
    say(f"Web view: {server.url}  (Ctrl-C ends it; until then the made-up sites can be read too)")
    with suppress(KeyboardInterrupt):
        server.run()
