from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.web.filling import NOW, SECRET_ADDRESS, SECRET_CHAT, Filling, empty
from tests.web.wellformed import check
from watcher.core.model import ArchivedCopy, ChangeKind, Stance
from watcher.core.promise import Promise
from watcher.store import copies, people, promises
from watcher.store.database import transaction
from watcher.web.app import build_app

STATIC_PATHS = ("/", "/organisations", "/positions", "/sources", "/charts", "/search", "/about", "/privacy")


def all_paths(filling: Filling) -> list[str]:
    paths = list(STATIC_PATHS)
    paths += [f"/organisations/{one.id}" for one in filling.configuration.organisations]
    public = [number for name, number in filling.changes.items() if name not in ("candidate", "elsewhere")]
    paths += [f"/changes/{number}{query}" for number in public for query in ("", "?view=side", "?view=side&show=all")]
    paths += [f"/statements/{number}" for name, number in filling.statements.items() if name != "candidate"]
    paths += ["/search?q=mentoring", "/positions?sort=date", "/statements/1?from=1&to=5&view=side"]
    return paths


def test_every_page_is_well_formed_and_safe(client: TestClient, filling: Filling) -> None:
    for path in all_paths(filling):
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = check(answer.text)
        assert page.faults == [], path
        assert not page.tags & {"script", "style", "iframe", "img", "object"}, path
        assert answer.text.count("<h1") == 1, path
        assert 'lang="en-GB"' in answer.text


def test_every_link_of_every_page_leads_somewhere(client: TestClient, filling: Filling) -> None:
    ids: dict[str, set[str]] = {}
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page = check(answer.text)
        ids[path] = page.ids
        for link in page.links:
            target = urlsplit(urljoin(path, link))
            if target.netloc or target.scheme:
                continue
            whole = target.path + (f"?{target.query}" if target.query else "")
            if target.fragment and whole in ids:
                assert target.fragment in ids[whole], link
            waiting.append(whole)
    assert {"/feed.atom", "/positions.csv", "/organisations/hillside"} <= seen


def test_a_statement_of_several_publishers_is_one_entry(client: TestClient) -> None:
    page = client.get("/").text
    assert "Westvale network</a> and <a" in page
    assert "published the same statement" in page
    assert page.count("Notice to partners</a>") == 1


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("topic=plans", "Our crisis plan", "Notice to partners"),
        ("organisation=northmoor", "An update for patients", "Notice to partners"),
        ("kind=ahsn", "Notice to partners", "An update for patients"),
        ("region=North", "An update for patients", "Notice to partners"),
        ("stance=paused", "There when the watch began", "<h2><a href=\"/changes/5\""),
        ("change=removed", "took its statement down", "An update for patients"),
        ("period=7d", "Nothing matches these filters", "An update for patients"),
        ("from=2026-06-03&to=2026-06-03", "changed its statement", "What people told us"),
        ("organisation=eastmere", "Notice to partners", "What people told us"),
        ("kind=ahsn&stance=ended&from=2026-06-01", "Notice to partners", "An update for patients"),
    ],
)  # fmt: skip
def test_filters_show_what_they_name_and_nothing_else(client: TestClient, query: str, shown: str, hidden: str) -> None:
    page = client.get(f"/?{query}").text.partition("</details>")[2]
    assert shown in page
    assert hidden not in page


def test_an_unknown_filter_is_named_and_limits_nothing(client: TestClient) -> None:
    page = client.get("/?organisation=<script>alert(1)</script>&from=yesterday").text
    assert "organisation “&lt;script&gt;" in page
    assert "from “yesterday” is not known" in page
    assert "An update for patients" in page


def test_pages_of_the_timeline_hold_everything_once(filling: Filling, monkeypatch: pytest.MonkeyPatch) -> None:
    from watcher.store import views

    whole = [told.change.id for told in views.timeline(filling.db, views.Selection(), 100)]
    pages: list[int] = []
    before = None
    while part := views.timeline(filling.db, views.Selection(), 2, before):
        pages += [told.change.id for told in part]
        before = pages[-1]
    assert pages == whole
    assert len(set(whole)) == len(whole)


def test_what_no_person_has_judged_is_shown_nowhere(client: TestClient, filling: Filling) -> None:
    for name in ("candidate", "elsewhere"):
        assert client.get(f"/changes/{filling.changes[name]}").status_code == 404
        assert client.get(f"/api/v1/changes/{filling.changes[name]}").status_code == 404
    assert client.get(f"/statements/{filling.statements['candidate']}").status_code == 404
    machine = ["/feed.atom", "/feed.json", "/sitemap.xml", "/changes.csv", "/api/v1/statements", "/api/v1/changes"]
    for path in [*all_paths(filling), *machine, "/search?q=steps", "/search?q=park"]:
        page = client.get(path).text
        assert "Steady Steps begins" not in page, path
        assert "car park" not in page, path


