"""`python bench/soak.py [10000]`: fetches through the fault server; fails if memory grows or files stay open.

Prints resident memory and open files after each thousand. Memory must stay within 20 MB of
what it was after the first thousand, and no more files be open at the end than at the start.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.soak import Reading, soak


def main() -> int:
    fetches = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    began = time.monotonic()

    def see(reading: Reading) -> None:
        seconds = time.monotonic() - began
        print(
            f"{reading.fetches:6} fetches {seconds:6.0f} s {reading.resident_mb:7.1f} MB {reading.open_files:3} files"
        )

    start, warm, *later = soak(fetches, 1000, is_short=False, see=see)
    growth = max(reading.resident_mb for reading in later) - warm.resident_mb
    left_open = later[-1].open_files - start.open_files
    print(f"memory {growth:+.1f} MB after the first thousand, {left_open} files left open")
    return int(growth > 20 or left_open > 0)


if __name__ == "__main__":
    sys.exit(main())
