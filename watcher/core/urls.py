"""Addresses: the one that is fetched, and the key by which two of them are the same document.

`canonical` gives an address that can still be fetched; `identity` folds further (scheme, www,
trailing slash, order of the query), so its result is a key to compare by and not an address to
ask for: a site may answer on only one of the forms that share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

import idna

_DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that campaigns, mailers and analytics add to a link and no page looks at.
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid",
        "li_fat_id", "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi",
        "__hstc", "__hssc", "__hsfp", "hsctatracking", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id",
        "wickedid", "s_cid", "cmpid", "icid", "ref_src", "ref_url", "at_medium", "at_campaign", "rb_clickid",
        "epik", "scid", "srsltid", "ns_mchannel", "ns_campaign", "ns_source", "ns_linkname", "phpsessid",
    }
)  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#;]*", re.I)

# Parameters that many systems tell pages apart by: a rel=canonical that loses one is a mistake.
_TELLING = frozenset({"p", "page", "paged", "page_id", "pageid", "id", "post", "article", "newsid", "start", "offset"})

# RFC 3986: unreserved characters never need an escape; these may stand unescaped in a path or query.
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "!$&'()*+,;=:@/?-._~"
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_SPACE = re.compile(r"[\t\r\n]")

# Last segments of addresses that are about nothing in particular.
_HOME = re.compile(r"(?:index|default|home|homepage|start)(?:\.\w{2,5})?|en|en-gb|en-us|cy", re.I)
_GENERIC = re.compile(
    r"(?:index|default|home|homepage|start|error|not-?found|page-?not-?found|404|410|40[34]-error|search|sitemap)"
    r"(?:\.\w{2,5})?|en|en-gb|en-us|cy"
    r"|news|latest-?news|all-?news|our-?news|news-and-(?:events|media|features|views)|newsroom|media|press|blogs?",
    re.I,
)


_PART = "part="


def canonical(url: str) -> str:
    """`url` in one spelling that can be fetched; twice is once.

    Scheme and host in lower case, IDN as punycode, no default port, fragment, credentials or
    tracking parameters, dot segments resolved, escapes in capitals and only where needed.
    What is not an http(s) address comes back as it is, stripped.

    >>> canonical("HTTP://News.Northmoor.example:80/a/../b%7e?utm_source=x&p=3#top")
    'http://news.northmoor.example/b~?p=3'
    """
    parts = _split(url)
    if parts is None:
        return url.strip()
    path = _SESSION_IN_PATH.sub("", _spelled(parts.path)) or "/"
    return urlunsplit((parts.scheme, parts.netloc, _without_dots(path), "&".join(_parameters(parts.query)), ""))


def identity(url: str) -> str:
    """The key of the document at `url`: equal for http and https, with and without www, and so on.

    Twice is once. Not for fetching. A fragment is dropped, unless it names a part (see `part_address`).

    >>> identity("http://www.northmoor.example/news/?b=2&a=1") == identity("https://northmoor.example/news?a=1&b=2")
    True
    """
    parts = _split(canonical(url))
    if parts is None:
        return url.strip()
    host, port = _without_www(parts.hostname or ""), parts.port
    netloc = _netloc(host, None if port in _DEFAULT_PORTS.values() else port)
    query = "&".join(sorted(_parameters(parts.query), key=lambda pair: pair.partition("=")[0]))
    fragment = url.strip().partition("#")[2]
    part = fragment if fragment.startswith(_PART) else ""
    return urlunsplit(("https", netloc, parts.path.rstrip("/") or "/", query, part))


def part_address(url: str, name: str) -> str:
    """The address of one text among several at `url`: a member of an archive, an entry of a feed without its own page.

    >>> part_address("https://northmoor.example/papers.zip#top", "item 4/paper.pdf")
    'https://northmoor.example/papers.zip#part=item%204/paper.pdf'
    """
    return f"{url.partition('#')[0]}#{_PART}{quote(name)}"


def is_part(url: str) -> bool:
    """Whether `url` is the address of a part, which can't be asked for by itself."""
    return url.partition("#")[2].startswith(_PART)


def other_identities(url: str, domains: Iterable[str]) -> tuple[str, ...]:
    """The keys that the document at `url` would have at the organisation's other `domains`, in their order.

    For a rename of a whole site: a new address whose other key is known, and whose text is the
    same, has moved. Empty if the host of `url` is not one of `domains` itself (www aside).

    >>> other_identities("https://new.example/news/1", ["new.example", "old.example"])
    ('https://old.example/news/1',)
    """
    key = _split(identity(url))
    own = [_without_www(_spelled_host(domain)) for domain in domains]
    if key is None or key.hostname not in own:
        return ()
    netlocs = dict.fromkeys(_netloc(host, key.port) for host in own if host and host != key.hostname)
    return tuple(urlunsplit(key._replace(netloc=netloc)) for netloc in netlocs)


def host_of(url: str) -> str:
    """Host of `url` in lower case, with its port unless that is the scheme's own; "" if it has none.

    One server in the sense of politeness: what `HostBatch.host` holds.

    >>> host_of("https://WWW.Northmoor.example:443/news"), host_of("http://127.0.0.1:8080/")
    ('www.northmoor.example', '127.0.0.1:8080')
    """
    parts = _split(url)
    return parts.netloc if parts else ""


