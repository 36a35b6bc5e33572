"""Alerts for Slack, Discord, Matrix, ntfy and the rest, through the library apprise.

Its plugins answer True or False. What made them say False is seen only in passing: they report a
failed connection to their log from within the `except`, so a handler there finds the exception itself.

    True                                       sent
    False, no exception: the service refused   try again, after pauses that grow
    a connection that could not be made        try again: nothing was sent
    any other broken connection, a time-out    in doubt: once more, marked
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping
from typing import Any

from ..core.errors import SendError
from ..core.markup import possible_repeat
from ..core.model import Delivery, InDoubt, Receipt, Refused, Sent, TryAgain
from .logs import keep_secrets_out_of_logs
from .pauses import growing_pause_s

DEADLINE_S = 50.0  # for one message with all its parts; below the shortest lease


class AppriseNotifier:
    """Sends to the service of each name. Raises SendError if the library is not installed."""

    def __init__(self, urls: Mapping[str, str], deadline_s: float = DEADLINE_S) -> None:
        keep_secrets_out_of_logs()
        self._urls, self._deadline_s = urls, deadline_s
        self._services: dict[str, Any] = {}
        self._faults = _Faults()
        self._lock = threading.Lock()  # faults are told apart by there being one message at a time
        _library()
        logger = logging.getLogger("apprise")  # its lines name addresses, so they end here
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.addHandler(self._faults)

    def send(self, delivery: Delivery) -> Receipt:
        """What became of the message; a text too long for the service goes in parts."""
        if delivery.address not in self._urls:
            return Refused(f"WATCHER_ALERT_URLS has no {delivery.address} any more")
        lead = f"{possible_repeat(delivery.change_id)}\n\n" if delivery.may_repeat else ""
        with self._lock:
            return self._sent(delivery, lead + delivery.body)

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """What became of the text as a message of its own: services can't be told to change one."""
        return self.send(delivery)

    def close(self) -> None:
        """Let go of the services."""
        self._services.clear()
        logging.getLogger("apprise").removeHandler(self._faults)

    def check(self) -> None:
        """Raise SendError naming each address that apprise does not understand; nothing is sent."""
        for name in self._urls:
            self._service(name)

    def _sent(self, delivery: Delivery, text: str) -> Receipt:
        library = _library()
        service = self._service(delivery.address)
        self._faults.seen.clear()
        try:
            result = service.notify(
                body=text, body_format=library.NotifyFormat.TEXT, timeout=self._deadline_s, interpret_escapes=False
            )
        except Exception as error:  # a plugin may raise anything; whether it had sent is unknown
            return InDoubt(f"{type(error).__name__} in the plugin")
        if result:
            return Sent("-")
        if result.status == library.AppriseResultStatus.TIMEOUT:
            return InDoubt(f"no answer within {self._deadline_s:g} s")
        return _failed(self._faults.seen, delivery.attempts)

    def _service(self, name: str) -> Any:
        if name not in self._services:
            library = _library()
            url = self._urls[name]
            made = library.Apprise.instantiate(url, asset=_asset(library), suppress_exceptions=True)
            if made is None:
                raise SendError(
                    f"WATCHER_ALERT_URLS: {name} is not an address that apprise understands (its documentation lists"
                    " one form for each service)"
                )
            if "overflow=" not in url:
                made.overflow_mode = library.OverflowMode.SPLIT
            self._services[name] = library.Apprise(asset=_asset(library))
            self._services[name].add(made)
        return self._services[name]


class _Faults(logging.Handler):
    """The exceptions that were being handled when the library wrote a line."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if (error := sys.exc_info()[1]) is not None:
            self.seen.append(error)


def _failed(faults: list[BaseException], attempts: int) -> Receipt:
    import requests
    from urllib3.exceptions import NewConnectionError

    pause_s = growing_pause_s(attempts)
    for error in faults:
        inner = getattr(error.args[0], "reason", None) if error.args else None
        is_unmade = isinstance(error, requests.ConnectTimeout) or isinstance(inner, NewConnectionError)
        if isinstance(error, requests.RequestException) and not is_unmade:
            return InDoubt(f"the connection broke: {type(error).__name__}")
    if faults:
        return TryAgain(pause_s, "the service could not be reached")
    return TryAgain(pause_s, "the service did not take the message")


def _library() -> Any:
    try:
        import apprise
    except ImportError:
        raise SendError(
            'WATCHER_ALERT_URLS needs the extra "apprise": pip install "statement-watcher[apprise]"'
        ) from None
    return apprise


def _asset(library: Any) -> Any:
    return library.AppriseAsset(
        app_id="Statement watcher",
        app_desc="Statement watcher",
        app_url="",
        image_url_mask=None,
        image_url_logo=None,
        image_path_mask=None,
        async_mode=False,
        secure_logging=True,
        http_redirects=False,
        storage_mode=library.PersistentStoreMode.MEMORY,
    )
