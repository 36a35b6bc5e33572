"""A process with everything imported, that becomes `watcher deliver` at a word: a fork starts in milliseconds.

Each line on standard input starts one child and answers with its number; when the line "wait" comes, the
child is waited for and its status is the answer.
"""

# ruff: noqa: T201 - it answers on standard output
from __future__ import annotations

import os
import sys


def main() -> None:
    """Load what a delivery needs; then a child for each line."""
    import apprise

    import watcher.notify.telegram_call
    from watcher.cli import main as watcher_main
    from watcher.config.environment import environment
    from watcher.fetch.post import post
    from watcher.pipeline.senders import open_notifiers
    from watcher.store import settling

    loaded = (post, watcher.notify.telegram_call)
    assert all(loaded)
    apprise.Apprise.instantiate("json://127.0.0.1")  # finds its plugins now
    open_notifiers(environment())
    settling.RESEND_AFTER_S = (0.0,) * 8  # whoever is killed every 50 ms has no minutes to wait
    print("ready", flush=True)
    child = 0
    for line in sys.stdin:
        if line.strip() == "wait":
            print(os.waitpid(child, 0)[1], flush=True)
            continue
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            sys.argv[:] = ["watcher", "deliver"]
            watcher_main()
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
