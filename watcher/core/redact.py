"""Secrets out of anything that is written down."""

from __future__ import annotations

import re

# python-telegram-bot's HTTP library logs the address, and so the token (hummingbot/condor#106,
# tdlib/telegram-bot-api#876); its exceptions can carry addresses too.
_BOT_PATH = re.compile(r"bot\d+:[\w-]+")
_TOKEN = re.compile(r"(?<![\w:])\d{5,}:[\w-]{30,}")
_USER_INFO = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")


def redact(text: str) -> str:
    """`text` with Telegram tokens and passwords in addresses replaced. Twice is once.

    >>> redact("POST http://127.0.0.1:8081/bot12345:AbC-d_e/sendMessage")
    'POST http://127.0.0.1:8081/bot<token>/sendMessage'
    >>> redact("smtp+starttls://user:pass@host:587")
    'smtp+starttls://<secret>@host:587'
    """
    return _USER_INFO.sub("<secret>", _TOKEN.sub("<token>", _BOT_PATH.sub("bot<token>", text)))
