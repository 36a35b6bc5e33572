"""ZIP archives of board papers: each document in them is a document of ours."""

from __future__ import annotations

import re
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import PurePosixPath

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, FailedKind, Recipe
from watcher.core.urls import part_address
from watcher.extract.registry import EXTRACTORS, type_by_extension
from watcher.extract.zip_guard import open_zip

EXTRACTOR = "zip-1"
MAX_DOCUMENTS = 400
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store|Thumbs\.db|~\$)")


def extract_zip(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The documents in a ZIP file, each at the file's address with its own path after "#".

    What cannot be read is named in the warnings. Archives inside are not opened. Raises
    ExtractError for a bomb, for a damaged file, and if no member can be read.
    """
    documents: list[Document] = []
    warnings: list[str] = []
    readers: list[str] = []
    ends_at = time.monotonic() + 10.0 + len(body) / 250_000
    with open_zip(body) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _JUNK.search(member.filename)]
        for member in members[:MAX_DOCUMENTS]:
            if time.monotonic() > ends_at:
                warnings.append(f"{member.filename} and what follows it: no time left to read it")
                break
            extraction = _member(archive, member, url, recipe, warnings)
            if extraction is not None:
                readers.append(extraction.extractor)
                documents += [_named(document, member) for document in extraction.documents]
                warnings += [f"{member.filename}: {warning}" for warning in extraction.warnings]
    if len(members) > MAX_DOCUMENTS:
        warnings.append(f"the archive holds {len(members)} files: the first {MAX_DOCUMENTS} were read")
    if not documents:
        listed = "; ".join(warnings[:3]) or "it is empty"
        raise ExtractError(f"this archive holds no document that can be read: {listed}", FailedKind.UNSUPPORTED)
    names = ",".join(dict.fromkeys(readers))
    return Extraction(tuple(documents), (), f"{EXTRACTOR}({names})", warnings=tuple(warnings))


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, url: str, recipe: Recipe, warnings: list[str]
) -> Extraction | None:
    media_type = type_by_extension(member.filename)
    if media_type is None or media_type == "application/zip":
        kind = "an archive in an archive" if media_type else "no document"
        warnings.append(f"{member.filename}: {kind}: not read")
        return None
    address = part_address(url, safe_path(member.filename))
    try:
        return EXTRACTORS[media_type](archive.read(member), address, recipe, None)
    except ExtractError as fault:
        warnings.append(f"{member.filename}: {fault}")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as fault:
        warnings.append(f"{member.filename}: damaged: {fault}")
    return None


def _named(document: Document, member: zipfile.ZipInfo) -> Document:
    return document if document.title else replace(document, title=PurePosixPath(member.filename).stem)


def safe_path(name: str) -> str:
    """`name` without what would lead out of a folder; it is a label here, and may be a file name elsewhere.

    >>> safe_path("../../etc/papers\\\\item 4.pdf")
    'etc/papers/item 4.pdf'
    """
    parts = re.sub(r"[\x00-\x1f]", "", name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", part))
