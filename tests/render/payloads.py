"""Strings that have broken renderers before, in other projects and kinds; all written for this project."""

# ruff: noqa: E501  (a list reads best as one)
from __future__ import annotations

_TAGS = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//x.example/a.js></SCRIPT>", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "<svg><script>1</script></svg>", "<body onload=alert(1)>", "<iframe src=//x.example>",
    "<a href='javascript:alert(1)'>x</a>", '<a href="tg://user?id=1">x</a>', '<a href="https://x.example">Page</a>',
    "<b>bold", "</b>", "<b><i></b></i>", "<u>", "</u>", "</s></u>", "<s>gone</s>", "<u>new</u>", "<tg-spoiler>x",
    "</tg-spoiler>", "<blockquote>q</blockquote>", "</blockquote>", "<blockquote expandable>", "<code>c</code>",
    "<pre><code class='language-x'>x</code></pre>", "<tg-emoji emoji-id='1'>x</tg-emoji>", "<p>para</p>", "<table><td>",
    "<br/>", "<!-- comment", "-->", "<![CDATA[x]]>", "<?xml version='1.0'?>", "<!DOCTYPE html>", "<", ">", "<>", "< b >",
    "<<b>>", "<b", "b>", "&lt;b&gt;x&lt;/b&gt;", "&amp;lt;", "a < b > c & d", "<math><mi//xlink:href='data:x,1'>",
    "<details open ontoggle=alert(1)>", "<style>@import'//x.example'</style>", "<input autofocus onfocus=alert(1)>",
    "\"><script>alert(1)</script>", "'><img src=x>", "`><b>", "';alert(1)//", "\\\";alert(1)//", "<scr<script>ipt>",
    "<\x00script>", "<\u200bb>", "＜script＞", "%3Cscript%3E", "\\u003cscript\\u003e", "<ins>x</ins><del>y</del>",
]  # fmt: skip
_ENTITIES = [
    "&", "&&", "&amp;", "&#60;b&#62;", "&#x3c;b&#x3e;", "&#0;", "&#xD800;", "&#x110000;", "&nbsp;", "&copy;", "&lt",
    "&quot;&apos;", "&;", "&#;", "&#x;", "&unknown;", "AT&T", "Q&A; R&D",
]  # fmt: skip
_LIVE = [
    "https://x.example/", "http://x.example/?a=1&b=2#c", "example.com", "www.example.org/path", "sub.domain.co.uk",
    "x.example:8080/p", "user:pw@example.com", "ftp://example.com/f", "tg://resolve?domain=someone", "ton://transfer/x",
    "tonsite://x.ton", "t.me/someone", "telegram.me/joinchat/AAAA", "mailto:a@b.com", "a@b.com", "a.b+c@d.co.uk",
    "@someone", "@some_one,", "(@someone)", "#topic", "#1a", "##double", "#тег", "$USD", "$ABC.", "/start", "/stop@a_bot",
    "(/help)", "and/or", "1.2.3.4", "http://1.2.3.4/x", "localhost:8080", "xn--e1afmkfd.xn--p1ai", "пример.рф", "例え.jp",
    "example。com", "example．com", "a＠b.com", "＃topic", "＠someone", "4242 4242 4242 4242", "4242424242424242",
    "4242-4242-4242-4242", "5555555555554444", "378282246310005", "javascript:alert(1)", "data:text/html,x",
    "file:///etc/passwd", "exam\u200cple.com", "exam\u200dple.com", "exam\u00adple.com", "exam\u2060ple.com",
    "exa\u202emple.com", "example\u2028.com", "example\u202a.\u202ccom", "https\u202d://x.example", "@\u202esomeone",
    "#\u2029topic", "ex\x07ample.com", "example\x00.com", "[x](https://x.example)", "![x](https://x.example/i.png)",
    "<https://x.example>", "https://x.example/)()", "https://x.example/…", "x.example.", "..example.com..", ".com",
    "http://[::1]/", "http://x.example\\@y.example", "HTTPS://X.EXAMPLE", "museum.museum", "e.g.this", "v1.2.3",
]  # fmt: skip
_MARKDOWN = [
    "*bold*", "_it_", "__u__", "~~s~~", "||spoiler||", "`code`", "```x```", "[a]: http://x.example", "> quote", "# h1",
    "\\*", "[-gone-]", "{+new+}", "{{7*7}}", "${7*7}", "{% raw %}", "%s %d %n", "{0}{x}", "$(id)", "`id`",
]  # fmt: skip
_UNICODE = [
    "\x00", "\x00\x01\x02", "\x07\x08", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://x.example\x07y\x1b]8;;\x07",
    "\x9b31m", "\x7f", "\r\nInjected: header", "\r", "\n\n\n", "\t\t", "\x0b\x0c", "\u0085", "\u2028\u2029", "\ufeff",
    "\u200b", "\u200b" * 50, "\u00ad", "\u202eevil\u202c", "\u2066x\u2069", "\u200fשלום\u200e", "שלום עולם", "مرحبا بالعالم",
    "👩‍👩‍👧‍👦", "👍🏽", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇬🇧", "😀" * 40, "\U0010ffff", "\ufffe\uffff", "\ud800", "\udfff", "\ud83d", "\ude00\ud83d",
    "Z\u0351\u036b\u0343\u036a\u0302a\u036b\u033d\u034flgo", "ﬁﬂﬀ", "Ａｂｃ", "ı İ ß ẞ", "ﷺ", "𝔘𝔫𝔦", "¸˛Ç◊ı˜Â¯˘¿", "‘’“”–—…", "null", "NaN",
    "None", "true", "-1e309", "0x0", "' OR 1=1 --", "../../etc/passwd", "C:\\nul", "  ", "\u3000", "\u00a0", "᠎", "⁣",
]  # fmt: skip

PAYLOADS: tuple[str, ...] = (*_TAGS, *_ENTITIES, *_LIVE, *_MARKDOWN, *_UNICODE)
