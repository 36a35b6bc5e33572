"""urlwatch, as its users run it: installed once into an environment of its own under bench/results."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.measure import ROOT, Run, run

URLWATCH = "urlwatch==2.29"
_PLACE = ROOT / "bench" / "results" / "neighbours" / URLWATCH


def urlwatch_python() -> Path:
    """The Python of urlwatch's environment, made on first use with pip; needs a package index then."""
    python = _PLACE / "bin" / "python"
    if not (_PLACE / "installed").exists():
        print(f"bench: installing {URLWATCH} into {_PLACE.relative_to(ROOT)}")
        run([sys.executable, "-m", "venv", "--clear", _PLACE])
        run([python, "-m", "pip", "-q", "--disable-pip-version-check", "--no-input", "install", URLWATCH])
        (_PLACE / "installed").touch()
    return python


def write_jobs(folder: Path, urls: list[str], *, has_filter: bool) -> None:
    """urlwatch's files in `folder`: one job a page, as text if `has_filter`, else the bytes as they come."""
    filters = "filter:\n  - html2text\n" if has_filter else ""
    jobs = [f"kind: url\nurl: {json.dumps(url)}\n{filters}" for url in urls]
    (folder / "urls.yaml").write_text("---\n".join(jobs), encoding="utf-8")
    (folder / "urlwatch.yaml").write_text("report:\n  stdout:\n    enabled: true\n", encoding="utf-8")


def urlwatch(folder: Path) -> Run:
    """One run over the jobs in `folder`, whose cache lies there too."""
    files = {"--urls": "urls.yaml", "--config": "urlwatch.yaml", "--hooks": "hooks.py", "--cache": "cache.db"}
    named = [part for option, name in files.items() for part in (option, folder / name)]
    return run([urlwatch_python().with_name("urlwatch"), *named])
