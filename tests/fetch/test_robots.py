from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.server import Answer, Asked, FaultServer
from tests.faults.tools import POLICY, within
from watcher.core.model import RobotsFile, Unreachable, UnreachableKind
from watcher.fetch.client import Client
from watcher.fetch.robots import CRAWL_DELAY_MAX_S, ROBOTS_MAX_BYTES, Rules, fetch_robots, is_usable

NOW = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
SITE = "https://northmoor.example"


def rules(text: str, status: int = 200) -> Rules:
    return Rules(RobotsFile("northmoor.example", status, text, NOW))


def text(body: bytes, status: int = 200) -> Answer:
    return lambda asked: asked.respond(status, body, "Content-Type: text/plain")


def asked_of(answer: Answer) -> tuple[RobotsFile, Unreachable | None]:
    with FaultServer({"/robots.txt": answer}) as server, Client(POLICY) as client:
        return within(6, lambda: fetch_robots(client, server.url + "/news/1?p=3"))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/", True), ("/private/a", False), ("/private/open/a", True), ("/a.doc", False), ("/a.doc?x", True)],
)
def test_the_longest_match_decides_with_wildcards_and_end_marks(path: str, allowed: bool) -> None:
    file = rules("User-agent: *\nDisallow: /private\nAllow: /private/open\nDisallow: /*.doc$")
    assert file.allows(SITE + path) is allowed


def test_our_own_group_comes_before_the_one_for_everybody() -> None:
    file = rules("User-agent: *\nDisallow: /\n\nUser-agent: Statement-Watcher\nDisallow: /x\nCrawl-delay: 7")
    assert file.allows(SITE + "/news")
    assert not file.allows(SITE + "/x")
    assert file.pause_s() == 7.0


def test_the_group_of_another_bot_is_not_ours() -> None:
    file = rules("User-agent: pagewatcher\nDisallow: /\n\nUser-agent: Statement-Watcher-Images\nDisallow: /")
    assert file.allows(SITE + "/news")


@pytest.mark.parametrize("delay", ["100000", "1e9", "inf"])
def test_a_crawl_delay_has_a_bound(delay: str) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {delay}").pause_s() in (0.0, CRAWL_DELAY_MAX_S)


@pytest.mark.parametrize("delay", ["-3", "soon", "nan", ""])
def test_a_crawl_delay_without_sense_is_none(delay: str) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {delay}").pause_s() == 0.0


def test_a_request_rate_is_a_pause_too() -> None:
    assert rules("User-agent: *\nRequest-rate: 2/10").pause_s() == 5.0


def test_a_file_with_4xx_has_no_rules_whatever_it_says() -> None:
    assert rules("User-agent: *\nDisallow: /", status=403).allows(SITE + "/news")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_4xx_allows(status: int) -> None:
    robots, closed = asked_of(text(b"User-agent: *\nDisallow: /", status))
    assert closed is None
    assert robots.status == status
    assert Rules(robots).allows(SITE + "/news")


@pytest.mark.parametrize(("status", "kind"), [(500, "robots"), (503, "robots"), (429, "blocked")])
def test_5xx_and_429_close_the_host(status: int, kind: str) -> None:
    robots, closed = asked_of(lambda asked: asked.respond(status, b"", "Retry-After: 90"))
    assert closed is not None
    assert (closed.kind, closed.retry_after_s) == (kind, 90.0)
    assert not is_usable(robots, robots.fetched_at)


def test_a_lost_connection_is_reported_as_that() -> None:
    robots, closed = asked_of(Asked.reset)
    assert closed is not None
    assert closed.kind is UnreachableKind.CONNECTION
    assert robots.status == 0


def test_five_redirects_are_followed_and_then_there_are_no_rules() -> None:
    def step(asked: Asked) -> None:
        number = int(asked.path.partition("?")[2] or 0)
        if number < limit:
            asked.respond(302, b"", f"Location: /robots.txt?{number + 1}")
        else:
            asked.respond(200, b"User-agent: *\nDisallow: /news")

    limit = 5
    robots, closed = asked_of(step)
    assert (robots.status, closed) == (200, None)
    assert not Rules(robots).allows(SITE + "/news")
    limit = 6
    robots, closed = asked_of(step)
    assert (robots.status, closed) == (400, None)


def test_only_the_first_half_megabyte_counts() -> None:
    long = b"User-agent: *\nDisallow: /early\n" + b"#" * ROBOTS_MAX_BYTES + b"\nDisallow: /late\n"
    robots, closed = asked_of(text(long))
    assert closed is None
    assert not Rules(robots).allows(SITE + "/early")
    assert Rules(robots).allows(SITE + "/late")


def test_a_page_in_place_of_the_file_forbids_nothing() -> None:
    robots, closed = asked_of(text(b"\xef\xbb\xbf<html><title>Northmoor</title>\0<p>Welcome to Disallow: /"))
    assert closed is None
    assert Rules(robots).allows(SITE + "/news")


def test_a_byte_order_mark_hides_no_rule() -> None:
    robots, _ = asked_of(text(b"\xef\xbb\xbfUser-agent: *\nDisallow: /news"))
    assert not Rules(robots).allows(SITE + "/news")


def test_a_copy_is_used_for_a_day_and_a_failure_not_at_all() -> None:
    kept = RobotsFile("northmoor.example", 200, "", NOW)
    assert is_usable(kept, NOW + timedelta(hours=23))
    assert not is_usable(kept, NOW + timedelta(hours=24))
    assert not is_usable(RobotsFile("northmoor.example", 0, "", NOW), NOW)


def test_the_sitemaps_that_a_file_names_are_told() -> None:
    assert rules(f"Sitemap: {SITE}/a.xml\nUser-agent: *\nSitemap: {SITE}/b.xml").sitemaps() == (
        f"{SITE}/a.xml",
        f"{SITE}/b.xml",
    )
