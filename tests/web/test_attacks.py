"""What a hostile page might hold, through every part that shows it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from tests.render.payloads import PAYLOADS
from tests.web.filling import NOW, Filling, empty
from tests.web.wellformed import check
from watcher.core.model import ChangeKind, Link, Reason, Stance
from watcher.web.app import build_app

MARKS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}\x1b[31m"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Filling:
    folder = tmp_path_factory.mktemp("hostile")
    filling = empty(folder)
    texts = [text.encode("utf-8", "replace").decode() for text in (MARKS, *PAYLOADS)]
    addresses = ("javascript:alert(1)", "data:text/html,x", "//x.example", 'https://x.example/"><b>')
    links = tuple(Link(url, text) for url, text in zip(addresses, texts, strict=False))
    for number in range(0, len(texts), 12):
        some = texts[number : number + 12]
        stance = Stance("ended", some[0])
        filling.put(f"p{number}", "northmoor", some[0], some, stances=(stance,), reasons=(Reason(some[0], some[-1]),))
        filling.later(1)
        filling.put(f"q{number}", "northmoor", some[-1], some[::-1], kind=ChangeKind.EDITED, page=f"p{number}",
                    summary=some[1 % len(some)], why=(some[0],), stances=(stance,), links=links, frame=(some[0],),
                    reasons=(Reason(some[-1], some[0]),), published_on=date(2021, 1, 1))  # fmt: skip
    filling.poll_ended()
    return filling


def test_page_text_is_only_ever_text(hostile: Filling) -> None:
    app = build_app(hostile.configuration, hostile.storage, now=lambda: NOW, share=0)
    with TestClient(app) as client:
        paths = ["/", "/positions", "/organisations/northmoor", "/search?q=alert"]
        paths += [f"/changes/{n}{q}" for n in hostile.changes.values() for q in ("", "?view=side&show=all")][:40]
        paths += [f"/statements/{n}?from=1&to=2" for n in set(hostile.statements.values())][:12]
        for path in paths:
            answer = client.get(path)
            page = check(answer.text)
            assert answer.status_code == 200, path
            assert page.faults == [], path
            assert not page.tags & {"script", "img", "iframe", "style", "b", "tg-spoiler", "math"}, path
            assert not [link for link in page.links if link.startswith(("javascript:", "data:", "//", "tg:"))], path
            assert "\x1b" not in answer.text
            assert "\x00" not in answer.text


def test_feeds_and_api_stay_valid_whatever_a_page_holds(hostile: Filling) -> None:
    app = build_app(hostile.configuration, hostile.storage, now=lambda: NOW, share=0)
    with TestClient(app) as client:
        feed = ElementTree.fromstring(client.get("/feed.atom").content)
        for content in feed.iter("{http://www.w3.org/2005/Atom}content"):
            assert check(content.text or "").faults == []
            assert "script" not in check(content.text or "").tags
        for entry in client.get("/feed.json").json()["items"]:
            assert "script" not in check(entry["content_html"]).tags
        for path in ("/api/v1/changes", "/api/v1/statements", "/api/v1/positions"):
            json.loads(client.get(path).content)
        assert client.get("/sitemap.xml").status_code == 200


def test_a_table_never_starts_a_formula(tmp_path: Path) -> None:
    filling = empty(tmp_path)
    filling.put("sum", "northmoor", '=HYPERLINK("http://x.example")', ["Steady Mentoring @here"])
    app = build_app(filling.configuration, filling.storage, now=lambda: NOW, share=0)
    with TestClient(app) as client:
        rows = client.get("/changes.csv").text.splitlines()
        assert "'=HYPERLINK" in rows[1]
        assert ",=" not in rows[1]
    filling.db.close()


@pytest.mark.parametrize(
    "name", ["topic", "organisation", "kind", "region", "stance", "change", "period", "from", "to", "before"]
)
def test_filters_take_anything(client: TestClient, name: str) -> None:
    for value in (MARKS, "\x00", "9" * 400, "-1", "0001-01-01", "9999-12-31", "٣", "%", "null", "[]"):
        answer = client.get("/", params={name: value})
        assert answer.status_code == 200, value
        page = check(answer.text)
        assert page.faults == []
        assert "script" not in page.tags
        for path in ("/feed.atom", "/feed.json", "/api/v1/changes"):
            assert client.get(path, params={name: value}).status_code in (200, 400), (path, value)
