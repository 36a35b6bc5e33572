"""`sources test`: one source read as a poll would read it, twice, and nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup

from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.mask import learn
from watcher.core.model import (
    Document,
    Extraction,
    Failed,
    Fetched,
    FetchTask,
    Gone,
    HostBatch,
    Match,
    NotModified,
    Observation,
    Organisation,
    Outcome,
    Read,
    Recipe,
    RobotsFile,
    RobotsRead,
    Source,
    SourceKind,
    Unreachable,
    UnreachableKind,
)
from watcher.core.reader import TopicReader
from watcher.core.urls import canonical, host_of
from watcher.extract.barrier import find_barrier
from watcher.extract.charset import decode
from watcher.fetch.policy import FetchPolicy
from watcher.pipeline.nature import needs_script
from watcher.pipeline.observe import observe_host
from watcher.pipeline.recognise import matches_of_text
from watcher.pipeline.trial import NO_DATE, SHORT, Sample, Trial
from watcher.pipeline.watch import fetch_policy, host_pause_s

SAMPLES = 3  # documents of an index that are read
NEEDS_SCRIPT = "needs JavaScript: render = true reads it through a Chromium (docs/formats.md)"
SHORT_CHARACTERS = 100  # less text than this is hardly a statement


@dataclass(frozen=True)
class Desk:
    """What trying a source needs; no store, so nothing can be written."""

    configuration: Configuration
    policy: FetchPolicy
    pause_s: float
    topics: TopicReader
    robots: dict[str, RobotsFile] = field(default_factory=dict)  # by host, as fetched on the way

    def read(self, tasks: Sequence[FetchTask]) -> list[Observation]:
        """What was seen at each task's address, in order, one host after the other."""
        seen: dict[int, Observation] = {}
        by_host: dict[str, list[tuple[int, FetchTask]]] = {}
        for place, task in enumerate(tasks):
            by_host.setdefault(host_of(task.url), []).append((place, task))
        for host, of_host in by_host.items():
            batch = HostBatch(host, tuple(task for _, task in of_host), self.pause_s, self.robots.get(host))
            found = []
            for observation in observe_host(batch, self.policy):
                if isinstance(observation.outcome, RobotsRead):
                    self.robots[host] = observation.outcome.robots
                else:
                    found.append(observation)
            seen.update(zip((place for place, _ in of_host), found, strict=True))
        return [seen[place] for place in range(len(tasks))]


def open_desk(configuration: Configuration, environment: Environment) -> Desk:
    """The desk that configuration and environment ask for."""
    return Desk(
        configuration=configuration,
        policy=fetch_policy(configuration, environment),
        pause_s=host_pause_s(configuration, environment),
        topics=TopicReader(configuration.topics),
    )


def try_source(desk: Desk, source: Source, organisation: Organisation | None) -> Trial:
    """What a poll would make of `source` now: read twice, with the first documents that it names."""
    first, second = (observation.outcome for observation in desk.read([task_of(desk, source)] * 2))
    if not isinstance(first, Read):
        return Trial(source, fetched=_fetched(first), trouble=trouble(first), warnings=_hints(first))
    warnings = [*_about_the_answer(first.fetched), *first.extraction.warnings]
    if source.kind == SourceKind.PAGE:
        samples = _samples_of_page(desk, source.recipe, organisation, first, second)
        found: Extraction = first.extraction
    else:
        found = _whole_index(desk, source, first.extraction)
        samples = _samples_of_index(desk, source, organisation, found)
        if not found.follow:
            warnings += _about_an_empty_index(first)
    return Trial(
        source,
        fetched=first.fetched,
        follow=found.follow,
        next_pages=first.extraction.next_pages,
        samples=samples,
        warnings=tuple(dict.fromkeys([*warnings, *_about_removed(source.recipe, samples)])),
    )


def task_of(desk: Desk, source: Source, url: str | None = None, kind: SourceKind | None = None) -> FetchTask:
    """One reading of the source's own address, or of `url`."""
    settings = desk.configuration.settings
    return FetchTask(
        check_id=0,
        source_id=source.id,
        url=url or source.url,
        kind=kind or source.kind,
        recipe=source.recipe,
        timeout_s=settings.timeout,
        max_bytes=settings.max_bytes,
        tls=source.tls,
        robots=source.robots,
        render=source.render,
    )


def trouble(outcome: Outcome) -> str:
    """Why an outcome brought nothing to read, in words; "" if it did."""
    match outcome:
        case Unreachable(kind=UnreachableKind.ROBOTS, detail=detail):
            return f"blocked by robots.txt: {detail}"
        case Unreachable(kind=kind, detail=detail) | Failed(kind=kind, detail=detail):
            return f"{kind}: {detail}"
        case Gone(how=how):
            return f"not found ({how})"
        case _:
            return ""


def _fetched(outcome: Outcome) -> Fetched | None:
    return None if isinstance(outcome, Unreachable | RobotsRead) else outcome.fetched


