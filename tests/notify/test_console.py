from __future__ import annotations

import io

import pytest

from watcher.core.model import Delivery, Refused, Sent
from watcher.notify import NOTIFIERS
from watcher.notify.console import ConsoleNotifier

BODY = "Northmoor Care Trust changed its statement\n\nAlert c-1042"


def a_delivery(body: str = BODY, *, may_repeat: bool = False) -> Delivery:
    return Delivery("key", "console", "-", "subject", body, may_repeat=may_repeat, change_id=1042)


def test_the_text_is_printed_and_counted() -> None:
    stream = io.StringIO()
    notifier = ConsoleNotifier(stream)
    assert [notifier.send(a_delivery()), notifier.send(a_delivery())] == [Sent("1"), Sent("2")]
    assert stream.getvalue().count(BODY) == 2


def test_a_doubtful_message_sent_again_says_so() -> None:
    stream = io.StringIO()
    ConsoleNotifier(stream).send(a_delivery(may_repeat=True))
    assert "Possible repeat of alert c-1042\n\nNorthmoor" in stream.getvalue()


def test_an_edit_says_what_it_replaces() -> None:
    stream = io.StringIO()
    ConsoleNotifier(stream).edit(a_delivery(), "7")
    assert "In place of message 7" in stream.getvalue()


def test_nothing_steers_the_terminal() -> None:
    stream = io.StringIO()
    ConsoleNotifier(stream).send(a_delivery("a\x1b[2J\x9b31m\x07b\u202ec\rd"))
    assert not set(stream.getvalue()) & set("\x1b\x9b\x07\u202e\r")


def test_a_terminal_that_knows_fewer_characters_still_gets_the_text() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    assert isinstance(ConsoleNotifier(stream).send(a_delivery("paused → ended \ud800")), Sent)
    assert b"paused ? ended" in raw.getvalue()


def test_an_output_that_nobody_reads_is_refused() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    assert isinstance(ConsoleNotifier(Closed()).send(a_delivery()), Refused)


def test_the_standard_output_is_looked_up_when_it_is_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    notifier = NOTIFIERS["console"]({})
    notifier.send(a_delivery())
    notifier.close()
    assert BODY in capsys.readouterr().out
