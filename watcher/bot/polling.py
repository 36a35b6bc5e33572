"""The connection to Telegram: long polling in a thread with an event loop of its own.

A dead or slow API stops nothing but the answers: alerts are read, queued and sent elsewhere.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from telegram import BotCommand, CallbackQuery, LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from watcher.bot.commands import BUTTONS, COMMANDS, Respond
from watcher.bot.talk import Answer, Asked, said
from watcher.core.errors import WatcherError
from watcher.core.markup import plain_from_html
from watcher.core.redact import redact
from watcher.notify.logs import keep_secrets_out_of_logs
from watcher.notify.telegram import DEFAULT_API_URL
from watcher.notify.telegram_call import keyboard
from watcher.pipeline.watch import Watch
from watcher.render import telegram_answer

log = structlog.get_logger()

_AGAIN_S = 30.0  # after the API could not be reached at the start
_LAST_TURNS_S = 0.1
_NOTICE_MOST = 200  # characters that Telegram shows when a button is pressed
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SORRY = Answer(said("I can't answer at the moment. Please try again in a minute."), notice="Please try again.")


class TelegramBot:
    """Answers commands until it is stopped. `open_a_watch` is called anew for each."""

    def __init__(
        self, token: str, api_url: str | None, review_chat: str | None, open_a_watch: Callable[[], Watch]
    ) -> None:
        keep_secrets_out_of_logs()
        self._token, self._api_url = token, api_url or DEFAULT_API_URL
        self._review_chat = (review_chat or "").casefold()
        self._open = open_a_watch
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
                await self._poll()
            except InvalidToken:
                log.error("the bot does not answer: Telegram does not know WATCHER_TELEGRAM_TOKEN")
                return
            except TelegramError as exc:
                self._note(exc)
                await self._pause(_AGAIN_S)

    async def _poll(self) -> None:
        application = self._application()
        try:
            await application.initialize()
        except TelegramError:
            await application.bot.request.shutdown()  # the library leaves the connection of a failed start open
            raise
        async with application:
            assert application.updater is not None
            await application.updater.start_polling(error_callback=self._note)
            await application.start()
            menu = [BotCommand(name, words) for name, (words, _) in COMMANDS.items()]
            try:
                await application.bot.set_my_commands(menu)
            except TelegramError as exc:
                self._note(exc)
            await self._stopping.wait()
            await application.updater.stop()
            await application.stop()

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
        builder = builder.get_updates_connection_pool_size(2)
        application = builder.build()
        for name, (_, respond) in COMMANDS.items():
            answer = partial(self._on_command, respond)
            application.add_handler(CommandHandler(name, answer, filters=filters.UpdateType.MESSAGE))
        private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & filters.TEXT
        application.add_handler(MessageHandler(private, partial(self._on_command, _not_known)))
        application.add_handler(CallbackQueryHandler(self._on_button))
        application.add_error_handler(self._on_error)
        return application

    async def _on_command(self, respond: Respond, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        _, _, words = (message.text or "").partition(" ")
        answered = message.reply_to_message
        asked = Asked(
            chat=str(message.chat.id),
            words=words.strip(),
            answered=str(answered.message_id) if answered is not None else None,
            is_review_chat=self._is_review_chat(message),
            is_private=message.chat.type == ChatType.PRIVATE,
        )
        await self._say(message, await asyncio.to_thread(self._answer, respond, asked), context)

    async def _on_button(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or not isinstance(query.message, Message):
            return
        name, _, words = (query.data or "").partition(":")
        respond = BUTTONS.get(name)
        if respond is None:
            await query.answer("This button is not known any more.")
            return
        asked = Asked(
            chat=str(query.message.chat.id),
            words=words,
            who=query.from_user.full_name,
            is_review_chat=self._is_review_chat(query.message),
        )
        answer = await asyncio.to_thread(self._answer, respond, asked)
        await self._acknowledge(query, answer)
        if answer.lines:
            await self._say(query.message, answer, context)

    async def _acknowledge(self, query: CallbackQuery, answer: Answer) -> None:
        try:
            await query.answer(answer.notice[:_NOTICE_MOST] or None)
        except BadRequest as exc:  # pressed while nobody listened: the button's turn is over, the act is done
            self._note(exc)
        if answer.is_new_keyboard:
            await query.edit_message_reply_markup(keyboard(answer.buttons))

    async def _say(self, message: Message, answer: Answer, context: ContextTypes.DEFAULT_TYPE) -> None:
        text, buttons = telegram_answer(answer.lines), keyboard(answer.buttons)
        try:
            await context.bot.send_message(
                message.chat.id,
                text,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=buttons,
            )
        except BadRequest:
            await context.bot.send_message(message.chat.id, plain_from_html(text)[:4000])

    def _answer(self, respond: Respond, asked: Asked) -> Answer:
        try:
            watch = self._open()
            try:
                return respond(watch, asked)
            finally:
                watch.db.conn.close()
        except WatcherError as exc:
            log.warning("the bot could not answer", error=redact(str(exc)))
        except Exception as exc:
            log.error("the bot could not answer: a fault of the watcher's own", exc_info=exc)
        return _SORRY

    def _is_review_chat(self, message: Message) -> bool:
        names = {str(message.chat.id), f"@{message.chat.username or ''}".casefold()}
        return bool(self._review_chat) and self._review_chat in names and message.chat.type != ChatType.PRIVATE

    async def _on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        log.warning("an answer was not sent", error=redact(f"{type(context.error).__name__}: {context.error}"))


def _not_known(watch: Watch, asked: Asked) -> Answer:
    return Answer(said("I don't know this one. All that I understand: /help"))
