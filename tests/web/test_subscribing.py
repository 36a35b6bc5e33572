"""Subscribe, confirm and leave, by a real client against the real app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.render.payloads import PAYLOADS
from tests.web.filling import ENDED, NOW, PAUSED, Filling, empty
from tests.web.wellformed import check
from watcher.core.mail_address import mail_address
from watcher.core.model import ChangeKind, Sent
from watcher.store import outbox, settling, subscribers, subscriptions
from watcher.store.database import open_database, transaction
from watcher.store.outbox import Queued
from watcher.web.app import build_app

ADA = "Ada.Hale@northmoor.example"
PUBLIC = "https://watch.example"


@dataclass
class Post:
    """The web view with e-mail set up, what it wrote, and a clock."""

    filling: Filling
    client: TestClient
    clock: list[datetime]

    def form(self) -> str:
        """What the hidden field of a fresh form says; the client keeps the cookie."""
        found = re.search(r'name="form" value="([^"]+)"', self.client.get("/subscribe").text)
        assert found is not None
        return unescape(found[1])

    def ask(self, address: str = ADA, **fields: str) -> Any:
        return self.client.post("/subscribe", data={"form": self.form(), "address": address, "do": "ask", **fields})

    def mails(self) -> list[dict[str, Any]]:
        return list(self.filling.db.query("SELECT * FROM deliveries WHERE channel = 'email' ORDER BY id"))

    def link(self) -> str:
        """The path of the newest confirmation's link."""
        found = re.search(rf"{PUBLIC}(/confirm/\S+)", self.mails()[-1]["body"])
        assert found is not None
        return found[1]

    def subscribe(self, address: str = ADA, **fields: str) -> str:
        """Subscribe and confirm; the path for leaving."""
        assert self.ask(address, **fields).status_code == 200
        assert self.client.post(self.link()).status_code == 200
        return self.leave_path(address)

    def leave_path(self, address: str = ADA) -> str:
        reader = subscribers.by_key(self.filling.db, mail_address(address).key)
        assert reader is not None
        return f"/leave/{reader.leave_token}"

    def followed(self) -> list[tuple[str, str, str, bool]]:
        return [
            (one.address, one.filter, one.rhythm.value, one.wants_quiet)
            for one in subscriptions.active(self.filling.db, "email")
        ]


def opened(filling: Filling, clock: list[datetime], *, public_url: str = PUBLIC, can_mail: bool = True) -> TestClient:
    app = build_app(
        filling.configuration, filling.storage, public_url, now=lambda: clock[0], share=0, can_mail=can_mail
    )
    return TestClient(app, base_url=public_url, follow_redirects=False)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    filling = empty(tmp_path)
    filling.put("update", "northmoor", "An update for patients", PAUSED)
    filling.later(3)
    filling.put("edited", "northmoor", "An update for patients", ENDED, kind=ChangeKind.EDITED, page="update")
    filling.put("begins", "hillside", "Steady Steps begins", ["Steady Mentoring begins here."])
    clock = [NOW]
    with opened(filling, clock) as client:
        yield Post(filling, client, clock)
    filling.db.close()


# --- the whole way -----------------------------------------------------------------------------


