from hypothesis import given
from hypothesis import strategies as st

from watcher.core.mask import Mask
from watcher.core.model import Document, Link
from watcher.core.rotation import noise_between

HEAD = "The trust has ended its team."
FOOT = "Write to the patient advice team at the Fernhill site."
CHOIR = "Featured: the school choir sings on the lawn"
PAINTING = "Listen to our podcast about painting corridors"
BICYCLES = "New bicycles for nurses arrive in spring"


def document(*blocks: str, links: tuple[str, ...] = (), frame: tuple[str, ...] = ()) -> Document:
    return Document(
        "https://northmoor.example/a", "A", (HEAD, *blocks, FOOT), tuple(Link(url, url) for url in links), frame
    )


def learnt(*pages: Document) -> list[str]:
    plain = noise_between(*pages).to_plain()
    return [*plain["blocks"], *plain["links"]]


def test_a_line_whose_numbers_alone_differ_is_a_counter() -> None:
    pages = [document(f"Viewed {count} times") for count in (1, 5, 6)]
    assert learnt(*pages) == ["viewed # times"]
    assert learnt(document(), *pages[1:]) == ["viewed # times"]


def test_a_place_that_holds_something_else_at_every_look_rotates() -> None:
    found = learnt(document(CHOIR), document(PAINTING), document(BICYCLES))
    assert found == sorted(text.lower() for text in (CHOIR, PAINTING, BICYCLES))


def test_what_a_stale_cache_brings_back_is_no_noise() -> None:
    assert learnt(document(CHOIR), document(PAINTING), document(CHOIR)) == []
    assert learnt(document(), document(PAINTING), document()) == []


def test_a_sentence_that_its_author_corrects_at_once_is_no_noise() -> None:
    drafts = ("We wrote to every patient.", "We wrote to every patient and carer.")
    assert learnt(document("Nobody needs to do anything."), document(drafts[0]), document(drafts[1])) == []


def test_an_edit_beside_a_rotating_place_is_no_noise() -> None:
    pages = document(CHOIR, "The review goes on."), document(PAINTING, "The review is over."), document(BICYCLES)
    assert learnt(*pages) == []


def test_a_page_on_which_much_differs_is_being_written() -> None:
    many = [[f"{word} {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"] for word in ("garden", "choir", "museum")]
    assert learnt(*(document(*lines) for lines in many)) == []


def test_teaser_links_rotate_and_documents_do_not() -> None:
    teasers = [document(links=(f"https://northmoor.example/{name}",)) for name in ("choir", "garden", "museum")]
    assert learnt(*teasers) == [f"https://northmoor.example/{name}" for name in ("choir", "garden", "museum")]
    papers = [document(links=(f"https://northmoor.example/{name}.pdf",)) for name in ("a", "b", "c")]
    assert learnt(*papers) == []
    assert learnt(document(), document(links=("https://northmoor.example/review",)), document()) == []


@given(st.lists(st.text(min_size=1, max_size=40), max_size=6), st.lists(st.text(min_size=1, max_size=40), max_size=6))
def test_two_looks_that_agree_teach_nothing(was: list[str], now: list[str]) -> None:
    assert noise_between(document(*was), document(*now), document(*now)) == Mask()
