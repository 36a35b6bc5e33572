"""A store as large as a national campaign's: many organisations with long names, several sources each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.web.filling import CONFIGURATION, NOW, START, Filling
from watcher.config.load import load
from watcher.core.mask import Mask
from watcher.core.model import ChangeKind, Stance
from watcher.store import catalogue, checks, documents, noise, people
from watcher.store.database import open_database, transaction

ORGANISATIONS, SOURCES = 250, 800
KINDS = ("trust", "trust", "trust", "college", "ahsn", "police", "charity", "press", "government", "campaign")
REGIONS = (
    "East of England", "London", "Midlands", "North East and Yorkshire", "North West", "South East", "South West",
)  # fmt: skip
SAYS: dict[str, str] = {
    "ended": "Following a review led by our medical director, {0} has ended its use of Steady Mentoring and has told"
    " everyone who was part of it in writing how their care goes on.",
    "paused": "{0} has paused its Steady Mentoring team while the people who use our services, their carers and our"
    " partners look together at how it has worked.",
    "under-review": "We are reviewing Steady Mentoring at {0} and will publish what we find.",
    "uses": "Steady Mentoring is part of the community service of {0}.",
    "never-used": "{0} has never used Steady Mentoring.",
    "does-not-endorse": "{0} does not endorse Steady Mentoring, and asks its members to read the evidence with care.",
    "calls-for-inquiry": "{0} calls for an independent inquiry into Steady Mentoring.",
}
FAULTS = (("blocked", "HTTP 403"), ("timed out", "no answer within 30 s"), ("tls", "certificate has expired"))


def name_of(number: int) -> str:
    """What the organisation of this number is called: as long as such names are."""
    places = ("Northmoor", "Westvale", "Eastmere", "Harrow Vale", "Hillside", "Ashcombe and Fernley", "Upper Tarn")
    kinds = ("Partnership NHS Foundation Trust", "Community Care Trust", "Health Network", "Association")
    return f"{places[number % len(places)]} and District {number} {kinds[number % len(kinds)]}"


def crowded(folder: Path, organisations: int = ORGANISATIONS, sources: int = SOURCES, said: float = 0.8) -> Filling:
    """A store of so many organisations and sources; the share `said` of the organisations states a position.

    One in twenty sources can't be read, one in ten is not read at present, some wait for their first visit.
    """
    configuration = load(_configuration(folder, organisations, sources))
    db = open_database(folder / "storage")
    with transaction(db):
        catalogue.record_catalogue(db, configuration.organisations, configuration.sources)
        for source in configuration.sources:
            if source.enabled:
                checks.ensure_index(db, source.id, "index", source.url, START)
    made = Filling(configuration, folder / "storage", db)
    for number in range(int(organisations * said)):
        _state(made, number)
    _visit(made)
    made.at = NOW
    made.poll_ended()
    return made


def _configuration(folder: Path, organisations: int, sources: int) -> Path:
    parts = [CONFIGURATION.partition('[[topic]]\nid = "plans"')[0]]
    for n in range(organisations):
        kind, region = KINDS[n % len(KINDS)], REGIONS[n % len(REGIONS)]
        parts.append(f'[[organisation]]\nid = "body-{n}"\nname = "{name_of(n)}"\nkind = "{kind}"\nregion = "{region}"')
    for n in range(sources):
        of, number = n % organisations, n // organisations
        key = f"body-{of}-{('news', 'publications', 'board-papers', 'statements')[number % 4]}"
        rest = 'enabled = false\nnote = "answers programs with a question"' if n % 10 == 7 else ""
        address = f"https://www.body-{of}.example/about-us/{key}/"
        parts.append(
            f'[[source]]\nid = "{key}"\norganisation = "body-{of}"\nkind = "listing"\nurl = "{address}"\n{rest}'
        )
    path = folder / "sources.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def _state(made: Filling, number: int) -> None:
    stance = tuple(SAYS)[number * 5 // 3 % len(SAYS)]
    words = SAYS[stance].format(name_of(number))
    blocks = [words, "Anyone who would like to talk can reach our patient advice service on weekdays."]
    made.put(f"statement-{number}", f"body-{number}", "Our position on Steady Mentoring", blocks,
             kind=ChangeKind.BASELINE, stances=(Stance(stance, words),))  # fmt: skip
    made.later(1)
    if number % 7 == 3:
        version = documents.latest_version(made.db, made.urls[f"https://body-{number}.example/statement-{number}"])
        assert version is not None
        with transaction(made.db):
            people.confirm_position(made.db, version.id, "stm", stance, "a maintainer", NOW)


def _visit(made: Filling) -> None:
    """Thirty visits of each source, most of them good; and lines that pages change by themselves."""
    db = made.db
    ids = {row[0]: row[1] for row in db.execute("SELECT source_id, id FROM checks WHERE found_title IS NULL")}
    with transaction(db):
        for number, (key, check_id) in enumerate(ids.items()):
            if number % 50 == 9:
                continue  # not visited yet
            fault, detail = FAULTS[number % len(FAULTS)]
            is_blind = number % 20 == 3
            for visit in range(30):
                is_bad = (is_blind and visit > 22) or (number + visit) % 41 == 0
                outcome = (fault, detail) if is_bad else ("read" if visit % 5 else "not modified", "")
                catalogue.record_visit(db, key, NOW - timedelta(hours=6 * (30 - visit)), *outcome)
            checks.settle_unchanged(db, [(check_id, NOW - timedelta(hours=6), NOW + timedelta(hours=3))])
            if is_blind:
                then = NOW + timedelta(hours=2)
                checks.settle_failure(db, check_id, NOW - timedelta(hours=1), then, fault, detail)
        for number, document_id in enumerate(made.urls.values()):
            if number % 12 == 0:
                mask = Mask(frozenset({"# people are reading this.", "Page last generated at #:#."}))
                noise.record_noise(db, document_id, mask, "two looks", made.at)
