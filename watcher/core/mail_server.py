"""Which mail server sends for us, and in whose name: `WATCHER_SMTP_URL` and `WATCHER_MAIL_FROM`, read.

No message of this file repeats what it read: the address holds a password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

_HOW = 'write it like "smtp+starttls://user:password@mail.example.org:587"'
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Encryption(StrEnum):
    """How the connection is protected; the values are the schemes of the address."""

    NONE = "smtp"  # to this machine alone
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


_PORTS = {Encryption.NONE: 25, Encryption.STARTTLS: 587, Encryption.TLS: 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `repr` keeps the password out."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self})"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.encryption.value}://{host}:{self.port}"


def mail_server(url: str) -> MailServer:
    """The server that `url` names; user and password are percent-decoded.

    Raises ValueError, saying what to write, for another scheme, a part that does not belong there,
    and for a connection without TLS to any host but this machine.

    >>> mail_server("smtp+starttls://watch%40example.org:p%3Aw@mail.example.org")
    MailServer(smtp+starttls://mail.example.org:587)
    """
    parts, port = _split(url)
    try:
        encryption = Encryption(parts.scheme)
    except ValueError:
        raise ValueError(f"must start with smtp+starttls:// or smtps:// ({_HOW})") from None
    host = parts.hostname or ""
    if not host:
        raise ValueError(f"names no host ({_HOW})")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError('ends after the port: write "/", "?", "#" and "@" of a password as %2F, %3F, %23 and %40')
    if encryption is Encryption.NONE and not is_this_machine(host):
        raise ValueError(
            f"smtp:// is without encryption, and {host} is another machine: write smtp+starttls:// (port 587)"
            " or smtps:// (port 465), whichever the server offers"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if _CONTROL.search(user + password):
        raise ValueError("the user or the password holds a line end or another control character")
    return MailServer(host, port or _PORTS[encryption], encryption, user, password)


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        port, parts = None, None  # its words would hold a part of the address
    if parts is not None and not _CONTROL.search(url.strip()):
        return parts, port
    raise ValueError(f"is no address: is a character of the password not percent-encoded? ({_HOW})")


def is_this_machine(host: str) -> bool:
    """Whether `host` is loopback by its name or number; names are not looked up, since answers can lie.

    >>> is_this_machine("127.0.0.1"), is_this_machine("::1"), is_this_machine("mail.example.org")
    (True, True, False)
    """
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_NO_MAILBOX = 'is no mail address: write it like "Statement watch <watch@example.org>"'
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>|(?P<bare>(?!.*[<>]).+)")
# A dot-atom, in any script (RFC 5322, 3.2.3 and RFC 6531, 3.3), or a quoted string.
_LOCAL = re.compile(r"""(?!\.)(?:[^\s\x00-\x7f]|[\w.!#$%&'*+/=?^`{|}~-])+(?<!\.)|"(?:[^"\\]|\\.)+"$""")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address; `domain` in ASCII letters (A-labels), as servers and DNS have it."""

    name: str
    local: str
    domain: str

    @property
    def address(self) -> str:
        """The address as an envelope takes it."""
        return f"{self.local}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Whether any server can take the address; if not, it must offer SMTPUTF8 (RFC 6531)."""
        return self.local.isascii()


def mailbox(text: str) -> Mailbox:
    """The one mailbox that `text` names, as `address` or `Name <address>`. Raises ValueError.

    >>> mailbox("Statement watch <watch@example.org>")
    Mailbox(name='Statement watch', local='watch', domain='example.org')
    >>> mailbox("lettre@élan.example").address
    'lettre@xn--lan-9la.example'
    """
    if _CONTROL.search(text):
        raise ValueError("holds a line end or another control character")
    found = _MAILBOX.fullmatch(text.strip())
    local, _, domain = ((found["address"] or found["bare"]) if found else "").rpartition("@")
    if found is None or not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise ValueError(_NO_MAILBOX)
    try:
        box = Mailbox((found["name"] or "").strip().strip('"'), local, _a_labels(domain))
    except ValueError:
        raise ValueError(_NO_MAILBOX) from None
    if len(box.address.encode()) > 254:  # RFC 5321, 4.5.3.1.3, less the angle brackets
        raise ValueError(_NO_MAILBOX)
    return box


def _a_labels(domain: str) -> str:
    """A domain name as DNS has it. Raises ValueError if it is none."""
    import idna

    if not re.fullmatch(r"[^\s\[\]<>()@,;:\\\"]+", domain):
        raise ValueError("no domain name")
    return idna.encode(domain.rstrip("."), uts46=True).decode("ascii").lower()
