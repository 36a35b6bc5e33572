"""`python -m tests.faults` prints the rows of docs/faults.md, for its tables; `--serve` serves the first table's."""

from __future__ import annotations

import sys
import threading

from tests.faults.content import CONTENT
from tests.faults.server import FaultServer
from tests.faults.table import FAULTS
from tests.fetch.test_faults import ROWS


def main() -> None:
    if "--serve" in sys.argv:
        with FaultServer({fault.path: fault.answer for fault in FAULTS}) as server:
            sys.stdout.write("".join(f"{server.url}{fault.path}\n" for fault in FAULTS))
            threading.Event().wait()
    rows = [(fault.name, fault.says) for fault in FAULTS] + list(ROWS.items())
    sys.stdout.write("".join(f"| {name} | {says} |\n" for name, says in rows))
    sys.stdout.write("".join(f"| {fault.kind} | {fault.name} | {fault.says} |\n" for fault in CONTENT))


if __name__ == "__main__":
    main()