def test_nothing_secret_can_be_reached(client: TestClient, filling: Filling) -> None:
    machine = ["/healthz", "/metrics", "/feed.atom", "/feed.json", "/api/v1/changes", "/api/v1/sources", "/changes.csv"]
    for path in [*all_paths(filling), *machine]:
        page = client.get(path).text
        for secret in (SECRET_CHAT, SECRET_ADDRESS, "that only its reader gets", str(filling.storage)):
            assert secret not in page, path


def test_hard_words_are_folded_behind_a_content_note(client: TestClient, filling: Filling) -> None:
    page = client.get(f"/changes/{filling.changes['heard']}").text
    before, _, after = page.partition("told us that they had self-harmed")
    assert "Content note: speaks of self-harm" in before
    assert before.rpartition("<details")[2].count("</details>") == 0
    assert "<details open" not in after


def test_before_anything_was_read_every_page_says_what_will_come(bare: TestClient) -> None:
    for path in STATIC_PATHS:
        answer = bare.get(path)
        assert answer.status_code == 200
        assert check(answer.text).faults == []
    assert "Nothing has been looked at yet" in bare.get("/").text
    assert "No position has been read yet" in bare.get("/positions").text
    assert bare.get("/changes/1").status_code == 404
    assert bare.get("/healthz").json()["wrong"] == ["nothing polled yet"]
    assert bare.get("/api/v1/changes").json() == {"changes": [], "next": None}
    assert bare.get("/feed.atom").status_code == 200
    assert bare.get("/search?q=anything").status_code == 200


def test_an_empty_configuration_has_pages_too(tmp_path: Path) -> None:
    from watcher.config.load import Configuration

    with TestClient(build_app(Configuration(Path("none.toml")), tmp_path)) as client:
        for path in STATIC_PATHS:
            assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "path", ["/changes/x", "/changes/99999999999999999999", "/statements/-1", "/nothing", "/static/"]
)
def test_what_is_not_there_is_a_calm_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert check(answer.text).faults == []
    assert "Latest changes" in answer.text


def test_the_public_number_of_a_change_leads_to_it(client: TestClient) -> None:
    assert client.get("/changes/c-1").headers["location"] == "/changes/1"


def test_a_page_that_was_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/?kind=trust", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_sources_that_cannot_be_read_stand_first(client: TestClient) -> None:
    page = client.get("/sources").text
    assert page.index("hillside-news") < page.index("eastmere-news")
    assert "<strong>Blocked</strong> since" in page
    assert "(HTTP 403). The site does not let us read it." in page
    assert "# people are reading this." in page
    assert "4 of 5 sources" in page


def test_positions_are_sorted_as_asked_and_marked_as_read_by_machine(client: TestClient) -> None:
    page = client.get("/positions?sort=organisation").text
    assert page.index("Northmoor Care Trust</a></th>") < page.index("Westvale network</a></th>")
    assert "read by machine" in page
    assert "No position known <strong>3</strong>" in page


def test_a_statement_shows_any_version_and_compares_any_two(client: TestClient, filling: Filling) -> None:
    number = filling.statements["update"]
    old = client.get(f"/statements/{number}?version=1").text
    assert "has paused its Steady Mentoring team" in old.partition('id="text"')[2]
    compared = client.get(f"/statements/{number}?from=1&to=5").text
    assert "paused<span" in compared
    assert "Edited without a new date" in compared
    other = client.get(f"/statements/{number}?version=2").text  # a version of another statement
    assert "Notice to partners" not in other


def test_deviations_of_each_publisher_are_named(client: TestClient, filling: Filling) -> None:
    page = client.get(f"/statements/{filling.statements['notice-w']}").text
    assert "Differs from the first: with its own opening sentence." in page


def test_a_change_shows_its_evidence(client: TestClient, filling: Filling) -> None:
    page = client.get(f"/changes/{filling.changes['edited']}").text
    assert "warc/2026-06-03.warc.gz</code> at byte 286, 749 bytes" in page
    assert "c0ffee" in page
    assert "the page still says" in page
    assert "The review</a>" in page


