"""What each command answers, each answer parsed by Telegram's own library."""

from __future__ import annotations

from tests.bot.conftest import REVIEW_CHAT
from tests.servers.tdlib import accepted
from tests.support.site import Bench
from watcher.bot.commands import BUTTONS, COMMANDS
from watcher.bot.talk import Answer, Asked
from watcher.render import telegram_answer
from watcher.store import reviews, subscriptions

LIVE = {f"/{name}" for name in COMMANDS}


def ask(bench: Bench, command: str, words: str = "", chat: str = "7", answered: str | None = None) -> str:
    """The plain text of the answer to a command."""
    return text(COMMANDS[command][1](bench.watch, Asked(chat, words, answered)))


def press(bench: Bench, button: str, chat: str = "7", *, is_review_chat: bool = False) -> Answer:
    name, _, words = button.partition(":")
    return BUTTONS[name](bench.watch, Asked(chat, words, who="Ada Hale", is_review_chat=is_review_chat))


def text(answer: Answer) -> str:
    return accepted(telegram_answer(answer.lines), LIVE).text if answer.lines else ""


def test_every_command_answers_anything_with_a_message_that_telegram_takes(bench: Bench) -> None:
    for words in ("", "ended", "<b>x</b> & @name", "org:zzz", '"', "0", "99", "c-2", "x" * 600):
        for command in COMMANDS:
            assert ask(bench, command, words), (command, words)


def test_help_names_every_command(bench: Bench) -> None:
    told = ask(bench, "help")
    assert all(f"/{name}" in told for name in COMMANDS if name not in ("start", "help"))


def test_a_good_filter_is_followed_with_what_it_would_have_brought(bench: Bench) -> None:
    told = ask(bench, "follow", "ended OR “SIM-like” kind:trust region:london")
    assert "You follow: ended OR SIM-like kind:trust region:london, told at once." in told
    assert "It would have matched 1 in the last 30 days, the latest:" in told
    assert "Northmoor Care Trust, changed: Our position (c-2)" in told
    assert "would have matched 0" in ask(bench, "follow", "ended -review")


def test_a_bad_filter_is_told_with_column_and_suggestion_and_nothing_is_kept(bench: Bench) -> None:
    told = ask(bench, "follow", "ended org:nothmoor")
    assert "column 11" in told
    assert '(did you mean "northmoor"?)' in told
    assert "follows nothing" in ask(bench, "list")


def test_following_without_words_shows_a_menu_whose_buttons_follow(bench: Bench) -> None:
    answer = COMMANDS["follow"][1](bench.watch, Asked("7"))
    said = [said for row in answer.buttons for _, said in row]
    assert all(len(one.encode()) <= 64 for one in said)
    for one in said:
        assert "You follow: " in text(press(bench, one))
    assert "everything, told once a week" in ask(bench, "list")


def test_what_is_followed_is_listed_and_ended_by_number_filter_or_button(bench: Bench) -> None:
    for words in ("ended", "org:westvale weekly", "jobs"):
        ask(bench, "follow", words)
    assert "2. org:westvale, told once a week" in ask(bench, "list")
    assert "No longer followed: org:westvale" in ask(bench, "unfollow", "2")
    assert "No longer followed: jobs" in ask(bench, "unfollow", "jobs")
    (one,) = subscriptions.subscriptions_of(bench.watch.db, "telegram", "7")
    assert press(bench, f"unfollow:{one.id}", chat="8").lines == ()
    assert "No longer followed: ended" in text(press(bench, f"unfollow:{one.id}"))
    assert "follows nothing" in ask(bench, "unfollow")


def test_the_same_filter_again_changes_the_rhythm_alone(bench: Bench) -> None:
    ask(bench, "follow", "ended")
    ask(bench, "follow", "ended daily")
    (one,) = subscriptions.subscriptions_of(bench.watch.db, "telegram", "7")
    assert one.rhythm == "daily"


