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
from email.message import EmailMessage
from email.policy import EmailPolicy
from urllib.parse import quote, urlsplit

from ..core.errors import SendError
from ..core.mail_server import Mailbox, is_this_machine, mailbox
from ..core.markup import one_line, printable
from ..core.model import LEAVE_URL, Delivery, Refused

_MOST_SUBJECT = 250
_ENCODED_WORD = re.compile(r"=\?")
_WHOLE = frozenset({"list-unsubscribe", "message-id", "list-id"})


@dataclass(frozen=True, slots=True)
class Mail:
    """What is handed to a server. `id` is its Message-ID; `needs_utf8`: the server must offer SMTPUTF8."""

    id: str
    recipient: str
    content: bytes
    needs_utf8: bool


class _Policy(EmailPolicy):
    """Folds as the standard library does, but leaves headers of one long word in one piece.

    The library turns an ASCII word longer than a line into an encoded word, which no reader of
    List-Unsubscribe understands (python/cpython#80222). Lines of up to 998 are allowed.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _WHOLE:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_ASCII, _UTF8 = _Policy(linesep="\r\n"), _Policy(linesep="\r\n", utf8=True)


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
    message = EmailMessage(_ASCII if recipient.is_ascii else _UTF8)
    message["From"] = _address(sender)
    message["To"] = _address(recipient)
    message["Subject"] = _subject(delivery.subject)
    message["Date"] = now
    message["Message-ID"] = message_id
    for header, value in _machine_headers(sender, leave_url):
        message[header] = value
    _fill(message, text, html, name)
    return Mail(message_id, recipient.address, sign(message.as_bytes()), not recipient.is_ascii)


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


def _fill(message: EmailMessage, text: str, html: str, name: str) -> None:
    message["MIME-Version"] = "1.0"
    if not html:
        _as_text(message, "plain", text)
        return
    # "=_" can't stand in quoted-printable text, so the boundary can't either (RFC 2045, 6.7).
    message["Content-Type"] = f'multipart/alternative; boundary="=_{name}"'
    for subtype, content in (("plain", text), ("html", html)):  # the richest last (RFC 2046, 5.1.4)
        part = EmailMessage(message.policy)
        _as_text(part, subtype, content)
        message.attach(part)


def _as_text(part: EmailMessage, subtype: str, text: str) -> None:
    """Fill a part with text in quoted-printable; by binascii, since the library's own takes 20 times as long."""
    lines = printable(text.rstrip("\n") + "\n").encode("utf-8")
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(lines, istext=True, header=False).decode("ascii"))


def _subject(subject: str) -> str:
    text = _words(subject) or "(no subject)"
    return text if len(text) <= _MOST_SUBJECT else text[: _MOST_SUBJECT - 1].rstrip() + "…"


def _address(box: Mailbox) -> Address:
    local = re.sub(r"\\(.)", r"\1", box.local[1:-1]) if box.local.startswith('"') else box.local
    return Address(_words(box.name), local, box.domain)


def _words(text: str) -> str:
    """A text for a header, on one line. The library decodes encoded words in what it is given, and a line
    end that is encoded in one would then begin a header of its own (CWE-93): so none is left in it.
    """
    return _ENCODED_WORD.sub("= ?", one_line(text)).strip()
