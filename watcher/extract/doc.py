"""Word's binary format of before 2007, through Debian's antiword or catdoc if one is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Recipe
from watcher.extract.fragment import tidy
from watcher.extract.plain import title_of

EXTRACTOR = "doc-2"
TIMEOUT_S = 20.0
_PARAGRAPHS = frozenset({"title", "subtitle", "para"})


def extract_doc(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs and table rows (cells parted by " | ") of an old Word file, in order.

    Raises ExtractError that says what to install if nothing reads it.
    """
    failures: list[str] = []
    for name, options, blocks_in in _WAYS:
        program = shutil.which(name)
        if program is None:
            continue
        blocks = blocks_in(_converted(program, options, body, failures))
        if blocks:
            return Extraction((Document(url, title_of("", blocks), blocks),), (), f"{EXTRACTOR}+{name}")
    if failures:
        raise ExtractError(f"this old Word file could not be read: {'; '.join(dict.fromkeys(failures))}")
    raise ExtractError(
        "this is a Word file of before 2007, and no program to read it is installed: "
        "install antiword or catdoc (Debian: apt install antiword catdoc)",
        FailedKind.UNSUPPORTED,
    )


def _converted(program: str, options: tuple[str, ...], body: bytes, failures: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="watcher-doc-") as folder:
        path = Path(folder, "document.doc")
        path.write_bytes(body)
        try:
            done = subprocess.run(  # noqa: S603
                [program, *options, str(path)], capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except (subprocess.TimeoutExpired, OSError) as fault:
            failures.append(f"{Path(program).name}: {fault}")
            return ""
    if done.returncode != 0 or not done.stdout.strip():
        reason = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0] or "no text"
        failures.append(f"{Path(program).name}: {reason.replace(str(path), 'the file')[:200]}")
        return ""
    return done.stdout.decode("utf-8", "replace")


def _docbook_blocks(xml: str) -> tuple[str, ...]:
    """The blocks of antiword's DocBook; none if it is not well-formed, as happens with its footnotes."""
    if not xml.startswith("<?xml"):
        return ()
    try:
        root = fromstring(xml.encode("utf-8"))
    except (ParseError, DefusedXmlException, ValueError):
        return ()
    return tuple(block for block in _walked(root) if block)


def _walked(root: Element) -> Iterator[str]:
    for node in root:
        if node.tag == "row":
            yield " | ".join(cell for entry in node if (cell := tidy(" ".join(entry.itertext()))))
        elif node.tag in _PARAGRAPHS and not len(node.findall(".//row")):
            # The title that stands beside `bookinfo` is the file's property, not its text.
            yield "" if root.tag == "book" and node.tag == "title" else tidy("".join(node.itertext()))
        elif node.tag != "bookinfo":
            yield tidy(node.text or "")
            yield from _walked(node)
        yield tidy(node.tail or "")


def _catdoc_blocks(text: str) -> tuple[str, ...]:
    """One block a line: that is what -w gives; cells are parted by tabs."""
    lines = (" | ".join(cell for part in line.split("\t") if (cell := tidy(part))) for line in text.splitlines())
    return tuple(line for line in lines if line)


def _plain_blocks(text: str) -> tuple[str, ...]:
    """Blocks parted by empty lines. antiword wraps the cells of a row over several lines, word for word."""
    parts = re.split(r"\n\s*\n", text)
    return tuple(tidied for part in parts if (tidied := tidy(part.replace("|", " | "))))


# As text, antiword wraps each cell of a table by itself, so that its sentences come out interleaved.
_WAYS: tuple[tuple[str, tuple[str, ...], Callable[[str], tuple[str, ...]]], ...] = (
    ("antiword", ("-x", "db"), _docbook_blocks),
    ("catdoc", ("-d", "utf-8", "-w"), _catdoc_blocks),
    ("antiword", ("-m", "UTF-8.txt", "-w", "0"), _plain_blocks),
)
