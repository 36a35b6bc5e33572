"""What sites do to their addresses, on the demo's servers: redirects, and outages in the place of an index."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from watcher.demo.fortnight import stage
from watcher.demo.server import Page
from watcher.demo.stories import FORTNIGHT, Step
from watcher.store import checks
from watcher.store.database import transaction

FIRST = FORTNIGHT[0]
AT = "hillside/statements/mentoring"
OUTAGE = Page(
    "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>Service unavailable</h1>"
    "<p>Our website is down for maintenance. Please try again later.</p></body></html>"
)


def kinds(folder: Path, organisation: str, *pages: dict[str, Page | None]) -> list[list[str]]:
    """What is said of one organisation at each step, a day apart."""
    steps = [
        Step(FIRST.at + timedelta(days=day), "", {**(FIRST.pages if day == 0 else {}), **new})
        for day, new in enumerate(pages)
    ]
    with stage(folder) as standing:
        return [
            [line.change for line in told.lines if line.organisation == organisation] for told in standing.play(steps)
        ]


def test_a_source_whose_own_address_redirects_has_moved_once(tmp_path: Path) -> None:
    page = FIRST.pages[AT]
    move = {AT: Page(location="/now/mentoring"), "hillside/now/mentoring": page}
    assert kinds(tmp_path, "hillside", {}, move, {}, {}) == [["baseline"], ["moved"], [], []]


def test_a_page_that_moved_on_is_still_watched_at_its_new_address(tmp_path: Path) -> None:
    page = FIRST.pages[AT]
    assert page is not None
    edited = Page(page.body.replace("has ended the scheme", "has paused the scheme"))
    move: dict[str, Page | None] = {AT: Page(location="/now/mentoring"), "hillside/now/mentoring": page}
    edit: dict[str, Page | None] = {"hillside/now/mentoring": edited}
    assert kinds(tmp_path, "hillside", {}, move, edit, {}) == [["baseline"], ["moved"], ["edited"], []]


def test_a_new_address_that_the_index_names_before_the_old_one_redirects_is_told_as_one_move(tmp_path: Path) -> None:
    days = iter(FIRST.at + timedelta(days=day) for day in range(5))
    reworded, moved = FORTNIGHT[7].pages, FORTNIGHT[9].pages
    with stage(tmp_path) as standing:
        said: list[list[str]] = []
        for pages in (FIRST.pages, reworded, moved, {}, {}):
            at = next(days)
            if pages is moved:
                old = checks.check_at(standing.watch.db, f"{standing.places['northmoor']}/news/update-for-patients")
                assert old is not None
                with transaction(standing.watch.db):
                    checks.postpone(standing.watch.db, old, at + timedelta(hours=5))
            own = {address: page for address, page in pages.items() if pages is FIRST.pages or "northmoor" in address}
            (told,) = standing.play([Step(at, "", own)])
            said.append([message.splitlines()[1] for message in told.messages])
    assert said == [
        [],
        ["Northmoor Care Trust changed its statement"],
        # The copy is found first; the old address is then looked at in the same cycle, due or not.
        ["Northmoor Care Trust moved its statement to another address"],
        [],
        [],
    ]


def test_an_outage_in_the_place_of_a_listing_is_no_first_visit(tmp_path: Path) -> None:
    outage: dict[str, Page | None] = {"northmoor/*": OUTAGE}
    back: dict[str, Page | None] = {"northmoor/*": None}
    assert kinds(tmp_path, "northmoor", outage, back) == [["unreachable"], ["baseline"]]


def test_an_outage_in_the_place_of_a_feed_is_no_first_visit(tmp_path: Path) -> None:
    outage: dict[str, Page | None] = {"westvale/*": OUTAGE}
    back: dict[str, Page | None] = {"westvale/*": None}
    first, second = kinds(tmp_path, "westvale", outage, back)
    assert first in (["unreachable"], ["failed"])
    assert second == ["baseline"]
