"""Who may change what a group follows, asked of a server that answers as Telegram does."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot, Chat, User

from tests.servers.bot_api import TOKEN, FaultServer, refused
from watcher.bot.rights import GUARDED, Rights

GROUP = Chat(-7, "supergroup")
ADMINISTRATOR, MEMBER = User(42, "Grace", is_bot=False), User(43, "Ada", is_bot=False)


def administrators(*ids: int) -> list[dict[str, Any]]:
    return [
        {"status": "creator", "is_anonymous": False, "user": {"id": one, "is_bot": False, "first_name": "Grace"}}
        for one in ids
    ]


async def may(
    server: FaultServer, name: str, chat: Chat = GROUP, who: User = MEMBER, behind: Chat | None = None
) -> bool:
    async with Bot(TOKEN, base_url=server.api_url) as bot:
        return await Rights().may(name, bot, chat, who, behind)


@pytest.fixture
def server(fault_server: FaultServer) -> FaultServer:
    fault_server.answers["getMe"] = {"id": 1, "is_bot": True, "first_name": "Watch", "username": "watch_bot"}
    fault_server.answers["getChatAdministrators"] = administrators(42)
    return fault_server


async def test_only_administrators_change_what_a_group_follows(server: FaultServer) -> None:
    for name in GUARDED:
        assert await may(server, name, who=ADMINISTRATOR)
        assert not await may(server, name)
    assert await may(server, "latest")


async def test_in_a_private_chat_everybody_is_at_home(server: FaultServer) -> None:
    assert await may(server, "stop", chat=Chat(43, "private"))


async def test_an_administrator_who_hides_the_name_writes_as_the_group(server: FaultServer) -> None:
    anonymous = User(1087968824, "Group", is_bot=True)
    assert await may(server, "stop", who=anonymous, behind=GROUP)
    assert not await may(server, "stop", who=anonymous, behind=Chat(-8, "channel"))


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_where_no_administrators_are_known_everybody_may(server: FaultServer, status: int) -> None:
    server.answers["getChatAdministrators"] = refused(status, "Bad Request: method is available for groups only")
    assert await may(server, "follow")
    server.answers["getChatAdministrators"] = []
    assert await may(server, "follow")


async def test_telegram_is_asked_once_a_minute_for_each_group(server: FaultServer) -> None:
    now = [0.0]
    rights = Rights(lambda: now[0])
    async with Bot(TOKEN, base_url=server.api_url) as bot:
        for _ in range(3):
            await rights.may("follow", bot, GROUP, ADMINISTRATOR, None)
        now[0] = 61.0
        server.answers["getChatAdministrators"] = administrators(99)
        assert not await rights.may("follow", bot, GROUP, ADMINISTRATOR, None)
    assert [call["method"] for call in server.calls].count("getChatAdministrators") == 2
