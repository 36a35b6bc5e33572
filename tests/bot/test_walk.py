"""The walk through every command in docs/telegram.md is what a new subscriber gets from a Bot API server."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tests.bot.test_polling import User, answering
from tests.servers.bot_api import BotApi
from tests.support.site import Bench
from watcher.bot.commands import COMMANDS
from watcher.core.markup import BREAK

DOCUMENT = Path(__file__).parents[2] / "docs" / "telegram.md"
CHAT = 5001


def walk() -> list[tuple[str, str]]:
    """What is typed, and what the document says is answered, in order."""
    blocks = re.findall(r"```text\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    steps = [step for block in blocks for step in re.split(r"^> ", block, flags=re.MULTILINE)[1:]]
    return [(typed, answer.strip()) for typed, _, answer in (step.partition("\n") for step in steps)]


def said(text: str) -> str:
    """The answer as a reader sees it, without space at line ends."""
    return "\n".join(line.rstrip() for line in text.replace(BREAK, "").splitlines()).strip()


def test_the_walk_holds_every_command() -> None:
    assert {typed.split()[0].removeprefix("/") for typed, _ in walk()} == set(COMMANDS)


def test_every_answer_of_the_walk_is_the_one_that_is_given(bench: Bench, telegram_test_api: BotApi) -> None:
    bench.watch = replace(bench.watch, can_mail=True, public_url="https://watch.example")
    user = User(telegram_test_api, CHAT)
    with answering(bench, telegram_test_api.api_url):
        for step, (typed, answer) in enumerate(walk()):
            user.who = CHAT + step  # nobody can type so many in a second, and the bot holds those back who do
            assert said(user.answer_to(typed)) == answer, typed
