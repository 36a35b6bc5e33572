"""What happened to the links and documents of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from watcher.core.mask import Mask
from watcher.core.model import Document, Link
from watcher.core.text import normalise, words

_FILE = re.compile(r"\.(?:pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|zip|txt|epub)$")
_PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class LinkChange:
    """Reasons that make a change, and reasons that do not."""

    reasons: tuple[str, ...] = ()
    cosmetic: tuple[str, ...] = ()


def compare_links(before: Document, after: Document, mask: Mask) -> LinkChange:
    """What was attached, replaced or detached; an address that only moved is cosmetic.

    Queries and fragments are left out: they carry sessions and campaigns. A link counts where
    its words stand in both texts; words that came or went are an edit of the text already.
    """
    was, now = _targets(before.links, mask), _targets(after.links, mask)
    lost = [was[key] for key in was.keys() - now.keys()]
    gained = [now[key] for key in now.keys() - was.keys()]
    reasons: list[str] = []
    cosmetic: list[str] = []
    for old in sorted(lost, key=_order):
        new = next((link for link in gained if _words(link) == _words(old) or _name(link.url) == _name(old.url)), None)
        if new is not None:
            gained.remove(new)
            is_same = _only_moved(old.url, new.url)
            (cosmetic if is_same else reasons).append(_replaced(old, new, is_same))
        elif _is_file(old.url):
            reasons.append(f"a document was taken away: {_label(old)}")
        elif _still_said(old, after):
            reasons.append(f"a link was taken away: {_label(old)}")
    for new in sorted(gained, key=_order):
        if _is_file(new.url):
            reasons.append(f"a document was attached: {_label(new)}")
        elif _still_said(new, before):
            reasons.append(f"a link was added: {_label(new)}")
    return LinkChange(tuple(reasons), tuple(cosmetic))


def _targets(links: Iterable[Link], mask: Mask) -> dict[str, Link]:
    """Links by what they point to: host without www, path, no query."""
    found: dict[str, Link] = {}
    for link in links:
        key = _target(link.url)
        if key and not mask.hides_link(link.url):
            found.setdefault(key, link)
    return found


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if parts.scheme not in ("http", "https", ""):
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    # Some systems name documents in the query alone (download.aspx?id=12): there it is the address.
    query = parts.query if re.search(r"(?:download|getfile|document|attachment|file)[^/]*$", parts.path, re.I) else ""
    return f"{host}{unquote(parts.path).rstrip('/').lower()}" + (f"?{query}" if query else "")


def _is_file(url: str) -> bool:
    return bool(_FILE.search(_target(url).partition("?")[0]))


def _only_moved(old: str, new: str) -> bool:
    """Whether two addresses name the same thing: a page whose last part keeps its words and numbers.

    A file that moved keeps its whole name; a page may drop or bend words
    ("downgrading-your-plan", "downgrade-plan").
    """
    if _is_file(old) or _is_file(new):
        return _name(old) == _name(new) and _host(old) != _host(new)
    first, second = _PARTS.findall(_name(old)), _PARTS.findall(_name(new))
    if _host(old) != _host(new) and first != second:
        return False
    if [part for part in first if part.isdigit()] != [part for part in second if part.isdigit()]:
        return False
    stems, others = {part[:5] for part in first}, {part[:5] for part in second}
    return stems == others or len(stems & others) >= max(1, min(len(stems), len(others)) / 2)


def _host(url: str) -> str:
    return _target(url).partition("/")[0]


def _name(url: str) -> str:
    return _target(url).partition("?")[0].rsplit("/", 1)[-1]


def _words(link: Link) -> str:
    return " ".join(words(normalise(link.text)))


def _still_said(link: Link, document: Document) -> bool:
    """Whether the other text has the words that this link stands on."""
    said = _words(link)
    if " " not in said:  # a single word stands in many places: "contact", "here"
        return False
    return any(f" {said} " in f" {' '.join(words(normalise(block)))} " for block in document.blocks)


def _replaced(old: Link, new: Link, is_same: bool) -> str:
    if is_same:
        return f"a link's address moved: {_label(new)}"
    kind = "document" if _is_file(old.url) or _is_file(new.url) else "link"
    return f"a {kind} was replaced: {_name(old.url) or old.url} → {_name(new.url) or new.url}"


def _label(link: Link) -> str:
    return f"“{link.text}” ({link.url})" if link.text else link.url


def _order(link: Link) -> tuple[str, str]:
    return (link.url, link.text)
