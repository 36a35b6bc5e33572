"""The digest that docs/digest.md shows is the one that is written."""

import re
from dataclasses import fields
from pathlib import Path

from tests.support.digest_week import letter_of_the_week, shown
from watcher.render import digest_view

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "digest.md").read_text(encoding="utf-8")


def test_the_document_shows_the_digest_as_it_is_written(tmp_path: Path) -> None:
    found = re.search(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    made = shown(letter_of_the_week(tmp_path))
    assert found[1] == made, "renew it: python -m tests.support.digest_week FOLDER"


def test_the_document_lists_every_name_that_a_template_may_use() -> None:
    table = DOCUMENT.partition("## Changing the templates")[2]
    views = [value for name, value in vars(digest_view).items() if name.endswith("View")]
    assert len(views) == 6
    for view in views:
        for one in fields(view):
            assert f"`{one.name}`" in table, f"{view.__name__}.{one.name}"
