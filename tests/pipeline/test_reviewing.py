"""What waits for a person, over real HTTP on loopback: shown to the maintainers, decided, undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from tests.pipeline.test_audience import Outgoing, send
from tests.servers.tdlib import accepted
from tests.support.candidates import PRACTICE_TOPIC, STEADY
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, kinds, listing, page, watching
from watcher.cli import app
from watcher.core.errors import StoreError
from watcher.pipeline import reviewing
from watcher.pipeline.watch import Address
from watcher.store import reviews, views

CHANNEL, REVIEW = Address("telegram", "@northmoor_watch"), Address("telegram", "-900")
NAMED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    site = Site(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    site.pages |= {"/news": listing(), "/sim": page("Our position", NAMED)}
    return site


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    config = PRACTICE_TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += ORGANISATION.format(id="westvale", name="Westvale Network", host="localhost")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    config += SOURCE.format(id="page", organisation="westvale", kind="page", url=site.url("/sim"), more="")
    with watching(tmp_path, config) as made:
        made.watch = replace(made.watch, addresses=(CHANNEL,), maintainers=(REVIEW,))
        made.poll()
        site.pages["/news"] = listing(("/news/steady", "Steady Steps begins"))
        site.pages["/news/steady"] = page("Steady Steps begins", STEADY, filler=1)
        assert kinds(made.poll(hours=2)) == [("first", False)]
        yield made


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing()


def waiting(bench: Bench) -> int:
    (change,) = reviews.candidates(bench.watch.db)
    return change.id


def labels(bench: Bench) -> list[tuple[str, str]]:
    return [(row["label"], row["who"]) for row in bench.watch.db.table("labels").rows]


def test_a_candidate_goes_to_the_maintainers_alone_with_reasons_and_buttons(bench: Bench, outgoing: Outgoing) -> None:
    send(bench, outgoing)
    (delivery,) = outgoing.sent
    assert delivery.address == REVIEW.address
    assert "Candidate, not published" in accepted(delivery.body).text
    assert "Describes: " in accepted(delivery.body).text
    assert [label for row in delivery.buttons for label, _ in row] == [
        "Publish", "Not relevant", "Mute this source for 7 days", "This is a repeat of …",
    ]  # fmt: skip
    assert all(len(said.encode()) <= 64 for row in delivery.buttons for _, said in row)
    assert views.public_change(bench.watch.db, waiting(bench)) is None


def test_an_edit_of_a_candidate_is_not_shown_again(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    send(bench, outgoing)
    site.pages["/news/steady"] = page("Steady Steps begins", STEADY + " It runs in the north.", filler=1)
    bench.poll(hours=3)
    send(bench, outgoing)
    assert len(outgoing.sent) == 1


def test_publishing_tells_the_channel_makes_it_public_and_labels_it(bench: Bench, outgoing: Outgoing) -> None:
    send(bench, outgoing)
    number = waiting(bench)
    reviewing.publish(bench.watch, number, "Ada")
    send(bench, outgoing)
    (told,) = outgoing.to(CHANNEL.address)
    assert "Steady Steps begins" in told
    assert views.public_change(bench.watch.db, number) is not None
    assert views.statements(bench.watch.db, 9)[0].title == "Steady Steps begins"
    assert labels(bench) == [("on-topic", "Ada")]
    assert reviews.candidates(bench.watch.db) == []
    (edit,) = outgoing.edits
    assert re.search(r"1 June 2026, 1\d:00: published by Ada", accepted(edit.body).text)
    assert edit.buttons == ((("Undo", f"review:undo:{number}"),),)


def test_a_published_text_is_watched_like_any_other_from_then_on(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    reviewing.publish(bench.watch, waiting(bench), "Ada")
    site.pages["/news/steady"] = page("Steady Steps begins", STEADY.replace("three days", "five days"), filler=1)
    assert ("edited", True) in kinds(bench.poll(hours=3))


def test_publishing_is_undone_with_a_line_in_the_message_that_is_out(bench: Bench, outgoing: Outgoing) -> None:
    number = waiting(bench)
    reviewing.publish(bench.watch, number, "Ada")
    send(bench, outgoing)
    reviewing.undo(bench.watch, number, "Ben")
    send(bench, outgoing)
    texts = {delivery.address: accepted(delivery.body).text for delivery in outgoing.edits}
    assert "1 June 2026: withdrawn by the maintainers" in texts[CHANNEL.address]
    assert "undone by Ben" in texts[REVIEW.address]
    assert views.public_change(bench.watch.db, number) is None
    assert labels(bench) == []
    assert waiting(bench) == number


def test_what_is_undone_before_it_was_sent_is_never_sent_and_may_be_published_again(
    bench: Bench, outgoing: Outgoing
) -> None:
    number = waiting(bench)
    reviewing.publish(bench.watch, number, "Ada")
    reviewing.undo(bench.watch, number, "Ada")
    send(bench, outgoing)
    assert outgoing.to(CHANNEL.address) == []
    reviewing.publish(bench.watch, number, "Ben")
    send(bench, outgoing)
    assert len(outgoing.to(CHANNEL.address)) == 1


def test_a_decision_is_taken_once(bench: Bench) -> None:
    number = waiting(bench)
    reviewing.dismiss(bench.watch, number, "Ada")
    with pytest.raises(StoreError, match="already dismissed by Ada"):
        reviewing.publish(bench.watch, number, "Ben")
    assert labels(bench) == [("off-topic", "Ada")]
    with pytest.raises(StoreError, match="no such change"):
        reviewing.dismiss(bench.watch, 999, "Ada")


def test_an_alert_that_is_judged_not_relevant_says_so(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    site.pages["/sim"] = page("Our position", NAMED.replace("ended", "paused"))
    (line,) = bench.poll(hours=3)
    send(bench, outgoing)
    reviewing.dismiss(bench.watch, int(line.id.removeprefix("c-")), "Ada")
    send(bench, outgoing)
    assert "1 June 2026: judged not relevant by the maintainers" in accepted(outgoing.edits[-1].body).text
    reviewing.undo(bench.watch, int(line.id.removeprefix("c-")), "Ada")
    send(bench, outgoing)
    assert "not relevant" not in accepted(outgoing.edits[-1].body).text


def test_a_muted_source_shows_no_candidate_for_a_week_and_lists_it(
    bench: Bench, site: Site, outgoing: Outgoing
) -> None:
    said = reviewing.mute(bench.watch, waiting(bench), "Ada")
    assert "until 8 June 2026" in said
    cards = [("/news/steady", "Steady Steps begins"), ("/news/more", "More steps")]
    site.pages["/news"] = listing(*cards)
    site.pages["/news/more"] = page("More steps", STEADY.replace("Steady Steps", "A second plan"), filler=2)
    bench.poll(hours=2)
    send(bench, outgoing)
    assert len(outgoing.to(REVIEW.address)) == 1
    assert len(reviews.candidates(bench.watch.db)) == 2


def test_a_repeat_joins_the_statement_and_is_undone(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    site.pages["/sim"] = page("Our position", NAMED.replace("ended", "paused"))
    bench.poll(hours=3)
    send(bench, outgoing)
    number = waiting(bench)
    ((statement, told), *_) = reviewing.likely_statements(bench.watch, number)
    assert told == "Westvale Network: Our position"
    reviewing.repeat_of(bench.watch, number, statement, "Ada")
    send(bench, outgoing)
    assert len(views.publishers(bench.watch.db, statement)) == 2
    (edit,) = [edit for edit in outgoing.edits if edit.address == CHANNEL.address]
    assert "Also at Northmoor Care Trust" in accepted(edit.body).text
    reviewing.undo(bench.watch, number, "Ada")
    assert len(views.publishers(bench.watch.db, statement)) == 1
    assert waiting(bench) == number


def test_the_command_line_lists_decides_and_undoes(bench: Bench, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        common = ["--config", str(tmp_path / "sources.toml"), "--storage", str(tmp_path / "storage")]
        return CliRunner().invoke(app, ["review", *arguments, *common], catch_exceptions=False).stdout

    number = f"c-{waiting(bench)}"
    assert "Northmoor Care Trust: Steady Steps begins" in run("list")
    assert f'"id": "{number}"' in run("list", "--json")
    assert "is published" in run("publish", number, "--by", "Ada")
    assert run("list") == "Nothing waits for a person.\n"
    assert "is undone" in run("publish", number, "--undo")
    assert "not relevant" in run("dismiss", number)
    assert "is undone" in run("dismiss", number, "--undo")
    assert "Westvale Network: Our position" in run("repeat", number)


WEAK = """
review_below = 0.7
[topic.groups]
care = ["mental health"]

