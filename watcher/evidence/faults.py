"""What can be wrong with kept bytes, and what a check of them says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """Why something that was kept proves nothing."""

    MISSING_FILE = "missing file"
    CUT_SHORT = "cut short"
    OTHER_BYTES = "other bytes"  # their SHA-256 is not the recorded one
    NO_RECORD = "no whole record"
    OTHER_RECORD = "other record"  # a whole one, of another address, time or content than was recorded
    OTHER_TEXT = "other text"
    NOT_CAPTURED = "not captured"
    READS_OTHERWISE = "reads otherwise"  # the same extractor reads another text in the kept bytes today
    NO_PACK = "no pack"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: of what kind, in which part, and in words."""

    kind: FaultKind
    part: str  # a file, a place in it, or a version
    says: str

    def __str__(self) -> str:
        return f"{self.part}: {self.kind.value}: {self.says}"


class RecordError(Exception):
    """Bytes that are not one whole WARC record; caught by whoever asked for one."""

    def __init__(self, kind: FaultKind, says: str) -> None:
        super().__init__(says)
        self.kind, self.says = kind, says
