"""What lists and hosts say of a document: dropped, moved to a new name, told to wait. None of it is a removal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, kinds, listing, page, watching
from watcher.pipeline import check
from watcher.pipeline.observe import reader
from watcher.store import catalogue, checks

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
GARDEN = "The mayor opened our garden on Friday. It has a pond, and benches around it."


def sources(*kinds_and_urls: tuple[str, str], hosts: str = "localhost") -> str:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host=hosts)
    for number, (kind, url) in enumerate(kinds_and_urls):
        config += SOURCE.format(id=f"source-{number}", organisation="northmoor", kind=kind, url=url, more="")
    return config


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """A trust with a news listing of one statement and one other story."""
    site.pages |= {
        "/news": listing(("/news/sim", "An update for patients"), ("/news/garden", "A new garden opens")),
        "/news/sim": page("An update for patients", PAUSED),
        "/news/garden": page("A new garden opens", GARDEN, filler=2),
    }
    with watching(tmp_path, sources(("listing", site.url("/news")))) as made:
        made.poll()
        yield made


def due(bench: Bench) -> list[str]:
    return [one.url.rpartition("/")[2] for one in checks.due(bench.watch.db, bench.watch.now(), ["source-0"])]


def put_off(bench: Bench, name: str) -> None:
    """The document is not due by its own timetable for a week."""
    (row,) = bench.watch.db.execute("SELECT id FROM checks WHERE url LIKE ?", [f"%/{name}"])
    checks.postpone(bench.watch.db, row[0], bench.watch.now() + timedelta(days=7))


def listed(bench: Bench) -> set[str]:
    rows = bench.watch.db.execute("SELECT url FROM checks WHERE is_listed = 1 AND role = 'document'")
    return {row[0].rpartition("/")[2] for row in rows}


def visits_to(site: Site, path: str) -> int:
    return site.asked.count(path)


def test_a_statement_dropped_from_its_list_is_looked_at_at_once_and_is_no_change(bench: Bench, site: Site) -> None:
    site.pages["/news"] = listing(("/news/new", "A third story"), ("/news/garden", "A new garden opens"))
    site.pages["/news/new"] = page("A third story", GARDEN, filler=1)
    put_off(bench, "sim")
    site.asked.clear()
    lines = bench.poll(every=False, hours=1.2)
    assert [line.change for line in lines] == ["first"]
    assert (visits_to(site, "/news/sim"), visits_to(site, "/news/garden")) == (1, 0)
    assert listed(bench) == {"garden", "new"}
    assert bench.told() == []


def test_a_statement_dropped_from_its_list_and_gone_is_missing(bench: Bench, site: Site) -> None:
    site.pages["/news"] = listing(("/news/garden", "A new garden opens"))
    del site.pages["/news/sim"]
    put_off(bench, "sim")
    assert kinds(bench.poll(every=False, hours=1.2)) == [("missing", False)]


def test_a_statement_that_is_listed_again_counts_as_listed(bench: Bench, site: Site) -> None:
    before = site.pages["/news"]
    site.pages["/news"] = listing(("/news/garden", "A new garden opens"))
    bench.poll(every=False, hours=1.2)
    site.pages["/news"] = before
    bench.poll(every=False, hours=1.2)
    assert listed(bench) == {"garden", "sim"}


def test_an_empty_or_broken_list_drops_nothing(bench: Bench, site: Site) -> None:
    for broken in (listing(), "<html><body><main><h1>Latest news</h1></main></body></html>"):
        site.pages["/news"] = broken
        bench.poll(every=False, hours=1.2)
        assert listed(bench) == {"garden", "sim"}


def test_what_later_pages_of_a_list_name_is_not_dropped_by_the_first_page(site: Site, tmp_path: Path) -> None:
    pager = '<a rel="next" href="/news/page/2">Next</a>'
    site.pages |= {
        "/news": listing(("/news/garden", "A new garden opens")).replace("</main>", f"{pager}</main>"),
        "/news/page/2": listing(("/news/sim", "An update for patients")),
        "/news/sim": page("An update", PAUSED),
        "/news/garden": page("A garden", GARDEN, filler=2),
    }
    with watching(tmp_path, sources(("listing", site.url("/news")))) as bench:
        bench.poll()
        assert listed(bench) == {"garden"}
        put_off(bench, "sim")
        site.has_validators = False
        site.asked.clear()
        site.pages["/news"] = str(site.pages["/news"]).replace("garden opens", "garden opens today")
        bench.poll(every=False, hours=1.2)
        assert visits_to(site, "/news/sim") == 0


def sitemap(*urls: str, of: str = "url") -> tuple[int, str, dict[str, str]]:
    root = "urlset" if of == "url" else "sitemapindex"
    body = "".join(f"<{of}><loc>{url}</loc></{of}>" for url in urls)
    return 200, f"<{root}>{body}</{root}>", {"Content-Type": "application/xml"}


def test_each_part_of_a_sitemap_is_read_on_its_own(site: Site, tmp_path: Path) -> None:
    site.pages |= {
        "/sitemap.xml": sitemap(site.url("/a.xml"), of="sitemap"),
        "/a.xml": sitemap(site.url("/read/garden")),
        "/read/garden": page("A garden", GARDEN, filler=2),
        "/read/sim": page("An update", PAUSED),
        "/read/third": page("A third text", PAUSED, "It comes from a part that is new.", filler=1),
    }
    with watching(tmp_path, sources(("sitemap", site.url("/sitemap.xml")))) as bench:
        assert kinds(bench.poll()) == [("baseline", False)]
        site.pages["/a.xml"] = sitemap(site.url("/read/garden"), site.url("/read/sim"))
        assert kinds(bench.poll(every=False, hours=1.2)) == [("first", True)]
        site.pages["/sitemap.xml"] = sitemap(site.url("/a.xml"), site.url("/b.xml"), of="sitemap")
        site.pages["/b.xml"] = sitemap(site.url("/read/third"))
        assert kinds(bench.poll(every=False, hours=1.2)) == [("first", True)]
        assert listed(bench) == {"garden", "sim", "third"}


def on(site: Site, host: str, path: str) -> str:
    return site.url(path).replace("localhost", host)


def test_a_site_with_a_new_name_keeps_the_history_of_its_documents(site: Site, tmp_path: Path) -> None:
    hosts = 'localhost", "127.0.0.1'  # the present one first
    old, new = on(site, "127.0.0.1", "/news"), site.url("/news/all")
    site.pages |= {
        "/news": listing(("/news/sim", "An update for patients"), ("/news/garden", "A new garden opens")),
        "/news/all": listing(),
        "/news/sim": page("An update for patients", PAUSED),
        "/news/garden": page("A new garden opens", GARDEN, filler=2),
    }
    with watching(tmp_path, sources(("listing", old), ("listing", new), hosts=hosts)) as bench:
        bench.poll()
        site.pages["/news/all"] = listing(
            ("/news/sim", "An update for patients"), ("/news/garden", "A new garden opens")
        )
        lines = bench.poll(hours=2)
        assert sorted(kinds(lines)) == [("moved", False), ("moved", True)]
        assert all("localhost" in line.url for line in lines)
        assert kinds(bench.poll(hours=2)) == []
        site.pages["/news/sim"] = page("An update for patients", PAUSED.replace("paused", "ended"))
        assert kinds(bench.poll(hours=2)) == [("edited", True)]
        assert bench.watch.db.execute("SELECT count(*) FROM documents").fetchone()[0] == 2


def test_a_source_that_is_added_for_the_new_name_of_a_site_rings_no_bells(site: Site, tmp_path: Path) -> None:
    hosts = 'localhost", "127.0.0.1'
    old, new = ("listing", on(site, "127.0.0.1", "/news")), ("listing", site.url("/news/all"))
    site.pages |= {"/news": listing(("/news/sim", "An update")), "/news/all": listing(("/news/sim", "An update"))}
    site.pages["/news/sim"] = page("An update for patients", PAUSED)
    with watching(tmp_path, sources(old, hosts=hosts)) as bench:
        bench.poll()
    with watching(tmp_path, sources(old, new, hosts=hosts)) as bench:
        assert kinds(bench.poll(hours=2)) == [("moved", False)]
        assert bench.told() == []


def test_another_text_at_the_same_path_of_the_new_name_is_no_move(site: Site, tmp_path: Path) -> None:
    hosts = 'localhost", "127.0.0.1'
    old, new = on(site, "127.0.0.1", "/news"), site.url("/news/all")
    site.pages |= {"/news": listing(("/news/1", "An update")), "/news/all": listing()}
    site.pages["/news/1"] = page("An update for patients", PAUSED)
    with watching(tmp_path, sources(("listing", old), ("listing", new), hosts=hosts)) as bench:
        bench.poll()
        site.pages["/news/all"] = listing(("/news/1", "A new garden opens"))
        site.pages["localhost/news/1"] = page("A new garden opens", GARDEN, filler=2)
        assert "moved" not in [line.change for line in bench.poll(every=False, hours=1.2)]


def paused_until(bench: Bench) -> datetime | None:
    row = bench.watch.db.execute("SELECT max(paused_until) FROM hosts").fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def poll_as_it_is(bench: Bench) -> None:
    """One cycle that leaves what is known of hosts."""
    list(check.poll(bench.watch, read_host=reader(bench.watch.policy, now=bench.watch.now)))


def test_a_host_that_asks_for_a_pause_gets_exactly_that(bench: Bench, site: Site) -> None:
    before = site.pages["/news"]
    site.pages["/news"] = (429, "slowly", {"Retry-After": "120"})
    bench.poll(hours=1.2)
    start = bench.watch.now()
    assert paused_until(bench) == start + timedelta(seconds=120)
    site.pages["/news"] = before
    site.asked.clear()
    bench.clock[0] = start + timedelta(seconds=119)
    poll_as_it_is(bench)
    assert site.asked == []


def test_pages_that_were_not_asked_for_are_due_when_the_pause_ends(bench: Bench, site: Site) -> None:
    site.pages["/news"] = (429, "slowly", {"Retry-After": "120"})
    bench.poll(hours=1.2)  # all are due; the listing is asked first
    bench.clock[0] += timedelta(seconds=120)
    assert set(due(bench)) == {"sim", "garden"}  # the listing itself waits for its own back-off
    site.asked.clear()
    poll_as_it_is(bench)
    assert {"/news/sim", "/news/garden"} <= set(site.asked)


def test_a_longer_pause_is_not_cut_short_by_a_later_word(bench: Bench) -> None:
    now = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    for seconds in (3600, 60):
        catalogue.pause_host(bench.watch.db, "northmoor.example", now, seconds)
    assert catalogue.paused_hosts(bench.watch.db, now + timedelta(seconds=3599)) == {"northmoor.example"}
    assert catalogue.paused_hosts(bench.watch.db, now + timedelta(seconds=3600)) == frozenset()


def with_canonical(text: str, address: str) -> str:
    return text.replace("<head>", f'<head><link rel="canonical" href="{address}">')


def test_a_second_address_of_a_page_is_folded_into_the_one_it_names(bench: Bench, site: Site) -> None:
    site.pages["/news/print"] = with_canonical(str(site.pages["/news/sim"]), "/news/sim")
    names = ("sim", "An update for patients"), ("garden", "A new garden opens"), ("print", "An update, to print")
    site.pages["/news"] = listing(*((f"/news/{name}", title) for name, title in names))
    assert bench.poll(every=False, hours=1.2) == []
    for name in ("sim", "print"):
        site.pages[f"/news/{name}"] = str(site.pages[f"/news/{name}"]).replace("paused", "ended")
    assert kinds(bench.poll(hours=2)) == [("edited", True)]


def test_a_page_that_is_left_at_its_second_address_alone_has_moved(bench: Bench, site: Site) -> None:
    site.pages["/news/print"] = with_canonical(str(site.pages["/news/sim"]), "/news/sim")
    names = ("sim", "An update for patients"), ("garden", "A new garden opens"), ("print", "An update, to print")
    site.pages["/news"] = listing(*((f"/news/{name}", title) for name, title in names))
    bench.poll(hours=2)
    del site.pages["/news/sim"]
    said = [line.change for _ in range(4) for line in bench.poll(hours=13)]
    assert said == ["missing", "moved"]


def test_a_template_that_writes_one_address_on_every_page_folds_nothing(bench: Bench, site: Site) -> None:
    other = page("Another update", "The trust has ended its Serenity Integrated Mentoring team for good.", filler=1)
    site.pages["/news/other"] = with_canonical(other, "/news/sim")
    names = ("sim", "An update for patients"), ("garden", "A new garden opens"), ("other", "Another update")
    site.pages["/news"] = listing(*((f"/news/{name}", title) for name, title in names))
    assert kinds(bench.poll(every=False, hours=1.2)) == [("first", True)]
