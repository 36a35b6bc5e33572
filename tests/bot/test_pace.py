from watcher.bot.pace import AT_ONCE, REFILL_S, Pace, Turn


def test_a_flood_is_told_once_and_then_dropped_while_others_go_on() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    turns = [pace.turn(1) for _ in range(AT_ONCE + 50)]
    assert turns == [Turn.TAKEN] * AT_ONCE + [Turn.TOLD] + [Turn.DROPPED] * 49
    assert pace.turn(2) is Turn.TAKEN


def test_who_waits_may_go_on() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    for _ in range(AT_ONCE + 2):
        pace.turn(1)
    now[0] += REFILL_S
    assert [pace.turn(1), pace.turn(1)] == [Turn.TAKEN, Turn.TOLD]
    now[0] += AT_ONCE * REFILL_S
    assert [pace.turn(1) for _ in range(AT_ONCE)] == [Turn.TAKEN] * AT_ONCE


def test_those_who_ask_nothing_are_forgotten() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    for sender in range(10_000):
        pace.turn(sender)
    now[0] += AT_ONCE * REFILL_S
    pace.turn(10_001)
    assert len(pace._buckets) == 1
