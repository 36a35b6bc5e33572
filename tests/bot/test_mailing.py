"""/email: as a user sends it, and what it leaves in the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.test_commands import text
from tests.bot.test_polling import User, answering
from tests.servers.bot_api import BotApi
from tests.support.site import Bench
from watcher.bot.commands import COMMANDS
from watcher.bot.talk import Asked
from watcher.pipeline import subscribing
from watcher.store import subscriptions

HOME = "https://watch.example"


@pytest.fixture
def mailing(bench: Bench) -> Iterator[Bench]:
    """A bench on which e-mail is set up."""
    bench.watch = replace(bench.watch, can_mail=True, public_url=HOME)
    yield bench


def ask(bench: Bench, words: str, chat: str = "9001", *, is_private: bool = True) -> str:
    answer = COMMANDS["email"][1](bench.watch, Asked(chat, words, is_private=is_private))
    return text(answer).replace("\u200b", "")


def mails(bench: Bench) -> list[tuple[str, str]]:
    return list(bench.watch.db.execute("SELECT address, body FROM deliveries WHERE channel = 'email' ORDER BY id"))


def test_an_address_with_filter_and_rhythm_gets_one_confirmation(mailing: Bench) -> None:
    told = ask(mailing, "Ada@northmoor.example ended kind:trust daily")
    assert "on its way to Ada@northmoor.example." in told
    assert "ended kind:trust, once a day: it would have matched 1 in the last 30 days." in told
    ((address, body),) = mails(mailing)
    assert address == "Ada@northmoor.example"
    token = body.split(f"{HOME}/confirm/")[1].split()[0]
    subscribing.confirm(mailing.watch.db, token, mailing.watch.now())
    (one,) = subscriptions.active(mailing.watch.db, "email")
    assert (one.filter, one.rhythm) == ("ended kind:trust", "daily")


def test_the_answer_is_the_same_whoever_asked_before(mailing: Bench) -> None:
    told = {ask(mailing, "ada@northmoor.example", chat=f"91{number}") for number in range(5)}
    assert len(told) == 1
    assert len(mails(mailing)) == 3


def test_a_group_is_asked_to_write_in_private_and_sees_no_address(mailing: Bench) -> None:
    told = ask(mailing, "ada@northmoor.example", is_private=False)
    assert "private chat" in told
    assert "ada" not in told
    assert mails(mailing) == []


def test_what_is_wrong_is_named_and_nothing_is_sent(mailing: Bench) -> None:
    assert "/email you@example.org" in ask(mailing, "")
    assert "could not read the address" in ask(mailing, "ada@@northmoor")
    assert '(did you mean "northmoor"?)' in ask(mailing, "ada@northmoor.example org:nothmoor")
    assert '"at-once" is not offered' in ask(mailing, "ada@northmoor.example at-once")
    assert mails(mailing) == []


def test_where_mail_is_not_set_up_the_bot_says_so(bench: Bench) -> None:
    told = ask(bench, "ada@northmoor.example")
    assert "E-mail isn't set up here" in told
    assert "WATCHER" not in told


def test_a_chat_may_ask_twenty_times_an_hour(mailing: Bench) -> None:
    for number in range(20):
        assert "on its way" in ask(mailing, f"reader{number}@northmoor.example", chat="9020")
    assert "Please try again in 60 minutes" in ask(mailing, "one.more@northmoor.example", chat="9020")
    assert len(mails(mailing)) == 20


def test_a_user_asks_in_a_private_chat_and_in_a_group(mailing: Bench, telegram_test_api: BotApi) -> None:
    user, group = User(telegram_test_api, 5040), User(telegram_test_api, -5041, "group")
    with answering(mailing, telegram_test_api.api_url):
        told = user.answer_to("/email ada@northmoor.example ended weekly")
        assert "on its way to" in told
        assert "private chat" in group.answer_to("/email ben@northmoor.example")
    assert [address for address, _ in mails(mailing)] == ["ada@northmoor.example"]


def test_the_document_shows_what_the_bot_says(mailing: Bench) -> None:
    document = (Path(__file__).parents[2] / "docs" / "telegram.md").read_text(encoding="utf-8")
    told = ask(mailing, "ada@northmoor.example ended kind:trust daily")
    assert f"> /email ada@northmoor.example ended kind:trust daily\n{told}\n" in document
