from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Recipe
from watcher.extract.feed import extract_feed
from watcher.extract.feed_scan import MAX_ENTRIES

URL = "https://northmoor.example/feed/"
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def read(body: str | bytes, recipe: Recipe | None = None, charset: str | None = None) -> Extraction:
    return extract_feed(body.encode() if isinstance(body, str) else body, URL, recipe or Recipe(), charset)


def rss(*entries: str, head: str = "") -> str:
    joined = "".join(f"<item>{entry}</item>" for entry in entries)
    return (
        f'<?xml version="1.0"?><rss version="2.0" {CONTENT}><channel><title>News</title>{head}{joined}</channel></rss>'
    )


ONE = "<title>Our statement</title><link>https://northmoor.example/news/our-statement</link>"


def test_an_rss_entry_gives_its_address_title_day_and_own_text() -> None:
    extraction = read(
        rss(
            ONE + "<pubDate>Tue, 08 Jun 2021 00:00:00 +0100</pubDate><description>Short.</description>"
            '<content:encoded><![CDATA[<p>We have ended it.</p><ul><li><a href="/a.pdf">The report</a></li></ul>]]>'
            "</content:encoded>",
            head="<language>en-GB</language>",
        )
    )
    (found,), (document,) = extraction.follow, extraction.documents
    assert (found.url, found.title) == ("https://northmoor.example/news/our-statement", "Our statement")
    assert found.published_on == document.published_on == date(2021, 6, 8)
    assert document.blocks == ("We have ended it.", "The report")
    assert [(link.url, link.text) for link in document.links] == [("https://northmoor.example/a.pdf", "The report")]
    assert document.language == "en"
    assert extraction.warnings == ()


def test_an_atom_entry_gives_both_its_dates_and_its_alternate_link() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">A &amp;amp; B</title>
        <id>tag:northmoor.example,2021:1</id><link rel="self" href="/api/1"/><link rel="alternate" href="/news/1"/>
        <published>2021-06-08T09:00:00Z</published><updated>2022-01-02T10:00:00+00:00</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry></feed>"""
    (found,), (document,) = read(body).follow, read(body).documents
    assert found.url == "https://northmoor.example/news/1"
    assert (document.title, document.blocks) == ("A & B", ("One.", "Two."))
    assert (document.published_on, document.modified_on) == (date(2021, 6, 8), date(2022, 1, 2))
    assert found.modified_at == datetime(2022, 1, 2, 10, tzinfo=UTC)


def test_rdf_with_dublin_core_dates_is_read() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>News</title></channel>
        <item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link><dc:date>2021-06-08</dc:date>
        <description>Text.</description></item></rdf:RDF>"""
    (found,) = read(body).follow
    assert (found.url, found.title) == ("https://a.example/1", "One")
    assert date(2021, 6, 8) in (found.published_on, found.modified_at.date() if found.modified_at else None)


def test_json_feed_is_read_by_the_same_function() -> None:
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [
                {
                    "id": "1",
                    "url": "/news/1",
                    "title": "One",
                    "content_html": "<p>We ended it.</p>",
                    "date_published": "2021-06-08T09:00:00Z",
                },
                {"id": "https://northmoor.example/news/2", "content_text": "A.\n\nB."},
            ],
        }
    )
    extraction = read(body)
    assert [found.url for found in extraction.follow] == [
        "https://northmoor.example/news/1",
        "https://northmoor.example/news/2",
    ]
    assert [document.blocks for document in extraction.documents] == [("We ended it.",), ("A.", "B.")]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (rss(ONE).replace("statement<", "statement & more<"), "Our statement & more"),
        ("\n\n  " + rss(ONE), "Our statement"),
        ("<b>Notice</b>: undefined\n" + rss(ONE), None),
        (rss(ONE).replace("Our statement", "Our&nbsp;statement"), "Our statement"),
        (rss(ONE)[: -len("</item></channel></rss>")], "Our statement"),
        (rss(ONE + "<dc:date>2021-06-08</dc:date>"), "Our statement"),
        (rss(ONE + "<odd:thing odd:way='1'>x</odd:thing>"), "Our statement"),
        (rss(ONE).replace("Our ", "Our \x0b"), "Our statement"),
        (rss(ONE.replace("</link>", "")), "Our statement"),
    ],
    ids=[
        "bare ampersand",
        "blank lines",
        "notice before it",
        "nbsp",
        "truncated",
        "undeclared dc",
        "unknown prefix",
        "control",
        "unclosed",
    ],
)
def test_broken_feeds_are_read_as_far_as_they_go(body: str, wanted: str | None) -> None:
    extraction = read(body)
    if wanted is not None:
        assert extraction.documents[0].title == wanted


