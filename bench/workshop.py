"""What rows share: the site, a folder of their own, the size of the run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import ROOT, BenchError, Run, python
from bench.site import host_of, path_of

HOSTS = 20
_START_WITHIN_S = 30.0
_SETTINGS = """\
[settings]
contact = "mailto:watch@northmoor.example"

[[topic]]
id = "sim"
name = "Serenity Integrated Mentoring"
terms = ["Serenity Integrated Mentoring", "StopSIM"]
"""
_ORGANISATION = """
[[organisation]]
id = "trust-{number}"
name = "Trust number {number}"
kind = "trust"
domains = ["{host}"]
"""
_SOURCE = """
[[source]]
id = "page-{page}"
organisation = "trust-{number}"
kind = "page"
url = "{url}"
every = "2h"
"""


@dataclass(frozen=True)
class Workshop:
    """A folder that is thrown away afterwards, and a site of `pages` pages on `port`."""

    folder: Path
    pages: int
    port: int
    has_neighbours: bool = True  # whether urlwatch is measured too

    def urls(self) -> list[str]:
        """The address of every page."""
        return [f"http://{host_of(page, HOSTS)}:{self.port}{path_of(page)}" for page in range(self.pages)]

    def place(self, name: str) -> Path:
        """A new folder for one subject."""
        path = self.folder / name
        path.mkdir(parents=True)
        return path

    def sources_toml(self) -> Path:
        """A configuration in which every page is a source, and every host an organisation."""
        path = self.folder / "sources.toml"
        if not path.exists():
            hosts = [f"127.0.0.{2 + number}" for number in range(HOSTS)]
            parts = [_SETTINGS, *(_ORGANISATION.format(number=n, host=host) for n, host in enumerate(hosts))]
            parts += [_SOURCE.format(page=p, number=p % HOSTS, url=url) for p, url in enumerate(self.urls())]
            path.write_text("".join(parts), encoding="utf-8")
        return path

    def poll(self, storage: Path, *options: str) -> tuple[Run, dict[str, int]]:
        """`watcher poll --json` into `storage`: what it cost, and the counts of its summary line."""
        config = self.sources_toml()
        found = python(
            "watcher", "poll", "--json", "--config", config, "--storage", storage, *options, env=watcher_environment()
        )
        return found, json.loads(found.output.splitlines()[-1])["summary"]


def watcher_environment() -> dict[str, str]:
    """Our own variables: loopback allowed, no pauses between requests (the neighbours make none)."""
    hosts = ",".join(f"127.0.0.{2 + number}" for number in range(HOSTS))
    return {"WATCHER_HOST_PAUSE_S": "0", "WATCHER_ALLOW_PRIVATE_HOSTS": hosts}


@contextmanager
def open_workshop(folder: Path, pages: int, *, has_neighbours: bool = True) -> Iterator[Workshop]:
    """The workshop with its site answering; the site ends with it."""
    port_file = folder / "port"
    site = subprocess.Popen([sys.executable, "-m", "bench.site", str(pages), str(HOSTS), str(port_file)], cwd=ROOT)
    try:
        until = time.monotonic() + _START_WITHIN_S
        while not port_file.exists():
            if site.poll() is not None or time.monotonic() > until:
                raise BenchError("the site of the bench did not start (systems other than Linux have 127.0.0.1 alone)")
            time.sleep(0.02)
        yield Workshop(folder, pages, int(port_file.read_text()), has_neighbours)
    finally:
        site.terminate()
        site.wait()
