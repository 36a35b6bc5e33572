"""An alert and a comparison in HTML: for mail, for the attached file, and for `watcher diff --format html`.

Additions and deletions are told apart by underline and strike, by colour, and in words that
screen readers say (they do not announce <ins> and <del> by themselves).
"""

from __future__ import annotations

from html import escape

from ..core.markup import one_line
from ..core.model import Alert, BlockOp, Diff, DiffBlock, Run
from .message import Line, Mark, Span, compose, with_quote
from .quote import Piece, joined, paragraphs
from .words import counted

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.0625rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem;
       overflow-wrap: anywhere; }
ins { text-decoration: underline; text-decoration-thickness: 2px; background: #dff5e1; color: #0b3d17; }
del { text-decoration: line-through; background: #fbe3e4; color: #5c1016; }
ins::before { content: " [added: "; } ins::after { content: "] "; }
del::before { content: " [removed: "; } del::after { content: "] "; }
ins::before, ins::after, del::before, del::after { clip-path: inset(100%); clip: rect(1px, 1px, 1px, 1px);
       height: 1px; width: 1px; overflow: hidden; position: absolute; white-space: nowrap; }
.moved { border-left: .25rem solid #767676; padding-left: .75rem; }
.facts { color: inherit; } .same { opacity: .85; }
@media (prefers-color-scheme: dark) {
  ins { background: #123d1c; color: #d8f5dc; } del { background: #4d1519; color: #fbe3e4; } }
"""
_TAGS = {Mark.STRONG: "strong", Mark.TITLE: "cite"}
_RUN_TAGS = {BlockOp.ADDED: "ins", BlockOp.REMOVED: "del"}


def html(alert: Alert) -> str:
    """The alert as one <article>, to be set into a page or a mail; it has no script, style or picture."""
    message = compose(alert)
    said = _safe(message.said)
    if said and message.note:
        said = f"<details><summary>Show the quote</summary>{said}</details>"
    facts = with_quote([_line(line) for line in message.facts], said)
    head = [f"<h2>{_line(message.head[0])}</h2>", *(f"<p>{_line(line)}</p>" for line in message.head[1:])]
    quoted = "".join(f"<p>{words}</p>" for words in joined(message.quote, _piece))
    quotation = f"<blockquote>{quoted}</blockquote>" if quoted else ""
    if message.note:
        head.insert(0, f"<p><strong>{_safe(message.note)}</strong></p>")
        quotation = f"<details><summary>Show the quoted text</summary>{quotation}</details>" if quotation else ""
    if message.moved:
        facts.insert(0, f"{counted(message.moved, 'paragraph')} moved, unchanged")
    foot = " · ".join([*(_span(span) for span in message.links), f"alert {_safe(message.number)}"])
    told = "<br>\n".join([*facts, foot])
    return f'<article>\n{chr(10).join(head)}\n{quotation}\n<p class="facts">{told}</p>\n</article>'


def alert_page(alert: Alert) -> str:
    """The alert and the whole comparison as a page that needs nothing else: the file that is attached."""
    quoted = (
        _blocks(alert.diff)
        if alert.diff is not None
        else "".join(f"<p>{_safe(sentence)}</p>" for sentence in alert.excerpt)
    )
    return page(alert.title or alert.number, f"{html(alert)}\n<h2>All of it</h2>\n{quoted}")


def diff_page(diff: Diff, title: str = "Comparison") -> str:
    """The whole comparison, unchanged text included, as a page that needs nothing else."""
    return page(title, f"<h1>{_safe(title)}</h1>\n{_blocks(diff)}")


def page(title: str, body: str) -> str:
    """`body` (HTML already) in a page with our styles, readable without network or script."""
    head = '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n{head}\n{policy}\n<title>{_safe(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _blocks(diff: Diff) -> str:
    return "\n".join(_block(block) for block in diff.blocks) or "<p>Both are empty.</p>"


def _block(block: DiffBlock) -> str:
    match block.op:
        case BlockOp.SAME:
            return f'<p class="same">{_safe(block.after)}</p>'
        case BlockOp.ADDED:
            return f"<p><ins>{_safe(block.after)}</ins></p>"
        case BlockOp.REMOVED:
            return f"<p><del>{_safe(block.before)}</del></p>"
        case BlockOp.EDITED:
            return "\n".join(f"<p>{_runs(runs)}</p>" for runs in paragraphs(block))
        case BlockOp.MOVED if not block.after:
            return f'<p class="moved">Stood here before: {_safe(block.before)}</p>'
        case BlockOp.MOVED:
            words = " ".join(map(_runs, paragraphs(block))) or _safe(block.after)
            return f'<p class="moved">Moved here: {words}</p>'


def _piece(piece: Piece) -> str:
    return _runs(piece.runs)


def _runs(runs: tuple[Run, ...]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    tag = _RUN_TAGS.get(run.op)
    return f"<{tag}>{_safe(run.text)}</{tag}>" if tag and run.text.strip() else _safe(run.text)


def _line(line: Line) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    if span.url:
        return f'<a href="{escape(span.url)}" rel="nofollow noopener">{_safe(span.text)}</a>'
    tag = _TAGS.get(span.mark)
    return f"<{tag}>{_safe(span.text)}</{tag}>" if tag else _safe(span.text)


def _safe(text: str) -> str:
    return escape(one_line(text))
