"""DOCX through python-docx: paragraphs and tables in order, footnotes last."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import docx

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Link, Recipe
from watcher.extract.fragment import absolute, tidy
from watcher.extract.plain import title_of
from watcher.extract.zip_guard import open_zip

EXTRACTOR = f"docx-1+python-docx-{version('python-docx')}"
MAX_BLOCKS = 100_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_TEXTS = {f"{_W}tab": " ", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-"}
# Deleted and moved-away text is no longer said; a fallback repeats what precedes it.
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback", f"{_W}instrText", f"{_W}delText"})


def extract_docx(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs, table rows (cells parted by " | ") and footnotes of a Word file, in order.

    Headers, footers and comments are left out, text in content controls and text boxes is not;
    tracked changes are read as accepted. Raises ExtractError for what is no Word file and for a bomb.
    """
    open_zip(body).close()
    try:
        opened: Any = docx.Document(io.BytesIO(body))
        blocks = tuple(_blocks(opened))
        links = tuple(_links(opened, url))
        title = str(opened.core_properties.title or "")
    except Exception as fault:  # python-docx has no error of its own for damage: nine kinds were seen
        raise ExtractError(f"this Word file is damaged: {str(fault)[:200] or type(fault).__name__}") from fault
    if not blocks:
        raise ExtractError("this Word file holds no text", FailedKind.EMPTY)
    return Extraction((_document(opened, url, title, blocks, links),), (), EXTRACTOR)


def _document(opened: Any, url: str, title: str, blocks: tuple[str, ...], links: tuple[Link, ...]) -> Document:
    try:
        modified = opened.core_properties.modified
    except (ValueError, KeyError, AttributeError):
        modified = None
    # `created` is the day of the template more often than of the text: no date of publication.
    return Document(url, title_of(title, blocks), blocks, links, modified_on=modified.date() if modified else None)


def _blocks(opened: Any) -> Iterator[str]:
    count = 0
    for root in (opened.element.body, *_footnotes(opened)):
        for block in _blocks_under(root):
            yield block
            count += 1
            if count >= MAX_BLOCKS:
                return


def _footnotes(opened: Any) -> list[Any]:
    from docx.oxml import parse_xml

    return [
        parse_xml(relation.target_part.blob)
        for relation in opened.part.rels.values()
        if relation.reltype == _FOOTNOTES and not relation.is_external
    ]


def _blocks_under(root: Any) -> Iterator[str]:
    """Paragraphs and rows in document order. With a stack of our own: tables nest as deep as a file likes."""
    stack = [iter(root)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in _SKIPPED:
            continue
        elif element.tag == f"{_W}p":
            text = tidy(_text(element))
            if text:
                yield text
            stack.append(iter(_text_boxes(element)))
        elif element.tag == f"{_W}tr":
            row = _row(element)
            if row:
                yield row
        else:
            stack.append(iter(element))


def _text_boxes(paragraph: Any) -> list[Any]:
    boxes = []
    for box in paragraph.iter(f"{_W}txbxContent"):
        above = {ancestor.tag for ancestor in box.iterancestors() if ancestor is not paragraph}
        if f"{_MC}Fallback" not in above:
            boxes.append(box)
    return boxes[:50]


def _row(row: Any) -> str:
    cells = []
    for cell in row.iterchildren(f"{_W}tc", f"{_W}sdt"):
        paragraphs = [tidy(_text(paragraph)) for paragraph in cell.iter(f"{_W}p")]
        cells.append(" ".join(paragraph for paragraph in paragraphs if paragraph))
    return " | ".join(cell for cell in cells if cell)


def _text(paragraph: Any) -> str:
    """What the paragraph says, without its text boxes: those are paragraphs of their own."""
    pieces: list[str] = []
    stack = [iter(paragraph)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in _SKIPPED or element.tag == f"{_W}txbxContent":
            continue
        elif element.tag == f"{_W}t":
            pieces.append(element.text or "")
        elif element.tag in _TEXTS:
            pieces.append(_TEXTS[element.tag])
        else:
            stack.append(iter(element))
    return "".join(pieces)


def _links(opened: Any, url: str) -> Iterator[Link]:
    seen = set()
    for element in opened.element.body.iter(f"{_W}hyperlink"):
        relation = opened.part.rels.get(element.get(f"{_R}id") or "")
        address = absolute(url, relation.target_ref) if relation is not None and relation.is_external else None
        if address and address not in seen:
            seen.add(address)
            yield Link(address, tidy(_text(element)))
