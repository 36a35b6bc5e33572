from __future__ import annotations

from pathlib import Path

import pytest

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind, Recipe
from watcher.extract.doc import extract_doc

URL = "https://northmoor.example/paper.doc"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_installed_program_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "antiword", "echo 'Our review'; echo; echo '|Team |Ended |'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    extraction = extract_doc(OLE, URL, Recipe(), None)
    assert extraction.documents[0].blocks[0] == extraction.documents[0].title == "Our review"
    assert extraction.extractor.endswith("antiword")


def test_if_the_first_program_fails_the_second_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "antiword", "echo 'not a Word document' >&2; exit 1")
    program(tmp_path, "catdoc", "echo 'We ended it.'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert extract_doc(OLE, URL, Recipe(), None).documents[0].text == "We ended it."


def test_if_both_fail_the_error_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "antiword", "echo 'not a Word document' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExtractError, match="not a Word document"):
        extract_doc(OLE, URL, Recipe(), None)


def test_without_a_program_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExtractError, match="apt install antiword catdoc") as fault:
        extract_doc(OLE, URL, Recipe(), None)
    assert fault.value.kind is FailedKind.UNSUPPORTED
