from __future__ import annotations

from watcher.extract.discover import feeds_of, sitemaps_of


def test_feeds_are_found_in_order_with_those_of_comments_last() -> None:
    html = """<base href="https://n.example/news/"><link rel="alternate" type="application/rss+xml" title="Comments"
        href="c/">
        <link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="feed.atom">
        <link rel="alternate" hreflang="cy" href="/cy/">
        <link rel="alternate" type="application/feed+json" href="/feed.json">"""
    assert feeds_of(html, "https://n.example/") == (
        "https://n.example/news/feed.atom",
        "https://n.example/feed.json",
        "https://n.example/news/c/",
    )


def test_sitemaps_of_a_robots_file_are_absolute_and_each_is_there_once() -> None:
    robots = (
        "User-agent: *\r\nDisallow: /x\nSITEMAP : https://n.example/a.xml # main\nSitemap: /b.xml\n"
        + "Sitemap: /b.xml\nSitemap:\n"
    )
    assert sitemaps_of(robots, "https://n.example/robots.txt") == ("https://n.example/a.xml", "https://n.example/b.xml")
