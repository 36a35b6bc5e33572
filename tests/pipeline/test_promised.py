"""A promise becomes a day that is watched, and is told once, calmly, when it has passed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, kinds, listing, page, watching
from watcher.store import promises

SAID = "We have paused Serenity Integrated Mentoring. We will publish our review in July 2026."
QUOTE = "We will publish our review in July 2026."
DAY = 24


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    site.pages["/news"] = listing()
    with watching(tmp_path, config) as made:
        made.poll()
        site.pages["/news"] = listing(("/news/sim", "Our position"))
        yield made


def _states(bench: Bench) -> list[tuple[str, str]]:
    return [(kept.promise.quote, kept.state) for kept in promises.all_promises(bench.watch.db)]


def test_a_promise_is_told_once_when_its_last_day_is_over(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("Our position", SAID)
    bench.poll(hours=1)
    assert _states(bench) == [(QUOTE, "open")]
    bench.poll(hours=59 * DAY)
    assert len(bench.told()) == 1  # the first sighting; it is 30 July
    bench.poll(hours=3 * DAY)
    bench.poll(hours=DAY)
    assert len(bench.told()) == 2
    message = bench.told()[1]
    assert message.startswith("Northmoor Care Trust announced something for a time that has now passed")
    assert QUOTE in message and "Due by 31 July 2026" in message
    assert "nothing newer on the topic has been seen from them" in message
    assert _states(bench) == [(QUOTE, "due")]


def test_the_message_answers_the_first_one_about_the_statement(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("Our position", SAID)
    bench.poll(hours=1)
    bench.poll(hours=80 * DAY)
    first, second = bench.watch.db.execute("SELECT key, answers FROM deliveries ORDER BY id").fetchall()
    assert second[1] == first[0]


def test_a_new_version_that_makes_the_promise_no_more_ends_it(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("Our position", SAID)
    bench.poll(hours=1)
    site.pages["/news/sim"] = page("Our position", "We have ended Serenity Integrated Mentoring. Our review is below.")
    assert kinds(bench.poll(hours=DAY)) == [("edited", True)]
    bench.poll(hours=80 * DAY)
    assert _states(bench) == []
    assert not any("announced something" in text for text in bench.told())


def test_a_new_version_that_repeats_the_promise_keeps_its_day(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("Our position", SAID)
    bench.poll(hours=1)
    site.pages["/news/sim"] = page("Our position", SAID, "The review is led by our medical director.")
    bench.poll(hours=DAY)
    bench.poll(hours=80 * DAY)
    assert _states(bench) == [(QUOTE, "due")]


def test_what_the_organisation_published_since_is_named(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("Our position", SAID)
    bench.poll(hours=1)
    site.pages["/news"] = listing(("/news/sim", "Our position"), ("/news/more", "What our review found"))
    site.pages["/news/more"] = page(
        "What our review found", "It looked at Serenity Integrated Mentoring from the side of patients.", filler=1
    )
    bench.poll(hours=DAY)
    bench.poll(hours=80 * DAY)
    assert "Published on the topic since then: What our review found" in bench.told()[-1]


def test_a_promise_whose_time_was_over_when_it_was_first_seen_is_history(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("Our position", "Published 3 March 2021", SAID.replace("2026", "2021"))
    bench.poll(hours=1)
    bench.poll(hours=80 * DAY)
    assert not any("announced something" in text for text in bench.told())


def test_a_page_about_something_else_promises_nothing(bench: Bench, site: Site) -> None:
    site.pages["/news/sim"] = page("A new garden", "We will publish photographs of the garden in July 2026.", filler=2)
    bench.poll(hours=1)
    assert _states(bench) == []


def test_a_promise_far_from_the_topic_in_a_long_paper_is_left_out(bench: Bench, site: Site) -> None:
    other = [f"Line {number}: the committee noted report {number} on estates and catering." for number in range(300)]
    site.pages["/news/sim"] = page(
        "Board papers", "We will publish the catering plan in July 2026.", *other, SAID, *other
    )
    bench.poll(hours=1)
    assert _states(bench) == [(QUOTE, "open")]
