"""Connections to the mail server: made, kept between mails, and one mail handed over on one of them.

aiosmtplib speaks the protocol. What follows the final dot is told apart here from what comes
before it: only after the dot may a mail have arrived without our hearing of it (RFC 1047).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import aiosmtplib

from ..core.errors import SendError
from ..core.mail_server import Encryption, MailServer
from .mail_answers import Answer, Step, answer

if TYPE_CHECKING:
    from .mail_message import Mail

_ASK_AFTER_S = 5.0  # a connection idle for longer is asked (NOOP) before it is used
_LEAVE_AFTER_S = 20.0  # an idle connection is given back to the server
_CHUNK_WAIT_S = 0.005


class LostError(Exception):
    """The connection ended or the server fell silent; `may_have_arrived` if the final dot was on its way."""

    def __init__(self, reason: str, *, may_have_arrived: bool) -> None:
        super().__init__(reason)
        self.may_have_arrived = may_have_arrived


@dataclass(eq=False)
class Line:
    """One connection, and since when it is idle on the loop's clock."""

    smtp: aiosmtplib.SMTP
    idle_since: float = 0.0
    leaving: asyncio.TimerHandle | None = field(default=None, repr=False)


class Connections:
    """Idle connections to one server. Use it from one event loop only."""

    def __init__(
        self,
        server: MailServer,
        helo: str,
        timeout_s: float,
        tls: ssl.SSLContext | None = None,
        *,
        ask_after_s: float = _ASK_AFTER_S,
        leave_after_s: float = _LEAVE_AFTER_S,
    ) -> None:
        self._server, self._helo, self._timeout_s = server, helo, timeout_s
        self._tls = tls
        self._ask_after_s, self._leave_after_s = ask_after_s, leave_after_s
        self._idle: list[Line] = []
        self._partings: set[asyncio.Task[None]] = set()

    async def take(self) -> Line:
        """A connection that is greeted, encrypted and logged in. Raises SendError if none can be had."""
        while self._idle:
            line = self._idle.pop()
            if line.leaving is not None:
                line.leaving.cancel()
            if await self._is_alive(line):
                return line
            drop(line.smtp)
        return Line(await self._connect())

    def give_back(self, line: Line) -> None:
        """Keep a connection for the next mail; one that stays idle is ended."""
        if not line.smtp.is_connected:
            return
        loop = asyncio.get_running_loop()
        line.idle_since = loop.time()
        line.leaving = loop.call_later(self._leave_after_s, self._part_with, line)
        self._idle.append(line)

    async def close(self) -> None:
        """End every idle connection as the protocol asks."""
        for line in self._idle:
            if line.leaving is not None:
                line.leaving.cancel()
        await asyncio.gather(*(_leave(line) for line in self._idle), *self._partings)
        self._idle.clear()
        await asyncio.sleep(0)  # the transports that were aborted close in the loop's next turn
        await asyncio.sleep(0)

    def _part_with(self, line: Line) -> None:
        if line in self._idle:
            self._idle.remove(line)
            task = asyncio.ensure_future(_leave(line))
            self._partings.add(task)
            task.add_done_callback(self._partings.discard)

    async def _is_alive(self, line: Line) -> bool:
        if not line.smtp.is_connected:
            return False
        if asyncio.get_running_loop().time() - line.idle_since < self._ask_after_s:
            return True
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            return (await line.smtp.execute_command(b"NOOP", timeout=5)).code == 250
        return False

    async def _connect(self) -> aiosmtplib.SMTP:
        server = self._server
        if self._tls is None and server.encryption is not Encryption.NONE:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=self._helo,
            timeout=self._timeout_s,
            use_tls=server.encryption is Encryption.TLS,
            start_tls=False,  # done below: each step has its own remedy
            tls_context=self._tls,
        )
        with self._explained(smtp):
            async with asyncio.timeout(3 * self._timeout_s):
                await smtp.connect()
                if server.encryption is Encryption.STARTTLS:
                    await self._start_tls(smtp)
                await smtp.ehlo()
                if server.user:
                    await smtp.login(server.user, server.password)
        return smtp

    async def _start_tls(self, smtp: aiosmtplib.SMTP) -> None:
        await smtp.ehlo()
        if not smtp.supports_extension("starttls"):
            raise SendError(
                f"{self._server}: the server offers no STARTTLS, and nothing is sent in the clear:"
                " ask its operator for a port with TLS (smtps:// for port 465)"
            )
        try:
            await smtp.starttls()
        except aiosmtplib.SMTPResponseException as exc:
            raise SendError(f"{self._server}: STARTTLS was refused ({exc.code}): ask the server's operator") from None

    @contextlib.contextmanager
    def _explained(self, smtp: aiosmtplib.SMTP) -> Iterator[None]:
        try:
            yield
        except SendError:
            drop(smtp)
            raise
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as exc:
            drop(smtp)
            raise SendError(f"{self._server}: {_remedy(exc, self._server, self._timeout_s)}") from None


