"""SIGKILL at every step between detection and receipt: no alert is lost, none doubled without saying so.

The process dies before its n-th writing statement, for every n: that is before and after each
write, each commit and each send. A child process does the work, so that dying is real.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Site, listing, page
from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.notify import ConsoleNotifier
from watcher.pipeline import check
from watcher.pipeline.deliver import deliver
from watcher.pipeline.observe import reader
from watcher.pipeline.watch import Watch, open_watch
from watcher.store.database import open_read_only

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LEASE_S = 60
TEXTS = {
    "/news/a": "We ended our Serenity Integrated Mentoring team last week, and nobody is looked after by it now.",
    "/news/b": "A governor asked how Serenity Integrated Mentoring was paid for. The chair read out the figures.",
}


@pytest.fixture
def template(site: Site, tmp_path: Path) -> Iterator[Path]:
    """A storage folder whose sources were read once, with two alerts and an edit to come."""
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    (tmp_path / "sources.toml").write_text(config)
    site.pages["/news"] = listing()
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring is paused here.")
    _work(tmp_path / "template", tmp_path / "sources.toml", START, None)
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended here.")
    site.pages["/news"] = listing(("/news/a", "Our team has ended"), ("/news/b", "From the board"))
    site.pages["/news/a"] = page("Our team has ended", TEXTS["/news/a"], filler=1)
    site.pages["/news/b"] = page("From the board", TEXTS["/news/b"], filler=2)
    yield tmp_path / "template"


def _watch(storage: Path, config: Path, now: datetime) -> Watch:
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=config,
        storage=storage,
        allow_private_hosts="localhost",
        host_pause_s=0,
        telegram_token=None,
    )
    return open_watch(load(config), environment, now=lambda: now)


def _work(storage: Path, config: Path, now: datetime, on_statement: Callable[[str], None] | None) -> None:
    """One poll and one round of deliveries, printed into a file that stands for the readers."""
    watch = _watch(storage, config, now)
    watch.db.execute("DELETE FROM hosts")
    if on_statement is not None:
        watch.db.conn.set_trace_callback(on_statement)
    list(check.poll(watch, every=True, read_host=reader(watch.policy, now=watch.now)))
    with (storage / "readers.txt").open("a", encoding="utf-8") as stream:
        list(deliver(watch.db, {"console": ConsoleNotifier(stream)}, watch.now, LEASE_S))
    watch.db.conn.close()


def _in_a_child(work: Callable[[], None]) -> int:
    """The wait status of a process that did `work` and nothing else."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def _dying_at(step: int) -> Callable[[str], None]:
    left = [step]

    def on_statement(sql: str) -> None:
        # Dying before a read is the same as dying before the write that comes next.
        left[0] -= not sql.lstrip().upper().startswith(("SELECT", "PRAGMA", "--"))
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_statement


def test_no_alert_is_lost_and_none_doubled_in_silence_whenever_the_process_dies(template: Path) -> None:
    config = template.parent / "sources.toml"
    step, died = 0, True
    while died:
        storage = template.parent / f"run-{step}"
        shutil.copytree(template, storage)
        dying = _dying_at(step)
        status = _in_a_child(lambda: _work(storage, config, START + timedelta(hours=2), dying))  # noqa: B023
        died = os.WIFSIGNALED(status)
        assert died or os.WEXITSTATUS(status) == 0, f"step {step}: the child failed"
        later = START + timedelta(hours=2, seconds=LEASE_S + 1)
        assert _in_a_child(lambda: _work(storage, config, later, None)) == 0  # noqa: B023
        _assert_each_told_once(storage, step)
        shutil.rmtree(storage)
        step += 1
    assert step > 60, "the work had fewer statements than it should: was anything done?"


def _assert_each_told_once(storage: Path, step: int) -> None:
    messages = (storage / "readers.txt").read_text().split("─" * 72)[1:]
    db = open_read_only(storage)
    numbers = [f"Alert c-{row[0]}\n" for row in db.execute("SELECT id FROM changes WHERE is_alert ORDER BY id")]
    db.conn.close()
    assert len(numbers) == 3, f"step {step}: {numbers}"
    for number in numbers:
        about = [text for text in messages if number in text]
        assert about, f"step {step}: nobody was told of {number}, only {messages}"
        assert len(about) <= 2, f"step {step}: {number} was told {len(about)} times"
        assert len(about) == 1 or "possible repeat" in about[1].lower(), f"step {step}: {number} repeated in silence"
    assert len(messages) <= len(numbers) + 1, f"step {step}: more than one message was repeated"
