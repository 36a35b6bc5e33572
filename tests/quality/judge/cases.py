# ruff: noqa: E501 — pages are easier to read whole
"""What is done to the pages, and what a person would say of it."""

from __future__ import annotations

from dataclasses import replace

from tests.quality.judge.pages import Statement, Surroundings, reworded

Case = tuple[str, Statement, Surroundings]


def edits(number: int, s: Statement) -> list[Case]:
    """Changes of meaning, each alone: what it is called, and the page after it."""
    a = Surroundings()
    wordings = (
        {
            "a number": ("47 people", "74 people"), "a small number": ("31 have", "33 have"), "a date": ("March 2021", "May 2021"),
            "a month": ("September 2021", "December 2021"), "a not gone": ("did not share", "did share"), "a name": ("Helen Marsh", "Ellen Marsh"),
            "softened": ("has paused", "has ended"), "a point": ("publish the review in full", "publish the review in summary"),
            "one sentence gone": ("We are sorry for the distress that some people have told us about. ", ""),
            "will to may": ("will lead", "may lead"),
        },
        {
            "a number": ("112 members", "121 members"), "a date": ("May 2021", "June 2021"), "a not gone": ("does not endorse", "does endorse"),
            "a name": ("Eastmere University", "Westmere University"), "stop to pause": ("to stop the practice", "to pause the practice"),
            "should to may": ("should speak", "may speak"), "one word gone": ("an independent evaluation", "an evaluation"),
            "a season": ("spring of 2023", "autumn of 2023"),
        },
        {
            "a number": ("19 people", "17 people"), "a date": ("28 February 2023", "21 February 2023"), "a no gone": ("No one will lose", "Some will lose"),
            "a negation": ("No one will", "One will"), "a word": ("urgent care", "planned care"),
        },
    )[number]  # fmt: skip
    cases = [(name, reworded(s, *pair), a) for name, pair in wordings.items()]
    cases += [
        (
            "a paragraph added",
            replace(s, paragraphs=(*s.paragraphs, "We will share what we learn with our partners by June.")),
            a,
        ),
        ("a paragraph gone", replace(s, paragraphs=s.paragraphs[:-1]), a),
    ]
    return cases + notices(s)


def headlines(number: int, s: Statement) -> list[Case]:
    """The headline alone."""
    a = Surroundings()
    titles = (
        ("Statement on the end of the Steady Steps scheme", "Review of the Steady Steps scheme", "Statement on the Steady Steps pilot", "Apology: the Steady Steps scheme"),
        ("Our position against joint working with the police", "Our position on joint working with police forces", "Former position on joint working with the police"),
        ("An update for patients, carers and staff", "Final update for patients and carers", "Programme closed: an update for patients and carers"),
    )[number]  # fmt: skip
    return [(f"headline: {title}", replace(s, headline=title), a) for title in titles]


def notices(s: Statement) -> list[Case]:
    """A banner, a correction, a closed panel; a statement's own text as before."""
    return [
        ("banner: withdrawn", s, Surroundings(above='<div class="alert"><p>This statement was withdrawn on 4 May 2024.</p></div>')),
        ("banner: superseded", s, Surroundings(above="<div><p>This page has been superseded by our statement of 2 July.</p></div>")),
        ("banner: archived", s, Surroundings(above='<section aria-label="Notice" class="app-notice"><strong>Archived:</strong> this content is no longer updated.</section>')),
        ("banner: update", s, Surroundings(above='<p class="update"><strong>Update, 12 May 2024:</strong> the review has now finished.</p>')),
        ("aside: correction", s, Surroundings(beside='<div class="correction"><p>Correction: an earlier version of this page gave the wrong year.</p></div>')),
        ("hidden panel", s, Surroundings(hidden='<div id="more" style="display:none"><p>This guidance is no longer in force and has been replaced.</p></div>')),
    ]  # fmt: skip


def link_edits(s: Statement) -> list[Case]:
    """Documents attached, replaced, detached; a link gone with its words still there."""
    a = Surroundings()
    (href, words), *others = s.links
    stem, _, ending = href.rpartition(".")
    newer = f"{stem}-v2.{ending}"
    return [
        ("document replaced", replace(s, links=((newer, words), *others)), a),
        ("document gone", replace(s, links=tuple(others)), a),
        (
            "document attached",
            replace(s, links=(*s.links, ("/media/2001/equality-assessment.pdf", "Equality assessment"))),
            a,
        ),
    ]


def noise(s: Statement) -> list[Case]:
    """Changes of the page that leave the statement alone."""
    a = Surroundings()
    return [
        ("related list", s, replace(a, related=("Flu clinics start on Monday", "Meet our new chair", "Winter plan agreed"))),
        ("related list shorter", s, replace(a, related=a.related[:1])),
        ("footer year", s, replace(a, footer=a.footer.replace("2024", "2025"))),
        ("footer company", s, replace(a, footer="Northmoor Care Trust, Alder House, Mill Lane. Registered office. " + a.footer)),
        ("menu", s, replace(a, menu=(*a.menu, "Work for us", "Urgent help"))),
        ("cookie text", s, replace(a, cookie="This site uses cookies. By continuing you agree. Accept Decline Learn more")),
        ("shares", s, replace(a, shares="58 shares")),
        ("age", s, replace(a, age="Posted 2 weeks ago")),
        ("teaser", s, replace(a, teaser="Join our fun run in aid of the children's ward: places are still free this weekend.")),
        ("session in links", s, replace(a, session="9f8e7d6c5b")),
        ("build", s, replace(a, build="77be")),
        ("newsletter in an aside", s, replace(a, beside="<p>Sign up for our newsletter to get updates by email.</p>")),
        ("browser notice", s, replace(a, above='<div class="alert"><p>Please update your browser to use this website.</p></div>')),
        ("empty hidden panel", s, replace(a, hidden='<div style="display:none"><button>Show more</button></div>')),
        ("everything around", s, Surroundings(("Meet our new chair", "Winter plan agreed"), "© 2025 Northmoor", ("Start", "News", "Help"),
            "Cookies? Accept Reject", "99 shares", "Posted 5 months ago", "Give blood on Saturday at the town hall.", "s1", build="ff")),
    ]  # fmt: skip


def formatting(s: Statement) -> list[Case]:
    """The same words in other clothes."""
    a = Surroundings()
    curly = tuple(p.replace("'", "’").replace(" - ", " – ") for p in s.paragraphs)
    spaced = tuple(p.replace("Care Trust", "Care&nbsp;Trust").replace("the ", "the  ") for p in s.paragraphs)
    bold = tuple(
        p.replace("review", "<strong>review</strong>").replace("people", "<em>people</em>") for p in s.paragraphs
    )
    soft = tuple(p.replace("patient", "pa&shy;tient").replace("review", "re&shy;view") for p in s.paragraphs)
    return [
        ("case of the headline", replace(s, headline=s.headline.upper()), a),
        ("title case", replace(s, headline=s.headline.title()), a),
        ("curly quotes", replace(s, paragraphs=curly), a),
        ("spaces", replace(s, paragraphs=spaced), a),
        ("bold", replace(s, paragraphs=bold), a),
        ("soft hyphens", replace(s, paragraphs=soft), a),
        ("list to paragraphs", replace(s, paragraphs=(*s.paragraphs, *s.points), points=()), a),
        ("paragraphs joined", replace(s, paragraphs=(" ".join(s.paragraphs[:2]), *s.paragraphs[2:])), a),
        ("reordered", replace(s, paragraphs=(*s.paragraphs[1:], s.paragraphs[0])), a),
    ]
