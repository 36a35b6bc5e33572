from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.servers.bot_api import fault_server, lo_bot_api, telegram_test_api
from tests.support.candidates import PRACTICE_TOPIC, STEADY
from tests.support.site import ORGANISATION, SOURCE, Bench, Site, listing, page, watching
from watcher.pipeline.watch import Address

__all__ = ["fault_server", "lo_bot_api", "telegram_test_api"]

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review. See <b>evil.example</b> & more."
REVIEW_CHAT = "-900"


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    site = Site(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    site.pages |= {"/news": listing(), "/sim": page("Our position", PAUSED)}
    return site


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """A position that was edited (alert c-2) and a candidate that waits (c-3)."""
    config = PRACTICE_TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += 'region = "london"\n'
    config += ORGANISATION.format(id="westvale", name="Westvale Network", host="localhost")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    config += SOURCE.format(id="news", organisation="westvale", kind="listing", url=site.url("/news"), more="")
    with watching(tmp_path, config) as made:
        channel, review = Address("telegram", "@northmoor_watch"), Address("telegram", REVIEW_CHAT)
        made.watch = replace(made.watch, addresses=(channel,), maintainers=(review,))
        made.poll()
        site.pages |= {"/sim": page("Our position", ENDED), "/news": listing(("/news/steady", "Steady Steps begins"))}
        made.poll(hours=2)
        site.pages["/news/steady"] = page("Steady Steps begins", STEADY, filler=1)
        made.poll(hours=2)
        yield made
