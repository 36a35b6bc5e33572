"""The schema, as steps that are only ever added to. A released step is never edited."""

from __future__ import annotations

from sqlite_utils import Migrations

from watcher.store.migrations import telling, texts, watching

MIGRATIONS = Migrations("watcher")

for _step in (
    watching.m001_catalogue,
    watching.m002_checks,
    texts.m003_documents,
    texts.m004_changes,
    telling.m005_outbox,
    texts.m006_noise,
    texts.m007_mass_edits,
    telling.m008_people,
    telling.m010_subscriptions_and_reviews,
    telling.m011_mail,
    telling.m013_waiting,
    telling.m014_letter_keys,
    texts.m016_changes_of_versions,
    texts.m017_copies,
):
    MIGRATIONS()(_step)
