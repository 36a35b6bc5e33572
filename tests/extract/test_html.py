# ruff: noqa: E501 — pages are easier to read whole
from __future__ import annotations

from tests.quality.judge.pages import Surroundings, page, statements
from watcher.core.model import Document, Link, Recipe
from watcher.extract.html import extract_html, extractor_name

URL = "https://northmoor.example/news/statement"


def read(body: bytes, recipe: Recipe | None = None) -> Document:
    (document,) = extract_html(body, URL, recipe or Recipe()).documents
    return document


def test_a_page_gives_one_document_with_its_three_streams() -> None:
    extraction = extract_html(page("trust", statements()[0]), URL, Recipe())
    (document,) = extraction.documents
    assert document.title == "Statement on the Steady Steps scheme"
    assert "31 have accepted so far" in document.text
    assert (
        Link("https://northmoor.example/media/1204/terms-of-reference.pdf", "Terms of reference (PDF, 210KB)")
        in document.links
    )
    assert "8 June 2021" in (*document.frame, *document.blocks)
    assert document.published_on is not None
    assert document.language == "en"
    assert extraction.follow == ()
    assert extraction.extractor == extractor_name()
    assert "trafilatura-" in extractor_name()


def test_menus_cookies_related_news_and_footers_stay_out_of_the_main_text() -> None:
    for style in ("trust", "blog", "divs", "council", "tables"):
        text = read(page(style, statements()[0])).text
        assert "We use cookies" not in text, style
        assert "New garden opens" not in text, style
        assert "All rights reserved" not in text, style


def test_a_banner_above_the_headline_and_a_correction_in_an_aside_join_the_frame() -> None:
    around = Surroundings(
        above="<div><p>This statement was withdrawn on 4 May 2024.</p></div>",
        beside="<p>Correction: an earlier version gave the wrong year.</p>",
        hidden="<div hidden><p>This guidance has been superseded.</p></div>",
    )
    document = read(page("divs", statements()[0], around))
    seen = (*document.frame, *document.blocks)
    assert "This statement was withdrawn on 4 May 2024." in seen
    assert "Correction: an earlier version gave the wrong year." in seen
    assert "This guidance has been superseded." in seen


def test_frame_terms_make_a_short_block_count() -> None:
    around = Surroundings(beside="<p>See also the Harrow pledge, which we have signed.</p>")
    body = page("trust", statements()[0], around)
    assert "See also the Harrow pledge, which we have signed." not in read(body).frame
    assert (
        "See also the Harrow pledge, which we have signed." in read(body, Recipe(frame_terms=("Harrow Pledge",))).frame
    )


def test_a_recipe_says_what_the_statement_is_and_what_never_is() -> None:
    body = b"<body><h1>News</h1><div class=a><p>First.</p><p class=share>Share this.</p></div><div class=b><p>Second.</p></div></body>"
    assert read(body, Recipe(select=".a", remove=(".share",))).blocks == ("First.",)


def test_a_recipe_that_matches_nothing_is_a_warning_and_no_empty_text() -> None:
    extraction = extract_html(page("trust", statements()[0]), URL, Recipe(select=".gone"))
    assert extraction.warnings
    assert extraction.documents[0].blocks


def test_lists_in_lists_are_kept() -> None:
    body = b"""<body><main><h1>Rules</h1><p>These are the rules of the service, which every team follows every day of the year.</p>
    <ul><li>Do not share records, which includes: <ul><li>letters about a person's care</li><li>plans that name a person</li></ul></li>
    <li>Write down every decision in the record of the person concerned</li></ul>
    <p>The board looks at the rules each spring, and publishes what it has changed and why.</p></main></body>"""
    text = read(body).text
    assert "letters about a person's care" in text
    assert "plans that name a person" in text


def test_lines_of_the_source_are_not_lines_of_the_text() -> None:
    body = b"<body><article><h1>A</h1><p>The team of the\ntrust has ended, and its\nstaff have moved to other work in the county.</p></article></body>"
    assert "The team of the trust has ended, and its staff have moved to other work in the county." in read(body).blocks


def test_nothing_at_all_is_an_empty_document() -> None:
    assert read(b"").blocks == ()
    assert read(b"\x00\xff\xfe").title == ""


def test_a_date_inside_a_line_neither_cuts_nor_doubles_the_line() -> None:
    said = "The trust has paused its part in the scheme and will write to everybody on the list. " * 2
    body = f"""<main><h1>An update</h1><p>Published <time datetime="2026-06-08">8 June 2026</time></p>
    <p>On <time>8 June 2026</time> the board met.</p><p>{said}</p><p>{said} The board meets again.</p></main>"""
    blocks = read(body.encode()).blocks
    assert [block for block in blocks if len(block) < 60] == ["Published 8 June 2026", "On 8 June 2026 the board met."]


def test_a_text_without_spaces_is_long_enough_to_be_trusted() -> None:
    said = "董事会已经暂停该计划，并将写信给名单上的每一个人。" * 4
    body = f"<body><div>分享到</div><article><h1>通知</h1><p>{said}</p><p>{said}下次会议。</p></article><div>责任编辑</div></body>"
    assert "责任编辑" not in read(body.encode()).text
