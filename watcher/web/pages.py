"""The pages that list: latest, search, about, privacy."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.markup import one_line
from watcher.store import search as searching
from watcher.store import views
from watcher.web import filters, phrases
from watcher.web.entries import entry
from watcher.web.site import Site

PER_PAGE = 15  # with its style and the form a page stays under 60 kB, on a phone too
LONGEST_SEARCH = 500  # characters
_MOST_OFFSET = 400  # as many as are ranked


def latest(site: Site, request: Request, db: Database | None) -> Response:
    """The timeline, with its filters."""
    asked = filters.parse(request.query_params, site.configuration, site.now())
    before = positive(request.query_params.get("before"))
    told = views.timeline(db, asked.selection, PER_PAGE + 1, before) if db is not None else []
    shown, has_more = told[:PER_PAGE], len(told) > PER_PAGE
    return site.page(
        request,
        db,
        "latest.html",
        entries=[entry(site, db, one) for one in shown] if db is not None else [],
        asked=asked,
        before=before,
        older=asked.query(before=shown[-1].change.id) if has_more else None,
        form=form(site),
        is_empty=db is None or views.last_poll_at(db) is None,
    )


def form(site: Site) -> dict[str, list[tuple[str, str]]]:
    """The choices of the filter form that depend on the configuration: (value, label)."""
    organisations = sorted(site.configuration.organisations, key=lambda o: o.name.casefold())
    regions = sorted({o.region for o in organisations if o.region})
    present = {o.kind.value for o in organisations}
    return {
        "topic": [(topic.id, topic.name) for topic in site.configuration.topics],
        "organisation": [(o.id, o.name) for o in organisations],
        "region": [(region, region) for region in regions],
        "kinds": [(kind, words) for kind, words in phrases.ORGANISATION_KINDS.items() if kind in present],
        "stances": [(stance, phrases.stance_label(stance)) for stance in phrases.STANCE_NAMES],
    }


def search(site: Site, request: Request, db: Database | None) -> Response:
    """Full text over every version, best first."""
    asked = request.query_params
    text = asked.get("q", "")[:LONGEST_SEARCH].strip()
    since, until = (filters.parse_day(asked.get(name, "").strip()) for name in ("from", "to"))
    offset = min(positive(asked.get("offset")) or 0, _MOST_OFFSET)
    query = searching.parse_query(text)
    span = filters.moments(since, until, site.zone)
    found = searching.search(db, query, PER_PAGE + 1, offset, *span) if db is not None else []
    carried = {"q": text, "from": since.isoformat() if since else None, "to": until.isoformat() if until else None}
    here = filters.Asked(views.Selection(), {name: value for name, value in carried.items() if value})
    return site.page(
        request,
        db,
        "search.html",
        text=text,
        since=since,
        until=until,
        offset=offset,
        query=query,
        notes=_search_notes(asked, query),
        hits=[(hit, marked(without_title(hit.excerpt, hit.title))) for hit in found[:PER_PAGE]],
        first=here.query() if offset else None,
        more=here.query(offset=offset + PER_PAGE) if len(found) > PER_PAGE else None,
    )


def _search_notes(asked: Mapping[str, str], query: searching.Query) -> list[str]:
    """What of a search was not understood or left out, in sentences."""
    notes = [
        f"{filters.unknown(name, value, None)}. It limits nothing."
        for name in ("from", "to")
        if (value := asked.get(name, "").strip()) and filters.parse_day(value) is None
    ]
    if len(asked.get("q", "")) > LONGEST_SEARCH:
        notes.append(f"That is long: the first {LONGEST_SEARCH} characters were searched for.")
    elif query.is_cut:
        notes.append(f"Those are many words: the first {searching.MOST_TERMS} were searched for.")
    return notes


def without_title(excerpt: str, title: str) -> str:
    """An excerpt without the title at its beginning, which stands above it anyway, if more than that is left.

    >>> without_title("Our statement We have ended it", "Our statement")
    'We have ended it'
    """
    line, title = one_line(excerpt), one_line(title)
    length = seen = 0
    for sign in line:
        if seen == len(title):
            break
        length += 1
        if sign in (searching.MARK_START, searching.MARK_END):
            continue
        if sign != title[seen]:
            return line
        seen += 1
    rest = line[length:].removeprefix(searching.MARK_END)
    # A phrase may begin in the title and end after it; and "Our plan" is no title of "Our planning".
    is_whole = rest.count(searching.MARK_START) == rest.count(searching.MARK_END) and not rest[:1].isalnum()
    return rest.lstrip() if seen == len(title) and is_whole and any(sign.isalnum() for sign in rest) else line


def marked(excerpt: str) -> Markup:
    """An excerpt as HTML, the words that were found in <mark>."""
    safe = str(escape(one_line(excerpt)))
    return Markup(safe.replace(searching.MARK_START, "<mark>").replace(searching.MARK_END, "</mark>"))  # noqa: S704


def about(site: Site, request: Request, db: Database | None) -> Response:
    """What is watched, how it decides, how to correct us."""
    enabled = sum(source.enabled for source in site.configuration.sources)
    return site.page(request, db, "about.html", sources=enabled, contact=site.configuration.settings.contact)


def privacy(site: Site, request: Request, db: Database | None) -> Response:
    """What is kept about visitors: nothing; and about people in the texts."""
    return site.page(request, db, "privacy.html", contact=site.configuration.settings.contact)


def positive(text: str | None) -> int | None:
    """A number from an address; None if it is none, or larger than any id can be."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST)):
        return None
    return int(text)


LARGEST = 10**15 - 1
"""No id and no cursor is larger."""
