"""Texts against one topic, as `watcher match` prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from watcher.core.model import Organisation
from watcher.core.reader import TopicReader
from watcher.core.topic import Topic
from watcher.core.urls import host_of


def match_record(
    topic: Topic, organisations: Sequence[Organisation], records: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """One answer a record: tier, score, reasons, stances (CONTRACT: "match")."""
    reader = TopicReader([topic])
    by_host = {domain: organisation for organisation in organisations for domain in organisation.domains}
    for record in records:
        title, text, url = record.get("title") or "", record["text"] or "", record.get("url") or ""
        organisation = _speaker(by_host, url)
        blocks = [block for block in text.split("\n\n") if block.strip()]
        found = reader.read(title, blocks, url, organisation)[0]
        yield {
            "id": record["id"],
            "tier": found.tier.value,
            "score": round(found.score, 3),
            "reasons": [{"term": reason.term, "excerpt": reason.excerpt} for reason in found.reasons],
            "stances": [
                {"stance": one.stance, "quote": one.quote, "because": list(one.because)} for one in found.stances
            ],
        }


def _speaker(by_host: dict[str, Organisation], url: str) -> Organisation | None:
    """The organisation on whose site the address is; None if it is nobody's we know."""
    host = host_of(url) if url else ""
    while host:
        if host in by_host or f"www.{host}" in by_host:
            return by_host.get(host) or by_host[f"www.{host}"]
        host = host.partition(".")[2]
    return None
