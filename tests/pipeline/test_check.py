"""The pipeline over real HTTP on loopback: what a visit means, and who is told."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, kinds, listing, page, watching
from watcher.core.errors import StoreError
from watcher.evidence.warc import read_capture
from watcher.store import changes, documents

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """Two trusts: one with a news listing, one with a feed, and one watched page."""
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += ORGANISATION.format(id="westvale", name="Westvale Network", host="localhost")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    config += SOURCE.format(id="westvale", organisation="westvale", kind="listing", url=site.url("/westvale"), more="")
    site.pages |= {"/news": listing(), "/westvale": listing(), "/sim": page("An update for patients", PAUSED)}
    with watching(tmp_path, config) as made:
        yield made


def test_the_first_visit_is_silent_and_a_statement_found_later_is_told(bench: Bench, site: Site) -> None:
    site.pages["/news"] = listing(("/news/old", "Our position"))
    site.pages["/news/old"] = page("Our position", ENDED)
    assert set(kinds(bench.poll())) == {("baseline", False)}
    site.pages["/news"] = listing(("/news/old", "Our position"), ("/news/new", "A second statement"))
    site.pages["/news/new"] = page(
        "A second statement", "Our board met. It looked at Serenity Integrated Mentoring again.", filler=1
    )
    lines = bench.poll(hours=2)
    assert kinds(lines) == [("first", True)]
    assert lines[0].reasons[0] == "Serenity Integrated Mentoring"
    assert "Our board met" in bench.told()[0]


def test_an_old_date_does_not_keep_an_alert_quiet(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/news"] = listing(("/news/old", "From the archive"))
    site.pages["/news/old"] = page(
        "From the archive", "Published 3 March 2018", PAUSED + " It began on the island.", filler=1
    )
    assert kinds(bench.poll(hours=2)) == [("first", True)]


def test_a_page_that_returns_to_its_old_text_counts_as_a_second_change(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = page("An update for patients", ENDED)
    first = bench.poll(hours=2)
    site.pages["/sim"] = page("An update for patients", PAUSED)
    second = bench.poll(hours=2)
    assert kinds(first) == kinds(second) == [("edited", True)]
    assert first[0].id != second[0].id
    assert first[0].statement == second[0].statement
    assert "[-paused-]{+ended+}" in bench.told()[0]
    assert "[-ended-]{+paused+}" in bench.told()[1]


def test_a_later_change_answers_the_first_message_about_the_statement(bench: Bench, site: Site) -> None:
    bench.poll()
    for text in (ENDED, PAUSED):
        site.pages["/sim"] = page("An update for patients", text)
        bench.poll(hours=2)
    rows = list(bench.watch.db.execute("SELECT key, answers FROM deliveries ORDER BY id"))
    assert rows[0][1] is None
    assert rows[1][1] == rows[0][0]


def test_two_hundred_unchanged_pages_print_no_change_and_send_nothing(bench: Bench, site: Site) -> None:
    names = [(f"/news/{number}", f"Story number {number} of the year") for number in range(200)]
    site.pages["/news"] = listing(*names)
    site.pages |= {path: page(title, f"This is story {path}, about the garden.") for path, title in names}
    bench.poll()
    assert bench.summary.read == 203
    for has_validators in (True, False):
        site.has_validators = has_validators
        assert bench.poll(hours=2) == []
        assert bench.summary.not_modified == 203
    assert bench.told() == []


def test_each_version_keeps_the_bytes_it_was_read_from(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = page("An update for patients", ENDED)
    bench.poll(hours=2)
    change = changes.change_by_id(bench.watch.db, 2)
    assert change is not None and change.before_id is not None and change.after_id is not None
    for version_id, word in ((change.before_id, b"paused"), (change.after_id, b"ended")):
        capture = documents.capture_of(bench.watch.db, version_id)
        assert capture is not None
        fetched = read_capture(bench.watch.storage, capture.file, capture.offset, capture.length)
        assert word in fetched.body
        row = bench.watch.db.execute("SELECT body_sha256 FROM snapshots WHERE warc_offset = ?", [capture.offset])
        assert row.fetchone()[0] == documents.sha256_hex(fetched.body)


def test_a_page_is_removed_after_three_misses_over_a_day_and_restored_when_it_is_back(bench: Bench, site: Site) -> None:
    bench.poll()
    text = site.pages.pop("/sim")
    assert kinds(bench.poll(hours=1)) == [("missing", False)]
    assert kinds(bench.poll(hours=1)) == []
    assert kinds(bench.poll(hours=1)) == []  # three misses, but within three hours
    assert kinds(bench.poll(hours=24)) == [("removed", True)]
    assert kinds(bench.poll(hours=24)) == []
    assert "took its statement down" in bench.told()[0]
    site.pages["/sim"] = text
    assert kinds(bench.poll(hours=24)) == [("restored", True)]


def test_a_page_that_is_back_before_it_was_missed_for_a_day_is_no_news(bench: Bench, site: Site) -> None:
    bench.poll()
    text = site.pages.pop("/sim")
    bench.poll(hours=1)
    site.pages["/sim"] = text
    assert kinds(bench.poll(hours=30)) == []
    site.pages.pop("/sim")
    assert kinds(bench.poll(hours=1)) == [("missing", False)]


@pytest.mark.parametrize(
    "trouble",
    [
        (403, "<h1>Forbidden</h1>", {}),
        (500, "<h1>Server error</h1>", {}),
        (503, "<h1>Down for maintenance</h1>", {"Retry-After": "3600"}),
        (200, "<html><title>Just a moment...</title><body>Checking your browser before you continue</body></html>", {}),
        (200, "<title>Maintenance</title><h1>Back soon</h1><p>Sorry, the site is temporarily unavailable.</p>", {}),
    ],
)
def test_a_blocked_or_busy_page_is_never_taken_for_gone(
    bench: Bench, site: Site, trouble: tuple[int, str, dict[str, str]]
) -> None:
    bench.poll()
    before = site.pages["/sim"]
    site.pages["/sim"] = trouble
    for _ in range(5):
        lines = bench.poll(hours=25)
        assert [line.change for line in lines if "/sim" in line.url] == ["unreachable"]
    site.pages["/sim"] = before
    assert kinds(bench.poll(hours=25)) == []
    assert bench.told() == []


def test_a_redirect_to_the_same_text_is_a_move_and_keeps_the_history(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/moved-here"] = site.pages["/sim"]
    site.pages["/sim"] = (301, "", {"Location": site.url("/moved-here")})
    lines = bench.poll(hours=2)
    assert kinds(lines) == [("moved", True)]
    assert lines[0].url == site.url("/moved-here")
    assert kinds(bench.poll(hours=2)) == []
    site.pages["/moved-here"] = page("An update for patients", ENDED)
    assert kinds(bench.poll(hours=2)) == [("edited", True)]
    assert bench.watch.db.execute("SELECT count(*) FROM documents").fetchone()[0] == 1


def test_a_redirect_to_the_front_page_climbs_the_ladder(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/"] = page(
        "Welcome to Northmoor", "We care for people in the whole of the county, by day and by night.", filler=2
    )
    site.pages["/sim"] = (302, "", {"Location": site.url("/")})
    assert kinds(bench.poll(hours=1)) == [("missing", False)]
    bench.poll(hours=13)
    assert kinds(bench.poll(hours=13)) == [("removed", True)]


def test_the_same_statement_elsewhere_joins_and_rings_no_second_time(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/news"] = listing(("/news/a", "Notice to partners"))
    site.pages["/news/a"] = page(
        "Notice to partners", ENDED, "It will not be used again, and the staff have moved.", filler=1
    )
    assert kinds(bench.poll(hours=2)) == [("first", True)]
    site.pages["/westvale"] = listing(("/westvale/b", "Notice to partners"))
    site.pages["/westvale/b"] = page(
        "Notice to partners", ENDED, "It will not be used again, and the staff have moved.", filler=1
    )
    lines = bench.poll(hours=2)
    assert kinds(lines) == [("repeat", False)]
    assert lines[0].summary == "same as Northmoor Care Trust"
    edits = list(bench.watch.db.execute("SELECT body FROM deliveries WHERE edits IS NOT NULL"))
    assert "Westvale Network" in edits[0][0]


def test_a_repeat_of_a_statement_nobody_was_told_of_is_told(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/westvale"] = listing(("/westvale/b", "An update for patients"))
    site.pages["/westvale/b"] = page("An update for patients", PAUSED)
    assert kinds(bench.poll(hours=2)) == [("repeat", True)]


def test_a_text_that_reappears_at_a_new_address_after_vanishing_has_moved(bench: Bench, site: Site) -> None:
    bench.poll()
    text = site.pages.pop("/sim")
    bench.poll(hours=1)
    site.pages["/news"] = listing(("/news/sim", "An update for patients"))
    site.pages["/news/sim"] = text
    assert kinds(bench.poll(hours=2)) == [("moved", True)]
    assert kinds(bench.poll(hours=30)) == []


def test_a_document_that_is_attached_is_a_change_of_its_own_kind(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = page("An update for patients", PAUSED, links=(("/files/review.pdf", "Read the review (PDF)"),))
    lines = bench.poll(hours=2)
    assert [line.change for line in lines if line.url.endswith("/sim")] in (["links"], ["edited"])
    assert lines[0].is_alert


def test_a_banner_above_the_statement_is_an_edit(bench: Bench, site: Site) -> None:
    bench.poll()
    banner = '<div class="notice">This statement has been withdrawn.</div>'
    site.pages["/sim"] = page("An update for patients", PAUSED, extra=banner)
    assert kinds(bench.poll(hours=2)) == [("edited", True)]


def test_news_about_something_else_is_kept_and_told_to_nobody(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/news"] = listing(("/news/garden", "A new garden opens"))
    site.pages["/news/garden"] = page(
        "A new garden opens", "The mayor opened our garden on Friday. It has a pond.", filler=2
    )
    assert kinds(bench.poll(hours=2)) == [("first", False)]
    assert bench.told() == []


def test_an_extractor_upgrade_alerts_nobody_even_where_the_page_was_edited_as_well(bench: Bench, site: Site) -> None:
    bench.poll()
    db = bench.watch.db
    content = json.loads(db.execute("SELECT content FROM versions").fetchone()[0])
    content["blocks"] = ["Home", "About us", *content["blocks"]]
    db.execute("UPDATE versions SET extractor = 'html-0+gold', content = ?", [json.dumps(content)])
    db.execute("UPDATE checks SET extractor = 'gold'")
    site.has_validators = False
    assert kinds(bench.poll(hours=2)) == [("reextracted", False)]
    db.execute("UPDATE versions SET extractor = 'html-0+gold', content = ?", [json.dumps(content)])
    site.pages["/sim"] = page("An update for patients", ENDED)
    assert kinds(bench.poll(hours=2)) == [("reextracted", False), ("edited", True)]
    assert "Home" not in bench.told()[0]


def test_an_unreachable_source_is_one_line_and_the_others_go_on(bench: Bench, site: Site) -> None:
    site.pages["/news"] = (403, "no", {})
    lines = bench.poll()
    assert [(line.change, line.trouble) for line in lines if line.is_trouble] == [("unreachable", "blocked")]
    assert ("baseline", False) in kinds(lines)


def test_an_index_that_is_gone_is_named_as_such(bench: Bench, site: Site) -> None:
    bench.poll()
    del site.pages["/news"]
    lines = bench.poll(hours=2)
    assert [(line.change, line.trouble) for line in lines] == [("failed", "gone")]


def test_a_full_disk_leaves_nothing_half_written_and_the_next_poll_goes_on(bench: Bench, site: Site) -> None:
    bench.poll()
    db = bench.watch.db
    counts = "SELECT (SELECT count(*) FROM versions), (SELECT count(*) FROM changes), (SELECT count(*) FROM snapshots)"
    before = db.execute(counts).fetchone()
    site.pages["/sim"] = page("An update for patients", ENDED, *(f"{number} {ENDED}" for number in range(3000)))
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 8}")
    with pytest.raises(StoreError, match="disk is full"):
        bench.poll(hours=2)
    assert db.execute(counts).fetchone() == before
    assert bench.told() == []
    db.execute("PRAGMA max_page_count = 1000000")
    assert kinds(bench.poll(hours=2)) == [("edited", True)]


def test_two_polls_into_one_folder_do_not_run_at_one_time(bench: Bench) -> None:
    from watcher.pipeline.check import poll

    running = poll(bench.watch)
    next(running)
    with pytest.raises(StoreError, match="another watcher is polling"):
        list(poll(bench.watch))
    list(running)


def test_what_was_told_is_sent_once(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = page("An update for patients", ENDED)
    bench.poll(hours=2)
    stream = io.StringIO()
    assert bench.deliver(stream) == 1
    assert bench.deliver(stream) == 0
    assert stream.getvalue().count("changed its statement") == 1


def invented_words(seed: int, count: int) -> str:
    """Sentences of words that no other seed has."""
    syllables = [a + b for a in "bdfglmnprst" for b in "aeiou"]
    found = []
    for k in range(count):
        digest = hashlib.sha256(f"{seed} {k}".encode()).digest()
        word = "".join(syllables[byte % len(syllables)] for byte in digest[:3])
        found.append(word.capitalize() if k % 12 == 0 else word + "." * (k % 12 == 11))
    return " ".join(found)


def test_a_burst_beyond_the_bound_is_one_message_and_nothing_is_lost(bench: Bench, site: Site) -> None:
    bench.poll()
    names = [(f"/news/{n}", f"Minutes of meeting {n}") for n in range(30)]
    site.pages["/news"] = listing(*names)
    for n, (path, title) in enumerate(names):
        own = invented_words(n, 240)
        site.pages[path] = page(title, own, f"Point {n}: Serenity Integrated Mentoring.", filler=1 + n % 2)
    lines = bench.poll(hours=2)
    assert kinds(lines) == [("first", True)] * 30
    stream = io.StringIO()
    assert bench.deliver(stream) == 21
    shown = stream.getvalue()
    assert "10 alerts in one message" in shown
    assert all(f"Minutes of meeting {n}" in shown for n in range(30))
    states = dict(bench.watch.db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
    assert states == {"sent": 21, "folded": 10}


def zipped(**members: str) -> bytes:
    """A ZIP of text files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.txt", text)
    return buffer.getvalue()


