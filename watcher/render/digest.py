"""A digest as a letter: subject, plain text and HTML, made from templates that maintainers may change.

What of a page's words reaches a template is shown and never obeyed: it is escaped, printable, and
parted where a mail program would make a link of it by itself. The HTML is kept below the size at
which Gmail cuts a message off (102 kB, headers and what is sent around it included).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..core.markup import defuse, printable
from ..core.model import LEAVE_URL, BlockOp, Digest, Letter, Run
from .digest_view import DigestView, stories_of, view_of
from .plain import marked
from .words import web_address

if TYPE_CHECKING:
    from jinja2 import Environment

HTML_MOST = 90_000
"""Bytes of HTML at the most."""

TEMPLATES = ("digest.html.j2", "digest.txt.j2", "digest.css")
"""The files that make a digest; any of them can be replaced."""

WIDTH = 72


class MailTemplates:
    """The shipped templates, or `changed` ones in their place (name -> text)."""

    def __init__(self, changed: Mapping[str, str] | None = None) -> None:
        self._changed = dict(changed or {})

    def letter(self, digest: Digest) -> Letter:
        """The digest as it is sent. Raises jinja2.TemplateError if a changed template is wrong."""
        shown = stories_of(digest)
        view = view_of(digest, shown)
        html = self._html(view)
        while len(html.encode()) > HTML_MOST and shown:
            # What is beside the stories does not shrink with them: a second turn or a third makes up for it.
            shown = min(shown - 1, int(shown * HTML_MOST / len(html.encode()) * 0.95))
            view = view_of(digest, shown)
            html = self._html(view)
        return Letter(view.subject, self._text(view), html)

    def _html(self, view: DigestView) -> str:
        from css_inline import CSSInliner

        written = self._environment.get_template("digest.html.j2").render(digest=view)
        # The stylesheet for dark screens stays; nothing is fetched for a link to another.
        inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        return re.sub(r"\n\s*\n+", "\n", inliner.inline(written)).strip() + "\n"

    def _text(self, view: DigestView) -> str:
        written = self._environment.get_template("digest.txt.j2").render(digest=view)
        lines = "\n".join(line.rstrip() for line in written.split("\n"))
        return re.sub(r"\n{4,}", "\n\n\n", lines).strip("\n") + "\n"

    @property
    def _environment(self) -> Environment:
        return _environment(tuple(sorted(self._changed.items())))


@lru_cache(maxsize=4)
def _environment(changed: tuple[tuple[str, str], ...]) -> Environment:
    """Templates in which a name that is not there is an error, and every word is made safe."""
    from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=ChoiceLoader([DictLoader(dict(changed)), PackageLoader("watcher.render", "mail")]),
        autoescape=select_autoescape(["html.j2"], disabled_extensions=["txt.j2", "css"], default=True),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_shown,
    )
    made.filters |= {
        "address": _address_filter(),
        "wrap": _wrapped,
        "marked": _marked,
        "underlined": _underlined,
    }
    return made


def _shown(value: Any) -> Any:
    """Words as they may be shown; what a filter has marked as safe stays as it is."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return defuse(printable(value))
    return value


def _address_filter() -> Any:
    from jinja2 import pass_eval_context
    from jinja2.nodes import EvalContext
    from markupsafe import Markup, escape

    @pass_eval_context
    def address(context: EvalContext, url: str) -> Markup:
        """The address whole, if it is one of the web; otherwise nothing."""
        checked = url if url == LEAVE_URL else web_address(url)
        return escape(checked) if context.autoescape else Markup(checked)  # noqa: S704  (plain text)

    return address


def _wrapped(text: str, indent: int = 0) -> str:
    """One paragraph in lines of at most WIDTH columns, the last one ended; addresses stay whole."""
    pad = " " * indent
    filled = textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=pad,
        subsequent_indent=pad,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"{filled}\n"


def _marked(text: str, op: str) -> str:
    """The words in [-…-] if they went, in {+…+} if they came; for the plain text."""
    from markupsafe import Markup

    return Markup(marked(Run(BlockOp(op), _shown(text))))  # noqa: S704


def _underlined(text: str, with_: str, width: int = 0) -> str:
    """A heading over a line as long as it, or as `width`."""
    shown = " ".join(printable(text).split())
    return "\n".join(filter(None, [shown, with_ * (width or min(len(shown), WIDTH))]))
