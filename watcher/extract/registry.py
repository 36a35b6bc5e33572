"""Which extractor reads which bytes: one table, and the sniffing for servers that declare the wrong type."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Protocol

from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Fetched, FetchTask, Recipe, SourceKind


class Extractor(Protocol):
    """Reads one kind of body. Raises ExtractError, and nothing else, for bytes that it cannot read."""

    def __call__(self, body: bytes, url: str, recipe: Recipe, charset: str | None, /) -> Extraction:
        """The texts and the addresses that `body` holds."""
        ...


def _lazy(module: str, function: str) -> Extractor:
    # Imported at the first call: the libraries behind these cost 0.6 s, and `watcher --help` needs none.
    def extractor(body: bytes, url: str, recipe: Recipe, charset: str | None, /) -> Extraction:
        read: Extractor = getattr(import_module(f"watcher.extract.{module}"), function)
        return read(body, url, recipe, charset)

    return extractor


_HTML = _lazy("html", "extract_html")
_FEED = _lazy("feed", "extract_feed")
_SITEMAP = _lazy("sitemap", "extract_sitemap")
_JSON = _lazy("json_api", "extract_json")
_LISTING = _lazy("listing", "extract_listing")
_PLAIN = _lazy("plain", "extract_plain")
_DOC = _lazy("doc", "extract_doc")
_DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

EXTRACTORS: dict[str, Extractor] = {
    "text/html": _HTML,
    "application/xhtml+xml": _HTML,
    "application/pdf": _lazy("pdf", "extract_pdf"),
    _DOCX_TYPE: _lazy("docx", "extract_docx"),
    "application/vnd.oasis.opendocument.text": _lazy("odt", "extract_odt"),
    "application/rtf": _lazy("rtf", "extract_rtf"),
    "application/msword": _DOC,
    "text/plain": _PLAIN,
    "text/markdown": _PLAIN,
    "application/zip": _lazy("archive", "extract_zip"),
    "application/rss+xml": _FEED,
    "application/atom+xml": _FEED,
    "application/rdf+xml": _FEED,
    "application/feed+json": _FEED,
    "application/json": _JSON,
}
"""Media type -> extractor. A recipe may also name one by its key here."""

INDEXES: dict[SourceKind, Extractor] = {
    SourceKind.LISTING: _LISTING,
    SourceKind.FEED: _FEED,
    SourceKind.SITEMAP: _SITEMAP,
    SourceKind.JSON: _JSON,
}
"""Kind of source -> extractor, for the kinds that name documents."""

_LIBRARIES = (
    "trafilatura", "beautifulsoup4", "selectolax", "lxml", "feedparser", "nh3", "pypdfium2", "python-docx", "odfpy",
    "striprtf",
)  # fmt: skip

_ALIASES = {
    "application/x-pdf": "application/pdf",
    "text/rtf": "application/rtf",
    "application/x-rtf": "application/rtf",
    "application/vnd.ms-word": "application/msword",
    "application/x-zip-compressed": "application/zip",
    "text/xhtml": "text/html",
    "text/x-markdown": "text/markdown",
}
_EXTENSIONS = {
    "pdf": "application/pdf",
    "docx": _DOCX_TYPE,
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "zip": "application/zip",
    "txt": "text/plain",
}
_BINARY = frozenset(_EXTENSIONS.values()) - {"text/plain"} | {"application/octet-stream"}
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"OggS", b"ID3", b"\x00\x00\x01\x00", b"II*\x00", b"MM\x00*")
_HTML_OPENING = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h1|main|article|section)\b", re.I)
_FEED_OPENING = re.compile(rb"<(?:rss|feed|rdf:RDF)\b")


def extract(fetched: Fetched, task: FetchTask) -> Extraction:
    """The texts and the addresses that an answer holds, read as the task's kind of source asks.

    Raises ExtractError, whose `kind` tells broken bytes from an empty body, from a type that
    holds no text and from one that is too large. Recipes may name an extractor by its media type.
    """
    body, recipe = fetched.body, task.recipe
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise ExtractError(f"{fetched.final_url}: empty body: the server sent nothing to read", FailedKind.EMPTY)
    chosen = extractor_for(fetched, task)
    try:
        extraction = chosen(body, fetched.final_url, recipe, fetched.charset)
        return replace(extraction, extractor=f"{extraction.extractor}+{generation()}")
    except ExtractError as fault:
        raise ExtractError(f"{fetched.final_url}: {fault}", fault.kind) from fault
    except RecursionError as fault:
        raise ExtractError(f"{fetched.final_url}: nested too deeply to be read", FailedKind.TOO_LARGE) from fault


_ONE_READING = Lock()


def generation() -> str:
    """Which code reads bytes today: it changes when this package or a library behind it does.

    Text that differs between two generations is read again from the kept bytes before anyone
    is told of an edit. Made from the sources themselves, so that nobody has to remember.
    """
    with _ONE_READING:  # `lru_cache` takes no lock of its own, and all hosts' threads ask at one time
        return _generation()


@lru_cache(maxsize=1)
def _generation() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}={version(library)};".encode())
    return f"g{digest.hexdigest()[:10]}"


def extractor_for(fetched: Fetched, task: FetchTask) -> Extractor:
    """The function that reads this answer. Raises ExtractError if nothing here reads its type."""
    named = task.recipe.extractor
    if named:
        if named not in EXTRACTORS:
            known = ", ".join(sorted(EXTRACTORS))
            raise ExtractError(f"no extractor is called {named!r}; known are {known}", FailedKind.UNSUPPORTED)
        return EXTRACTORS[named]
    if task.kind in INDEXES and not _is_document(fetched):
        return INDEXES[task.kind]
    media_type = media_type_of(fetched)
    if media_type not in EXTRACTORS:
        raise ExtractError(
            f"{fetched.final_url}: {media_type or 'this kind of file'} holds no text that can be read here; "
            "remove the source, or point it at the page that describes the file",
            FailedKind.UNSUPPORTED,
        )
    return EXTRACTORS[media_type]


def _is_document(fetched: Fetched) -> bool:
    """Whether an index's address answers with a document that can only be read as one: a PDF, a Word file."""
    is_gzip = fetched.body.startswith(b"\x1f\x8b")  # a sitemap may be
    return sniffed(fetched.body, fetched.final_url) in _BINARY and not is_gzip


