"""Time to read feeds: feedparser as it comes, feedparser with its slow parts off, and ours with cleaning.

    python -m tests.quality.measure_feeds [FILE…]

Without files it writes its own, in the shapes that WordPress, Drupal and plain scripts give;
with files it reads those. Best of five of each; one table, and what feedparser finds that ours
does not (which should be nothing).
"""

from __future__ import annotations

import io
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

import feedparser

from watcher.core.errors import ExtractError
from watcher.core.model import Recipe
from watcher.extract.feed import extract_feed

URL = "https://northmoor.example/feed/"
TEXT = "the trust has ended its team after a review by our director and we will publish the report in autumn"
WORDS = TEXT.split()
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
    ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>News</title>'
)


def made(entries: int, paragraphs: int, seed: int) -> bytes:
    """A feed of `entries`, each with a summary and `paragraphs` of full text."""
    source = random.Random(seed)

    def words(count: int) -> str:
        return " ".join(source.choice(WORDS) for _ in range(count))

    parts = []
    for number in range(entries):
        text = "".join(f'<p class="x">{words(50)} <a href="/x/{n}">{words(3)}</a></p>' for n in range(paragraphs))
        parts.append(
            f"<item><title>{words(6)} &#8211; {number}</title><link>https://northmoor.example/2021/06/{number}/</link>"
            f"<dc:creator><![CDATA[Office]]></dc:creator><pubDate>Tue, 08 Jun 2021 10:00:00 +0000</pubDate>"
            f"<category><![CDATA[News]]></category><guid isPermaLink='false'>{number}</guid>"
            f"<description><![CDATA[<p>{words(35)}</p>]]></description>"
            f"<content:encoded><![CDATA[{text}]]></content:encoded><slash:comments>0</slash:comments></item>"
        )
    return f"{HEAD}{''.join(parts)}</channel></rss>".encode()


def best_ms(read: Callable[[], Any]) -> float:
    """Milliseconds of the best of five."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        read()
        times.append(time.perf_counter() - started)
    return 1_000 * min(times)


def lost(body: bytes) -> list[str]:
    """Addresses that feedparser finds and ours does not."""
    theirs = {entry.get("link") for entry in feedparser.parse(io.BytesIO(body)).entries}
    try:
        ours = {found.url for found in extract_feed(body, URL, Recipe(), None).follow}
    except ExtractError:
        ours = set()
    return sorted(link for link in theirs if link and link.startswith("http") and link.partition("#")[0] not in ours)


def main(paths: list[str]) -> None:
    """Print the table."""
    bodies = [Path(path).read_bytes() for path in paths]
    if not bodies:
        bodies = [
            made(entries, text, seed)
            for seed, entries in enumerate((5, 10, 10, 20, 30, 50, 100))
            for text in (0, 3, 12)
        ]
    off = {"sanitize_html": False, "resolve_relative_uris": False}
    rows = {
        "feedparser as it comes": [best_ms(lambda b=body: feedparser.parse(io.BytesIO(b))) for body in bodies],
        "  without its sanitiser": [best_ms(lambda b=body: feedparser.parse(io.BytesIO(b), **off)) for body in bodies],
        "ours, cleaned": [best_ms(lambda b=body: extract_feed(b, URL, Recipe(), None)) for body in bodies],
    }
    for name, times in rows.items():
        cuts = quantiles(times, n=20)
        print(f"{name:26} median {cuts[9]:7.1f} ms   95th {cuts[18]:7.1f} ms")  # noqa: T201
    missing = [link for body in bodies for link in lost(body)]
    print(f"{len(bodies)} feeds, {sum(map(len, bodies)) / 1e6:.1f} MB, addresses lost: {len(missing)} {missing[:3]}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
