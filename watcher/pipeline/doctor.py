"""Whether the watcher can do its work: each check says what it found and what to do."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from watcher.config.environment import Environment
from watcher.config.load import Configuration, load
from watcher.core.errors import WatcherError
from watcher.core.mail_server import is_this_machine
from watcher.pipeline.senders import mail_environment
from watcher.store import outbox
from watcher.store.database import FILE_NAME, instant, open_database

LEAST_FREE_BYTES = 1_000_000_000
SILENT_TOO_LONG = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: good, note (worth knowing) or bad (needs a hand)."""

    level: str
    check: str
    says: str


def examine(environment: Environment) -> Iterator[Finding]:
    """All checks, one after the other; none stops the others."""
    configuration = None
    try:
        configuration = load(environment.config)
        enabled = sum(source.enabled for source in configuration.sources)
        says = f"{environment.config}: {len(configuration.organisations)} organisations, {enabled} sources enabled"
        yield Finding("good", "configuration", says)
    except WatcherError as exc:
        yield Finding("bad", "configuration", str(exc))
    if configuration is not None:
        yield _contact(configuration)
        yield _templates(configuration)
    yield from _storage(environment)
    yield _channel(environment)
    yield from _services(environment)
    yield from _mail(environment)
    yield _archive(environment)
    yield _clock()


def _contact(configuration: Configuration) -> Finding:
    contact = configuration.settings.contact
    if not contact or "example." in contact:
        says = "set [settings] contact in sources.toml: sites see who reads them, and can write before they block"
        return Finding("note", "contact", says)
    return Finding("good", "contact", contact)


def _templates(configuration: Configuration) -> Finding:
    from watcher.pipeline.mail_templates import changed_templates, mail_templates

    try:
        changed = changed_templates(configuration)
        mail_templates(configuration)
    except WatcherError as exc:
        return Finding("bad", "templates", str(exc))
    return Finding("good", "templates", f"changed: {', '.join(sorted(changed))}" if changed else "the shipped ones")


def _storage(environment: Environment) -> Iterator[Finding]:
    try:
        db = open_database(environment.storage)
        free = shutil.disk_usage(environment.storage).free
    except (WatcherError, OSError) as exc:
        yield Finding("bad", "storage", str(exc))
        return
    level = "good" if free >= LEAST_FREE_BYTES else "bad"
    yield Finding(level, "storage", f"{environment.storage / FILE_NAME}: {free / 1e9:.0f} GB free")
    try:
        fault = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as exc:
        fault = str(exc)
    yield Finding("good", "database", "sound") if fault == "ok" else Finding("bad", "database", f"damaged: {fault}")
    last = instant(db.execute("SELECT max(finished_at) FROM polls").fetchone()[0])
    if last is None:
        yield Finding("note", "polls", 'nothing polled yet: "watcher poll", or "watcher run"')
    elif datetime.now(UTC) - last > SILENT_TOO_LONG:
        yield Finding("bad", "polls", f"the last one ended on {last:%-d %B %Y, %H:%M} UTC: is watcher run running?")
    else:
        yield Finding("good", "polls", f"the last one ended on {last:%-d %B %Y, %H:%M} UTC")
    counts = outbox.counts(db)
    stuck = counts.get("refused", 0) + counts.get("in doubt", 0)
    says = ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "empty"
    yield Finding("note" if stuck else "good", "outbox", says)


def _channel(environment: Environment) -> Finding:
    """Asks the Bot API who the token belongs to; nothing is posted."""
    if environment.telegram_token is None:
        elsewhere = environment.alert_urls or environment.webhook_urls
        where = "the channels below" if elsewhere else "the console"
        return Finding("note", "telegram", f"no WATCHER_TELEGRAM_TOKEN: alerts go to {where}")
    if not environment.telegram_channel:
        return Finding(
            "bad", "telegram", "WATCHER_TELEGRAM_TOKEN is set, WATCHER_TELEGRAM_CHANNEL is not: name the channel"
        )
    from watcher.notify.telegram import DEFAULT_API_URL, TelegramNotifier

    try:
        token, api_url = environment.telegram_token.get_secret_value(), environment.telegram_api_url
        with closing(TelegramNotifier(token, api_url or DEFAULT_API_URL)) as notifier:
            name = notifier.identify()
    except (WatcherError, TimeoutError) as exc:
        return Finding("bad", "telegram", str(exc))
    return Finding("good", "telegram", f"the bot @{name} answers; alerts go to {environment.telegram_channel}")


