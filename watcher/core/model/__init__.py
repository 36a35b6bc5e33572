"""The values that travel between the stages.

Frozen, and free of behaviour beyond what can be derived from their own fields.
Instants are aware UTC datetimes (`_at`), days are dates (`_on`), durations are seconds (`_s`).
Expected failures are values here (`Unreachable`, `Failed`); bugs are exceptions.

    places      organisations, sources, recipes
    exchange    tasks, batches, answers
    texts       documents, links, extractions
    visits      outcomes and observations
    changes     kinds of change, comparisons, diffs
    copies      what an outside archive answers
    meaning     tiers, reasons, stances, matches
    messages    deliveries, receipts, alerts
    digests     what a week or a day brought
"""

from watcher.core.model.changes import BlockOp, ChangeKind, Comparison, Diff, DiffBlock, Run
from watcher.core.model.copies import ArchivedCopy, CopyAnswer, CopyAsked, CopyLater, CopyRefused, CopyRunning
from watcher.core.model.digests import (
    Digest,
    Letter,
    MassEdit,
    PeriodCounts,
    PromiseLine,
    Story,
    StoryKind,
    TopicDigest,
    Unseen,
    WeekCount,
)
from watcher.core.model.exchange import Fetched, FetchTask, HostBatch, RobotsFile
from watcher.core.model.meaning import Match, Reason, Stance, Tier
from watcher.core.model.messages import (
    LEAVE_URL,
    Alert,
    Buttons,
    Delivery,
    DeliveryState,
    Echo,
    Ids,
    InDoubt,
    Posted,
    Receipt,
    Refused,
    Sent,
    TryAgain,
)
from watcher.core.model.places import JSON_FIELDS, Organisation, OrganisationKind, Recipe, Source, SourceKind
from watcher.core.model.texts import Document, Extraction, Found, Link
from watcher.core.model.visits import (
    Failed,
    FailedKind,
    Gone,
    GoneHow,
    NotModified,
    Observation,
    Outcome,
    Read,
    RobotsRead,
    Unreachable,
    UnreachableKind,
)

__all__ = [
    "JSON_FIELDS",
    "LEAVE_URL",
    "Alert",
    "ArchivedCopy",
    "BlockOp",
    "Buttons",
    "ChangeKind",
    "Comparison",
    "CopyAnswer",
    "CopyAsked",
    "CopyLater",
    "CopyRefused",
    "CopyRunning",
    "Delivery",
    "DeliveryState",
    "Diff",
    "DiffBlock",
    "Digest",
    "Document",
    "Echo",
    "Extraction",
    "Failed",
    "FailedKind",
    "FetchTask",
    "Fetched",
    "Found",
    "Gone",
    "GoneHow",
    "HostBatch",
    "Ids",
    "InDoubt",
    "Letter",
    "Link",
    "MassEdit",
    "Match",
    "NotModified",
    "Observation",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "PeriodCounts",
    "Posted",
    "PromiseLine",
    "Read",
    "Reason",
    "Receipt",
    "Recipe",
    "Refused",
    "RobotsFile",
    "RobotsRead",
    "Run",
    "Sent",
    "Source",
    "SourceKind",
    "Stance",
    "Story",
    "StoryKind",
    "Tier",
    "TopicDigest",
    "TryAgain",
    "Unreachable",
    "UnreachableKind",
    "Unseen",
    "WeekCount",
]
