from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.extract.make_office import make_docx, make_odt, make_zip
from tests.extract.make_pdf import paragraphs_pdf
from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind, Fetched, FetchTask, Recipe, SourceKind
from watcher.extract.registry import EXTRACTORS, extract, extractor_for, media_type_of

NOW = datetime(2026, 6, 12, tzinfo=UTC)
RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><item><link>https://a.example/1</link></item></channel></rss>"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fetched(body: bytes, media_type: str = "", url: str = "https://northmoor.example/x") -> Fetched:
    return Fetched(url, url, 200, (), media_type, None, body, NOW)


def task(kind: SourceKind = SourceKind.PAGE, recipe: Recipe | None = None) -> FetchTask:
    return FetchTask(0, "s", "https://northmoor.example/x", kind, recipe or Recipe())


@pytest.mark.parametrize(
    ("body", "declared", "seen"),
    [
        (b"<!doctype html><p>Hi", "text/html", "text/html"),
        (b"<!doctype html><p>Not found", "application/pdf", "text/html"),
        (b"\n<html><p>Hi", "", "text/html"),
        (b"<p>Hi</p>", "application/octet-stream", "text/html"),
        (b"%PDF-1.7 ...", "text/html", "application/pdf"),
        (b"\n\n%PDF-1.7 ...", "application/octet-stream", "application/pdf"),
        (b"%PDF-1.7", "application/x-pdf", "application/pdf"),
        (make_docx(), "application/octet-stream", DOCX),
        (make_docx(), "application/zip", DOCX),
        (make_docx(), "application/msword", DOCX),
        (make_odt(), "application/zip", "application/vnd.oasis.opendocument.text"),
        (make_zip({"a.pdf": b"x"}), "application/x-zip-compressed", "application/zip"),
        (b"{\\rtf1 x}", "application/msword", "application/rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/octet-stream", "application/msword"),
        (b"We ended it.", "text/plain", "text/plain"),
        (b"We quote <p>HTML</p> here.", "text/plain", "text/plain"),
        (b"We ended it.", "", "text/plain"),
        (b"Access denied", "application/pdf", "text/plain"),
        (RSS, "text/xml", "application/rss+xml"),
        (RSS, "application/xml", "application/rss+xml"),
        (RSS, "text/html", "application/rss+xml"),
        (b'{"a": 1}', "application/json", "application/json"),
    ],
)
def test_the_first_bytes_overrule_a_declared_type_that_is_wrong(body: bytes, declared: str, seen: str) -> None:
    assert media_type_of(fetched(body, declared)) == seen
    assert seen in EXTRACTORS


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "text/html"),
        (b"\xff\xd8\xff\xe0", ""),
        (b"ID3\x03\x00", "audio/mpeg"),
        (b"\x00\x01\x02\x03\x04", "application/octet-stream"),
        (b"RIFF....WAVE", "application/pdf"),
    ],
)
def test_what_holds_no_text_is_unsupported_and_says_so(body: bytes, declared: str) -> None:
    with pytest.raises(ExtractError, match="holds no text") as fault:
        extract(fetched(body, declared), task())
    assert fault.value.kind is FailedKind.UNSUPPORTED


@pytest.mark.parametrize("kind", list(SourceKind))
def test_an_empty_body_is_empty_for_every_kind(kind: SourceKind) -> None:
    for body in (b"", b"  \r\n", b"\xef\xbb\xbf", b"\0" * 100):
        with pytest.raises(ExtractError) as fault:
            extract(fetched(body, "text/html"), task(kind))
        assert fault.value.kind is FailedKind.EMPTY


def test_the_kind_of_source_chooses_the_index_extractor_whatever_the_type() -> None:
    assert extract(fetched(RSS, "text/html"), task(SourceKind.FEED)).follow[0].url == "https://a.example/1"
    listing = b"<main><h2><a href='/news/our-statement-on-the-team'>Our statement on the team</a></h2></main>"
    assert (
        extract(fetched(listing, "text/plain"), task(SourceKind.LISTING)).follow[0].title == "Our statement on the team"
    )
    sitemap = b"<urlset><url><loc>/a</loc></url></urlset>"
    assert (
        extract(fetched(sitemap, "text/html"), task(SourceKind.SITEMAP)).follow[0].url == "https://northmoor.example/a"
    )
    recipe = Recipe(fields=(("each", "@"), ("url", "u")))
    assert (
        extract(fetched(b'[{"u": "/a"}]'), task(SourceKind.JSON, recipe)).follow[0].url == "https://northmoor.example/a"
    )


def test_a_listing_that_answers_with_a_pdf_is_read_as_one() -> None:
    extraction = extract(fetched(paragraphs_pdf(["We ended it."]), "application/pdf"), task(SourceKind.LISTING))
    assert extraction.documents[0].text == "We ended it."


def test_a_recipe_may_name_its_extractor() -> None:
    extraction = extract(fetched(b"<b>raw</b>", "text/html"), task(recipe=Recipe(extractor="text/plain")))
    assert extraction.documents[0].text == "<b>raw</b>"
    with pytest.raises(ExtractError, match="no extractor is called 'pdf'"):
        extractor_for(fetched(b"x"), task(recipe=Recipe(extractor="pdf")))


def test_an_error_names_the_address() -> None:
    with pytest.raises(ExtractError, match=r"^https://northmoor\.example/x: this PDF is damaged"):
        extract(fetched(b"%PDF-1.4", "application/pdf"), task())


def test_the_table_costs_no_import_of_a_parser() -> None:
    parsers = ("feedparser", "docx", "bs4", "selectolax", "odf")
    code = f"import sys, watcher.extract.registry; print([m for m in {parsers} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
