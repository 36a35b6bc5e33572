"""SIGKILL at random moments while digests leave: every reader gets one, and a repeat is the same message."""

import random
from pathlib import Path

from tests.pipeline.mail_crash import CONNECTIONS, run

READERS = 120


def test_every_reader_gets_one_digest_however_often_the_process_dies(tmp_path: Path) -> None:
    seed = random.randrange(10_000)
    found = run(tmp_path, READERS, seed, most_between_kills=40)
    assert found.kills >= 1, f"seed {seed}"
    assert len(found.copies) == READERS, f"seed {seed}: someone got nothing"
    assert found.states == {"sent": READERS}, f"seed {seed}"
    assert all(len(ids) == 1 for ids in found.ids.values()), f"seed {seed}: a repeat was another message"
    repeated = sum(found.copies.values()) - READERS
    assert repeated <= found.kills * CONNECTIONS, f"seed {seed}: more was repeated than was in hand"
