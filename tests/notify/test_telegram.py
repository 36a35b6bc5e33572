from __future__ import annotations

import logging
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.servers.bot_api import TOKEN, BotApi, FaultServer, LoBotApi, Reply, free_port, refused
from watcher.core.errors import SendError
from watcher.core.model import Delivery, InDoubt, Refused, Sent, TryAgain
from watcher.notify import NOTIFIERS
from watcher.notify.telegram import TelegramNotifier

HTML = "<b>Northmoor Care Trust</b> changed its statement\n\n<s>paused</s> <u>ended</u>"


def a_delivery(address: str = "-1001", body: str = HTML, **fields: object) -> Delivery:
    return Delivery("key", "telegram", address, "subject", body, **fields)  # type: ignore[arg-type]


@pytest.fixture
def notifier(fault_server: FaultServer) -> Iterator[TelegramNotifier]:
    with closing(TelegramNotifier(TOKEN, fault_server.api_url, timeout_s=0.5)) as made:
        yield made


# --- servers that we did not write -----------------------------------------------------------------


def test_a_message_is_sent_and_can_be_read_back(telegram_test_api: BotApi) -> None:
    with closing(TelegramNotifier(TOKEN, telegram_test_api.api_url)) as notifier:
        receipt = notifier.send(a_delivery("-1002"))
    assert isinstance(receipt, Sent)
    [message] = [m for m in telegram_test_api.messages() if str(m["chat_id"]) == "-1002"]
    assert message["text"] == HTML
    assert message["parse_mode"] == "HTML"
    assert str(message["message_id"]) == receipt.id
    assert '"is_disabled":true' in message["link_preview_options"].replace(" ", "")


def test_an_edit_takes_the_place_of_the_first_text(telegram_test_api: BotApi) -> None:
    with closing(TelegramNotifier(TOKEN, telegram_test_api.api_url)) as notifier:
        first = notifier.send(a_delivery("-1003"))
        assert isinstance(first, Sent)
        assert notifier.edit(a_delivery("-1003", "<i>new</i>"), first.id) == Sent(first.id)
    assert [m["text"] for m in telegram_test_api.messages() if str(m["chat_id"]) == "-1003"] == ["<i>new</i>"]


def test_a_later_message_answers_the_first_one(telegram_test_api: BotApi) -> None:
    with closing(TelegramNotifier(TOKEN, telegram_test_api.api_url)) as notifier:
        first = notifier.send(a_delivery("-1004"))
        assert isinstance(first, Sent)
        notifier.send(a_delivery("-1004", "later", reply_to=first.id))
    [_, second] = [m for m in telegram_test_api.messages() if str(m["chat_id"]) == "-1004"]
    reply = second["reply_parameters"].replace(" ", "")
    assert f'"message_id":{first.id}' in reply
    assert '"allow_sending_without_reply":true' in reply


def test_a_strict_server_that_knows_fewer_options_gets_the_plain_text(lo_bot_api: LoBotApi) -> None:
    with closing(TelegramNotifier(TOKEN, lo_bot_api.api_url)) as notifier:
        assert notifier.send(a_delivery("-1001")) == Sent("1")
    assert [call["status"] for call in lo_bot_api.requests] == [400, 200]
    assert lo_bot_api.requests[1]["fields"] == ["chat_id", "text"]


def test_the_plain_text_of_a_full_message_fits_a_strict_server(lo_bot_api: LoBotApi) -> None:
    body = "<s>a</s> <u>😀</u> " * 680
    with closing(TelegramNotifier(TOKEN, lo_bot_api.api_url)) as notifier:
        assert isinstance(notifier.send(a_delivery("-1001", body)), Sent)


def test_a_long_comparison_follows_its_message_as_a_file(lo_bot_api: LoBotApi) -> None:
    with closing(TelegramNotifier(TOKEN, lo_bot_api.api_url)) as notifier:
        delivery = a_delivery("-1001", attachment="<!doctype html><p>all of it</p>", change_id=1042)
        assert isinstance(notifier.send(delivery), Sent)
    file = lo_bot_api.requests[-1]
    assert (file["method"], file["files"], file["status"]) == ("sendDocument", ["document"], 200)
    assert "reply_parameters" in file["fields"]


