"""Whether a page is well-formed: what a tolerant browser would repair without a word is a fault here."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr", "wbr", "rect", "path", "line"}
_NO_BLOCKS_IN = {"p", "h1", "h2", "h3", "summary", "dt", "label", "q", "cite"}
_BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "article",
    "blockquote",
    "details",
    "form",
    "h1",
    "h2",
    "h3",
}


class Checker(HTMLParser):
    """Gathers faults, links, ids and the text of one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> names an attribute twice: {names}")
        given = dict(attrs)
        if "style" in given or any(name.startswith("on") for name in names):
            self.faults.append(f"<{tag}> has a style or a handler: {given}")
        if (key := given.get("id")) is not None:
            if key in self.ids:
                self.faults.append(f"id {key} stands twice")
            self.ids.add(key)
        for name in ("href", "src", "action"):
            if given.get(name) is not None:
                self.links.append(str(given[name]))
        if tag in _BLOCKS and (inside := _NO_BLOCKS_IN.intersection(self.open)):
            self.faults.append(f"<{tag}> inside {inside}")
        if tag == "a" and "a" in self.open:
            self.faults.append("<a> inside <a>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open")


def check(page: str) -> Checker:
    """The page, read; `faults` is empty if all is well."""
    checker = Checker()
    checker.feed(page)
    checker.close()
    checker.faults += [f"<{tag}> is never closed" for tag in checker.open]
    return checker
