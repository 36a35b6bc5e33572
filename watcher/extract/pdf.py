"""PDF, read by PDFium in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Recipe
from watcher.extract.pdf_lines import Line, headline, paragraphs
from watcher.extract.plain import title_of

EXTRACTOR = f"pdf-1+pypdfium2-{version('pypdfium2')}"
MAX_PAGES = 1_500  # a year of board papers in one file has 900
MAX_CHARACTERS = 8_000_000
_WORKER = Path(__file__).with_name("pdf_worker.py")
_PDF_DATE = re.compile(r"^D?:?\s*(\d{4})(\d\d)?(\d\d)?")


def extract_pdf(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs of a PDF with their pages (from 1), dated by its metadata.

    What is printed at the top or bottom of every page is left out. Raises ExtractError for a
    damaged file, for one with a password, and for a scan: pictures of pages without text.
    """
    answer = _read(body)
    if answer.get("error") == "password":
        raise ExtractError("this PDF is protected with a password", FailedKind.UNSUPPORTED)
    if "error" in answer:
        raise ExtractError(f"this PDF is damaged: {answer['error']}")
    pages = [[Line(*line) for line in lines] for lines in answer["pages"]]
    blocks = paragraphs(pages)
    if not blocks:
        raise ExtractError(_no_text(answer), FailedKind.EMPTY)
    metadata = answer["metadata"]
    texts = tuple(block.text for block in blocks)
    document = Document(
        url,
        title_of(metadata.get("Title", ""), (headline(blocks), *texts)),
        texts,
        published_on=_day(metadata.get("CreationDate", "")),
        modified_on=_day(metadata.get("ModDate", "")),
        pages=tuple(block.page for block in blocks),
    )
    return Extraction((document,), (), EXTRACTOR, warnings=tuple(_warnings(answer)))


def _read(body: bytes) -> dict[str, Any]:
    # All or nothing: half a text would look as if the other half had been taken down.
    seconds = min(60.0, 4.0 + max(0, len(body) - 1_000_000) / 300_000)
    limits = [str(MAX_PAGES), str(MAX_CHARACTERS)]
    # By path and isolated (-I): the same wherever the program is started from, and nothing of ours to import.
    command = [sys.executable, "-I", str(_WORKER), *limits]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=body, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as fault:
        raise ExtractError(f"this PDF could not be read within {seconds:.0f} s", FailedKind.TOO_LARGE) from fault
    try:
        answer = json.loads(done.stdout)
    except ValueError as fault:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise ExtractError(f"this PDF stopped its reader ({last or f'exit {done.returncode}'})") from fault
    return answer if isinstance(answer, dict) else {"error": "no answer"}


def _no_text(answer: dict[str, Any]) -> str:
    if answer.get("pictures"):
        return (
            f"this PDF is a scan: {answer['count']} pages of pictures without text. "
            "It cannot be read here; ask its publisher for an accessible copy"
        )
    return "this PDF holds no text"


def _warnings(answer: dict[str, Any]) -> list[str]:
    warnings = [answer["stopped"]] if answer.get("stopped") else []
    if answer.get("pictures"):
        warnings.append(f"{answer['pictures']} pages of this PDF are pictures without text (scans): not read")
    return warnings


def _day(written: str) -> date | None:
    """The day of a PDF date ("D:20210608120000+01'00'"), in its own time zone."""
    found = _PDF_DATE.match(written)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
