from __future__ import annotations

import gzip
import time
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Recipe
from watcher.extract.sitemap import MAX_URLS, extract_sitemap

URL = "https://northmoor.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body: str | bytes, recipe: Recipe | None = None) -> Extraction:
    return extract_sitemap(body.encode() if isinstance(body, str) else body, URL, recipe or Recipe(), None)


def urlset(*records: str) -> str:
    joined = "".join(f"<url>{record}</url>" for record in records)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{joined}</urlset>'


def test_addresses_come_with_their_last_change_in_utc() -> None:
    found = read(
        urlset("<loc>/a</loc><lastmod>2021-06-08T09:00:00+01:00</lastmod>", "<loc> https://a.example/b </loc>")
    )
    assert [(one.url, one.modified_at) for one in found.follow] == [
        ("https://northmoor.example/a", datetime(2021, 6, 8, 8, tzinfo=UTC)),
        ("https://a.example/b", None),
    ]


def test_a_news_sitemap_gives_titles_and_days() -> None:
    record = (
        "<loc>/a</loc><news:news><news:publication><news:name>x</news:name></news:publication>"
        "<news:publication_date>2021-06-08</news:publication_date><news:title>We ended it</news:title></news:news>"
        "<image:image><image:loc>/a.jpg</image:loc><image:title>Picture</image:title></image:image>"
    )
    (found,) = read(urlset(record).replace(NS, f'{NS} xmlns:news="n" xmlns:image="i"')).follow
    assert (found.url, found.title) == ("https://northmoor.example/a", "We ended it")
    assert found.published_on == date(2021, 6, 8)


def test_an_index_names_its_sitemaps_newest_first() -> None:
    body = f"""<sitemapindex {NS}><sitemap><loc>/old.xml</loc><lastmod>2019-01-01</lastmod></sitemap>
        <sitemap><loc>/new.xml.gz</loc><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>"""
    extraction = read(body)
    assert extraction.follow == ()
    assert extraction.next_pages == ("https://northmoor.example/new.xml.gz", "https://northmoor.example/old.xml")


def test_a_gzipped_sitemap_is_unpacked_whatever_it_is_called() -> None:
    assert len(read(gzip.compress(urlset("<loc>/a</loc>").encode())).follow) == 1


def test_a_plain_list_of_addresses_is_a_sitemap_too() -> None:
    assert [one.url for one in read("https://a.example/1\nhttps://a.example/2\n").follow] == [
        "https://a.example/1",
        "https://a.example/2",
    ]


def test_what_the_recipe_ignores_is_left_out() -> None:
    assert [
        one.url[-1] for one in read(urlset("<loc>/tag/a</loc>", "<loc>/b</loc>"), Recipe(ignore=("/tag/",))).follow
    ] == ["b"]


def test_a_bare_ampersand_is_repaired_and_warned_of() -> None:
    extraction = read(urlset("<loc>https://a.example/?a=1&b=2</loc>"))
    assert extraction.follow[0].url == "https://a.example/?a=1&b=2"
    assert "repaired" in extraction.warnings[0]


def test_a_truncated_sitemap_is_read_as_far_as_it_goes() -> None:
    extraction = read(urlset("<loc>/a</loc>", "<loc>/b</loc>")[:-20])
    assert [one.url[-1] for one in extraction.follow] == ["a"]
    assert "as far as it goes" in extraction.warnings[0]


@pytest.mark.parametrize(
    "body", ["<html><body>404</body></html>", "<rss><channel/></rss>", "not found", "<!doctype html><p>x"]
)
def test_what_is_no_sitemap_is_refused(body: str) -> None:
    with pytest.raises(ExtractError, match="no sitemap"):
        read(body)


def test_a_sitemap_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(ExtractError) as fault:
        read(gzip.compress(b"\0" * 70_000_000, 9))
    assert fault.value.kind is FailedKind.TOO_LARGE


@pytest.mark.parametrize(
    "declaration", ['<!ENTITY x SYSTEM "file:///etc/hostname">', '<!ENTITY a "aaaa"><!ENTITY x "&a;&a;">']
)
def test_entities_bring_in_no_file_and_no_bomb(declaration: str) -> None:
    body = urlset("<loc>/[&x;]</loc>").replace("<urlset", f"<!DOCTYPE urlset [{declaration}]><urlset", 1)
    with suppress(ExtractError):
        assert all(len(one.url) < 60 for one in read(body).follow)


def test_fifty_thousand_addresses_are_read_in_seconds() -> None:
    body = urlset(*(f"<loc>https://a.example/news/{n}</loc><lastmod>2021-06-08</lastmod>" for n in range(50_000)))
    started = time.process_time()
    assert len(read(body).follow) == 50_000
    assert time.process_time() - started < 5


def test_more_addresses_than_the_bound_are_left_and_warned_of() -> None:
    extraction = read(urlset(*["<loc>/a</loc>"] * (MAX_URLS + 1)))
    assert "rest was not read" in extraction.warnings[0]


WHOLE = urlset("<loc>https://a.example/a</loc><lastmod>2021-06-08</lastmod>", "<loc>/b</loc>").encode()


@given(st.integers(0, len(WHOLE)), st.binary(max_size=6), st.integers(0, 20))
@settings(deadline=None, max_examples=100)
def test_a_damaged_sitemap_raises_nothing_but_our_error(at: int, piece: bytes, lost: int) -> None:
    with suppress(ExtractError):
        read(WHOLE[:at] + piece + WHOLE[at + lost :])
