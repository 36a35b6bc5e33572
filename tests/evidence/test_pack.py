"""A pack is a WACZ file that others can read: checked with programs that we did not write."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.evidence.packs import AT, TEXTS, URL, pack, written_pack
from watcher.core.errors import StoreError
from watcher.evidence.cdx import url_key
from watcher.evidence.pack import members_of, write_pack


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    with zipfile.ZipFile(written_pack(tmp_path)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def test_the_data_package_names_every_file_with_its_hash(unpacked: Path) -> None:
    package = json.loads((unpacked / "datapackage.json").read_bytes())
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    files = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert files == {one["path"] for one in package["resources"]} | {"datapackage.json", "datapackage-digest.json"}
    for one in package["resources"]:
        content = (unpacked / one["path"]).read_bytes()
        assert (one["hash"], one["bytes"]) == (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
    digest = json.loads((unpacked / "datapackage-digest.json").read_bytes())
    described = hashlib.sha256((unpacked / "datapackage.json").read_bytes()).hexdigest()
    assert digest == {"path": "datapackage.json", "hash": f"sha256:{described}"}


def test_warcio_reads_the_archive_and_finds_its_hashes_right(unpacked: Path) -> None:
    path = unpacked / "archive" / "data.warc.gz"
    command = [sys.executable, "-c", "from warcio.cli import main; main()", "check", "-v", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.count("digest pass") == 4
    with path.open("rb") as file:
        bodies = [record.content_stream().read() for record in ArchiveIterator(file) if record.rec_type == "response"]
    assert bodies == [text.encode() for text in TEXTS]


def test_each_line_of_the_index_leads_to_its_answer(unpacked: Path) -> None:
    whole = (unpacked / "archive" / "data.warc.gz").read_bytes()
    lines = (unpacked / "indexes" / "index.cdx").read_text().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 2
    for line, text, second in zip(lines, TEXTS, ("20260601090000", "20260602090000"), strict=True):
        key, timestamp, rest = line.split(" ", 2)
        found = json.loads(rest)
        assert (key, timestamp, found["url"], found["status"]) == ("example,northmoor)/sim", second, URL, "200")
        record = whole[int(found["offset"]) :][: int(found["length"])]
        assert found["recordDigest"] == f"sha256:{hashlib.sha256(record).hexdigest()}"
        path = unpacked / "one.warc.gz"
        path.write_bytes(record)
        with path.open("rb") as file:
            assert next(iter(ArchiveIterator(file))).content_stream().read() == text.encode()


def test_pages_are_named_as_replay_expects(unpacked: Path) -> None:
    head, *pages = map(json.loads, (unpacked / "pages" / "pages.jsonl").read_text().splitlines())
    assert head["format"] == "json-pages-1.0"
    assert [(page["url"], page["title"]) for page in pages] == [
        (URL, "Our position (before)"),
        (URL, "Our position (after)"),
    ]


def test_what_the_readme_says_to_type_shows_the_hashes(unpacked: Path) -> None:
    readme = (unpacked / "about" / "README.txt").read_text()
    statement = json.loads((unpacked / "about" / "statement.json").read_bytes())
    cuts = [line.strip() for line in readme.splitlines() if line.strip().startswith("tail ")]
    told = [subprocess.run(["sh", "-c", line], cwd=unpacked, capture_output=True, text=True).stdout for line in cuts]
    answers = [one["answer"] for one in statement["versions"]]
    assert [line.split()[0] for line in told] == [one["record"]["sha256"] for one in answers]
    for one in answers:
        assert one["body_sha256"] in readme
    for line in readme.splitlines():
        assert len(line) <= 100, line
    assert "DOES NOT PROVE" in readme


def test_the_same_pack_is_the_same_file(tmp_path: Path) -> None:
    made = pack(tmp_path / "storage")
    assert write_pack(tmp_path / "one.wacz", made) == write_pack(tmp_path / "two.wacz", made)
    assert json.loads(members_of(made)["datapackage.json"])["created"] == f"{AT:%Y-%m-%dT%H:%M:%SZ}"


def test_a_pack_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="no pack was written"):
        write_pack(tmp_path / "taken" / "c-2.wacz", pack(tmp_path / "storage"))
    (tmp_path / "folder.wacz").mkdir()
    with pytest.raises(StoreError, match="no pack was written"):
        write_pack(tmp_path / "folder.wacz", pack(tmp_path / "again"))
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://northmoor.example", "example,northmoor)/"),
        ("http://WWW2.Northmoor.example:80/A//b/", "example,northmoor)/a/b"),
        ("https://northmoor.example:8443/x?", "example,northmoor:8443)/x"),
        ("https://northmoor.example/ü?q=%41#part", "example,northmoor)/%c3%bc?q=a"),
        ("https://northmoor.example/a%20b", "example,northmoor)/a%20b"),
        ("http://127.0.0.1:8000/sim", "1,0,0,127:8000)/sim"),
    ],
)
def test_keys_are_those_that_other_indexers_make(url: str, key: str) -> None:
    """Compared by hand with what cdxj-indexer 1.5.0 writes."""
    assert url_key(url) == key
