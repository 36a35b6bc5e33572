"""An update in, an answer out: which function answers, who may ask, and how the answer is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Bot, CallbackQuery, LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from watcher.bot.commands import BUTTONS, COMMANDS, Respond
from watcher.bot.pace import Pace, Turn
from watcher.bot.rights import ONLY_ADMINISTRATORS, Rights
from watcher.bot.talk import Answer, Asked, said
from watcher.core.errors import WatcherError
from watcher.core.markup import plain_from_html
from watcher.core.redact import redact
from watcher.notify.telegram_call import keyboard
from watcher.pipeline.watch import Watch
from watcher.render import telegram_answer

log = structlog.get_logger()

AT_ONE_TIME = 32
"""So many updates are in hand together; those of one chat one after the other."""

_NOTICE_MOST = 200  # characters that Telegram shows when a button is pressed
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SORRY = Answer(said("I can't answer at the moment. Please try again in a minute."), notice="Please try again.")
_TOO_MANY = "Many commands came at once. Please wait half a minute, then go on."


class Handling:
    """Answers the updates of one bot. `open_a_watch` is called anew for each."""

    def __init__(self, review_chat: str | None, open_a_watch: Callable[[], Watch]) -> None:
        self._review_chat = (review_chat or "").casefold()
        self._open = open_a_watch
        self._pace, self._rights = Pace(), Rights()
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def attach(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Let the application hand its updates over."""
        for name, (_, respond) in COMMANDS.items():
            answer = partial(self._on_command, name, respond)
            application.add_handler(CommandHandler(name, answer, filters=filters.UpdateType.MESSAGE))
        private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE & filters.TEXT
        application.add_handler(MessageHandler(private, partial(self._on_command, "", _not_known)))
        application.add_handler(CallbackQueryHandler(self._on_button))
        application.add_error_handler(self._on_error)

    async def _on_command(
        self, name: str, respond: Respond, update: Update, context: ContextTypes.DEFAULT_TYPE
    ) -> None:
        message = update.effective_message
        if message is None:
            return
        turn = self._pace.turn(message.from_user.id if message.from_user else message.chat.id)
        if turn is not Turn.TAKEN:
            if turn is Turn.TOLD:
                await self._say(message, Answer(said(_TOO_MANY)), context)
            return
        async with self._one_by_one(message.chat.id):
            answer = await self._refused(name, context.bot, message, update)
            await self._say(message, answer or await self._answer(respond, self._asked(message)), context)

    async def _on_button(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or not isinstance(query.message, Message):
            return
        turn = self._pace.turn(query.from_user.id)
        if turn is not Turn.TAKEN:
            if turn is Turn.TOLD:
                await self._acknowledge(query, Answer(notice=_TOO_MANY))
            return
        message = query.message
        name, _, words = (query.data or "").partition(":")
        respond = BUTTONS.get(name, _no_button)
        asked = Asked(
            chat=str(message.chat.id),
            words=words,
            who=query.from_user.full_name,
            is_review_chat=self._is_review_chat(message),
        )
        async with self._one_by_one(message.chat.id):
            refused = await self._refused(name, context.bot, message, update)
            answer = Answer(notice=ONLY_ADMINISTRATORS) if refused else await self._answer(respond, asked)
            await self._acknowledge(query, answer)
            if answer.lines:
                await self._say(message, answer, context)

    def _asked(self, message: Message) -> Asked:
        _, _, words = (message.text or "").partition(" ")
        answered = message.reply_to_message
        return Asked(
            chat=str(message.chat.id),
            words=words.strip(),
            answered=str(answered.message_id) if answered is not None else None,
            is_review_chat=self._is_review_chat(message),
            is_private=message.chat.type == ChatType.PRIVATE,
        )

    def _one_by_one(self, chat_id: int) -> AbstractAsyncContextManager[None]:
        """What a chat asks is answered in the order in which it was asked, whatever others ask meanwhile."""
        lock = self._chats.get(chat_id)
        if lock is None:
            lock = self._chats[chat_id] = asyncio.Lock()
        return lock

    async def _refused(self, name: str, bot: Bot, message: Message, update: Update) -> Answer | None:
        # A button is pressed by a person, whoever sent the message that it stands under.
        on_behalf_of = message.sender_chat if update.callback_query is None else None
        try:
            may = await self._rights.may(name, bot, message.chat, update.effective_user, on_behalf_of)
        except TelegramError as exc:
            log.warning("the administrators of a group are not known", error=redact(f"{type(exc).__name__}: {exc}"))
            return _SORRY
        return None if may else Answer(said(ONLY_ADMINISTRATORS))

    async def _acknowledge(self, query: CallbackQuery, answer: Answer) -> None:
        try:
            await query.answer(answer.notice[:_NOTICE_MOST] or None)
        except BadRequest as exc:  # pressed while nobody listened: the button's turn is over, the act is done
            log.info("a button's turn was over", error=redact(str(exc)))
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

    async def _answer(self, respond: Respond, asked: Asked) -> Answer:
        return await asyncio.to_thread(self._answered, respond, asked)

    def _answered(self, respond: Respond, asked: Asked) -> Answer:
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


def _no_button(watch: Watch, asked: Asked) -> Answer:
    return Answer(notice="This button is not known any more.")
