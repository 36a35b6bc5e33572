"""The ZIP file around a pack has one form, under every Python: what was packed years ago must still hold."""

import hashlib
import io
import zipfile
from pathlib import Path

from watcher.evidence.container import Contents, is_as_written, read_container, write_container

MEMBERS = {"archive/data.warc.gz": b"x" * 99, "about/README.txt": "ü".encode()}


def test_the_form_is_the_one_that_packs_have_had_from_the_first_day() -> None:
    """Made so by Python 3.11, 3.12 and 3.13. If this must change, so must the name of the format."""
    file = io.BytesIO()
    write_container(file, MEMBERS)
    assert hashlib.sha256(file.getvalue()).hexdigest().startswith("6cf1a5166fce")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "some.wacz"
    with path.open("w+b") as file:
        write_container(file, MEMBERS)
    assert read_container(path) == Contents(MEMBERS)
    assert is_as_written(path, MEMBERS)
    path.write_bytes(path.read_bytes() + b"\n")
    assert not is_as_written(path, MEMBERS)


def test_another_program_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    with path.open("w+b") as file:
        write_container(file, MEMBERS)
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
