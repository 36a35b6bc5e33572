from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from watcher.core.mask import Mask, learn, learn_flips
from watcher.core.model import Document, Link

URL = "https://northmoor.example/news"


def document(*blocks: str, links: tuple[str, ...] = ()) -> Document:
    return Document(URL, "News", blocks, tuple(Link(url, "more") for url in links))


def test_what_differs_between_two_fetches_is_learnt_in_words_a_maintainer_reads() -> None:
    mask = learn(document("The text.", "12 people are here"), document("The text.", "15 people are here"))
    assert mask.to_plain() == {"blocks": ["# people are here"], "links": []}
    assert mask.hides("99 people are here")
    assert not mask.hides("The text.")


def test_a_line_can_be_undone() -> None:
    mask = learn(document("Tip: walk more"), document("Tip: rest well"))
    assert mask.without("tip: walk more").to_plain()["blocks"] == ["tip: rest well"]


def test_links_are_learnt_without_their_query() -> None:
    mask = learn(document("A", links=("https://a.example/x?s=1",)), document("A", links=("https://a.example/y?s=2",)))
    assert mask.hides_link("https://a.example/x?s=7")
    assert not mask.hides_link("https://a.example/z")


def test_a_long_block_is_never_learnt_because_it_may_be_the_statement() -> None:
    assert learn(document("The text. " * 60), document("Another text. " * 60)) == Mask()


def test_a_page_that_changed_all_over_teaches_nothing() -> None:
    assert (
        learn(
            document(*(f"line {chr(97 + n)}x" for n in range(26))),
            document(*(f"row {chr(97 + n)}y" for n in range(26))),
        )
        == Mask()
    )


def test_a_block_that_flips_again_and_again_is_noise_and_one_that_returns_once_is_not() -> None:
    a, b = document("The text.", "Open today"), document("The text.", "Closed today")
    assert learn_flips([a, b, a]) == Mask()
    assert learn_flips([a, b, a, b]).hides("Open today")
    assert not learn_flips([a, b, a, b]).hides("The text.")


masks = st.builds(Mask, st.frozensets(st.text(max_size=8), max_size=4), st.frozensets(st.text(max_size=8), max_size=4))


@given(masks)
def test_a_mask_survives_json(mask: Mask) -> None:
    assert Mask.from_plain(json.loads(json.dumps(mask.to_plain()))) == mask


@given(masks, masks)
def test_merging_hides_what_either_hides_in_any_order(one: Mask, two: Mask) -> None:
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).merge(one) == one.merge(two)
