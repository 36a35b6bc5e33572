"""Datasette, a process of its own, over a database that holds addresses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.web.filling import SECRET_ADDRESS, SECRET_CHAT, Filling, filled
from watcher.store import people
from watcher.store.database import stamp, transaction
from watcher.web import exploring

pytest.importorskip("datasette", reason="the extra datasette is not installed")

ROOT = Path(__file__).parents[2]
WHO = "Robin of the desk"
SECRETS = (SECRET_ADDRESS, SECRET_CHAT, SECRET_ADDRESS.partition("@")[0], "only its reader gets", WHO)


@dataclass
class Explored:
    client: httpx2.Client
    filling: Filling

    def rows(self, sql: str) -> list[list[object]]:
        told = self.client.get("/watcher.json", params={"sql": sql, "_shape": "objects"}).json()
        return [list(row.values()) for row in told["rows"]]


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explored]:
    folder = tmp_path_factory.mktemp("explored")
    made = filled(folder)
    with transaction(made.db):
        people.confirm_position(made.db, 1, "stm", "paused", WHO, made.at)
        made.db.table("subscribers").insert(
            {"address": SECRET_ADDRESS, "address_key": SECRET_ADDRESS, "state": "active",
             "created_at": stamp(made.at), "leave_token": "a-token"}
        )  # fmt: skip
    (folder / "plugins").mkdir()
    (folder / "plugins/watcher.py").write_text("from watcher.web.exploring import *", encoding="utf-8")
    command = [sys.executable, "-m", "datasette", made.storage / "watcher.db", "-p", "0", "--plugins-dir"]
    process = subprocess.Popen(
        [*command, folder / "plugins"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stderr is not None
    found = None
    for line in process.stderr:
        if found := re.search(r"running on (http://[\d.:]+)", line):
            break
    assert found is not None
    with httpx2.Client(base_url=found[1], timeout=20) as client:
        yield Explored(client, made)
    process.terminate()
    process.communicate()
    made.db.close()


def tables(explored: Explored) -> set[str]:
    return {row[0] for row in explored.filling.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_the_same_database_is_read_while_the_watch_writes(explored: Explored) -> None:
    before = explored.rows("select count(*) from changes")
    explored.filling.put("later", "northmoor", "A later text", ["Steady Mentoring, once more."])
    assert explored.rows("select count(*) from changes") == [[before[0][0] + 1]]  # type: ignore[operator]
    assert explored.rows("select title from versions where title = 'A later text'") == [["A later text"]]


def test_texts_can_be_searched_and_joined(explored: Explored) -> None:
    page = explored.client.get("/watcher/versions?_search=mentoring")
    assert page.status_code == 200
    assert "An update for patients and carers" in page.text
    sql = (
        "select o.name, count(*) from changes c join organisations o on o.id = c.organisation_id group by 1 order by 1"
    )
    assert ["Westvale network", 1] in explored.rows(sql)
    assert explored.rows("select json_extract(e.value, '$[0]') from matches, json_each(stances) e limit 1") == [
        ["paused"]
    ]
    assert explored.rows("select stance, who from confirmations") == [["paused", None]]


def test_no_table_shows_anything_of_people(explored: Explored) -> None:
    for table in tables(explored):
        is_open = exploring.is_open(table)
        for path in (f"/watcher/{table}", f"/watcher/{table}.json?_shape=array", f"/watcher/{table}/1"):
            answer = explored.client.get(path)
            assert is_open or answer.status_code == 403, path
            assert not [secret for secret in SECRETS if secret in answer.text], path
        values = [value for row in explored.rows(f"select * from [{table}]") for value in row]
        assert is_open or not [value for value in values if value is not None], table


@pytest.mark.parametrize(
    "sql",
    [
        "select * from deliveries",
        "select * from MAIN.Deliveries as d",
        "select quote(address) || body from deliveries",
        "with x as (select address from subscribers) select * from x",
        "select max(address), group_concat(leave_token) from subscribers",
        "select (select address from deliveries where change_id = c.id) from changes c",
        "select 1 from deliveries where address like '%private%'",
        "select c.id from changes c left join deliveries d on d.address = 'reader@private.example' where d.rowid",
        "select who from confirmations where who is not null",
        "select json_group_array(a) from (select address a from deliveries union select address a from subscribers)",
        "explain query plan select address from deliveries",
    ],
)
def test_no_sql_reads_an_address(explored: Explored, sql: str) -> None:
    answer = explored.client.get("/watcher.json", params={"sql": sql})
    echo = answer.json().pop("query")["sql"]
    assert not [secret for secret in SECRETS if secret in answer.text.replace(echo, "")]
    if sql.startswith("select 1") or "left join" in sql or "is not null" in sql:
        assert answer.json()["rows"] == []


def test_no_way_round_is_left_open(explored: Explored) -> None:
    through = '{"table":"deliveries","column":"address","value":"' + SECRET_ADDRESS + '"}'
    assert explored.client.get("/watcher/changes.json", params={"_through": through}).status_code == 403
    assert explored.client.get("/watcher.db").status_code == 403
    attach = explored.client.get(
        "/watcher.json", params={"sql": f"attach '{explored.filling.storage}/watcher.db' as a"}
    )
    assert attach.status_code == 400
    where = explored.client.get("/watcher/changes.json", params={"_where": "id in (select change_id from deliveries)"})
    assert where.json()["rows"] == []


def test_nothing_can_be_written(explored: Explored) -> None:
    for sql in ("delete from changes", "insert into polls values (1, '', '', '')", "drop table versions"):
        assert explored.client.get("/watcher.json", params={"sql": sql}).status_code == 400


def test_every_open_table_is_one_of_ours_and_all_that_keep_people_are_closed(explored: Explored) -> None:
    assert tables(explored) >= exploring.OPEN
    for table in ("deliveries", "subscriptions", "subscribers", "invitations", "letters", "reviews", "labels", "mutes"):
        assert table in tables(explored)
        assert not exploring.is_open(table)


def test_datasette_finds_the_plugin_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["datasette"] == {"watcher": exploring.__name__}
    assert "datasette" in project["optional-dependencies"]
