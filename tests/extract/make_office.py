"""Small DOCX, ODT and ZIP files about made-up organisations."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import docx
from odf.opendocument import OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import A, H, P

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def make_docx(title: str = "", extra: str = "") -> bytes:
    """A Word file: heading, paragraph, table, paragraph; `extra` is XML put before the last paragraph."""
    document = docx.Document()
    document.core_properties.title = title
    document.add_heading("Our review", 1)
    document.add_paragraph("We have ended it.")
    table = document.add_table(2, 2)
    for row, texts in enumerate((("Item", "Decision"), ("Team", "Ended"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    last = document.add_paragraph("After the table.")
    if extra:
        for element in docx.oxml.parse_xml(f"<w:body {W}>{extra}</w:body>"):
            last._p.addprevious(element)
    document.sections[0].header.paragraphs[0].text = "Northmoor letterhead"
    return _saved(document)


def make_odt() -> bytes:
    """An OpenDocument text: heading, paragraph with a link, table, paragraph."""
    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text="Our review"))
    paragraph = P(text="We have ended it. ")
    paragraph.addElement(A(href="https://northmoor.example/report", text="The report"))
    document.text.addElement(paragraph)
    table, row = Table(), TableRow()
    for text in ("Team", "Ended"):
        cell = TableCell()
        cell.addElement(P(text=text))
        row.addElement(cell)
    table.addElement(row)
    document.text.addElement(table)
    document.text.addElement(P(text="After the table."))
    return _saved(document)


def make_zip(members: Mapping[str, bytes]) -> bytes:
    """An archive with `members`: path -> content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def replaced(body: bytes, name: str, content: bytes) -> bytes:
    """The ZIP file `body` with one member's content replaced."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    return make_zip({**members, name: content})


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