def test_a_copy_in_an_archive_is_named_wherever_its_text_is(tmp_path: Path) -> None:
    made = empty(tmp_path)
    change_id = made.put("paused", "northmoor", "Our position", ["Steady Mentoring is paused."])
    where = "https://archive.example/web/20260602090000/https://northmoor.example/paused"
    with transaction(made.db):
        version, statement = made.db.execute("SELECT after_id, statement_id FROM changes").fetchone()
        copies.note_asking(made.db, version, NOW)
        copies.note_copied(made.db, version, ArchivedCopy(where, datetime(2026, 6, 2, 9, 0, tzinfo=UTC)))
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        link = f'<a href="{where}" rel="nofollow noopener external">'
        change = client.get(f"/changes/{change_id}").text
        assert f"<dt>Archived copy</dt><dd>{link}" in change
        assert "Tuesday 2 June 2026, 10:00" in change
        assert f"{link}Archived copy</a>" in client.get(f"/statements/{statement}").text
        evidence = client.get(f"/api/v1/changes/{change_id}").json()["evidence"]
        assert evidence[0]["archived_copy"] == {"url": where, "copied_at": "2026-06-02T09:00:00+00:00"}
        assert 'watcher_copies{state="copied"} 1' in client.get("/metrics").text


def test_the_clock_of_the_page_is_that_of_the_readers(client: TestClient) -> None:
    assert "Monday 1 June 2026, 09:00" in client.get("/").text  # 08:00 UTC, British Summer Time
    assert NOW.tzinfo is not None


def test_charts_count_what_is_new_and_where_positions_stand(client: TestClient) -> None:
    page = client.get("/charts").text
    statements, _, rest = page.partition("Steady Mentoring</h2>")
    assert "Health innovation networks</span>" in statements
    assert "NHS trusts</span>" in statements  # of the other topic; the baseline is not counted
    table = rest.partition("</table>")[0]
    assert '<th scope="col">Paused</th><th scope="col">Ended</th>' in table
    assert "1 June 2026</time></th><td>0</td><td>2</td>" in table


def test_a_mass_edit_is_one_entry(tmp_path: Path) -> None:
    made = empty(tmp_path)
    told = made.put_mass_edit("westvale", 12)
    made.put("other", "northmoor", "Another", ["Steady Mentoring goes on."])
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        page = client.get("/?change=edited").text
        assert "changed the same words on 12 pages" in page
        assert page.count("<article") == 1
        assert all(f'href="/changes/{number}"' in page for number in told)
        assert check(page).faults == []
        feed = client.get("/feed.json?change=edited").json()["items"]
        assert len(feed) == 1
        assert len(client.get("/api/v1/changes?change=edited").json()["changes"]) == 12
    made.db.close()


def test_what_is_gone_is_told_with_its_last_position(tmp_path: Path) -> None:
    made = empty(tmp_path)
    made.put("said", "northmoor", "What we do", ["We have ended Steady Mentoring."],
             stances=(Stance("ended", "We have ended Steady Mentoring."),))  # fmt: skip
    number = made.tell("gone", "said", ChangeKind.REMOVED, "removed", summary="not found 3 times")
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        for path in ("/", f"/changes/{number}", "/feed.json"):
            assert "Its last stated position on Steady Mentoring: ended." in client.get(path).text
        assert "What it said" in client.get(f"/changes/{number}").text
        assert "Taken down" in client.get("/positions").text
    made.db.close()


def softening(folder: Path) -> Filling:
    """A store in which an organisation says that it ended, then paused, and announces a review."""
    made = empty(folder)
    ended, paused = "We have ended Steady Mentoring.", "We have paused Steady Mentoring."
    due = "We will publish our review of Steady Mentoring in the autumn."
    made.put("said", "northmoor", "What we do", [ended, due], stances=(Stance("ended", ended),))
    made.later(48)
    made.put("softer", "northmoor", "What we do", [paused, due], kind=ChangeKind.EDITED, page="said",
             stances=(Stance("paused", paused),))  # fmt: skip
    document_id = made.urls["https://northmoor.example/said"]
    with transaction(made.db):
        announced = Promise(date(2026, 9, 1), date(2026, 11, 30), due)
        promises.record_promises(made.db, document_id, 1, "stm", [announced], made.at)
    return made


PLACES_OF_A_POSITION = ("/", "/changes/2", "/statements/1", "/organisations/northmoor", "/positions", "/feed.json")


