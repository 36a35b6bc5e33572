"""Damage to a pack is found and named, whatever it is; nothing that a file holds makes the check fail itself."""

import gzip
import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evidence.packs import captured, fetched, pack, written_pack
from watcher.core.errors import StoreError
from watcher.evidence import pack as packs
from watcher.evidence.check import Checked, check_file
from watcher.evidence.container import MAX_DESCRIPTION, MAX_UNPACKED, write_container
from watcher.evidence.faults import FaultKind


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written_pack(tmp_path_factory.mktemp("pack")).read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checked") / "c-2.wacz"


def check(place: Path, content: bytes) -> Checked:
    place.write_bytes(content)
    return check_file(place)


def parts(checked: Checked) -> set[str]:
    return {fault.part for fault in checked.faults}


def test_a_pack_as_it_was_written_holds(whole: bytes, place: Path) -> None:
    checked = check(place, whole)
    assert (checked.faults, checked.files, checked.records, checked.texts) == ((), 7, 4, 2)
    assert checked.statement is not None and checked.statement["change"]["id"] == "c-2"


@settings(max_examples=150, deadline=None)
@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_bit_that_flips_is_found(whole: bytes, place: Path, at: int, bit: int) -> None:
    flipped = bytearray(whole)
    flipped[at % len(whole)] ^= 1 << bit
    assert not check(place, bytes(flipped)).holds


@settings(max_examples=50, deadline=None)
@given(at=st.integers(min_value=0))
def test_a_pack_that_is_cut_or_followed_by_more_does_not_hold(whole: bytes, place: Path, at: int) -> None:
    assert not check(place, whole[: at % len(whole)]).holds
    assert not check(place, whole + whole[: at % len(whole) + 1]).holds


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\3\4", b"\x1f\x8b\x08", b"PK\5\6"]))
def test_any_file_is_checked_or_refused(place: Path, content: bytes, start: bytes) -> None:
    assert not check(place, start + content).holds


def test_a_member_that_is_damaged_is_named_and_the_others_are_checked(whole: bytes, place: Path) -> None:
    at = whole.index(b"The team is paused.")
    assert at > whole.index(b"PK", 4)  # in the statement: the archive is packed
    found = check(place, whole[:at] + b"The team has ended." + whole[at + 19 :])
    assert parts(found) == {packs.STATEMENT}
    assert found.records == 4
    at = whole.index(b"WHAT THIS IS")
    assert parts(check(place, whole[:at] + b"what" + whole[at + 4 :])) == {packs.README}


# --- packs that were made with care by somebody who wants them to hold ---------------------------


