"""No page of 1 MB takes more than 5 s, whatever is in it (in processor time; the machine may be busy)."""

import time

import pytest

from watcher.core.model import Recipe
from watcher.extract.html import extract_html

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "unit",
    ["<div>", "<p>x</p>", '<a href="/x">y</a>', "<ul><li>", "<span>x</span>", "x<br>", "word ", "<table><tr><td>"],
)
def test_a_megabyte_of_one_thing_takes_less_than_five_seconds(unit: str) -> None:
    body = f"<html><body>{unit * (MEGABYTE // len(unit))}".encode()
    began = time.process_time()
    extract_html(body, "https://northmoor.example/a", Recipe())
    assert time.process_time() - began < 5


def test_a_tag_with_ninety_thousand_attributes_takes_less_than_five_seconds() -> None:
    attributes = " ".join(f"a{number}=1" for number in range(90_000))
    began = time.process_time()
    extract_html(f"<html><body><p {attributes}>x</p>".encode(), "https://northmoor.example/a", Recipe())
    assert time.process_time() - began < 5