async def hand_over(line: Line, sender: str, mail: Mail, final_s: float) -> tuple[Step, Answer]:
    """The last answer of one transaction, and the step it came after; 250 after END: the server has the mail.

    Raises LostError. Waits `final_s` seconds for the answer to the final dot.
    """
    smtp = line.smtp
    options = [f"SIZE={len(mail.content)}"] if smtp.supports_extension("size") else []
    if mail.needs_utf8:
        options.append("SMTPUTF8")
    said = await _ask(smtp, " ".join(["MAIL", f"FROM:<{sender}>", *options]))
    if said.code != 250:
        return Step.MAIL, said
    said = await _ask(smtp, f"RCPT TO:<{mail.recipient}>")
    if said.code not in (250, 251):
        return Step.RCPT, said
    said = await _ask(smtp, "DATA")
    if said.code != 354:
        return Step.DATA, said
    return Step.END, await _content(smtp, mail.content, final_s)


async def reset(line: Line) -> bool:
    """Whether the connection is fit for the next mail after an answer that was no success."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        return (await line.smtp.execute_command(b"RSET", timeout=5)).code == 250
    return False


async def ask_sender(line: Line, sender: str) -> Answer:
    """What the server says to mail from `sender`; nothing is sent, the transaction is taken back. Raises LostError."""
    said = await _ask(line.smtp, f"MAIL FROM:<{sender}>")
    await reset(line)
    return said


async def _ask(smtp: aiosmtplib.SMTP, command: str) -> Answer:
    try:
        said = await smtp.execute_command(command.encode("utf-8"))
    except aiosmtplib.SMTPResponseException as exc:  # an answer that is none
        drop(smtp)
        raise LostError(f"unreadable answer to {command[:4]}: {exc.code}", may_have_arrived=False) from None
    except (aiosmtplib.SMTPException, OSError) as exc:
        raise LostError(f"{_short(exc)} at {command[:4]}", may_have_arrived=False) from None
    return answer(said.code, said.message)


async def _content(smtp: aiosmtplib.SMTP, content: bytes, final_s: float) -> Answer:
    """Send the text, then the dot by itself: a connection lost before the dot has certainly delivered nothing."""
    protocol, transport = smtp.protocol, cast(asyncio.WriteTransport, smtp.transport)
    if protocol is None:
        raise LostError("connection lost before the text", may_have_arrived=False)
    stuffed = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]  # RFC 5321, 4.5.2
    try:
        protocol.write(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
        async with asyncio.timeout(final_s):
            while smtp.is_connected and transport.get_write_buffer_size():
                await asyncio.sleep(_CHUNK_WAIT_S)
        protocol.write(b".\r\n")
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
        drop(smtp)
        raise LostError(f"{_short(exc)} within the text", may_have_arrived=False) from None
    try:
        said = await protocol.read_response(timeout=final_s)
    except (aiosmtplib.SMTPException, OSError) as exc:
        drop(smtp)
        raise LostError(f"{_short(exc)} after the text was sent", may_have_arrived=True) from None
    return answer(said.code, said.message)


def drop(smtp: aiosmtplib.SMTP) -> None:
    """End a connection at once; a TLS transport that is closed politely waits for an answer that may never come."""
    transport = smtp.transport
    smtp.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


async def _leave(line: Line) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await line.smtp.execute_command(b"QUIT", timeout=1)
    drop(line.smtp)


def _short(exc: Exception) -> str:
    return "no answer in time" if isinstance(exc, TimeoutError) else "connection lost"


def _remedy(exc: Exception, server: MailServer, timeout_s: float) -> str:
    """What went wrong on the way to a connection, and what to do; nothing of it repeats user or password."""
    tls = exc if isinstance(exc, ssl.SSLError) else exc.__cause__
    if isinstance(tls, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not accepted: {tls.verify_message}. Name the host in WATCHER_SMTP_URL as the"
            " certificate does; for an authority of your own, name its file in SSL_CERT_FILE"
        )
    if isinstance(tls, ssl.SSLError):
        return "TLS can't be agreed: smtps:// is for ports that begin with TLS (465), smtp+starttls:// for 587"
    if isinstance(exc, aiosmtplib.SMTPAuthenticationError):
        if exc.code < 500:
            return f"can't check the login for the moment ({exc.code}); it is asked again later"
        return f"does not accept the user and password of WATCHER_SMTP_URL ({answer(exc.code, exc.message).codes})"
    if isinstance(exc, aiosmtplib.SMTPResponseException):
        return f"turns us away: {answer(exc.code, exc.message)}"
    if isinstance(exc, TimeoutError):
        hint = "; a port that begins with TLS (465) wants smtps://" if server.encryption is Encryption.STARTTLS else ""
        return f"no answer within {timeout_s:g} s: is the server up, and the port right{hint}?"
    if isinstance(exc, aiosmtplib.SMTPConnectError | OSError):
        reason = getattr(exc.__cause__ or exc, "strerror", None) or "the connection was ended"
        return f"can't be reached: {reason}: are host and port right, and is the server up?"
    return "offers no way to log in that is known here (CRAM-MD5, PLAIN, LOGIN): check the port, or leave the user out"
