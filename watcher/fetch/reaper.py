"""Runs a program and ends whatever it leaves behind: `python reaper.py PIDFILE PROGRAM ARGUMENT…`

Chromium's helpers (zygotes, the crash handler) leave their parent, and go to process 1 when the
browser ends; in a container that is often a program that never asks for them, so that each page
would leave four zombies. Here they come to this process, which waits for them. Run by
path, in isolation: only the standard library.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2), Linux 3.4
_PATIENCE_S = 3.0


def main(pid_file: str, *command: str) -> int:
    """The program's exit code, once no process of it is left. SIGTERM ends them all."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    Path(pid_file).write_text(str(os.getpid()))
    first = os.posix_spawn(command[0], command, os.environ)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(first, signal.SIGKILL))
    while True:
        pid, status = os.wait()
        if pid == first:
            break
    _end_the_rest()
    return os.waitstatus_to_exitcode(status) & 0xFF


def _end_the_rest() -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) != (0, 0):
                continue
        except ChildProcessError:
            return
        for child in _children():
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


def _children() -> list[int]:
    """Processes whose parent this one is, dead ones too."""
    try:
        return [int(pid) for pid in Path("/proc/self/task", str(os.getpid()), "children").read_text().split()]
    except OSError:  # not Linux, or a kernel without CONFIG_PROC_CHILDREN
        return []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