@pytest.mark.parametrize(
    ("encoding", "declared", "in_header"),
    [
        ("utf-8", "iso-8859-1", None),
        ("utf-8", "utf-8", "iso-8859-1"),
        ("windows-1252", "utf-8", "utf-8"),
        ("windows-1252", "windows-1252", None),
        ("iso-8859-15", "iso-8859-15", None),
        ("utf-16", "utf-16", None),
        ("utf-8-sig", "utf-8", None),
    ],
)
def test_a_lie_about_the_charset_spoils_no_letter(encoding: str, declared: str, in_header: str | None) -> None:
    text = rss(ONE.replace("Our", "The café’s" if encoding != "iso-8859-15" else "The café"))
    body = text.replace('version="1.0"', f'version="1.0" encoding="{declared}"', 1).encode(encoding)
    assert read(body, charset=in_header).documents[0].title.startswith("The café")


def test_two_entries_of_one_guid_and_two_addresses_are_two() -> None:
    body = rss(
        *(f"<title>{n}</title><guid isPermaLink='false'>same</guid><link>https://a.example/{n}</link>" for n in (1, 2))
    )
    assert [found.url for found in read(body).follow] == ["https://a.example/1", "https://a.example/2"]


def test_two_entries_of_one_address_keep_their_texts_apart() -> None:
    body = rss(
        *(f"<title>{n}</title><guid isPermaLink='false'>{n}</guid><link>https://a.example/</link>" for n in (1, 2))
    )
    extraction = read(body)
    assert [document.url for document in extraction.documents] == ["https://a.example/", "https://a.example/#part=2"]
    assert [found.url for found in extraction.follow] == ["https://a.example/"]


def test_a_changed_guid_does_not_change_an_entry() -> None:
    before, after = (read(rss(f"{ONE}<guid isPermaLink='false'>{guid}</guid>")) for guid in ("a", "b"))
    assert before == after


def test_an_entry_of_the_future_and_one_without_a_date_are_both_there() -> None:
    body = rss(
        ONE + "<pubDate>Fri, 08 Jun 2099 10:00:00 GMT</pubDate>",
        "<title>No date</title><link>/b</link>",
        "<link>/c</link><pubDate>soon</pubDate>",
    )
    assert [found.published_on for found in read(body).follow] == [date(2099, 6, 8), None, None]


def test_a_guid_that_is_an_address_stands_in_for_a_missing_link() -> None:
    assert [found.url for found in read(rss("<title>a</title><guid>https://a.example/x</guid>")).follow] == [
        "https://a.example/x"
    ]


def test_an_attached_document_is_a_link_and_a_picture_is_not() -> None:
    body = rss(ONE + '<enclosure url="/a.pdf" type="application/pdf"/><enclosure url="/a.jpg" type="image/jpeg"/>')
    assert [link.url for link in read(body).documents[0].links] == ["https://northmoor.example/a.pdf"]


def test_what_the_recipe_ignores_is_left_out() -> None:
    assert read(rss(ONE), Recipe(ignore=("/news/",))).follow == ()


@pytest.mark.parametrize("body", [b"", b" \n ", b"\xef\xbb\xbf"])
def test_an_empty_body_is_a_fault_of_its_own_kind(body: bytes) -> None:
    with pytest.raises(ExtractError) as fault:
        read(body)
    assert fault.value.kind is FailedKind.EMPTY


def test_an_html_page_is_refused_with_the_feed_that_it_names() -> None:
    with pytest.raises(ExtractError, match=r"HTML page.*https://northmoor\.example/rss\.xml"):
        read('<!doctype html><html><head><link rel=alternate type="application/rss+xml" href="/rss.xml"></head><p>Hi')


def test_a_feed_without_entries_is_read_and_warned_of() -> None:
    assert read(rss()).warnings == ("the feed has no entries",)


def test_a_file_name_as_body_opens_no_file() -> None:
    with pytest.raises(ExtractError):
        read(b"/etc/hostname")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x PUBLIC "a" "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;',
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
    ],
)
def test_entities_bring_in_no_file_and_no_bomb(declaration: str) -> None:
    body = rss(ONE + "<description>[&x;]</description>").replace("<rss", f"<!DOCTYPE rss [{declaration}]><rss", 1)
    try:
        (document,) = read(body).documents
    except ExtractError:
        return
    assert len(document.text) < 20


