"""Messages into Telegram chats, and what became of each: a `Receipt`, never an exception of the library.

python-telegram-bot is asynchronous and the outbox is not, so its Bot lives on an event loop of
its own in one background thread: `send` may be called from any thread, of the command line and
of the daemon alike, and `close` ends the thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.markup import plain_from_html, possible_repeat, units
from ..core.model import Delivery, InDoubt, Receipt, Refused, Sent, TryAgain
from .logs import keep_secrets_out_of_logs
from .pace import Pace

if TYPE_CHECKING:
    from .telegram_call import Answer, Call

DEFAULT_API_URL = "https://api.telegram.org/bot"
_LOG = logging.getLogger(__name__)
_MESSAGE_UNITS = 4096
_DEADLINE_S = 60.0  # for one call; HTTP time-outs alone let a server drip a byte a second for ever


class TelegramNotifier:
    """Sends and edits through one bot. `per_minute` is Telegram's limit for one group or channel.

    Raises SendError, here or from any call, if the token or the server's address is wrong.
    """

    def __init__(
        self,
        token: str,
        api_url: str = DEFAULT_API_URL,
        *,
        per_minute: int = 20,
        timeout_s: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Imported here: the library costs a second, and most commands never send.
        from .telegram_call import TelegramCalls

        keep_secrets_out_of_logs()  # before the first request: its address holds the token
        self._pace = Pace(per_minute, clock)
        self._calls = TelegramCalls(token, api_url or DEFAULT_API_URL, timeout_s)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._thread.start()

    def send(self, delivery: Delivery) -> Receipt:
        """What became of the message; `Sent.address` is set if the chat has moved.

        Answers at once with TryAgain while the chat is at its limit or paused by the server.
        A message that Telegram can't parse is sent once more as plain text.
        """

        async def ask(call: Call) -> Answer:
            answer = await self._calls.send(call, delivery.reply_to)
            if delivery.attachment and isinstance(answer, Sent):
                await self._attach(call, delivery, answer)
            return answer

        return self._paced(delivery, ask)

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """What became of the edit of message `receipt_id`; a text that was the same counts as sent."""
        return self._paced(delivery, lambda call: self._calls.edit(call, receipt_id))

    def identify(self) -> str:
        """The bot's user name, asked of the server; nothing is posted. Raises SendError."""
        return asyncio.run_coroutine_threadsafe(self._calls.identify(), self._loop).result(_DEADLINE_S)

    def close(self) -> None:
        """End the connections and the thread. A second call does nothing."""
        if self._loop.is_closed():
            return
        self._run(self._calls.close(), "closing")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _paced(self, delivery: Delivery, ask: Callable[[Call], Coroutine[Any, Any, Answer]]) -> Receipt:
        wait = self._pace.wait_s(delivery.address)
        if wait > 0:
            return TryAgain(wait, "this chat has had its share for the moment", is_paced=True)
        receipt = self._run(self._ladder(_call_of(delivery), ask), "sending")
        if isinstance(receipt, TryAgain) and receipt.is_paced:
            self._pace.pause(delivery.address, receipt.after_s)
        return receipt

    async def _ladder(self, call: Call, ask: Callable[[Call], Coroutine[Any, Any, Answer]]) -> Receipt:
        """Ask; follow a chat that moved, once; ask in plain text if the markup was refused, once."""
        from .telegram_call import Migrated, Unparsed

        moved_to: str | None = None
        while True:
            answer = await ask(call)
            if isinstance(answer, Migrated) and moved_to is None:
                moved_to = answer.address
                call = replace(call, address=moved_to)
            elif isinstance(answer, Unparsed) and not call.is_plain:
                call = replace(call, text=_fitting_plain(call.text), is_plain=True)
            elif isinstance(answer, Migrated | Unparsed):
                return Refused("the chat moved twice" if isinstance(answer, Migrated) else answer.reason)
            else:
                return replace(answer, address=moved_to) if isinstance(answer, Sent) else answer

    async def _attach(self, call: Call, delivery: Delivery, sent: Sent) -> None:
        """Send the attachment after its message. A file that fails does not undo the message: it is logged."""
        number = "" if delivery.change_id is None else f"-c-{delivery.change_id}"
        answer = await self._calls.attach(call, f"comparison{number}.html", delivery.attachment, sent.id)
        if not isinstance(answer, Sent):
            _LOG.warning("message %s was sent, its attachment was not: %s", sent.id, answer)

    def _run(self, work: Coroutine[Any, Any, Receipt], what: str) -> Receipt:
        async def bounded() -> Receipt:
            try:
                async with asyncio.timeout(_DEADLINE_S):
                    return await work
            except TimeoutError:
                return InDoubt(f"{what} took more than {_DEADLINE_S:.0f} s")

        return asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()


def _call_of(delivery: Delivery) -> Call:
    from .telegram_call import Call

    lead = f"<b>{possible_repeat(delivery.change_id)}</b>\n\n" if delivery.may_repeat else ""
    return Call(delivery.address, lead + delivery.body, buttons=delivery.buttons)


def _fitting_plain(markup: str) -> str:
    """The message without markup, cut at 4,096 code units: the marks and addresses add to its length."""
    text = plain_from_html(markup)
    if units(text) <= _MESSAGE_UNITS:
        return text
    cut = text[:_MESSAGE_UNITS]
    while units(cut) > _MESSAGE_UNITS - 1:
        cut = cut[: -max(1, (units(cut) - _MESSAGE_UNITS) // 2)]
    return cut + "…"
