"""How fast the web view answers on a large database, next to a bare Starlette page in the same run.

    python -m bench.web [--statements 2000] [--versions 20000] [--rate 100] [--seconds 20] [--keep FOLDER] [--only view]

Fills a store through the store's own functions, serves it and a bare page from one process each, and asks at a
fixed rate (open loop: a slow answer does not slow the asking down), while polls go on being written.
Prints one JSON line an address: requests, errors, milliseconds at the median and the 95th percentile, bytes;
then with 50 readers at once. The last line is what `python -m bench --rows web` shows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.web import filling as filling_module
from tests.web.filling import NOW, Filling, write_configuration
from watcher.config.load import load
from watcher.core.model import ChangeKind, Stance
from watcher.store import catalogue, checks
from watcher.store.database import open_database, transaction
from watcher.web.app import build_app, serve
from watcher.web.safety import RateLimit

Pages = list[tuple[str, str, list[str]]]  # organisation, page, blocks
Timed = tuple[float, int, int]  # seconds, status, bytes

WORDS = (
    "review", "patient", "service", "team", "care", "support", "people", "officer", "crisis", "plan", "community",
    "trust", "board", "minutes", "report", "clinical", "director", "safety", "listening", "evidence", "partner",
    "network", "programme", "local", "national", "response", "helpline", "carer", "family", "staff", "training",
    "policy", "guidance", "record", "decision", "meeting", "autumn", "spring", "published", "updated", "statement",
    "concern",
)  # fmt: skip
KINDS = ("trust", "college", "ahsn", "police", "charity")
STANCES = ("uses", "paused", "under-review", "ended", "never-used")


def fill(folder: Path, statements: int, versions: int) -> Filling:
    """A store of so many statements and versions of made-up words, from 250 organisations."""
    dice = random.Random(7)
    organisations = tuple(
        (f"body-{n}", f"Body number {n}", KINDS[n % len(KINDS)], f"Region {n % 9}") for n in range(250)
    )
    configuration = load(write_configuration(folder, organisations))
    db = open_database(folder / "storage")
    with transaction(db):
        catalogue.record_catalogue(db, configuration.organisations, configuration.sources)
        for source in configuration.sources:
            checks.ensure_index(db, source.id, "index", source.url, filling_module.START)
    made = Filling(configuration, folder / "storage", db)
    pages: Pages = []
    for number in range(versions):
        made.at = filling_module.START - timedelta(minutes=20 * (versions - number))
        made.put(**_next(dice, pages, number, statements))
    for source in configuration.sources:
        with transaction(db):
            for hours in range(40):
                catalogue.record_visit(db, source.id, filling_module.START + timedelta(hours=hours), "read", "")
    made.at = NOW
    made.poll_ended()
    db.execute("ANALYZE")
    return made


def _next(dice: random.Random, pages: Pages, number: int, statements: int) -> dict[str, Any]:
    """One more version: a new page until there are enough, then an edit of any of them."""
    stance = (Stance(dice.choice(STANCES), "We have ended Steady Mentoring here."),) if dice.random() < 0.6 else ()
    if len(pages) < statements * 1.4:
        organisation, name = f"body-{dice.randrange(250)}", f"page-{number}"
        if pages and dice.random() < 0.3:
            first = dice.choice(pages)
            pages.append((organisation, name, list(first[2])))
            joins = first[1]
            return {"name": name, "organisation": organisation, "title": f"Statement {number}", "blocks": first[2],
                    "kind": ChangeKind.REPEAT, "joins": joins, "stances": stance}  # fmt: skip
        blocks = ["We have ended Steady Mentoring here.", *(_sentence(dice) for _ in range(12))]
        pages.append((organisation, name, blocks))
        kind = ChangeKind.BASELINE if dice.random() < 0.5 else ChangeKind.FIRST
        told = {"name": name, "organisation": organisation, "title": f"Statement {number}", "kind": kind}
        return {**told, "blocks": blocks, "stances": stance}
    # One page is edited without end: its history has some two thousand versions.
    organisation, page, blocks = pages[0] if dice.random() < 0.12 else dice.choice(pages)
    blocks[dice.randrange(1, len(blocks))] = _sentence(dice)
    told: dict[str, Any] = {"name": f"edit-{number}", "organisation": organisation, "title": f"Statement {page}"}
    told |= {"page": page, "kind": ChangeKind.EDITED, "summary": "1 sentence changed"}
    return {**told, "blocks": list(blocks), "stances": stance}


def _sentence(dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(22)).capitalize() + "."


def addresses(statements: int, versions: int) -> tuple[str, ...]:
    """Every kind of page, with and without filters, of a store that `fill` made."""
    change, statement = versions * 3 // 4, statements * 3 // 20
    return (
        "/", "/?kind=trust", "/?stance=ended&period=30d", "/?organisation=body-7", "/?region=Region+3&change=edited",
        f"/changes/{change}", f"/changes/{change}?view=side&show=all", f"/statements/{statement}",
        f"/statements/{statement}?from=1&to=2", "/statements/1", f"/statements/1?from=1&to={change}", "/charts",
        "/organisations", "/organisations/body-7", "/positions", "/sources", "/search?q=mentoring",
        '/search?q="clinical+director"', "/feed.atom", "/feed.json?kind=police", "/api/v1/changes",
        "/api/v1/statements/1", "/api/v1/search?q=review", "/about", "/healthz",
    )  # fmt: skip


def _run(folder: str, ports: object, which: str) -> None:
    if which == "bare":
        app = Starlette(routes=[Route("/", lambda request: HTMLResponse("<p>Nothing but this." + "x" * 20_000))])
        server = serve(app, "127.0.0.1", 0)
    else:
        searches = RateLimit(10**9, 1.0)  # one address asks for all readers
        configuration = load(Path(folder) / "sources.toml")
        app = build_app(configuration, Path(folder) / "storage", now=lambda: NOW, searches=searches)
        server = serve(app, "127.0.0.1", 0)
    ports.send(server.port)  # type: ignore[attr-defined]
    server.run()


def _write(folder: str) -> None:
    """Record five changes a second, as a poll does, until the process is ended."""
    made = opened(Path(folder))
    number = 0
    while True:
        time.sleep(0.2)
        number += 1
        made.put(f"live-{time.time_ns()}", f"body-{number % 250}", f"Live {number}", ["More on Steady Mentoring."])


def opened(folder: Path) -> Filling:
    """The store that `fill` made."""
    return Filling(load(folder / "sources.toml"), folder / "storage", open_database(folder / "storage"), at=NOW)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Changes are recorded meanwhile, by a process of their own."""
    process = multiprocessing.get_context("spawn").Process(target=_write, args=(str(folder),), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


@contextmanager
def serving(folder: Path, which: str) -> Iterator[tuple[str, int]]:
    """The address of a server in a process of its own, and the id of the process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(str(folder), theirs, which), daemon=True)
    process.start()
    try:
        assert process.pid is not None
        yield f"http://127.0.0.1:{ours.recv()}", process.pid
    finally:
        process.terminate()
        process.join()


def spent_s(process_id: int) -> float:
    """Seconds of a processor that a process has taken (proc(5): fields 14 and 15)."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(base: str, addresses: tuple[str, ...], rate: float, seconds: float) -> dict[str, list[Timed]]:
    """Every answer by address; asked in turn at `rate` a second, whatever comes back."""
    told: dict[str, list[Timed]] = {address: [] for address in addresses}
    async with httpx2.AsyncClient(base_url=base, timeout=30, limits=httpx2.Limits(max_connections=50)) as client:

        async def ask(address: str, due: float) -> None:
            try:
                answer = await client.get(address)
                told[address].append((time.perf_counter() - due, answer.status_code, len(answer.content)))
            except httpx2.HTTPError:
                told[address].append((time.perf_counter() - due, 0, 0))

        started = time.perf_counter()
        asks = []
        for number in range(int(rate * seconds)):
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asks.append(asyncio.create_task(ask(addresses[number % len(addresses)], due)))
        await asyncio.gather(*asks)
    return told


READERS = 50


async def crowd(base: str, addresses: tuple[str, ...], seconds: float) -> dict[str, list[Timed]]:
    """Every answer by address; READERS ask on and on, each for the next page as soon as it has one."""
    told: dict[str, list[Timed]] = {address: [] for address in addresses}
    until = time.perf_counter() + seconds
    async with httpx2.AsyncClient(base_url=base, timeout=60, limits=httpx2.Limits(max_connections=READERS)) as client:

        async def read(first: int) -> None:
            at = first
            while at < first + len(addresses) or time.perf_counter() < until:
                address, begun = addresses[at % len(addresses)], time.perf_counter()
                answer = await client.get(address)
                told[address].append((time.perf_counter() - begun, answer.status_code, len(answer.content)))
                at += 1

        await asyncio.gather(*(read(number) for number in range(READERS)))
    return told


def report(name: str, told: dict[str, list[Timed]]) -> dict[str, dict[str, Any]]:
    """What each address took, and all of them together ("all"); printed as one JSON line each."""
    everything = [one for answers in told.values() for one in answers]
    lines = {}
    for address, answers in [*told.items(), ("all", everything)]:
        times = sorted(seconds * 1000 for seconds, _, _ in answers)
        lines[address] = {
            "of": name,
            "address": address,
            "requests": len(answers),
            "errors": sum(status != 200 for _, status, _ in answers),
            "median_ms": round(statistics.median(times), 1),
            "p95_ms": round(times[int(len(times) * 0.95)], 1),
            "bytes": max(size for _, _, size in answers),
        }
        print(json.dumps(lines[address]), flush=True)
    return lines


def summary(lines: dict[str, dict[str, Any]], cpu_s: float) -> dict[str, float]:
    """The line that the bench reads: all together, and the slowest address by each number."""
    of_one = [line for address, line in lines.items() if address != "all"]
    return {
        "errors": lines["all"]["errors"],
        "cpu_ms": round(1000 * cpu_s / lines["all"]["requests"], 2),
        "median_ms": lines["all"]["median_ms"],
        "p95_ms": lines["all"]["p95_ms"],
        "slowest_median_ms": max(line["median_ms"] for line in of_one),
        "slowest_p95_ms": max(line["p95_ms"] for line in of_one),
    }


def main() -> None:
    """Fill, serve, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=2_000)
    parser.add_argument("--versions", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--keep", type=Path, help="where the store is kept for the next run")
    parser.add_argument("--only", choices=("bare", "view"), help="one of the two (default: one after the other)")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="bench-web-"))
    if not (folder / "sources.toml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fill(folder, given.statements, given.versions).db.close()
    if given.only != "view":
        with serving(folder, "bare") as (base, process_id):
            asyncio.run(measure(base, ("/",), given.rate, 1))  # warm
            before = spent_s(process_id)
            lines = report("bare Starlette", asyncio.run(measure(base, ("/",), given.rate, given.seconds / 4)))
            told = summary(lines, spent_s(process_id) - before)
    if given.only != "bare":
        asked = addresses(given.statements, given.versions)
        with serving(folder, "view") as (base, process_id), writing(folder):
            asyncio.run(measure(base, asked, given.rate, 2 * len(asked) / given.rate))  # warm: each address twice
            before = spent_s(process_id)
            lines = report("web view", asyncio.run(measure(base, asked, given.rate, given.seconds)))
            told = summary(lines, spent_s(process_id) - before)
            if given.only is None:
                report(f"{READERS} readers at once", asyncio.run(crowd(base, asked, given.seconds / 2)))
    print(json.dumps(told))
    if not given.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
