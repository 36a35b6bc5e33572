"""Text of strangers made safe to show: on a terminal, in a message, and measured as Telegram does."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

BREAK = "\u200b"
"""Zero-width space: shows nothing, and no reader of links takes it as part of one."""

# Terminals obey C0, DEL and C1; bidi overrides and isolates make text read other than it is
# ("Trojan Source", CVE-2021-42574). Telegram drops U+2028 to U+202E itself, which would join
# again what was parted, so they go before anything else is decided.
# Code points that are no characters and never will be (Unicode, 23.7); HTML forbids them.
_NONE = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb{_NONE}]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")

# What Telegram makes clickable by itself, found with TDLib's getTextEntities: addresses (any
# "word.word"), e-mail, @names, #tags, $TAGS, /commands, scheme://, and long card-like numbers.
_LIVE = re.compile(
    r"""\.(?=[^\s.,;:!?)\]}"'”’»…])  # example.com, a@b.com, 1.2.3.4; not a stop before a quote's end
      | [@#$＠＃](?=\S)         # @name, #tag, $TAG
      | :(?=//)                 # tg://, ton://, https://
      | (?<![^\W_])/(?=\w)      # /command; not "and/or"
    """,
    re.VERBOSE,
)
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){11,}")


def printable(text: str) -> str:
    """`text` without anything a terminal would obey; line feeds and tabs stay.

    >>> printable("safe\\x1b[2Jtext\\u202e")
    'safe[2Jtext'
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _LINE_END.sub("\n", text)))


def one_line(text: str) -> str:
    """`printable` text on one line: every run of white space is one space; ends kept if there were any.

    >>> one_line(" a\\n\\n b ")
    ' a b '
    """
    return _SPACE.sub(" ", printable(text))


def defuse(text: str) -> str:
    """`text` that reads the same and in which Telegram finds nothing to make clickable.

    A zero-width space parts what would become a link, name, tag, command or card number.
    (Chosen over <code>, which can't lie inside underlined or struck text.) Telephone numbers
    stay whole: a helpline that can be tapped does no harm. Twice is once.

    >>> defuse("See example.com or @name").replace(BREAK, "|")
    'See example.|com or @|name'
    """
    whole = text.replace(BREAK, "")
    parted = _LONG_NUMBER.sub(lambda run: re.sub(r"(\d{4}[ -]?|(?:\d[ -]?){4})(?=\d)", rf"\1{BREAK}", run[0]), whole)
    return _LIVE.sub(lambda hit: hit[0] + BREAK, parted)


def escaped(text: str) -> str:
    """`text` for an HTML message: defused, and no character of it is markup."""
    return escape(defuse(text), quote=False)


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts.

    >>> units("a😀")
    3
    """
    return len(text) + sum(1 for character in text if character > "\uffff")


class _Words(HTMLParser):
    """Gathers the text of a message and the addresses of its links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("s", "del"):
            self.parts.append("[-")
        elif tag in ("u", "ins"):
            self.parts.append("{+")
        elif tag == "a":
            self._address = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("s", "del"):
            self.parts.append("-]")
        elif tag in ("u", "ins"):
            self.parts.append("+}")
        elif tag == "a" and self._address:
            self.parts.append(f" ({self._address})")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain_from_html(markup: str) -> str:
    """The text of an HTML message; [-struck-], {+underlined+}, addresses in brackets after their words.

    >>> plain_from_html('<b>A</b> &lt;x&gt; <s>old</s> <u>new</u> <a href="https://x.org">Page</a>')
    'A <x> [-old-] {+new+} Page (https://x.org)'
    """
    words = _Words()
    words.feed(markup)
    words.close()
    return "".join(words.parts)


def possible_repeat(change_id: int | None) -> str:
    """The line that heads a message which may have arrived before."""
    return (
        f"Possible repeat of alert c-{change_id}" if change_id is not None else "Possible repeat of an earlier message"
    )
