"""The bot against servers: commands as a user sends them, and an API that is dead."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.bot.conftest import REVIEW_CHAT
from tests.bot.test_commands import LIVE
from tests.servers.bot_api import TOKEN, BotApi, FaultServer, LoBotApi, free_port, refused
from tests.servers.tdlib import accepted
from tests.support.site import Bench
from watcher.bot.polling import TelegramBot
from watcher.pipeline.watch import Watch
from watcher.store import reviews
from watcher.store.database import open_database


@contextmanager
def answering(bench: Bench, api_url: str) -> Iterator[TelegramBot]:
    def open_a_watch() -> Watch:
        return replace(bench.watch, db=open_database(bench.watch.storage))

    bot = TelegramBot(TOKEN, api_url, REVIEW_CHAT, open_a_watch)
    bot.start()
    try:
        yield bot
    finally:
        began = time.monotonic()
        bot.stop()
        assert time.monotonic() - began < 5


def until(found: Callable[[], object], within_s: float = 15) -> None:
    deadline = time.monotonic() + within_s
    while not found():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.05)


class User:
    """Someone who writes to the bot through telegram-test-api."""

    def __init__(self, api: BotApi, chat: int, kind: str = "private", who: int | None = None) -> None:
        self.api, self.chat, self.kind, self.who = api, chat, kind, who or abs(chat)

    def _post(self, path: str, body: dict[str, object]) -> None:
        root = self.api.api_url.removesuffix("/bot")
        request = urllib.request.Request(
            f"{root}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()

    def _common(self) -> dict[str, object]:
        return {
            "botToken": TOKEN,
            "from": {"id": self.who, "first_name": "Ada", "last_name": "Hale", "is_bot": False},
            "date": int(time.time()),
        }

    def _chat(self) -> dict[str, object]:
        return {"id": self.chat, "type": self.kind, "title": "A chat", "first_name": "Ada"}

    def write(self, text: str) -> None:
        command = text.split(" ")[0]
        entities = [{"offset": 0, "length": len(command), "type": "bot_command"}]
        self._post("sendCommand", {**self._common(), "chat": self._chat(), "text": text, "entities": entities})

    def press(self, said: str) -> None:
        message = {"message_id": 1, "date": 1, "chat": self._chat(), "text": "a candidate"}
        self._post("sendCallback", {**self._common(), "message": message, "data": said})

    def read(self) -> list[str]:
        """What the bot has said here, as Telegram shows it."""
        sent = [m for m in self.api.messages() if str(m.get("chat_id")) == str(self.chat)]
        return [accepted(message["text"], LIVE).text for message in sent]

    def answer_to(self, text: str) -> str:
        before = len(self.read())
        self.write(text)
        until(lambda: len(self.read()) > before)
        return self.read()[-1]


def test_a_subscriber_follows_lists_and_leaves(bench: Bench, telegram_test_api: BotApi) -> None:
    user = User(telegram_test_api, 5001)
    with answering(bench, telegram_test_api.api_url):
        assert "Choose what you want to follow" in user.answer_to("/start")
        assert "would have matched 1" in user.answer_to('/follow ended "after a review" region:london')
        assert 'did you mean "stance"' in user.answer_to("/follow stanse:ended")
        assert '1. ended "after a review" region:london' in user.answer_to("/list")
        assert "(c-2)" in user.answer_to("/latest")
        assert "are erased" in user.answer_to("/stop")
        assert "I don't know this one" in user.answer_to("/frobnicate")


def test_it_works_in_a_group_with_its_name_behind_the_command(bench: Bench, telegram_test_api: BotApi) -> None:
    group = User(telegram_test_api, -5002, "group")
    with answering(bench, telegram_test_api.api_url):
        assert "You follow: jobs" in group.answer_to("/follow@TestNameBot jobs")
        before = len(group.read())
        group.write("/list@AnotherBot")
        assert "1. jobs" in group.answer_to("/list")
        assert len(group.read()) == before + 1


def test_a_candidate_is_published_by_its_button_and_only_from_the_maintainers_chat(
    bench: Bench, telegram_test_api: BotApi
) -> None:
    (candidate,) = reviews.candidates(bench.watch.db)
    stranger = User(telegram_test_api, 5003)
    maintainers = User(telegram_test_api, int(REVIEW_CHAT), "group")
    with answering(bench, telegram_test_api.api_url):
        stranger.press(f"review:dismiss:{candidate.id}")
        maintainers.press(f"review:publish:{candidate.id}")
        until(lambda: reviews.standing(bench.watch.db, candidate.document_id))
    review = reviews.standing(bench.watch.db, candidate.document_id)
    assert review is not None
    assert (review.decision, review.who) == ("published", "Ada Hale")


def test_a_poll_that_waits_does_not_hold_up_the_stop(bench: Bench, lo_bot_api: LoBotApi) -> None:
    with answering(bench, lo_bot_api.api_url):
        until(lambda: any(call["method"] == "deleteWebhook" for call in lo_bot_api.requests))


def test_a_dead_api_is_tried_again_and_stops_nothing(bench: Bench) -> None:
    with answering(bench, f"http://127.0.0.1:{free_port()}/bot"):
        assert bench.poll(hours=2) == []


def test_an_unknown_token_ends_the_bot_and_nothing_else(bench: Bench, fault_server: FaultServer) -> None:
    fault_server.choose = lambda number: refused(401, "Unauthorized")
    with answering(bench, fault_server.api_url) as bot:
        until(lambda: not bot._thread.is_alive())


def test_in_a_group_with_administrators_only_they_change_what_it_follows(
    bench: Bench, telegram_test_api: BotApi
) -> None:
    member, administrator = (User(telegram_test_api, -5010, "supergroup", who) for who in (41, 42))
    with answering(bench, telegram_test_api.api_url):
        assert "only its administrators" in member.answer_to("/follow jobs")
        assert "You follow: jobs" in administrator.answer_to("/follow jobs")
        assert "1. jobs" in member.answer_to("/list")
        assert "only its administrators" in member.answer_to("/stop")
