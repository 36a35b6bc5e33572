"""One call to the Bot API, and its outcome in our words.

What python-telegram-bot raises, and what it means for a message:

    RetryAfter          not sent; again after exactly so many seconds
    ChatMigrated        not sent; the chat has a new id
    BadRequest          not sent; a subclass of NetworkError, so it is asked for first
    Forbidden           not sent; the bot was blocked or thrown out
    InvalidToken        not sent; nothing can be, until a person corrects the token
    Conflict            not sent
    TimedOut            caused by a connect or pool time-out: never sent. Else in doubt: a read
                        time-out can come after Telegram took the message (its issue #1045)
    NetworkError        caused by a failed connection: never sent. Else (5xx, reset): in doubt
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from ..core.errors import SendError
from ..core.model import Buttons, InDoubt, Receipt, Refused, Sent, TryAgain
from ..core.redact import redact

_RETRY_S = 30.0  # after a connection that could not be made
_NEVER_SENT = (httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ConnectError, httpx.ProxyError)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One message to one chat; HTML unless `is_plain`."""

    address: str
    text: str
    is_plain: bool = False
    buttons: Buttons = ()


@dataclass(frozen=True, slots=True)
class Migrated:
    """Not sent: the group became a supergroup, which has another id."""

    address: str


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Not sent: the server did not take this message as it is."""

    reason: str


Answer = Receipt | Migrated | Unparsed


class TelegramCalls:
    """The bot's connections. Use it from one event loop only."""

    def __init__(self, token: str, api_url: str, timeout_s: float) -> None:
        self._request = _RemembersAnswer(
            connection_pool_size=8,
            connect_timeout=min(10.0, timeout_s),
            read_timeout=timeout_s,
            write_timeout=timeout_s,
            pool_timeout=min(10.0, timeout_s),
        )
        try:
            self._bot = Bot(token, base_url=api_url, request=self._request)
        except InvalidToken:
            raise SendError(_WRONG_BOT) from None

    async def send(self, call: Call, reply_to: str | None) -> Answer:
        """Send `call`, as an answer to message `reply_to` if that still exists. Raises SendError."""
        reply = None
        if reply_to is not None and reply_to.isdigit():
            reply = ReplyParameters(int(reply_to), allow_sending_without_reply=True)
        return await self._outcome(
            self._bot.send_message(call.address, call.text, reply_parameters=reply, **_options(call)), None
        )

    async def identify(self) -> str:
        """The bot's user name, asked of the server. Raises SendError if it does not answer as it should."""
        try:
            me = await self._bot.get_me()
        except InvalidToken:
            raise SendError(_WRONG_BOT) from None
        except TelegramError as error:
            raise SendError(f"the Bot API did not answer: {redact(str(error))}") from None
        return me.username or str(me.id)

    async def edit(self, call: Call, receipt_id: str) -> Answer:
        """Put `call`'s text in place of message `receipt_id`. Raises SendError."""
        if not receipt_id.isdigit():
            return Refused(f"{receipt_id!r} is no message id")
        return await self._outcome(
            self._bot.edit_message_text(call.text, call.address, int(receipt_id), **_options(call)), receipt_id
        )

    async def attach(self, call: Call, name: str, page: str, answers: str) -> Answer:
        """Send `page` as a file of that name, as an answer to message `answers`. Raises SendError."""
        file = InputFile(page.encode("utf-8", "replace"), filename=name)
        reply = ReplyParameters(int(answers), allow_sending_without_reply=True) if answers.isdigit() else None
        return await self._outcome(self._bot.send_document(call.address, file, reply_parameters=reply), None)

    async def close(self) -> Receipt:
        """Close the connections."""
        await self._request.shutdown()
        return Sent("")

    async def _outcome(self, work: Any, edited: str | None) -> Answer:
        _answer.set(None)
        try:
            message = await work
        except TelegramError as error:
            return _receipt(error, edited)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            # The answer was "ok", but not shaped as the library expects (a Bot API server of
            # another make): the message is there, and its number is in the answer.
            number = edited or _message_number(_answer.get())
            return Sent(number) if number else InDoubt("the server's answer can't be read")
        return Sent(edited or str(message.message_id))


def keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """The buttons as Telegram's library has them; None if there are none."""
    rows = [[InlineKeyboardButton(label, callback_data=said) for label, said in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None


def _options(call: Call) -> dict[str, Any]:
    """A server that refuses markup may refuse an option too, so plain text goes without any."""
    if call.is_plain:
        return {}
    options: dict[str, Any] = {"parse_mode": ParseMode.HTML, "link_preview_options": _NO_PREVIEW}
    return {**options, "reply_markup": keyboard(call.buttons)} if call.buttons else options


_WRONG_BOT = (
    "Telegram does not know this bot token: set WATCHER_TELEGRAM_TOKEN to the one that @BotFather shows "
    "(and check WATCHER_TELEGRAM_API_URL, which ends in /bot)"
)
_answer: ContextVar[bytes | None] = ContextVar("answer", default=None)


class _RemembersAnswer(HTTPXRequest):
    """Keeps the last body received in this task."""

    async def do_request(self, *arguments: Any, **keywords: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*arguments, **keywords)
        _answer.set(body if 200 <= status < 300 else None)
        return status, body


def _message_number(body: bytes | None) -> str:
    try:
        return str(json.loads(body or b"{}")["result"]["message_id"])
    except (ValueError, KeyError, TypeError):
        return ""


def _receipt(error: TelegramError, edited: str | None) -> Answer:
    reason = redact(str(error)) or type(error).__name__
    match error:
        case RetryAfter():
            return TryAgain(_seconds(error), "Telegram asked to wait", is_paced=True)
        case ChatMigrated():
            return Migrated(str(error.new_chat_id))
        case InvalidToken():
            raise SendError(_WRONG_BOT) from None
        case BadRequest() if edited is not None and "not modified" in reason.casefold():
            # Telegram has no code for this, only its words; the text there is the one we wanted.
            return Sent(edited)
        case BadRequest():
            return Unparsed(reason)
        case Forbidden():
            return Refused(reason, is_unwelcome=True)
        case Conflict():
            return Refused(reason)
        case NetworkError():  # TimedOut is one
            return _after_network_error(error, reason)
        case _:
            return InDoubt(reason)


def _after_network_error(error: NetworkError, reason: str) -> Receipt:
    if isinstance(error.__cause__, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        raise SendError(f"WATCHER_TELEGRAM_API_URL is not a web address ending in /bot: {reason}") from None
    if isinstance(error.__cause__, _NEVER_SENT):
        return TryAgain(_RETRY_S, reason)
    return InDoubt(reason)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after  # seconds, or a timedelta where PTB_TIMEDELTA is set in the environment
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
