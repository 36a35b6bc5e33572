"""What chat services get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.alerts import an_alert
from tests.render.payloads import PAYLOADS
from watcher.core.markup import BREAK
from watcher.core.model import BlockOp, Diff, DiffBlock, Echo
from watcher.render import RENDERERS, SUMMARIES, UPDATES
from watcher.render.chat import disarm


def test_the_message_has_the_news_first_and_its_address_last() -> None:
    text = RENDERERS["apprise"](an_alert())
    assert text.startswith("Northmoor Care Trust changed its statement\nAn update for patients and carers\n")
    assert "[-paused-] {+ended+}" in text
    assert "Page: https://northmoor.example/news/update?id=1&lang=en" in text
    assert text.endswith("Alert c-1042")


@pytest.mark.parametrize(
    "live",
    [
        "<!channel>",
        "<@U024BE7LH>",
        "@everyone",
        "[here](http://evil.example)",
        "https://evil.example",
        "<@&123>",
        "```",
    ],
)
def test_nothing_a_page_says_pings_or_links(live: str) -> None:
    diff = Diff((DiffBlock(BlockOp.ADDED, after=f"We have ended the team {live} after a review."),))
    alert = an_alert(title=f"News {live}", diff=diff, organisation=f"Trust {live}")
    for text in (RENDERERS["apprise"](alert), UPDATES["apprise"](alert), SUMMARIES["apprise"]([alert], "")):
        assert live not in text
        assert live in text.replace(BREAK, "")


@given(text=st.text(max_size=80) | st.sampled_from(PAYLOADS))
def test_what_is_disarmed_reads_the_same_and_stays_so(text: str) -> None:
    assert disarm(text).replace(BREAK, "") == text.replace(BREAK, "")
    assert disarm(disarm(text)) == disarm(text)


def test_a_long_edit_stays_short_and_counts_what_it_leaves_out() -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    text = RENDERERS["apprise"](an_alert(diff=Diff((DiffBlock(BlockOp.ADDED, after=words),))))
    assert len(text) < 2_500
    assert "Not shown here: " in text


def test_an_update_says_which_alert_it_is_about_and_what_became_of_it() -> None:
    echo = Echo("Westvale network", an_alert().seen_at)
    alert = an_alert(echoes=(echo,), later=("12 June 2026: judged not relevant by the maintainers",))
    assert UPDATES["apprise"](alert).splitlines() == [
        "Update to alert c-1042",
        "Northmoor Care Trust changed its statement: An update for patients and carers",
        "Also published by Westvale network",
        "12 June 2026: judged not relevant by the maintainers",
        "Page: https://northmoor.example/news/update?id=1&lang=en",
    ]
