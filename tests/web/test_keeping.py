from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from watcher.web.keeping import MOST_S, Answers, knows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


def write(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE IF NOT EXISTS t (x)")
    connection.execute("INSERT INTO t VALUES (1)")
    connection.commit()
    connection.close()


def counting(told: list[int], size: int = 10, status: int = 200) -> Callable[[], Response]:
    def make() -> Response:
        told.append(1)
        return Response(b"x" * size + str(len(told)).encode(), status, {"ETag": f'W/"{len(told)}"'})

    return make


def test_an_answer_is_made_once_until_the_database_changes(path: Path) -> None:
    write(path)
    answers, told = Answers(path, share=0), list[int]()
    for _ in range(3):
        answers.answer("key", counting(told))
    assert len(told) == 1
    write(path)
    answers.answer("key", counting(told))
    assert len(told) == 2
    answers.close()


def test_while_a_poll_writes_an_answer_rests_for_a_moment(path: Path) -> None:
    now = [0.0]
    answers, told = Answers(path, share=1e-9, clock=lambda: now[0]), list[int]()
    write(path)
    answers.answer("key", counting(told))
    write(path)
    answers.answer("key", counting(told))
    assert len(told) == 1
    now[0] = 2.0
    answers.answer("key", counting(told))
    assert len(told) == 2
    answers.close()


def test_an_answer_a_little_behind_is_given_once_more_and_renewed_after(path: Path) -> None:
    now = [0.0]
    answers, told = Answers(path, share=1e-9, clock=lambda: now[0]), list[int]()
    write(path)
    first = answers.answer("key", counting(told))
    write(path)
    now[0] = 2.5
    assert answers.kept("key") is None
    assert answers.last("key") is first
    answers.renew("key", counting(told))
    assert len(told) == 2
    answers.renew("key", counting(told))
    assert len(told) == 2, "somebody else has renewed it"
    write(path)
    now[0] = 7.5
    assert answers.last("key") is None, "more than five seconds old"
    answers.close()


def test_an_answer_of_another_database_or_where_none_may_be_behind_is_not_given_again(path: Path) -> None:
    write(path)
    strict, usual = Answers(path, share=0), Answers(path)
    for answers in (strict, usual):
        answers.answer("key", counting([]))
    write(path)
    assert strict.last("key") is None
    path.unlink()
    write(path)
    assert usual.last("key") is None
    strict.close()
    usual.close()


def test_no_answer_is_kept_longer_than_a_minute(path: Path) -> None:
    now = [0.0]
    answers, told = Answers(path, clock=lambda: now[0]), list[int]()
    answers.answer("key", counting(told))
    now[0] = MOST_S
    answers.answer("key", counting(told))
    assert len(told) == 2


def test_errors_and_giants_are_not_kept(path: Path) -> None:
    answers, told = Answers(path), list[int]()
    for _ in range(2):
        answers.answer("lost", counting(told, status=404))
        answers.answer("large", counting(told, size=600_000))
        answers.answer(None, counting(told))
    assert len(told) == 6


def test_many_addresses_do_not_fill_the_memory(path: Path) -> None:
    answers, told = Answers(path), list[int]()
    for number in range(1_000):
        answers.answer(number, counting(told))
    assert len(answers._kept) <= 300


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw, "query_string": b""})


def test_an_answer_is_packed_for_those_who_can_unpack(path: Path) -> None:
    kept = Answers(path).answer("key", counting([], size=5_000))
    packed = kept.response(request(accept_encoding="gzip, br"))
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(packed.body) < 200
    plain = kept.response(request())
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("asked", "is_known"),
    [('W/"1"', True), ('"1"', True), ('"0", W/"1"', True), ("*", True), ('"2"', False), ("", False), ("1", False)],
)
def test_tags_are_compared_weakly(asked: str, is_known: bool) -> None:
    assert knows(asked, 'W/"1"') == is_known
