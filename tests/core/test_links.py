from __future__ import annotations

import pytest

from watcher.core.compare import compare
from watcher.core.mask import Mask
from watcher.core.model import ChangeKind, Comparison, Document, Link

SITE = "https://northmoor.example"
TEXT = ("Read the independent review of the scheme, and our plan for the year.",)


def document(*links: tuple[str, str]) -> Document:
    return Document(f"{SITE}/news", "The scheme", TEXT, tuple(Link(url, text) for url, text in links))


def judged(before: Document, after: Document) -> Comparison:
    return compare(before, after, Mask())


REVIEW = (f"{SITE}/media/review-2021.pdf", "independent review")


def test_a_document_that_is_attached_replaced_or_detached_is_a_change_of_kind_links() -> None:
    replaced = document((f"{SITE}/media/review-2022.pdf", "independent review"))
    assert judged(document(REVIEW), replaced).reasons == ("a document was replaced: review-2021.pdf → review-2022.pdf",)
    assert judged(document(REVIEW), document()).reasons[0].startswith("a document was taken away")
    assert judged(document(), document(REVIEW)).kind is ChangeKind.LINKS


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/media/review-2021.pdf?sid=99",
        f"{SITE}/media/review-2021.pdf#page=2",
        "http://www.northmoor.example/media/review-2021.pdf",
        "https://cdn.example/files/review-2021.pdf",
    ],
)
def test_a_session_a_campaign_or_another_server_in_the_address_is_no_change(url: str) -> None:
    assert judged(document(REVIEW), document((url, "independent review"))).kind in (
        ChangeKind.SAME,
        ChangeKind.COSMETIC,
    )


def test_a_page_that_moved_within_its_site_is_cosmetic_and_another_page_is_a_change() -> None:
    before = document((f"{SITE}/help/reviewing-the-scheme", "independent review"))
    moved = document((f"{SITE}/guides/how-to/review-the-scheme", "independent review"))
    assert judged(before, moved).kind is ChangeKind.COSMETIC
    assert judged(before, document((f"{SITE}/help/complaints", "independent review"))).kind is ChangeKind.LINKS
    later = document((f"{SITE}/help/reviewing-the-scheme-2022", "independent review"))
    assert judged(before, later).kind is ChangeKind.LINKS


def test_a_link_that_goes_from_words_that_stay_is_a_change() -> None:
    before = document((f"{SITE}/findings", "independent review"))
    assert judged(before, document()).reasons == (f"a link was taken away: “independent review” ({SITE}/findings)",)


def test_a_link_whose_words_are_in_neither_text_is_the_pages_own() -> None:
    assert judged(document(), document((f"{SITE}/garden", "New garden opens"))).kind is ChangeKind.SAME


def test_a_masked_link_is_not_compared() -> None:
    mask = Mask(links=frozenset({REVIEW[0]}))
    assert compare(document(REVIEW), document(), mask).kind is ChangeKind.SAME
