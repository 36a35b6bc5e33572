"""A record is read whole or not at all."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.packs import AT, URL, captured, fetched
from watcher.evidence.faults import FaultKind, RecordError
from watcher.evidence.records import MAX_UNPACKED, members, parse_record, read_record


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    storage = tmp_path_factory.mktemp("storage")
    (known,) = captured(storage, fetched())
    return (storage / known.file).read_bytes()[known.offset :]


def fault(member: bytes) -> FaultKind:
    with pytest.raises(RecordError) as caught:
        read_record(member)
    return caught.value.kind


def test_a_record_of_ours_reads_as_what_was_fetched(packed: bytes) -> None:
    record = read_record(packed)
    assert (record.type, record.url, record.date, record.status) == ("response", URL, AT, 200)
    assert (record.media_type, bytes(record.payload)) == ("text/html", fetched().body)


@given(at=st.integers(min_value=0))
def test_a_record_that_is_cut_anywhere_is_none(packed: bytes, at: int) -> None:
    assert fault(packed[: at % len(packed)]) in (FaultKind.CUT_SHORT, FaultKind.NO_RECORD)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_bit_that_flips_in_what_is_unpacked_is_found(packed: bytes, at: int, bit: int) -> None:
    """But for names that nobody asks for: those are held by the hash of the whole record alone."""
    unpacked = bytearray(gzip.decompress(packed))
    body = unpacked.index(b"HTTP/1.1 200")
    unpacked[body + at % (len(unpacked) - body)] ^= 1 << bit
    with pytest.raises(RecordError):
        parse_record(bytes(unpacked))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"WARC/1.1", b"WARC/9.1"),
        (b"\r\nContent-Length: ", b"\r\nContent-Length: 1"),
        (b"\r\nContent-Length: ", b"\r\nContent-Length: -"),
        (b"\r\nWARC-Date", b"\r\nContent-Length: 5\r\nWARC-Date"),
        (b"\r\nWARC-Date", b"\r\nno colon\r\nWARC-Date"),
        (b"WARC-Date", b"WARC-D\xff\xfete"),
        (b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: sha1:A"),
        (b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:A"),
    ],
)
def test_a_record_at_odds_with_itself_is_none(packed: bytes, old: bytes, new: bytes) -> None:
    unpacked = gzip.decompress(packed)
    assert old in unpacked
    with pytest.raises(RecordError):
        parse_record(unpacked.replace(old, new, 1))


def test_what_follows_a_record_is_seen(packed: bytes) -> None:
    assert fault(packed + packed) == FaultKind.NO_RECORD
    assert fault(gzip.compress(gzip.decompress(packed) * 2)) == FaultKind.NO_RECORD


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(MAX_UNPACKED + 10), 9)
    assert fault(bomb) == FaultKind.TOO_LARGE
    with pytest.raises(RecordError, match="unpacks to more"):
        list(members(io.BytesIO(bomb)))


def test_a_file_is_read_member_by_member(tmp_path: Path) -> None:
    first, second = captured(tmp_path, fetched(), fetched(b"x" * 200_000))
    with (tmp_path / first.file).open("rb") as file:
        found = list(members(file))
    assert [(one.offset, one.length, one.sha256) for one in found[1:]] == [
        (one.offset, one.length, one.sha256) for one in (first, second)
    ]
    assert parse_record(found[0].unpacked).type == "warcinfo"


def test_hashes_of_other_programs_are_understood(packed: bytes) -> None:
    unpacked = gzip.decompress(packed)
    for digest in (b"md5:abc", b"blake3:xyz", b"none"):
        start = unpacked.index(b"WARC-Block-Digest: ") + 19
        end = unpacked.index(b"\r\n", start)
        assert parse_record(unpacked[:start] + digest + unpacked[end:]).status == 200


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_a_fault(content: bytes) -> None:
    for candidate in (content, b"WARC/1.1\r\n" + content):
        with pytest.raises(RecordError):
            parse_record(candidate)
