"""One line a change, for `poll` on a terminal; columns aligned, nothing in it steers the terminal."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from ..core.markup import one_line
from ..core.model import Alert, ChangeKind
from .quote import moved_blocks, pieces
from .words import counted, gone_in_words, moment_in_words

_WIDTHS = (11, 24, 40, 34)  # kind, organisation, title or address, detail; what comes last is not padded
_GAP = "   "


def columns(kind: str, organisation: str, title: str, detail: str, outcome: str = "") -> str:
    """The five cells as one line; cells that are too wide end in an ellipsis, wide characters count two."""
    cells = [_fitted(text, width) for text, width in zip((kind, organisation, title, detail), _WIDTHS, strict=True)]
    return _GAP.join([*cells, one_line(outcome).strip()]).rstrip()


def console_line(alert: Alert, outcome: str = "") -> str:
    """One change as one line; `outcome` says what became of it: "alert", "silent", "joined alert c-812"."""
    return columns(alert.kind.value, alert.organisation, alert.title or alert.url, detail(alert), outcome)


def detail(alert: Alert) -> str:
    """The shortest words for what changed: positions ("paused → ended"), else counts, else where or since when."""
    now = alert.match.stances[0].stance if alert.match is not None and alert.match.stances else ""
    before = alert.stances_before[0].stance if alert.stances_before else ""
    if alert.kind is ChangeKind.EDITED and before and now and now != before:
        return f"{before} → {now}"
    match alert.kind:
        case ChangeKind.EDITED if alert.diff is not None:
            return _counts(alert)
        case ChangeKind.LINKS:
            gone, new = len(alert.links_removed), len(alert.links_added)
            parts = [f"{count} {what}" for count, what in ((new, "attached"), (gone, "detached")) if count]
            return ", ".join(parts) or "documents changed"
        case ChangeKind.MOVED:
            return f"to {alert.moved_to}" if alert.moved_to else "to another address"
        case ChangeKind.MISSING | ChangeKind.REMOVED:
            since = f"since {moment_in_words(alert.missing_since, alert.timezone)}" if alert.missing_since else ""
            return since or gone_in_words(alert.gone_how)
        case ChangeKind.REPEAT:
            others = [name for name in alert.publishers if name != alert.organisation]
            return f"same as {others[0]}" if others else "same as an earlier statement"
        case _:
            return now


def _counts(alert: Alert) -> str:
    assert alert.diff is not None
    found = pieces(alert.diff)
    added = sum(1 for piece in found if piece.added and not piece.removed)
    removed = sum(1 for piece in found if piece.removed and not piece.added)
    changed = len(found) - added - removed
    parts = [counted(changed, "sentence") + " changed"] if changed else []
    parts += [
        f"{counted(count, 'sentence')} {what}" for count, what in ((added, "added"), (removed, "removed")) if count
    ]
    if len(parts) > 1:
        parts = [parts[0], *(part.replace(" sentences", "").replace(" sentence", "") for part in parts[1:])]
    moved = moved_blocks(alert.diff)
    return ", ".join(parts) or (counted(moved, "paragraph") + " moved" if moved else "")


def _fitted(text: str, width: int) -> str:
    line = one_line(text).strip()
    if cell_len(line) <= width:
        return set_cell_size(line, width)
    return set_cell_size(set_cell_size(line, width - 1).rstrip() + "…", width)
