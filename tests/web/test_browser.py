"""The pages in Debian's Chromium: accessibility, keyboard, narrow screens, dark mode, print, no script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import AXE, IN_A_BROWSER, NEEDS_AXE, TAGS, browser
from tests.web.crowded import crowded
from tests.web.filling import NOW, Filling
from tests.web.test_pages import softening
from watcher.core.model import ChangeKind
from watcher.store import people
from watcher.store.database import transaction
from watcher.web.app import build_app, serve

__all__ = ["browser"]
pytestmark = IN_A_BROWSER
PATHS = (
    "/", "/?kind=trust&stance=ended", "/?from=2026-07-01", "/changes/5", "/changes/5?view=side&show=all", "/changes/4",
    "/statements/2?from=2&to=3", "/organisations", "/organisations?kind=trust&region=North",
    "/organisations/northmoor", "/positions", "/positions?view=names&stance=ended", "/positions?stance=none&topic=stm",
    "/charts", "/sources", "/sources?state=blind&sort=read",
    "/search?q=mentoring", "/search?q=-x", "/about", "/privacy", "/subscribe", "/nothing",
)  # fmt: skip


@contextmanager
def serving(filling: Filling) -> Iterator[str]:
    app = build_app(filling.configuration, filling.storage, now=lambda: NOW, share=0)
    server = serve(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.url
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def address(filling: Filling) -> Iterator[str]:
    with serving(filling) as url:
        yield url


@pytest.fixture(scope="module")
def softened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A view with a position that got softer and was confirmed, a promise, and more versions than one page shows."""
    made = softening(tmp_path_factory.mktemp("softened"))
    with transaction(made.db):
        people.confirm_position(made.db, 2, "stm", "paused", "a maintainer", NOW)
    for number in range(60):
        kind = ChangeKind.EDITED if number else ChangeKind.FIRST
        made.put(f"v{number}", "westvale", "Busy", [f"Steady Mentoring, edition {number}."], kind=kind, page="busy")
        made.later(0.1)
    with serving(made) as url:
        yield url
    made.db.close()


RULES_OF_LOOK = ["color-contrast", "link-in-text-block", "target-size"]


@NEEDS_AXE
def test_axe_finds_no_violation_on_any_page_light_and_dark(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    for path in PATHS:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(address + path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert violations(page, TAGS) == [], path
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 320, "height": 800})
        assert violations(page, RULES_OF_LOOK) == [], path
    context.close()


