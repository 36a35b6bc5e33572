"""Bytes to text: which character set a page is really in."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.+-]{2,40})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.+-]{2,40})""", re.I)
_HEAD_BYTES = 4096  # browsers look for a declaration in the first 1,024; pages with long heads exist

# What pages call Latin-1 or ASCII is Windows-1252 (WHATWG Encoding Standard, the labels of windows-1252).
_LIES = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}


def decode(body: bytes, declared: str | None = None) -> str:
    """The text of `body`; never fails: what no character set explains becomes U+FFFD.

    Asked in this order: byte-order mark, UTF-8 if the bytes are valid UTF-8 beyond ASCII, `declared`
    (of the Content-Type), the page's own declaration, a guess from the bytes, Windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    # Valid UTF-8 with a byte beyond ASCII is hardly ever anything else, whatever a header claims;
    # a header of Latin-1 over UTF-8 bytes is the commonest lie.
    if not body.isascii() and (text := _try(body, "utf-8")) is not None:
        return text
    for name in (declared, _in_page(body)):
        known = _codec(name)
        if known is not None and known != "utf-8" and (text := _try(body, known)) is not None:
            return text
    if body.isascii():
        return body.decode("ascii")
    return _guess(body, said_utf8="utf-8" in (_codec(declared), _codec(_in_page(body))))


def _guess(body: bytes, *, said_utf8: bool) -> str:
    if said_utf8:  # a few broken bytes in a UTF-8 page: losing those beats misreading the rest
        lenient = body.decode("utf-8", "replace")
        if lenient.count("\ufffd") <= max(3, len(lenient) // 2000):
            return lenient
    from charset_normalizer import from_bytes

    best = from_bytes(body[:200_000]).best()
    if best is not None and (text := _try(body, best.encoding)) is not None:
        return text
    return body.decode("cp1252", "replace")


def _in_page(body: bytes) -> str | None:
    head = body[:_HEAD_BYTES]
    found = _XML.search(head) or _META.search(head)
    return found.group(1).decode("ascii", "ignore") if found else None


def _codec(name: str | None) -> str | None:
    """Python's name of the codec that a page's label means; None: no such thing."""
    if not name:
        return None
    try:
        known = codecs.lookup(name.strip().strip("\"'")).name
        "".encode(known)  # "hex" and "rot13" are codecs, and no character sets
    except (LookupError, UnicodeError, ValueError):
        return None
    # A page that could be read as ASCII this far is not UTF-16, whatever it says (WHATWG: prescan).
    if known.startswith(("utf-16", "utf-32", "utf-7")):
        return "utf-8"
    return _LIES.get(known, known)


def _try(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        # Five bytes have no meaning in Python's cp1252 but pass in every browser.
        return body.decode("cp1252", "replace") if codec == "cp1252" else None
