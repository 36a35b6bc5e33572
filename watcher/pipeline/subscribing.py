"""Subscribing by e-mail, the same from the web, the command line and the bot: asking, confirming, leaving.

    ask --(one mail)--> confirm --> a subscription --> leave

Nothing here tells whether an address is known: whatever is kept of it, asking does the same work, queues
the same mail and returns the same.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from watcher.core.errors import FilterError
from watcher.core.filter import Rhythm, Vocabulary, Wish, parse_wish
from watcher.core.mail_address import MailAddress
from watcher.store import erasure, outbox, subscribers, subscriptions
from watcher.store.database import transaction
from watcher.store.outbox import Queued
from watcher.store.subscribers import CHANNEL, CONFIRM_WITHIN, Invitation, Subscriber, SubscriberState
from watcher.store.subscriptions import Subscription

if TYPE_CHECKING:
    from sqlite_utils import Database

    from watcher.config.load import Configuration

MOST_A_DAY = 3  # confirmations to one address
MOST_AN_HOUR = 20  # confirmations asked for by one client
_DAY = timedelta(days=1)
_TOKEN_BYTES = 32
_TOKEN_MOST = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader by e-mail asks for."""

    address: MailAddress
    filter: str  # as it prints, without the rhythm; "": everything
    rhythm: Rhythm
    wants_quiet: bool = False


def wish_by_mail(text: str, known: Vocabulary, usual: Rhythm = Rhythm.WEEKLY) -> Wish:
    """The filter and rhythm that were typed, `usual` if the text names none. Raises FilterError.

    Mails come once a day or week: what is told at once is told by Telegram and by the feeds.

    >>> str(wish_by_mail("ended daily", Vocabulary())), str(wish_by_mail("ended", Vocabulary()))
    ('ended daily', 'ended weekly')
    """
    wish = parse_wish(text, known)
    if wish.rhythm is not Rhythm.AT_ONCE:
        return wish
    words = text.casefold().split()
    if Rhythm.AT_ONCE.value in words:
        column = text.casefold().index(Rhythm.AT_ONCE.value) + 1
        raise FilterError('by e-mail "at-once" is not offered: weekly or daily', column)
    return Wish(wish.filter, usual)


# --- asking ------------------------------------------------------------------------------------


def ask(db: Database, configuration: Configuration, public_url: str, wanted: Wanted, now: datetime) -> bool:
    """Queue the confirmation; whether one was queued: at most three a day go to one address.

    Only a maintainer may be shown what this returns: it says that others asked before.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    subject, text, html = _letter(configuration, public_url, wanted, token, now)  # made whether it is sent or not
    with transaction(db):
        new_leave_token = secrets.token_urlsafe(_TOKEN_BYTES)
        subscriber = subscribers.ensure(db, wanted.address.typed, wanted.address.key, new_leave_token, now)
        if subscribers.invited_since(db, subscriber.id, now - _DAY) >= MOST_A_DAY:
            return False
        invitation = Invitation(
            _hash(token), subscriber.id, wanted.filter, wanted.rhythm, wanted.wants_quiet, now, None
        )
        subscribers.invite(db, invitation)
        mail = Queued(
            key=invitation.delivery_key,
            channel=CHANNEL,
            address=subscriber.address,
            subject=subject,
            body=text,
            attachment=html,
        )
        return outbox.queue(db, [mail], now) == 1


def add_confirmed(db: Database, wanted: Wanted, now: datetime) -> Subscription:
    """The subscription of an address whose consent is on file elsewhere; nothing is sent."""
    with transaction(db):
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        subscriber = subscribers.ensure(db, wanted.address.typed, wanted.address.key, token, now)
        return subscribers.begin(db, subscriber, wanted.filter, wanted.rhythm, now, wants_quiet=wanted.wants_quiet)


def _letter(
    configuration: Configuration, public_url: str, wanted: Wanted, token: str, now: datetime
) -> tuple[str, str, str]:
    from watcher.render.confirmation import Confirmation, confirmation
    from watcher.render.words import moment_in_words

    settings = configuration.settings
    return confirmation(
        Confirmation(
            topics=tuple(topic.name for topic in configuration.topics),
            rhythm=wanted.rhythm,
            has_filter=bool(wanted.filter),
            wants_quiet=wanted.wants_quiet,
            link=f"{public_url}/confirm/{token}",
            until=moment_in_words(now + CONFIRM_WITHIN, settings.timezone),
            home=public_url,
            contact=settings.contact,
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


# --- confirming --------------------------------------------------------------------------------


class LinkState(StrEnum):
    """What a link to confirm with is good for."""

    GOOD = "good"
    USED = "used"  # and what it began still runs
    SPENT = "spent"  # used, and what it began has been ended; or made void by leaving
    PAST = "past"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was followed."""

    state: LinkState
    invitation: Invitation | None = None
    leave_token: str = field(default="", repr=False)


