"""Plain text, and how the other formats' lines become blocks and a title."""

from __future__ import annotations

import re

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Recipe
from watcher.extract.fragment import tidy
from watcher.extract.xml_bytes import decoded

EXTRACTOR = "plain-1"
MAX_TITLE = 200
_MADE_UP = re.compile(
    r"^microsoft (?:word|powerpoint)\b|\.(?:docx?|odt|rtf|pdf|pptx?|xlsx?|indd|pub)$|^(?:untitled|document\d*|title|"
    r"powerpoint presentation|slide \d+|blank|template|\(anonymous\)|null|none)$",
    re.I,
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


def extract_plain(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs of a text, parted by empty lines; its first line is the title."""
    text = _CONTROLS.sub("", decoded(body, charset)).replace("\f", "\n\n")
    blocks = tuple(tidied for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if (tidied := tidy(part)))
    if not blocks:
        raise ExtractError("this text is empty", FailedKind.EMPTY)
    first = tidy(text.lstrip().partition("\n")[0])
    return Extraction((Document(url, title_of("", (first, *blocks)), blocks),), (), EXTRACTOR)


def title_of(declared: str, blocks: tuple[str, ...]) -> str:
    """A document's own title unless a program made it up ("Microsoft Word - v3.docx"); else its first words.

    >>> title_of("Microsoft Word - Paper 3 v2.docx", ("Our review", "We began."))
    'Our review'
    """
    declared = tidy(declared)
    if declared and not _MADE_UP.search(declared):
        return declared[:MAX_TITLE]
    first = next((block for block in blocks if len(block) > 2), "")
    return first if len(first) <= MAX_TITLE else first[:MAX_TITLE].rpartition(" ")[0] + " …"