def test_a_pause_holds_until_it_is_ended(bench: Bench) -> None:
    assert "nothing to pause" in ask(bench, "pause")
    ask(bench, "follow", "ended")
    assert "Paused." in ask(bench, "pause")
    assert "paused" in ask(bench, "list")
    assert subscriptions.active(bench.watch.db, "telegram") == []
    assert "told again" in ask(bench, "pause", "off")
    assert len(subscriptions.active(bench.watch.db, "telegram")) == 1


def test_privacy_shows_all_that_is_kept_and_stop_erases_it(bench: Bench) -> None:
    ask(bench, "follow", "ended", chat="4242")
    told = ask(bench, "privacy", chat="4242")
    assert "4242" in told
    assert "1. ended" in told
    assert "1 filter and this chat's number are erased" in ask(bench, "stop", chat="4242")
    assert "Nothing was kept" in ask(bench, "stop", chat="4242")
    tables = ("subscriptions", "deliveries", "reviews")
    assert "4242" not in str([row for table in tables for row in bench.watch.db.table(table).rows])


def test_stop_in_the_maintainers_chat_keeps_the_record_of_their_decisions(bench: Bench) -> None:
    ask(bench, "follow", "ended", chat=REVIEW_CHAT)
    ask(bench, "stop", chat=REVIEW_CHAT)
    rows = [row["key"] for row in bench.watch.db.table("deliveries").rows]
    assert any(key.startswith("candidate:") for key in rows)


def test_looking_shows_alerts_texts_and_positions_and_nothing_that_waits(bench: Bench) -> None:
    assert "Our position (c-2)" in ask(bench, "latest")
    assert "No alert of the last 30 days is one of these" in ask(bench, "latest", "org:westvale")
    assert "Northmoor Care Trust: Our position" in ask(bench, "search", "after -director")
    assert "Northmoor Care Trust: ended" in ask(bench, "positions")
    assert "No organisation is known to say so" in ask(bench, "positions", "stance:uses")
    assert "2 of 2 sources are read" in ask(bench, "sources")
    for command, words in (("latest", ""), ("search", "officer"), ("why", "c-3")):
        assert "Steady Steps" not in ask(bench, command, words)


def test_why_shows_the_terms_by_number_or_as_an_answer_to_the_alert(bench: Bench) -> None:
    assert "Matches Serenity Integrated Mentoring: “" in ask(bench, "why", "c-2")
    bench.watch.db.execute("UPDATE deliveries SET receipt = '55', state = 'sent' WHERE key LIKE 'alert:%'")
    assert "(c-2)" in ask(bench, "why", chat="@northmoor_watch", answered="55")
    assert "Which alert?" in ask(bench, "why", "c-999")


def test_the_buttons_of_a_candidate_work_in_the_maintainers_chat_alone(bench: Bench) -> None:
    (candidate,) = reviews.candidates(bench.watch.db)
    assert "Only the maintainers" in press(bench, f"review:publish:{candidate.id}").notice
    assert reviews.candidates(bench.watch.db) == [candidate]
    choice = press(bench, f"review:repeat:{candidate.id}", is_review_chat=True)
    assert choice.is_new_keyboard
    assert choice.buttons[0][0][0] == "Northmoor Care Trust: Our position"
    assert press(bench, f"review:back:{candidate.id}", is_review_chat=True).buttons[0][0][0] == "Publish"
    assert "is published" in press(bench, f"review:publish:{candidate.id}", is_review_chat=True).notice
    assert "already published by Ada Hale" in press(bench, f"review:dismiss:{candidate.id}", is_review_chat=True).notice
    assert "is undone" in press(bench, f"review:undo:{candidate.id}", is_review_chat=True).notice
    for odd in ("review:", "review:what:1", "review:publish:x", "review:repeat:1:2:3"):
        assert "not known any more" in press(bench, odd, is_review_chat=True).notice


def test_a_long_answer_is_cut_at_a_line_and_says_so() -> None:
    from watcher.render.message import Mark, Span

    lines = [(Span("• "), Span(f"Line {n} of many <x> 😀", Mark.STRONG)) for n in range(300)]
    assert "more lines." in accepted(telegram_answer(lines)).text
