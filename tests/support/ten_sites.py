"""Ten small sites of made-up organisations, as a maintainer meets them when adding sources.

`python -m tests.support.ten_sites` serves them on loopback, to try `watcher sources` on by hand.
"""

from __future__ import annotations

import html
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta

from pytest_httpserver import HTTPServer

from tests.support.site import FILLERS, Site, page

ABOUT = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."
TITLES = (
    "Statement on Serenity Integrated Mentoring",
    "A new garden opens at the day hospital",
    "Our board meets in public next month",
    "Volunteers wanted for the summer fair",
    "Changes to visiting times on two wards",
    "Annual report of the trust is published",
)
Answer = str | bytes | tuple[int, str, dict[str, str]]


def day(number: int) -> date:
    return date(2026, 5, 28) - timedelta(days=9 * number)


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def article(title: str, number: int, extra: str = "") -> str:
    first = ABOUT if "Serenity" in title else f"{title}: there is more about it below, and on the ward."
    when = f'<p class="date">Published <time datetime="{day(number)}">{day(number):%-d %B %Y}</time></p>'
    return page(title, first, extra=when + extra, filler=number % 3)


def cards(folder: str, head: str = "", name: str = "Latest news") -> str:
    """A news index as most sites have it."""
    items = "".join(
        f'<li class="card"><h3><a href="{folder}/{slug(title)}">{title}</a></h3>'
        f"<p>{day(number):%-d %B %Y}</p><p>{FILLERS[number % 3][0]}</p></li>"
        for number, title in enumerate(TITLES)
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{name}</title>{head}</head><body>'
        '<nav><a href="/">Home</a> <a href="/about">About us</a> <a href="/contact">Contact</a></nav>'
        f'<main><h1>{name}</h1><ul class="cards">{items}</ul></main>'
        '<footer><a href="/privacy">Privacy</a> <a href="/cookies">Cookies</a></footer></body></html>'
    )


def articles(folder: str) -> dict[str, Answer]:
    return {f"{folder}/{slug(title)}": article(title, number) for number, title in enumerate(TITLES)}


