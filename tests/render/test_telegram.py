from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.render.alerts import ADDED, EDIT, REMOVED, SAME, SEEN_AT, an_alert, block, word_diff
from tests.render.payloads import PAYLOADS
from tests.servers.tdlib import NotParsedError, Parsed, accepted, clickable, parse
from watcher.core.markup import BREAK, one_line, possible_repeat
from watcher.core.model import (
    Alert,
    ArchivedCopy,
    BlockOp,
    ChangeKind,
    Diff,
    DiffBlock,
    Echo,
    Link,
    Match,
    Reason,
    Stance,
    Tier,
)
from watcher.render import DIFF_FORMATS, attachment, render_diff, telegram


def shown(alert: Alert) -> Parsed:
    message = telegram(alert)
    accepted(f"<b>{possible_repeat(1_000_000)}</b>\n\n{message}")  # it fits when it is sent again, too
    return accepted(message)


def words(alert: Alert) -> str:
    return shown(alert).text.replace(BREAK, "")


# --- the oracle itself -----------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["<p>x</p>", "a < b", "<b>x", "<b><i>x</b></i>", "</s>"])
def test_the_judge_refuses_what_telegram_refuses(broken: str) -> None:
    with pytest.raises(NotParsedError):
        parse(broken)


@pytest.mark.parametrize("live", ["example.com", "@someone", "#topic", "$USD", "/start", "a@b.com", "tg://x"])
def test_the_judge_sees_what_telegram_makes_clickable(live: str) -> None:
    assert clickable(f"so {live} is")


# --- the message of an edit ------------------------------------------------------------------------


def test_an_edit_says_who_did_what_then_the_changed_sentence_then_the_position() -> None:
    assert words(an_alert()).split("\n") == [
        "Northmoor Care Trust changed its statement",
        "An update for patients and carers",
        "",
        "… The trust has paused ended its SIM team while after a review by our medical director is completed. …",
        "",
        "Says it has ended SIM (before: paused) · read by machine, not yet confirmed",
        "Edited without a new date: the page still says 8 June 2021",
        "Seen Friday 12 June 2026, 14:05 · matches Serenity Integrated Mentoring",
        "Page · Archived copy · alert c-1042",
    ]


def test_deletions_are_struck_and_additions_underlined() -> None:
    message = shown(an_alert())
    assert message.of("Strikethrough") == ["paused", "while", "is completed"]
    assert message.of("Underline") == ["ended", "after"]
    assert message.of("Italic")[0] == "An update for patients and carers"
    assert message.of("Bold") == ["Northmoor Care Trust", "ended"]
    assert "BlockQuote" in {span.kind for span in message.spans}


def test_the_links_lead_to_the_page_the_comparison_and_the_archive() -> None:
    message = shown(an_alert(diff_url="https://watch.example/changes/1042"))
    assert [(span.text, span.url) for span in message.spans if span.kind == "TextUrl"] == [
        ("Page", "https://northmoor.example/news/update?id=1&lang=en"),
        ("Full comparison", "https://watch.example/changes/1042"),
        ("Archived copy", "https://archive.example/1"),
    ]


def test_a_hard_subject_gets_a_note_first_and_its_words_covered() -> None:
    message = shown(an_alert(content_note="speaks of suicide"))
    assert message.text.startswith("Content note: speaks of suicide.\n")
    [covered] = message.of("Spoiler")
    assert covered.startswith("… The trust has")


def test_a_quote_of_the_position_is_covered_too() -> None:
    match = Match("sim", Tier.NAMED, 1.0, (), (Stance("apologises", "We are sorry for the hurt."),))
    message = shown(an_alert(content_note="speaks of suicide", match=match))
    assert "“We are sorry for the hurt.”" in message.of("Spoiler")


def test_a_long_quotation_folds_itself() -> None:
    sentence = "The board met again and wrote down what it had heard from patients."
    message = shown(an_alert(diff=Diff((DiffBlock(ADDED, after=" ".join([sentence] * 20)),))))
    assert "ExpandableBlockQuote" in {span.kind for span in message.spans}


