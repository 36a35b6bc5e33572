"""Mail, and what became of each one: a `Receipt`, never an exception of the library.

aiosmtplib is asynchronous and the outbox is not, so the connections live on an event loop of
their own in one background thread. `send` may be called from several threads at once; each
call has a connection to itself, and connections are kept from one mail to the next.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from ..core.errors import SendError
from ..core.mail_server import MailServer, mail_server, mailbox
from ..core.model import Delivery, InDoubt, Receipt, Refused, Sent, TryAgain
from .mail_answers import Answer, Meaning, Step, meaning, pause_s

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .mail_message import Mail

_STEP_S, _FINAL_S = 20.0, 40.0  # for each answer, and for the one to the whole text
_DEADLINE_S = 100.0  # for one mail, connecting included; `lease` is longer
_SET_UP_S = 900.0  # before a mail that met a fault of the set-up is tried again
# So many in a row, and it is no longer believed to be about the readers; a busy server is left alone for a while.
_MOST = {Meaning.POLICY: 3, Meaning.UNWELCOME: 10, Meaning.RECONNECT: 3, Meaning.LATER: 50}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What mail needs to know. `sign` puts a DKIM signature before a message."""

    server: MailServer
    sender: str  # Name <address>
    public_url: str = ""
    sign: Callable[[bytes], bytes] = lambda content: content


