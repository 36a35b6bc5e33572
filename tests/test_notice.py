"""NOTICE names every package that the project asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def listed() -> dict[str, str]:
    lines = (ROOT / "NOTICE").read_text(encoding="utf-8").rstrip("\n").rpartition("\n\n")[2].splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_every_direct_dependency_is_listed_with_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonical(line) for line in project["dependencies"]}
    assert wanted - set(listed()) == set()
    assert [name for name, licence in listed().items() if not licence.strip() or licence == "see the package"] == []


def test_the_licence_is_the_one_that_the_project_names() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
