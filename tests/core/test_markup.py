from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.payloads import PAYLOADS
from tests.servers.tdlib import clickable
from watcher.core.markup import BREAK, defuse, one_line, plain_from_html, printable, units


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_defused_text_reads_the_same_and_has_nothing_clickable(payload: str) -> None:
    text = one_line(f"so {payload} and ({payload}) {payload}")
    assert defuse(text).replace(BREAK, "") == text.replace(BREAK, "")
    assert clickable(defuse(text)) == []


@given(
    st.text(alphabet=st.sampled_from('ab.@#$/:-_ 14\n\u200c\u200d\u00adéя例。．＠＃!?()[]…’"~%&=+,;*|\\'), max_size=60)
)
def test_any_mix_of_what_makes_links_is_defused(text: str) -> None:
    assert clickable(defuse(one_line(text))) == []


@given(st.text())
def test_defusing_twice_is_defusing_once(text: str) -> None:
    assert defuse(defuse(text)) == defuse(text)


@given(st.text())
def test_printable_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    clean = printable(text)
    assert not [c for c in clean if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) <= 0x9F]
    assert printable(clean) == clean
    clean.encode()


@given(st.text())
def test_units_are_counted_as_utf_16(text: str) -> None:
    clean = printable(text)
    assert units(clean) == len(clean.encode("utf-16-le")) // 2


def test_ordinary_words_stay_untouched() -> None:
    text = "On 8 June 2021 (14:05) the trust's team and/or 3 staff ended. It said: “We agree.” Call 116 123."
    assert defuse(text) == text


def test_the_plain_text_of_a_message_keeps_marks_and_addresses() -> None:
    markup = '<b>A</b>\n<s>x</s> <u>y &amp; z</u> <a href="https://n.example/?a=1&amp;b=2">Page</a>'
    assert plain_from_html(markup) == "A\n[-x-] {+y & z+} Page (https://n.example/?a=1&b=2)"