def media_type_of(fetched: Fetched) -> str:
    """What the body is. Its first bytes overrule the declared type, which overrules the address."""
    declared = _ALIASES.get(fetched.media_type, fetched.media_type)
    seen = sniffed(fetched.body, fetched.final_url)
    if seen is not None and seen != "text/plain":
        is_markup = seen in ("text/html", "application/rss+xml")
        # A text file may quote markup; only a type that is no text at all, or a wrong one, is overruled.
        return declared if is_markup and declared in ("text/plain", "application/xhtml+xml", "text/markdown") else seen
    if declared in EXTRACTORS or declared.startswith(("image/", "audio/", "video/", "font/")):
        is_binary = declared not in ("text/html", "text/plain", "text/markdown", "application/json")
        # Said to be a PDF and holds plain words: an error message of the server.
        return "text/plain" if is_binary and seen == "text/plain" else declared
    if seen == "text/plain" and (not declared or declared.startswith(("text/", "application/octet"))):
        return "text/plain"
    return declared


def sniffed(body: bytes, url: str) -> str | None:
    """The media type that the first bytes tell, or None. `application/octet-stream`: no text at all."""
    opening = body[:2_048].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if b"%PDF-" in body[:1_024]:
        return "application/pdf"
    if opening.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(body, url)
    if opening.startswith(b"{\\rtf"):
        return "application/rtf"
    if opening.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "application/msword"
    if opening.startswith(_IMAGES):
        return "application/octet-stream"
    return _text_type(opening, body)


def type_by_extension(path: str) -> str | None:
    """The media type that a file name's ending tells, or None.

    >>> type_by_extension("papers/Item 4.PDF")
    'application/pdf'
    """
    return _EXTENSIONS.get(path.rpartition(".")[2].lower())


def _text_type(opening: bytes, body: bytes) -> str | None:
    if _FEED_OPENING.search(opening) and not _HTML_OPENING.match(opening):
        return "application/rss+xml"
    if _HTML_OPENING.search(opening):
        return "text/html"
    has_controls = any(byte < 9 or 13 < byte < 27 for byte in body[:2_048])
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    return "application/octet-stream" if has_controls else "text/plain"


def _zip_type(body: bytes, url: str) -> str:
    """DOCX, ODT or a plain archive: by the names in its directory, which stand at its end."""
    names = body[:4_096] + body[-65_536:]
    if b"application/vnd.oasis.opendocument.text" in body[:200]:
        return "application/vnd.oasis.opendocument.text"
    if b"word/document" in names or (b"[Content_Types].xml" in names and url.lower().endswith(".docx")):
        return _DOCX_TYPE
    return "application/zip"
