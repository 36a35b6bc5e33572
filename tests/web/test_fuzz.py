"""The API, asked what its own description allows and forbids, by schemathesis: a process of its own, over a socket."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.filling import NOW, filled
from watcher.core.promise import Promise
from watcher.store import people, promises
from watcher.store.database import transaction
from watcher.web.app import build_app, serve
from watcher.web.safety import RateLimit

SCHEMATHESIS = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
# The language of filters is more than a schema can say: test_filters.py throws anything at it.
SETTINGS = """
[[operations]]
include-path = "/api/v1/changes"
parameters = { filter = "ended OR paused" }
"""
pytestmark = pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = filled(tmp_path_factory.mktemp("asked"))
    with transaction(made.db):
        people.confirm_position(made.db, 1, "stm", "paused", "a maintainer", made.at)
        due = Promise(NOW.date(), NOW.date(), "We will publish the review.")
        promises.record_promises(made.db, 1, 1, "stm", [due], made.at)
    made.db.close()
    searches = RateLimit(10**9, 1.0)  # all that is asked comes from one address
    app = build_app(made.configuration, made.storage, now=lambda: NOW, share=0, searches=searches)
    server = serve(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.url
    server.should_exit = True
    thread.join(10)


@pytest.mark.slow
def test_the_api_answers_as_its_description_says(address: str, tmp_path: Path) -> None:
    """Every status, type, header and body it may give, what it must take and what it must refuse."""
    assert SCHEMATHESIS is not None
    (tmp_path / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    # The same questions each time: what a lucky throw finds belongs in a test of its own.
    found = subprocess.run(
        [SCHEMATHESIS, "run", f"{address}/api/v1/openapi.json", "--max-examples", "8", "--checks", "all", "--no-color",
         "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--generation-deterministic"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "8 selected / 8 total" in found.stdout