def test_a_file_that_fails_does_not_undo_its_message(
    fault_server: FaultServer, notifier: TelegramNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    fault_server.script = [Reply(), refused(413, "Request Entity Too Large")]
    assert isinstance(notifier.send(a_delivery(attachment="<p>x</p>")), Sent)
    assert "its attachment was not" in caplog.text


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_timedelta", ["false", "true"])
def test_a_wait_that_telegram_asks_for_is_kept_to_the_second(
    fault_server: FaultServer, notifier: TelegramNotifier, monkeypatch: pytest.MonkeyPatch, as_timedelta: str
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    fault_server.script = [refused(429, "Too Many Requests: retry after 17", retry_after=17)]
    receipt = notifier.send(a_delivery())
    assert isinstance(receipt, TryAgain)
    assert receipt.after_s == 17
    assert receipt.is_paced


def test_a_wait_of_one_chat_does_not_stall_another(fault_server: FaultServer) -> None:
    now = [100.0]
    fault_server.script = [refused(429, "Too Many Requests: retry after 17", retry_after=17)]
    with closing(TelegramNotifier(TOKEN, fault_server.api_url, clock=lambda: now[0])) as notifier:
        notifier.send(a_delivery("-1001"))
        now[0] += 7
        again = notifier.send(a_delivery("-1001"))
        assert isinstance(again, TryAgain)
        assert again.after_s == 10
        assert isinstance(notifier.send(a_delivery("-1002")), Sent)
        now[0] += 10
        assert isinstance(notifier.send(a_delivery("-1001")), Sent)
    assert [call["chat_id"] for call in fault_server.calls] == ["-1001", "-1002", "-1001"]


def test_a_channel_gets_twenty_messages_a_minute_and_the_next_is_told_when(fault_server: FaultServer) -> None:
    now = [0.0]
    with closing(TelegramNotifier(TOKEN, fault_server.api_url, clock=lambda: now[0])) as notifier:
        assert all(isinstance(notifier.send(a_delivery()), Sent) for _ in range(20))
        now[0] = 15.0
        late = notifier.send(a_delivery())
        assert isinstance(late, TryAgain)
        assert late.after_s == 45
        assert isinstance(notifier.send(a_delivery("42")), Sent)
    assert len(fault_server.calls) == 21


def test_a_reader_who_blocked_the_bot_is_refused(fault_server: FaultServer, notifier: TelegramNotifier) -> None:
    fault_server.script = [refused(403, "Forbidden: bot was blocked by the user")]
    receipt = notifier.send(a_delivery("42"))
    assert isinstance(receipt, Refused)
    assert "blocked" in receipt.reason


def test_markup_that_cannot_be_parsed_is_sent_once_more_as_plain_text(
    fault_server: FaultServer, notifier: TelegramNotifier
) -> None:
    fault_server.script = [refused(400, "Bad Request: can't parse entities")]
    assert isinstance(notifier.send(a_delivery(body="<b>A</b> &amp; <u>B</u>")), Sent)
    assert fault_server.calls[1]["text"] == "A & {+B+}"
    assert "parse_mode" not in fault_server.calls[1]


def test_a_message_refused_twice_is_parked(fault_server: FaultServer, notifier: TelegramNotifier) -> None:
    fault_server.script = [
        refused(400, "Bad Request: can't parse entities"),
        refused(400, "Bad Request: chat not found"),
    ]
    receipt = notifier.send(a_delivery())
    assert receipt == Refused("Chat not found") or receipt == Refused("Bad Request: chat not found")
    assert len(fault_server.calls) == 2


def test_a_group_that_moved_is_followed_and_its_new_address_reported(
    fault_server: FaultServer, notifier: TelegramNotifier
) -> None:
    moved = refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100777)
    fault_server.script = [moved]
    receipt = notifier.send(a_delivery("-55"))
    assert isinstance(receipt, Sent)
    assert receipt.address == "-100777"
    assert [call["chat_id"] for call in fault_server.calls] == ["-55", "-100777"]


def test_silence_after_the_message_was_taken_is_in_doubt(fault_server: FaultServer, notifier: TelegramNotifier) -> None:
    fault_server.script = [Reply(is_silent=True)]
    assert isinstance(notifier.send(a_delivery()), InDoubt)
    assert len(fault_server.calls) == 1


def test_a_connection_cut_after_the_message_was_taken_is_in_doubt(
    fault_server: FaultServer, notifier: TelegramNotifier
) -> None:
    fault_server.script = [Reply(is_cut=True)]
    assert isinstance(notifier.send(a_delivery()), InDoubt)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_inside_the_server_is_in_doubt(
    fault_server: FaultServer, notifier: TelegramNotifier, status: int
) -> None:
    fault_server.script = [Reply(status, b"<html>bad gateway</html>")]
    assert isinstance(notifier.send(a_delivery()), InDoubt)


def test_a_refused_connection_was_never_sent(fault_server: FaultServer) -> None:
    with closing(TelegramNotifier(TOKEN, f"http://127.0.0.1:{free_port()}/bot")) as notifier:
        assert isinstance(notifier.send(a_delivery()), TryAgain)


def test_a_connection_that_is_never_taken_was_never_sent() -> None:
    # A listener whose queue is full: further connections hang until the time-out.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        filling = [socket.socket() for _ in range(3)]
        for one in filling:
            one.setblocking(False)
            one.connect_ex(address)
        with closing(TelegramNotifier(TOKEN, f"http://127.0.0.1:{address[1]}/bot", timeout_s=0.3)) as notifier:
            assert isinstance(notifier.send(a_delivery()), TryAgain)
        for one in filling:
            one.close()


def test_an_answer_that_is_no_json_is_in_doubt(fault_server: FaultServer, notifier: TelegramNotifier) -> None:
    fault_server.script = [Reply(200, b"<html>hello</html>")]
    assert isinstance(notifier.send(a_delivery()), InDoubt)


@pytest.mark.parametrize("status", [401, 404])
def test_an_unknown_token_names_the_remedy(fault_server: FaultServer, notifier: TelegramNotifier, status: int) -> None:
    fault_server.script = [refused(status, "Unauthorized")]
    with pytest.raises(SendError, match="WATCHER_TELEGRAM_TOKEN"):
        notifier.send(a_delivery())


@pytest.mark.parametrize("url", ["not an address", "ftp://127.0.0.1/bot", "http://[::1/bot"])
def test_an_api_address_that_is_none_names_the_remedy(url: str) -> None:
    with closing(TelegramNotifier(TOKEN, url)) as notifier, pytest.raises(SendError, match="WATCHER_TELEGRAM_API_URL"):
        notifier.send(a_delivery())


def test_a_token_of_the_wrong_shape_names_the_remedy() -> None:
    with pytest.raises(SendError, match="WATCHER_TELEGRAM_TOKEN"):
        TelegramNotifier("")


def test_a_text_that_was_the_same_already_counts_as_edited(
    fault_server: FaultServer, notifier: TelegramNotifier
) -> None:
    fault_server.script = [refused(400, "Bad Request: message is not modified: specified new message content …")]
    assert notifier.edit(a_delivery(), "7") == Sent("7")


def test_a_doubtful_message_sent_again_says_so_and_names_the_alert(
    fault_server: FaultServer, notifier: TelegramNotifier
) -> None:
    notifier.send(a_delivery(may_repeat=True, change_id=1042))
    assert fault_server.calls[0]["text"].startswith("<b>Possible repeat of alert c-1042</b>\n\n")


def test_the_token_is_in_no_log_and_no_reason(
    fault_server: FaultServer, notifier: TelegramNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    fault_server.script = [Reply(502, f"no route to /bot{TOKEN}/sendMessage".encode()), Reply(is_cut=True)]
    with caplog.at_level(logging.INFO):
        reasons = [str(notifier.send(a_delivery())) for _ in range(3)]
    secret = TOKEN.split(":")[1]
    assert not any(secret in text for text in [*reasons, caplog.text])


def test_many_threads_may_send_at_once(fault_server: FaultServer) -> None:
    with closing(TelegramNotifier(TOKEN, fault_server.api_url)) as notifier:
        receipts: list[object] = []
        threads = [
            threading.Thread(target=lambda chat=chat: receipts.append(notifier.send(a_delivery(str(chat)))))
            for chat in range(1, 9)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert len(receipts) == 8
    assert all(isinstance(receipt, Sent) for receipt in receipts)


def test_closing_ends_the_thread_and_may_be_done_twice(fault_server: FaultServer) -> None:
    notifier = TelegramNotifier(TOKEN, fault_server.api_url)
    notifier.send(a_delivery())
    notifier.close()
    notifier.close()
    assert not any(thread.name == "telegram" for thread in threading.enumerate())


def test_without_a_token_the_remedy_is_named() -> None:
    with pytest.raises(SendError, match="WATCHER_TELEGRAM_TOKEN"):
        NOTIFIERS["telegram"]({})


# --- a bad day ------------------------------------------------------------------------------------


def test_on_a_bad_day_every_alert_arrives_in_order_and_only_doubtful_ones_are_repeated(
    fault_server: FaultServer,
) -> None:
    chance = random.Random(7)

    def bad_day(_number: int) -> Reply:
        luck = chance.random()
        if luck < 0.10:
            return refused(429, "Too Many Requests", retry_after=chance.randint(1, 9))
        return Reply(is_cut=True) if luck < 0.15 else Reply()

    fault_server.choose = bad_day
    now = [0.0]
    waiting = {chat: [a_delivery(chat, f"alert {n}", change_id=n) for n in range(60)] for chat in ("-1", "-2", "-3")}
    doubted: list[tuple[str, int | None]] = []
    with closing(TelegramNotifier(TOKEN, fault_server.api_url, clock=lambda: now[0])) as notifier:
        while any(waiting.values()):
            now[0] += 1.0
            for chat, row in waiting.items():
                while row and isinstance(receipt := notifier.send(row[0]), Sent | InDoubt):
                    if isinstance(receipt, InDoubt) and not row[0].may_repeat:
                        doubted.append((chat, row[0].change_id))
                        row[0] = replace(row[0], may_repeat=True)
                    else:
                        row.pop(0)
    for chat in waiting:
        told = [call["text"] for call in fault_server.taken if call["chat_id"] == chat]
        firsts = [text for text in told if not text.startswith("<b>Possible repeat")]
        assert firsts == sorted(firsts, key=lambda text: int(text.split()[-1]))
        assert len(told) - len(firsts) <= len([one for one in doubted if one[0] == chat])
        assert {text.split()[-1] for text in told} == {str(n) for n in range(60)}
    assert 60 * 3 <= len(fault_server.taken) <= 60 * 3 + len(doubted)
