from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Recipe
from watcher.extract.json_api import extract_json

URL = "https://questions.example/api/questions?take=20"
QUESTIONS = {
    "results": [
        {
            "value": {
                "uin": "10231",
                "dateTabled": "2021-06-08T00:00:00",
                "heading": "Mental Health: Police",
                "questionText": "To ask how many.",
                "answerText": "<p>We do not hold <b>that</b>.</p>",
            }
        },
        {"value": {"uin": "", "dateTabled": "2021-06-09T00:00:00", "heading": "No number"}},
    ],
    "links": [{"rel": "next", "href": "/api/questions?skip=20"}],
}
FIELDS = {
    "each": "results[].value",
    "url": "https://questions.example/detail/{dateTabled}/{uin}",
    "title": "heading",
    "text": "[questionText, answerText]",
    "published_on": "dateTabled",
    "next": "links[?rel=='next'].href | [0]",
}


def read(answer: Any, fields: dict[str, str]) -> Extraction:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return extract_json(body, URL, Recipe(fields=tuple(fields.items())), None)


def test_expressions_and_templates_map_an_answer_to_documents() -> None:
    extraction = read(QUESTIONS, FIELDS)
    (found,), (document,) = extraction.follow, extraction.documents
    assert found.url == document.url == "https://questions.example/detail/2021-06-08T00:00:00/10231"
    assert document.title == "Mental Health: Police"
    assert document.blocks == ("To ask how many.", "We do not hold that.")
    assert document.published_on == date(2021, 6, 8)
    assert extraction.next_pages == ("https://questions.example/api/questions?skip=20",)


def test_without_a_text_the_addresses_are_followed_alone() -> None:
    answer = {
        "results": [{"link": "/government/news/a", "title": "A &amp; B", "public_timestamp": "2021-06-08T09:00:00Z"}]
    }
    extraction = read(answer, {"each": "results", "url": "link", "title": "title", "published_on": "public_timestamp"})
    assert extraction.documents == ()
    assert [(one.url, one.title) for one in extraction.follow] == [
        ("https://questions.example/government/news/a", "A & B")
    ]


def test_a_list_needs_no_each() -> None:
    assert len(read([{"url": "/a"}, {"url": "/b"}, {"url": "/a"}], {"url": "url"}).follow) == 2


def test_an_each_that_finds_no_list_is_named_with_the_lists_there_are() -> None:
    with pytest.raises(ExtractError, match=r"results\[0\].*its lists are: results, links"):
        read(QUESTIONS, {"each": "results[0]", "url": "uin"})


def test_an_expression_that_is_none_is_named() -> None:
    with pytest.raises(ExtractError, match="cannot be applied"):
        read(QUESTIONS, {"each": "results[", "url": "uin"})


def test_a_url_that_finds_nothing_is_warned_of() -> None:
    assert "fields.url" in read(QUESTIONS, {"each": "results", "url": "nothing"}).warnings[0]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FailedKind.EMPTY),
        (b"<html>", FailedKind.MALFORMED),
        (b"{", FailedKind.MALFORMED),
        (b"[" * 900_000, FailedKind.TOO_LARGE),
        (b"1" * 5_000, FailedKind.MALFORMED),
    ],
)
def test_what_is_no_json_is_refused(body: bytes, kind: FailedKind) -> None:
    with pytest.raises(ExtractError) as fault:
        read(body, FIELDS)
    assert fault.value.kind is kind


NAMES = st.sampled_from(["url", "title", "text", "results", "value"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


@given(VALUES)
@settings(deadline=None, max_examples=60)
def test_any_json_raises_nothing_but_our_error(answer: Any) -> None:
    with suppress(ExtractError):
        read(
            answer,
            {
                "each": "results",
                "url": "url",
                "title": "title",
                "text": "text",
                "published_on": "value",
                "modified_at": "value",
            },
        )
    with suppress(ExtractError):
        read(answer, {})


def test_the_shipped_json_sources_find_addresses_in_answers_of_their_shape() -> None:
    # The keys of the UK Parliament's written questions API, as its public specification names them; made-up content.
    answer = {
        "results": [
            {
                "value": {
                    "uin": "10231",
                    "dateTabled": "2026-06-05T00:00:00",
                    "heading": "Mental Health: Police",
                    "questionText": "To ask how many officers work in clinics.",
                    "answerText": "<p>None do.</p>",
                }
            }
        ]
    }
    path = Path(__file__).parents[2] / "sources.toml"
    shipped = [one for one in tomllib.loads(path.read_text())["source"] if one["kind"] == "json" and "fields" in one]
    assert shipped
    for source in shipped:
        recipe = Recipe(fields=tuple(source["fields"].items()))
        extraction = extract_json(json.dumps(answer).encode(), source["url"], recipe, None)
        assert [found.url.rpartition("/detail/")[2] for found in extraction.follow] == ["2026-06-05/10231"]
        assert extraction.documents[0].blocks == ("To ask how many officers work in clinics.", "None do.")
