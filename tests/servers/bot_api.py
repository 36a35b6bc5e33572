"""Bot API servers for tests: two that this project did not write, and a small one of ours for faults.

`lo_bot_api`         PyPI lo-bot-api-emulator: strict about sizes and parameters
`telegram_test_api`  npm telegram-test-api: what was sent can be read back
`fault_server`       ours: says whatever a script tells it to, and keeps what it was asked
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

TOKEN = "123456:not-a-real-token"
_HERE = Path(__file__).parent


@dataclass
class BotApi:
    """A running server: `api_url` is python-telegram-bot's base_url."""

    api_url: str

    def messages(self) -> list[dict[str, Any]]:
        """What the bot sent, oldest first (telegram-test-api only)."""
        root = self.api_url.removesuffix("/bot")
        request = urllib.request.Request(
            f"{root}/getUpdatesHistory", json.dumps({"token": TOKEN}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            history = json.load(answer)["result"]
        return [{"message_id": update["messageId"], **update["message"]} for update in history if "message" in update]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def telegram_test_api() -> Iterator[BotApi]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed: make test-deps")
    if not (_HERE / "node_modules" / "telegram-test-api").is_dir():
        pytest.skip("npm package telegram-test-api is not installed: make test-deps")
    port = free_port()
    with subprocess.Popen(
        [node, str(_HERE / "telegram_test_api.js"), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline().strip() == b"listening"
        yield BotApi(f"http://127.0.0.1:{port}/bot")
        process.stdin.close()
        process.wait(timeout=10)


@dataclass
class LoBotApi(BotApi):
    """lo-bot-api-emulator; `requests` holds method, field names and status of each call, never contents."""

    requests: list[dict[str, Any]]


@pytest.fixture
def lo_bot_api() -> Iterator[LoBotApi]:
    emulator_module = pytest.importorskip("lo_bot_api_emulator", reason="lo-bot-api-emulator is not installed")
    from aiohttp import web

    emulator = emulator_module.LoBotApiEmulator(enable_control=True)
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(emulator.app(), access_log=None)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port: int = runner.addresses[0][1]
        return port

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield LoBotApi(f"http://127.0.0.1:{port}/bot", emulator.requests)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@dataclass
class Reply:
    """What the fault server does with one call: an answer, silence after taking it, or a cut connection."""

    status: int = 200
    body: dict[str, Any] | bytes | None = None  # None: a proper message
    is_silent: bool = False
    is_cut: bool = False


def refused(status: int, description: str, **parameters: int) -> Reply:
    """An answer in the shape of Telegram's errors."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Reply(status, body)


@dataclass
class FaultServer(BotApi):
    """Answers by `script`, first to last, then by `choose`, else with success; `calls` holds what was asked.

    `answers` comes before all of these. `taken` holds the messages that were accepted, those included whose
    answer was withheld.
    """

    script: list[Reply] = field(default_factory=list)
    choose: Callable[[int], Reply] | None = None  # number of the call, from 1 -> its reply
    answers: dict[str, Any] = field(default_factory=dict)  # method -> what it always answers, before all others
    calls: list[dict[str, str]] = field(default_factory=list)
    taken: list[dict[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, call: dict[str, str]) -> tuple[Reply, int]:
        with self.lock:
            self.calls.append(call)
            number = len(self.calls)
            if call["method"] in self.answers:
                answer = self.answers[call["method"]]
                return (answer if isinstance(answer, Reply) else Reply(body={"ok": True, "result": answer})), number
            reply = self.script.pop(0) if self.script else self.choose(number) if self.choose else Reply()
            if reply.status == 200:
                self.taken.append(call)
            return reply, number


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    with serving_faults() as server:
        yield server


@contextmanager
def serving_faults() -> Iterator[FaultServer]:
    """A fault server on loopback, in a thread."""
    state = FaultServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body in one packet, or each answer waits 40 ms for an acknowledgement

        def do_POST(self) -> None:
            fields = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(errors="replace")))
            method = self.path.rsplit("/", 1)[-1]
            reply, number = state.take({"method": method, **fields})
            if reply.is_silent:
                state.released.wait(20)
            if reply.is_silent or reply.is_cut:
                self.close_connection = True
                return
            self._answer(reply, method, fields, number)

        def _answer(self, reply: Reply, method: str, fields: dict[str, str], number: int) -> None:
            message = {
                "message_id": int(fields.get("message_id", 100 + number)),
                "date": 1_781_000_000,
                "chat": {"id": -100, "type": "channel", "title": "A channel"},
                "text": fields.get("text", ""),
            }
            body = reply.body if reply.body is not None else {"ok": True, "result": message}
            payload = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.api_url = f"http://127.0.0.1:{server.server_port}/bot"
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
