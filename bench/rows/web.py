"""Every page of the web view on a large database at a fixed rate, beside a bare Starlette page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.measure import BenchError, printed_numbers
from bench.rows import Goal, Row, Subject
from bench.workshop import Workshop

RATE, SECONDS = 100, 20
_ALL, _SLOWEST = "web view, every address", "web view, its slowest address"


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """A bare page, and the view: all addresses together, and the slowest of them by each number."""
    folder = workshop.place("web")
    slowest: dict[str, float] = {}

    def ask(which: str) -> dict[str, float]:
        found = printed_numbers(
            "bench.web", "--keep", folder, "--only", which, "--rate", str(RATE), "--seconds", str(SECONDS)
        )
        if found.pop("errors"):
            raise BenchError(f"bench.web --only {which}: an answer was an error")
        return found

    def bare() -> Mapping[str, float]:
        found = ask("bare")
        return {name: found[name] for name in ("cpu_ms", "median_ms", "p95_ms")}

    def view() -> Mapping[str, float]:
        found = ask("view")
        slowest["cpu_ms"] = found["cpu_ms"]  # of all addresses: the server's time is not told apart
        slowest.update({name: found[f"slowest_{name}"] for name in ("median_ms", "p95_ms")})
        return {name: found[name] for name in ("cpu_ms", "median_ms", "p95_ms")}

    # The slowest address is of the run just made: the runner takes the subjects in this order.
    return [Subject("bare Starlette page", bare), Subject(_ALL, view), Subject(_SLOWEST, slowest.copy)]


ROW = Row(
    "web",
    f"The web view at {RATE} requests a second: 2,000 statements, 20,000 versions, changes being recorded meanwhile",
    subjects,
    (Goal(_SLOWEST, "median_ms", limit=30), Goal(_SLOWEST, "p95_ms", limit=100)),
)
