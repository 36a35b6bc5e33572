"""Every fault of what a page, feed or sitemap says: what it holds, and what one poll says of it.

`docs/faults.md` shows these rows to people; tests/pipeline/test_faults.py holds both together.
"""

from __future__ import annotations

import codecs
import gzip
import json
from dataclasses import dataclass

from tests.faults.server import Answer, Asked
from tests.faults.table import BLOCKED, BUSY, EMPTY, MALFORMED, TOO_LARGE, UNSUPPORTED
from watcher.core.model import SourceKind

READ = "read"
NOTHING = "nothing new"
MISSING = "missing"
FRONT = "/"  # of the site

SAID = "The café’s £20 grant – “a début”, as Zoë said – was spent on the garden by the river."
MORE = (
    "Our services go on as they did, and nobody needs to do anything. If you have an appointment, please keep it.",
    "People who want to talk about this can ring the office on weekdays, and we will answer within a week.",
)


@dataclass(frozen=True)
class ContentFault:
    """One row: what is found at the source's address, first or in place of what was read well before."""

    name: str
    kind: SourceKind
    says: str
    answer: Answer
    before: Answer | None = None  # on the first visit; None: the fault is there from the start
    shows: str = ""  # words that must have been read

    @property
    def id(self) -> str:
        letters = "".join(letter if letter.isalnum() else " " for letter in f"{self.kind} {self.name}".lower())
        return "-".join(letters.encode("ascii", "ignore").decode().split())[:80]


def _page(*paragraphs: str, title: str = "A note on our garden", head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head>{head}<title>{title}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<main><h1>{title}</h1>{body}</main><footer><p>Northmoor Care Trust</p></footer></body></html>"
    )


def _sent(body: str | bytes, *headers: str, status: int = 200) -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return lambda asked: asked.respond(status, raw, *headers)


def _as(codec: str, content_type: str, *, meta: str = "", mark: bytes = b"") -> Answer:
    """The page in one character set, said to be in another."""
    declared = f'<meta charset="{meta}">' if meta else ""
    return _sent(mark + _page(SAID, *MORE, head=declared).encode(codec), f"Content-Type: {content_type}")


def _redirect(location: str) -> Answer:
    return lambda asked: asked.respond(302, b"", f"Location: {location}")


TOPIC = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
GOOD = _sent(_page(SAID, *MORE))


def _counted(asked: Asked) -> None:
    """A page with a counter that goes up and a session in its links."""
    asked.respond(
        200,
        _page(
            TOPIC, *MORE, f'{40 + asked.number} people have read this. <a href="/?sid={asked.number}">Share</a>'
        ).encode(),
    )


def _barrier(title: str, *paragraphs: str, more: str = "") -> Answer:
    said = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return _sent(f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{said}{more}</body></html>")


LOGIN = _barrier(
    "Sign in",
    "Please sign in to continue. Forgotten your password?",
    more="<form><input name='u'><input type='password' name='p'><button>Sign in</button></form>",
)
SHELL = _sent(
    '<html><head><title>Northmoor</title><script src="/a.js"></script></head><body>'
    '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>'
)

XML = "Content-Type: application/rss+xml"


def _entry(name: str, guid: str = "", day: str = "Mon, 01 Jun 2026 09:00:00 GMT", link: str = "") -> str:
    when = f"<pubDate>{day}</pubDate>" if day else ""
    address = f"<link>{link}</link>" if link else ""
    told = f"<guid>{guid or name}</guid>{when}<description>{name}.</description>"
    return f"<item><title>{name}</title>{address}{told}</item>"


def _rss(*entries: str, opening: str = '<?xml version="1.0"?>') -> str:
    return f'{opening}<rss version="2.0"><channel><title>News</title>{"".join(entries)}</channel></rss>'


def _links(names: tuple[str, ...], folder: str) -> list[str]:
    return [_entry(name, link=f"/{folder}/{name.lower().replace(' ', '-')}") for name in names]


TWO = ("The garden opens", "The fair is in June")
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
QUADRATIC = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "{"ha" * 50_000}">]>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def _new_guids(asked: Asked) -> None:
    asked.respond(
        200,
        _rss(*(_entry(n, f"guid-{n}-{asked.number}", link=f"/guids/{n.replace(' ', '-')}") for n in TWO)).encode(),
        XML,
    )