def same_site(a: str, b: str, domains: Iterable[str] = ()) -> bool:
    """Whether two addresses belong to one publisher.

    True for the same host but for www, and for two hosts that are both among `domains` (an
    organisation's own, present and former) or below them.

    >>> same_site("https://northmoor.example/", "https://news.northmoor.example/", ["northmoor.example"])
    True
    """
    first, second = _bare_host(a), _bare_host(b)
    if not first or not second:
        return False
    own = [_without_www(_spelled_host(domain)) for domain in domains]
    return first == second or all(
        any(host == domain or host.endswith("." + domain) for domain in own if domain) for host in (first, second)
    )


def trusted_canonical(page_url: str, rel_canonical: str, domains: Iterable[str] = ()) -> str | None:
    """The address that a page's rel=canonical names, if it can be believed; else None.

    Believed within the same site. Not believed: the front page or a parent folder of the page
    (templates that write one address on every page), and the page's own address without a
    parameter that tells pages apart ("?p=").

    >>> trusted_canonical("https://northmoor.example/news/1?ref=a", "/news/1")
    'https://northmoor.example/news/1'
    """
    try:
        named = canonical(urljoin(page_url, rel_canonical.strip()))
    except ValueError:
        return None
    page, target = _split(canonical(page_url)), _split(named)
    if page is None or target is None or not same_site(page_url, named, domains):
        return None
    page_path, target_path = page.path.rstrip("/"), target.path.rstrip("/")
    if page_path != target_path and (page_path + "/").startswith(target_path + "/"):
        return None
    lost = _telling(page.query) - _telling(target.query)
    is_same_place = page_path == target_path or not target_path
    return None if lost and is_same_place else named


def redirected_home(url: str, final_url: str) -> bool:
    """Whether a redirect led from a page to the front page or another generic one (news index, error page).

    False without a redirect, and where the asked page was a generic one itself.

    >>> redirected_home("https://northmoor.example/news/statement", "https://www.northmoor.example/")
    True
    """
    asked, final = _split(canonical(url)), _split(canonical(final_url))
    if asked is None or final is None or identity(url) == identity(final_url):
        return False
    if _is_home(final):
        return not _is_home(asked)
    return _is_generic(final) and not _is_generic(asked) and not _is_home(asked)


def _is_home(parts: SplitResult) -> bool:
    segments = [segment for segment in parts.path.split("/") if segment]
    return not parts.query and (not segments or (len(segments) == 1 and bool(_HOME.fullmatch(segments[0]))))


def _is_generic(parts: SplitResult) -> bool:
    segments = [segment for segment in parts.path.split("/") if segment]
    return not _telling(parts.query) and 1 <= len(segments) <= 2 and bool(_GENERIC.fullmatch(segments[-1]))


@lru_cache(maxsize=4096)  # a visit asks for the host and the key of its address some ten times
def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address, host spelled in one way and credentials dropped; None if it is none."""
    try:
        parts = urlsplit(_SPACE.sub("", url.strip()))
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        return None
    host = _spelled_host(host)
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    netloc = _netloc(host, None if port == _DEFAULT_PORTS[scheme] else port)
    return SplitResult(scheme, netloc, parts.path, parts.query, "")


def _netloc(host: str, port: int | None) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def _spelled_host(host: str) -> str:
    """Lower case, IDN as punycode, no trailing dot; "" for what cannot be a host."""
    host = host.strip().rstrip(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii").lower()
        except idna.IDNAError:
            return ""
    return "" if re.search(r"[\s/\\?#@\[\]<>^|%\"`{}]", host) else host.rstrip(".")


def _spelled(text: str) -> str:
    """Escapes in capitals, none for unreserved characters, one for each that needs it."""

    def one(escape: re.Match[str]) -> str:
        byte = unquote_to_bytes(escape[0])[0]
        return chr(byte) if byte in _UNRESERVED else escape[0].upper()

    pieces = _ESCAPE.sub(one, text)
    # A "%" that begins no escape is itself escaped; those that begin one stay.
    return "".join(
        piece if _ESCAPE.fullmatch(piece) else quote(piece, safe=_SAFE, errors="replace")
        for piece in re.split(r"(%[0-9A-F]{2})", pieces)
    )


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) if kept[:1] == [""] else "/" + "/".join(kept)


def _parameters(query: str) -> list[str]:
    """The parameters that may tell pages apart, spelled in one way, in order."""
    pairs = [_spelled(pair) for pair in query.split("&") if pair]
    return [pair for pair in pairs if not _is_tracking(pair.partition("=")[0].lower())]


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _telling(query: str) -> set[str]:
    return {pair.lower() for pair in _parameters(query) if pair.partition("=")[0].lower() in _TELLING}


def _bare_host(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        return _without_www(_spelled_host(parts.hostname or ""))
    except ValueError:
        return ""


def _without_www(host: str) -> str:
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    return host
