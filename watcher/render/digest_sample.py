"""Digests of made-up organisations in which everything happens, or nothing: changed templates are tried on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ..core.model import (
    Alert,
    ArchivedCopy,
    BlockOp,
    ChangeKind,
    Comparison,
    Diff,
    DiffBlock,
    Digest,
    Echo,
    MassEdit,
    Match,
    PeriodCounts,
    PromiseLine,
    Reason,
    Run,
    Stance,
    Story,
    StoryKind,
    Tier,
    TopicDigest,
    Unseen,
    WeekCount,
)

_AT = datetime(2026, 6, 12, 13, 5, tzinfo=UTC)
_SITE = "https://northmoor.example"
_EDIT = Diff(
    (
        DiffBlock(
            BlockOp.EDITED,
            "The trust has ended its team after a review.",
            "The trust has paused its team during a review.",
            (
                Run(BlockOp.SAME, "The trust has "),
                Run(BlockOp.REMOVED, "ended "),
                Run(BlockOp.ADDED, "paused "),
                Run(BlockOp.SAME, "its team "),
                Run(BlockOp.REMOVED, "after "),
                Run(BlockOp.ADDED, "during "),
                Run(BlockOp.SAME, "a review."),
            ),
        ),
    )
)


def _alert(number: int, kind: ChangeKind, organisation: str, **more: object) -> Alert:
    return Alert(
        number=f"c-{number}",
        kind=kind,
        organisation=organisation,
        title="An update for patients and carers",
        url=f"{_SITE}/news/{number}",
        topic="Steady Mentoring",
        seen_at=_AT,
        diff_url=f"https://watch.example/changes/{number}",
        **more,  # type: ignore[arg-type]
    )


def _match(stance: str) -> Match:
    quote = f"The trust has {stance} its team."
    return Match("steady", Tier.NAMED, 1.0, (Reason("Steady Mentoring", quote),), (Stance(stance, quote),))


_STORIES = (
    Story(
        StoryKind.SOFTER,
        (
            _alert(
                14,
                ChangeKind.EDITED,
                "Northmoor Care Trust",
                diff=_EDIT,
                match=_match("paused"),
                stances_before=(Stance("ended", "The trust has ended its team."),),
                softened=True,
                comparison=Comparison(ChangeKind.EDITED, is_silent=True),
                published_on=date(2025, 5, 12),
            ),
            _alert(15, ChangeKind.EDITED, "Southmoor Care Trust", diff=_EDIT, match=_match("paused")),
        ),
        further=2,
    ),
    Story(
        StoryKind.NEW,
        (
            _alert(
                16,
                ChangeKind.FIRST,
                "Westvale network",
                match=_match("ended"),
                excerpt=("Our part in Steady Mentoring came to an end.",),
                echoes=(Echo("Eastmere network", _AT, f"{_SITE}/notice", "with its own opening sentence"),),
                archived_copy=ArchivedCopy("https://archive.example/16", _AT),
            ),
        ),
    ),
    Story(StoryKind.NEW, (_alert(17, ChangeKind.FIRST, "Harrow Vale", content_note="speaks of self-harm"),)),
    Story(
        StoryKind.GONE,
        (
            _alert(
                18,
                ChangeKind.REMOVED,
                "Hillside Trust",
                missing_since=_AT - timedelta(days=2),
                misses=3,
                gone_how="404",
            ),
        ),
    ),
    Story(StoryKind.BACK, (_alert(19, ChangeKind.RESTORED, "Dale Partnership"),)),
    Story(StoryKind.MOVED, (_alert(20, ChangeKind.MOVED, "Moor Police", moved_to="https://moor.example/new"),)),
)
_PROMISE = PromiseLine(
    "Northmoor Care Trust",
    "Our position",
    f"{_SITE}/position",
    "We will publish our review in June 2026.",
    date(2026, 6, 30),
)

SAMPLE = Digest(
    period="2026-W24",
    first_on=date(2026, 6, 8),
    last_on=date(2026, 6, 14),
    topics=(
        TopicDigest(
            name="Steady Mentoring",
            short="SM",
            counts=PeriodCounts(changed=2, published=3, removed=1, restored=1, moved=1, softer=1),
            stories=_STORIES,
            stories_in_all=len(_STORIES) + 3,
            promises_due=(_PROMISE,),
            promises_near=(
                PromiseLine("Dale Partnership", "", "", "", date(2026, 6, 20), note="speaks of abuse", is_there=False),
            ),
            candidates=3,
            silent=("Hillside Trust",),
            silent_in_all=4,
            organisations=9,
            weeks=tuple(WeekCount(date(2026, 4, 20) + timedelta(weeks=n), n * n % 7) for n in range(8)),
        ),
        TopicDigest(name="Crisis plans", short=""),
    ),
    sources_read=208,
    sources_in_all=214,
    mass_edits=(MassEdit("Westvale network", "“ahsn” gave way to “health, network”", 112),),
    unseen=tuple(
        Unseen(f"Organisation {n}", "blocked" if n else "not visited", "HTTP 403" if n else "", _AT, 1 + n % 2)
        for n in range(6)
    ),
    pauses=((_AT - timedelta(days=2), _AT - timedelta(days=1)),),
    asked="kind:trust",
    missed_from=date(2026, 4, 27),
    missed_until=date(2026, 5, 10),
    public_url="https://watch.example",
)
"""A week in which everything happens."""

SAMPLE_QUIET = Digest(
    period="2026-06-12",
    first_on=date(2026, 6, 12),
    last_on=date(2026, 6, 12),
    topics=(TopicDigest(name="Steady Mentoring", short=""),),
    sources_read=214,
    sources_in_all=214,
)
"""A day on which nothing happens, told by a view without an address."""
