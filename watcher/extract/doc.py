"""Word's binary format of before 2007, through Debian's antiword or catdoc if one is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Recipe
from watcher.extract.fragment import tidy
from watcher.extract.plain import title_of

EXTRACTOR = "doc-1"
TIMEOUT_S = 20.0
_OPTIONS = {"antiword": ("-m", "UTF-8.txt", "-w", "0"), "catdoc": ("-d", "utf-8", "-w")}


def extract_doc(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The paragraphs of an old Word file. Raises ExtractError that says what to install if nothing reads it."""
    failures: list[str] = []
    for name, options in _OPTIONS.items():
        program = shutil.which(name)
        if program is None:
            continue
        text = _converted(program, options, body, failures)
        blocks = tuple(tidied for part in re.split(r"\n\s*\n", text) if (tidied := tidy(part.replace("|", " | "))))
        if blocks:
            return Extraction((Document(url, title_of("", blocks), blocks),), (), f"{EXTRACTOR}+{name}")
    if failures:
        raise ExtractError(f"this old Word file could not be read: {'; '.join(failures)}")
    raise ExtractError(
        "this is a Word file of before 2007, and no program to read it is installed: "
        "install antiword or catdoc (Debian: apt install antiword catdoc)",
        FailedKind.UNSUPPORTED,
    )


def _converted(program: str, options: tuple[str, ...], body: bytes, failures: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="watcher-doc-") as folder:
        path = Path(folder, "document.doc")
        path.write_bytes(body)
        try:
            done = subprocess.run(  # noqa: S603
                [program, *options, str(path)], capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except (subprocess.TimeoutExpired, OSError) as fault:
            failures.append(f"{Path(program).name}: {fault}")
            return ""
    if done.returncode != 0 or not done.stdout.strip():
        reason = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0] or "no text"
        failures.append(f"{Path(program).name}: {reason.replace(str(path), 'the file')[:200]}")
        return ""
    return done.stdout.decode("utf-8", "replace")