def test_each_paper_in_an_archive_is_a_document_of_its_own(bench: Bench, site: Site) -> None:
    bench.poll()
    papers = {f"item{n}": f"Paper {n}\n\n{invented_words(n, 120)}" for n in range(3)}
    papers["item1"] += "\n\nThe board heard that Serenity Integrated Mentoring has ended."
    site.pages["/news"] = listing(("/papers.zip", "Board papers of June"))
    site.pages["/papers.zip"] = (200, zipped(**papers), {"Content-Type": "application/zip"})
    lines = bench.poll(hours=2)
    assert sorted((line.change, line.is_alert, line.url.partition("#")[2]) for line in lines) == [
        ("first", False, "part=item0.txt"),
        ("first", False, "part=item2.txt"),
        ("first", True, "part=item1.txt"),
    ]
    papers["item1"] = papers["item1"].replace("has ended", "is paused")
    site.pages["/papers.zip"] = (200, zipped(**papers), {"Content-Type": "application/zip"})
    lines = bench.poll(hours=2)
    assert [(line.change, line.is_alert) for line in lines] == [("edited", True)]
    assert bench.poll(hours=2) == []


def test_feed_entries_without_a_page_of_their_own_are_told_from_each_other(site: Site, tmp_path: Path) -> None:
    def feed(*texts: str) -> str:
        entry = "<item><guid isPermaLink='false'>n-{}</guid><description>{}</description></item>"
        entries = "".join(entry.format(number, text) for number, text in enumerate(texts))
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Notices</title>{entries}</channel></rss>'

    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="localhost")
    config += SOURCE.format(id="feed", organisation="northmoor", kind="feed", url=site.url("/feed"), more="")
    old = [f"Notice: {invented_words(n, 60)}" for n in range(2)]
    with watching(tmp_path, config) as bench:
        site.pages["/feed"] = feed(*old)
        assert kinds(bench.poll()) == [("baseline", False)] * 2
        site.pages["/feed"] = feed(*old, f"Serenity Integrated Mentoring has ended here. {invented_words(9, 40)}")
        assert kinds(bench.poll(hours=2)) == [("first", True)]
        assert bench.poll(hours=2) == []


def test_a_stop_between_a_feed_and_its_entries_loses_no_entry(site: Site, tmp_path: Path) -> None:
    entry = "<item><guid isPermaLink='false'>n-{}</guid><description>{}</description></item>"
    shell = '<?xml version="1.0"?><rss version="2.0"><channel><title>Notices</title>{}</channel></rss>'
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="localhost")
    config += SOURCE.format(id="feed", organisation="northmoor", kind="feed", url=site.url("/feed"), more="")
    with watching(tmp_path, config) as bench:
        site.pages["/feed"] = shell.format(entry.format(0, f"Notice: {invented_words(0, 60)}"))
        bench.poll()
        long = f"Serenity Integrated Mentoring has ended here. {invented_words(1, 30_000)}"
        site.pages["/feed"] = shell.format(entry.format(0, f"Notice: {invented_words(0, 60)}") + entry.format(1, long))
        db = bench.watch.db
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 8}")
        with pytest.raises(StoreError, match="disk is full"):
            bench.poll(hours=2)
        db.execute("PRAGMA max_page_count = 1000000")
        assert kinds(bench.poll(hours=2)) == [("first", True)]
