# ruff: noqa: E501 — pages are easier to read whole
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from watcher.extract.page import Block, Zone, read_blocks


def blocks(html: str) -> list[Block]:
    page = LexborHTMLParser(html)
    return read_blocks(page.body, "https://northmoor.example/news/") if page.body is not None else []


def test_blocks_are_cut_at_block_elements_and_double_breaks_only() -> None:
    found = blocks("<p>One <b>bold</b> word.<br>Same.</p><div>Two<br><br>Three</div>")
    assert [b.text for b in found] == ["One bold word. Same.", "Two", "Three"]


def test_each_block_knows_its_part_of_the_page() -> None:
    found = {
        b.text: b.zone
        for b in blocks(
            "<nav>Menu</nav><main><p>Text</p><aside>Side</aside></main><footer>Foot</footer><div class='cookie-bar'>Crumbs</div>"
        )
    }
    assert found == {
        "Menu": Zone.NAV,
        "Text": Zone.CONTENT,
        "Side": Zone.ASIDE,
        "Foot": Zone.FOOTER,
        "Crumbs": Zone.OVERLAY,
    }


def test_a_class_name_is_not_believed_of_the_part_that_holds_the_prose() -> None:
    prose = "<p>" + "The trust has ended the scheme and will publish the review. " * 5 + "</p>"
    (block,) = blocks(f"<div class='cookie-policy'>{prose}</div>")
    assert block.zone is Zone.CONTENT


def test_links_are_absolute_and_their_share_is_known() -> None:
    (block,) = blocks("<p>See <a href='../a.pdf'>this</a></p>")
    assert block.anchors[0].href == "https://northmoor.example/a.pdf"
    assert block.link_share == 0.5
    (card,) = (b for b in blocks("<a href='/x'><div>All of it</div></a>") if b.text)
    assert card.link_share == 1.0


def test_a_page_may_nest_deeper_than_python_recurses() -> None:
    assert "deep" in [b.text for b in blocks("<div>" * 3000 + "deep")] or blocks("<div>" * 3000 + "deep") == []


@given(st.text(alphabet="<>/abdivp \"'=!-&;", max_size=120))
def test_any_markup_is_read_without_an_error(html: str) -> None:
    assert all(block.text == block.text.strip() for block in blocks(html))