def _services(environment: Environment) -> Iterator[Finding]:
    """Whether what the alerts also go to is understood; nothing is posted, and no address is shown."""
    from watcher.notify.webhook import keys_of

    try:
        if chats := environment.alert_targets:
            from watcher.notify.apprise import AppriseNotifier

            with closing(AppriseNotifier(chats)) as notifier:
                notifier.check()
            yield Finding("good", "chat services", f"understood, not tried: {', '.join(chats)}")
    except WatcherError as exc:
        yield Finding("bad", "chat services", str(exc))
    try:
        if hooks := environment.webhook_targets:
            secret = environment.webhook_secret
            keys_of(secret.get_secret_value() if secret else "")
            yield from _hooks(environment, hooks)
    except WatcherError as exc:
        yield Finding("bad", "webhooks", str(exc))


def _hooks(environment: Environment, hooks: dict[str, str]) -> Iterator[Finding]:
    from watcher.fetch.dial import system_resolver
    from watcher.fetch.policy import FetchPolicy, is_public

    policy = FetchPolicy("", environment.private_hosts)
    for name, url in hooks.items():
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            is_good = policy.allows_private(host, port) or all(map(is_public, system_resolver(host, port)))
        except (OSError, ValueError):
            yield Finding("bad", "webhooks", f"{name}: its host has no address at the moment")
            continue
        says = "its host is found, nothing was posted" if is_good else "private: WATCHER_ALLOW_PRIVATE_HOSTS lacks it"
        yield Finding("good" if is_good else "bad", "webhooks", f"{name}: {says}")


def _mail(environment: Environment) -> Iterator[Finding]:
    """Goes as far with the mail server as MAIL FROM; nothing is sent."""
    if environment.smtp_url is None and environment.mail_from is None:
        yield Finding("note", "mail", "no WATCHER_SMTP_URL: nobody can subscribe by e-mail (docs/mail.md)")
        return
    if not environment.sends_mail:
        there, missing = ("SMTP_URL", "MAIL_FROM") if environment.smtp_url else ("MAIL_FROM", "SMTP_URL")
        yield Finding("bad", "mail", f"WATCHER_{there} is set, WATCHER_{missing} is not: mail needs both")
        return
    from watcher.notify.mail import MailNotifier, mail_settings

    try:
        with closing(MailNotifier(mail_settings(mail_environment(environment)))) as notifier:
            yield Finding("good", "mail", notifier.identify())
    except WatcherError as exc:
        yield Finding("bad", "mail", str(exc))
    yield _mail_links(environment)
    if environment.dkim_selector is None:
        says = "no WATCHER_DKIM_KEY: many servers put unsigned mail aside, unless yours signs it (docs/mail.md)"
        yield Finding("note", "mail signature", says)


def _mail_links(environment: Environment) -> Finding:
    """Whether a reader can leave with one click."""
    url = environment.public_url
    if not url:
        says = "WATCHER_PUBLIC_URL is not set: a digest must say where to leave, so none is sent until it is"
        return Finding("bad", "mail links", says)
    if not url.startswith("https://") and not is_this_machine(urlsplit(url).hostname or ""):
        says = f"{url} is not https://: leaving with one click works over HTTPS alone (RFC 8058)"
        return Finding("note", "mail links", says)
    return Finding("good", "mail links", f"readers leave at {url}/leave/…")


def _archive(environment: Environment) -> Finding:
    """Asks the archive how many copies it would make; none is asked for."""
    if environment.archive_keys is None:
        return Finding("note", "archive", "no WATCHER_ARCHIVE_KEYS: no outside archive copies what is found")
    from watcher.fetch.exchange import ExchangeError
    from watcher.fetch.policy import FetchPolicy
    from watcher.fetch.save_page_now import save_page_now

    policy = FetchPolicy("", environment.private_hosts)
    keys, url = environment.archive_keys.get_secret_value(), environment.archive_url
    try:
        says = save_page_now(policy, url, keys).identify()
    except ExchangeError as exc:
        return Finding("bad", "archive", f"{url}: {exc.outcome.detail}")
    except ValueError as exc:
        return Finding("bad", "archive", f"{url}: {exc}")
    return Finding("good", "archive", f"{url}: {says}")


def _clock() -> Finding:
    now = datetime.now(UTC)
    if now.year < 2026:
        return Finding("bad", "clock", f"it says {now:%-d %B %Y}: set it, every capture carries its time")
    return Finding("good", "clock", f"{now:%-d %B %Y, %H:%M} UTC")
