"""For machines that keep an eye on things: healthz, metrics, robots.txt, sitemap.xml, the stylesheet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from xml.sax.saxutils import escape

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher import __version__
from watcher.store import copies, outbox, reads, views
from watcher.web.site import Site, respond

_SILENT_TOO_LONG = timedelta(days=2)  # as doctor has it
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def healthz(site: Site, request: Request, db: Database | None) -> Response:
    """What is wrong, for a monitor: 200 if the view works. What the watch itself lacks is named, not punished.

    A restart helps against nothing of that, and a container must not be killed for a blocked source.
    """
    states = reads.source_states(db) if db is not None else {}
    last = views.last_poll_at(db) if db is not None else None
    blind = sum(state not in reads.SEEN for state in states.values())
    wrong = []
    if db is None or last is None:
        wrong.append("nothing polled yet")
    elif site.now() - last > _SILENT_TOO_LONG:
        wrong.append(f"no poll has ended since {site.moment(last)}")
    if blind:
        wrong.append(f"{blind} of {len(states)} sources can't be read")
    told = {
        "status": "ok",
        "version": __version__,
        "last_poll_at": last.isoformat() if last else None,
        "sources": len(states),
        "sources_blind": blind,
        "wrong": wrong,
    }
    return respond(json.dumps(told).encode(), "application/json", headers={"Cache-Control": "no-store"})


def metrics(site: Site, request: Request, db: Database | None) -> Response:
    """Counts in the Prometheus text format."""
    lines = [*_head("watcher_up", "1 while the web view answers"), "watcher_up 1"]
    if db is not None:
        lines += _gauges("watcher_rows", "Rows kept", "table", views.table_counts(db))
        lines += _gauges("watcher_deliveries", "Messages by how far they are", "state", outbox.counts(db))
        by_state = dict.fromkeys(copies.STATES, 0) | copies.counts(db)
        lines += _gauges("watcher_copies", "Copies in an outside archive by how far they are", "state", by_state)
        states = Counter(reads.source_states(db).values())
        lines += _gauges("watcher_sources", "Sources by how they were read last", "state", states)
        last = views.last_poll_at(db)
        if last is not None:
            lines += _head("watcher_last_poll_timestamp_seconds", "When the last cycle ended")
            lines += [f"watcher_last_poll_timestamp_seconds {last.timestamp():.3f}"]
    body = "\n".join(lines) + "\n"
    media_type = "text/plain; version=0.0.4; charset=utf-8"
    return respond(body.encode(), media_type, headers={"Cache-Control": "no-store"})


def _head(name: str, says: str) -> list[str]:
    return [f"# HELP {name} {says}", f"# TYPE {name} gauge"]


def _gauges(name: str, says: str, label: str, counts: Mapping[str, int]) -> list[str]:
    return [*_head(name, says), *(f'{name}{{{label}="{key}"}} {number}' for key, number in sorted(counts.items()))]


def robots(site: Site, request: Request, db: Database | None) -> Response:
    """Search engines are welcome to the pages, not to every view and page of results."""
    kept_out = "".join(f"Disallow: {path}\n" for path in ("/search", "/api/", "/confirm/", "/leave/"))
    text = f"User-agent: *\n{kept_out}\nSitemap: {site.base(request)}/sitemap.xml\n"
    return respond(text.encode(), "text/plain; charset=utf-8")


def sitemap(site: Site, request: Request, db: Database | None) -> Response:
    """Every public page (sitemaps.org 0.9)."""
    paths = ["/", "/organisations", "/positions", "/sources", "/charts", "/subscribe", "/about", "/privacy"]
    paths += [f"/organisations/{one.id}" for one in site.configuration.organisations]
    if db is not None:
        statement_ids, change_ids = views.public_ids(db)
        paths += [f"/statements/{number}" for number in statement_ids]
        paths += [f"/changes/{number}" for number in change_ids]
    base = site.base(request)
    urls = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in paths)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )
    return respond(body.encode(), "application/xml; charset=utf-8")


def style(site: Site, request: Request, db: Database | None) -> Response:
    """The one stylesheet; pages name it by its hash, so it may be kept for ever."""
    return respond(site.style, "text/css; charset=utf-8", headers=_FOREVER)


def icon(site: Site, request: Request, db: Database | None) -> Response:
    """The icon of the tab."""
    body = (files("watcher.web") / "static" / "icon.svg").read_bytes()
    return respond(body, "image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
