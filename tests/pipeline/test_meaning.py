"""Which edits of pages about the topic are news: positions, mass edits, and edits far from the topic."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, kinds, listing, page, watching
from watcher.store import changes, mass_edits

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."
PAGES = [(f"/news/{number}", f"Notice number {number}") for number in range(8)]
OWN_WORDS = ("garden", "kitchen", "library", "workshop", "choir", "minibus", "allotment", "museum")


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    site.pages |= {"/news": listing(*PAGES), "/sim": page("Our position", PAUSED)}
    _write(site, "Moorland Academic Network")
    with watching(tmp_path, config) as made:
        yield made


def _write(site: Site, name: str, *others: str, only: int = len(PAGES)) -> None:
    for (path, title), word in list(zip(PAGES, OWN_WORDS, strict=True))[:only]:
        site.pages[path] = page(
            title,
            f"The {word} group of the {name} heard about Serenity Integrated Mentoring from its {word} members.",
            *others,
            filler=1 + len(word) % 2,
        )


def test_a_rename_on_many_pages_rings_no_bell_and_is_one_row_for_the_digest(bench: Bench, site: Site) -> None:
    bench.poll()
    _write(site, "Moorland Innovation Network")
    lines = bench.poll(hours=2)
    assert kinds(lines) == [("edited", False)] * len(PAGES)
    assert all("mass edit: “academic” gave way to “innovation”" in " ".join(line.reasons) for line in lines)
    assert bench.told() == []
    rows = mass_edits.mass_edits_between(
        bench.watch.db, datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert [(row["organisation"], row["changes"]) for row in rows] == [("Northmoor Care Trust", len(PAGES))]


def test_the_date_that_each_page_shows_does_not_part_a_mass_edit(bench: Bench, site: Site) -> None:
    for number, (path, _) in enumerate(PAGES, start=1):
        site.pages[path] = str(site.pages[path]).replace("</h1>", f"</h1><p>Last updated {number} March 2021</p>")
    bench.poll()
    _write(site, "Moorland Innovation Network")
    for path, _ in PAGES:
        site.pages[path] = str(site.pages[path]).replace("</h1>", "</h1><p>Last updated 1 June 2026</p>")
    assert kinds(bench.poll(hours=2)) == [("edited", False)] * len(PAGES)


def test_the_same_words_on_a_few_pages_are_told(bench: Bench, site: Site) -> None:
    bench.poll()
    _write(site, "Moorland Innovation Network", only=4)
    assert kinds(bench.poll(hours=2)) == [("edited", True)] * 4


def test_pages_that_are_read_days_later_belong_to_the_same_mass_edit(bench: Bench, site: Site) -> None:
    bench.poll()
    _write(site, "Moorland Innovation Network", only=6)
    bench.poll(hours=2)
    _write(site, "Moorland Innovation Network")
    assert kinds(bench.poll(hours=40)) == [("edited", False)] * 2


def test_a_page_whose_position_moves_rings_within_a_mass_edit(bench: Bench, site: Site) -> None:
    bench.poll()
    _write(site, "Moorland Innovation Network")
    path, title = PAGES[0]
    site.pages[path] = page(title, ENDED, "The garden group of the Moorland Innovation Network wrote this.", filler=1)
    lines = bench.poll(hours=2)
    assert sorted(kinds(lines)) == [("edited", False)] * (len(PAGES) - 1) + [("edited", True)]


def test_a_mass_edit_that_takes_the_topics_own_name_rings(bench: Bench, site: Site) -> None:
    bench.poll()
    for (path, title), word in zip(PAGES, OWN_WORDS, strict=True):
        text = f"The {word} group of the Moorland Academic Network heard about Steady Steps from its {word} members."
        site.pages[path] = page(title, text, filler=1 + len(word) % 2)
    assert kinds(bench.poll(hours=2)) == [("edited", True)] * len(PAGES)


def test_a_position_that_moves_towards_the_practice_is_flagged(bench: Bench, site: Site) -> None:
    site.pages["/sim"] = page("Our position", ENDED)
    bench.poll()
    site.pages["/sim"] = page("Our position", PAUSED)
    line = next(line for line in bench.poll(hours=2) if line.url.endswith("/sim"))
    assert "softer than before: ended, now paused" in line.reasons
    assert line.summary.startswith("ended → paused, softer than before")
    assert "softer than before" in bench.told()[0]
    change = changes.change_by_id(bench.watch.db, int((line.id or "")[2:]))
    assert change is not None and (change.stance_before, change.stance, change.is_softer) == ("ended", "paused", True)


def test_a_position_that_comes_back_softer_than_it_went_is_flagged(bench: Bench, site: Site) -> None:
    site.pages["/sim"] = page("Our position", ENDED)
    bench.poll()
    site.pages.pop("/sim")
    for _ in range(3):
        bench.poll(hours=13)
    site.pages["/sim"] = page("Our position", PAUSED)
    line = next(line for line in bench.poll(hours=200) if line.url.endswith("/sim"))
    assert (line.change, line.is_alert) == ("restored", True)
    assert "softer than before: ended, now paused" in line.reasons


def test_a_position_that_hardens_is_no_softening(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = page("Our position", ENDED)
    line = next(line for line in bench.poll(hours=2) if line.url.endswith("/sim"))
    assert line.summary.startswith("paused → ended;")
    assert "softer" not in bench.told()[0]


def _board_paper(agenda: str, near: str = "Members thanked the team.") -> str:
    other = [
        f"Agenda line {number}: the committee noted report {number} on estates and catering." for number in range(300)
    ]
    return page("Board papers", agenda, *other, PAUSED, near, *other)


def test_an_edit_far_from_the_topic_on_a_long_page_is_kept_and_told_to_nobody(bench: Bench, site: Site) -> None:
    site.pages["/sim"] = _board_paper("The meeting starts at nine.")
    bench.poll()
    site.pages["/sim"] = _board_paper("The meeting starts at ten.")
    lines = bench.poll(hours=2)
    assert kinds(lines) == [("edited", False)]
    assert "edited far from what the page says on the topic" in lines[0].reasons


def test_an_edit_near_the_topic_on_a_long_page_is_told(bench: Bench, site: Site) -> None:
    site.pages["/sim"] = _board_paper("The meeting starts at nine.")
    bench.poll()
    site.pages["/sim"] = _board_paper("The meeting starts at nine.", "Members asked for the figures.")
    assert kinds(bench.poll(hours=2)) == [("edited", True)]


def test_an_edit_far_away_that_names_the_topic_is_told(bench: Bench, site: Site) -> None:
    site.pages["/sim"] = _board_paper("The meeting starts at nine.")
    bench.poll()
    site.pages["/sim"] = _board_paper("The meeting starts with Serenity Integrated Mentoring.")
    assert kinds(bench.poll(hours=2)) == [("edited", True)]


def test_any_edit_of_a_short_page_about_the_topic_is_told(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = page("Our position", PAUSED, "A governor will answer letters until the end of the month.")
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
