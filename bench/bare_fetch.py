"""`python -m bench.bare_fetch URLS STATE`: the yardstick. Conditional requests with httpx2, and nothing else.

One thread a host and as many at a time as the watcher has, connections kept, bodies read to
their end and dropped. STATE keeps the ETags for the next run.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

WORKERS = 16  # the watcher's default


def fetch_host(urls: list[str], etags: dict[str, str]) -> dict[str, str]:
    """The ETags of one host's pages after another visit."""
    with httpx2.Client(trust_env=False, http2=True) as client:
        return {url: etag for url in urls if (etag := _visit(client, url, etags.get(url)))}


def _visit(client: httpx2.Client, url: str, etag: str | None) -> str | None:
    answer = client.get(url, headers={"If-None-Match": etag} if etag else {})
    if answer.status_code not in (200, 304):
        raise SystemExit(f"{url}: HTTP {answer.status_code}")
    return answer.headers.get("etag", etag)


def main(urls_file: Path, state: Path) -> None:
    etags = json.loads(state.read_text()) if state.exists() else {}
    by_host: dict[str, list[str]] = {}
    for url in urls_file.read_text().split():
        by_host.setdefault(urlsplit(url).netloc, []).append(url)
    with ThreadPoolExecutor(WORKERS) as executor:
        found = executor.map(lambda urls: fetch_host(urls, etags), by_host.values())
    state.write_text(json.dumps({url: etag for part in found for url, etag in part.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