def look_at_link(db: Database, token: str, now: datetime) -> Link:
    """What a link to confirm with is good for. Reads alone."""
    invitation = subscribers.invitation_of(db, _hash(token)) if len(token) <= _TOKEN_MOST else None
    subscriber = subscribers.by_id(db, invitation.subscriber_id) if invitation is not None else None
    if invitation is None or subscriber is None:
        return Link(LinkState.UNKNOWN)
    if invitation.used_at is not None:
        runs = [one.filter for one in subscribers.followed(db, subscriber)]
        is_running = subscriber.state is SubscriberState.ACTIVE and invitation.filter in runs
        return Link(LinkState.USED if is_running else LinkState.SPENT, invitation, subscriber.leave_token)
    if now - invitation.created_at >= CONFIRM_WITHIN:
        return Link(LinkState.PAST, invitation)
    return Link(LinkState.GOOD, invitation, subscriber.leave_token)


def confirm(db: Database, token: str, now: datetime) -> Link:
    """The link as it was before it was used now; only a GOOD one does anything, and only once."""
    with transaction(db):
        link = look_at_link(db, token, now)
        if link.state is LinkState.GOOD:
            assert link.invitation is not None
            subscribers.use(db, link.invitation, now)
        return link


# --- leaving -----------------------------------------------------------------------------------


def reader_of(db: Database, leave_token: str) -> Subscriber | None:
    """The reader whose mails carry this token; None if there is none (any more)."""
    return subscribers.by_leave_token(db, leave_token) if 0 < len(leave_token) <= _TOKEN_MOST else None


def leave(db: Database, leave_token: str, now: datetime) -> bool:
    """End everything of the reader whose mails carry this token; whether there is one, left before or not."""
    with transaction(db):
        subscriber = reader_of(db, leave_token)
        if subscriber is not None:
            subscribers.leave(db, subscriber, now)
        return subscriber is not None


def end_one(db: Database, leave_token: str, subscription_id: int, now: datetime) -> Subscription | None:
    """End one of several subscriptions, and return it; the last one is left altogether. None: not this reader's."""
    with transaction(db):
        subscriber = reader_of(db, leave_token)
        follows = subscribers.followed(db, subscriber) if subscriber is not None else []
        one = next((one for one in follows if one.id == subscription_id), None)
        if one is None or subscriber is None:
            return None
        if len(follows) == 1:
            subscribers.leave(db, subscriber, now)
        else:
            subscriptions.unsubscribe(db, one.id)
        return one


def erase(db: Database, address: MailAddress, now: datetime) -> bool:
    """Remove every trace of an address at once; whether anything was kept of it."""
    with transaction(db):
        subscriber = subscribers.by_key(db, address.key)
        if subscriber is not None:
            erasure.erase(db, subscriber)
            subscribers.count(db, subscribers.Departure.ERASED, now)
        return subscriber is not None


# --- how often one client may ask --------------------------------------------------------------


class ClientLimit:
    """At most so many confirmations within any hour for one client.

    Kept in memory alone, and forgotten after the hour: no list of readers is made.
    """

    def __init__(
        self, most: int = MOST_AN_HOUR, window_s: float = 3600.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.window_s, self.clock = most, window_s, clock
        self._asked: dict[str, deque[float]] = {}

    def wait_s(self, client: str) -> float:
        """0 if the client may ask, which counts; else the seconds to wait, and nothing is counted."""
        now = self.clock()
        if len(self._asked) > 10_000:
            self._asked = {key: times for key, times in self._asked.items() if now - times[-1] < self.window_s}
        times = self._asked.setdefault(client, deque(maxlen=self.most))
        if len(times) == self.most and now - times[0] < self.window_s:
            return self.window_s - (now - times[0])
        times.append(now)
        return 0.0
