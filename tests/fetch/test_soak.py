from __future__ import annotations

import sys

import pytest

from tests.faults.soak import soak


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_600_fetches_leave_memory_flat_and_no_file_open() -> None:
    # 10,000 of them, bombs and slow servers included: bench/soak.py.
    start, warm, *later, end = soak(600, 100, is_short=True)
    assert max(reading.resident_mb for reading in later) - warm.resident_mb < 20
    assert end.open_files <= start.open_files