def test_summer_and_winter_time_are_told_apart() -> None:
    assert "14:05" in words(an_alert())
    assert "Friday 11 December 2026, 13:05" in words(an_alert(seen_at=datetime(2026, 12, 11, 13, 5, tzinfo=UTC)))


def test_a_confirmed_position_says_so() -> None:
    assert "confirmed by a person" in words(an_alert(position_is_confirmed=True))


def test_a_position_that_stayed_is_still_said() -> None:
    text = words(an_alert(stances_before=(Stance("ended", "x"),)))
    assert "Still says it has ended SIM · read by machine" in text


def test_a_position_that_went_is_said() -> None:
    text = words(an_alert(match=Match("sim", Tier.NAMED, 1.0)))
    assert "No longer states its position on SIM (before: paused)" in text


# --- the other kinds -------------------------------------------------------------------------------


def test_a_first_sighting_quotes_the_sentences_that_matched() -> None:
    text = words(an_alert(kind=ChangeKind.FIRST, diff=None, comparison=None, excerpt=("We ran SIM until 2019.",)))
    assert text.startswith("Northmoor Care Trust published a statement\n")
    assert "\n\nWe ran SIM until 2019.\n\n" in text
    assert "\nDated 8 June 2021\n" in text


def test_several_publishers_of_one_text_are_one_alert() -> None:
    echo = Echo(
        "Eastmere network", SEEN_AT + timedelta(hours=2), "https://eastmere.example/n", "with its own first line"
    )
    text = words(an_alert(kind=ChangeKind.REPEAT, organisation="Westvale network", diff=None, echoes=(echo,)))
    assert text.startswith("Westvale network and Eastmere network published the same statement\n")
    assert "Also at Eastmere network: Friday 12 June 2026, 16:05, with its own first line" in text


def test_a_removal_says_since_when_how_often_and_how() -> None:
    since = SEEN_AT - timedelta(hours=26)
    text = words(an_alert(kind=ChangeKind.REMOVED, diff=None, missing_since=since, misses=3, gone_how="404"))
    assert text.startswith("Northmoor Care Trust took its statement down\n")
    assert "Not found since Thursday 11 June 2026, 12:05, three times over 26 hours (404, not found)." in text
    assert "The site itself answers." in text
    assert "Its last stated position: ended · SIM" in text


def test_a_suspicion_is_not_told_as_a_fact() -> None:
    text = words(an_alert(kind=ChangeKind.MISSING, diff=None, missing_since=SEEN_AT, misses=1, gone_how="soft-404"))
    assert "may have taken its statement down: not yet certain" in text
    assert "took its statement down" not in text


def test_a_move_leads_to_the_new_address() -> None:
    message = shown(an_alert(kind=ChangeKind.MOVED, diff=None, moved_to="https://northmoor.example/new"))
    assert "https://northmoor.example/new" in [span.url for span in message.spans]


def test_a_return_says_so() -> None:
    text = words(an_alert(kind=ChangeKind.RESTORED, diff=None, missing_since=SEEN_AT, gone_how="410"))
    assert "put its statement back" in text
    assert "after it could not be found since Friday 12 June 2026" in text


def test_documents_of_the_own_site_are_links_and_others_are_only_named() -> None:
    added = (
        Link("https://files.northmoor.example/review.pdf", "The review (PDF)"),
        Link("https://other.example/x", "X"),
    )
    removed = (Link("javascript:alert(1)", "Old report"),)
    message = shown(an_alert(kind=ChangeKind.LINKS, diff=None, links_added=added, links_removed=removed))
    assert "The review (PDF)" in message.of("TextUrl")
    assert "X" not in message.of("TextUrl")
    assert "Old report" not in message.of("TextUrl")
    assert "Old report (javascript:alert(1))" in message.text.replace(BREAK, "")


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_change_makes_a_message(kind: ChangeKind) -> None:
    assert "c-1042" in words(an_alert(kind=kind))
    assert "c-1042" in words(an_alert(kind=kind, diff=None, match=None, stances_before=(), comparison=None))


def test_lines_added_later_are_part_of_the_message() -> None:
    assert "13 June 2026: back to its first wording" in words(
        an_alert(later=("13 June 2026: back to its first wording",))
    )


# --- limits ----------------------------------------------------------------------------------------


