"""What programs get, and that docs/webhook.md describes it."""

from __future__ import annotations

import base64
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from tests.render.alerts import an_alert
from watcher.core.model import BlockOp, Diff, DiffBlock, Echo, Ids
from watcher.notify.webhook import signature
from watcher.render import PROMISES, RENDERERS, SUMMARIES, UPDATES
from watcher.render.promise import DuePromise

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhook.md").read_text(encoding="utf-8")


def told(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    assert parsed["schema"] == 1
    return parsed


def test_an_alert_holds_what_the_page_said_before_and_after() -> None:
    ids = Ids("northmoor", "northmoor-news", "sim", 17, 4, 5)
    message = told(RENDERERS["webhook"](an_alert(ids=ids, summary="2 sentences changed")))
    alert = message["data"]
    assert (message["type"], message["timestamp"]) == ("alert.created", an_alert().seen_at.isoformat())
    assert (alert["id"], alert["change"], alert["organisation"], alert["statement"]) == (
        "c-1042",
        "edited",
        "northmoor",
        17,
    )
    assert (alert["stance_before"], alert["silent"], alert["summary"]) == ("paused", True, "2 sentences changed")
    assert {block["op"] for block in alert["diff"]} <= {"added", "removed", "edited", "moved"}
    assert "paused" in alert["diff"][0]["before"]
    assert "ended" in alert["diff"][0]["after"]


def test_each_field_is_described_and_each_described_one_is_there() -> None:
    alert = an_alert(ids=Ids("northmoor", "news"), echoes=(Echo("Westvale", an_alert().seen_at),))
    fields = set(told(RENDERERS["webhook"](alert))["data"])
    tables = DOCUMENT.partition("Every alert, folded ones too:")[2].partition("The words come")[0]
    described = {
        name for row in re.findall(r"^\| (`.*?) \|", tables, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert fields == described
    due = told(
        PROMISES["webhook"](
            DuePromise("Westvale", "Plan", "https://w.example/", "In May", date(2026, 5, 31), date(2026, 1, 2))
        )
    )
    row = DOCUMENT.partition("| `promise.due` |")[2].partition("\n")[0]
    assert set(due["data"]) == set(re.findall(r"`(\w+)`", row))


def test_a_burst_names_each_alert_without_its_words() -> None:
    message = told(
        SUMMARIES["webhook"]([an_alert(number=f"c-{number}") for number in range(60)], "https://watch.example/")
    )
    assert message["type"] == "alerts.folded"
    assert [alert["id"] for alert in message["data"]["alerts"]] == [f"c-{number}" for number in range(60)]
    assert "diff" not in message["data"]["alerts"][0]
    assert message["data"]["page"] == "https://watch.example/"


def test_a_correction_keeps_the_number() -> None:
    message = told(UPDATES["webhook"](an_alert(later=("12 June 2026: taken down (c-1050)",))))
    assert (message["type"], message["data"]["id"]) == ("alert.updated", "c-1042")
    assert message["data"]["later"] == ["12 June 2026: taken down (c-1050)"]


def test_a_very_long_edit_is_cut_at_a_block_and_counted() -> None:
    blocks = tuple(DiffBlock(BlockOp.ADDED, after=f"{number} " + "word " * 4000) for number in range(20))
    alert = told(RENDERERS["webhook"](an_alert(diff=Diff(blocks))))["data"]
    assert len(alert["diff"]) + alert["diff_blocks_left_out"] == 20
    assert 0 < len(alert["diff"]) < 10


def test_whatever_a_page_holds_the_body_is_json_in_ascii() -> None:
    text = RENDERERS["webhook"](an_alert(title="\x00\ud800 <script> \u202e 🏥"))
    assert text.isascii()
    assert told(text)["data"]["title"].startswith("\x00")


def test_the_recipe_of_the_document_verifies_what_is_sent() -> None:
    recipe = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[0]
    space: dict[str, Any] = {}
    exec(recipe, space)
    key, at = b"k" * 32, int(space["time"].time())
    secret = "whsec_" + base64.b64encode(key).decode()
    body = RENDERERS["webhook"](an_alert()).encode()

    def headers(at: int = at, key: bytes = key) -> dict[str, str]:
        signed = f"v1,other {signature(key, 'msg_1', at, body)}"
        return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signed}

    assert space["is_ours"](secret, headers(), body)
    assert not space["is_ours"](secret, headers(), body + b" ")
    assert not space["is_ours"](secret, headers(key=b"x" * 32), body)
    assert not space["is_ours"](secret, headers(at=at - 600), body)
    assert not space["is_ours"](secret, {**headers(), "webhook-timestamp": "x"}, body)
