"""Dates on pages in wordings that were written before anybody looked at how they are read."""

# ruff: noqa: E501 - a line of a page is easier to read whole

import pytest

from watcher.core.model import Recipe
from watcher.extract.html import extract_html

SAID = "The trust has paused its part in the scheme while the review goes on, and will write to everybody. "
PAGES = [
    (
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2021-06-08T09:00:00+01:00","dateModified":"2021-06-10"}</script>',
        "",
        "",
        "2021-06-08",
        "2021-06-10",
    ),
    (
        '<script type="application/ld+json">{"@graph":[{"@type":"WebPage","datePublished":"2021-06-08","dateModified":"2022-01-02"}]}</script>',
        "",
        "",
        "2021-06-08",
        "2022-01-02",
    ),
    ('<meta property="article:published_time" content="2020-03-04T23:30:00Z">', "", "", "2020-03-04", None),
    (
        '<meta name="dcterms.modified" content="2021-05-01"><meta name="dcterms.created" content="2019-02-03">',
        "",
        "",
        "2019-02-03",
        "2021-05-01",
    ),
    ('<meta name="DC.date.issued" content="2018-11-12">', "", "", "2018-11-12", None),
    ("", "<p>Published: 07/03/2023</p>", "", "2023-03-07", None),
    ("", "<p>Posted on Tuesday 8th June 2021</p>", "", "2021-06-08", None),
    ("", '<p class="date">8 Jun 2021</p>', "", "2021-06-08", None),
    ("", '<time datetime="2021-06-08">Tuesday</time>', "", "2021-06-08", None),
    ("", "<p>First published 1 May 2020. Last updated 12 June 2021.</p>", "", "2020-05-01", "2021-06-12"),
    ("", "", "<p>Page last reviewed: 14 September 2022<br>Next review due: 14 September 2025</p>", None, "2022-09-14"),
    (
        "",
        "<dl><dt>Published</dt><dd>3 February 2019</dd><dt>Last updated</dt><dd>9 April 2021</dd></dl>",
        "",
        "2019-02-03",
        "2021-04-09",
    ),
    ("", "<p>By Jo Smith | 12.06.21</p>", "", "2021-06-12", None),
    ("", "<p>Date: 2021-06-12</p>", "", "2021-06-12", None),
    ("", "<p>Published 12/31/2021</p>", "", "2021-12-31", None),
    ("", "<p>The scheme began on 1 April 2018 in two towns.</p>", "", None, None),
    (
        "",
        "",
        '<aside><h2>Related</h2><a href="/x">Garden opens</a> <time datetime="2019-01-01">1 January 2019</time></aside>',
        None,
        None,
    ),
    ("", "<p><strong>Date published:</strong> 21st September, 2021</p>", "", "2021-09-21", None),
    ("", '<div class="meta">September 21, 2021</div>', "", "2021-09-21", None),
    ("", "<p>Updated on 3 March 2022 at 4.15pm</p>", "", None, "2022-03-03"),
    ("", "<p>Cyhoeddwyd: 8 Mehefin 2021</p>", "", "2021-06-08", None),
    ('<meta name="date" content="08-06-2021">', "", "", "2021-06-08", None),
    ('<meta itemprop="datePublished" content="2021-06-08">', "", "", "2021-06-08", None),
    ("", "<p>Published on 10 June 2026</p>", "<p>Comments: 11 June 2026</p>", "2026-06-10", None),
    (
        '<script type="application/ld+json">{"@type":"Event","startDate":"2026-10-03"}</script>',
        "<p>3 October 2026, Leeds</p>",
        "",
        None,
        None,
    ),
]


@pytest.mark.parametrize(("head", "top", "bottom", "published", "modified"), PAGES)
def test_a_page_says_its_age_or_nothing(
    head: str, top: str, bottom: str, published: str | None, modified: str | None
) -> None:
    body = (
        f'<html lang="en-GB"><head><title>Update</title>{head}</head><body><header><a href="/">Home</a></header><main>'
        f"<article><h1>An update on the scheme</h1>{top}<p>{SAID * 2}</p><p>{SAID}The board met.</p>{bottom}</article>"
        "</main><footer>© 2026 Trust</footer></body></html>"
    )
    (document,) = extract_html(body.encode(), "https://trust.example/x", Recipe()).documents
    dates = tuple(str(day) if day else None for day in (document.published_on, document.modified_on))
    assert dates == (published, modified)
