from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind, Recipe
from watcher.extract.listing import extract_listing, next_pages

LISTINGS = sorted((Path(__file__).parent / "fixtures" / "listings").glob("*.html"))
NEWS = "https://northmoor.example/news/"


@pytest.mark.parametrize("page", LISTINGS, ids=lambda page: page.stem)
def test_the_statements_of_an_index_are_found_in_order_with_their_titles_and_dates(page: Path) -> None:
    url, *wanted = page.with_suffix(".txt").read_text().splitlines()
    found = extract_listing(page.read_bytes(), url, Recipe(), None).follow
    assert [f"{one.url}|{one.title}|{one.published_on or ''}" for one in found] == wanted


def test_a_selector_of_links_is_followed_and_nothing_else() -> None:
    html = b"<main><a class=card href=a>One</a><a href=b>Two</a><div class=card><a href=c>Three</a></div></main>"
    found = extract_listing(html, NEWS, Recipe(follow="a.card"), None).follow
    assert [(one.url, one.title) for one in found] == [(NEWS + "a", "One")]


def test_a_selector_of_cards_follows_the_link_of_each_heading_and_reads_its_date() -> None:
    html = b"""<div class=card><a href=/tag/x>Tag</a><h3><a href=one>Our letter</a></h3><i>8 June 2021</i></div>
        <div class=card><h3>Second</h3><a href=two>Read more</a></div>"""
    found = extract_listing(html, NEWS, Recipe(follow=".card"), None).follow
    assert [(one.url, one.title, one.published_on) for one in found] == [
        (NEWS + "one", "Our letter", date(2021, 6, 8)),
        (NEWS + "two", "Second", None),
    ]


def test_a_selector_that_hits_nothing_is_warned_of() -> None:
    extraction = extract_listing(b"<p>Nothing</p>", NEWS, Recipe(follow="a.card"), None)
    assert extraction.follow == ()
    assert "a.card" in extraction.warnings[0]


def test_a_selector_that_is_none_is_named() -> None:
    with pytest.raises(ExtractError, match="no CSS selector"):
        extract_listing(b"<p>x</p>", NEWS, Recipe(follow="a..b["), None)


def test_ignored_addresses_are_not_followed_whichever_way_they_were_found() -> None:
    html = (Path(__file__).parent / "fixtures" / "listings" / "wordpress-cards.html").read_bytes()
    for recipe in (Recipe(ignore=(r"/2021/05/",)), Recipe(ignore=(r"/2021/05/",), follow="h2 a")):
        assert [one.url for one in extract_listing(html, NEWS, recipe, None).follow] == [
            "https://northmoor.example/2021/06/an-update-for-patients-and-carers/"
        ]


def test_another_site_counts_if_it_is_one_of_the_organisations_own() -> None:
    html = b"""<main><ul><li><a href="https://moor.example/news/a-statement-on-our-team">A statement on our team</a>
        8 June 2021<li><a href="https://other.example/news/a-story-about-our-team">A story about our team</a>
        9 June 2021</ul></main>"""
    found = extract_listing(html, NEWS, Recipe(domains=("moor.example",)), None).follow
    assert [one.url for one in found] == ["https://moor.example/news/a-statement-on-our-team"]


def test_an_empty_body_is_a_fault_of_its_own_kind() -> None:
    with pytest.raises(ExtractError) as fault:
        extract_listing(b" \n", NEWS, Recipe(), None)
    assert fault.value.kind is FailedKind.EMPTY


@pytest.mark.parametrize(
    ("url", "html", "wanted"),
    [
        ("https://a.example/news", '<a href="?page=0">1</a><a href="?page=1">2</a>', ["https://a.example/news?page=1"]),
        ("https://a.example/news", '<a href="?page=1">1</a><a href="?page=2">2</a>', ["https://a.example/news?page=2"]),
        (
            "https://a.example/news?page=2",
            '<a href="?page=1">1</a><a href="?page=3">3</a>',
            ["https://a.example/news?page=3"],
        ),
        ("https://a.example/news/", '<link rel=next href="/news/page/2/">', ["https://a.example/news/page/2/"]),
        ("https://a.example/news", '<a href="/events?page=2">2</a><a href="/next">Next</a>', []),
    ],
)
def test_later_pages_of_the_same_list_are_named(url: str, html: str, wanted: list[str]) -> None:
    assert list(next_pages(LexborHTMLParser(html), url)) == wanted
