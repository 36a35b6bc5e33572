"""What a ZIP file may cost before anything is unpacked: DOCX, ODT and archives are all ZIP files."""

from __future__ import annotations

import io
import zipfile

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind

MAX_MEMBERS = 5_000
MAX_UNPACKED = 300_000_000  # bytes, all members together
MAX_RATIO = 300  # unpacked to packed, of one member; Word's XML reaches 40, deflate at most 1,032
_SMALL = 2_000_000  # a member below this may have any ratio


def open_zip(body: bytes, max_unpacked: int = MAX_UNPACKED) -> zipfile.ZipFile:
    """`body` as a ZIP file whose declared sizes are within bounds (zipfile reads no more than is declared).

    Raises ExtractError for a damaged one, for a bomb, and for one with a password.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(body))
        members = opened.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as fault:
        raise ExtractError(f"this ZIP file is damaged: {fault}") from fault
    if len(members) > MAX_MEMBERS:
        raise ExtractError(f"this ZIP file has {len(members)} members: not unpacked", FailedKind.TOO_LARGE)
    if sum(member.file_size for member in members) > max_unpacked:
        raise ExtractError(f"this ZIP file would unpack to more than {max_unpacked} bytes", FailedKind.TOO_LARGE)
    for member in members:
        if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
            raise ExtractError(
                f"{member.filename[:80]!r} in this ZIP file is a bomb: not unpacked", FailedKind.TOO_LARGE
            )
        if member.flag_bits & 1:
            raise ExtractError("this file is protected with a password", FailedKind.UNSUPPORTED)
    return opened
