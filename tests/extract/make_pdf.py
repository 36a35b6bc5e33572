"""Small PDF files, written by hand, about made-up organisations."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Line = tuple[float, float, float, str]  # x, y (points from the bottom left), size, text


def make_pdf(pages: Sequence[Sequence[Line]], info: dict[str, str] | None = None, *, compress: bool = False) -> bytes:
    """A PDF with one Helvetica line for each entry of each page."""
    objects: list[bytes] = []

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    catalogue, tree, font = (
        add(b""),
        add(b""),
        add(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"),
    )
    kids = []
    for lines in pages:
        stream = b"BT\n" + b"".join(_shown(*line) for line in lines) + b"ET"
        packed = zlib.compress(stream) if compress else stream
        filtered = b"/Filter/FlateDecode" if compress else b""
        body = add(b"<</Length %d%s>>stream\n%s\nendstream" % (len(packed), filtered, packed))
        kids.append(
            add(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>>>>>"
                % (tree, body, font)
            )
        )
    objects[catalogue - 1] = b"<</Type/Catalog/Pages %d 0 R>>" % tree
    objects[tree - 1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    about = add(b"<<" + b"".join(b"/%s %s" % (k.encode(), _string(v)) for k, v in (info or {}).items()) + b">>")
    return _assembled(objects, catalogue, about)


def paragraphs_pdf(pages: Sequence[str], info: dict[str, str] | None = None) -> bytes:
    """A PDF of running text: a blank line parts paragraphs, a line break is a line on paper."""
    return make_pdf([_set(text) for text in pages], info)


def _set(text: str) -> list[Line]:
    lines: list[Line] = []
    y = 780.0
    for line in text.split("\n"):
        if line.strip():
            lines.append((72.0, y, 11.0, line))
        y -= 14.0
    return lines


def _shown(x: float, y: float, size: float, text: str) -> bytes:
    return b"/F1 %.1f Tf 1 0 0 1 %.1f %.1f Tm %s Tj\n" % (size, x, y, _string(text))


def _string(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _assembled(objects: list[bytes], catalogue: int, about: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        catalogue,
        about,
        start,
    )
    return bytes(out)
