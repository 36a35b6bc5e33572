"""Every page and the stylesheet through the Nu HTML checker, the one that W3C and WHATWG use."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.crowded import crowded
from tests.web.filling import NOW, Filling, empty, filled
from tests.web.test_attacks import hostile  # noqa: F401 - a fixture
from tests.web.test_pages import STATIC_PATHS, all_paths, softening
from watcher.web.app import build_app

JAVA = shutil.which("java")
CHECKER = Path(__file__).parents[1] / "servers/node_modules/vnu-jar/build/dist/vnu.jar"
pytestmark = [
    pytest.mark.skipif(JAVA is None or not CHECKER.exists(), reason="the Nu HTML checker is not here (make test-deps)"),
    pytest.mark.slow,
]


def faults(folder: Path, pages: Mapping[str, str]) -> list[str]:
    """What the checker says of the pages, warnings too, each with the line that it means."""
    assert JAVA is not None
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")
    command = [JAVA, "-Xss1m", "-jar", CHECKER, "--also-check-css", "--format", "json", "--exit-zero-always"]
    found = subprocess.run(
        [*command, *(folder / name for name in pages)], capture_output=True, text=True, timeout=120, check=True
    )
    told: list[dict[str, Any]] = [
        # What a publisher wrote is kept as it was written, whatever its normalization.
        one
        for one in json.loads(found.stderr)["messages"]
        if "Unicode Normalization" not in one["message"]
    ]
    return [f"{one['url'].rpartition('/')[2]}: {one['message']} {one.get('extract', '')!r}" for one in told]


def pages_of(made: Filling, *paths: str) -> dict[str, str]:
    app = build_app(made.configuration, made.storage, "https://watch.example", now=lambda: NOW, share=0, can_mail=True)
    with TestClient(app) as client:
        return {f"{number}{re.sub(r'[^a-z0-9]+', '-', path)}.html": client.get(path).text
                for number, path in enumerate(paths)}  # fmt: skip


def test_every_page_is_valid_html_and_the_style_is_valid_css(tmp_path: Path) -> None:
    (tmp_path / "filled").mkdir()
    made = filled(tmp_path / "filled")
    pages = pages_of(made, *all_paths(made), "/?kind=trust&stance=ended&from=x", "/subscribe", "/nothing")
    with TestClient(build_app(made.configuration, made.storage)) as client:
        pages["style.css"] = client.get("/static/style.css").text
    made.db.close()
    crowd = crowded(tmp_path, organisations=90, sources=120)
    boards = ("/positions", "/positions?view=names", "/positions?stance=none&page=x", "/positions?page=all")
    pages |= pages_of(crowd, *boards, "/organisations?kind=trust&region=London", "/sources?page=2&sort=read",
                      "/sources?state=resting", "/sources?state=x", "/sources?organisation=body-3")  # fmt: skip
    crowd.db.close()
    assert faults(tmp_path, pages) == []


def test_pages_stay_valid_with_promises_with_nothing_and_with_anything(
    tmp_path: Path,
    hostile: Filling,  # noqa: F811
) -> None:
    for number, (make, paths) in enumerate(
        [(softening, ("/", "/statements/1", "/organisations/northmoor", "/positions", "/changes/2")),
         (empty, STATIC_PATHS)]
    ):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        made = make(folder)
        assert faults(folder, pages_of(made, *paths)) == []
        made.db.close()
    paths = ["/", "/positions", "/search?q=alert", *(f"/changes/{number}" for number in range(1, 12))]
    assert faults(tmp_path, pages_of(hostile, *paths, "/statements/1?from=1&to=2&view=side")) == []


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><head><title>T</title></head><body><p><ul></ul></p></body></html>"
    assert any("p" in fault for fault in faults(tmp_path, {"wrong.html": page}))