def _new_dates(asked: Asked) -> None:
    day = f"Mon, {asked.number:02} Jun 2026 09:00:00 GMT"
    asked.respond(200, _rss(*(_entry(n, n, day, link=f"/dates/{n.replace(' ', '-')}") for n in TWO)).encode(), XML)


def _sitemap(*urls: str, opening: str = "", lastmod: str = "2026-06-01") -> str:
    body = "".join(f"<url><loc>{url}</loc><lastmod>{lastmod}</lastmod></url>" for url in urls)
    return f'{opening}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</urlset>'


def _sitemap_of(folder: str, **how: str) -> Answer:
    return lambda asked: asked.respond(
        200, _sitemap(f"{asked.server.url}/{folder}/one", **how).encode(), "Content-Type: application/xml"
    )


PAGE, FEED, SITEMAP, LISTING = SourceKind.PAGE, SourceKind.FEED, SourceKind.SITEMAP, SourceKind.LISTING
FEED_OF_TWO = _sent(_rss(*_links(TWO, "two")), XML)


def _page_rows() -> list[ContentFault]:
    def row(name: str, says: str, answer: Answer, shows: str = "") -> ContentFault:
        return ContentFault(name, PAGE, says, answer, shows=shows)

    latin, utf8, html = "text/html; charset=iso-8859-1", "text/html; charset=utf-8", "text/html"
    return [
        row("UTF-8 that the header calls Latin-1", READ, _as("utf-8", latin), SAID),
        row("Windows-1252 that the header calls Latin-1", READ, _as("cp1252", latin), SAID),
        row("Windows-1252 that the header calls UTF-8", READ, _as("cp1252", utf8), SAID),
        row("Windows-1252 that the page calls UTF-8", READ, _as("cp1252", html, meta="utf-8"), SAID),
        row("UTF-8 that the page calls Latin-1", READ, _as("utf-8", html, meta="iso-8859-1"), SAID),
        row("UTF-8 that nobody names", READ, _as("utf-8", html), SAID),
        row("Windows-1252 that nobody names", READ, _as("cp1252", html), SAID),
        row("UTF-16 with a mark, called UTF-8", READ, _as("utf-16-le", utf8, mark=codecs.BOM_UTF16_LE), SAID),
        row("UTF-8 with a mark, called Latin-1", READ, _as("utf-8", latin, mark=codecs.BOM_UTF8), SAID),
        row("a character set that does not exist", READ, _as("utf-8", "text/html; charset=utf-9"), SAID),
        row("a page that is called a PDF", READ, _sent(_page(SAID, *MORE), "Content-Type: application/pdf"), SAID),
        row("a page that needs scripts", EMPTY, SHELL),
        row("tags that are never closed", READ, _sent(f"<html><body><main><p>{SAID}<p>{MORE[0]}<p>{MORE[1]}"), SAID),
        row("100,000 tags in each other", READ, _sent("<div>" * 100_000 + f"<p>{SAID}<p>{MORE[0]}"), SAID),
    ]