def _hints(outcome: Outcome) -> tuple[str, ...]:
    """What a maintainer can do about an address that could not be read."""
    match outcome:
        case Unreachable(kind=UnreachableKind.BLOCKED):
            return ("the site refuses the watcher: ask its webmaster, or look for its feed; a poll will keep trying",)
        case Unreachable(kind=UnreachableKind.ROBOTS):
            return ('robots = "why" in the source overrides robots.txt: only with the site\'s own consent',)
        case Unreachable(kind=UnreachableKind.TLS):
            return ('tls = "why" in the source reads it unverified and marks each version; better, tell the site',)
        case _:
            return ()


def _about_the_answer(fetched: Fetched) -> list[str]:
    found = []
    if canonical(fetched.final_url) != canonical(fetched.url):
        found.append(f"redirected to {fetched.final_url}: put this address into the source")
    if fetched.tls_note:
        found.append(f"not verified, every version will be marked so: {fetched.tls_note}")
    return found


def _samples_of_page(
    desk: Desk, recipe: Recipe, organisation: Organisation | None, first: Read, second: Outcome
) -> tuple[Sample, ...]:
    again = {d.url: d for d in second.extraction.documents} if isinstance(second, Read) else {}
    documents = first.extraction.documents[:SAMPLES]
    return tuple(
        _sample(desk, organisation, document, first.fetched, again.get(document.url), is_alone=len(documents) == 1)
        for document in documents
    )


def _whole_index(desk: Desk, source: Source, extraction: Extraction) -> Extraction:
    """The extraction, or where a sitemap names only further sitemaps, that of the first of them."""
    if extraction.follow or source.kind != SourceKind.SITEMAP or not extraction.next_pages:
        return extraction
    (observation,) = desk.read([task_of(desk, source, extraction.next_pages[0])])
    return observation.outcome.extraction if isinstance(observation.outcome, Read) else extraction


def _samples_of_index(
    desk: Desk, source: Source, organisation: Organisation | None, index: Extraction
) -> tuple[Sample, ...]:
    """The first documents that an index names; the first one is read twice."""
    urls = [found.url for found in index.follow[:SAMPLES]]
    tasks = [task_of(desk, source, url, SourceKind.PAGE) for url in [*urls, *urls[:1]]]
    outcomes = [observation.outcome for observation in desk.read(tasks)]
    own_text = {document.url: document for document in index.documents}
    samples: list[Sample] = []
    for place, url in enumerate(urls):
        outcome, again = outcomes[place], outcomes[-1] if place == 0 else NotModified()
        if isinstance(outcome, Read) and outcome.extraction.documents:
            samples += _samples_of_page(desk, source.recipe, organisation, outcome, again)[:1]
            continue
        why = trouble(outcome) or "no text found"
        if url in own_text:
            sample = _sample(desk, organisation, own_text[url], None, None, is_alone=False)
            samples.append(replace(sample, warnings=(f"{why}: the feed's own text is used", *sample.warnings)))
        else:
            samples.append(Sample(url, warnings=(why,)))
    return tuple(samples)


def _sample(
    desk: Desk,
    organisation: Organisation | None,
    document: Document,
    fetched: Fetched | None,
    again: Document | None,
    *,
    is_alone: bool,
) -> Sample:
    """One text as a maintainer wants to see it; `again` is the same address read a moment later."""
    body = fetched.body if fetched else b""
    noise = learn(document, again) if again is not None else None
    return Sample(
        url=document.url,
        document=document,
        fetched=fetched,
        matches=_matches(desk, document, organisation),
        noise=tuple(f"“{block}”" for block in sorted(noise.blocks)) + tuple(sorted(noise.links)) if noise else (),
        warnings=tuple(_about_text(document, body if is_alone else b"", is_alone=is_alone)),
    )


def _about_text(document: Document, body: bytes, *, is_alone: bool) -> list[str]:
    found = []
    barrier = find_barrier(document, body) if is_alone else None
    is_short = len(document.text) < SHORT_CHARACTERS
    if is_short and needs_script(body):
        found.append(NEEDS_SCRIPT)
    elif barrier is not None:
        found.append(f"looks like {barrier.detail}")
    if is_short:
        found.append(SHORT.format(count=len(document.text)))
    if document.published_on is None and document.modified_on is None:
        found.append(NO_DATE)
    return found


def _about_an_empty_index(first: Read) -> list[str]:
    if needs_script(first.fetched.body):
        return [NEEDS_SCRIPT]
    return ["names no documents"]


def _about_removed(recipe: Recipe, samples: Sequence[Sample]) -> list[str]:
    """Selectors of `remove` that hit nothing on any of the pages that were read."""
    pages = [BeautifulSoup(decode(s.fetched.body, s.fetched.charset), "lxml") for s in samples if s.fetched]
    if not pages:
        return []
    return [
        f"remove {selector!r} hits nothing"
        for selector in recipe.remove
        if not any(page.select(selector, limit=1) for page in pages)
    ]


def _matches(desk: Desk, document: Document, organisation: Organisation | None) -> tuple[Match, ...]:
    return tuple(matches_of_text(desk.topics, document, organisation))
