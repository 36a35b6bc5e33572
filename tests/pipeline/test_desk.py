"""`sources test` and `sources add` as a maintainer meets them, on ten sites of made-up organisations."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.site import TOPIC, Site, page
from tests.support.ten_sites import TITLES, WORDPRESS_HEAD, articles, cards, rss, serving
from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.core.errors import ConfigError, FetchError
from watcher.core.model import Organisation, OrganisationKind, Recipe, Source, SourceKind
from watcher.pipeline.adding import Added, Wish, add_source
from watcher.pipeline.desk import NEEDS_SCRIPT, Desk, open_desk, try_source
from watcher.pipeline.suggest import guess_kind
from watcher.pipeline.trial import Trial

NORTHMOOR = Organisation("northmoor", "Northmoor Care Trust", OrganisationKind.TRUST, domains=("127.0.0.1",))
FILE = (
    TOPIC
    + """
# Ours.
[[organisation]]
id = "northmoor"
name = "Northmoor Care Trust"
kind = "trust"
domains = ["127.0.0.1", "localhost"]
"""
)


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Site]]:
    with serving() as found:
        yield found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "sources.toml"
    found.write_text(FILE, encoding="utf-8")
    return found


def desk_of(path: Path) -> Desk:
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=path,
        storage=path.parent / "storage",
        allow_private_hosts="127.0.0.1,localhost",
        host_pause_s=0,
    )
    return open_desk(load(path), environment)


def add(path: Path, url: str, **wish: str) -> Added:
    return add_source(desk_of(path), path, Wish(url, **wish))


def tried(path: Path, url: str, kind: SourceKind = SourceKind.PAGE, **recipe: object) -> Trial:
    source = Source("tried", "northmoor", kind, url, 3600, recipe=Recipe(**recipe))  # type: ignore[arg-type]
    return try_source(desk_of(path), source, NORTHMOOR)


@pytest.mark.parametrize(
    ("name", "asked", "kind", "written"),
    [
        ("feed", "/news", "feed", "/news/rss.xml"),
        ("feed", "/news/rss.xml", "feed", "/news/rss.xml"),
        ("atom", "/", "feed", "/feed.atom"),
        ("sitemap", "/", "sitemap", "/sitemap.xml"),
        ("cards", "/latest-news", "listing", "/latest-news"),
        ("papers", "/board/papers", "listing", "/board/papers"),
        ("wordpress", "/", "feed", "/feed/"),
        ("wordpress", "/2026/05/annual-report-of-the-trust-is-published", "page", None),
        ("json-feed", "/updates", "feed", "/updates.json"),
        ("redirected", "/old", "listing", "/news"),
    ],
)
def test_the_best_way_to_watch_a_site_is_found_and_written(
    sites: dict[str, Site], path: Path, name: str, asked: str, kind: str, written: str | None
) -> None:
    added = add(path, sites[name].url(asked))
    (source,) = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
    assert (source["kind"], source["organisation"]) == (kind, "northmoor")
    assert source["url"].endswith(written or asked)
    assert path.read_text(encoding="utf-8") == f"{FILE}\n{added.written}"
    assert added.trial.samples[0].document is not None
    assert load(path).source(source["id"]).kind == kind


@pytest.mark.parametrize(
    ("name", "why"), [("blocked", "HTTP 403"), ("script", "needs JavaScript: render = true"), ("cards", "404")]
)
def test_what_cannot_be_read_is_not_written(sites: dict[str, Site], path: Path, name: str, why: str) -> None:
    asked = "/nowhere" if name == "cards" else "/news"
    with pytest.raises(FetchError, match=f"nothing written: .*{why}"):
        add(path, sites[name].url(asked))
    assert path.read_text(encoding="utf-8") == FILE


def test_a_redirected_host_is_written_as_it_is_now(sites: dict[str, Site], path: Path) -> None:
    added = add(path, sites["redirected"].url("/old"))
    assert "http://localhost:" in added.written
    assert added.hints == ("127.0.0.1 redirects to localhost: the source has the new address",)


def test_an_address_that_is_watched_already_is_refused_before_and_after_looking(
    sites: dict[str, Site], path: Path
) -> None:
    add(path, sites["feed"].url("/news"))
    before = path.read_text(encoding="utf-8")
    for asked in ("/news", "/news/rss.xml"):
        with pytest.raises(ConfigError, match=r'source "northmoor-feed" reads http.*/news/rss.xml already'):
            add(path, sites["feed"].url(asked))
    assert path.read_text(encoding="utf-8") == before


def test_ids_are_made_from_the_address_and_never_doubled(sites: dict[str, Site], path: Path) -> None:
    for name, asked in (("feed", "/news"), ("atom", "/"), ("cards", "/latest-news"), ("redirected", "/news")):
        add(path, sites[name].url(asked))
    ids = [source.id for source in load(path).sources]
    assert ids == ["northmoor-feed", "northmoor-feed-2", "northmoor-latest-news", "northmoor-news"]


def test_an_organisation_that_is_not_there_is_made_when_it_is_described(sites: dict[str, Site], path: Path) -> None:
    path.write_text(TOPIC, encoding="utf-8")
    url = sites["cards"].url("/latest-news")
    with pytest.raises(ConfigError, match="--organisation ID --organisation-name NAME --kind KIND"):
        add(path, url)
    with pytest.raises(ConfigError, match="to make it, add --organisation-name NAME --kind KIND"):
        add(path, url, organisation="westvale")
    with pytest.raises(ConfigError, match=r'--kind "trst" is not known .did you mean "trust"'):
        add(path, url, organisation="westvale", organisation_name="Westvale", organisation_kind="trst")
    assert path.read_text(encoding="utf-8") == TOPIC
    add(path, url, organisation_name="Westvale Care", organisation_kind="trust")
    assert load(path).organisation("westvale-care").domains == ("127.0.0.1",)


def test_an_organisation_near_to_one_that_is_there_is_asked_back(path: Path) -> None:
    with pytest.raises(ConfigError, match=r'"northmor" is not defined .did you mean "northmoor"'):
        add(path, "http://127.0.0.1:9/news", organisation="northmor")
    with pytest.raises(ConfigError, match="not a web address"):
        add(path, "northmoor.example/news")


def test_a_feed_of_another_part_of_the_site_is_not_taken_for_the_page(sites: dict[str, Site], path: Path) -> None:
    site = sites["cards"]
    site.pages["/jobs"] = cards("/jobs", '<link rel="alternate" type="application/rss+xml" href="/feed">', "Jobs")
    site.pages["/feed"] = rss(site.url("/").rstrip("/"), "/news")
    site.pages |= articles("/jobs")
    assert add(path, site.url("/jobs")).trial.source.kind == SourceKind.LISTING


def test_an_index_is_told_from_a_statement_that_the_news_stand_beside(sites: dict[str, Site], path: Path) -> None:
    site, desk = sites["wordpress"], desk_of(path)
    beside = "".join(
        f'<li><a href="/2026/05/{number}-other-news-of-ours">{t}</a></li>' for number, t in enumerate(TITLES)
    )
    statement = page("Our statement", *(f"Paragraph {n} of it says what we did and why, at length." for n in range(9)))
    site.pages["/statement"] = statement.replace("</main>", f"</main><aside><ul>{beside}</ul></aside>").replace(
        "</head>", f"{WORDPRESS_HEAD}</head>"
    )
    assert guess_kind(desk, site.url("/statement")) == SourceKind.PAGE
    assert guess_kind(desk, site.url("/")) == SourceKind.LISTING
    assert guess_kind(desk, site.url("/feed/")) == SourceKind.FEED


def test_a_listing_is_shown_with_its_links_and_what_matches(sites: dict[str, Site], path: Path) -> None:
    trial = tried(path, sites["cards"].url("/latest-news"), SourceKind.LISTING)
    assert [found.title for found in trial.follow] == list(TITLES)
    first, second = trial.samples[:2]
    assert [match.tier for match in first.matches] == ["named"]
    assert first.matches[0].reasons[0].term == "Serenity Integrated Mentoring"
    assert second.matches == ()
    assert trial.all_warnings == ()
    text = "\n".join(trial.lines())
    assert "would follow 6 links, 6 of them dated" in text
    assert "matches sim: named" in text
    assert trial.as_json()["documents"][0]["published_on"].isoformat() == "2026-05-28"


def test_what_differs_between_two_readings_is_shown_as_noise(sites: dict[str, Site], path: Path) -> None:
    numbers = count(17)
    site = sites["cards"]

    class Counting(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            if key == "/counted":
                said = f"{next(numbers)} people are reading this page."
                return page("Our statement", "We ended the scheme in June, as our board had asked us to.", said)
            return super().get(key, default)

    site.pages = Counting(site.pages)  # type: ignore[assignment]
    (sample,) = tried(path, site.url("/counted")).samples
    assert sample.noise == ("“# people are reading this page.”",)


def test_selectors_that_hit_nothing_are_warned_of(sites: dict[str, Site], path: Path) -> None:
    url = sites["cards"].url("/latest-news")
    listing = tried(path, url, SourceKind.LISTING, follow="a.tile", remove=("nav", ".share"))
    assert listing.warnings == ("follow = 'a.tile' finds no link on this page", "names no documents")
    page_of = tried(path, f"{url}/{'our-board-meets-in-public-next-month'}", select="#text", remove=("nav", ".share"))
    assert page_of.warnings == (
        "select '#text' matches nothing; the main text was found without it",
        "remove '.share' hits nothing",
    )


def test_a_page_with_hardly_any_text_and_no_date_is_warned_of(sites: dict[str, Site], path: Path) -> None:
    sites["cards"].pages["/short"] = (
        "<html><title>Note</title><body><main><h1>Note</h1><p>We wait.</p></main></body></html>"
    )
    trial = tried(path, sites["cards"].url("/short"))
    assert [w for w in trial.all_warnings if "characters of text" in w]
    assert "no date found" in trial.all_warnings


def test_a_page_that_needs_javascript_says_so(sites: dict[str, Site], path: Path) -> None:
    assert NEEDS_SCRIPT in tried(path, sites["script"].url("/")).all_warnings
    index = tried(path, sites["script"].url("/"), SourceKind.LISTING)
    assert NEEDS_SCRIPT in index.all_warnings


def test_robots_redirects_and_refusals_are_named(sites: dict[str, Site], path: Path) -> None:
    quiet = sites["papers"]
    quiet.pages["/robots.txt"] = (200, "User-agent: *\nDisallow: /board", {"Content-Type": "text/plain"})
    trial = tried(path, quiet.url("/board/papers"), SourceKind.LISTING)
    del quiet.pages["/robots.txt"]
    assert trial.trouble.startswith("blocked by robots.txt")
    assert 'robots = "why"' in trial.warnings[0]
    assert tried(path, sites["blocked"].url("/")).trouble == "blocked: HTTP 403 (Forbidden)"
    moved = tried(path, sites["redirected"].url("/old"), SourceKind.LISTING)
    assert moved.warnings[0].endswith("/news: put this address into the source")


def test_a_feed_whose_pages_are_blocked_shows_its_own_text(sites: dict[str, Site], path: Path) -> None:
    site = sites["feed"]
    site.pages["/closed.xml"] = rss(site.url("/").rstrip("/"), "/closed")
    site.pages |= {address: (403, "no", {}) for address in articles("/closed")}
    first = tried(path, site.url("/closed.xml"), SourceKind.FEED).samples[0]
    assert first.document is not None
    assert first.warnings[0] == "blocked: HTTP 403 (Forbidden): the feed's own text is used"


def test_trying_a_source_asks_for_each_page_politely_and_writes_nothing(sites: dict[str, Site], path: Path) -> None:
    site = sites["atom"]
    site.asked.clear()
    tried(path, site.url("/feed.atom"), SourceKind.FEED)
    assert site.asked.count("/robots.txt") == 1
    assert site.asked.count("/feed.atom") == 2
    assert len(site.asked) == 1 + 2 + 3 + 1
    assert [one.name for one in path.parent.iterdir()] == ["sources.toml"]