def _wall_rows() -> list[ContentFault]:
    def row(name: str, says: str, answer: Answer) -> ContentFault:
        return ContentFault(name, PAGE, says, answer, before=GOOD)

    challenge = "Checking your browser before you continue. Ray ID: 8f2a. Please enable JavaScript and cookies."
    consent = "We and our partners use cookies. Before you continue, accept all or manage your preferences."
    outage = "Our website is down for maintenance. Please try again later."
    lost = "Sorry, the page you are looking for could not be found. It may have been moved or deleted."
    return [
        row("a login page in its place", BLOCKED, LOGIN),
        row("a redirect to a login page", BLOCKED, _redirect("/login?from=here")),
        row("a cookie wall in its place", BLOCKED, _barrier("Your privacy", consent)),
        row("a challenge under a 200", BLOCKED, _barrier("Just a moment...", challenge)),
        row("an outage page under a 200", BUSY, _barrier("Service unavailable", outage)),
        row("a shell that needs scripts in its place", EMPTY, SHELL),
        row("nothing at all in its place", EMPTY, _sent(b"")),
        row("an image in its place", UNSUPPORTED, _sent(b"\x89PNG\r\n", "Content-Type: image/png")),
        row("403 in its place", BLOCKED, _sent("<h1>Forbidden</h1>", status=403)),
        row("“not found” under a 200", MISSING, _barrier("Page not found", lost)),
        row("a redirect to the front page", MISSING, _redirect(FRONT)),
        row("a redirect to a “not found” page", MISSING, _redirect("/page-not-found")),
        row("404", MISSING, _sent("<h1>Not found</h1>", status=404)),
        row("410", MISSING, _sent("<h1>Gone</h1>", status=410)),
        row("the same page, in another character set", NOTHING, _as("cp1252", "text/html; charset=windows-1252")),
        ContentFault("a counter that goes up, a session in its links", PAGE, NOTHING, _counted, before=_counted),
    ]


def _feed_rows() -> list[ContentFault]:
    def row(name: str, says: str, body: str | bytes, shows: str = "", kind: str = XML) -> ContentFault:
        return ContentFault(name, FEED, says, _sent(body, kind), shows=shows)

    cafe = _entry("The café’s grant – £20", link="/cafe/1")
    both = _rss(_entry("First text", "same", link="/same/1"), _entry("Second text", "same", link="/same/2"))
    many = " ".join(f'a{number}="1"' for number in range(200_000))
    broken = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}]})[:-9]
    return [
        row("an entity bomb that doubles and doubles", READ, _rss(_entry("Ha &j;", link="/laughs/1"), opening=LAUGHS)),
        row(
            "an entity bomb of one long entity", READ, _rss(_entry("Ha " + "&a;" * 500, link="/q/1"), opening=QUADRATIC)
        ),
        row("an entity that names a file", READ, _rss(_entry("Ha &x;", link="/external/1"), opening=EXTERNAL)),
        row("200,000 attributes on one tag", TOO_LARGE, _rss(f"<item {many}>" + _entry("A", link="/many/1")[6:])),
        row("two entries with one guid", READ, both, "Second text"),
        row("no dates", READ, _rss(_entry("No dates here", day="", link="/nodates/1")), "No dates here"),
        row(
            "dates in 2099", READ, _rss(_entry("Of 2099", day="Mon, 01 Jun 2099 09:00:00 GMT", link="/f/1")), "Of 2099"
        ),
        row("dates without sense", READ, _rss(_entry("Of no day", day="31/31/31", link="/nonsense/1")), "Of no day"),
        row("a bare &", READ, _rss(_entry("Bread & butter", link="/bare/1")), "Bread & butter"),
        row("HTML entities in the XML", READ, _rss(_entry("Caf&eacute;&nbsp;news", link="/html/1")), "Café news"),
        row("a control character", READ, _rss(_entry("Ring the \x07 bell", link="/control/1")), "bell"),
        row("Windows-1252 that is called UTF-8", READ, _rss(cafe).encode("cp1252"), "The café’s grant – £20"),
        row(
            "UTF-8 that is called Latin-1",
            READ,
            _rss(cafe.replace("/cafe/", "/cafes/")),
            "The café’s grant – £20",
            f"{XML}; charset=iso-8859-1",
        ),
        row("broken off in the middle", READ, _rss(*_links(TWO, "cut"))[:-60], TWO[0]),
        row("a feed that is called HTML", READ, _rss(*_links(TWO, "called")), TWO[1], "Content-Type: text/html"),
        row("an address in the guid, and no link", READ, _rss(_entry("By its guid", "/guid/1")), "By its guid"),
        row("no entries", READ, _rss()),
        row("HTML in the place of XML", MALFORMED, _page(SAID, *MORE), "", "Content-Type: text/html"),
        row("nothing at all", EMPTY, b""),
        row("JSON that breaks off", MALFORMED, broken, "", "Content-Type: application/feed+json"),
    ]


