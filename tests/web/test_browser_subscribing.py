"""Subscribing in Debian's Chromium: every state of its pages, without script, and what axe says of each."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browser import AXE, IN_A_BROWSER, NEEDS_AXE, TAGS, browser
from tests.web.filling import NOW, Filling, filled
from tests.web.test_browser import RULES_OF_LOOK, violations
from watcher.store import subscriptions
from watcher.web.app import build_app, serve

__all__ = ["browser"]
pytestmark = IN_A_BROWSER


class Reader:
    """Somebody with a browser, and the mailbox that the outbox would fill."""

    def __init__(self, browser: Any, address: str, filling: Filling, *, has_script: bool = True) -> None:
        self.context = browser.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=has_script)
        self.page = self.context.new_page()
        self.address, self.filling = address, filling

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def heading(self) -> str:
        return str(self.page.get_by_role("heading", level=1).inner_text())

    def newest_link(self) -> str:
        rows = self.filling.db.execute("SELECT body FROM deliveries WHERE key LIKE 'confirm:%' ORDER BY id DESC")
        found = re.search(r"/confirm/\S+", rows.fetchone()[0])
        assert found is not None
        return found[0]


@pytest.fixture
def posting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Filling]]:
    filling = filled(tmp_path_factory.mktemp("posting"))
    app = build_app(filling.configuration, filling.storage, "http://127.0.0.1", now=lambda: NOW, share=0, can_mail=True)
    server = serve(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.url, filling
    server.should_exit = True
    thread.join(10)
    filling.db.close()


def states(reader: Reader) -> Iterator[str]:
    """Lead through every state of every page, one after the other, and name each."""
    page = reader.page
    reader.open("/subscribe")
    page.locator("summary").click()
    yield "the form"
    page.get_by_label("Your e-mail address").fill("ada@@northmoor")
    page.get_by_label("Only what meets this filter").fill("ended kind:trsut")
    reader.press("Subscribe")
    yield "what is wrong"
    page.get_by_label("Your e-mail address").fill("ada@northmoor.example")
    page.get_by_label("Only what meets this filter").fill("kind:trust")
    reader.press("Try the filter first")
    yield "a trial"
    page.get_by_label("Once a day").check()
    page.get_by_label("Write also when nothing happened").check()
    reader.press("Subscribe")
    yield "asked"
    link = reader.newest_link()
    reader.open(link)
    yield "to be confirmed"
    reader.press("Yes, send me this")
    yield "confirmed"
    reader.open(link)
    yield "confirmed already"
    page.get_by_role("link", name="All that you are subscribed to").click()
    yield "to be left"
    reader.press("End it")
    yield "left"
    reader.open(link)
    yield "spent"
    for path in ("/confirm/x", "/leave/x"):
        reader.open(path)
        yield path


def test_the_whole_way_can_be_gone_without_script(browser: Any, posting: tuple[str, Filling]) -> None:
    reader = Reader(browser, *posting, has_script=False)
    told = {state: reader.heading() for state in states(reader)}
    assert told == {
        "the form": "Subscribe by e-mail",
        "what is wrong": "Subscribe by e-mail",
        "a trial": "Subscribe by e-mail",
        "asked": "Look into your mailbox",
        "to be confirmed": "Confirm your subscription",
        "confirmed": "You are subscribed",
        "confirmed already": "This is confirmed already",
        "to be left": "Your subscription",
        "left": "You get no more mails",
        "spent": "This link was used",
        "/confirm/x": "This link leads nowhere",
        "/leave/x": "Nothing is kept under this link",
    }
    assert {cookie["name"] for cookie in reader.context.cookies()} == {"subscribe"}
    assert subscriptions.active(posting[1].db, "email") == []
    reader.context.close()


@NEEDS_AXE
def test_axe_finds_no_violation_in_any_state_light_and_dark(browser: Any, posting: tuple[str, Filling]) -> None:
    reader = Reader(browser, *posting)
    for state in states(reader):
        reader.page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme, rules in (("light", TAGS), ("dark", RULES_OF_LOOK)):
            reader.page.emulate_media(color_scheme=scheme)
            assert violations(reader.page, rules) == [], (state, scheme)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320, state
    reader.context.close()


def test_what_is_wrong_has_the_focus_and_leads_to_the_field(browser: Any, posting: tuple[str, Filling]) -> None:
    reader = Reader(browser, *posting)
    reader.open("/subscribe")
    reader.page.get_by_label("Only what meets this filter").fill("ended kind:trsut")
    reader.page.keyboard.press("Enter")
    reader.page.locator(".errors:focus").wait_for()
    assert reader.page.get_by_label("Only what meets this filter").input_value() == "ended kind:trsut"
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    assert reader.page.locator("#f-filter:focus, #f-filter:target").count() == 1
    field = reader.page.get_by_label("Only what meets this filter")
    assert "did you mean" in reader.page.locator(f"#{field.get_attribute('aria-describedby').split()[1]}").inner_text()
    reader.context.close()
