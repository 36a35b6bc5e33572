"""Commands that come by webhook: through our own route in a web server, from a Bot API server that we did not write."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.bot.test_polling import User, until
from tests.servers.bot_api import TOKEN, BotApi, FaultServer, refused
from tests.support.site import Bench
from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.core.errors import ConfigError
from watcher.daemon.commands import Commands
from watcher.web.app import serve

ME = {"id": 1, "is_bot": True, "first_name": "Watch", "username": "watch_bot"}
Post = Callable[[dict[str, Any], str], int]


def update(text: str, number: int = 1, chat: int = 6001) -> dict[str, Any]:
    command = text.split(" ")[0]
    who = {"id": chat, "is_bot": False, "first_name": "Ada"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_781_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Ada"},
            "from": who,
            "text": text,
            "entities": [{"offset": 0, "length": len(command), "type": "bot_command"}],
        },
    }


@contextmanager
def running(bench: Bench, api_url: str, updates: str = "auto") -> Iterator[tuple[Commands, str]]:
    """The bot behind the route of a real server, wired as the daemon does it; the server's address."""
    settings = bench.watch.configuration.settings.model_copy(update={"telegram_updates": updates})
    configuration = replace(bench.watch.configuration, settings=settings)
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=configuration.path,
        storage=bench.watch.storage,
        telegram_token=TOKEN,  # type: ignore[arg-type]
        telegram_channel="@northmoor_watch",
        telegram_api_url=api_url,
        public_url="https://watch.example",
        secret_key="not-a-real-key",  # type: ignore[arg-type]
    )
    commands = Commands(configuration, environment)
    server = serve(Starlette(routes=commands.routes()), "127.0.0.1", 0)
    # Telegram posts over https to a public name; here it is this machine, without a certificate.
    commands._environment = environment.model_copy(update={"public_url": server.url})
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    commands.start()
    try:
        yield commands, server.url
    finally:
        commands.stop()
        server.should_exit = True
        thread.join(10)


@contextmanager
def without_webhook(api: BotApi) -> Iterator[None]:
    """Take the webhook away afterwards: the server serves other tests, which poll."""
    try:
        yield
    finally:
        urllib.request.urlopen(f"{api.api_url}{TOKEN}/deleteWebhook", b"", timeout=10).close()


def posting(call: dict[str, str]) -> Post:
    """What posts updates as Telegram would after this call of setWebhook."""

    def post(update: dict[str, Any], secret: str = call["secret_token"]) -> int:
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        request = urllib.request.Request(call["url"], json.dumps(update).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    return post


@pytest.fixture
def server(fault_server: FaultServer) -> FaultServer:
    fault_server.answers |= {"getMe": ME, "setMyCommands": True, "setWebhook": True, "deleteWebhook": True}
    fault_server.answers["getUpdates"] = []
    return fault_server


def called(server: FaultServer, method: str) -> list[dict[str, str]]:
    return [call for call in list(server.calls) if call["method"] == method]


def test_a_user_writes_and_is_answered_without_a_single_poll(bench: Bench, telegram_test_api: BotApi) -> None:
    user = User(telegram_test_api, 6001)
    with without_webhook(telegram_test_api), running(bench, telegram_test_api.api_url) as (commands, _):
        assert commands._bot is not None
        until(lambda: commands._bot is not None and commands._bot._taking)
        assert "Choose what you want to follow" in user.answer_to("/start")
        assert "You follow: ended kind:trust" in user.answer_to("/follow ended kind:trust")


def test_only_telegram_is_listened_to(bench: Bench, server: FaultServer) -> None:
    with running(bench, server.api_url) as (commands, url):
        until(lambda: commands._bot is not None and commands._bot._taking)
        (call,) = called(server, "setWebhook")
        assert call["url"].startswith(f"{url}/telegram/")
        assert json.loads(call["allowed_updates"]) == ["message", "callback_query"]
        post = posting(call)
        assert [post(update("/list"), secret) for secret in ("", "wrong", call["secret_token"])] == [403, 403, 200]
        assert post({"update_id": 9, "message": {"text": 1}}) in (200, 400)
        assert posting({**call, "url": f"{url}/telegram/guess"})(update("/list")) == 404
        too_large = {**update("/list"), "more": "x" * 1_100_000}
        assert post(too_large) == 413
        until(lambda: server.taken)
        assert [call["chat_id"] for call in server.taken] == ["6001"]
        assert called(server, "getUpdates") == []


def test_an_update_that_is_sent_twice_is_answered_once(bench: Bench, server: FaultServer) -> None:
    with running(bench, server.api_url) as (commands, _):
        until(lambda: commands._bot is not None and commands._bot._taking)
        post = posting(called(server, "setWebhook")[0])
        assert [post(update("/list", 5)), post(update("/list", 5)), post(update("/privacy", 6))] == [200, 200, 200]
        until(lambda: any("What is kept" in call["text"] for call in server.taken))
        assert len(server.taken) == 2


def test_what_comes_before_the_bot_is_ready_is_to_be_sent_again(bench: Bench, server: FaultServer) -> None:
    with running(bench, server.api_url) as (commands, _):
        until(lambda: commands._bot is not None and commands._bot._taking)
        post = posting(called(server, "setWebhook")[0])
        bot, commands._bot = commands._bot, None
        assert post(update("/list")) == 503
        commands._bot = bot


def test_a_webhook_that_telegram_refuses_gives_way_to_polling(bench: Bench, server: FaultServer) -> None:
    server.answers["setWebhook"] = refused(400, "Bad Request: bad webhook: Failed to resolve host")
    with running(bench, server.api_url):
        until(lambda: called(server, "getUpdates"))
        assert called(server, "deleteWebhook")


def test_polling_can_be_asked_for(bench: Bench, server: FaultServer) -> None:
    with running(bench, server.api_url, "polling") as (commands, _):
        assert commands.routes() == []
        until(lambda: called(server, "getUpdates"))
        assert called(server, "setWebhook") == []


def test_a_webhook_without_a_public_address_is_a_fault_of_the_settings(bench: Bench) -> None:
    settings = bench.watch.configuration.settings.model_copy(update={"telegram_updates": "webhook"})
    configuration = replace(bench.watch.configuration, settings=settings)
    environment = Environment(_env_file=None, public_url="http://watch.example")  # type: ignore[call-arg]
    with pytest.raises(ConfigError, match="needs WATCHER_PUBLIC_URL to begin with https"):
        Commands(configuration, environment)
    assert load(bench.watch.configuration.path).settings.telegram_updates == "auto"


def test_a_flood_from_one_is_no_wait_for_another(bench: Bench, server: FaultServer) -> None:
    with running(bench, server.api_url) as (commands, _):
        until(lambda: commands._bot is not None and commands._bot._taking)
        post = posting(called(server, "setWebhook")[0])
        for number in range(200):
            post(update("/latest", 100 + number, chat=6666))
        post(update("/latest", 999, chat=6001))
        until(lambda: any(call["chat_id"] == "6001" for call in server.taken))
        until(lambda: len([call for call in server.taken if call["chat_id"] == "6666"]) >= 11)
        flood = [call["text"] for call in server.taken if call["chat_id"] == "6666"]
        assert len(flood) < 20
        assert any("Please wait half a minute" in text for text in flood)
