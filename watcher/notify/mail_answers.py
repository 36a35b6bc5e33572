"""What a mail server's answer means for a message, its reader and the mail to come. Pure.

A reply is three digits (RFC 5321, 4.2) and, from most servers, an enhanced status code: class,
subject, detail (RFC 3463; the later ones are in IANA's list). Only codes are read, never words.
docs/mail.md has the same as a table, and the tests hold the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class Step(StrEnum):
    """Where in a mail transaction an answer came."""

    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    END = "the text"


class Meaning(StrEnum):
    """What follows from an answer."""

    RECONNECT = "reconnect"  # 421: this connection ends; the message may go by another
    LATER = "later"  # about the server or the network
    MAILBOX_LATER = "mailbox later"  # about this mailbox; days of it pause the address
    UNWELCOME = "paused"  # the mailbox does not exist or takes nothing: no more mail to it
    REFUSED = "refused"  # this message, and not its reader
    POLICY = "policy"  # about us or about this reader, the code does not say which
    SET_UP = "set-up"  # about us: nothing can be sent until a person has looked


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply of a server; `code` 250, `status` "2.1.5" or "", `words` the rest on one line."""

    code: int
    status: str
    words: str

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.status, self.words) if part)

    def without(self, address: str) -> Answer:
        """The same answer with the reader's address taken out: it is written to logs."""
        return replace(self, words=re.sub(re.escape(address), "…", self.words, flags=re.IGNORECASE))

    @property
    def codes(self) -> str:
        """The numbers alone: words of a server often repeat the address."""
        return " ".join(part for part in (str(self.code), self.status) if part)


_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_MOST_WORDS = 300

_SENDER = {"1.7", "1.8"}  # the sender's address
_CREDENTIALS = {"7.3", "7.4", "7.5", "7.6", "7.8", "7.9", "7.11", "7.14"}
# What the receiver found of our DKIM, SPF, reverse DNS, DMARC, ARC (RFC 7372; IANA's list).
_AUTHENTICATION = {f"7.{detail}" for detail in range(20, 31)}
_OWNER_CHANGED = {"7.17", "7.18"}  # RFC 7293: somebody else has this mailbox or domain now
_FULL = "2.2"
_TOO_LARGE = {"2.3", "3.4"}


def answer(code: int, text: str) -> Answer:
    """A reply as it came, taken apart; lines of one reply repeat the status, the first one counts.

    >>> answer(550, "5.1.1 No such user")
    Answer(code=550, status='5.1.1', words='No such user')
    """
    one_line = " ".join(text.split())
    found = _STATUS.match(one_line)
    # A status of another class than its reply contradicts it (RFC 2034, 4): the reply counts.
    status = found[1] if found and found[1][0] == str(code)[0] else ""
    return Answer(code, status, one_line[found.end() if found else 0 :][:_MOST_WORDS])


def meaning(step: Step, said: Answer) -> Meaning:
    """What `said`, which is not 2xx or 354, means after `step`."""
    if said.code == 421:
        return Meaning.RECONNECT
    detail = said.status[2:]
    if 400 <= said.code < 500:
        return _transient(step, said.code, detail)
    if said.code in (530, 534, 535, 538):  # RFC 4954: log in, another way, wrongly, not without TLS
        return Meaning.SET_UP
    if detail in _TOO_LARGE:
        return Meaning.REFUSED
    if detail in _SENDER | _CREDENTIALS | _AUTHENTICATION:
        return Meaning.SET_UP
    if step is Step.MAIL:
        return Meaning.REFUSED if said.code == 552 else Meaning.SET_UP  # 552: larger than it takes (RFC 1870)
    return _by_subject(detail) if detail else _by_code(step, said.code)


def _transient(step: Step, code: int, detail: str) -> Meaning:
    """4xx. Grey-listing and our own rate (4.7.x), the server's troubles (4.3.x) are nobody's mailbox."""
    if step is Step.MAIL or detail.startswith(("3.", "5.", "6.", "7.")) or detail in _SENDER:
        return Meaning.LATER
    is_of_mailbox = detail.startswith(("1.", "2.", "4.")) or (not detail and step is Step.RCPT and code in (450, 452))
    return Meaning.MAILBOX_LATER if is_of_mailbox else Meaning.LATER


def _by_subject(detail: str) -> Meaning:
    """5xx with an enhanced status, after RCPT TO or later."""
    if detail == _FULL:
        # RFC 3463, X.2.2: a full mailbox is a persistent transient failure; its owner can make room.
        return Meaning.MAILBOX_LATER
    # Addressing, the mailbox, routing. Real servers answer 5.2.4 (OpenSMTPD) and 5.4.1 (Exchange Online) for
    # mailboxes that do not exist, so the subject is what counts, not the detail.
    if detail in _OWNER_CHANGED or detail.startswith(("1.", "2.", "4.")):
        return Meaning.UNWELCOME
    return Meaning.POLICY if detail.startswith(("7.", "0.")) else Meaning.REFUSED


def _by_code(step: Step, code: int) -> Meaning:
    """5xx without an enhanced status, after RCPT TO or later."""
    if step is Step.RCPT:
        if code in (550, 551, 553, 556):  # no such mailbox, moved, not allowed; takes no mail (RFC 7504)
            return Meaning.UNWELCOME
        if code == 552:
            return Meaning.MAILBOX_LATER  # RFC 5321, 4.5.3.1.10: after RCPT, 552 is to be read as 452
    return Meaning.POLICY if code in (550, 554) else Meaning.REFUSED


def pause_s(attempts: int) -> float:
    """Seconds before the next attempt, after so many (1 or more): one minute, doubled up to 4 hours.

    The 30 attempts of settling.MAX_ATTEMPTS span 3.7 days; RFC 5321, 4.5.4.1 speaks of 4 to 5.

    >>> [pause_s(attempts) / 60 for attempts in (1, 2, 3, 9, 30)]
    [1.0, 2.0, 4.0, 240.0, 240.0]
    """
    return float(min(60 * 2 ** min(max(attempts, 1) - 1, 20), 4 * 3600))
