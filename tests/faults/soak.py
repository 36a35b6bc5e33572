"""Many fetches through the fault server, and what they leave behind in memory and open files."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.faults.server import FaultServer
from tests.faults.table import FAULTS, TIMED_OUT, Fault, said
from tests.faults.tools import POLICY, task_for
from watcher.fetch.client import Client

BATCH = 50  # fetches of one client, as in a host batch


@dataclass(frozen=True)
class Reading:
    """After so many fetches."""

    fetches: int
    resident_mb: float
    open_files: int


See = Callable[[Reading], None]


def _nothing(_reading: Reading) -> None:
    pass


def soak(fetches: int, every: int, *, is_short: bool, see: See = _nothing) -> list[Reading]:
    """Readings before the first fetch, after each `every`-th, and at the end, when the server is gone.

    `is_short` leaves out the faults that take half a second each. Every outcome is
    checked against the table on the way.
    """
    readings: list[Reading] = []

    def note(count: int) -> None:
        gc.collect()
        readings.append(Reading(count, _resident_mb(), len(list(Path("/proc/self/fd").iterdir()))))
        see(readings[-1])

    note(0)
    faults = [fault for fault in FAULTS if not (is_short and (fault.says == TIMED_OUT or "omb" in fault.name))]
    with FaultServer({fault.path: fault.answer for fault in faults}) as server:
        policy = replace(POLICY, allow_private_hosts=frozenset({f"127.0.0.1:{server.port}"}))
        for start in range(0, fetches, BATCH):
            end = min(start + BATCH, fetches)
            with Client(policy) as client:
                for number in range(start, end):
                    _check(client, server, faults[number % len(faults)])
            if end % every == 0:
                note(end)
    note(fetches)
    return readings


def _check(client: Client, server: FaultServer, fault: Fault) -> None:
    limit = {"timeout_s": 0.1} if fault.says == TIMED_OUT else {}
    outcome = client.fetch(task_for(server.url + fault.path, **(fault.task | limit)))
    assert said(outcome) == fault.says, (fault.name, outcome)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
