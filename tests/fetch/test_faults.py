"""Every row of docs/faults.md: the server does it, the bot says that, within the time limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.server import FaultServer
from tests.faults.table import FAULTS, Fault, said
from tests.faults.tools import POLICY, task_for, within
from watcher.core.model import Fetched
from watcher.fetch.client import Client

SECONDS = 6.0
DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer({fault.path: fault.answer for fault in FAULTS}) as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_bot_says_of_each_fault_what_the_table_says(server: FaultServer, fault: Fault) -> None:
    policy = replace(POLICY, allow_private_hosts=frozenset({f"127.0.0.1:{server.port}"}))
    before = server.counts[fault.path]
    with Client(policy) as client:
        outcome = within(SECONDS, lambda: client.fetch(task_for(server.url + fault.path, **fault.task)))
    assert said(outcome) == fault.says, outcome
    assert not isinstance(outcome, Fetched) or outcome.body
    if fault.requests is not None:
        assert server.counts[fault.path] - before == fault.requests
