"""Mail servers for tests, none of them written here.

`mail_server`   PyPI aiosmtpd, in this process: it answers as a script tells it to
`maildev`       npm maildev: what it took can be read back over HTTP, as a reader would see it
`opensmtpd`     Debian's: a real mail transfer agent, delivering into a Maildir
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.bot_api import free_port

_HERE = Path(__file__).parent
USER, PASSWORD = "watch@example.org", "p@ss:w/rd"


def parsed(content: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    return cast(EmailMessage, message_from_bytes(content, policy=default))


@dataclass
class Taken:
    """One mail that a server took."""

    sender: str
    recipients: list[str]
    content: bytes
    options: list[str]

    @property
    def message(self) -> EmailMessage:
        return parsed(self.content)


@dataclass
class MailServer:
    """What the server says, and what it took. A reply is used up by its step; an empty list means all is well."""

    port: int = 0
    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)  # every command, in order
    names: list[str] = field(default_factory=list)  # as what clients greeted
    connections: int = 0
    mail: list[str] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)  # "354 …" cuts the connection there, before the text is read
    end: list[str] = field(default_factory=list)  # "" drops the connection after the final dot
    of_reader: dict[str, str] = field(default_factory=dict)  # what RCPT TO says of an address, each time
    hidden: frozenset[str] = frozenset()  # extensions that EHLO does not name
    delay_s: float = 0.0  # before each answer to MAIL, RCPT and the text


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, state: MailServer) -> None:
        self._state = state

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._state.names.append(hostname)
        kept = [line for line in responses[:-1] if line[4:].split()[0].upper() not in self._state.hidden]
        return [*kept, responses[-1]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self._state.delay_s)
        if self._state.mail:
            return self._state.mail.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self._state.delay_s)
        if self._state.rcpt:
            return self._state.rcpt.pop(0)
        if address in self._state.of_reader:
            return self._state.of_reader[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self._state.delay_s)
        said = self._state.end.pop(0) if self._state.end else "250 2.0.0 kept"
        if said.startswith("250") or not said:
            content = cast(bytes, envelope.original_content)
            options = [str(option) for option in envelope.mail_options]
            self._state.taken.append(Taken(str(envelope.mail_from), list(envelope.rcpt_tos), content, options))
        if not said:
            cast(asyncio.Transport, server.transport).abort()
        return said or "250 unheard"


class _Server(SMTP):
    """aiosmtpd, with a hand on the wire: what is asked is noted, and DATA can be answered as scripted."""

    def __init__(self, state: MailServer, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._state = state

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._state.connections += 1
        super().connection_made(transport)

    async def _call_handler_hook(self, command: str, *arguments: Any) -> Any:
        self._state.steps.append(command)
        return await super()._call_handler_hook(command, *arguments)

    async def smtp_DATA(self, arg: str) -> None:
        if not self._state.data:
            await super().smtp_DATA(arg)
            return
        said = self._state.data.pop(0)
        await self.push(said)
        if said.startswith(("354", "421")):
            transport = cast(asyncio.Transport, self.transport)
            if said.startswith("354"):
                transport.pause_reading()
                await asyncio.sleep(0.1)
            transport.abort()


class _Controller(Controller):
    def __init__(self, state: MailServer, **keywords: Any) -> None:
        super().__init__(_Handler(state), hostname="127.0.0.1", port=free_port(), **keywords)
        self._state = state

    def factory(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a login over smtps:// is one without STARTTLS
            return _Server(self._state, self.handler, **self.SMTP_kwargs)


def _allowed(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=is_right, handled=False)


@contextmanager
def serving(scheme: str = "smtp", *, login: bool = False, **keywords: Any) -> Iterator[MailServer]:
    """A server whose address begins with `scheme`; TLS by `ssl_context` (smtps) or `tls_context` (STARTTLS)."""
    state = MailServer()
    keywords.setdefault("enable_SMTPUTF8", True)
    if login:
        keywords |= {"authenticator": _allowed, "auth_required": True, "auth_require_tls": scheme == "smtp+starttls"}
    controller = _Controller(state, **keywords)
    controller.start()
    state.connections = 0  # the controller tries its server out
    state.port = controller.port
    host = "127.0.0.1" if scheme == "smtp" else "localhost"
    state.url = f"{scheme}://{host}:{controller.port}"
    try:
        yield state
    finally:
        controller.stop()


@pytest.fixture
def smtp_server() -> Iterator[MailServer]:
    with serving() as state:
        yield state


@dataclass(frozen=True)
class Certificates:
    """An authority of our own: a client that trusts it, and a server's side for a name."""

    authority: trustme.CA

    def client(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def server(self, name: str = "localhost") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    return Certificates(trustme.CA())


# --- npm maildev -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MailDev:
    """A running maildev: mail goes in at `url`, and is read back here."""

    url: str
    api: str

    def mails(self) -> list[dict[str, Any]]:
        """What it took, oldest first: subject, text, html, headers, envelope."""
        with urllib.request.urlopen(f"{self.api}/email", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def source(self, mail_id: str) -> bytes:
        """A mail as it came in."""
        with urllib.request.urlopen(f"{self.api}/email/{mail_id}/download", timeout=10) as answer:
            content: bytes = answer.read()
        return content


@pytest.fixture(scope="session")
def maildev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailDev]:
    node, program = shutil.which("node"), _HERE / "node_modules" / "maildev" / "bin" / "maildev"
    if node is None or not program.exists():
        pytest.skip("npm package maildev is not installed: make test-deps")
    smtp, web = free_port(), free_port()
    folder = tmp_path_factory.mktemp("maildev")
    options = ["--ip", "127.0.0.1", "--web-ip", "127.0.0.1", "--smtp", str(smtp), "--web", str(web)]
    with subprocess.Popen(
        [node, str(program), *options, "--mail-directory", str(folder), "--silent"], stdout=subprocess.DEVNULL
    ) as process:
        answers_at(lambda: urllib.request.urlopen(f"http://127.0.0.1:{web}/healthz", timeout=1).close())
        yield MailDev(f"smtp://127.0.0.1:{smtp}", f"http://127.0.0.1:{web}")
        process.terminate()
        process.wait(timeout=10)


def answers_at(ask: Callable[[], None], within_s: float = 30) -> None:
    """Wait until a server that was just started answers."""
    until = time.monotonic() + within_s
    while True:
        try:
            ask()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


# --- Debian's opensmtpd ----------------------------------------------------------------------------

_CONFIGURATION = """
listen on 127.0.0.1 port {port} hostname mail.northmoor.example
table readers {{ "reader@northmoor.example" = "nobody" }}
action "keep" maildir "{folder}/kept" virtual <readers>
match from any for domain "northmoor.example" action "keep"
"""


@dataclass(frozen=True)
class OpenSmtpd:
    """A running opensmtpd that has one mailbox, reader@northmoor.example, and refuses every other."""

    url: str
    kept: Path

    def mails(self) -> list[EmailMessage]:
        """What was delivered."""
        return [parsed(path.read_bytes()) for path in sorted((self.kept / "new").glob("*"))]


@pytest.fixture
def opensmtpd() -> Iterator[OpenSmtpd]:
    """For one test at a time: its queue and its socket are the machine's."""
    program = shutil.which("smtpd", path="/usr/sbin")
    if program is None or os.getuid() != 0:
        pytest.skip("Debian's opensmtpd is not installed (CI=1 make test-deps), or this is not root")
    if _is_running():
        pytest.skip("an opensmtpd runs on this machine already")
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="opensmtpd-"))
    folder.chmod(0o755)  # mail is delivered by "nobody": root must not be the one who delivers
    (folder / "kept").mkdir()
    shutil.chown(folder / "kept", "nobody")
    (folder / "smtpd.conf").write_text(_CONFIGURATION.format(port=port, folder=folder))
    log = (folder / "log").open("w")
    with log, subprocess.Popen([program, "-d", "-f", str(folder / "smtpd.conf")], stderr=log) as process:
        try:
            answers_at(lambda: _greeted(port))
            yield OpenSmtpd(f"smtp://127.0.0.1:{port}", folder / "kept")
        finally:
            process.terminate()
            process.wait(timeout=10)
    shutil.rmtree(folder)


def _is_running() -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex("/var/run/smtpd.sock") == 0


def _greeted(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.recv(1)
