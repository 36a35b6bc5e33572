"""A delivery as the bytes of one mail: headers, a plain part, and an HTML part if there is one. Pure.

Everything is 7-bit (quoted-printable), whatever the server offers: the message is the same on
each attempt, and no relay has to re-code what DKIM has signed (RFC 6376, 5.3 asks for it).
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_qp
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

from ..core.errors import SendError
from ..core.mail_server import Mailbox, is_this_machine, mailbox
from ..core.markup import one_line, printable
from ..core.model import LEAVE_URL, Delivery, Refused

_MOST_SUBJECT = 250
_ENCODED_WORD = re.compile(r"=\?")


@dataclass(frozen=True, slots=True)
class Mail:
    """What is handed to a server. `id` is its Message-ID; `needs_utf8`: the server must offer SMTPUTF8."""

    id: str
    recipient: str
    content: bytes
    needs_utf8: bool


def compose(
    delivery: Delivery,
    sender: Mailbox,
    public_url: str,
    now: datetime,
    sign: Callable[[bytes], bytes] = lambda content: content,
) -> Mail | Refused:
    """The mail that says `delivery`, or why it can't be made.

    `core.model.LEAVE_URL` in text and HTML becomes the reader's own address under `public_url`;
    mail that holds it is list mail and says so in its headers. Raises SendError without a `public_url` then.
    """
    try:
        recipient = mailbox(delivery.address)
    except ValueError:
        return Refused("the address is not one that mail can be sent to", is_unwelcome=True)
    text, html, leave_url = delivery.body, delivery.attachment, ""
    if LEAVE_URL in text or LEAVE_URL in html:
        if not delivery.leave_token:
            return Refused("its reader is no longer on the list")
        leave_url = _leave_url(public_url, delivery.leave_token)
        text, html = text.replace(LEAVE_URL, leave_url), html.replace(LEAVE_URL, leave_url)
    name = hashlib.sha256(delivery.key.encode("utf-8", "surrogatepass")).hexdigest()[:40]
    message_id = f"<{name}@{sender.domain}>"
    headers = _folded("From", sender, True) + _folded("To", recipient, recipient.is_ascii)
    headers += _folded("Subject", _subject(delivery.subject), True)
    lines = [("Date", format_datetime(now)), ("Message-ID", message_id), *_machine_headers(sender, leave_url)]
    headers += _lines([*lines, ("MIME-Version", "1.0")])
    return Mail(message_id, recipient.address, sign(headers + _body(text, html, name)), not recipient.is_ascii)


@lru_cache(maxsize=64)
def _folded(name: str, value: Mailbox | str, is_ascii: bool) -> bytes:
    """A header with people's words in it, encoded and folded by the standard library.

    Kept, since From and Subject are the same in all mails of a round. The headers of our own are not left to the
    library: it turns a long address to leave at into an encoded word, which no program reads (odoo/odoo#289182).
    """
    policy = SMTP if is_ascii else SMTPUTF8
    made = policy.header_store_parse(name, value if isinstance(value, str) else _address(value))
    return policy.fold_binary(*made)


def _leave_url(public_url: str, token: str) -> str:
    if not public_url:
        raise SendError(
            "WATCHER_PUBLIC_URL is not set: a mail to a list must say where its reader can leave,"
            " so none is sent until it names the address of the web view"
        )
    return f"{public_url.rstrip('/')}/leave/{quote(token, safe='')}"


def _machine_headers(sender: Mailbox, leave_url: str) -> list[tuple[str, str]]:
    """What programs read. Only list mail is `bulk`: a confirmation is answered by a person who waits for it."""
    # RFC 3834 for the first; Exchange and Outlook go by the second alone. Not "All": that would
    # suppress the reports of what could not be delivered too.
    headers = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply")]
    if leave_url:
        headers += [("List-Id", f"<digest.{sender.domain}>"), ("List-Unsubscribe", f"<{leave_url}>")]
        parts = urlsplit(leave_url)
        if parts.scheme == "https" or is_this_machine(parts.hostname or ""):  # RFC 8058, 3.1 allows HTTPS alone
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        headers.append(("Precedence", "bulk"))
    return headers


def _body(text: str, html: str, name: str) -> bytes:
    """The MIME headers of the whole and all that follows: one part, or two of which the richest is last."""
    if not html:
        return _part("plain", text)
    # "=_" can't stand in quoted-printable text, so the boundary can't either (RFC 2045, 6.7).
    boundary = f"=_{name}"
    between = f"--{boundary}\r\n".encode("ascii")
    head = _lines([("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"')]) + b"\r\n"
    parts = between + _part("plain", text) + b"\r\n" + between + _part("html", html) + b"\r\n"
    return head + parts + f"--{boundary}--\r\n".encode("ascii")


def _part(subtype: str, text: str) -> bytes:
    """A text in quoted-printable, with its headers."""
    lines = printable(text.rstrip("\n") + "\n").replace("\n", "\r\n").encode("utf-8")
    kind = [("Content-Type", f'text/{subtype}; charset="utf-8"'), ("Content-Transfer-Encoding", "quoted-printable")]
    return _lines(kind) + b"\r\n" + b2a_qp(lines, istext=True, header=False)


def _lines(headers: list[tuple[str, str]]) -> bytes:
    """Headers that hold our own words alone."""
    return "".join([f"{name}: {value}\r\n" for name, value in headers]).encode("ascii")


def _subject(subject: str) -> str:
    text = _words(subject) or "(no subject)"
    return text if len(text) <= _MOST_SUBJECT else text[: _MOST_SUBJECT - 1].rstrip() + "…"


def _address(box: Mailbox) -> Address:
    local = re.sub(r"\\(.)", r"\1", box.local[1:-1]) if box.local.startswith('"') else box.local
    return Address(_words(box.name), local, box.domain)


def _words(text: str) -> str:
    """A text for a header, on one line, and without encoded words.

    The library decodes such words in what it is given, and before Python 3.11.10 a line end in one then
    began a header of its own (python/cpython#121650).
    """
    return _ENCODED_WORD.sub("= ?", one_line(text)).strip()
