"""Who may say what a group follows: its administrators; everybody where none are known."""

from __future__ import annotations

import time
from collections.abc import Callable

from telegram import Bot, Chat, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, InvalidToken

GUARDED = frozenset({"follow", "unfollow", "pause", "resume", "stop"})
"""Commands, and buttons, that change what a chat is told."""

ONLY_ADMINISTRATORS = "In a group only its administrators can change what it follows."
_KNOWN_FOR_S = 60.0


class Rights:
    """Asks Telegram who the administrators of a group are, and remembers it for a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[int, tuple[float, frozenset[int]]] = {}

    async def may(self, name: str, bot: Bot, chat: Chat, who: User | None, on_behalf_of: Chat | None) -> bool:
        """Whether this command or button does what it says here. Raises TelegramError if Telegram does not answer.

        Administrators who hide their names write on behalf of the group itself.
        """
        if name not in GUARDED or chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
            return True
        if on_behalf_of is not None and on_behalf_of.id == chat.id:
            return True
        known = await self._administrators(bot, chat.id)
        return not known or (who is not None and who.id in known)

    async def _administrators(self, bot: Bot, chat_id: int) -> frozenset[int]:
        found = self._known.get(chat_id)
        if found is not None and self._clock() - found[0] < _KNOWN_FOR_S:
            return found[1]
        try:
            members = await bot.get_chat_administrators(chat_id)
        except (BadRequest, Forbidden, InvalidToken):  # the last is how a server without this method answers
            members = ()
        known = frozenset(member.user.id for member in members)
        self._known[chat_id] = (self._clock(), known)
        return known
