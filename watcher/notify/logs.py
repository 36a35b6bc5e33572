"""Keeps the bot's token out of every log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, MutableMapping
from typing import Any

from ..core.redact import redact


def keep_secrets_out_of_logs() -> None:
    """Every log record made from now on is redacted, whoever makes and whoever writes it.

    Installed as the record factory because a filter on a logger is not asked for the records
    of loggers below it. Also quietens the HTTP libraries, which log each address at INFO.
    Calling it again changes nothing.
    """
    for name in ("httpx", "httpcore", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # warns of retries with the path, which is a secret
    factory = logging.getLogRecordFactory()
    if not getattr(factory, "redacts", False):
        logging.setLogRecordFactory(_redacting(factory))


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: every text of the event redacted. Put it last before the renderer."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


def _redacting(factory: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def make(*arguments: Any, **keywords: Any) -> logging.LogRecord:
        record = factory(*arguments, **keywords)
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            return record  # a faulty call; logging reports it in its own way
        clean = redact(text)
        if clean != text:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[1] is not None:
            # Handlers print `exc_text` if it is there, so the traceback is redacted too.
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info))).rstrip("\n")
        return record

    make.redacts = True  # type: ignore[attr-defined]
    return make
