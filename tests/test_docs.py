"""What the documents show is tried: configurations load, commands and variables exist, links lead somewhere."""

import re
import tomllib
from pathlib import Path

import pytest
import typer.main

from watcher.cli import app
from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.config.schema import SettingsModel

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "storage" / "README.md"]
HEAD = """
[[topic]]
id = "steady-steps"
name = "Steady Steps"
terms = ["Steady Steps Mentoring"]

[[organisation]]
id = "northmoor"
name = "Northmoor Care Trust"
kind = "trust"
domains = ["northmoor.example"]
"""


def blocks(language: str) -> list[tuple[str, str]]:
    """(document, text) of each fenced block of a language."""
    fence = re.compile(rf"^( *)```{language}\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
    return [(path.name, found[1]) for path in DOCUMENTS for found in fence.findall(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("document", "text"), blocks("toml"))
def test_toml_in_the_documents_is_a_good_configuration(document: str, text: str, tmp_path: Path) -> None:
    tables = tomllib.loads(text)
    parts = HEAD.split("\n\n")
    head = "\n\n".join(part for part in parts if re.findall(r"\[\[(\w+)\]\]", part)[0] not in tables)
    path = tmp_path / "sources.toml"
    path.write_text(f"{text}\n{head}")
    load(path)


def test_commands_that_the_documents_name_exist() -> None:
    group = typer.main.get_command(app)
    known = set(group.commands)  # type: ignore[attr-defined]
    for path in DOCUMENTS:
        named = set(
            re.findall(r"(?:^ *|[`$] ?|bin/)watcher(?! is) ([a-z]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert named <= known, f"{path.name} names {sorted(named - known)}"


def test_each_variable_is_documented_and_each_documented_one_is_read() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"`WATCHER_([A-Z_]+)`", text))
    read = {name.upper() for name in Environment.model_fields}
    assert documented <= read
    assert {name.upper() for name in SettingsModel.model_fields} == {
        key.upper() for key in tomllib.loads(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])["settings"]
    }


def test_links_between_the_documents_lead_somewhere() -> None:
    for path in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
