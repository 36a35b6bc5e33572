"""Where a document stood before: a redirect, or a site that has a new name."""

from __future__ import annotations

from urllib.parse import urlsplit

from watcher.core.decide import Seen
from watcher.core.model import Document, Fetched
from watcher.core.similar import similarity
from watcher.core.text import normalise
from watcher.core.urls import identity, other_identities, trusted_canonical
from watcher.extract.charset import decode
from watcher.extract.discover import canonical_link
from watcher.pipeline.cycle import Visit
from watcher.pipeline.timetable import is_own_address
from watcher.pipeline.watch import Watch
from watcher.store import checks, documents

# A redirect whose target shares less than half of the words' 5-shingles leads to another text.
SAME_TEXT = 0.5


def before_it_moved(watch: Watch, visit: Visit, fetched: Fetched) -> Seen | None:
    """What was known at the address asked, if it now leads to another one for the first time."""
    if identity(fetched.final_url) == visit.check.identity:
        return None
    before = documents.seen_of(watch.db, visit.check.id, visit.check.identity)
    if before is None or identity(before.document.url) == identity(fetched.final_url):
        return None
    return before


def at_former_host(watch: Watch, visit: Visit, document: Document) -> Seen | None:
    """The document as it was known at the same path of a former host of the organisation, with the same text.

    The organisation's `domains` name the present host first: a text moves towards it and never back.
    A page that the configuration itself still names at the former host stays there.
    """
    for key in other_identities(document.url, _from_own_host(document.url, visit.organisation.domains)):
        known = documents.seen_of(watch.db, 0, key)
        if known is None or not is_same_text(known.document, document) or known.state == documents.REMOVED:
            continue
        check = checks.check_by_id(watch.db, documents.where_of(watch.db, known.document_id).check_id)
        if check.id == visit.check.id or not is_own_address(check):
            return known
    return None


def is_copy_of_known(watch: Watch, visit: Visit, document: Document, fetched: Fetched) -> bool:
    """Whether the page names another address of its site as its own, where the same text is known already.

    Both are asked for, because templates write one address on every page. A source's own address is
    never folded into another: the configuration wants it read.
    """
    if is_own_address(visit.check) or fetched.media_type not in ("text/html", "application/xhtml+xml"):
        return False
    said = canonical_link(decode(fetched.body, fetched.charset))
    named = trusted_canonical(document.url, said, visit.organisation.domains) if said else None
    if named is None or identity(named) == identity(document.url):
        return False
    known = documents.seen_of(watch.db, 0, identity(named))
    return known is not None and known.state == documents.PRESENT and is_same_text(known.document, document)


def is_same_text(before: Document, after: Document) -> bool:
    """Whether two texts are near enough for one to be the other at a new address."""
    return similarity(normalise(before.text), normalise(after.text)) >= SAME_TEXT


def _from_own_host(url: str, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The host of `url` and those that follow it in `hosts`: its former ones."""
    own = urlsplit(identity(url)).hostname
    place = next((at for at, host in enumerate(hosts) if urlsplit(identity(f"https://{host}/")).hostname == own), None)
    return () if place is None else hosts[place:]