@NEEDS_AXE
def test_axe_finds_none_where_positions_were_confirmed_and_histories_are_long(browser: Any, softened: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    for path in ("/", "/statements/1", "/statements/2", "/organisations/northmoor", "/organisations", "/positions"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(softened + path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            page.evaluate(AXE.read_text(encoding="utf-8"))
            assert violations(page, TAGS) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()


def test_a_long_history_is_read_page_by_page_and_any_two_versions_compared(browser: Any, softened: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(softened + "/statements/2")
    assert page.get_by_role("heading", name="Versions 60").is_visible()
    page.get_by_role("link", name="Older versions").click()
    assert page.get_by_role("link", name="Version 3", exact=True).is_visible()
    page.get_by_label("Earlier: number of the version").fill("3")
    page.get_by_label("Later: number of the version").fill("62")
    page.get_by_role("button", name="Compare").press("Enter")
    assert "59" in page.locator("#comparison ins").inner_text()
    context.close()


def test_a_statement_prints_as_a_dossier(browser: Any, softened: str) -> None:
    page = browser.new_page()
    page.goto(softened + "/statements/1")
    page.emulate_media(media="print")
    for shown in (f"{softened}/statements/1", "Position, as stated", "What it announces", "kept in"):
        assert page.get_by_text(shown).first.is_visible(), shown
    for tool in ("Compare two versions", "Skip to the content"):
        assert not page.get_by_text(tool).is_visible(), tool
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()


def violations(page: Any, what: list[str]) -> list[tuple[str, list[str]]]:
    """The rules that are broken, each with the first elements that break it."""
    found = page.evaluate("what => axe.run({runOnly: what, resultTypes: ['violations']})", what)
    return [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found["violations"]]


@pytest.mark.parametrize("width", [320, 640])  # 640: a screen of 1280 px at 200 % zoom
def test_no_page_scrolls_sideways(browser: Any, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    for path in PATHS:
        page.goto(address + path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate("document.documentElement.style.setProperty('scroll-behavior', 'auto')")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_pages_load_nothing_from_elsewhere_and_break_no_rule_of_their_own(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for path in PATHS[:-1]:  # a page that is not there is told on the console
        page.goto(address + path)
    assert told == []
    assert {url for url in asked if not url.startswith(address)} == set()
    assert context.cookies() == []
    context.close()


def test_everything_can_be_done_by_keyboard_and_without_script(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the content"
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.locator("main:focus").count() == 1
    page.keyboard.press("Tab")
    assert page.locator("summary:focus").inner_text() == "Filter"
    page.keyboard.press("Enter")
    page.get_by_label("Kind of organisation").select_option("ahsn")
    page.get_by_role("button", name="Show").press("Enter")
    assert "kind=ahsn" in page.url
    assert page.get_by_role("heading", name="Notice to partners").count() == 1
    assert page.get_by_role("heading", name="An update for patients").count() == 0
    context.close()


@NEEDS_AXE
def test_boards_of_very_many_are_read_page_by_page_by_keyboard_and_without_script(browser: Any, tmp_path: Path) -> None:
    made = crowded(tmp_path, organisations=90, sources=120)
    with serving(made) as url:
        context = browser.new_context(viewport={"width": 320, "height": 800})
        page = context.new_page()
        for path in ("/positions", "/positions?view=names", "/sources?page=2", "/sources?state=resting"):
            page.goto(url + path)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            assert violations(page, TAGS) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        context.close()
        context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
        page = context.new_page()
        page.goto(url + "/positions?kind=trust")
        page.get_by_role("link", name="organisation", exact=True).press("Enter")
        page.get_by_role("link", name="No position known").press("Enter")
        assert page.url.endswith("/positions?kind=trust&sort=organisation&stance=none")
        page.goto(url + "/positions")
        page.get_by_role("link", name="Next").press("Enter")
        assert page.get_by_text("Page 2 of 2").is_visible()
        page.get_by_role("link", name="All 72 on one page").press("Enter")
        page.emulate_media(media="print")
        assert page.get_by_role("link", name="Where it says so").count() == 72
        assert page.get_by_text("District 89").first.is_visible()  # who has said nothing is printed unfolded
        assert not page.get_by_text("Page by page").is_visible()
        context.close()
    made.db.close()


def test_the_comparison_is_shown_as_asked(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "/changes/5")
    assert page.locator("#comparison ins").count() >= 3
    assert page.get_by_text("1 paragraph unchanged").count() == 1
    page.get_by_role("link", name="All of it").click()
    page.get_by_role("link", name="Side by side").click()
    assert "show=all" in page.url
    assert page.get_by_text("paragraph unchanged").count() == 0
    assert page.get_by_role("columnheader", name="Before").is_visible()
    assert page.get_by_role("link", name="Side by side").get_attribute("aria-current") == "true"
    context.close()


def test_hard_words_stay_folded_until_they_are_opened(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "/changes/4")
    words = page.get_by_text("told us that they had self-harmed").first
    assert not words.is_visible()
    page.get_by_text("Show the text").click()
    assert words.is_visible()
    context.close()


def test_dark_mode_is_dark_and_print_is_paper(browser: Any, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address + "/statements/1")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate(background) == "rgb(255, 255, 255)" != dark
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert page.get_by_text("SHA-256 of the bytes").is_visible()
    context.close()