def test_a_position_is_told_as_confirmed_only_once_a_person_has_confirmed_it(tmp_path: Path) -> None:
    made = softening(tmp_path)
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        for path in PLACES_OF_A_POSITION:
            page = client.get(path).text
            assert "Read by machine, not yet confirmed" in page, path
            assert "onfirmed by a person." not in page, path
        assert client.get("/api/v1/positions").json()["positions"][0]["confirmed"] is False
        with transaction(made.db):
            people.confirm_position(made.db, 2, "stm", "paused", "Robin of the desk", NOW)
        for path in PLACES_OF_A_POSITION:
            page = client.get(path).text
            assert "onfirmed by a person." in page, path
            assert "Robin" not in page, path
        assert "Confirmed by a person: <strong>1</strong> of 1." in client.get("/positions").text
        assert "is-confirmed" in client.get("/organisations").text
        assert client.get("/api/v1/positions").json()["positions"][0]["confirmed"] is True
        assert client.get("/api/v1/changes/2").json()["confirmed"] is True
        assert client.get("/api/v1/changes/1").json()["confirmed"] is False
        made.put("again", "northmoor", "What we do", ["We have paused Steady Mentoring.", "Ask us."],
                 kind=ChangeKind.EDITED, page="said",
                 stances=(Stance("paused", "We have paused Steady Mentoring."),))  # fmt: skip
        assert client.get("/api/v1/changes/3").json()["confirmed"] is True  # it says so with the same sentence
        assert client.get("/api/v1/positions").json()["positions"][0]["confirmed"] is True
        assert ",True\r\n" in client.get("/positions.csv").text
    made.db.close()


def test_a_position_that_got_softer_is_marked_wherever_the_change_is_told(tmp_path: Path) -> None:
    made = softening(tmp_path)
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        for path in ("/", "/changes/2", "/organisations/northmoor", "/feed.atom", "/feed.json"):
            assert client.get(path).text.count("Softer than before.") == 1, path
        assert "Position softer than before." in client.get("/statements/1").text
        assert client.get("/api/v1/changes/2").json()["softer"] is True
        history = client.get("/organisations/northmoor").text.partition("How that moved")[2]
        assert history.index("We have ended") < history.index("We have paused")
    made.db.close()


def test_what_a_text_announces_stands_with_its_time(tmp_path: Path) -> None:
    made = softening(tmp_path)
    app = build_app(made.configuration, made.storage, now=lambda: NOW, share=0)
    with TestClient(app) as client:
        for path in ("/organisations/northmoor", "/statements/1"):
            page = client.get(path).text
            assert "Due between 1 September 2026 and 30 November 2026." in page, path
            assert "We will publish our review" in page.partition("Due between")[2], path
        app.state.site.now = lambda: NOW + timedelta(days=200)
        with transaction(made.db):
            promises.settle_promise(made.db, 1, promises.DUE, NOW)
        assert "has now passed. The text still says so." in client.get("/statements/1").text
        with transaction(made.db):
            promises.settle_promise(made.db, 1, promises.SUPERSEDED, NOW)
        assert "The text no longer says so." in client.get("/statements/1").text
    made.db.close()


def test_a_statement_with_very_many_versions_is_paged(tmp_path: Path) -> None:
    made = empty(tmp_path)
    for number in range(130):
        kind = ChangeKind.EDITED if number else ChangeKind.FIRST
        made.put(
            f"v{number}", "northmoor", "A busy page", [f"Steady Mentoring, edition {number}."], kind=kind, page="busy"
        )
        made.later(1)
        if number == 60:
            made.tell("gone", "v60", ChangeKind.MISSING, "missing")
            made.later(1)
    with TestClient(build_app(made.configuration, made.storage, now=lambda: NOW, share=0)) as client:
        address, seen, pages = "/statements/1", list[int](), list[str]()
        while address:
            pages.append(client.get(address).text)
            assert check(pages[-1]).faults == []
            assert len(pages[-1].encode()) < 60_000
            seen += [int(number) for number in re.findall(r"\?version=(\d+)#text", pages[-1])]
            onward = re.search(r'href="([^"]+)#versions" rel="next"', pages[-1])
            address = onward[1] if onward else ""
        assert seen == sorted(range(1, 131), reverse=True)
        assert sum("Possibly taken down" in page for page in pages) == 1
        assert 'type="number" name="from"' in pages[0]
        compared = client.get("/statements/1?from=3&to=120").text
        assert "edition <del>" in compared.replace('<span class="unseen">[removed: </span>', "")
        told = client.get("/api/v1/statements/1?limit=100").json()
        assert [one["id"] for one in told["versions"]] == list(range(130, 30, -1))
        assert [one["id"] for one in client.get(told["next"]).json()["versions"]] == list(range(30, 0, -1))
        assert "Older ones stand in the" in client.get("/changes/130").text
    made.db.close()
