"""The HTML of a digest in Debian's Chromium: accessibility, narrow screens, dark mode, no request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import AXE, IN_A_BROWSER, NEEDS_AXE, TAGS, browser
from watcher.render.digest import MailTemplates
from watcher.render.digest_sample import SAMPLE, SAMPLE_QUIET

__all__ = ["browser"]
pytestmark = IN_A_BROWSER
LETTERS = {"full": MailTemplates().letter(SAMPLE), "quiet": MailTemplates().letter(SAMPLE_QUIET)}


@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 700])
@pytest.mark.parametrize("name", LETTERS)
def test_axe_finds_no_violation_and_nothing_scrolls_sideways(browser: Any, name: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.set_content(LETTERS[name].html)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("what => axe.run({runOnly: what, resultTypes: ['violations']})", TAGS)
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_dark_screen_shows_it_dark_and_nothing_is_fetched(browser: Any) -> None:
    context = browser.new_context(viewport={"width": 700, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_content(LETTERS["full"].html)
        colours.append(
            page.evaluate(
                "['.page', '.inner', '.bar'].map(s => { const style = getComputedStyle(document.querySelector(s));"
                " return [style.backgroundColor, style.color] })"
            )
        )
    assert all(light != dark for light, dark in zip(*colours, strict=True))
    assert asked == []
    context.close()


def test_without_the_stylesheet_in_its_head_it_still_reads(browser: Any) -> None:
    """As clients show it that drop <style>: the light look stands in the elements."""
    html = LETTERS["full"].html
    head, _, body = html.partition("<body")
    context = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.set_content(f"{head.partition('<style')[0]}</head><body{body}")
    assert page.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor") == "rgb(251, 248, 242)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
