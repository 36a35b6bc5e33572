from __future__ import annotations

import time
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.extract.bounds import MAX_DEPTH, shallow
from watcher.extract.fragment import absolute, blocks_of, read_fragment


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("<p>One</p><p>Two</p>", ("One", "Two")),
        ("before<p>One</p>after", ("before", "One", "after")),
        ("One<br>more<br><br>Two", ("One more", "Two")),
        ("<ul><li>One<ul><li>Two</li></ul>three</li></ul>", ("One", "Two", "three")),
        ("<table><tr><th>A</th><td>B</td></tr><tr><td>C</td></tr></table>", ("A | B", "C")),
        ("<p>We <b>ended</b> <a href=x>it</a>.</p>", ("We ended it.",)),
        ("plain\n\ntext &amp; more", ("plain", "text & more")),
        ("5 &lt; 6 &lt;b&gt;", ("5 < 6 <b>",)),
        ("<script>alert(1)</script><style>p{}</style><!-- x -->", ()),
        ("", ()),
    ],
)
def test_html_becomes_its_blocks(html: str, blocks: tuple[str, ...]) -> None:
    assert blocks_of(html) == blocks


def test_links_are_absolute_and_each_is_there_once() -> None:
    _, links = read_fragment(
        '<a href="/a#x">One</a> <a href="a">Two</a><a href="mailto:x@y.z">m</a>', "https://n.example/"
    )
    assert [(link.url, link.text) for link in links] == [("https://n.example/a", "One")]


@given(st.text(max_size=200))
@settings(deadline=None)
def test_no_text_breaks_a_fragment_and_no_block_is_empty(html: str) -> None:
    assert all(block.strip() and "\n" not in block for block in blocks_of(html))


PATHS = st.lists(
    st.sampled_from(["a", "b.html", "..", ".", "", "c d", "é", "%20", "?x=1&y=2", "#f", ";p", "x:y"]), max_size=5
).map("/".join)


@given(
    PATHS,
    st.sampled_from(
        ["https://n.example", "https://n.example/", "https://n.example/news/a?b=c", "http://n.example:8080/x"]
    ),
)
def test_a_relative_address_is_resolved_as_the_standard_library_does(address: str, base: str) -> None:
    found = absolute(base, address)
    wanted = urljoin(base, address.strip()).partition("#")[0].replace(" ", "%20")
    if address.strip() and urlsplit(wanted).scheme in ("http", "https"):
        assert found == wanted


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "data:text/html,x", "file:///etc/passwd", "http://[::1", "https://a:999999/", "", "tel:101"],
)
def test_what_is_no_web_address_is_none(address: str) -> None:
    assert absolute("https://n.example/", address) is None


def test_html_of_an_ordinary_depth_is_left_alone() -> None:
    html = "<div>" * 200 + "<ul>" + "<li>x" * 5_000 + "</ul>" + "</div>" * 200
    assert shallow(html) == html


@pytest.mark.parametrize(
    "piece", ["<div>", "<ul><li>", "<h1><a>", "<p><li><dd><td>", "<button><p>", "<font><a><p>", "<a b='", "<svg><math>"]
)
def test_no_megabyte_of_open_elements_takes_more_than_five_seconds(piece: str) -> None:
    started = time.process_time()
    blocks_of(f"<p>kept</p>{piece * (1_000_000 // len(piece))}")
    assert time.process_time() - started < 5
    assert "kept" in shallow("<p>kept</p>" + "<div>" * (MAX_DEPTH + 1))
