"""A page of HTML: its statement, the links in it, and the frame around it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Any

from watcher.core.model import Document, Extraction, Link, Recipe
from watcher.core.text import fold
from watcher.extract.bounds import shallow
from watcher.extract.charset import decode
from watcher.extract.dates import read_dates, shows_date
from watcher.extract.frame import headline, is_notice
from watcher.extract.maintext import Membership, as_on_page, clean, count_words, refine
from watcher.extract.page import Block, Zone, is_document, read_blocks

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_SPACE = re.compile(r"[ \t\r\n\f]+")
_VERBATIM = ("pre", "script", "style", "textarea")
_INVISIBLE = re.compile("&shy;|&#173;|&#xad;|&zwnj;|[\u00ad\u200b\u200c\u2060\ufeff]", re.I)  # shown to nobody
_TABLE_PARTS = ("caption", "thead", "tbody", "tfoot", "tr", "td", "th")
_LAYOUT_CHARS = 200  # smaller tables are facts, however uneven
_LAYOUT_SHARE = {True: 0.5, False: 0.9}  # share of its text in one cell; True: it holds a headline or a table
_TEXT_ZONES = (Zone.CONTENT, Zone.HEADER, Zone.ASIDE)
_LINK_LINE = 0.9  # share of link text that makes a line a link
_SHORT_WORDS = 25  # below this trafilatura has found a caption or a button, not a statement
_LANGUAGE_CHARS = 2_000
_NO_TARGET = ("#", "javascript:", "mailto:", "tel:", "data:", "sms:")

# The largest of 258 real pages has 6,724; from here on trafilatura takes many seconds (25,000 links: 16 s).
_MOST_TAGS = 25_000

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page without text as an error


def extract_html(body: bytes, url: str, recipe: Recipe, charset: str | None = None) -> Extraction:
    """The one document of a page, with an empty `follow`; a recipe that matches nothing is a warning.

    `charset` is what the Content-Type declared. Three streams (DESIGN section 5): `blocks`
    from trafilatura, `links` of the same area, `frame` from the whole page by selectolax.
    """
    from selectolax.lexbor import LexborHTMLParser

    warnings: list[str] = []
    source = _INVISIBLE.sub("", shallow(decode(body, charset)))
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
    main = clean(block.text for block in chosen) if chosen is not None else _main_text(source, everything)
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
    in_main = Membership(main)
    inside = [in_main(block.text) for block in everything]
    title = headline(page, everything, inside)
    dates = read_dates(page, everything)
    first = inside.index(True) if True in inside else len(everything)
    around = [(place, block) for place, block in enumerate(everything) if block.text and not inside[place]]
    frame = [b.text for place, b in around if _joins_frame(b, abs(first - place), title, recipe.frame_terms)]
    linking = chosen if chosen is not None else _area(everything, inside)
    return Document(
        url=url,
        title=title,
        blocks=tuple(main),
        links=_links(linking, everything),
        frame=tuple(dict.fromkeys(clean(frame))),
        published_on=dates.published_on,
        modified_on=dates.modified_on,
        language=_language(main),
        rest=tuple(clean(block.text for _, block in around)),
    )


def _area(everything: list[Block], inside: list[bool]) -> list[Block]:
    """The blocks whose links count: the main text's sentences, and single lines of links among them.

    A line that is a link and has such lines on both sides is a menu or a list of other pages.
    """
    places = [place for place, is_main in enumerate(inside) if is_main and everything[place].zone in _TEXT_ZONES]
    if not places:
        return []
    span = range(places[0], places[-1] + 3)
    area = []
    for place, block in enumerate(everything):
        if block.zone not in (Zone.CONTENT, Zone.HEADER):
            continue
        if block.link_share < _LINK_LINE:
            if inside[place]:
                area.append(block)
        elif place in span and not all(b.link_share >= _LINK_LINE for b in everything[max(0, place - 1) : place + 2]):
            area.append(block)
    return area


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
    found: list[str] = []
    if source.count("<") <= _MOST_TAGS:
        found = refine(as_on_page(clean(trafilatura_text(source).split("\n")), everything), everything)
    if count_words(found) >= _SHORT_WORDS:
        return found
    for candidates in (
        [b for b in everything if b.in_article and b.zone is Zone.CONTENT],
        [b for b in everything if b.zone is Zone.CONTENT and b.tag not in ("button", "label", "option")],
    ):
        text = clean(b.text for b in candidates if b.link_share < 0.5)
        if count_words(text) > count_words(found):
            return text
    return found


def trafilatura_text(source: str) -> str:
    """The main text by trafilatura alone, a block a line; empty if it finds none."""
    from lxml.etree import strip_tags
    from trafilatura import bare_extraction, load_html

    tree = load_html(source)
    if tree is None:
        return ""
    strip_tags(tree, "time")  # trafilatura drops what stands in it: "On the board met", beside the page's own line
    unwrap_layout_tables(tree)
    _join_source_lines(tree)
    # deduplicate=True keeps a process-wide cache; metadata doubles the time and is read in dates.py.
    result = bare_extraction(tree, include_comments=False, include_tables=True, deduplicate=False, with_metadata=False)
    return str(getattr(result, "text", None) or "")


def _join_source_lines(tree: Any) -> None:
    """White space of the source to single spaces: trafilatura takes its line breaks for the page's."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in _VERBATIM:
            if element.text and "\n" in element.text and next(element.iterancestors("pre"), None) is None:
                element.text = _SPACE.sub(" ", element.text)
            if element.tail and "\n" in element.tail and next(element.iterancestors("pre"), None) is None:
                element.tail = _SPACE.sub(" ", element.tail)


def unwrap_layout_tables(tree: Any) -> None:
    """Turn tables that only place things on the page into divs: those where one cell has most of the text."""
    for table in list(tree.iter("table")):
        parts = [part for part in table.iter(*_TABLE_PARTS) if next(part.iterancestors("table")) is table]
        sizes = [len("".join(part.itertext())) for part in parts if part.tag in ("td", "th")]
        places_much = table.find(".//h1") is not None or table.find(".//table") is not None
        share = _LAYOUT_SHARE[places_much] * sum(sizes)
        if table.get("role") == "presentation" or (sum(sizes) > _LAYOUT_CHARS and max(sizes) >= share):
            for part in (table, *parts):
                part.tag = "div"


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


# py3langid loads its model (0.3 s, 40 MB) on the first call and takes no lock: 16 threads that read their
# first page at one time loaded 16 of them, 10 s of CPU and 800 MB.
_ONE_MODEL = Lock()


def _language(main: list[str]) -> str | None:
    """ISO 639-1, from the words themselves: the page's own lang attribute is often left from a template."""
    sample = " ".join(main)[:_LANGUAGE_CHARS]
    if len(sample.split()) < 8:
        return None
    import py3langid

    with _ONE_MODEL:
        return str(py3langid.langid.classify(sample)[0])