def _later_rows() -> list[ContentFault]:
    def row(name: str, kind: SourceKind, says: str, answer: Answer, before: Answer) -> ContentFault:
        return ContentFault(name, kind, says, answer, before=before)

    turned = _sent(_rss(*reversed(_links(TWO, "two"))), XML)
    page = _sent(_page(SAID, *MORE))
    cards = "".join(f'<li><h3><a href="/cards/{n}-of-our-stories">Story {n} of ours</a></h3></li>' for n in range(5))
    listing = _sent(f"<html><body><main><h1>News</h1><ul>{cards}</ul></main></body></html>")
    outage = _barrier("Service unavailable", "Our website is down for maintenance. Please try again later.")
    return [
        row("guids that change on each visit", FEED, NOTHING, _new_guids, _new_guids),
        row("dates that change on each visit", FEED, NOTHING, _new_dates, _new_dates),
        row("the same entries in another order", FEED, NOTHING, turned, FEED_OF_TWO),
        row("a feed that has lost its entries", FEED, NOTHING, _sent(_rss(), XML), FEED_OF_TWO),
        row("a web page in the place of the feed", FEED, MALFORMED, page, FEED_OF_TWO),
        row(
            "a list that has lost its links", LISTING, EMPTY, _sent("<html><main><h1>News</h1></main></html>"), listing
        ),
        row("an outage page in the place of the list", LISTING, BUSY, outage, listing),
        row("a login page in the place of the list", LISTING, BLOCKED, LOGIN, listing),
        row("a list that is not there", LISTING, "failed: gone", _sent("<h1>Not found</h1>", status=404), listing),
    ]


def _sitemap_rows() -> list[ContentFault]:
    def row(name: str, says: str, answer: Answer) -> ContentFault:
        return ContentFault(name, SITEMAP, says, answer)

    bomb = _sitemap("/&j;", opening=LAUGHS)
    return [
        row("an entity bomb that doubles and doubles", READ, _sent(bomb, "Content-Type: application/xml")),
        row("dates in 2099", READ, _sitemap_of("later", lastmod="2099-01-01")),
        row("no XML declaration", READ, _sitemap_of("plain")),
        row(
            "gzipped, without a word",
            READ,
            lambda a: a.respond(200, gzip.compress(_sitemap(f"{a.server.url}/gz/1").encode())),
        ),
        row(
            "gzip that breaks off",
            READ,
            _sent(
                gzip.compress(_sitemap(*(f"/{n * 7919}" for n in range(900))).encode())[:-900],
                "Content-Type: application/gzip",
            ),
        ),
        row("HTML in the place of XML", MALFORMED, _sent(_page(SAID, *MORE))),
    ]


CONTENT: tuple[ContentFault, ...] = (
    *_page_rows(),
    *_wall_rows(),
    *_feed_rows(),
    *_sitemap_rows(),
    *_later_rows(),
)
"""Rows in the order of the document."""

OTHERS: dict[str, Answer] = {
    FRONT: _sent(_page("We care for people in the whole of the county, by day and by night.", title="Welcome")),
    "/login": LOGIN,
    "/page-not-found": _barrier("Not found", "Sorry, the page you are looking for could not be found."),
}
"""Further pages of the site."""


def story(asked: Asked) -> None:
    """What any address that a feed or a list names answers: a text that stays as it is."""
    asked.respond(
        200, _page(f"This is what stands at {asked.path}, and nothing else.", *MORE, title=asked.path).encode()
    )
