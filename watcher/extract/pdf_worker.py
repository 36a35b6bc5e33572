"""Reads one PDF in a process of its own: its bytes on standard input, its lines as JSON on standard output.

PDFium is not thread-safe and gives wrong text rather than an error when threads meet (pypdfium2 #303, #309);
a process can also be stopped, and takes nothing with it when it falls. Run by path, so it imports
nothing of this project. Arguments: most pages, most characters.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

pypdfium2: Any = import_module("pypdfium2")  # ships no types
pdfium_c: Any = import_module("pypdfium2.raw")

PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD
_MAX_MEMORY = 2_000_000_000  # bytes of address space
_MAX_PAGE_CHARACTERS = 200_000  # a page of a newspaper has 30,000


def read(body: bytes, max_pages: int, max_characters: int) -> dict[str, Any]:
    """The lines of each page with their places in points, the metadata, and why it ended early."""
    try:
        pdf = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as fault:
        return {"error": "password" if fault.err_code == PASSWORD_NEEDED else str(fault)}
    answer: dict[str, Any] = {"count": len(pdf), "metadata": pdf.get_metadata_dict(), "pages": [], "stopped": ""}
    characters = pictures = 0
    for number in range(min(len(pdf), max_pages)):
        try:
            lines, has_pictures = _page_lines(pdf[number])
        except pypdfium2.PdfiumError as fault:
            lines, has_pictures = [], False
            answer["stopped"] = f"page {number + 1} is damaged: {fault}"
        answer["pages"].append(lines)
        pictures += has_pictures and not lines
        characters += sum(len(line[0]) for line in lines)
        if characters > max_characters:
            answer["stopped"] = f"reading stopped after page {number + 1} of {len(pdf)}"
            break
    if len(pdf) > max_pages:
        answer["stopped"] = f"reading stopped after page {max_pages} of {len(pdf)}"
    answer["pictures"] = pictures
    return answer


def _page_lines(page: Any) -> tuple[list[Any], bool]:
    """The page's lines as (text, left, bottom, right, top, size), and whether it shows pictures.

    The page's lower left is (0, 0) and its height 1,000. PDFium joins lines at a hyphen and marks
    it U+FFFE; such a line's bottom and right are those of its last part.
    """
    textpage = page.get_textpage()
    scale = 1_000 / max(page.get_height(), 1.0)
    count = min(textpage.count_chars(), _MAX_PAGE_CHARACTERS)
    text = textpage.get_text_range(0, count) if count else ""
    lines: list[Any] = []
    at = 0
    for line in text.split("\r\n"):
        if line.strip():
            first = at + len(line) - len(line.lstrip())
            left, first_bottom, _, top = _box(textpage, first)
            _, bottom, right, _ = _box(textpage, at + len(line.rstrip()) - 1)
            box = (left, bottom, right, top, top - first_bottom)
            lines.append((line, *(round(edge * scale, 1) for edge in box)))
        at += len(line) + 2
    has_pictures = not lines and any(
        found.type == pdfium_c.FPDF_PAGEOBJ_IMAGE for found in page.get_objects(max_depth=3)
    )
    textpage.close()
    page.close()
    return lines, has_pictures


def _box(textpage: Any, text_index: int) -> tuple[float, float, float, float]:
    index = pdfium_c.FPDFText_GetCharIndexFromTextIndex(textpage, text_index)
    if index < 0:
        return (0.0, 0.0, 0.0, 0.0)
    # The loose box is as high as the font, whatever the letter: "a" and "A" end at the same height.
    box = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(textpage, index, box)
    return box.left, box.bottom, box.right, box.top


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


if __name__ == "__main__":
    _limit_memory()
    found = read(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(found))
