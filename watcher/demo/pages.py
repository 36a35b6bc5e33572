"""The shapes of page that real sites have: an article, a list of news, a feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.utils import format_datetime
from html import escape

from watcher.demo.server import Page


@dataclass(frozen=True, slots=True)
class News:
    """One line of a list of news, or one entry of a feed."""

    path: str
    title: str
    on: date


def article(
    site: str, title: str, on: date, paragraphs: Sequence[str], *, banner: str = "", furniture: str = ""
) -> Page:
    """A statement as a site shows it: a menu above, a footer below, and perhaps a banner over its heading."""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    notice = f'<div class="alert" role="alert"><p>{escape(banner)}</p></div>' if banner else ""
    return Page(
        f"""<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>{escape(title)} | {escape(site)}</title></head>
<body>
<header><a href="/">{escape(site)}</a>
<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li>
<li><a href="/contact">Contact</a></li></ul></nav>
</header>
<main>{notice}
<article><h1>{escape(title)}</h1>
<p><time datetime="{on.isoformat()}">{on.day} {on:%B %Y}</time></p>
{text}
</article></main>
{furniture}
<footer><p>© {escape(site)}</p><p><a href="/privacy">Privacy</a> · <a href="/cookies">Cookies</a></p></footer>
</body></html>"""
    )


def listing(site: str, news: Sequence[News]) -> Page:
    """A list of news, the newest first."""
    cards = "\n".join(
        f'<li class="card"><a href="{line.path}">{escape(line.title)}</a>'
        f' <time datetime="{line.on.isoformat()}">{line.on.day} {line.on:%B %Y}</time></li>'
        for line in sorted(news, key=lambda line: line.on, reverse=True)
    )
    return Page(
        f"""<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>News | {escape(site)}</title></head>
<body><header><a href="/">{escape(site)}</a></header>
<main><h1>News</h1><ul>
{cards}
</ul></main>
<footer><p>© {escape(site)}</p></footer></body></html>"""
    )


def feed(site: str, news: Sequence[News]) -> Page:
    """An RSS feed of titles and addresses."""
    entries = "\n".join(
        f"<item><title>{escape(line.title)}</title><link>{line.path}</link>"
        f"<pubDate>{format_datetime(datetime.combine(line.on, time(8)))}</pubDate></item>"
        for line in sorted(news, key=lambda line: line.on, reverse=True)
    )
    return Page(
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{escape(site)}</title>'
        f"<link>/</link><description>News of {escape(site)}</description>\n{entries}\n</channel></rss>",
        media_type="application/rss+xml",
    )
