"""Writing to sources.toml keeps every other byte, and never leaves a bad file behind."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from watcher.config.edit import replace_file, table, with_source
from watcher.core.errors import ConfigError

FILE = '''\
# What is watched.
[settings]
contact = "mailto:watch@northmoor.example"  # goes into the User-Agent

[[topic]]
id = "sim"
name = "Serenity Integrated Mentoring"
terms = ["Serenity Integrated Mentoring"]

# --- trusts ---
[[organisation]]
id = "northmoor"
name = "Northmoor Care Trust"
kind = "trust"

[[source]] # the first
id = "northmoor-news"
organisation = "northmoor"
kind = "listing"
url = "https://northmoor.example/news"
note = """
[[source]] is only text here

# and so is this
"""

# Westvale moved in 2023.
[[organisation]]
id = "westvale"
name = "Westvale Network"
kind = "ahsn"

[[organisation]]
id = "hillside"
name = "Hillside"
kind = "charity"
'''
NEW = {"id": "new", "organisation": "northmoor", "kind": "feed", "url": "https://northmoor.example/feed"}


def ids(text: str) -> list[str]:
    return [source["id"] for source in tomllib.loads(text)["source"]]


def without(text: str, part: str) -> str:
    assert text.count(part) == 1
    return text.replace(part, "")


def test_a_source_stands_after_the_last_one_of_its_organisation() -> None:
    text = with_source(FILE, NEW)
    assert ids(text) == ["northmoor-news", "new"]
    assert text.index('id = "new"') < text.index("# Westvale moved in 2023.")
    assert without(text, f"{table('source', NEW)}\n") == FILE


def test_a_first_source_stands_after_its_organisation() -> None:
    text = with_source(FILE, {**NEW, "organisation": "westvale"})
    assert text.index('name = "Westvale Network"') < text.index('id = "new"') < text.index('id = "hillside"')


def test_a_source_of_the_last_organisation_ends_the_file() -> None:
    text = with_source(FILE, {**NEW, "organisation": "hillside"})
    assert text == f"{FILE}\n{table('source', {**NEW, 'organisation': 'hillside'})}"


def test_a_new_organisation_comes_before_its_source() -> None:
    organisation = {"id": "moor", "name": 'The "Moor" [trust]', "kind": "trust", "domains": ["moor.example"]}
    text = with_source(FILE, {**NEW, "organisation": "moor"}, organisation)
    assert text.startswith(FILE)
    assert tomllib.loads(text)["organisation"][-1] == organisation
    assert text.index('id = "moor"') < text.index('organisation = "moor"')


def test_what_a_page_says_cannot_break_the_file() -> None:
    note = 'a "quote"\n[[source]]\nid = "evil"\\'
    assert tomllib.loads(with_source(FILE, {**NEW, "note": note}))["source"][-1]["note"] == note


def test_the_shipped_file_keeps_every_byte() -> None:
    shipped = (Path(__file__).parents[2] / "sources.toml").read_text(encoding="utf-8")
    for organisation in tomllib.loads(shipped)["organisation"][::17]:
        source = {**NEW, "organisation": organisation["id"]}
        assert without(with_source(shipped, source), table("source", source)).split() == shipped.split()


def test_a_bad_table_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sources\.toml:\d+: source \"new\": unknown key"):
        replace_file(path, with_source(FILE, {**NEW, "evry": "2h"}))
    assert path.read_text(encoding="utf-8") == FILE
    assert [one.name for one in tmp_path.iterdir()] == ["sources.toml"]


def test_a_good_file_keeps_its_permissions_and_its_link(tmp_path: Path) -> None:
    path, link = tmp_path / "real.toml", tmp_path / "sources.toml"
    path.write_text(FILE, encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    configuration = replace_file(link, with_source(FILE, NEW))
    assert configuration.source("new").every_s == 6 * 3600
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        replace_file(tmp_path / "nowhere" / "sources.toml", FILE)
