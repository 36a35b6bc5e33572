"""What a digest says of a watched site over real HTTP: grouping, quiet weeks, filters, late captures, blind spots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.candidates import PRACTICE_TOPIC, STEADY
from tests.support.readers import PUBLIC_URL, add_reader, waiting_letters
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, listing, page, watching
from watcher.core.model import Digest, StoryKind, TopicDigest
from watcher.core.weeks import parse_day, parse_week
from watcher.pipeline import reviewing
from watcher.pipeline.digest import Period
from watcher.render.digest import MailTemplates
from watcher.store import people, positions
from watcher.store.database import transaction

LONDON = ZoneInfo("Europe/London")
PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."
NOTICE = (
    "Our part in the adoption of Serenity Integrated Mentoring came to an end in March.",
    "We have asked each of our partners to listen to the people who were part of it, and to write to us.",
)
DAY = 24


def configuration(site: Site, topic: str = TOPIC) -> str:
    config = topic
    for key, name in (("northmoor", "Northmoor Care Trust"), ("westvale", "Westvale network"), ("dale", "Dale Trust")):
        config += ORGANISATION.format(id=key, name=name, host="127.0.0.1")
        url = site.url(f"/{key}/news")
        config += SOURCE.format(id=f"{key}-news", organisation=key, kind="listing", url=url, more="")
        site.pages[f"/{key}/news"] = listing()
    return config


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """Three organisations whose lists were read on Monday 1 June 2026, week 23."""
    with watching(tmp_path, configuration(site)) as made:
        made.poll()
        yield made


FILLERS = {"northmoor": 0, "westvale": 1, "dale": 2}


def publish(site: Site, organisation: str, *paragraphs: str, title: str = "Our position", filler: int = -1) -> str:
    path = f"/{organisation}/sim"
    site.pages[path] = page(title, *paragraphs, filler=filler if filler >= 0 else FILLERS[organisation])
    site.pages[f"/{organisation}/news"] = listing((path, title))
    return path


def week(bench: Bench, name: str = "2026-W23", wanted: str = "") -> Digest:
    window = parse_week(name, LONDON)
    bench.clock[0] = max(bench.clock[0], window.until)
    return Period(bench.watch, window, {wanted}).digest(wanted)


def topic(bench: Bench, name: str = "2026-W23", wanted: str = "") -> TopicDigest:
    return week(bench, name, wanted).topics[0]


def text(digest: Digest) -> str:
    """The plain text on one line: where it is folded is another test's business."""
    return " ".join(MailTemplates().letter(digest).text.split())


