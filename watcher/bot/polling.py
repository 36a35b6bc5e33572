"""The connection to Telegram, in a thread with an event loop of its own: by webhook, or by long polling.

A dead or slow API stops nothing but the answers: alerts are read, queued and sent elsewhere.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import BotCommand, Update
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.ext import Application

from watcher.bot.commands import COMMANDS
from watcher.bot.handling import AT_ONE_TIME, Handling
from watcher.core.redact import redact
from watcher.notify.logs import keep_secrets_out_of_logs
from watcher.notify.telegram import DEFAULT_API_URL
from watcher.pipeline.watch import Watch

log = structlog.get_logger()

_AGAIN_S = 30.0  # after the API could not be reached at the start
_LAST_TURNS_S = 0.1
_KINDS = (Update.MESSAGE, Update.CALLBACK_QUERY)
_REMEMBERED = 1000  # updates; Telegram sends one again if our answer to it was lost


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram is to send updates, and the word by which it is known."""

    url: str
    secret: str  # letters, digits, "_" and "-"; at most 256


class TelegramBot:
    """Answers commands until it is stopped. `open_a_watch` is called anew for each.

    With a `webhook` updates come through `take`; if Telegram does not accept it, and without
    one, they are polled for.
    """

    def __init__(
        self,
        token: str,
        api_url: str | None,
        review_chat: str | None,
        open_a_watch: Callable[[], Watch],
        webhook: Webhook | None = None,
    ) -> None:
        keep_secrets_out_of_logs()
        self._token, self._api_url = token, api_url or DEFAULT_API_URL
        self._handling = Handling(review_chat, open_a_watch)
        self._webhook = webhook
        self._taking: Application[Any, Any, Any, Any, Any, Any] | None = None  # while updates may come
        self._taken: deque[int] = deque(maxlen=_REMEMBERED)
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._last_trouble = ""
        self._thread = threading.Thread(target=self._run, name="bot", daemon=True)

    def start(self) -> None:
        """Begin to answer; returns at once, whether the API can be reached or not."""
        self._thread.start()

    def stop(self, within_s: float = 4.0) -> None:
        """Finish the answer in hand; what was not read is read at the next start."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(timeout=within_s)

    def take(self, body: bytes, secret: str) -> int:
        """The HTTP status for an update that was posted: 200 taken, 403 wrong secret, 400 none, 503 not now.

        Returns at once, from any thread; the answer follows. One that came before is taken and not answered again.
        """
        if self._webhook is None or not hmac.compare_digest(secret.encode(), self._webhook.secret.encode()):
            return 403
        application = self._taking
        if application is None:
            return 503
        try:
            update = Update.de_json(json.loads(body), application.bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return 400
        self._loop.call_soon_threadsafe(self._queue, application, update)
        return 200

    def _queue(self, application: Application[Any, Any, Any, Any, Any, Any], update: Update) -> None:
        if update.update_id not in self._taken:
            self._taken.append(update.update_id)
            application.update_queue.put_nowait(update)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as exc:
            log.error("the bot has stopped: a fault of the watcher's own", exc_info=exc)
        finally:
            self._loop.run_until_complete(self._finish())
            self._loop.close()

    async def _finish(self) -> None:
        """Let what is half closed be closed: a poll that was cut off leaves its connection to later turns."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._loop.shutdown_default_executor()
        await self._loop.shutdown_asyncgens()
        await asyncio.sleep(_LAST_TURNS_S)

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._answer_updates()
            except InvalidToken:
                log.error("the bot does not answer: Telegram does not know WATCHER_TELEGRAM_TOKEN")
                return
            except TelegramError as exc:
                self._note(exc)
                await self._pause(_AGAIN_S)

    async def _answer_updates(self) -> None:
        application = self._application()
        try:
            await application.initialize()
        except TelegramError:
            await application.bot.request.shutdown()  # the library leaves the connection of a failed start open
            raise
        async with application:
            is_pushed = await self._is_pushed(application)
            updater = application.updater
            assert updater is not None
            if not is_pushed:
                await updater.start_polling(error_callback=self._note, allowed_updates=_KINDS)
            await application.start()
            self._taking = application if is_pushed else None
            await self._set_menu(application)
            await self._stopping.wait()
            self._taking = None  # what comes now is answered 503, and sent again after the next start
            if not is_pushed:
                await updater.stop()
            await application.stop()

    async def _is_pushed(self, application: Application[Any, Any, Any, Any, Any, Any]) -> bool:
        """Whether Telegram agrees to send updates to the webhook. Raises NetworkError if it can't be asked."""
        webhook = self._webhook
        if webhook is None:
            return False
        try:
            await application.bot.set_webhook(webhook.url, secret_token=webhook.secret, allowed_updates=_KINDS)
        except TelegramError as exc:
            if isinstance(exc, NetworkError) and not isinstance(exc, BadRequest):
                raise
            reason = redact(f"{type(exc).__name__}: {exc}")
            log.warning("Telegram does not accept the webhook; the bot polls for its commands", error=reason)
            return False
        log.info("commands come by webhook")
        return True

    async def _set_menu(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        menu = [BotCommand(name, words) for name, (words, _) in COMMANDS.items()]
        try:
            await application.bot.set_my_commands(menu)
        except TelegramError as exc:
            self._note(exc)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    def _note(self, exc: TelegramError) -> None:
        """Log a trouble once, not at each of the tries that follow."""
        text = redact(f"{type(exc).__name__}: {exc}")
        if text != self._last_trouble:
            log.warning("the bot can't reach Telegram; it goes on trying", error=text)
        self._last_trouble = text

    def _application(self) -> Application[Any, Any, Any, Any, Any, Any]:
        builder = Application.builder().token(self._token).base_url(self._api_url).job_queue(None)
        # Two: the poll that a stop cuts off still holds the first while the last one marks what was read.
        builder = builder.get_updates_connection_pool_size(2).concurrent_updates(AT_ONE_TIME)
        application = builder.build()
        self._handling.attach(application)
        return application
