"""XML as it is found, to XML that a strict parser takes, in UTF-8."""

from __future__ import annotations

import codecs
import re
from html.entities import name2codepoint

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0r\0", "utf-16-le"), (b"<\0f\0", "utf-16-le"))
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,400}\?>", re.I)
_DECLARED = re.compile(rb"""^[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.I)
# XML 1.0 allows no other control characters, and nothing can be lost with them.
_ILLEGAL = bytes([*range(9), 11, 12, *range(14, 32)])
_CDATA_OR_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][\w.-]{0,60};)", re.S
)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


_DOCTYPE = re.compile(r"""<!DOCTYPE(?:[^\[\]<>"']|"[^"]*"|'[^']*')*(?:\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>""", re.I)
_ENTITY = re.compile(
    r"""<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+(?:"([^"&%<]{0,100}|&#\w{1,8};)"|'([^'&%<]{0,100}|&#\w{1,8};)')\s*>"""
)
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]{0,60});")
_ELEMENT = re.compile(r"<[A-Za-z_]")
_MAX_ENTITIES = 300


def utf8_xml(body: bytes, charset: str | None) -> bytes:
    """`body` in UTF-8 with a declaration that says so, from its first `<` on.

    Raises ExtractError for an empty body.
    """
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise ExtractError("empty body: the server sent nothing to read", FailedKind.EMPTY)
    text = decoded(body, charset)
    text = _DECLARATION.sub("", text, count=1).lstrip("\ufeff \t\r\n")
    start = text.find("<")
    if 0 < start < 4_096:  # blank lines and PHP notices before the document
        text = text[start:]
        text = _DECLARATION.sub("", text, count=1).lstrip()
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + _legal(_without_doctype(text).encode("utf-8", "replace"))


def repaired(xml: bytes) -> bytes:
    """`xml` with bare ampersands escaped and HTML's named characters (`&nbsp;`) as numbers."""
    text = _CDATA_OR_AMPERSAND.sub(_escaped, xml.decode("utf-8"))
    return _NAMED.sub(_numbered, text).encode("utf-8")


def _legal(xml: bytes) -> bytes:
    # As bytes: a regular expression over the text took a quarter of a feed's time.
    return xml.translate(None, _ILLEGAL).replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")


def _without_doctype(text: str) -> str:
    """`text` without its document type; short plain entities that it declares are written out.

    An entity that refers to another or to a file is not: its reference stays as it was written.
    """
    first = _ELEMENT.search(text)
    if "<!DOCTYPE" not in text[: first.start() if first else None].upper():
        return text
    found = _DOCTYPE.search(text, 0, 200_000)
    if not found:
        return text
    entities = {name: double or single for name, double, single in _ENTITY.findall(found[0])[:_MAX_ENTITIES]}
    text = text[: found.start()] + text[found.end() :]
    if not entities:
        return text
    return _REFERENCE.sub(lambda reference: entities.get(reference[1], reference[0]), text)


def _escaped(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else "&amp;"


def _numbered(found: re.Match[str]) -> str:
    # In a CDATA section the number means the same to the HTML parser that reads it later.
    if found[1] in _XML_NAMES:
        return found[0]
    code = name2codepoint.get(found[1])
    return f"&#{code};" if code else f"&amp;{found[1]};"


def decoded(body: bytes, charset: str | None) -> str:
    """`body` as text, in the charset that it is in rather than the one that is declared.

    A byte-order mark wins, then UTF-8 if the bytes are valid UTF-8 (a lie about that is far
    commoner than another charset that happens to be valid UTF-8), then the declared charset,
    then the document's own, then Windows-1252. Never raises.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    for opening, name in _UNMARKED:
        if body.startswith(opening):
            return body.decode(name, "replace")
    declared = _DECLARED.match(body[:600]) or _META.search(body[:4_096])
    own = declared[1].decode("ascii") if declared else None
    for candidate in ("utf-8", charset, own):
        text = _strictly(body, candidate)
        if text is not None:
            return text
    if _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode("windows-1252", "replace")


def _strictly(body: bytes, charset: str | None) -> str | None:
    if not charset:
        return None
    # Browsers read Latin-1 as Windows-1252 (WHATWG Encoding); so do the people who wrote the page.
    name = (
        "windows-1252"
        if charset.lower().replace("_", "-") in ("iso-8859-1", "latin-1", "latin1", "us-ascii")
        else charset
    )
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _mostly_utf8(body: bytes) -> bool:
    """Whether the few bytes that are no UTF-8 are accidents: a text cut in the middle of a character."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for character in text[:200_000] if ord(character) > 127) - wrong
    return right > 4 * wrong