def test_the_way_from_the_form_to_silence(post: Post) -> None:
    answer = post.ask(filter="ended kind:trust", rhythm="daily", quiet="yes")
    assert answer.status_code == 200
    assert "Look into your mailbox" in answer.text
    assert "would have matched 1 change" in answer.text
    (mail,) = post.mails()
    assert (mail["address"], mail["key"][:8]) == (ADA, "confirm:")
    assert post.link() in mail["attachment"]
    assert post.followed() == []

    shown = post.client.get(post.link())
    assert "Yes, send me this" in shown.text
    assert "ended kind:trust" in shown.text
    assert post.followed() == []

    link = post.link()
    assert "You are subscribed" in post.client.post(link).text
    assert post.followed() == [(ADA, "ended kind:trust", "daily", True)]

    with transaction(post.filling.db):
        outbox.queue(post.filling.db, [Queued("digest:1", "email", ADA, "Week 25", "What changed")], NOW)
    leave = post.leave_path()
    assert "End it" in post.client.get(leave).text
    bare = opened(post.filling, post.clock)  # a mail provider: no cookie, no referrer
    one_click = bare.post(leave, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert "set-cookie" not in one_click.headers
    assert post.followed() == []
    assert {row["key"][:7]: row["state"] for row in post.mails()}["digest:"] == "withdrawn"
    assert "You get no more mails" in post.client.get(leave).text


def test_a_link_works_once_and_for_seven_days(post: Post) -> None:
    post.ask()
    link = post.link()
    post.clock[0] += timedelta(days=6, hours=23, minutes=59)
    assert "You are subscribed" in post.client.post(link).text
    again = post.client.post(link)
    assert (again.status_code, "This is confirmed already" in again.text) == (200, True)
    post.client.post(post.leave_path())
    spent = post.client.post(link)
    assert (spent.status_code, "This link was used" in spent.text) == (410, True)
    assert post.followed() == []

    post.ask("ben@northmoor.example")
    link = post.link()
    post.clock[0] += timedelta(days=7)
    for answer in (post.client.get(link), post.client.post(link)):
        assert (answer.status_code, "has run out" in answer.text) == (410, True)
    assert post.followed() == []


def test_looking_never_confirms_and_never_ends(post: Post) -> None:
    """Mail filters and browsers open links on their own."""
    post.ask()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        post.client.request(method, post.link())
    assert post.followed() == []
    leave = post.subscribe()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        post.client.request(method, leave)
        post.client.request(method, f"{leave}?only=1")
    assert len(post.followed()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
        {"content": b"\xff\x00" * 5000, "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    ],
)
def test_leaving_takes_any_body(post: Post, body: dict[str, Any]) -> None:
    leave = post.subscribe()
    assert opened(post.filling, post.clock).post(leave, **body).status_code == 200
    assert post.followed() == []
    assert opened(post.filling, post.clock).post(leave, **body).status_code == 200


def test_a_second_filter_is_a_second_subscription_and_each_ends_alone(post: Post) -> None:
    post.subscribe(filter="ended")
    leave = post.subscribe("Ada.Hale@NORTHMOOR.example", filter="kind:trust", rhythm="daily")
    assert post.followed() == [(ADA, "ended", "weekly", False), (ADA, "kind:trust", "daily", False)]
    shown = post.client.get(leave).text
    assert "End all of it" in shown
    (first, _) = re.findall(r'action="(/leave/[^"]+\?only=\d+)"', shown)
    assert "Ended: ended." in post.client.post(first).text
    assert [one[1] for one in post.followed()] == ["kind:trust"]
    assert post.client.post(f"{leave}?only=999").status_code == 200
    assert post.client.post(f"{leave}?only=x").status_code == 200
    assert len(post.followed()) == 1


def test_who_left_may_come_back_with_the_same_link_for_leaving(post: Post) -> None:
    leave = post.subscribe()
    post.client.post(leave)
    assert post.subscribe() == leave
    assert len(post.followed()) == 1


# --- what it does not tell ---------------------------------------------------------------------


def shape(answer: Any) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.text, sorted(answer.headers)


def test_asking_tells_nobody_whether_an_address_is_known(post: Post) -> None:
    """New, pending, confirmed, left, paused, and asked for too often: the same page, to the letter."""
    new = shape(post.ask())
    pending = shape(post.ask())
    post.client.post(post.link())
    confirmed = shape(post.ask())
    too_often = shape(post.ask())
    assert len(post.mails()) == 3
    post.clock[0] += timedelta(days=2)
    post.client.post(post.leave_path())
    left = shape(post.ask())
    post.client.post(post.link())
    with transaction(post.filling.db):
        assert subscribers.pause(post.filling.db, ADA, "550", post.clock[0]) is not None
    paused = shape(post.ask())
    assert new == pending == confirmed == too_often == left == paused


def test_spellings_of_one_mailbox_share_its_three_confirmations_a_day(post: Post) -> None:
    for address in (ADA, ADA.upper(), ADA.lower(), "ada.HALE@northmoor.EXAMPLE"):
        assert post.ask(address).status_code == 200
    assert [mail["address"] for mail in post.mails()] == [ADA] * 3
    post.clock[0] += timedelta(hours=24, seconds=1)
    post.ask()
    assert len(post.mails()) == 4


def test_no_page_shows_an_address_to_who_has_a_link(post: Post) -> None:
    leave = post.subscribe()
    for answer in (post.client.get(leave), post.client.post(leave), post.client.get(leave)):
        assert ADA.casefold() not in answer.text.casefold()


def test_tokens_and_addresses_are_on_no_other_page(post: Post) -> None:
    leave = post.subscribe()
    token = leave.rpartition("/")[2]
    for path in ("/", "/metrics", "/healthz", "/sitemap.xml", "/subscribe", "/privacy", "/api/v1/changes"):
        told = post.client.get(path).text
        assert token not in told
        assert ADA.casefold() not in told.casefold()


def test_the_database_holds_no_token_to_confirm_with_once_the_mail_is_out(post: Post) -> None:
    post.ask()
    token = post.link().rpartition("/")[2]
    claimed = outbox.claim_one(post.filling.db, NOW, 60, ["email"])
    assert claimed is not None
    assert claimed.leave_token not in claimed.body
    settling.settle(post.filling.db, claimed.key, Sent("1"), NOW)
    for table in post.filling.db.table_names():
        assert token not in str(list(post.filling.db.table(table).rows)), table


# --- forms -------------------------------------------------------------------------------------


def test_a_link_may_bring_a_filter_but_no_address(post: Post) -> None:
    link = re.search(
        r'href="(/subscribe[^"]+)">by e-mail', post.client.get("/?kind=trust&region=North&stance=ended").text
    )
    assert link is not None
    page = post.client.get(f"{unescape(link[1])}&address={ADA}").text
    assert 'name="filter" type="text"' in page
    assert 'value="kind:trust region:North stance:ended"' in page
    assert ADA not in page
    assert 'filter=org%3Anorthmoor">by e-mail' in post.client.get("/organisations/northmoor").text
    assert post.mails() == []
    page = post.client.get("/subscribe", params={"filter": '"><script>' * 200}).text
    assert check(page).faults == []
    assert "script" not in check(page).tags


def test_a_bad_filter_shows_column_and_suggestion_and_keeps_what_was_typed(post: Post) -> None:
    answer = post.ask(filter="ended org:nothmoor", rhythm="daily", quiet="yes")
    assert answer.status_code == 422
    text = unescape(answer.text)
    assert 'Column 11: org "nothmoor" is not known (did you mean "northmoor"?)' in text
    assert "ended org:<mark>nothmoor</mark>" in text
    assert 'value="ended org:nothmoor"' in text
    assert f'value="{ADA}"' in text
    assert re.search(r'value="daily" checked', text)
    assert re.search(r'id="f-quiet"[^>]* checked', text)
    assert 'href="#f-filter"' in text
    assert 'aria-describedby="filter-help filter-wrong" aria-invalid="true"' in text
    assert post.mails() == []


@pytest.mark.parametrize("address", ["", "ada", "Ada <ada@northmoor.example>", "a@b.example\r\nBcc: c@d.example"])
def test_a_bad_address_is_named_and_nothing_is_queued(post: Post, address: str) -> None:
    answer = post.ask(address)
    assert answer.status_code == 422
    assert 'href="#f-address"' in answer.text
    assert post.mails() == []
    assert post.filling.db.table("subscribers").count == 0


def test_at_once_is_not_offered_by_mail(post: Post) -> None:
    answer = post.ask(filter="ended at-once")
    assert answer.status_code == 422
    assert "Column 7" in answer.text
    assert post.ask(filter="ended", rhythm="at-once").status_code == 200
    post.client.post(post.link())
    assert post.followed() == [(ADA, "ended", "weekly", False)]


def test_a_filter_can_be_tried_without_an_address_and_sends_nothing(post: Post) -> None:
    answer = post.client.post("/subscribe", data={"form": post.form(), "filter": "ended", "do": "try"})
    assert answer.status_code == 200
    assert "would have matched 1 change, the latest:" in answer.text
    assert 'href="/changes/2"' in answer.text
    assert post.mails() == []
    assert (
        "would have matched 0 changes"
        in post.client.post("/subscribe", data={"form": post.form(), "filter": "jobs", "do": "try"}).text
    )


def test_an_address_in_another_alphabet_is_kept_as_typed(post: Post) -> None:
    post.subscribe("ada@bücher.example")
    post.subscribe("ada@xn--bcher-kva.example", filter="ended")
    assert [one[0] for one in post.followed()] == ["ada@bücher.example"] * 2


def test_another_site_can_not_fill_the_form_in(post: Post) -> None:
    post.form()
    stranger = opened(post.filling, post.clock)
    for fields in ({}, {"form": ""}, {"form": "x"}, {"form": post.form()}):
        answer = stranger.post("/subscribe", data={"address": ADA, "do": "ask", **fields})
        assert answer.status_code == 403
        assert "Please send it once more" in answer.text
        assert f'value="{ADA}"' in answer.text
        stranger.cookies.clear()
    assert post.mails() == []


def test_the_only_cookie_is_the_forms(post: Post) -> None:
    told = post.client.get("/subscribe").headers["set-cookie"]
    assert told.startswith("__Host-subscribe=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=strict"} <= set(told.split("; "))
    for path in ("/", "/confirm/x", "/leave/x", "/privacy"):
        assert "set-cookie" not in opened(post.filling, post.clock).get(path).headers


def test_over_http_the_cookie_does_without_https(post: Post) -> None:
    plain = opened(post.filling, post.clock, public_url="http://127.0.0.1:8000")
    told = plain.get("/subscribe").headers["set-cookie"]
    assert told.startswith("subscribe=")
    assert "Secure" not in told


def test_these_pages_are_kept_nowhere_and_stay_strict(post: Post) -> None:
    leave = post.subscribe()
    answers = [
        post.client.get("/subscribe"),
        post.ask("ada"),
        post.ask(),
        post.client.get(leave),
        post.client.post(leave),
        post.client.get("/confirm/x"),
        post.client.get("/leave/x"),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "etag" not in answer.headers
        assert "script" not in answer.headers["content-security-policy"]
        assert check(answer.text).faults == []


def test_twenty_confirmations_an_hour_are_the_most_for_one_network(post: Post) -> None:
    for number in range(20):
        assert post.ask(f"reader{number}@northmoor.example").status_code == 200
    answer = post.ask("one.more@northmoor.example")
    assert answer.status_code == 429
    assert 3000 < int(answer.headers["retry-after"]) <= 3600
    assert "Please try again in 60 minutes" in answer.text
    assert len(post.mails()) == 20
    assert post.client.get("/subscribe").status_code == 200


def test_without_a_mail_server_the_page_says_so_and_leaving_still_works(post: Post) -> None:
    leave = post.subscribe()
    bare = opened(post.filling, post.clock, can_mail=False)
    assert "E-mail isn't set up here" in unescape(bare.get("/subscribe").text)
    assert "WATCHER_" not in bare.get("/subscribe").text
    assert bare.post("/subscribe", data={"address": ADA}).status_code == 503
    assert bare.post(leave).status_code == 200
    assert post.followed() == []


def test_subscribing_works_before_anything_was_read(tmp_path: Path) -> None:
    filling = empty(tmp_path)
    filling.db.close()
    for path in filling.storage.iterdir():
        path.unlink()
    with opened(filling, [NOW]) as client:
        post = Post(filling, client, [NOW])
        assert client.get("/leave/x").status_code == 404
        assert client.post("/confirm/x").status_code == 404
        assert post.ask().status_code == 200
        filling.db = open_database(filling.storage)
        client.post(post.link())
        assert len(post.followed()) == 1
    filling.db.close()


# --- attacks -----------------------------------------------------------------------------------


def test_whatever_is_typed_is_only_ever_text(post: Post) -> None:
    for number, text in enumerate(PAYLOADS[::3]):
        if number % 20 == 0:  # a client may send so many forms at once
            post.client = opened(post.filling, post.clock)
            value = post.form()
        sent = text.encode("utf-8", "replace").decode()
        fields = dict.fromkeys(("address", "filter", "rhythm", "quiet", "do"), sent)
        answer = post.client.post("/subscribe", data={"form": value, **fields})
        assert answer.status_code in (200, 422), text
        page = check(answer.text)
        assert page.faults == [], text
        assert not page.tags & {"script", "img", "iframe", "style", "b", "svg", "math"}, text


def test_a_filter_of_markup_stays_text_through_every_page_and_out_of_the_mail(post: Post) -> None:
    wanted = '"<script>alert(1)</script>" "<img src=x onerror=alert(2)>" buy-at-evil.example'
    post.ask(filter=wanted)
    (mail,) = post.mails()
    for part in ("subject", "body", "attachment"):
        assert "alert" not in mail[part]
        assert "evil" not in mail[part]
    link = post.link()
    answers = [post.client.get(link), post.client.post(link)]
    leave = post.leave_path()
    answers += [post.client.get(leave), post.client.post(f"{leave}?only=1")]
    for answer in answers:
        page = check(answer.text)
        assert page.faults == []
        assert not page.tags & {"script", "img"}
    assert "alert(1)" in answers[0].text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(max_size=300), act=st.sampled_from(["confirm", "leave"]))
def test_no_token_but_the_right_one_does_anything(post: Post, token: str, act: str) -> None:
    if not post.followed():
        post.subscribe()
    before = post.followed()
    path = f"/{act}/{quote(token.encode('utf-8', 'replace'), safe='')}"
    for method in ("GET", "POST"):
        assert post.client.request(method, path).status_code in (404, 307, 405), path
    assert post.followed() == before


@pytest.mark.parametrize(
    ("length", "status"), [("99999999", 413), ("9" * 5000, 413), ("-1", 411), ("x", 411), ("", 411)]
)
def test_a_body_that_no_form_sends_is_refused(post: Post, length: str, status: int) -> None:
    headers = {"Content-Length": length, "Content-Type": "application/x-www-form-urlencoded"}
    assert post.client.post("/subscribe", content=b"a=b", headers=headers).status_code == status


def test_odd_bodies_are_answered_calmly(post: Post) -> None:
    kinds = (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
    )
    for kind in kinds:
        for content in (b"", b"\xff\xfe", b"&&&=", b"a=" + b"b" * 5000, b"a&" * 200, b"--x\r\n\r\n"):
            answer = post.client.post("/subscribe", content=content, headers={"Content-Type": kind})
            assert answer.status_code in (400, 403, 422, 429), (kind, content[:9])
            assert "Traceback" not in answer.text
