"""Where in a TOML file a key stands.

`tomllib` says nothing of lines once a file has parsed, and a message without a line is
no help in a file of two thousand. Used on the error path only.
"""

from __future__ import annotations

import re
from collections import Counter

# Strings and comments, so that what they hold is never taken for a header or a key.
_OPAQUE = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
_HEADER = re.compile(r"^\s*(\[\[|\[)\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([\w-]+)\s*=")

Path = tuple[str | int, ...]


class Lines:
    """The line of every table and key of one file; lines count from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._headers: list[tuple[int, Path]] = []
        bare = _OPAQUE.sub(lambda m: re.sub(r"[^\n]", " " if m.group().startswith("#") else "x", m.group()), text)
        self._blank = [not line.strip() for line in bare.split("\n")]  # by line: nothing but space or a comment
        seen: Counter[Path] = Counter()
        table: Path = ()
        blanked = _OPAQUE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
        for number, line in enumerate(blanked.split("\n"), start=1):
            if header := _HEADER.match(line):
                table = self._open(header.group(2).split("."), header.group(1) == "[[", seen)
                self._lines[table] = number
                self._headers.append((number, table))
            elif key := _KEY.match(line):
                self._lines.setdefault((*table, key.group(1)), number)

    def _open(self, names: list[str], is_array: bool, seen: Counter[Path]) -> Path:
        """The path of a table header, with the index of each array of tables it stands in."""
        path: Path = ()
        for name in names[:-1]:
            path = (*path, name)
            if seen[path]:
                path = (*path, seen[path] - 1)
        path = (*path, names[-1])
        if is_array:
            seen[path] += 1
            path = (*path, seen[path] - 1)
        return path

    def line(self, path: Path) -> int:
        """The line of the deepest part of `path` that the file holds; 1 if none does."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def end_of_table(self, start: int) -> int:
        """The last line of the table whose header stands on line `start`, tables within it included.

        What is blank or a comment before the next table belongs to that one.
        """
        own = next(path for number, path in self._headers if number == start)
        later = [number for number, path in self._headers if number > start and path[: len(own)] != own]
        last = (min(later) if later else len(self._blank) + 1) - 1
        while last > start and self._blank[last - 1]:
            last -= 1
        return last