def test_a_new_statement_and_its_echo_are_one_story_that_names_both(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", *NOTICE)
    bench.poll(hours=2)
    publish(site, "westvale", *NOTICE, filler=0)
    bench.poll(hours=2)
    found = topic(bench)
    (story,) = found.stories
    assert (story.kind, len(story.alerts)) == (StoryKind.NEW, 1)
    assert found.counts.published == 2
    said = text(week(bench))
    assert "Two organisations published a statement about Serenity Integrated" in said
    assert "Northmoor Care Trust and Westvale network published the same statement" in said
    assert "Also at Westvale network" in said


def test_changes_of_one_statement_stand_together_with_the_words_that_changed(bench: Bench, site: Site) -> None:
    path = publish(site, "northmoor", PAUSED)
    bench.poll(hours=2)
    bench.poll(hours=6 * DAY)
    site.pages[path] = page("Our position", ENDED)
    bench.poll(hours=DAY)
    site.pages[path] = page("Our position", ENDED, "We are sorry to everyone whom it harmed.")
    bench.poll(hours=DAY)
    found = week(bench, "2026-W24")
    (story,) = found.topics[0].stories
    assert story.kind is StoryKind.CHANGED
    assert [alert.kind for alert in story.alerts] == ["edited", "edited"]
    said = text(found)
    assert "One organisation changed what it says about Serenity Integrated" in said
    assert "The trust has [-paused-] {+ended+} its Serenity Integrated Mentoring team" in said
    assert "{+We are sorry to everyone whom it harmed.+}" in said
    assert "(before: paused)" in said
    assert "read by machine" in said and "confirmed by a person" not in said


def test_a_position_that_a_person_confirmed_says_so(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED)
    bench.poll(hours=2)
    (position,) = positions.positions(bench.watch.db)
    with transaction(bench.watch.db):
        people.confirm_position(bench.watch.db, position.version_id, "sim", "paused", "Ada", bench.watch.now())
    assert "confirmed by a person" in text(week(bench))


def test_a_softer_position_comes_first_and_the_first_sentence_says_so(bench: Bench, site: Site) -> None:
    path = publish(site, "northmoor", ENDED)
    bench.poll(hours=2)
    bench.poll(hours=7 * DAY)
    publish(site, "westvale", *NOTICE)
    site.pages[path] = page("Our position", PAUSED)
    bench.poll(hours=2)
    found = week(bench, "2026-W24")
    assert [story.kind for story in found.topics[0].stories] == [StoryKind.SOFTER, StoryKind.NEW]
    said = text(found)
    assert "One organisation changed what it says about Serenity Integrated Mentoring, to something softer" in said
    assert said.index("Softer than before") < said.index("Westvale network published")


def test_taken_down_and_back_again_are_told_in_the_week_in_which_they_are_certain(bench: Bench, site: Site) -> None:
    path = publish(site, "northmoor", ENDED)
    bench.poll(hours=2)
    kept = site.pages.pop(path)
    for _ in range(4):
        bench.poll(hours=13)
    assert [story.kind for story in topic(bench).stories] == [StoryKind.GONE]
    bench.poll(hours=5 * DAY)
    site.pages[path] = kept
    bench.poll(hours=DAY)
    found = week(bench, "2026-W24")
    assert [story.kind for story in found.topics[0].stories] == [StoryKind.BACK]
    assert "One statement about Serenity Integrated Mentoring came back" in text(found)


def test_a_change_is_told_in_the_week_in_which_we_recorded_it(bench: Bench, site: Site) -> None:
    path = publish(site, "northmoor", "Published on 2 June 2026", PAUSED)
    publish(site, "westvale", "Published on 2 June 2026", *NOTICE)
    site.pages[path] = (503, "", {})
    bench.poll(hours=2)  # Westvale in week 23; Northmoor can't be read until week 24
    site.pages[path] = page("Our position", "Published on 2 June 2026", PAUSED)
    bench.poll(hours=7 * DAY)
    first, second = topic(bench, "2026-W23"), topic(bench, "2026-W24")
    assert [story.alerts[0].organisation for story in first.stories] == ["Westvale network"]
    assert [story.alerts[0].organisation for story in second.stories] == ["Northmoor Care Trust"]


def test_a_candidate_is_counted_and_told_in_the_week_in_which_a_person_publishes_it(site: Site, tmp_path: Path) -> None:
    with watching(tmp_path, configuration(site, PRACTICE_TOPIC)) as bench:
        bench.poll()
        publish(site, "northmoor", STEADY, title="Steady Steps begins")
        (line,) = [line for line in bench.poll(hours=2) if line.change == "first"]
        found = week(bench)
        assert (found.topics[0].candidates, found.topics[0].stories, found.is_quiet) == (1, (), True)
        assert "Steady Steps" not in text(found)
        bench.clock[0] = datetime(2026, 6, 9, 12, tzinfo=UTC)
        assert line.id is not None
        reviewing.publish(bench.watch, int(line.id.removeprefix("c-")), "Ada")
        assert week(bench).topics[0].stories == ()
        (story,) = topic(bench, "2026-W24").stories
        assert story.alerts[0].title == "Steady Steps begins"
        reviewing.undo(bench.watch, int(line.id.removeprefix("c-")), "Ada")
        assert topic(bench, "2026-W24").stories == ()


def test_what_a_person_judged_not_relevant_is_left_out(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED)
    (line,) = [line for line in bench.poll(hours=2) if line.change == "first"]
    assert len(topic(bench).stories) == 1
    assert line.id is not None
    reviewing.dismiss(bench.watch, int(line.id.removeprefix("c-")), "Ada")
    assert topic(bench).stories == ()


def test_a_promise_is_told_when_near_and_when_its_day_has_passed(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED, "We will publish our review by 10 June 2026.")
    bench.poll(hours=2)
    near = topic(bench)
    assert [one.due_until for one in near.promises_near] == [date(2026, 6, 10)]
    bench.poll(hours=3 * DAY + 12)
    found = week(bench, "2026-W24")
    (due,) = found.topics[0].promises_due
    assert due.quote == "We will publish our review by 10 June 2026."
    assert not found.is_quiet
    assert "One promise about Serenity Integrated Mentoring fell due." in text(found)
    assert week(bench, "2026-W25").topics[0].promises_due == ()


def test_a_filter_lets_through_what_it_asks_for_alone(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED, "We will publish our review by 10 June 2026.")
    publish(site, "westvale", *NOTICE)
    bench.poll(hours=2)
    for wanted, told in (
        ("", {"Northmoor Care Trust", "Westvale network"}),
        ("org:westvale", {"Westvale network"}),
        ("stance:paused", {"Northmoor Care Trust"}),
        ("partners", {"Westvale network"}),
        ("org:dale", set()),
    ):
        found = topic(bench, wanted=wanted)
        assert {alert.organisation for story in found.stories for alert in story.alerts} == told, wanted
        assert bool(found.promises_near) == ("Northmoor Care Trust" in told)
    assert topic(bench, wanted="org:westvale").organisations == 1
    assert topic(bench).silent == ("Dale Trust",)


def test_a_quiet_week_says_what_was_watched(bench: Bench) -> None:
    for _ in range(14):
        bench.poll(hours=12)
    found = week(bench, "2026-W23")
    assert found.is_quiet
    said = text(found)
    assert "All quiet: nothing new about Serenity Integrated Mentoring. Watched: 3 of 3 sources." in said
    assert "Not seen" not in said


def test_a_source_that_fails_is_named_with_why_and_since_when(bench: Bench, site: Site) -> None:
    for day in range(6):
        if day == 2:
            site.pages["/dale/news"] = (403, "", {})
        bench.poll(hours=DAY)
    found = week(bench)
    assert (found.sources_read, found.sources_in_all) == (2, 3)
    assert "Watched: 2 of 3 sources. Not seen: Dale Trust (403 since Thursday)." in text(found)
    site.pages["/dale/news"] = listing()
    bench.poll(hours=DAY)
    again = week(bench)
    assert (again.sources_read, again.unseen) == (found.sources_read, found.unseen)  # a past week stays as it was


def test_a_trouble_of_some_hours_at_the_end_of_a_week_is_no_blind_spot(bench: Bench, site: Site) -> None:
    bench.poll(hours=6 * DAY)
    site.pages["/dale/news"] = (503, "", {})
    bench.poll(hours=8)
    assert week(bench).unseen == ()


def test_days_without_a_cycle_are_told(bench: Bench) -> None:
    bench.poll(hours=DAY)
    bench.poll(hours=3 * DAY)
    said = text(week(bench))
    assert "Nothing was read from 10:00 on Tuesday 2 June to 10:00 on Friday 5 June, nor in 2 other stretches" in said


def test_a_week_in_which_the_watcher_did_not_run_counts_no_source_as_read(bench: Bench) -> None:
    found = week(bench, "2026-W25")
    assert (found.sources_read, found.sources_in_all) == (0, 3)
    assert "Little was watched: nothing new" in text(found)
    assert "not visited since 1 June" in text(found)


def test_the_chart_counts_statements_week_by_week(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED)
    bench.poll(hours=2)
    publish(site, "westvale", *NOTICE)
    bench.poll(hours=7 * DAY)
    assert topic(bench, "2026-W23").weeks == ()  # one week is no comparison, and before it nobody watched
    weeks = topic(bench, "2026-W24").weeks
    assert [(one.first_on, one.count) for one in weeks] == [
        (date(2026, 6, 1), 1),
        (date(2026, 6, 8), 1),
    ]


def test_a_day_has_a_digest_of_its_own_without_chart_and_silence(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED)
    bench.poll(hours=DAY)
    found = Period(bench.watch, parse_day("2026-06-02", LONDON), {""}).digest("")
    assert found.is_daily and len(found.topics[0].stories) == 1
    said = text(found)
    assert said.startswith("Tuesday 2 June 2026 ===")
    assert "week by week" not in said and "never said" not in said
    assert Period(bench.watch, parse_day("2026-06-01", LONDON), {""}).digest("").is_quiet


def test_the_same_words_changed_on_many_pages_are_one_line(bench: Bench, site: Site) -> None:
    paths = []
    for number in range(12):
        path = f"/westvale/page-{number}"
        words = f"Page {number}: our Network told partners about Serenity Integrated Mentoring in part {number * 7}."
        site.pages[path] = page(f"Part {number}", words, f"Only here: item {number * 13} of the list.")
        paths.append(path)
    site.pages["/westvale/news"] = listing(*((path, f"Part {n}") for n, path in enumerate(paths)))
    bench.poll(hours=2)
    bench.poll(hours=7 * DAY)
    for path in paths:
        site.pages[path] = str(site.pages[path]).replace("our Network", "our Partnership")
    bench.poll(hours=2)
    found = week(bench, "2026-W24")
    assert sum(edit.pages for edit in found.mass_edits) + sum(len(s.alerts) for s in found.topics[0].stories) <= 12
    (edit,) = found.mass_edits
    assert edit.organisation == "Westvale network"
    assert "gave way to" in edit.words
    assert "changed on many pages" in text(found)
    assert week(bench, "2026-W24", "org:dale").mass_edits == ()


def test_texts_are_read_once_however_many_filters_there_are(bench: Bench, site: Site) -> None:
    publish(site, "northmoor", PAUSED)
    publish(site, "westvale", *NOTICE)
    bench.poll(hours=2)
    window = parse_week("2026-W23", LONDON)
    filters = {"", *(f'"word {number}"' for number in range(19))}
    found = Period(bench.watch, window, filters)
    assert (found.facts_read, found.matched) == (2, 40)
    assert [len(found.digest(wanted).topics[0].stories) for wanted in ("", '"word 3"')] == [2, 0]


def test_a_cycle_on_monday_morning_queues_the_digest(bench: Bench, site: Site) -> None:
    bench.watch = replace(bench.watch, can_mail=True, public_url=PUBLIC_URL)
    reader = add_reader(bench.watch.db, "ada@reader.example", bench.watch.now())
    publish(site, "northmoor", PAUSED)
    bench.poll(hours=2)
    bench.clock[0] = datetime(2026, 6, 8, 6, 30, tzinfo=UTC)
    bench.poll()
    assert waiting_letters(bench.watch.db) == []
    bench.poll(hours=1)
    bench.poll(hours=1)
    ((key, address, *_),) = waiting_letters(bench.watch.db)
    assert (key, address) == (f"digest:{reader}:2026-W23", "ada@reader.example")