def members(whole: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(found: dict[str, bytes]) -> bytes:
    """The members in a file whose data package and digest agree with them."""
    package = json.loads(found[packs.PACKAGE])
    package["resources"] = [packs.resource(name, found[name]) for name in packs.LISTED if name in found]
    found[packs.PACKAGE] = packs.json_bytes(package)
    found[packs.DIGEST] = packs.digest_of(found[packs.PACKAGE])
    file = io.BytesIO()
    write_container(file, found)
    return file.getvalue()


def restated(whole: bytes, alter: Callable[[Any], object]) -> bytes:
    found = members(whole)
    statement = json.loads(found[packs.STATEMENT])
    alter(statement)
    found[packs.STATEMENT] = packs.json_bytes(statement)
    return forged(found)


@pytest.mark.parametrize(
    ("alter", "kind", "part"),
    [
        (lambda s: s["versions"][0]["blocks"].append("More."), FaultKind.OTHER_TEXT, "before"),
        (lambda s: s["versions"][1].update(text_sha256="0" * 64), FaultKind.OTHER_TEXT, "after"),
        (lambda s: s["versions"][0]["answer"].update(status=404), FaultKind.OTHER_RECORD, "archive/"),
        (lambda s: s["versions"][0]["answer"].update(body_sha256="00"), FaultKind.OTHER_RECORD, "archive/"),
        (lambda s: s["versions"][0]["answer"].update(fetched_at="2020-01-01T00:00:00Z"), FaultKind.OTHER_RECORD, "arc"),
        (lambda s: s["versions"][0]["answer"]["record"].update(offset=0), FaultKind.OTHER_BYTES, "before"),
        (lambda s: s["versions"][0]["answer"]["record"].update(sha256="0"), FaultKind.OTHER_BYTES, "before"),
        (lambda s: s["versions"].pop(), FaultKind.OTHER_BYTES, "pages/"),
        (lambda s: s.update(format="another"), FaultKind.NO_PACK, "statement.json"),
        (lambda s: s.update(versions=5), FaultKind.NO_PACK, "statement.json"),
        (lambda s: s["versions"][0].update(blocks=["\ud800"]), FaultKind.NO_PACK, "statement.json"),
        (lambda s: s["versions"][0]["answer"]["record"].update(offset=[]), FaultKind.NO_PACK, "statement.json"),
        (lambda s: s["versions"][0]["answer"].update(fetched_at=7), FaultKind.NO_PACK, "statement.json"),
    ],
)
def test_a_statement_that_the_bytes_do_not_bear_out_is_found(
    whole: bytes, place: Path, alter: Callable[[Any], object], kind: FaultKind, part: str
) -> None:
    if "\\ud800" in repr(alter.__code__.co_consts):  # JSON may say what UTF-8 can not
        found = members(whole)
        statement = json.loads(found[packs.STATEMENT])
        alter(statement)
        found[packs.STATEMENT] = json.dumps(statement).encode()
        checked = check(place, forged(found))
    else:
        checked = check(place, restated(whole, alter))
    assert [(fault.kind, part in fault.part) for fault in checked.faults if fault.kind == kind][:1] == [(kind, True)]


def test_a_record_taken_from_elsewhere_is_found(whole: bytes, place: Path, tmp_path: Path) -> None:
    found = members(whole)
    (other,) = captured(tmp_path, fetched(b"<p>Nothing was ever paused.</p>"))
    found[packs.ARCHIVE] += (tmp_path / other.file).read_bytes()[other.offset :]
    assert parts(check(place, forged(found))) == {packs.INDEX}


def test_an_index_that_leads_elsewhere_is_found(whole: bytes, place: Path) -> None:
    found = members(whole)
    found[packs.INDEX] = found[packs.INDEX].replace(b'"offset": "', b'"offset": "1')
    checked = check(place, forged(found))
    assert parts(checked) == {packs.INDEX}
    assert "leads to no record" in checked.faults[0].says
    found[packs.INDEX] = b"".join(sorted(members(whole)[packs.INDEX].splitlines(True), reverse=True))
    assert "is not sorted" in check(place, forged(found)).faults[0].says


@pytest.mark.parametrize("name", [*packs.LISTED, packs.PACKAGE, packs.DIGEST])
def test_a_file_that_is_missing_or_empty_is_named(whole: bytes, place: Path, name: str) -> None:
    for content in (None, b""):
        found = members(whole)
        if content is None:
            del found[name]
        else:
            found[name] = content
        file = io.BytesIO()
        write_container(file, found)
        assert name in parts(check(place, file.getvalue()))


def test_a_pack_that_was_packed_anew_is_told_from_one_whose_contents_differ(whole: bytes, place: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members(whole).items():
            archive.writestr(name, content)
    (fault,) = check(place, file.getvalue()).faults
    assert "packed anew" in fault.says


# --- files made to do harm -----------------------------------------------------------------------


def zipped(*files: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", compression) as archive:
        warnings.simplefilter("ignore")  # two members of one name
        for name, content in files:
            archive.writestr(name, content)
    return file.getvalue()


def hostile(whole: bytes) -> Iterator[tuple[str, bytes, str]]:
    """What it is, the file, and what is said of it."""
    yield "empty", b"", "is empty"
    yield "a page", b"<!doctype html><p>Hello</p>", "neither a WACZ file nor"
    yield "a bomb", zipped(("archive/data.warc.gz", bytes(MAX_UNPACKED + 1))), "would unpack to more than"
    yield "a long statement", zipped(("about/statement.json", bytes(MAX_DESCRIPTION + 1))), "would unpack to"
    yield "names that lead out", zipped(("../../etc/passwd", b"x")), "no pack of ours has such a member"
    yield "twice the same name", zipped(("a", b"1"), ("a", b"2")), "two members named"
    yield "other compression", zipped(("a", b"1"), compression=zipfile.ZIP_LZMA), "packed in a way"
    yield "many members", zipped(*((str(number), b"") for number in range(300))), "no pack of ours has as many"
    yield "a count that lies", whole[:-14] + struct.pack("<HHLLH", 60_000, 60_000, 99, 99, 0), "60,000 members"
    yield "no directory", whole[:-30], "not a whole ZIP file"
    yield "locked", _locked(zipped(("a", b"1"))), "locked with a password"
    found = members(whole)
    found[packs.STATEMENT] = b"[" * 200_000
    yield "nested deeply", forged(found), "is not in the format"
    found = members(whole)
    found[packs.PACKAGE] = b'{"resources": {"a": 1}}'
    yield "no list of files", zipped(*found.items()), "lists no files"
    found = members(whole)
    found[packs.ARCHIVE] = gzip.compress(b"") * 100_000
    yield "very many records", forged(found), "holds more than 50 records"
    found[packs.ARCHIVE] = gzip.compress(bytes(150_000_000), 9)
    yield "a record that is a bomb", forged(found), "unpacks to more than"


def _locked(content: bytes) -> bytes:
    head, directory = content.index(b"PK\3\4"), content.index(b"PK\1\2")
    flagged = bytearray(content)
    flagged[head + 6] |= 1
    flagged[directory + 8] |= 1
    return bytes(flagged)


def test_a_file_made_to_do_harm_gets_a_clear_message(whole: bytes, place: Path) -> None:
    for name, content, says in hostile(whole):
        checked = check(place, content)
        assert not checked.holds, name
        assert says in " | ".join(fault.says for fault in checked.faults), name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["format", "change", "versions", "gone", "answer", "record", "role", "blocks"]), x)))  # fmt: skip
