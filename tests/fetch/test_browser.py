from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from tests.faults.server import Answer, Asked, FaultServer
from tests.faults.tools import POLICY, task_for
from watcher.core.model import (
    Extraction,
    Failed,
    FailedKind,
    Fetched,
    FetchTask,
    Gone,
    HostBatch,
    Outcome,
    Read,
    RobotsRead,
    Unreachable,
    UnreachableKind,
)
from watcher.fetch import browser
from watcher.fetch.client import Client
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.host import Surroundings, read_host

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="Debian's chromium is not installed (make test-deps)")
ELSEWHERE = "127.0.0.2"  # loopback, and not among the hosts that the tests' policy allows


def html(script: str, body: str = "<p id=text>Loading</p>") -> Answer:
    page = f"<!doctype html><title>News</title><body>{body}<script>{script}</script>"
    return lambda asked: asked.respond(200, page.encode())


def serving(media_type: str, text: str, status: int = 200, *headers: str) -> Answer:
    return lambda asked: asked.respond(status, text.encode(), f"Content-Type: {media_type}", *headers)


def rendered(url: str, chromium: str | None = None, **known: Any) -> Fetched | Gone:
    with Client(replace(POLICY, chromium=chromium)) as client:
        return browser.render(client, task_for(url, render=True, **{"timeout_s": 30.0, **known}))


def refused(url: str, **known: Any) -> Unreachable | Failed:
    with pytest.raises(ExchangeError) as fault:
        rendered(url, **known)
    return fault.value.outcome


