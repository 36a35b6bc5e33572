from __future__ import annotations

from watcher.notify.pace import Pace


def test_a_channel_has_its_share_of_a_minute_and_then_the_exact_wait() -> None:
    now = [0.0]
    pace = Pace(3, lambda: now[0])
    for second in (0.0, 10.0, 20.0):
        now[0] = second
        assert pace.wait_s("@channel") == 0
    now[0] = 25.0
    assert pace.wait_s("@channel") == 35
    assert pace.wait_s("-100") == 0
    now[0] = 60.0
    assert pace.wait_s("@channel") == 0
    assert pace.wait_s("@channel") == 10


def test_asking_while_waiting_takes_no_turn() -> None:
    now = [0.0]
    pace = Pace(1, lambda: now[0])
    pace.wait_s("-1")
    assert [pace.wait_s("-1") for _ in range(3)] == [60, 60, 60]


def test_a_person_may_be_written_to_more_often_than_a_channel() -> None:
    pace = Pace(20, lambda: 0.0)
    assert all(pace.wait_s("42") == 0 for _ in range(60))
    assert pace.wait_s("42") == 60


def test_a_pause_holds_one_chat_and_the_longer_of_two_counts() -> None:
    now = [0.0]
    pace = Pace(20, lambda: now[0])
    pace.pause("-1", 30)
    pace.pause("-1", 5)
    assert pace.wait_s("-1") == 30
    assert pace.wait_s("-2") == 0
    now[0] = 30.0
    assert pace.wait_s("-1") == 0