class MailNotifier:
    """Sends through one server. Raises SendError from any call while the server or the set-up is at fault."""

    def __init__(
        self,
        settings: MailSettings,
        *,
        timeout_s: float = _STEP_S,
        final_s: float = _FINAL_S,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        # Imported here: most commands never send mail.
        from .mail_connection import Connections

        self._settings, self._final_s, self._now = settings, final_s, now
        self._sender = mailbox(settings.sender)
        self._connections = Connections(settings.server, self._sender.domain, timeout_s, tls)
        self._refusals = _Refusals(settings.server)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail", daemon=True)
        self._thread.start()

    def send(self, delivery: Delivery) -> Receipt:
        """What became of the mail; the id of one that was sent is its Message-ID."""
        from .mail_message import compose

        settings = self._settings
        mail = compose(delivery, self._sender, settings.public_url, self._now(), settings.sign)
        return mail if isinstance(mail, Refused) else self._run(self._bounded(mail, max(1, delivery.attempts)))

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """Refused: a mail that is out can't be changed."""
        return Refused("a mail that is out can't be changed")

    def identify(self) -> str:
        """The server and how it was reached; asked down to MAIL FROM, nothing is sent. Raises SendError."""
        return self._run(self._identify())

    def close(self) -> None:
        """End the connections and the thread. A second call does nothing."""
        if self._loop.is_closed():
            return
        self._run(self._connections.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _run(self, work: Coroutine[None, None, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _bounded(self, mail: Mail, attempts: int) -> Receipt:
        try:
            async with asyncio.timeout(_DEADLINE_S):
                return await self._send(mail, attempts)
        except TimeoutError:
            return InDoubt(f"sending took more than {_DEADLINE_S:.0f} s")

    async def _send(self, mail: Mail, attempts: int) -> Receipt:
        """Hand the mail over; once more on a new connection if the first one ended before the mail was there."""
        from .mail_connection import LostError, drop, hand_over, reset

        trouble = ""
        for is_last in (False, True):
            line = await self._connections.take()
            if mail.needs_utf8 and not line.smtp.supports_extension("smtputf8"):
                self._connections.give_back(line)
                return Refused("the mail server can't send to addresses outside ASCII (it offers no SMTPUTF8)")
            try:
                step, said = await hand_over(line, self._sender.address, mail, self._final_s)
                said = said.without(mail.recipient)
            except asyncio.CancelledError:
                drop(line.smtp)
                raise
            except LostError as lost:
                drop(line.smtp)
                if lost.may_have_arrived:
                    return InDoubt(str(lost))
                trouble = str(lost)
                continue
            if step is Step.END and 200 <= said.code < 300:
                self._connections.give_back(line)
                self._refusals.forget()
                return Sent(mail.id)
            if meaning(step, said) is not Meaning.RECONNECT and await reset(line):
                self._connections.give_back(line)
            else:
                drop(line.smtp)
            if meaning(step, said) is not Meaning.RECONNECT or is_last:
                return self._refusals.receipt(step, said, attempts)
        return TryAgain(pause_s(attempts), trouble)

    async def _identify(self) -> str:
        from .mail_connection import LostError, ask_sender, drop

        line = await self._connections.take()
        try:
            said = await ask_sender(line, self._sender.address)
        except LostError as lost:
            drop(line.smtp)
            raise SendError(f"{self._settings.server}: {lost}") from None
        self._connections.give_back(line)
        if said.code != 250:
            raise SendError(_sender_fault(self._settings.server, said))
        login = ", logged in" if self._settings.server.user else ""
        return f"{self._settings.server}{login}, takes mail from {self._sender.address}"


_REMEDY = "docs/mail.md says what to look at (login, SPF, DKIM, block lists)"


class _Refusals:
    """What refusals mean, one by one and in a row: a server that refuses everyone means us."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._in_a_row: Counter[Meaning] = Counter()

    def forget(self) -> None:
        """A mail was taken: refusals before it were about their readers."""
        self._in_a_row.clear()

    def receipt(self, step: Step, said: Answer, attempts: int) -> Receipt:
        """What becomes of the mail. Raises SendError if the answer is about us."""
        means = meaning(step, said)
        # An unknown mailbox that is named by an enhanced status is one.
        self._in_a_row[means] += means is not Meaning.UNWELCOME or not said.status
        is_too_much = self._in_a_row[means] >= _MOST.get(means, sys.maxsize)
        match means:
            case Meaning.UNWELCOME if is_too_much:
                raise self._fault(f"refuses one address after another, the last with {said.codes}", said)
            case Meaning.UNWELCOME:
                return Refused(f"the mail server says that this mailbox takes no mail ({said.codes})", True)
            case Meaning.POLICY if is_too_much:
                raise self._fault(f"refuses one mail after another: {said}", said)
            case Meaning.RECONNECT | Meaning.LATER if is_too_much:
                self._in_a_row[means] = 0  # the next round begins as this one did
                raise self._fault(f"asks for time: {said}", said, "it is tried again later")
            case Meaning.SET_UP if step is Step.MAIL:
                raise SendError(_sender_fault(self._server, said))
            case Meaning.SET_UP:
                raise self._fault(f"refuses mail from here: {said}", said)
            case Meaning.REFUSED:
                return Refused(str(said))
            case Meaning.MAILBOX_LATER:
                return TryAgain(pause_s(attempts), str(said), is_mailbox=True)
            case _:
                return TryAgain(pause_s(attempts), str(said))

    def _fault(self, what: str, said: Answer, remedy: str = _REMEDY) -> SendError:
        # The mail waits for longer than the round, so that the next round asks with another one.
        fault = SendError(f"{self._server} {what}; {remedy}")
        fault.receipt = TryAgain(_SET_UP_S, str(said), is_paced=True)
        return fault


def _sender_fault(server: MailServer, said: Answer) -> str:
    return f"{server} takes no mail from the address in WATCHER_MAIL_FROM: {said}: name one that this login may use"


def mail_settings(settings: Mapping[str, str]) -> MailSettings:
    """What NOTIFIERS' settings smtp_url, mail_from, public_url, dkim_key, dkim_selector say. Raises SendError."""
    if not settings.get("smtp_url") or not settings.get("mail_from"):
        raise SendError("no mail can be sent: set WATCHER_SMTP_URL and WATCHER_MAIL_FROM (docs/mail.md)")
    try:
        server = mail_server(settings["smtp_url"])
    except ValueError as exc:
        raise SendError(f"WATCHER_SMTP_URL: {exc}") from None
    try:
        sender = mailbox(settings["mail_from"])
    except ValueError as exc:
        raise SendError(f"WATCHER_MAIL_FROM: {exc}") from None
    if not sender.is_ascii:
        raise SendError("WATCHER_MAIL_FROM: many servers refuse letters outside ASCII before the @: use another")
    plain = MailSettings(server, settings["mail_from"], settings.get("public_url", ""))
    if not settings.get("dkim_key"):
        return plain
    from .mail_signature import signer

    sign = signer(sender.domain, settings.get("dkim_selector", ""), settings["dkim_key"])
    return MailSettings(server, plain.sender, plain.public_url, sign)
