"""A page of HTML: its statement, the links in it, and the frame around it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from watcher.core.model import Document, Extraction, Link, Recipe
from watcher.core.text import fold, normalise, words
from watcher.extract.charset import decode
from watcher.extract.dates import PageDates, read_dates, shows_date
from watcher.extract.frame import headline, is_notice
from watcher.extract.page import Block, Zone, is_document, read_blocks

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_SHORT_WORDS = 25  # below this trafilatura has found a caption or a button, not a statement
_LANGUAGE_CHARS = 2_000
# Cloudflare hides addresses behind a placeholder and, now and then, leaves a letter of the address outside.
_HIDDEN_ADDRESS = re.compile(r"[\w.+-]*\[email[\s\u00a0]+protected\][\w.@+-]*")
_NEW_WINDOW = re.compile(
    r"\s*\((?:this (?:link|page) )?(?:will )?opens? in (?:a |an )?(?:new|other|another) (?:window|tab)\)", re.I
)
_LIST_MARK = re.compile(r"^(?:[-*•▪◦·–]\s+)+")
_NO_TARGET = ("#", "javascript:", "mailto:", "tel:", "data:", "sms:")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page without text as an error


def extract_html(body: bytes, url: str, recipe: Recipe, charset: str | None = None) -> Extraction:
    """The one document of a page, with an empty `follow`; a recipe that matches nothing is a warning.

    `charset` is what the Content-Type declared. Three streams (DESIGN section 5): `blocks`
    from trafilatura, `links` of the same area, `frame` from the whole page by selectolax.
    """
    from selectolax.lexbor import LexborHTMLParser

    source, warnings = decode(body, charset), []
    page = LexborHTMLParser(source)
    chosen: list[Block] | None = None
    if recipe.select or recipe.remove:
        source, selected, warnings = _apply_recipe(source, recipe)
        page_of_recipe = LexborHTMLParser(source)
        if selected is not None and (selection := LexborHTMLParser(selected).body) is not None:
            chosen = [block for block in read_blocks(selection, url) if block.text]
    else:
        page_of_recipe = page
    everything = read_blocks(page_of_recipe.body, url) if page_of_recipe.body is not None else []
    main = _clean(block.text for block in chosen) if chosen is not None else _main_text(source, everything)
    document = _assemble(page, url, main, everything, chosen, recipe)
    return Extraction((document,), (), extractor_name(), warnings=tuple(warnings))


@lru_cache(maxsize=1)
def extractor_name() -> str:
    """Our version and trafilatura's: a new one of either reads other text from the same bytes."""
    return f"html-1+trafilatura-{version('trafilatura')}"


def _assemble(
    page: LexborHTMLParser,
    url: str,
    main: list[str],
    everything: list[Block],
    chosen: list[Block] | None,
    recipe: Recipe,
) -> Document:
    in_main = _membership(main)
    inside = [in_main(block.text) for block in everything]
    title = headline(page, everything, inside)
    dates = read_dates(page, everything)
    first = inside.index(True) if True in inside else len(everything)
    around = [(place, block) for place, block in enumerate(everything) if block.text and not inside[place]]
    frame = [b.text for place, b in around if _joins_frame(b, abs(first - place), title, recipe.frame_terms)]
    linking = chosen if chosen is not None else [b for b, is_main in zip(everything, inside, strict=True) if is_main]
    return Document(
        url=url,
        title=title,
        blocks=tuple(main),
        links=_links(linking, everything),
        frame=tuple(dict.fromkeys(_clean(frame))),
        published_on=dates.published_on,
        modified_on=dates.modified_on,
        language=_language(main),
        rest=tuple(_clean(block.text for _, block in around)),
    )


def _joins_frame(block: Block, distance: int, title: str, terms: Sequence[str]) -> bool:
    """Whether a block outside the main text belongs to the frame: a date line near the headline, or a notice."""
    if block.zone in (Zone.CONTENT, Zone.HEADER) and distance <= 6 and shows_date(block.text):
        return True
    return block.text != title and is_notice(block, terms)


