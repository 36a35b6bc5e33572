"""What a body may cost before a parser sees it.

The HTML parsers here look through all open elements at each tag, so unclosed ones cost their
square: 500 KB of `<div>` keep selectolax busy for 11 s and nh3 for 14 s (measured, 1.0.2 and 0.3.8).
"""

from __future__ import annotations

import re

MAX_DEPTH = 1_000  # open elements; hand-written pages stay under 60, page builders under 200
MAX_ATTRIBUTES = 500  # of one tag; each is compared with all before it: 100,000 take selectolax 30 s
_SMALL = 50_000  # characters; whatever is in so short a text, it costs less than 0.5 s
# An unclosed tag or quote reaches to the end, so that nothing is looked through twice.
_TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))*+(?:>|\Z)""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")

# These close themselves or their like, so a run of them is not deep; `li` and `dd` by turns are.
_FLAT = "p|td|th|tr|option|br|img|hr|input|meta|link|source|wbr|area|base|col|embed|param|track"
_NESTING = re.compile(rf"<(/?)(?!(?:{_FLAT})\b)([a-zA-Z][a-zA-Z0-9]*)", re.I)
_LISTED = {"li": "li", "dt": "dl", "dd": "dl"}
_ANY_TAG = re.compile(r"</?(?!(?:p|br)\b)[a-zA-Z][^<>]*>?", re.I)
_OPAQUE = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)


def shallow(html: str) -> str:
    """`html` itself, or as much of it as parsers can bear.

    With more than MAX_DEPTH elements open at once nothing but its paragraphs is left; a tag
    with more than MAX_ATTRIBUTES loses them all. O(len(html)).
    """
    if len(html) > _SMALL:
        html = _TAG.sub(_with_few_attributes, html)
    if html.count("<") <= MAX_DEPTH or _deepest(html) <= MAX_DEPTH:
        return html
    return _ANY_TAG.sub("\n\n", _OPAQUE.sub(" ", html))


def _with_few_attributes(tag: re.Match[str]) -> str:
    if len(tag[0]) < 2 * MAX_ATTRIBUTES or len(_QUOTED.sub("", tag[0]).split()) <= MAX_ATTRIBUTES:
        return tag[0]
    return re.split(r"[\s/>]", tag[0], maxsplit=1)[0] + ">"


def _deepest(html: str) -> int:
    """The most elements that are open at once, at a rough and generous estimate. O(len(html)).

    >>> _deepest("<div><p>a<p>b<br></div><div><b>c</b></div>")
    2
    """
    depth = deepest = 0
    last_listed = ""
    for found in _NESTING.finditer(html):
        listed = _LISTED.get(found[2].lower(), "")
        if found[1]:
            depth = max(depth - 1, 0)
        elif not listed or listed != last_listed:
            depth += 1
            deepest = max(deepest, depth)
        last_listed = "" if found[1] else listed or last_listed
    return deepest
