from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.web.filling import NOW, Filling, empty, filled
from watcher.core.errors import ConfigError
from watcher.core.model import ChangeKind
from watcher.web.app import build_app, serve
from watcher.web.safety import RateLimit


def test_a_server_on_any_free_port_runs_in_a_thread_and_stops_when_told(filling: Filling) -> None:
    app = build_app(filling.configuration, filling.storage, now=lambda: NOW, share=0)
    server = serve(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.port > 0
        answer = httpx2.get(f"{server.url}/healthz")
        assert answer.json()["status"] == "ok"
        assert "server" not in answer.headers
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


def test_a_port_that_is_taken_is_an_error_with_a_remedy(filling: Filling) -> None:
    app = build_app(filling.configuration, filling.storage)
    first = serve(app, "127.0.0.1", 0)
    try:
        with pytest.raises(ConfigError, match="name another --port"):
            serve(app, "127.0.0.1", first.port)
    finally:
        first.bound.close()


def test_a_restored_backup_is_read_without_a_restart(tmp_path: Path) -> None:
    made = filled(tmp_path)
    made.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.db.close()
    shutil.copytree(made.storage, tmp_path / "copy")
    app = build_app(made.configuration, made.storage, now=lambda: NOW, share=0)
    with TestClient(app) as client:
        assert client.get("/changes/1").status_code == 200
        shutil.rmtree(made.storage)
        assert client.get("/changes/1").status_code == 404
        (tmp_path / "copy").rename(made.storage)
        assert client.get("/changes/1").status_code == 200


def test_while_changes_are_recorded_a_reader_gets_the_last_answer_and_the_next_one_the_new(tmp_path: Path) -> None:
    made = filled(tmp_path)
    app = build_app(made.configuration, made.storage, now=lambda: NOW, share=1e9)  # answers rest for no time at all
    with TestClient(app) as client:
        first = client.get("/api/v1/changes").json()["changes"]
        made.put("late", "northmoor", "Late", ["Steady Mentoring has ended."], kind=ChangeKind.FIRST, page="late")
        assert client.get("/api/v1/changes").json()["changes"] == first
        renewed = client.get("/api/v1/changes").json()["changes"]
    made.db.close()
    assert renewed[1:] == first[: len(renewed) - 1]
    assert renewed[0]["title"] == "Late"


def test_a_file_that_is_no_database_says_so_calmly_and_names_no_path(tmp_path: Path, filling: Filling) -> None:
    (tmp_path / "watcher.db").write_bytes(b"this is not a database" * 100)
    with TestClient(build_app(filling.configuration, tmp_path)) as client:
        for path in ("/", "/api/v1/changes", "/healthz", "/metrics"):
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert str(tmp_path) not in answer.text
            assert answer.headers["retry-after"] == "60"


def test_reading_goes_on_while_the_watch_writes(tmp_path: Path) -> None:
    made = filled(tmp_path)
    app = build_app(made.configuration, made.storage, now=lambda: NOW, share=0)
    answers: list[int] = []
    with TestClient(app) as client:

        def read() -> None:
            answers.extend(client.get(path).status_code for path in ("/", "/positions", "/sources") * 5)

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(30):
            made.put(f"more{number}", "northmoor", f"More {number}", ["More on Steady Mentoring."])
        for reader in readers:
            reader.join()
        assert set(answers) == {200}
        assert "More 29" in client.get("/").text
    made.db.close()


@pytest.mark.slow
def test_fifty_readers_at_once_while_the_watch_writes_meet_no_error_and_no_lock(tmp_path: Path) -> None:
    made = filled(tmp_path)
    for number in range(150):
        kind = ChangeKind.EDITED if number else ChangeKind.FIRST
        made.put(f"v{number}", "westvale", "Busy", [f"Steady Mentoring, edition {number}."], kind=kind, page="busy")
    searches = RateLimit(10**9, 1.0)
    app = build_app(made.configuration, made.storage, now=lambda: NOW, share=0, searches=searches)  # nothing rests
    server = serve(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    paths = ("/", "/statements/6", "/changes/40", "/positions", "/sources", "/search?q=mentoring", "/feed.atom")
    answers: list[int] = []

    def read() -> None:
        with httpx2.Client(base_url=server.url, timeout=60) as client:
            answers.extend(client.get(path).status_code for path in paths)

    readers = [threading.Thread(target=read) for _ in range(50)]
    for reader in readers:
        reader.start()
    written = 0
    while any(reader.is_alive() for reader in readers):
        made.put(f"more{written}", "northmoor", f"More {written}", ["More on Steady Mentoring."])  # raises if locked
        written += 1
    server.should_exit = True
    thread.join(10)
    made.db.close()
    assert len(answers) == 50 * len(paths)
    assert set(answers) == {200}
    assert written > 1


def test_a_bug_is_told_calmly_and_without_a_traceback(filling: Filling) -> None:
    app = build_app(filling.configuration, filling.storage)
    app.state.site.now = lambda: 1 // 0
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/")
        assert answer.status_code == 500
        assert "not with what you did" in answer.text
        assert "Traceback" not in answer.text
        assert "content-security-policy" in answer.headers


def test_an_organisation_that_left_the_configuration_keeps_its_page(filling: Filling) -> None:
    kept = tuple(one for one in filling.configuration.organisations if one.id != "harrow-vale")
    sources = tuple(one for one in filling.configuration.sources if one.organisation != "harrow-vale")
    configuration = replace(filling.configuration, organisations=kept, sources=sources)
    with TestClient(build_app(configuration, filling.storage, now=lambda: NOW, share=0)) as client:
        page = client.get("/organisations/harrow-vale")
        assert page.status_code == 200
        assert "What people told us" in page.text
        assert "/?organisation=harrow-vale" not in page.text
        assert client.get("/").status_code == client.get("/sources").status_code == 200


def test_words_of_a_restored_file_are_read_anew(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = filled(tmp_path / "one"), empty(tmp_path / "two")
    two.put("other", "northmoor", "Another text", ["Steady Mentoring, told otherwise."])
    for made in (one, two):
        made.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made.db.close()
    with TestClient(build_app(one.configuration, one.storage, now=lambda: NOW, share=0)) as client:
        assert "has paused" in client.get("/changes/1").text
        shutil.rmtree(one.storage)
        two.storage.rename(one.storage)
        assert "told otherwise" in client.get("/changes/1").text
        assert "has paused" not in client.get("/").text
