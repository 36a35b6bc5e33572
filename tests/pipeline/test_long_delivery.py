"""The long run of `long_delivery`, shortened."""

from pathlib import Path

from tests.pipeline.long_delivery import run


def test_on_a_bad_day_every_alert_reaches_every_chat_in_order_and_only_doubtful_ones_are_repeated(
    tmp_path: Path,
) -> None:
    day = run(tmp_path, alerts=80, chats=3, seed=11)
    assert day.faults() == []
    assert day.states == {"sent": 240}
    assert day.waits > 10
    assert day.doubted
