"""`watcher same`: which of many texts are the same statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from watcher.core.dedup import cluster


def same(records: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """`{"id", "statement"}` for each record with `id` and `text`, in order; equal numbers, same statement.

    Numbers count from 1 in order of first appearance. A record without text is a statement of its own.
    """
    known = list(records)
    held = [(record["id"], str(record.get("text") or "")) for record in known]
    urls = [str(record.get("url") or "") for record in known]
    for (name, _), number in zip(held, cluster(held, urls), strict=True):
        yield {"id": name, "statement": number + 1}