def left_over(folder: Path) -> set[str]:
    """Processes of a browser that works in `folder`, and dead ones that nobody waits for."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        is_zombie = state == "Z" and name.startswith("chrom") and int(parent) in (1, os.getpid())
        if str(folder) in words or is_zombie:
            found.add(f"{process.name} {state} {name} {words[:80]}")
    return found


@pytest.fixture
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Not tmp_path: Chromium's socket must have a path of under 108 characters.
    with tempfile.TemporaryDirectory(prefix="w-") as name:
        folder = Path(name)
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr("tempfile.tempdir", name)
        before = left_over(folder)
        yield
        end = time.monotonic() + 5
        while (left := left_over(folder) - before) and time.monotonic() < end:
            threading.Event().wait(0.05)
        assert left == set()
        assert list(folder.iterdir()) == []


@needs_chromium
@pytest.mark.usefixtures("nothing_is_left")
def test_a_page_whose_text_is_written_by_script_is_read() -> None:
    script = """fetch('/api/news').then(answer => answer.json()).then(news => setTimeout(() => {
        document.getElementById('text').textContent = news.text + ' ' + navigator.userAgent }, 200))"""
    answers: dict[str, Answer] = {
        "/old": lambda asked: asked.respond(302, b"", "Location: /news"),
        "/news": html("", "<p id=text>Loading</p><link rel=stylesheet href=/a.css><img src=/a.png><script src=/a.js>"),
        "/a.js": serving("text/javascript", script),
        "/api/news": serving("application/json", '{"text": "We have ended it – all of it."}'),
    }
    with FaultServer(answers) as server:
        fetched = rendered(server.url + "/old")
        assert isinstance(fetched, Fetched)
        assert "We have ended it – all of it. statement-watcher/0.1.0" in fetched.body.decode()
        assert (fetched.status, fetched.media_type, fetched.charset) == (200, "text/html", "utf-8")
        assert (fetched.final_url, fetched.redirects) == (server.url + "/news", (server.url + "/old",))
        assert dict(fetched.headers)["X-Rendered-By"].startswith("Chromium ")
        # Neither the style sheet nor the picture was asked for, and the page itself once.
        assert server.counts == {"/old": 1, "/news": 1, "/a.js": 1, "/api/news": 1}


@needs_chromium
def test_a_page_reaches_no_private_address_by_any_way() -> None:
    opened: list[int] = []
    with FaultServer({"/private": serving("text/plain", "secret", 200, "Access-Control-Allow-Origin: *")}) as allowed:
        listener = socket.create_server((ELSEWHERE, 0))
        listener.settimeout(0.1)
        port = listener.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((ELSEWHERE, port))
        udp.settimeout(0.1)
        there = f"{ELSEWHERE}:{port}"
        script = f"""
            const text = document.getElementById('text'), add = words => text.textContent += ' ' + words;
            fetch('http://{there}/private').then(a => a.text()).then(add).catch(() => add('refused'));
            navigator.sendBeacon('http://{there}/beacon', 'x');
            new WebSocket('ws://{there}/socket').onerror = () => add('no socket');
            window.open('http://{there}/popup');
            new Worker(URL.createObjectURL(new Blob([`fetch('http://{there}/worker')`])));
            for (const [tag, key] of [['img', 'src'], ['iframe', 'src'], ['script', 'src']]) {{
                const made = document.createElement(tag); made[key] = 'http://{there}/' + tag;
                document.body.append(made) }}
            const hint = document.createElement('link'); hint.rel = 'preconnect'; hint.href = 'http://{there}';
            document.head.append(hint);
            try {{ new WebTransport('https://{there}/transport') }} catch {{}}
            try {{ const call = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{there}'}}]}});
                call.createDataChannel('x');
                call.createOffer().then(offer => call.setLocalDescription(offer)) }} catch {{}}
            setTimeout(() => location.href = 'http://{there}/away', 300)"""
        allowed.answers["/page"] = html(script)
        fetched = rendered(allowed.url + "/page")
        for arrived in (listener.accept, lambda: udp.recv(99)):
            try:
                arrived()  # type: ignore[operator]
                opened.append(1)
            except TimeoutError:
                pass
        listener.close()
        udp.close()
    assert isinstance(fetched, Fetched)
    assert "refused" in fetched.body.decode()
    assert "no socket" in fetched.body.decode()
    assert "secret" not in fetched.body.decode().partition("<script>")[0]
    assert opened == []


@needs_chromium
@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize("script", ["while (true) {}", "setTimeout(() => { while (true) {} }, 100)"])
def test_an_endless_script_is_cut_off(script: str) -> None:
    with FaultServer({"/page": html(script)}) as server:
        started = time.monotonic()
        outcome = refused(server.url + "/page", timeout_s=4.0)
    assert isinstance(outcome, Unreachable)
    assert outcome.kind is UnreachableKind.TIMED_OUT
    assert time.monotonic() - started < 14


@needs_chromium
def test_a_page_whose_own_script_data_cannot_be_had_is_not_taken_for_its_text() -> None:
    script = "fetch('/api').then(a => { document.getElementById('text').textContent = 'Something went wrong' })"
    with FaultServer({"/page": html(script), "/api": serving("application/json", "{}", 503)}) as server:
        outcome = refused(server.url + "/page")
    assert isinstance(outcome, Unreachable)
    assert outcome.kind is UnreachableKind.BUSY


@needs_chromium
def test_what_scripts_ask_for_keeps_to_robots_txt_and_to_the_pause() -> None:
    waited: list[str] = []

    def read(fetched: Fetched, _task: FetchTask) -> Outcome:
        return Read(fetched, Extraction((), (), "html-1"))

    script = """for (const path of ['/kept', '/private/data']) fetch(path).then(a => a.text())
        .then(words => { document.getElementById('text').textContent += words }).catch(() => 0)"""
    answers = {
        "/robots.txt": serving("text/plain", "User-agent: *\nDisallow: /private/\nCrawl-delay: 50"),
        "/page": html(script),
        "/kept": serving("text/plain", "Our statement"),
        "/private/data": serving("text/plain", "never read"),
    }
    with FaultServer(answers) as server:
        task = task_for(server.url + "/page", render=True, timeout_s=30.0)
        around = Surroundings(sleep=lambda seconds: waited.append("pause"))
        batch = HostBatch(server.url.removeprefix("http://"), (task,), 0.0)
        rules, seen = read_host(batch, POLICY, read, around)
        assert server.counts == {"/robots.txt": 1, "/page": 1, "/kept": 1}
    assert isinstance(rules.outcome, RobotsRead)
    assert isinstance(seen.outcome, Read)
    assert b"Our statement" in seen.outcome.fetched.body
    assert waited == ["pause", "pause"]


@needs_chromium
def test_a_page_that_never_rests_is_read_as_it_is() -> None:
    script = "setInterval(() => { document.getElementById('text').textContent += ' tick' }, 100)"
    with FaultServer({"/page": html(script)}) as server:
        fetched = rendered(server.url + "/page")
    assert isinstance(fetched, Fetched)
    assert b"tick tick" in fetched.body


@needs_chromium
def test_a_page_that_writes_without_end_is_too_large() -> None:
    script = "document.getElementById('text').textContent = 'word '.repeat(900000)"
    with FaultServer({"/page": html(script)}) as server:
        outcome = refused(server.url + "/page", max_bytes=1_000_000)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailedKind.TOO_LARGE


@needs_chromium
def test_what_is_no_html_and_what_is_gone_comes_back_unrendered() -> None:
    with FaultServer({"/paper": serving("application/pdf", "%PDF-1.7")}) as server:
        paper, nothing = rendered(server.url + "/paper"), rendered(server.url + "/nothing")
    assert isinstance(paper, Fetched)
    assert paper.body == b"%PDF-1.7"
    assert isinstance(nothing, Gone)


@needs_chromium
def test_the_browser_is_told_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_TELEGRAM_TOKEN", "123:secret")
    assert not any("secret" in str(value) for value in browser._environment("/nowhere").values())


def test_a_browser_that_is_not_there_is_said_to_be_missing() -> None:
    outcome = refused("http://127.0.0.1:9/never-asked", chromium=os.devnull)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailedKind.UNSUPPORTED
    assert "apt install chromium" in outcome.detail


def test_a_browser_that_does_not_start_is_said_so(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho 'No usable sandbox!' >&2; exit 1\n")
    program.chmod(0o755)
    with FaultServer({"/page": html("")}) as server:
        outcome = refused(server.url + "/page", chromium=str(program))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailedKind.UNSUPPORTED
    assert outcome.detail == f"{program} did not start: No usable sandbox!"


def test_without_the_extra_the_reason_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])  # no distribution is found there
    with pytest.raises(PackageNotFoundError):
        browser.version("playwright")
    outcome = refused("http://127.0.0.1:9/never-asked")
    assert isinstance(outcome, Failed)
    assert 'pip install "statement-watcher[render]"' in outcome.detail


def test_the_answer_is_asked_for_without_conditions() -> None:
    asked: list[Asked] = []

    def page(one: Asked) -> None:
        asked.append(one)
        one.respond(200, b"%PDF-1.7", "Content-Type: application/pdf", 'ETag: "a"')

    policy = replace(POLICY, chromium=shutil.which("true"))
    with FaultServer({"/page": page}) as server, Client(policy) as client:
        known = replace(task_for(server.url + "/page"), etag='"a"', render=True)
        assert isinstance(browser.render(client, known), Fetched)
    assert "if-none-match" not in asked[0].headers