def test_any_json_in_its_place_is_a_fault(whole: bytes, place: Path, value: object) -> None:
    for name in (packs.STATEMENT, packs.PACKAGE):
        found = members(whole)
        if isinstance(value, dict) and name == packs.STATEMENT:
            value = {**value, "format": packs.FORMAT}
        found[name] = json.dumps(value).encode()
        assert not check(place, zipped(*found.items())).holds


# --- captures without a pack ---------------------------------------------------------------------


def test_a_file_of_captures_is_checked_by_the_hashes_it_carries(tmp_path: Path) -> None:
    first, second = captured(tmp_path, fetched(), fetched(b"second" * 500))
    path = tmp_path / first.file
    assert (check_file(path).holds, check_file(path).records) == (True, 3)
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    (fault,) = check_file(path).faults
    assert (fault.kind, f"byte {second.offset}" in fault.says) == (FaultKind.CUT_SHORT, True)
    path.write_bytes(content[: first.offset] + gzip.compress(b"no record") + content[first.offset :])
    assert check_file(path).records == 3
    assert [fault.kind for fault in check_file(path).faults] == [FaultKind.NO_RECORD]


def test_faults_of_captures_are_not_counted_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "many.warc.gz"
    path.write_bytes(gzip.compress(b"") * 5_000)
    assert len(check_file(path).faults) == 1_000


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.wacz"):
        with pytest.raises(StoreError, match="nothing was checked"):
            check_file(path)


def test_the_maker_of_these_tests_makes_a_pack_like_ours(tmp_path: Path, whole: bytes) -> None:
    assert members(whole).keys() == packs.members_of(pack(tmp_path)).keys()