def test_what_does_not_fit_is_counted_and_the_new_words_are_kept_before_the_old() -> None:
    old = DiffBlock(REMOVED, before="Old sentence of the first notice. " * 200)
    new = DiffBlock(ADDED, after="New sentence of the second notice. " * 30)
    message = words(an_alert(diff=Diff((old, new))))
    assert message.count("New sentence of the second notice.") == 30
    kept = message.count("Old sentence of the first notice.")
    assert f"Not shown here: {(200 - kept) * 6:,} removed words" in message


def test_the_place_of_the_rest_is_named() -> None:
    long = Diff((DiffBlock(ADDED, after="word " * 3000),))
    assert "All of it: watcher show c-1042" in words(an_alert(diff=long))
    assert "The full comparison has all of it." in words(an_alert(diff=long, diff_url="https://watch.example/1"))
    assert "The attached file has all of it." in words(an_alert(diff=long, is_attached=True))


def test_only_a_message_that_leaves_something_out_has_an_attachment() -> None:
    assert attachment(an_alert()) == ""
    whole = attachment(an_alert(diff=Diff((DiffBlock(ADDED, after="word " * 3000),))))
    assert whole.startswith("<!doctype html>")
    assert whole.count("word") >= 3000


def test_no_more_marks_are_made_than_telegram_shows() -> None:
    parts = [part for _ in range(300) for part in ((SAME, "the "), (REMOVED, "old "), (ADDED, "new "))]
    message = shown(an_alert(diff=Diff((block(*parts),))))
    assert 60 < len(message.spans) <= 95
    assert "Not shown here" in message.text


def test_sentences_with_the_topics_terms_come_before_others() -> None:
    filler = [DiffBlock(ADDED, after=f"Paragraph {number} about parking at the clinic. " * 5) for number in range(40)]
    wanted = DiffBlock(ADDED, after="We have ended Serenity Integrated Mentoring for good.")
    assert "We have ended Serenity Integrated Mentoring for good." in words(an_alert(diff=Diff((*filler, wanted))))


def test_everything_too_long_at_once_still_fits() -> None:
    long = "wörd😀 " * 2000
    alert = an_alert(
        organisation=long,
        title=long,
        url="https://northmoor.example/" + "a" * 1900,
        match=Match(
            "sim", Tier.NAMED, 1.0, tuple(Reason(f"{n} {long}", long) for n in range(9)), (Stance("x" * 999, long),)
        ),
        publishers=tuple(f"{n} {long}" for n in range(50)),
        echoes=tuple(Echo(f"{n} {long}", SEEN_AT, "https://x.example", long) for n in range(50)),
        links_added=tuple(Link("https://northmoor.example/" + "b" * 900, long) for _ in range(50)),
        links_removed=tuple(Link("https://x.example", long) for _ in range(50)),
        warnings=(long,) * 9,
        later=(long,) * 9,
        content_note=long,
        tls_note=long,
        kind=ChangeKind.REPEAT,
    )
    assert "c-1042" in shown(alert).text


def test_a_paragraph_of_100_kb_is_cut_at_a_words_end() -> None:
    message = words(an_alert(diff=Diff((DiffBlock(ADDED, after="statement " * 10_000),))))
    assert "statemen …" not in message
    shown_words = message.count("statement ") - message.split("\n")[0].count("statement")
    assert (
        f"Not shown here: {10_000 - message.count('statement ', message.index('statement statement')):,} added"
        in message
    )
    assert shown_words > 200


def test_a_word_of_100_kb_is_counted_as_left_out() -> None:
    assert "Not shown here: 1 added word." in words(an_alert(diff=Diff((DiffBlock(ADDED, after="😀" * 100_000),))))