def _apply_recipe(source: str, recipe: Recipe) -> tuple[str, str | None, list[str]]:
    """The page without what `remove` names, the HTML that `select` names (None: nothing), and warnings."""
    from bs4 import BeautifulSoup

    soup, warnings = BeautifulSoup(source, "lxml"), []
    for selector in recipe.remove:
        for element in soup.select(selector):
            element.decompose()
    selected: str | None = None
    if recipe.select:
        found = soup.select(recipe.select)
        outermost = [element for element in found if not any(parent in found for parent in element.parents)]
        selected = "\n".join(f"<div>{element}</div>" for element in outermost) or None
        if selected is None:
            warnings.append(f"select {recipe.select!r} matches nothing; the main text was found without it")
    return str(soup), selected, warnings


def _main_text(source: str, everything: list[Block]) -> list[str]:
    """The main text in blocks; from the page's own markup where trafilatura finds next to nothing."""
    found = _clean((_trafilatura(source) or "").split("\n"))
    if _count(found) >= _SHORT_WORDS:
        return found
    for candidates in (
        [b for b in everything if b.in_article and b.zone is Zone.CONTENT],
        [b for b in everything if b.zone is Zone.CONTENT and b.tag not in ("button", "label", "option")],
    ):
        text = _clean(b.text for b in candidates if b.link_share < 0.5)
        if _count(text) > _count(found):
            return text
    return found


def _trafilatura(source: str) -> str | None:
    from trafilatura import bare_extraction

    # deduplicate=True keeps a process-wide cache; metadata doubles the time and is read in dates.py.
    result = bare_extraction(
        source, include_comments=False, include_tables=True, deduplicate=False, with_metadata=False
    )
    text: str | None = getattr(result, "text", None)
    return text


def _clean(lines: Iterable[str]) -> list[str]:
    cleaned = []
    for line in lines:
        text = line.strip()
        if text.startswith("|"):
            if not text.strip("|-: \t"):  # the rule under a table's head
                continue
            text = " · ".join(cell for cell in (c.strip() for c in text.split("|")) if cell)
        text = _LIST_MARK.sub("", text)
        text = _NEW_WINDOW.sub("", _HIDDEN_ADDRESS.sub("[email protected]", text)).strip()
        if text:
            cleaned.append(re.sub(r"\s+", " ", text))
    return cleaned


def _count(blocks: Iterable[str]) -> int:
    return sum(len(block.split()) for block in blocks)


class _membership:
    """Tells whether a block of the page is part of the main text, however the extractor cut its lines."""

    def __init__(self, main: list[str]) -> None:
        self._lines = {_letters(line) for line in main}
        self._all = "".join(_letters(line) for line in main)

    def __call__(self, text: str) -> bool:
        letters = _letters(_HIDDEN_ADDRESS.sub("[email protected]", _NEW_WINDOW.sub("", text)))
        return letters in self._lines or (len(letters) >= 25 and letters in self._all)


def _letters(text: str) -> str:
    return "".join(words(normalise(text)))


def _links(linking: list[Block], everything: list[Block]) -> tuple[Link, ...]:
    """Links of the main text, and documents from anywhere but menus and footers."""
    found: dict[Link, None] = {}
    for block in linking:
        for anchor in block.anchors:
            if not anchor.href.lower().startswith(_NO_TARGET) and "/cdn-cgi/l/email-protection" not in anchor.href:
                found[Link(anchor.href, fold(anchor.text))] = None
    for block in everything:
        if block.zone in (Zone.CONTENT, Zone.ASIDE, Zone.HEADER):
            found.update((Link(a.href, fold(a.text)), None) for a in block.anchors if is_document(a.href))
    return tuple(found)


def _language(main: list[str]) -> str | None:
    """ISO 639-1, from the words themselves: the page's own lang attribute is often left from a template."""
    sample = " ".join(main)[:_LANGUAGE_CHARS]
    if len(sample.split()) < 8:
        return None
    from py3langid import classify

    code: str = classify(sample)[0]
    return code


__all__ = ["PageDates", "extract_html", "extractor_name"]
