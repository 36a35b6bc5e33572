"""The run of `crash_delivery`, shortened."""

from pathlib import Path

from tests.pipeline.crash_delivery import run


def test_deliveries_that_are_killed_again_and_again_lose_nothing_and_repeat_nothing_in_silence(tmp_path: Path) -> None:
    lives = run(tmp_path, alerts=8, seed=3, window_s=0.04)
    assert lives.faults() == [], (tmp_path / "lives.log").read_text()[-2000:]
    assert lives.kills >= 3
