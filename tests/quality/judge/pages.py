# ruff: noqa: E501 — pages are easier to read whole
"""Small pages in the manner of real ones: statements of made-up bodies in five house styles.

`page(style, statement, **parts)` gives HTML; the parts are what the tests vary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape


@dataclass(frozen=True)
class Statement:
    """What a page is about; every field can be edited."""

    headline: str
    date: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # href, words; each a line of its own under the text
    organisation: str = "Northmoor Care Trust"


@dataclass(frozen=True)
class Surroundings:
    """What stands around a statement, and may change without it."""

    related: tuple[str, ...] = (
        "New garden opens at Alder House",
        "Carers' week: how to join in",
        "Board meets in public on Thursday",
    )
    footer: str = "© 2024 Northmoor Care Trust. All rights reserved."
    menu: tuple[str, ...] = ("Home", "About us", "Our services", "News", "Contact")
    cookie: str = "We use cookies to make this website work. Accept all cookies Reject cookies Cookie settings"
    shares: str = "12 shares"
    age: str = "Posted 3 days ago"
    teaser: str = "Could you be a governor? Our next election opens soon and we would like to hear from you."
    session: str = ""
    above: str = ""  # HTML above the headline
    beside: str = ""  # HTML in an aside
    hidden: str = ""  # HTML of a closed panel under the text
    build: str = "a81f"


def statements() -> list[Statement]:
    return [
        Statement(
            "Statement on the Steady Steps scheme",
            "8 June 2021",
            (
                "Northmoor Care Trust has paused its Steady Steps team while a review by our medical director is completed.",
                "The team worked with 47 people between April 2019 and March 2021. Each of them has been offered a meeting "
                "with a senior clinician, and 31 have accepted so far.",
                "We did not share anyone's records outside the agreed partnership. Dr Helen Marsh will lead the review and "
                "report to the board in September 2021.",
                "We are sorry for the distress that some people have told us about. Anyone who would like to talk about their "
                "care can ring our patient advice line.",
            ),
            ("We will write to everyone who was part of the scheme", "We will publish the review in full"),
            (
                ("/media/1204/terms-of-reference.pdf", "Terms of reference (PDF, 210KB)"),
                ("/patient-advice/", "Patient advice line"),
            ),
        ),
        Statement(
            "Our position on joint working with the police",
            "14 October 2022",
            (
                "The Westvale College of Practitioners does not endorse models of care in which an officer takes part in clinical decisions.",
                "Since our first statement in May 2021 we have heard from 112 members, and from people with lived experience of such models.",
                "We call on NHS bodies to stop the practice and to commission an independent evaluation of its effects.",
                "Members who are asked to take part should speak to their clinical lead, and may contact our advice desk in confidence.",
                "The college will review this position in the spring of 2023, when the evaluation by Eastmere University has been published.",
            ),
            (),
            (("https://www.westvale.example/downloads/position-2022.pdf", "Download the position statement"),),
            "Westvale College of Practitioners",
        ),
        Statement(
            "An update for patients and carers",
            "3 March 2023",
            (
                "Thank you to everyone who wrote to us about the intensive support programme.",
                "The programme ended on 28 February 2023. The 19 people who were still being seen have moved to their local teams.",
                "No one will lose access to urgent care because of this change.",
            ),
            (),
            (("/documents/letter-to-patients.docx", "Letter to patients"),),
            "Harrow Vale Partnership",
        ),
    ]


def _paragraphs(statement: Statement) -> str:
    lines = "".join(f"<p>{p}</p>\n" for p in statement.paragraphs)
    points = "".join(f"<li>{p}</li>" for p in statement.points)
    return lines + (f"<ul>{points}</ul>\n" if points else "")


def _downloads(statement: Statement, around: Surroundings) -> str:
    query = f"?sid={around.session}" if around.session else ""
    return "".join(f'<p><a href="{href}{query}">{escape(words)}</a></p>\n' for href, words in statement.links)


def _list(words: Sequence[str], around: Surroundings) -> str:
    query = f"?sid={around.session}" if around.session else ""
    return "".join(f'<li><a href="/{w.lower().replace(" ", "-")}{query}">{escape(w)}</a></li>' for w in words)


def _head(s: Statement, a: Surroundings) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(s.headline)} | {s.organisation}</title>'
        f'<link rel="stylesheet" href="/assets/site.{a.build}.css"><script>window.build="{a.build}"</script></head>'
    )


def trust(s: Statement, a: Surroundings) -> str:
    """A trust's site: semantic markup, breadcrumbs, an aside, a share bar."""
    return f"""{_head(s, a)}<body>
<div id="cookie-banner" role="dialog"><p>{a.cookie}</p><button>Accept all</button></div>
<header role="banner"><a href="/">{s.organisation}</a><nav><ul>{_list(a.menu, a)}</ul></nav></header>
<nav class="breadcrumb"><a href="/">Home</a> &gt; <a href="/news">News</a></nav>
{a.above}
<main id="content"><h1>{s.headline}</h1><p class="date">{s.date}</p><p class="age">{a.age}</p>
{_paragraphs(s)}{_downloads(s, a)}{a.hidden}
<div class="share"><span>{a.shares}</span> <a href="https://share.example/x">Share on X</a></div></main>
<aside>{a.beside}<h2>Related news</h2><ul>{_list(a.related, a)}</ul><p>{a.teaser}</p></aside>
<footer><p>{a.footer}</p></footer></body></html>"""


