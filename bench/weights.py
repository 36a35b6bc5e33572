"""How much each page of the web view weighs with as many organisations and sources as a national campaign has.

    python -m bench.weights [--organisations 250] [--sources 800] [address …]

Fills a store of its own and prints a line an address: bytes of the page, bytes as sent (gzip), and with the
stylesheet, which a browser asks for once. Nothing is timed: `bench.web` does that.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
from pathlib import Path

from starlette.testclient import TestClient

from tests.web.crowded import ORGANISATIONS, SOURCES, crowded
from tests.web.filling import NOW
from watcher.web.app import build_app

ADDRESSES = (
    "/", "/positions", "/positions?view=names", "/positions?stance=none", "/positions?page=all", "/organisations",
    "/organisations/body-3", "/sources", "/sources?state=resting", "/sources?page=all", "/charts",
    "/search?q=mentoring", "/statements/1", "/changes/1",
)  # fmt: skip


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=ORGANISATIONS)
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("addresses", nargs="*", default=ADDRESSES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-weights-") as folder:
        made = crowded(Path(folder), given.organisations, given.sources)
        app = build_app(made.configuration, made.storage, now=lambda: NOW, share=0)
        with TestClient(app) as client:
            style = client.get("/static/style.css").content
            print(f"{'bytes':>9} {'as sent':>9} {'with style':>11}  address")
            for address in given.addresses:
                page = client.get(address).content
                sent = len(gzip.compress(page, 6))
                print(f"{len(page):>9,} {sent:>9,} {len(page) + len(style):>11,}  {address}")
        made.db.close()


if __name__ == "__main__":
    main()