# --- nothing of a page becomes live ------------------------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_is_shown_and_never_live(payload: str) -> None:
    filler = "The board met and wrote down what it heard. " * 68
    edit = word_diff([f"It said {payload} then."], [f"It now says {payload} again. {payload}", payload])
    long = word_diff([filler], [f"{filler}{payload} {filler}{payload}"])
    for alert in (
        an_alert(title=payload),
        an_alert(organisation=f"A {payload}", title=f"{payload}{payload}"),
        an_alert(diff=edit),
        an_alert(diff=edit, content_note="speaks of abuse"),
        an_alert(diff=long),
        an_alert(kind=ChangeKind.FIRST, diff=None, excerpt=(payload, f"It said {payload}.")),
        an_alert(
            kind=ChangeKind.MOVED,
            moved_to=payload,
            gone_how=payload,
            url=payload,
            archived_copy=ArchivedCopy(payload, SEEN_AT),
        ),
        an_alert(links_added=(Link(payload, payload),), match=Match("t", Tier.NAMED, 1, (Reason(payload, ""),))),
    ):
        plain = shown(alert).text.replace(BREAK, "")
        assert "\x1b" not in plain
    visible = one_line(payload).replace(BREAK, "").strip()
    assert visible in words(an_alert(diff=edit))
    accepted(render_diff(edit, "telegram"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("example.", "com"),
        ("@", "someone"),
        ("#", "topic"),
        ("/", "start"),
        ("https:", "//x.example"),
        ("exa", "mple.com"),
        ("4242 4242 4242 ", "4242"),
    ],
)
def test_what_stands_in_two_runs_is_not_joined_into_something_live(first: str, second: str) -> None:  # fmt: skip
    for one, other in ((SAME, ADDED), (ADDED, SAME), (REMOVED, ADDED), (SAME, REMOVED)):
        shown(an_alert(diff=Diff((block((SAME, "We say "), (one, first), (other, second), (SAME, " now.")),))))


_SCRAPS = [
    "word", "Ended.", "SIM", "<script>", "</u>", "&lt;", "&", "😀", "👩\u200d👩", "שלום", "مرحبا", "\u202e", "\x00",
    "example.com", "@name", "#tag", "$TAG", "/go", "a@b.com", "4242", "://", ".", "!", "“", "tg://x", "\ud800",
]  # fmt: skip
_PIECES = st.sampled_from([*_SCRAPS, " ", "  ", "\n", "\n\n", "x" * 300])
_TEXT = st.one_of(
    st.lists(_PIECES, max_size=60).map("".join), st.text(max_size=80), st.lists(_PIECES, max_size=40).map(" ".join)
)


def _left_out(message: str) -> int:
    import re

    found = re.search(r"Not shown here: (?:([\d,]+) added words?)?", message)
    return int(found[1].replace(",", "")) if found and found[1] else 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_TEXT, max_size=6), st.lists(_TEXT, max_size=6), st.booleans(), st.sampled_from([1, 1, 1, 40, 400]))
def test_any_diff_makes_a_message_that_holds_every_added_word_or_counts_the_rest(
    before: list[str], after: list[str], is_covered: bool, times: int
) -> None:
    after = [*after[:-1], *(text * times for text in after[-1:])]
    diff = word_diff(before, after)
    message = words(an_alert(diff=diff, content_note="speaks of abuse" if is_covered else None))
    quoted = one_line(message)
    added = [run.text for part in diff.blocks for run in part.words if run.op is ADDED]
    added += [part.after for part in diff.blocks if part.op is ADDED]
    missing = [word for text in added for word in one_line(text).replace(BREAK, "").split() if word not in quoted]
    assert len(missing) <= _left_out(message)


@settings(max_examples=100, deadline=None)
@given(_TEXT, _TEXT, _TEXT)
def test_any_title_name_and_excerpt_make_a_message(title: str, name: str, excerpt: str) -> None:
    shown(an_alert(kind=ChangeKind.FIRST, title=title, organisation=name, diff=None, excerpt=(excerpt, title)))


@settings(max_examples=60, deadline=None)
@given(st.lists(_TEXT, max_size=4), st.lists(_TEXT, max_size=4))
def test_any_diff_renders_in_every_format(before: list[str], after: list[str]) -> None:
    diff = word_diff(before, after)
    for name in DIFF_FORMATS:
        assert "\x1b" not in render_diff(diff, name)
    accepted(render_diff(diff, "telegram"))


def test_an_unmoved_text_has_no_telegram_comparison() -> None:
    same = Diff((DiffBlock(BlockOp.SAME, "x", "x"),))
    assert render_diff(same, "telegram") == "No difference."
    assert EDIT.blocks[0].op is SAME