def test_plain_entities_that_a_feed_declares_are_written_out() -> None:
    body = rss("<title>Caf&eacute; talk</title><link>/a</link>")
    body = body.replace("<rss", '<!DOCTYPE rss [<!ENTITY eacute "&#233;">]><rss', 1)
    assert read(body).documents[0].title == "Café talk"


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<style>p{}</style>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src=x>alert</iframe>",
    ],
)
def test_no_markup_or_script_of_an_entry_reaches_its_text(markup: str) -> None:
    body = rss(
        ONE.replace("Our", f"<![CDATA[{markup}Our]]>") + f"<description><![CDATA[<p>Fine.{markup}</p>]]></description>"
    )
    (document,) = read(body).documents
    assert (document.title, document.text) == ("Our statement", "Fine.")


def test_a_link_that_runs_a_script_is_no_link() -> None:
    body = rss(
        ONE.replace("https://northmoor.example/news/our-statement", "javascript:alert(1)")
        + "<description>&lt;a href='data:x'>y&lt;/a></description>"
    )
    extraction = read(body)
    assert extraction.follow == ()
    assert extraction.documents[0].links == ()


def test_of_too_many_entries_the_newest_are_read_whichever_end_they_stand_at() -> None:
    entries = [
        f"<link>https://a.example/{n}</link><pubDate>{1 + n // 1000:02d} Jun 2021 10:00:00 GMT</pubDate>"
        for n in range(MAX_ENTRIES + 1000)
    ]
    for ordered in (entries, entries[::-1]):
        extraction = read(rss(*ordered))
        addresses = {found.url for found in extraction.follow}
        assert len(addresses) == MAX_ENTRIES
        assert f"https://a.example/{MAX_ENTRIES + 999}" in addresses
        assert "1000 entries too many" in extraction.warnings[0]


HOSTILE = {
    "attributes on one tag": "<rss><channel><item "
    + " ".join(f"a{n}='1'" for n in range(90_000))
    + "/></channel></rss>",
    "attributes on many tags": rss(*["<b " + " ".join(f"a{n}='1'" for n in range(400)) + "/>"] * 250),
    "empty entries": "<rss><channel>" + "<item/>" * 140_000 + "</channel></rss>",
    "tiny elements": rss("<b/>" * 250_000),
    "namespaces": rss("".join(f"<x xmlns:n{n}='u{n}'/>" for n in range(40_000))),
    "an author": rss("<author>" + "a" * 1_000_000 + "</author>"),
    "an author further in": rss("<x><dc:creator>" + "a" * 1_000_000 + "</dc:creator></x>"),
    "tags": rss("<x><category>" + "</category><category>".join(map(str, range(30_000))) + "</category></x>"),
    "a date": rss("<pubDate>" + "1" * 1_000_000 + "</pubDate>"),
    "deep": "<a>" * 300_000,
    "deep content": rss("<description><![CDATA[" + "<div>" * 190_000 + "]]></description>"),
    "unclosed sections": "<rss><channel>" + "<![CDATA[" * 110_000,
    "unclosed quotes": "<rss><channel>" + '<a b="' * 160_000,
    "bare ampersands": rss("<title>" + "&" * 1_000_000 + "</title>"),
    "links": rss("<link>http://a/</link>" * 45_000),
    "base64": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='image/png'>"
    + "QUJD" * 250_000
    + "</content></entry></feed>",
    "json": '{"items":' + "[" * 900_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_megabyte_takes_more_than_five_seconds(kind: str) -> None:
    started = time.process_time()
    with suppress(ExtractError):
        read(HOSTILE[kind])
    assert time.process_time() - started < 5


WHOLE = rss(
    ONE + "<description>&lt;p&gt;We ended it.&lt;/p&gt;</description><pubDate>Tue, 08 Jun 2021 00:00:00 GMT</pubDate>"
).encode()
PIECES = [
    b"<",
    b">",
    b"&",
    b'"',
    b"]]>",
    b"<![CDATA[",
    b"<item>",
    b"</item>",
    b"\x00",
    b"\xff",
    b"<!--",
    b"&#0;",
    b"<!DOCTYPE",
    b"xmlns:a='b'",
]


@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.sampled_from(PIECES), st.integers(0, 9)), max_size=5))
@settings(deadline=None, max_examples=80)
def test_a_damaged_feed_raises_nothing_but_our_error(damage: list[tuple[int, bytes, int]]) -> None:
    body = WHOLE
    for at, piece, lost in damage:
        body = body[:at] + piece + body[at + lost :]
    with suppress(ExtractError):
        read(body)


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=60)
def test_any_bytes_raise_nothing_but_our_error(body: bytes) -> None:
    with suppress(ExtractError):
        read(body)
