from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import islice

import pytest

from tests.render.alerts import ADDED, EDIT, REMOVED, SAME, an_alert, block
from tests.render.payloads import PAYLOADS
from watcher.core.markup import BREAK, defuse
from watcher.core.model import (
    LEAVE_URL,
    Alert,
    ArchivedCopy,
    ChangeKind,
    Diff,
    DiffBlock,
    Digest,
    Echo,
    Link,
    MassEdit,
    PeriodCounts,
    PromiseLine,
    Story,
    StoryKind,
    TopicDigest,
    Unseen,
)
from watcher.render.digest import HTML_MOST, WIDTH, MailTemplates
from watcher.render.digest_sample import SAMPLE, SAMPLE_QUIET
from watcher.render.digest_view import HEADINGS, view_of

VOID = {"meta", "br", "hr", "link"}
LETTERS = MailTemplates()


class Mail(HTMLParser):
    """Tags, attributes, links and the words of a mail, and whether it nests."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [str(value) for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.words.append(data)


ALLOWED = {"html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "td", "th", "main", "h1",
           "h2", "h3", "h4", "p", "a", "strong", "em", "ins", "del", "br"}  # fmt: skip


def a_digest(*alerts: Alert, **fields: object) -> Digest:
    stories = tuple(Story(StoryKind.CHANGED, (alert,)) for alert in alerts)
    topic = TopicDigest("Serenity Integrated Mentoring", "SIM", PeriodCounts(changed=1), stories, len(stories))
    digest = Digest(
        period="2026-W24",
        first_on=date(2026, 6, 8),
        last_on=date(2026, 6, 14),
        topics=(topic,),
        sources_read=211,
        sources_in_all=214,
        public_url="https://watch.example",
    )
    return replace(digest, **fields)  # type: ignore[arg-type]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_first_lines_say_what_the_week_was_and_what_was_watched() -> None:
    unseen = (
        Unseen("Hillside Trust", "blocked", "HTTP 403 (Forbidden)", datetime(2026, 5, 3, 9, tzinfo=UTC)),
        Unseen("Dale Partnership", "tls", "certificate expired", datetime(2026, 6, 9, 9, tzinfo=UTC)),
        Unseen("Moor Police", "timed out", "", datetime(2026, 6, 14, 9, tzinfo=UTC)),
    )
    topic = replace(a_digest(an_alert()).topics[0], counts=PeriodCounts(changed=2, removed=1, restored=1))
    text = one_line(LETTERS.letter(a_digest(topics=(topic,), unseen=unseen)).text)
    assert (
        "Two organisations changed what they say about SIM, one statement was taken down, one came back."
        " Watched: 211 of 214 sources. Not seen: Hillside Trust (403 since 3 May), Dale Partnership (certificate since"
        " Tuesday) and Moor Police (timed out since Sunday)."
    ) in text


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (PeriodCounts(changed=1), "One organisation changed what it says about SIM."),
        (PeriodCounts(changed=3, softer=1), "Three organisations changed what they say about SIM, one of them to so"),
        (PeriodCounts(changed=1, softer=1), "One organisation changed what it says about SIM, to something softer."),
        (PeriodCounts(published=12), "12 organisations published a statement about SIM."),
        (PeriodCounts(removed=2), "Two statements about SIM were taken down."),
        (PeriodCounts(restored=1, moved=2), "One statement about SIM came back, two moved to another address."),
        (PeriodCounts(), "Nothing new about SIM."),
    ],
)
def test_the_sentence_counts_what_happened(counts: PeriodCounts, says: str) -> None:
    topic = replace(a_digest().topics[0], counts=counts)
    assert view_of(a_digest(topics=(topic,)), 9).topics[0].sentence.startswith(says)


def test_everything_that_a_week_can_bring_stands_in_both_parts() -> None:
    letter = LETTERS.letter(SAMPLE)
    words = one_line("".join(Mail(letter.html).words))
    for said in (
        *HEADINGS.values(),
        "softer than before",
        "2 earlier changes of this statement",
        "Also at Eastmere network",
        "Archived copy",
        "Announced, and now due",
        "“We will publish our review in June 2026.”",
        "“ahsn” gave way to “health, network”, on 112 pages",
        "3 new texts that may describe SM under another name wait for a person to judge.",
        "4 of 9 organisations have never said anything here about SM: Hillside Trust and 3 more.",
        "Nothing was read from 14:05 on Wednesday 10 June to 14:05 on Thursday 11 June",
        "No digest was sent for 27 April to 10 May 2026.",
        "week by week",
    ):
        if said in ("Changed",):
            continue
        assert said in words, said
        assert said in one_line(letter.text), said


def test_the_changed_words_are_marked_and_the_space_between_stays_a_space() -> None:
    letter = LETTERS.letter(a_digest(an_alert()))
    assert "has [-paused-] {+ended+} its SIM team [-while-] {+after+} a review" in one_line(letter.text)
    plain = re.sub(r' style="[^"]*"', "", letter.html)
    assert "has <del>paused</del> <ins>ended</ins> its SIM team" in plain


def test_at_most_three_sentences_of_a_change_are_quoted_and_the_rest_is_counted() -> None:
    blocks = tuple(DiffBlock(ADDED, after=f"New sentence number {n} stands here.") for n in range(9))
    text = LETTERS.letter(a_digest(an_alert(diff=Diff(blocks)))).text
    assert len(re.findall(r"New sentence number", text)) == 3
    assert "6 more sentences changed" in text


def test_an_endless_sentence_is_cut() -> None:
    diff = Diff((block((SAME, "It says "), (REMOVED, "old "), (ADDED, "word " * 3000)),))
    text = LETTERS.letter(a_digest(an_alert(diff=diff))).text
    assert len(text) < 4000
    assert "…" in text


def test_the_same_words_at_two_publishers_are_quoted_once() -> None:
    alerts = (an_alert(), an_alert(number="c-9", organisation="Westvale network"))
    topic = replace(a_digest().topics[0], stories=(Story(StoryKind.CHANGED, alerts),), stories_in_all=1)
    text = LETTERS.letter(a_digest(topics=(topic,))).text
    assert text.count("{+ended+}") == 1
    assert "In the same words." in text


def test_hard_words_are_left_out_and_the_links_lead_to_them() -> None:
    hard = an_alert(content_note="speaks of self-harm", diff_url="https://watch.example/changes/1042")
    letter = LETTERS.letter(a_digest(hard))
    for part in (letter.text, "".join(Mail(letter.html).words)):
        said = one_line(part)
        assert "ended its SIM" not in said and "paused" not in said.replace("(before: paused)", "")
        assert "Content note: some of the pages below speak of self-harm. Their words are left out here;" in said
        assert "This page speaks of self-harm. Its words are left out here; the links lead to them." in said
        assert said.index("Content note") < said.index("Northmoor")
    assert "https://watch.example/changes/1042" in letter.text


def test_a_text_is_folded_at_72_columns_but_for_addresses() -> None:
    for digest in (SAMPLE, SAMPLE_QUIET, a_digest(an_alert())):
        for line in LETTERS.letter(digest).text.split("\n"):
            shown = line.replace(BREAK, "")
            assert len(shown) <= WIDTH or "https://" in shown or "http://" in shown, line
            assert line == line.rstrip()
    assert "\n\n\n\n" not in LETTERS.letter(SAMPLE).text


def test_no_word_of_a_page_becomes_markup_or_a_link_in_either_part() -> None:
    for payload in PAYLOADS:
        digest = hostile(payload)
        letter = LETTERS.letter(digest)
        mail = Mail(letter.html)
        assert mail.tags <= ALLOWED, payload
        assert not [name for name in mail.names if name.startswith("on") or name in ("src", "srcset", "background")]
        assert all(re.match(r"(?i)https?://[^\s<>\"]+$", link) for link in mail.links), (payload, mail.links)
        for words in mail.words:
            assert defuse(words) == words, (payload, words)
        rest = letter.text
        for link in sorted({*mail.links, LEAVE_URL}, key=len, reverse=True):
            rest = rest.replace(link, "")
        rest = re.sub(r"\[-|-\]|\{\+|\+\}", " ", rest)
        # Card numbers are parted for Telegram alone, and read otherwise where a line is folded.
        assert defuse(rest) == rest or re.fullmatch(r"[\d -]+", payload), payload
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", letter.text + letter.html)


def hostile(payload: str) -> Digest:
    """A digest in which a page's words stand wherever a page's words can stand."""
    diff = Diff((block((SAME, f"It said {payload} "), (REMOVED, payload), (ADDED, f"{payload} then")),))
    alert = an_alert(
        title=payload, organisation=payload, url=payload, diff=diff, links_added=(Link(payload, payload),),
        echoes=(Echo(payload, datetime(2026, 6, 9, tzinfo=UTC), payload, payload),), later=(payload,),
        warnings=(payload,), archived_copy=ArchivedCopy(payload, datetime(2026, 6, 9, tzinfo=UTC)),
    )  # fmt: skip
    first = an_alert(kind=ChangeKind.FIRST, diff=None, excerpt=(payload, payload * 2), content_note=None)
    promise = PromiseLine(payload, payload, payload, payload, date(2026, 6, 12))
    digest = a_digest(alert, first)
    topic = replace(
        digest.topics[0], promises_due=(promise,), promises_near=(promise,), silent=(payload,), silent_in_all=2,
        organisations=3, weeks=SAMPLE.topics[0].weeks,
    )  # fmt: skip
    return replace(
        digest,
        topics=(topic,),
        mass_edits=(MassEdit(payload, payload, 12),),
        unseen=tuple(Unseen(payload, payload, payload, datetime(2026, 6, 9, tzinfo=UTC)) for _ in range(6)),
        asked=payload,
    )


def test_a_subject_fits_a_header_whatever_the_topic_is_called() -> None:
    for payload in PAYLOADS:
        topic = replace(a_digest(an_alert()).topics[0], short=payload)
        for digest in (a_digest(topics=(topic,)), a_digest(topics=(TopicDigest(payload, ""),))):
            subject = LETTERS.letter(digest).subject
            assert "\n" not in subject and "\r" not in subject
            assert len(subject) <= 220
            EmailMessage()["Subject"] = subject  # raises for what a header can't hold


def test_a_big_week_stays_below_what_gmail_cuts_off_and_says_what_is_left_out() -> None:
    long = Diff(
        tuple(DiffBlock(ADDED, after=f"Sentence {n} " + "says much more than it needs to " * 12) for n in range(3))
    )
    alerts = [an_alert(number=f"c-{n}", diff=long, title="A long title " * 20) for n in range(60)]
    digest = a_digest(*alerts)
    digest = replace(digest, topics=(replace(digest.topics[0], stories_in_all=300),))
    letter = LETTERS.letter(digest)
    shown = letter.html.count("</h4>")
    assert 0.8 * HTML_MOST < len(letter.html.encode()) <= HTML_MOST
    assert 10 < shown < 60
    for part in (one_line(letter.text), one_line("".join(Mail(letter.html).words))):
        assert f"{300 - shown} more statements not shown here" in part
    assert letter.text.count("\nNorthmoor Care Trust changed its statement") == shown


def test_the_weightiest_story_of_each_topic_is_kept_when_there_is_room_for_few() -> None:
    one, other = (replace(a_digest(an_alert(number=n)).topics[0], name=n) for n in ("c-1", "c-2"))
    many = tuple(islice(repeated(one.stories[0]), 9))
    view = view_of(a_digest(topics=(replace(one, stories=many, stories_in_all=9), other)), 3)
    assert [sum(len(group.stories) for group in topic.groups) for topic in view.topics] == [2, 1]
    assert [topic.left_out for topic in view.topics] == ["7 more statements", ""]


def repeated(story: Story) -> Iterator[Story]:
    while True:
        yield story


def test_a_quiet_letter_is_one_line_and_the_way_to_leave() -> None:
    letter = LETTERS.letter(replace(SAMPLE_QUIET, public_url="https://watch.example", asked="kind:trust"))
    assert letter.subject == "12 June 2026: nothing new about Steady Mentoring"
    body = one_line(letter.text)
    assert "All quiet: nothing new about Steady Mentoring that your filter lets through. Watched: 214 of 214" in body
    assert len(letter.html) < 4000
    assert LEAVE_URL in letter.text and LEAVE_URL in letter.html


def test_every_link_is_absolute_and_every_mail_says_how_to_leave_and_what_is_kept() -> None:
    for digest in (SAMPLE, a_digest(an_alert())):
        mail = Mail(LETTERS.letter(digest).html)
        assert all(link.startswith("https://") for link in mail.links)
        assert LEAVE_URL in mail.links and "https://watch.example/privacy" in mail.links


def test_the_link_to_all_changes_asks_for_what_the_reader_asked_for() -> None:
    letter = LETTERS.letter(a_digest(an_alert(), asked='kind:trust "a b"'))
    assert "https://watch.example/?from=2026-06-08&to=2026-06-14&filter=kind%3Atrust+%22a+b%22" in letter.text


def test_without_a_public_address_no_link_leads_to_the_web_view() -> None:
    letter = LETTERS.letter(replace(a_digest(an_alert()), public_url=None))
    assert "watch.example" not in letter.text + letter.html


def test_styles_are_written_into_the_elements_and_the_dark_ones_stay() -> None:
    html = LETTERS.letter(SAMPLE).html
    assert 'style="' in html
    assert "@media (prefers-color-scheme: dark)" in html
    head, _, body = html.partition("</head>")
    assert "<style" in head and "<style" not in body
    assert "url(" not in html and "@import" not in html


def test_the_chart_says_each_number_in_words_too() -> None:
    html = LETTERS.letter(SAMPLE).html
    plain = re.sub(r' style="[^"]*"', "", html)
    assert '<th scope="row">4 May</th><td>4</td>' in plain
    assert "4 May     4  ████████████████████" in LETTERS.letter(SAMPLE).text


def test_days_across_months_and_years_are_named_without_repetition() -> None:
    def name(first: date) -> str:
        return view_of(replace(SAMPLE_QUIET, first_on=first, last_on=first + timedelta(days=6)), 0).name

    assert name(date(2026, 6, 8)) == "Week 24, 8 to 14 June 2026"
    assert name(date(2026, 6, 29)) == "Week 27, 29 June to 5 July 2026"
    assert name(date(2026, 12, 28)) == "Week 53, 28 December 2026 to 3 January 2027"
    assert EDIT is not None
