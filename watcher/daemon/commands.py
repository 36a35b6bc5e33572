"""The bot within `watcher run`, and the way by which Telegram's updates reach it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.errors import ConfigError
from watcher.pipeline.watch import open_watch

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from watcher.bot.polling import TelegramBot

UPDATE_MOST_BYTES = 1_000_000
STOP_WITHIN_S = 2.0


class Commands:
    """The bot, if there is a token; and the way by which Telegram's updates reach it through the web view."""

    def __init__(self, configuration: Configuration, environment: Environment) -> None:
        """Raises ConfigError if the settings ask for a webhook that can't be."""
        self._configuration, self._environment = configuration, environment
        self._bot: TelegramBot | None = None
        asked = configuration.settings.telegram_updates
        can_be_pushed = (environment.public_url or "").startswith("https://")
        if asked == "webhook" and not can_be_pushed:
            raise ConfigError(
                f'{configuration.path}: telegram_updates = "webhook" needs WATCHER_PUBLIC_URL to begin with https://'
            )
        self._is_pushed = environment.telegram_token is not None and asked != "polling" and can_be_pushed
        self._path, self._secret = (_word(environment, what) for what in ("path", "secret"))

    def start(self) -> None:
        """Begin to answer."""
        environment = self._environment
        if environment.telegram_token is None:
            return
        from watcher.bot.polling import TelegramBot, Webhook

        self._bot = TelegramBot(
            environment.telegram_token.get_secret_value(),
            environment.telegram_api_url,
            environment.telegram_review_chat,
            lambda: open_watch(self._configuration, environment),
            Webhook(f"{environment.public_url}/telegram/{self._path}", self._secret) if self._is_pushed else None,
        )
        self._bot.start()

    def stop(self, within_s: float = STOP_WITHIN_S) -> None:
        """Finish the answer in hand, for so long at most."""
        if self._bot is not None:
            self._bot.stop(within_s)

    def routes(self) -> list[BaseRoute]:
        """Where updates are posted; none if they are polled for."""
        from starlette.routing import Route

        return [Route(f"/telegram/{self._path}", self._take, methods=["POST"])] if self._is_pushed else []

    async def _take(self, request: Request) -> Response:
        from starlette.responses import Response

        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > UPDATE_MOST_BYTES:
                return Response(status_code=413)
        bot = self._bot
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        return Response(status_code=bot.take(body, secret) if bot is not None else 503)


def _word(environment: Environment, what: str) -> str:
    """A word that nobody can guess: always the same under one WATCHER_SECRET_KEY, else a new one at each start."""
    if environment.secret_key is None:
        return secrets.token_hex(32)
    key = environment.secret_key.get_secret_value().encode()
    return hmac.new(key, f"telegram {what}".encode(), hashlib.sha256).hexdigest()
