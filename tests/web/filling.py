"""A store filled through the functions that the pipeline uses, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from watcher.config.load import Configuration, load
from watcher.core.mask import Mask
from watcher.core.model import ChangeKind, Document, Fetched, Found, Link, Match, Reason, Stance, Tier
from watcher.core.stance import softened
from watcher.store import catalogue, changes, checks, documents, mass_edits, noise, outbox, positions
from watcher.store.changes import NewChange
from watcher.store.database import open_database, stamp, transaction
from watcher.store.documents import Capture
from watcher.store.outbox import Queued

START = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
SECRET_CHAT, SECRET_ADDRESS = "-1009912345678", "reader@private.example"

CONFIGURATION = """
[settings]
timezone = "Europe/London"
contact = "mailto:maintainers@example.org"

[[topic]]
id = "stm"
name = "Steady Mentoring"
terms = ["Steady Mentoring"]

[[topic]]
id = "plans"
name = "Crisis plans"
terms = ["crisis plan"]
"""
ORGANISATIONS = (
    ("northmoor", "Northmoor Care Trust", "trust", "North"),
    ("westvale", "Westvale network", "ahsn", "West"),
    ("eastmere", "Eastmere network", "ahsn", "East"),
    ("harrow-vale", "Harrow Vale Partnership", "charity", "West"),
    ("hillside", "Hillside Trust", "trust", "North"),
)


def write_configuration(folder: Path, organisations: tuple[tuple[str, str, str, str], ...] = ORGANISATIONS) -> Path:
    """sources.toml with a page source and a listing for each organisation."""
    parts = [CONFIGURATION]
    for key, name, kind, region in organisations:
        parts.append(f'[[organisation]]\nid = "{key}"\nname = "{name}"\nkind = "{kind}"\nregion = "{region}"\n')
        parts.append(
            f'[[source]]\nid = "{key}-news"\norganisation = "{key}"\nkind = "listing"\nurl = "https://{key}.example/news"\n'
        )
    path = folder / "sources.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


@dataclass
class Filling:
    """A store, and the ids of what was put into it."""

    configuration: Configuration
    storage: Path
    db: Database
    at: datetime = START
    urls: dict[str, int] = field(default_factory=dict)  # address -> document id
    changes: dict[str, int] = field(default_factory=dict)  # name -> change id
    statements: dict[str, int] = field(default_factory=dict)

    def later(self, hours: float) -> None:
        """Let time pass."""
        self.at += timedelta(hours=hours)

    def put(
        self,
        name: str,
        organisation: str,
        title: str,
        blocks: list[str],
        *,
        kind: ChangeKind = ChangeKind.FIRST,
        page: str | None = None,
        topic: str = "stm",
        tier: Tier = Tier.NAMED,
        stances: tuple[Stance, ...] = (),
        reasons: tuple[Reason, ...] | None = None,
        joins: str | None = None,
        published_on: date | None = None,
        links: tuple[Link, ...] = (),
        frame: tuple[str, ...] = (),
        summary: str = "",
        is_silent: bool = False,
        why: tuple[str, ...] = (),
    ) -> int:
        """Record one more version of a page and the change it brings; the id of the change."""
        url = f"https://{organisation}.example/{page or name}"
        document = Document(url, title, tuple(blocks), links, frame, published_on, language="en")
        if reasons is None:
            reasons = tuple(Reason("Steady Mentoring", block) for block in blocks if "Steady Mentoring" in block)
        with transaction(self.db):
            document_id, before_id = self._document(organisation, document)
            version_id = self._version(document_id, document)
            was = positions.stances_of(self.db, before_id, topic) if before_id else ()
            matches = [Match(topic, tier, 0.9, reasons, stances)] if tier is not Tier.NONE else []
            documents.record_matches(self.db, version_id, document_id, matches)
            documents.set_state(self.db, document_id, documents.PRESENT)
            change = NewChange(
                kind=kind,
                document_id=document_id,
                source_id=f"{organisation}-news",
                organisation_id=organisation,
                detected_at=self.at,
                url=url,
                before_id=before_id,
                after_id=version_id,
                summary=summary,
                reasons=why,
                is_silent=is_silent,
                topic_id=topic if matches else None,
                tier=tier,
                score=0.9 if matches else 0.0,
                statement_id=self._statement(name, topic, document_id, joins) if matches else None,
                is_alert=tier is Tier.NAMED,
                stance_before=was[0].stance if was else None,
                stance=stances[0].stance if stances else None,
                is_softer=softened(was, stances) is not None,
            )
            self.changes[name] = changes.record_change(self.db, change)
        return self.changes[name]

    def _document(self, organisation: str, document: Document) -> tuple[int, int | None]:
        known = self.urls.get(document.url)
        if known is not None:
            version = documents.latest_version(self.db, known)
            return known, version.id if version else None
        found = Found(document.url, document.title)
        checks.add_found(self.db, f"{organisation}-news", [found], is_baseline=False, now=self.at)
        check_id = checks.check_at(self.db, document.url)
        assert check_id is not None
        source = f"{organisation}-news"
        self.urls[document.url] = documents.record_document(self.db, check_id, source, organisation, document, self.at)
        return self.urls[document.url], None

    def _version(self, document_id: int, document: Document) -> int:
        fetched = Fetched(
            document.url, document.url, 200, (("Content-Type", "text/html"),), "text/html", "utf-8",
            document.text.encode("utf-8", "replace"), self.at,
        )  # fmt: skip
        capture = Capture(f"warc/{self.at:%Y-%m-%d}.warc.gz", 286, 749, "c0ffee" + "0" * 58)
        check_id = checks.check_at(self.db, document.url) or 0
        snapshot_id = documents.record_snapshot(self.db, check_id, fetched, capture)
        return documents.record_version(self.db, document_id, snapshot_id, document, "html-1", self.at)

    def _statement(self, name: str, topic: str, document_id: int, joins: str | None) -> int:
        known = changes.statement_of(self.db, document_id)
        if known is not None:
            self.statements[name] = known
        elif joins is not None:
            self.statements[name] = self.statements[joins]
            changes.join_statement(
                self.db, self.statements[joins], document_id, self.at, (), score=0.97, reason="the same passages"
            )
        else:
            self.statements[name] = changes.record_statement(self.db, topic, document_id, self.at, ())
        return self.statements[name]

    def tell(self, name: str, of: str, kind: ChangeKind, state: str, **more: Any) -> int:
        """Record a change that brings no new text: missing, removed, moved."""
        change = changes.change_by_id(self.db, self.changes[of])
        assert change is not None
        told = NewChange(
            kind=kind,
            document_id=change.document_id,
            source_id=change.source_id,
            organisation_id=change.organisation_id,
            detected_at=self.at,
            url=change.url,
            before_id=change.after_id,
            topic_id=change.topic_id,
            tier=change.tier,
            score=change.score,
            statement_id=change.statement_id,
            is_alert=True,
        )
        with transaction(self.db):
            documents.set_state(self.db, change.document_id, state)
            self.changes[name] = changes.record_change(self.db, replace(told, **more))
        return self.changes[name]

    def put_mass_edit(self, organisation: str, pages: int) -> list[int]:
        """Record the same words changed on so many pages of one site; the ids of the changes."""
        told = []
        for number in range(pages):
            name, before = f"mass-{number}", f"Steady Mentoring is hosted by our Network, page {number}."
            self.put(name, organisation, f"Page {number}", [before])
            changed = before.replace("Network", "Partnership")
            edit = f"mass-edit-{number}"
            told.append(self.put(edit, organisation, f"Page {number}", [changed], kind=ChangeKind.EDITED, page=name))
            with transaction(self.db):
                terms = frozenset({"network", "partnership"})
                mass_edits.record_mass_edit(self.db, f"{organisation}.example", organisation, told[-1], terms, self.at)
        return told

    def poll_ended(self) -> None:
        """Note that a cycle is over."""
        with transaction(self.db):
            self.db.table("polls").insert({"started_at": stamp(self.at), "finished_at": stamp(self.at)})


def empty(folder: Path) -> Filling:
    """A store with the catalogue, and nothing read yet."""
    configuration = load(write_configuration(folder))
    db = open_database(folder / "storage")
    with transaction(db):
        catalogue.record_catalogue(db, configuration.organisations, configuration.sources)
        for source in configuration.sources:
            checks.ensure_index(db, source.id, "index", source.url, START)
    return Filling(configuration, folder / "storage", db)


PAUSED = [
    "Northmoor Care Trust has paused its Steady Mentoring team while our medical director reviews it with patients.",
    "We know that the scheme worried many of the people who use our services.",
    "We will say more in the autumn, when the review is complete and has been read by those who took part in it.",
    "Anyone who would like to talk can reach our patient advice service on weekdays.",
]
ENDED = [
    "Northmoor Care Trust has ended its Steady Mentoring team after our medical director reviewed it with patients.",
    *PAUSED[1:],
    "We are sorry to everyone whom the scheme harmed.",
]
NOTICE = [
    "Our part in the adoption of Steady Mentoring came to an end in March.",
    "We have asked partners to listen to the people who were part of it.",
]
HARD = ["Some of those who took part in Steady Mentoring told us that they had self-harmed.", "We heard them."]


def filled(folder: Path) -> Filling:
    """A store in which everything that the pages show has happened once."""
    filling = empty(folder)
    f = filling
    paused, ended = Stance("paused", PAUSED[0]), Stance("ended", ENDED[0])
    f.put("update", "northmoor", "An update for patients and carers", PAUSED, kind=ChangeKind.BASELINE,
          stances=(paused,), published_on=date(2021, 6, 8))  # fmt: skip
    f.later(4)
    f.put("notice-w", "westvale", "Notice to partners", NOTICE, stances=(Stance("ended", NOTICE[0]),))
    f.later(3)
    f.put("notice-e", "eastmere", "Notice to partners", ["An opening sentence of our own.", *NOTICE],
          kind=ChangeKind.REPEAT, joins="notice-w", summary="same as Westvale network")  # fmt: skip
    f.later(20)
    f.put("heard", "harrow-vale", "What people told us", HARD)
    f.later(30)
    f.put("edited", "northmoor", "An update for patients and carers", ENDED, kind=ChangeKind.EDITED, page="update",
          stances=(ended,), published_on=date(2021, 6, 8), is_silent=True, summary="1 sentence changed, 1 added",
          why=("text changed: 3 words removed, 12 words added",),
          links=(Link("https://northmoor.example/review.pdf", "The review"),))  # fmt: skip
    f.later(24)
    f.put("candidate", "hillside", "Steady Steps begins", ["An officer joins the community team."], tier=Tier.SIMILAR)
    f.put("elsewhere", "hillside", "New car park opens", ["The car park has a hundred places."], tier=Tier.NONE)
    f.put("plan", "hillside", "Our crisis plan", ["Every crisis plan is written with the person."], topic="plans",
          reasons=(Reason("crisis plan", "Every crisis plan is written with the person."),))  # fmt: skip
    f.later(40)
    f.tell("missing", "heard", ChangeKind.MISSING, documents.MISSING)
    f.later(30)
    f.tell("removed", "heard", ChangeKind.REMOVED, documents.REMOVED,
           summary="not found 3 times since 6 June 2026 (404)")  # fmt: skip
    _sources(filling)
    _outbox(filling)
    filling.poll_ended()
    return filling


def _sources(filling: Filling) -> None:
    db = filling.db
    with transaction(db):
        for hours in range(40):
            at = START + timedelta(hours=6 * hours)
            for key in ("northmoor", "westvale", "eastmere", "harrow-vale"):
                catalogue.record_visit(db, f"{key}-news", at, "read" if hours % 5 else "not modified", "")
            outcome = ("read", "") if hours < 30 else ("blocked", "HTTP 403")
            catalogue.record_visit(db, "hillside-news", at, *outcome)
        ids = {row[0]: row[1] for row in db.execute("SELECT source_id, id FROM checks WHERE found_title IS NULL")}
        for key, check_id in ids.items():
            checks.settle_unchanged(db, [(check_id, filling.at, filling.at + timedelta(hours=6))])
            if key == "hillside-news":
                then = filling.at + timedelta(hours=2)
                checks.settle_failure(db, check_id, filling.at, then, "blocked", "HTTP 403")
        document_id = filling.urls["https://westvale.example/notice-w"]
        mask = Mask(frozenset({"# people are reading this."}))
        noise.record_noise(db, document_id, mask, "two looks", filling.at)


def _outbox(filling: Filling) -> None:
    with transaction(filling.db):
        outbox.queue(
            filling.db,
            [
                Queued("alert:1:telegram", "telegram", SECRET_CHAT, "A subject", "A body that only its reader gets"),
                Queued("alert:1:email", "email", SECRET_ADDRESS, "A subject", "A body that only its reader gets"),
            ],
            filling.at,
        )
