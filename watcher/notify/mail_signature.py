"""DKIM: a signature by which a receiver sees that a mail is ours, and whole (RFC 6376; Ed25519: RFC 8463)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable

from ..core.errors import SendError

# RFC 8058, 4 asks for both List-Unsubscribe headers; From is named once more than it stands there,
# so that none can be added (RFC 6376, 8.15).
_SIGNED = (
    *(b"from", b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"),
    *(b"content-transfer-encoding", b"auto-submitted", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post"),
)
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\s+(.+?)\s+-----END \1-----", re.DOTALL)
_ED25519_DER = bytes.fromhex("302e020100300506032b657004220420")  # PKCS #8 of such a key, up to its 32 bytes (RFC 8410)


def signer(domain: str, selector: str, pem: str) -> Callable[[bytes], bytes]:
    """What puts a DKIM-Signature before a message; the key is RSA or Ed25519, PEM in PKCS #1 or #8.

    Raises SendError if the key can't be used; its text is in no message.
    """
    import dkim

    algorithm, key = _key(pem)

    def sign(content: bytes) -> bytes:
        signature: bytes = dkim.sign(
            content,
            selector.encode("ascii"),
            domain.encode("ascii"),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=algorithm,
            include_headers=list(_SIGNED),
        )
        return signature + content

    try:
        sign(b"From: a@example.org\r\n\r\nx\r\n")
    except (dkim.DKIMException, ValueError, IndexError) as exc:
        raise SendError(f"WATCHER_DKIM_KEY can't sign: {type(exc).__name__}; {_REMEDY}") from None
    return sign


_REMEDY = 'make one with "openssl genrsa -out dkim.pem 2048" (or "openssl genpkey -algorithm ed25519 -out dkim.pem")'


def _key(pem: str) -> tuple[bytes, bytes]:
    """The algorithm, and the key as dkimpy takes it."""
    # In an environment file a key is often one line with "\n" in it.
    found = _PEM.search(pem.replace("\\n", "\n").replace("\r", ""))
    if found is None:
        raise SendError(f"WATCHER_DKIM_KEY is no key in PEM: {_REMEDY}")
    label, body = found[1], "".join(found[2].split())
    try:
        der = b64decode(body, validate=True)
    except (Base64Error, ValueError):
        raise SendError(f"WATCHER_DKIM_KEY is cut short or has a letter too many: {_REMEDY}") from None
    if der.startswith(_ED25519_DER) and len(der) == len(_ED25519_DER) + 32:
        return b"ed25519-sha256", b64encode(der[len(_ED25519_DER) :])
    if label not in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        raise SendError(f'WATCHER_DKIM_KEY is a "{label}", and an RSA or Ed25519 private key is needed: {_REMEDY}')
    return b"rsa-sha256", f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n".encode("ascii")
