"""Write NOTICE: what the project builds on at run time, and under which licences.

    .venv/bin/python tools/notice.py

Reads the metadata of the installed distributions, beginning with the dependencies in pyproject.toml.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

HEAD = """\
Statement watcher
Copyright (c) 2026 The statement watcher's maintainers. MIT licence, see LICENSE.

It uses the packages below at run time. They are installed beside it, unchanged, and none of their code is
part of this repository. Each is listed with the licence that its own metadata names; the texts come with
the packages. Written by tools/notice.py.

watcher/core/word_kin.py, a table of which common words are much alike, was derived from the model
all-MiniLM-L6-v2 (sentence-transformers; Apache License 2.0). The model itself is no part of this repository.

"""

# Packages that offer a choice.
STATED = {
    "odfpy": "Apache-2.0, or GPL, or LGPL; used under Apache-2.0",
    "tld": "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later; used under MPL-1.1",
    "structlog": "MIT OR Apache-2.0; used under either",
}


def canonical(name: str) -> str:
    """The name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def direct_requirements() -> list[Requirement]:
    """What pyproject.toml asks for, extras included, in its order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


def closure(requirements: list[Requirement]) -> list[Distribution]:
    """Every installed distribution that the requirements need on this platform, by name.

    Raises PackageNotFoundError if one of them is not installed.
    """
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, extra) for requirement in requirements for extra in {"", *requirement.extras}]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonical(requirement.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found[name] = distribution(requirement.name)
        for line in found[name].requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed, wanted) for wanted in {"", *needed.extras}]
    return [found[name] for name in sorted(found)]


def licence(package: Distribution) -> str:
    """The licence as one line: what STATED says, else the metadata's expression, field or classifiers."""
    metadata = package.metadata
    stated = STATED.get(canonical(metadata["Name"]))
    field = (metadata.get("License") or "").strip()
    classifiers = [c.rsplit(" :: ", 1)[-1] for c in metadata.get_all("Classifier", []) if c.startswith("License ::")]
    short_field = field if field and len(field) < 60 and "\n" not in field else ""
    return stated or metadata.get("License-Expression") or short_field or ", ".join(classifiers) or "see the package"


def main() -> None:
    """Write NOTICE at the top of the repository."""
    packages = closure(direct_requirements())
    lines = [f"{canonical(package.metadata['Name'])}: {licence(package)}\n" for package in packages]
    (ROOT / "NOTICE").write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
