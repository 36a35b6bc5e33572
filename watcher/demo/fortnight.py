"""The real pipeline over the scripted fortnight: only the clock and the sites are the demo's own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.demo.server import Sites, serving
from watcher.demo.stories import FORTNIGHT, ORGANISATIONS, Step
from watcher.pipeline.check import poll
from watcher.pipeline.deliver import deliver
from watcher.pipeline.lines import PollLine, Summary
from watcher.pipeline.observe import reader
from watcher.pipeline.senders import lease_s, open_notifiers
from watcher.pipeline.watch import Watch, open_watch


@dataclass(slots=True)
class ScriptedClock:
    """A clock that stands at one moment of the script until the next step sets it."""

    at: datetime

    def __call__(self) -> datetime:
        """The moment at which the script stands."""
        return self.at


@dataclass(frozen=True, slots=True)
class Told:
    """What one step brought: the lines of its poll, and the messages that went out after it."""

    step: Step
    lines: tuple[PollLine, ...]
    summary: Summary
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """The sites and the watch over them; as long as it stands, the pages of the last step can be read."""

    sites: Sites
    places: Mapping[str, str]  # organisation -> "http://host:port"
    environment: Environment
    clock: ScriptedClock
    watch: Watch

    def play(self, steps: Sequence[Step] = FORTNIGHT) -> Iterator[Told]:
        """Poll and deliver at every step, and yield what each brought."""
        for step in steps:
            self.sites.show(step.pages)
            self.clock.at = step.at
            lines, summary = _polled(self.watch, self.clock)
            yield Told(step, lines, summary, _delivered(self.watch, self.environment, self.clock))


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A stage whose configuration and storage lie in `folder`, and stay there."""
    sites = Sites()
    with serving(sites, ORGANISATIONS) as places:
        environment = write_configuration(folder, places)
        clock = ScriptedClock(FORTNIGHT[0].at)
        # The story is told to readers; what maintainers would hear of its blocked site is left out.
        watch = replace(open_watch(load(environment.config), environment, clock), maintainers=())
        with closing(watch.db):
            yield Stage(sites, {name: f"http://{place}" for name, place in places.items()}, environment, clock, watch)


def write_configuration(folder: Path, places: Mapping[str, str]) -> Environment:
    """Write the demo's sources.toml for servers at `places`; the environment that goes with it.

    Nothing of the caller's own environment is read: the demo never speaks to anybody's channel.
    """
    text = files("watcher.demo").joinpath("sources.toml").read_text(encoding="utf-8")
    hosts = {f"{organisation}_host": place.rpartition(":")[0] for organisation, place in places.items()}
    config = folder / "sources.toml"
    config.write_text(Template(text).substitute({**places, **hosts}), encoding="utf-8")
    return Environment.model_construct(
        config=config,
        storage=folder / "storage",
        allow_private_hosts=",".join(places.values()),
        host_pause_s=0.0,
    )


def _polled(watch: Watch, clock: ScriptedClock) -> tuple[tuple[PollLine, ...], Summary]:
    read = reader(watch.policy, now=clock)
    *lines, summary = poll(watch, every=True, read_host=read)
    assert isinstance(summary, Summary)
    return tuple(line for line in lines if isinstance(line, PollLine)), summary


def _delivered(watch: Watch, environment: Environment, clock: ScriptedClock) -> tuple[str, ...]:
    """The messages that the console notifier printed, in order."""
    messages = []
    stream = io.StringIO()
    with closing(open_notifiers(environment, stream)) as notifiers:
        for _ in deliver(watch.db, notifiers, clock, lease_s(watch.configuration, environment)):
            messages.append(stream.getvalue())
            stream.seek(0)
            stream.truncate()
    return tuple(messages)
