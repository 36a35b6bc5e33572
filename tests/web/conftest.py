from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.filling import NOW, Filling, empty, filled
from watcher.web.app import build_app


@pytest.fixture(scope="session")
def filling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filling]:
    made = filled(tmp_path_factory.mktemp("filled"))
    yield made
    made.db.close()


@pytest.fixture
def client(filling: Filling) -> Iterator[TestClient]:
    yield from _client(filling)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[TestClient]:
    """The view of a configuration of which nothing was ever read."""
    made = empty(tmp_path)
    made.db.close()
    (made.storage / "watcher.db").unlink()
    yield from _client(made)


def _client(filling: Filling) -> Iterator[TestClient]:
    app = build_app(filling.configuration, filling.storage, now=lambda: NOW, share=0)
    with TestClient(app, follow_redirects=False) as client:
        yield client
