"""What a page changes by itself is learnt before anybody is told, and never costs an alert."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, kinds, page, watching
from watcher.core.model import HostBatch, Observation
from watcher.pipeline.check import poll
from watcher.pipeline.lines import PollLine
from watcher.pipeline.observe import reader
from watcher.store import catalogue, noise

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."
Body = str | tuple[int, str, dict[str, str]]


@dataclass
class Restless(Site):
    """A site whose pages may say something else at every visit."""

    makers: dict[str, Callable[[int], Body]] = field(default_factory=dict)

    def answer(self, request: Request) -> Response:
        if request.path in self.makers:
            self.pages[request.path] = self.makers[request.path](self.asked.count(request.path))
        return super().answer(request)


@pytest.fixture
def site(httpserver: HTTPServer) -> Restless:
    site = Restless(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    return site


@pytest.fixture
def bench(site: Restless, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    site.pages["/sim"] = page("Our position", PAUSED)
    with watching(tmp_path, config) as made:
        yield made


def _ticker(number: int) -> str:
    return f"Ward round bulletin {number} of the hospital radio"


def test_what_differs_between_two_looks_is_learnt_and_told_to_nobody(bench: Bench, site: Restless) -> None:
    site.makers["/sim"] = lambda visit: page("Our position", PAUSED, _ticker(visit))
    bench.poll()
    assert kinds(bench.poll(hours=2)) == []
    assert site.asked.count("/sim") == 3  # the baseline, and two looks
    assert bench.told() == []
    assert [row["line"] for row in noise.noise_of_source(bench.watch.db, "page")] == [
        "ward round bulletin # of the hospital radio"
    ]


def test_known_noise_costs_no_second_look_and_makes_no_version(bench: Bench, site: Restless) -> None:
    site.makers["/sim"] = lambda visit: page("Our position", PAUSED, _ticker(visit))
    bench.poll()
    bench.poll(hours=2)
    asked = site.asked.count("/sim")
    assert kinds(bench.poll(hours=2)) == []
    assert site.asked.count("/sim") == asked + 1
    assert bench.watch.db.execute("SELECT count(*) FROM versions").fetchone()[0] == 1


def test_only_what_remains_of_an_edit_is_told(bench: Bench, site: Restless) -> None:
    site.makers["/sim"] = lambda visit: page("Our position", PAUSED if visit < 1 else ENDED, _ticker(visit))
    bench.poll()
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
    assert "[-paused-]{+ended+}" in bench.told()[0]
    assert "radio" not in bench.told()[0]


def test_an_unchanged_page_is_asked_once(bench: Bench, site: Restless) -> None:
    bench.poll()
    bench.poll(hours=2)
    assert site.asked.count("/sim") == 2


@pytest.mark.parametrize(
    "trouble",
    [
        (503, "<h1>Down for maintenance</h1>", {"Retry-After": "3600"}),
        (404, "<h1>Not found</h1>", {}),
        (200, "<html><title>Just a moment...</title><body>Checking your browser</body></html>", {}),
    ],
)
def test_an_edit_is_told_as_it_is_if_the_second_look_fails(bench: Bench, site: Restless, trouble: Body) -> None:
    bench.poll()
    site.makers["/sim"] = lambda visit: page("Our position", ENDED) if visit == 1 else trouble
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
    assert bench.summary.checked == 1


def test_an_edit_is_told_as_it_is_if_the_host_wants_to_be_left_alone(bench: Bench, site: Restless) -> None:
    bench.poll()
    site.pages["/sim"] = page("Our position", ENDED)
    read = reader(bench.watch.policy, now=bench.watch.now)

    def then_pause(batch: HostBatch) -> list[Observation]:
        seen = read(batch)
        catalogue.pause_host(bench.watch.db, batch.host, bench.watch.now(), 3600)
        return seen

    lines = list(poll(bench.watch, every=True, read_host=then_pause))
    assert [(line.change, line.is_alert) for line in lines if isinstance(line, PollLine)] == [("edited", True)]
    assert site.asked.count("/sim") == 2


def test_a_poll_that_stops_between_two_looks_leaves_the_edit_for_the_next(bench: Bench, site: Restless) -> None:
    bench.poll()
    site.pages["/sim"] = page("Our position", ENDED)
    read = reader(bench.watch.policy, now=bench.watch.now)
    lines = list(poll(bench.watch, every=True, read_host=read, is_stopping=lambda: True))
    assert len(lines) == 1
    assert kinds(bench.poll(hours=2)) == [("edited", True)]


def test_a_sentence_rewritten_within_minutes_is_no_noise(bench: Bench, site: Restless) -> None:
    drafts = ("We wrote to every patient.", "We wrote to every patient and carer.")
    notice = "Update: this statement has been withdrawn on day {}."
    site.makers["/sim"] = lambda visit: page(
        "Our position", PAUSED, *([] if visit < 1 else [notice.format(visit), drafts[visit % 2]])
    )
    bench.poll()
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
    assert "withdrawn" in bench.told()[0]


def test_a_block_that_flips_for_the_third_time_rings_no_more(bench: Bench, site: Restless) -> None:
    tip = "A longer word of thanks to the volunteers who keep our garden in such good order all through the year."
    site.pages["/sim"] = page("Our position", PAUSED)
    bench.poll()
    told = []
    for visit in range(4):
        site.pages["/sim"] = page("Our position", PAUSED, *([tip] if visit % 2 == 0 else []))
        told.append(kinds(bench.poll(hours=2)))
    assert told == [[("edited", True)], [("edited", True)], [], []]


def test_a_position_that_goes_to_and_fro_rings_each_time(bench: Bench, site: Restless) -> None:
    bench.poll()
    told = []
    for visit in range(4):
        site.pages["/sim"] = page("Our position", PAUSED if visit % 2 else ENDED)
        told.append(kinds(bench.poll(hours=2)))
    assert told == [[("edited", True)]] * 4


def test_a_line_that_a_maintainer_undoes_is_never_learnt_again(bench: Bench, site: Restless) -> None:
    site.makers["/sim"] = lambda visit: page("Our position", PAUSED, _ticker(visit))
    bench.poll()
    bench.poll(hours=2)
    line = next(noise.noise_of_source(bench.watch.db, "page"))["line"]
    assert noise.undo_noise(bench.watch.db, "page", line, bench.watch.now()) == 1
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
    assert noise.undo_noise(bench.watch.db, "page", line, bench.watch.now()) == 0


def test_a_place_that_shows_another_text_at_every_visit_rings_never(bench: Bench, site: Restless) -> None:
    told = (
        "Every spring the gardeners open the walled garden for a week, and children plant beans in small clay pots.",
        "My grandmother worked in the laundry for thirty years; her photographs hang outside the dining room now.",
        "If bicycles interest you, Tuesday evenings in the yard are for repairs, tea and long arguments over brakes.",
        "Volunteers read newspapers aloud on wards two and five; anyone with a clear voice may put their name down.",
        "Our choir lost its tenor to a cruise ship and is looking for another who can stand still for two hours.",
    )
    site.makers["/sim"] = lambda visit: page("Our position", PAUSED, told[visit % len(told)])
    bench.poll()
    assert [kinds(bench.poll(hours=2)) for _ in range(3)] == [[], [], []]


def test_an_edit_that_a_stale_cache_takes_back_for_a_moment_is_told(bench: Bench, site: Restless) -> None:
    bench.poll()
    added = "Anyone who was looked after by it may ask for a talk."
    site.makers["/sim"] = lambda visit: page("Our position", PAUSED, *([added] if visit == 1 else []))
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
    assert bench.told()[0].count(added) == 1
