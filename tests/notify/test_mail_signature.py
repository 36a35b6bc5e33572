"""Signatures that a receiver can verify with nothing but our record in DNS; openssl made the keys."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable

import dkim
import pytest

from tests.notify.mails import NOW, PUBLIC_URL, SENDER, a_mail, sending_to
from tests.servers.smtp import MailServer, parsed
from watcher.core.errors import SendError
from watcher.core.mail_server import mailbox
from watcher.core.model import Sent
from watcher.notify.mail_message import Mail, compose
from watcher.notify.mail_signature import signer

openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
KINDS = {
    "RSA, PKCS #1": ["genrsa", "-traditional", "2048"],
    "RSA, PKCS #8": ["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
    "Ed25519": ["genpkey", "-algorithm", "ed25519"],
}


def run_openssl(*words: str, given: str = "") -> bytes:
    return subprocess.run(["openssl", *words], input=given.encode(), capture_output=True, check=True).stdout


@pytest.fixture(scope="module", params=KINDS)
def pem(request: pytest.FixtureRequest) -> str:
    return run_openssl(*KINDS[request.param]).decode()


def record_of(pem: str) -> bytes:
    """What stands in DNS for a key, as docs/mail.md has it made."""
    public = run_openssl("pkey", "-pubout", "-outform", "DER", given=pem)
    is_ed = len(public) == 44
    return b"v=DKIM1; k=" + (b"ed25519" if is_ed else b"rsa") + b"; p=" + b64encode(public[-32:] if is_ed else public)


def dns_of(pem: str, asked: list[bytes]) -> Callable[..., bytes | None]:
    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        asked.append(name)
        return record_of(pem) if name == b"watch._domainkey.northmoor.example." else None

    return look_up


@openssl
def test_a_mail_that_arrived_verifies_by_the_record_in_dns(pem: str, smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url, sign=signer("northmoor.example", "watch", pem)) as notifier:
        assert isinstance(notifier.send(a_mail(subject="Week 24 – ended", body=".\n..\n" + a_mail().body)), Sent)
    asked: list[bytes] = []
    [taken] = smtp_server.taken
    assert dkim.verify(taken.content, dnsfunc=dns_of(pem, asked))
    assert asked == [b"watch._domainkey.northmoor.example."]


def signed(pem: str) -> bytes:
    sign = signer("northmoor.example", "watch", pem)
    mail = compose(a_mail(), mailbox(SENDER), PUBLIC_URL, NOW, sign)
    assert isinstance(mail, Mail)
    return mail.content


@openssl
def test_the_headers_that_must_not_be_changed_are_signed(pem: str) -> None:
    tags = dict(
        part.strip().split("=", 1) for part in re.sub(r"\s+", "", parsed(signed(pem))["DKIM-Signature"]).split(";")
    )
    assert (tags["d"], tags["s"], tags["c"]) == ("northmoor.example", "watch", "relaxed/relaxed")
    names = tags["h"].split(":")
    assert set(names) >= {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
    assert set(names) >= {"list-id", "list-unsubscribe", "list-unsubscribe-post"}, "RFC 8058, 4"
    assert names.count("from") == 2, "no second From can be added"


@openssl
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: Week 24", b"Subject: Week 25"),
        (b"/leave/tok_1-en", b"/leave/another"),
        (b"One-Click\r\n", b"Two-Clicks\r\n"),
        (b"<b>ended</b>", b"<b>began</b>"),
        (b"\r\nTo: ", b"\r\nFrom: else@westvale.example\r\nTo: "),
    ],
)
def test_a_change_on_the_way_breaks_the_signature(before: bytes, after: bytes, pem: str) -> None:
    content = signed(pem)
    assert before in content
    assert not dkim.verify(content.replace(before, after), dnsfunc=dns_of(pem, []))


@openssl
def test_a_key_may_stand_on_one_line(pem: str) -> None:
    one_line = pem.strip().replace("\n", "\\n")
    content = signer("northmoor.example", "watch", one_line)(b"From: a@northmoor.example\r\n\r\nx\r\n")
    assert dkim.verify(content, dnsfunc=dns_of(pem, []))


@openssl
@pytest.mark.parametrize("kind", ["prime256v1", "cut", "public", "none", "letters"])
def test_a_key_that_cannot_sign_says_how_to_make_one_and_not_what_it_was(kind: str) -> None:
    rsa = run_openssl(*KINDS["RSA, PKCS #1"]).decode()
    lines = rsa.splitlines()
    given = {
        "prime256v1": run_openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout").decode(),
        "cut": "\n".join([*lines[:5], lines[-1]]),
        "public": run_openssl("pkey", "-pubout", given=rsa).decode(),
        "none": "the key is in the safe",
        "letters": rsa.replace(lines[3], "!!" + lines[3]),
    }[kind]
    with pytest.raises(SendError, match=r"WATCHER_DKIM_KEY .*openssl genrsa") as fault:
        signer("northmoor.example", "watch", given)
    assert lines[3][:20] not in str(fault.value)
