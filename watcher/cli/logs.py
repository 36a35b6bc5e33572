"""Logs go to standard error, as text or JSON, without secrets.

structlog is set up by the commands that log events (`run`): it brings rich, 0.15 s at each start.
"""

from __future__ import annotations

import logging
import sys

from watcher.notify.logs import keep_secrets_out_of_logs, redact_event


def set_up_logging(*, verbose: bool) -> None:
    """Set up the standard library's logging."""
    keep_secrets_out_of_logs()
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s", force=True)
    for noisy in ("httpx", "httpcore", "httpx2", "httpcore2", "trafilatura", "htmldate", "apscheduler", "h2", "hpack"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def set_up_events(log_format: str, *, verbose: bool) -> None:
    """Set up structlog."""
    import structlog

    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
