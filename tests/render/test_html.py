from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.render.alerts import ADDED, EDIT, REMOVED, SAME, an_alert, block, word_diff
from tests.render.payloads import PAYLOADS
from watcher.core.model import BlockOp, Diff, DiffBlock, Link
from watcher.render import alert_page, html, render_diff

_ALLOWED = {
    "article", "h1", "h2", "p", "strong", "cite", "blockquote", "details", "summary", "q", "br", "a", "ins", "del",
    "html", "head", "meta", "title", "style", "body", "main",
}  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ALLOWED, tag
        assert not [name for name, _ in attrs if name.startswith("on") or name == "src"]
        href = dict(attrs).get("href")
        assert href is None or href.lower().startswith(("https://", "http://")), href
        self.seen.add(tag)
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_an_alert_is_one_article_with_its_changes_marked() -> None:
    article = html(an_alert())
    assert {"article", "h2", "ins", "del", "blockquote", "a"} <= _Tags(article).seen
    assert "has <del>paused </del><ins>ended </ins>its SIM team" in article


def test_hard_words_are_behind_a_summary() -> None:
    article = html(an_alert(content_note="speaks of self-harm"))
    assert article.index("Content note: speaks of self-harm.") < article.index("<h2>")
    assert "<details><summary>Show the quoted text</summary><blockquote>" in article


def test_a_note_without_a_quote_hides_nothing_empty() -> None:
    article = html(an_alert(content_note="speaks of abuse", match=None, diff=None))
    assert "<details>" not in article


def test_no_payload_becomes_markup() -> None:
    for payload in PAYLOADS:
        diff = word_diff([f"It said {payload} then."], [f"It says {payload} now. {payload}", payload])
        alert = an_alert(
            title=payload, organisation=payload, url=payload, diff=diff, links_added=(Link(payload, payload),)
        )
        for markup in (html(alert), alert_page(alert), render_diff(diff, "html", payload)):
            assert not _Tags(markup).open
            markup.encode()


def test_a_page_needs_nothing_from_elsewhere() -> None:
    page = render_diff(EDIT, "html", "Northmoor, June to July")
    assert page.startswith("<!doctype html>")
    assert '<html lang="en-GB">' in page
    assert "<title>Northmoor, June to July</title>" in page
    assert "default-src 'none'" in page
    assert not re.search(r"<(?:script|link|img)\b|url\(", page)


def test_a_page_tells_additions_and_deletions_apart_in_words_too() -> None:
    page = render_diff(EDIT, "html")
    assert 'ins::before { content: " [added: "; }' in page
    assert 'del::before { content: " [removed: "; }' in page


def test_a_page_shows_all_text_in_order() -> None:
    diff = Diff(
        (
            DiffBlock(SAME, "One", "One"),
            DiffBlock(BlockOp.MOVED, before="Two"),
            DiffBlock(ADDED, after="Three"),
            block((SAME, "Four"), (REMOVED, " a\n\nb"), (ADDED, " c\n\nd")),
            DiffBlock(BlockOp.MOVED, after="Two"),
        )
    )
    page = render_diff(diff, "html")
    wanted = ["One", "Stood here before: Two", "<ins>Three</ins>", "Four", "<del>", "<ins>d</ins>", "Moved here: Two"]
    places = [page.index(text) for text in wanted]
    assert places == sorted(places)
