# ruff: noqa: E501 — pages are easier to read whole
from __future__ import annotations

from datetime import date

import pytest
from selectolax.lexbor import LexborHTMLParser

from watcher.extract.dates import PageDates, parse_date, read_dates
from watcher.extract.page import read_blocks


def dates(html: str) -> PageDates:
    page = LexborHTMLParser(f"<html>{html}</html>")
    assert page.body is not None
    return read_dates(page, read_blocks(page.body, "https://northmoor.example/"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3/6/2021", date(2021, 6, 3)),
        ("03.06.21", date(2021, 6, 3)),
        ("8th June 2021", date(2021, 6, 8)),
        ("Tuesday 8 June, 2021", date(2021, 6, 8)),
        ("June 8, 2021", date(2021, 6, 8)),
        ("2021-06-08T09:00:00Z", date(2021, 6, 8)),
        ("11/25/2026", date(2026, 11, 25)),
        ("8 Mehefin 2021", date(2021, 6, 8)),
        ("31/2/2021", None),
        ("version 1.2.3", None),
        ("in 47 cases", None),
    ],
)
def test_a_date_is_read_day_first(text: str, day: date | None) -> None:
    assert parse_date(text) == day


def test_what_readers_see_counts_before_what_machines_see() -> None:
    found = dates(
        '<head><meta property="article:published_time" content="2023-03-07"></head>'
        "<body><h1>Evaluation</h1><p>Published: 12 May 2018</p><p>Last updated 4 June 2019</p><p>Text.</p></body>"
    )
    assert found == PageDates(date(2018, 5, 12), date(2019, 6, 4))


def test_json_ld_and_meta_are_read_where_nothing_is_shown() -> None:
    script = '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2021-05-01","dateModified":"2021-06-02"}]}</script>'
    assert dates(f"<head>{script}</head><body><p>Text.</p></body>") == PageDates(date(2021, 5, 1), date(2021, 6, 2))
    meta = '<meta name="DCTERMS.modified" content="2022-01-09">'
    assert dates(f"<head>{meta}</head><body><p>Text.</p></body>").modified_on == date(2022, 1, 9)


def test_a_date_in_a_sentence_does_not_date_the_page() -> None:
    assert (
        dates(
            "<body><p>The scheme, which was published by the board in its papers of 3 May 2017, has since ended for good.</p></body>"
        )
        == PageDates()
    )


def test_a_time_element_and_a_label_in_the_line_before_are_understood() -> None:
    assert dates('<body><time datetime="2021-06-08">Tuesday</time><p>Text.</p></body>').published_on == date(2021, 6, 8)
    assert dates("<body><dl><dt>Last updated</dt><dd>8 June 2021</dd></dl></body>").modified_on == date(2021, 6, 8)


def test_broken_json_ld_is_passed_over() -> None:
    assert (
        dates('<head><script type="application/ld+json">{"datePublished": </script></head><body><p>A</p></body>')
        == PageDates()
    )