[[topic.ambiguous]]
terms = ["SIM"]
reason = "the scheme's short name"
weight = 0.65
needs = ["care"]
"""


def test_a_text_that_names_the_topic_by_little_waits_for_a_person(
    site: Site, tmp_path: Path, outgoing: Outgoing
) -> None:
    config = TOPIC + WEAK + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    with watching(tmp_path, config) as bench:
        bench.watch = replace(bench.watch, addresses=(CHANNEL,), maintainers=(REVIEW,))
        bench.poll()
        site.pages["/news"] = listing(("/news/one", "Team news"), ("/news/two", "Our position"))
        site.pages["/news/one"] = page("Team news", "Our mental health teams speak of SIM at their meeting.", filler=1)
        site.pages["/news/two"] = page("Our position", NAMED, filler=2)
        assert sorted(kinds(bench.poll(hours=2))) == [("first", False), ("first", True)]
        send(bench, outgoing)
        sent = {delivery.address: accepted(delivery.body).text for delivery in outgoing.sent}
    assert "Our position" in sent[CHANNEL.address]
    assert "Team news" not in sent[CHANNEL.address]
    assert "Candidate, not published: Northmoor Care Trust" in sent[REVIEW.address]
    assert "Perhaps names the topic, by little (score 65 of 100): SIM: the scheme's short name" in sent[REVIEW.address]
