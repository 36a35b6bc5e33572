from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.table import zstd
from watcher.fetch.decode import CutShortError, NotDecodableError, TooLargeError, decoded

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd,
    "identity": bytes,
}
LIMIT = 10_000_000


@given(st.binary(), st.lists(st.sampled_from(sorted(ENCODERS)), max_size=3))
def test_what_was_encoded_comes_back(content: bytes, codings: list[str]) -> None:
    raw = content
    for coding in codings:
        raw = ENCODERS[coding](raw)
    assert decoded(raw, codings, LIMIT) == content


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_every_proper_beginning_is_known_as_such(coding: str) -> None:
    raw = ENCODERS[coding](b"Northmoor Care Trust has ended its part in the scheme. " * 9)
    for length in range(1, len(raw)):
        with pytest.raises((CutShortError, NotDecodableError)):
            decoded(raw[:length], [coding], LIMIT)


@given(st.binary(min_size=1), st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_rubbish_never_raises_anything_else(rubbish: bytes, coding: str) -> None:
    with contextlib.suppress(CutShortError, NotDecodableError, TooLargeError):
        assert isinstance(decoded(rubbish, [coding], 1_000_000), bytes)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_exactly_the_limit_is_allowed_and_a_byte_more_is_not(coding: str) -> None:
    raw = ENCODERS[coding](b"a" * 1000)
    assert len(decoded(raw, [coding], 1000)) == 1000
    with pytest.raises(TooLargeError):
        decoded(raw, [coding], 999)


def test_several_frames_or_members_are_one_content() -> None:
    assert decoded(zstd(b"one ") + zstd(b"two"), ["zstd"], LIMIT) == b"one two"
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two"), ["gzip"], LIMIT) == b"one two"
    assert decoded(gzip.compress(b"one") + b"\0\0\0", ["gzip"], LIMIT) == b"one"


def test_an_empty_body_needs_no_decoding() -> None:
    assert decoded(b"", ["gzip"], LIMIT) == b""
