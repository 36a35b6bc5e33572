"""Rich text through striprtf."""

from __future__ import annotations

import re
from importlib.metadata import version

from striprtf.striprtf import rtf_to_text

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Recipe
from watcher.extract.fragment import tidy
from watcher.extract.plain import title_of

EXTRACTOR = f"rtf-2+striprtf-{version('striprtf')}"
MAX_BYTES = 20_000_000
# Pictures are hexadecimal digits by the megabyte, and no text.
_PICTURE = re.compile(r"(?:[0-9a-fA-F]{2}[\r\n]*){200,}")
# Word and LibreOffice write a list's bullet as a glyph of the Symbol font, which means nothing as text.
_SYMBOLS = re.compile("[\uf000-\uf0ff]")
_TITLE = re.compile(r"\{\\title\s+([^{}\\]{1,200})\}")


def extract_rtf(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs and table rows (cells parted by " | ") of an RTF file."""
    if len(body) > MAX_BYTES:
        raise ExtractError(f"this RTF file is larger than {MAX_BYTES} bytes", FailedKind.TOO_LARGE)
    source = _PICTURE.sub("", body.decode("latin-1"))
    if not source.lstrip().startswith("{\\rtf"):
        raise ExtractError("this is no RTF file: it does not begin with {\\rtf")
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    except Exception as fault:  # striprtf checks nothing and raises what comes
        raise ExtractError(f"this RTF file is damaged: {fault}") from fault
    blocks = tuple(block for line in str(text).split("\n") if (block := _block(line)))
    if not blocks:
        raise ExtractError("this RTF file holds no text", FailedKind.EMPTY)
    declared = _TITLE.search(source[:20_000])
    return Extraction((Document(url, title_of(declared[1] if declared else "", blocks), blocks),), (), EXTRACTOR)


def _block(line: str) -> str:
    return " | ".join(cell for part in _SYMBOLS.sub("", line).split("|") if (cell := tidy(part)))
