"""Addresses of mail: as they were typed, and as they are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.core.errors import AddressError

MOST_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3, as errata 1690 has it

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One mailbox. `typed` is what mail is sent to, `key` what it is known by."""

    typed: str
    key: str


def mail_address(text: str) -> MailAddress:
    """The address that was typed. Raises AddressError with what is wrong; nobody is asked whether it exists.

    Two spellings of one mailbox have one key: the domain's case and its two written forms (IDNA), and the
    case of the part before the @, which servers may tell apart (RFC 5321, 2.4) and in practice do not. Were
    they different, "Ann@" and "ann@" would each be sent confirmations of their own.

    >>> mail_address(" Ann@BÜCHER.example ").key == mail_address("ann@xn--bcher-kva.example").key
    True
    """
    typed = text.strip(" \t\r\n\u00a0")
    if not typed:
        raise AddressError("write the address that the mails are to go to")
    if _CONTROL.search(typed):  # a line break would begin a header of its own
        raise AddressError("an address is one line without control characters")
    if len(typed) > MOST_CHARACTERS:
        raise AddressError(f"too long for an address: at most {MOST_CHARACTERS} characters")
    if typed.count("@") != 1:
        raise AddressError("an address has one @ in it, as in name@example.org")
    from email_validator import EmailNotValidError, validate_email  # 30 ms, which a poll need not pay

    try:
        valid = validate_email(typed, check_deliverability=False, strict=True)
    except EmailNotValidError as exc:
        raise AddressError(f"not an address that mail can go to: {_small(str(exc))}") from None
    return MailAddress(typed, f"{valid.local_part.casefold()}@{valid.domain.casefold()}")


def _small(reason: str) -> str:
    """A sentence as it stands after a colon."""
    return (reason[:1].lower() + reason[1:]).removesuffix(".")