def blog(s: Statement, a: Surroundings) -> str:
    """A common blog engine: article, entry-content, widgets."""
    return f"""{_head(s, a)}<body class="single single-post"><div id="page" class="site">
<header class="site-header"><p class="site-title"><a href="/">{s.organisation}</a></p><ul class="menu">{_list(a.menu, a)}</ul></header>
<div class="content-area">{a.above}<article class="post type-post"><header class="entry-header"><h1 class="entry-title">{s.headline}</h1>
<div class="entry-meta"><time datetime="2022-01-01">{s.date}</time> · {a.age}</div></header>
<div class="entry-content">{_paragraphs(s)}{_downloads(s, a)}{a.hidden}</div>
<div class="sharedaddy"><span>{a.shares}</span></div></article>
<section class="related-posts"><h3>You may also like</h3><ul>{_list(a.related, a)}</ul><p>{a.teaser}</p></section></div>
<aside class="widget-area">{a.beside}<section class="widget"><h2>Latest</h2><ul>{_list(a.related, a)}</ul></section></aside>
<footer class="site-footer">{a.footer}</footer></div><div class="cc-window">{a.cookie}</div></body></html>"""


def divs(s: Statement, a: Surroundings) -> str:
    """Nothing but divs, classes that say little."""
    return f"""{_head(s, a)}<body><div class="wrap"><div class="top"><div class="logo">{s.organisation}</div>
<div class="links"><ul>{_list(a.menu, a)}</ul></div></div>{a.above}
<div class="row"><div class="col-8"><div class="title"><h1>{s.headline}</h1></div><div class="meta">Published: {s.date}</div>
<div class="text">{_paragraphs(s)}{_downloads(s, a)}</div>{a.hidden}<div class="meta2">{a.age}. {a.shares}</div></div>
<div class="col-4">{a.beside}<h3>More news</h3><ul>{_list(a.related, a)}</ul><p>{a.teaser}</p></div></div>
<div class="bottom"><p>{a.footer}</p></div></div><div class="cookiebar">{a.cookie}</div></body></html>"""


def council(s: Statement, a: Surroundings) -> str:
    """A public body's pattern library: many nested divs, date list, notice blocks, the headline in a header."""
    return f"""{_head(s, a)}<body class="template"><a class="skip-link" href="#main">Skip to main content</a>
<div class="cookie-banner" data-nosnippet><div><h2>Cookies on this site</h2><p>{a.cookie}</p></div></div>
<header class="header"><div class="header__logo">{s.organisation}</div></header><div class="width-container">
<div class="breadcrumbs"><ol><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ol></div>
<main class="main-wrapper" id="main" role="main"><div class="grid-row"><div class="two-thirds">{a.above}
<span class="caption">News</span><h1 class="heading-xl">{s.headline}</h1></div></div>
<div class="metadata"><dl><dt>From:</dt><dd><a href="/org">{s.organisation}</a></dd><dt>Published</dt><dd>{s.date}</dd></dl></div>
<div class="grid-row"><div class="two-thirds"><div class="govspeak">{_paragraphs(s)}</div>
<section class="attachments"><h2>Documents</h2>{_downloads(s, a)}</section>{a.hidden}
<div class="share-links"><h2>Share this page</h2><p>{a.shares}</p></div></div>
<div class="one-third"><div class="related-navigation">{a.beside}<h2>Related content</h2><ul>{_list(a.related, a)}</ul></div></div></div>
<p>{a.age}</p></main></div><footer class="footer"><ul>{_list(a.menu, a)}</ul><p>{a.footer}</p><p>{a.teaser}</p></footer></body></html>"""


def tables(s: Statement, a: Surroundings) -> str:
    """An old site laid out in tables."""
    breaks = "<br><br>\n".join(s.paragraphs) + "<br>" + "<br>".join(f"- {p}" for p in s.points)
    return f"""{_head(s, a)}<body bgcolor="#ffffff"><table width="100%"><tr><td colspan="3"><font size="5">{s.organisation}</font></td></tr>
<tr><td width="20%" class="menu"><ul>{_list(a.menu, a)}</ul></td><td>{a.above}<h1>{s.headline}</h1><font size="1">{s.date}</font><br>
<div>{breaks}</div>{_downloads(s, a)}{a.hidden}<p>{a.age} - {a.shares}</p></td>
<td width="20%">{a.beside}<b>See also</b><ul>{_list(a.related, a)}</ul>{a.teaser}</td></tr>
<tr><td colspan="3"><font size="1">{a.footer}</font></td></tr></table></body></html>"""


STYLES = {"trust": trust, "blog": blog, "divs": divs, "council": council, "tables": tables}


def page(style: str, statement: Statement, around: Surroundings | None = None) -> bytes:
    return STYLES[style](statement, around or Surroundings()).encode()


def reworded(statement: Statement, was: str, now: str) -> Statement:
    """The statement with one wording for another in its text."""
    changed = replace(
        statement,
        paragraphs=tuple(p.replace(was, now) for p in statement.paragraphs),
        points=tuple(p.replace(was, now) for p in statement.points),
    )
    assert changed != statement, f"{was!r} is not in the statement"
    return changed


__all__ = ["STYLES", "Statement", "Surroundings", "field", "page", "replace", "reworded", "statements"]
