"""OpenDocument text through odfpy."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from typing import Any

from odf.element import Text
from odf.opendocument import load

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Link, Recipe
from watcher.extract.fragment import absolute, tidy
from watcher.extract.json_feed import day
from watcher.extract.plain import title_of
from watcher.extract.zip_guard import open_zip

EXTRACTOR = f"odt-1+odfpy-{version('odfpy')}"
MAX_XML = 40_000_000  # bytes of content.xml; odfpy keeps about 20 times as much in memory
_PARAGRAPHS = frozenset({"text:p", "text:h"})
_SKIPPED = frozenset(
    {"office:annotation", "text:tracked-changes", "text:note-citation", "office:forms", "text:sequence-decls"}
)


def extract_odt(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs and table rows (cells parted by " | ") of an OpenDocument text, in order.

    Comments and deleted text are left out. Raises ExtractError for a damaged file and for a bomb.
    """
    _check(body)
    try:
        opened: Any = load(io.BytesIO(body))
        blocks = tuple(_blocks(opened.text))
        links = tuple(_links(opened.text, url))
    except Exception as fault:  # odfpy has no error of its own for damage, and passes on what its parts raise
        raise ExtractError(f"this OpenDocument file is damaged: {str(fault)[:200] or type(fault).__name__}") from fault
    if not blocks:
        raise ExtractError("this OpenDocument file holds no text", FailedKind.EMPTY)
    title, modified = _metadata(opened)
    return Extraction((Document(url, title_of(title, blocks), blocks, links, modified_on=modified),), (), EXTRACTOR)


def _check(body: bytes) -> None:
    with open_zip(body) as archive:
        for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml"):
            if name not in archive.namelist():
                continue
            if archive.getinfo(name).file_size > MAX_XML:
                raise ExtractError(f"{name} in this OpenDocument file is too large", FailedKind.TOO_LARGE)
            try:
                xml = archive.read(name)
            except (
                zipfile.BadZipFile,
                zlib.error,
                OSError,
                EOFError,
                NotImplementedError,
                RuntimeError,
                ValueError,
            ) as fault:
                raise ExtractError(f"this OpenDocument file is damaged: {fault}") from fault
            if b"<!ENTITY" in xml[:100_000]:
                raise ExtractError(f"{name} in this OpenDocument file declares XML entities: not read")


def _blocks(root: Any) -> Iterator[str]:
    stack = [iter(root.childNodes)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif isinstance(node, Text) or node.tagName in _SKIPPED:
            continue
        elif node.tagName in _PARAGRAPHS:
            text = tidy(_text(node))
            if text:
                yield text
        elif node.tagName == "table:table-row":
            row = " | ".join(cell for part in node.childNodes if (cell := tidy(_text(part))))
            if row:
                yield row
        else:
            stack.append(iter(node.childNodes))


def _text(root: Any) -> str:
    """What is written under `root`; paragraphs inside it are parted by a space."""
    pieces: list[str] = []
    stack = [iter([root])]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif isinstance(node, Text):
            pieces.append(str(node))
        elif node.tagName not in _SKIPPED:
            pieces.append(" " if node.tagName in (*_PARAGRAPHS, "text:s", "text:tab", "text:line-break") else "")
            stack.append(iter(node.childNodes))
    return "".join(pieces)


def _links(root: Any, url: str) -> Iterator[Link]:
    from odf.text import A

    seen = set()
    for node in root.getElementsByType(A):
        address = absolute(url, str(node.getAttribute("href") or ""))
        if address and address not in seen:
            seen.add(address)
            yield Link(address, tidy(_text(node)))


def _metadata(opened: Any) -> tuple[str, date | None]:
    texts = {node.tagName: tidy(_text(node)) for node in opened.meta.childNodes if not isinstance(node, Text)}
    return texts.get("dc:title", ""), day(texts.get("dc:date"))
