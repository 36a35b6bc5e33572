"""Folding by its definition, character by character, whatever short cuts `fold` takes."""

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from watcher.core import text as subject
from watcher.core.text import fold, normalise

TEXTS = st.one_of(st.text(max_size=60), st.text(st.characters(max_codepoint=127), max_size=60))


def folded(text: str) -> str:
    visible = unicodedata.normalize("NFKC", text.translate(subject._INVISIBLE))
    return re.sub(r"\s+", " ", visible.translate(subject._TYPOGRAPHY)).strip()


@given(TEXTS)
@example(" a `b`\x1c\x1d\x0b c\x85d\u2028e\u00a0 ")
def test_folding_is_what_its_definition_says(text: str) -> None:
    assert fold(text) == folded(text)


@given(TEXTS)
@example("The `Trust's`\tTEAM")
def test_the_normal_form_is_folding_and_case_folding_until_nothing_changes(text: str) -> None:
    assert normalise(text) == folded(folded(folded(text).casefold()).casefold())
    assert normalise(normalise(text)) == normalise(text)