def rss(site: str, folder: str, titles: tuple[str, ...] = TITLES) -> str:
    items = "".join(
        f"<item><title>{html.escape(title)}</title><link>{site}{folder}/{slug(title)}</link>"
        f"<pubDate>{day(number):%a, %d %b %Y} 09:00:00 GMT</pubDate><description>{title}.</description></item>"
        for number, title in enumerate(titles)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


def atom(site: str, folder: str) -> str:
    entries = "".join(
        f"<entry><title>{html.escape(title)}</title><id>tag:westvale.example,2026:{number}</id>"
        f'<link href="{site}{folder}/{slug(title)}"/><updated>{day(number)}T09:00:00Z</updated></entry>'
        for number, title in enumerate(TITLES)
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>'


def sitemap(site: str, folder: str) -> str:
    urls = "".join(
        f"<url><loc>{site}{folder}/{slug(title)}</loc><lastmod>{day(number)}</lastmod></url>"
        for number, title in enumerate(TITLES)
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def json_feed(site: str, folder: str) -> str:
    items = [
        {
            "id": str(number),
            "url": f"{site}{folder}/{slug(title)}",
            "title": title,
            "date_published": f"{day(number)}T09:00:00Z",
        }
        for number, title in enumerate(TITLES)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items})


def papers() -> str:
    """A table of board papers, as trusts have them."""
    rows = "".join(
        f'<tr><td>{day(number):%-d %B %Y}</td><td><a href="/files/{2026}/board-papers-{day(number)}.txt">'
        f"Board papers, {day(number):%B %Y}</a></td><td>PDF, 2 MB</td></tr>"
        for number in range(0, 24, 4)
    )
    return (
        "<html><head><title>Board papers</title></head><body><nav><a href='/'>Home</a></nav><main><h1>Board papers</h1>"
        f"<p>Papers come a week before each meeting.</p><table><tr><th>Date</th><th>Paper</th></tr>{rows}"
        "</table></main></body></html>"
    )


SHELL = (
    '<!doctype html><html><head><title>Hillside</title><script src="/app.js"></script></head><body>'
    '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>'
)
WORDPRESS_HEAD = (
    '<link rel="alternate" type="application/rss+xml" title="Moor" href="/feed/">'
    '<link rel="alternate" type="application/rss+xml" title="Moor, comments" href="/comments/feed/">'
    '<link rel="https://api.w.org/" href="/wp-json/"><meta name="generator" content="WordPress 6.5">'
)


def ten_sites(url_of: Callable[[str], str]) -> Mapping[str, dict[str, Answer]]:
    """What the server of each site answers, by the site's name; `url_of` gives a site's address."""

    def head(kind: str, address: str) -> str:
        return f'<link rel="alternate" type="application/{kind}" href="{address}">'

    feed, westvale, quiet = url_of("feed"), url_of("atom"), url_of("sitemap")
    wordpress, jsonfeed, here = url_of("wordpress"), url_of("json-feed"), url_of("redirected")
    robots = f"User-agent: *\nSitemap: {quiet}/sitemap.xml\n"
    forbidden = (403, "<h1>Forbidden</h1>", {})
    return {
        "feed": {
            "/news": cards("/news", head("rss+xml", "/news/rss.xml")),
            "/news/rss.xml": rss(feed, "/news"),
            **articles("/news"),
        },
        "atom": {
            "/": cards("/posts", head("atom+xml", "/feed.atom"), "Westvale Network"),
            "/feed.atom": atom(westvale, "/posts"),
            **articles("/posts"),
        },
        "sitemap": {
            "/": page("Welcome to the Dale Partnership", "We care for people in the dale."),
            "/robots.txt": (200, robots, {"Content-Type": "text/plain"}),
            "/sitemap.xml": sitemap(quiet, "/read"),
            **articles("/read"),
        },
        "cards": {"/latest-news": cards("/latest-news"), **articles("/latest-news")},
        "papers": {
            "/board/papers": papers(),
            **{
                f"/files/2026/board-papers-{day(number)}.txt": (
                    200,
                    f"Board papers\n\nItem {number}. {ABOUT}",
                    {"Content-Type": "text/plain"},
                )
                for number in range(0, 24, 4)
            },
        },
        "wordpress": {
            "/": cards("/2026/05", WORDPRESS_HEAD, "Moor Police"),
            "/feed/": rss(wordpress, "/2026/05"),
            "/comments/feed/": rss(wordpress, "/comment", ("A comment",)),
            **{
                path: str(text).replace("</head>", f"{WORDPRESS_HEAD}</head>")
                for path, text in articles("/2026/05").items()
            },
        },
        "json-feed": {
            "/updates": cards("/updates", head("feed+json", "/updates.json")),
            "/updates.json": (200, json_feed(jsonfeed, "/updates"), {"Content-Type": "application/feed+json"}),
            **articles("/updates"),
        },
        "blocked": {"/": forbidden, "/news": forbidden},
        "script": {"/": SHELL, "/news": SHELL},
        "redirected": {
            "/old": (301, "", {"Location": f"{here.replace('127.0.0.1', 'localhost')}/news"}),
            "/news": cards("/news"),
            **articles("/news"),
        },
    }


@contextmanager
def serving() -> Iterator[dict[str, Site]]:
    """The ten sites on ports of their own, by name; anything they do not have is a 404."""
    with ExitStack() as stack:
        sites: dict[str, Site] = {}
        for name in ten_sites(lambda name: ""):
            server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
            stack.enter_context(server)
            sites[name] = Site(server)
            server.expect_request(re.compile(".*")).respond_with_handler(sites[name].answer)
        for name, answers in ten_sites(lambda name: sites[name].url("/").rstrip("/")).items():
            sites[name].pages |= answers
        yield sites


def main() -> None:
    with serving() as sites:
        for name, site in sites.items():
            sys.stdout.write(f"{name:12} {site.url('/')}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
