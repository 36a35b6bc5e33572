"""Alerts on a terminal or in a file: the notifier that needs no account."""

from __future__ import annotations

import sys
from typing import TextIO

from ..core.markup import possible_repeat, printable
from ..core.model import Delivery, InDoubt, Receipt, Refused, Sent


class ConsoleNotifier:
    """Prints the plain text of each delivery to a stream, a rule before it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._count = 0

    def send(self, delivery: Delivery) -> Receipt:
        """Sent once the stream took the text; in doubt if it broke off while writing."""
        return self._print(delivery, possible_repeat(delivery.change_id) + "\n\n" if delivery.may_repeat else "")

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """A printed text can't be changed, so the new one follows and says what it replaces."""
        return self._print(delivery, f"In place of message {receipt_id}\n\n")

    def close(self) -> None:
        """Nothing is held."""

    def _print(self, delivery: Delivery, lead: str) -> Receipt:
        # Looked up now, not at start: a progress bar or a test may have put another stream there.
        stream = self._stream if self._stream is not None else sys.stdout
        try:
            text = f"{'─' * 72}\n{lead}{printable(delivery.body).rstrip()}\n"
            encoding = getattr(stream, "encoding", None) or "utf-8"
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except BrokenPipeError:
            return Refused("nobody reads the output any more")
        except OSError as error:
            return InDoubt(f"writing broke off: {error.strerror}")
        self._count += 1
        return Sent(str(self._count))
