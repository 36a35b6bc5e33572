"""A process run to its end, and what it cost.

This process must stay small: on Linux a child's peak memory counts from the moment of the fork,
with the parent's pages in it. So nothing of the watcher is imported here; what is measured
inside Python runs in a process of its own too, and prints its numbers as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


class BenchError(Exception):
    """A subject did not do its work, so its numbers mean nothing."""


@dataclass(frozen=True)
class Run:
    """One process from start to end, with the children that it waited for."""

    numbers: Mapping[str, float]  # cpu_s (user and system), wall_s, peak_mb
    output: str


def run(argv: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Run:
    """What the process cost, and what it printed. Raises BenchError if it fails."""
    command = [str(part) for part in argv]
    begun = time.perf_counter()
    with subprocess.Popen(
        command, env={**os.environ, **(env or {})}, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - begun
    if process.returncode != 0:
        raise BenchError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-2000:]}")
    numbers = {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": wall_s,
        "peak_mb": usage.ru_maxrss / 1024,  # kibibytes on Linux
    }
    return Run(numbers, output)


def python(module: str, *arguments: str | Path, env: Mapping[str, str] | None = None) -> Run:
    """`python -m module …` with the Python that runs the bench."""
    return run([sys.executable, "-m", module, *arguments], env)


def printed_numbers(module: str, *arguments: str | Path) -> dict[str, float]:
    """The JSON object that `python -m module …` prints on its last line."""
    lines = python(module, *arguments).output.splitlines()
    return {name: float(value) for name, value in json.loads(lines[-1]).items()}
