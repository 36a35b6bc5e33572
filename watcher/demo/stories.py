"""The scripted fortnight, as plain data: what each site shows from which moment on.

Everybody here is made up. The real pipeline reads these pages as it reads any others, so what the
bot makes of them is nowhere written down but in the test that expects it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http import HTTPStatus

from watcher.demo.pages import News, article, feed, listing
from watcher.demo.server import Page


@dataclass(frozen=True, slots=True)
class Step:
    """One look at the sites: when, what a reader should know, and which pages are others since the last."""

    at: datetime
    heading: str
    pages: Mapping[str, Page | None] = field(default_factory=dict)  # "organisation/path"; None: taken down


ORGANISATIONS = ("northmoor", "westvale", "eastmere", "hillside", "college", "harrow_vale", "fellside", "gazette")


def _june(day: int, hour: int) -> datetime:
    """An hour of June 2026 on London's clocks, which are one hour before UTC then."""
    return datetime(2026, 6, day, hour - 1, tzinfo=UTC)


# --- Northmoor: a statement that is softened, then moved -----------------------------------------------------------

_NORTHMOOR_OLD = News("/news/update-for-patients", "An update for patients and carers", date(2025, 5, 12))
_NORTHMOOR_NEW = News("/about-us/statements/update-for-patients", _NORTHMOOR_OLD.title, _NORTHMOOR_OLD.on)
_NORTHMOOR_CAR_PARK = News("/news/car-park", "More spaces in the north car park", date(2026, 6, 1))
_NORTHMOOR_OPENING = (
    "This page is for people who use our services, their families and carers, and the partners we work with.",
)
_NORTHMOOR_CLOSING = (
    "Nobody should be turned away from an emergency department or a crisis line because of a plan that was "
    "written for another service.",
    "If you have a question about your own care, please speak to your care coordinator or to our patient advice "
    "service, which is open every weekday.",
)
_NORTHMOOR_ENDED = article(
    "Northmoor Care Trust",
    _NORTHMOOR_OLD.title,
    _NORTHMOOR_OLD.on,
    [
        *_NORTHMOOR_OPENING,
        "The trust has ended its use of Serenity Integrated Mentoring (SIM) after a review by our medical director.",
        "Every person who had a plan under the model has been offered a new one, written with them.",
        *_NORTHMOOR_CLOSING,
    ],
)
_NORTHMOOR_PAUSED = article(
    "Northmoor Care Trust",
    _NORTHMOOR_OLD.title,
    _NORTHMOOR_OLD.on,
    [
        *_NORTHMOOR_OPENING,
        "The trust has paused its use of Serenity Integrated Mentoring (SIM) during a review by our medical director.",
        "Every person who had a plan under the model will be offered a new one, written with them.",
        *_NORTHMOOR_CLOSING,
    ],
    banner="An earlier version of this statement has been withdrawn.",
)
_CAR_PARK = article(
    "Northmoor Care Trust",
    _NORTHMOOR_CAR_PARK.title,
    _NORTHMOOR_CAR_PARK.on,
    [
        "Forty more parking spaces opened this week beside the north entrance of our main hospital.",
        "Six of them are for blue badge holders, and there is room for twenty bicycles under a new roof.",
        "The bus from the station stops at the north entrance every fifteen minutes from June onwards.",
    ],
)

# --- Westvale and Eastmere: one notice, published by both -----------------------------------------------------------

_NOTICE_TITLE = "Notice to partners"
_NOTICE = (
    "This network has ended its support for Serenity Integrated Mentoring, and its part in spreading the model to "
    "other areas is over.",
    "The training that we offered, and the pages that described it, are no longer available from us.",
    "Services that still work with such plans should look at each of them again, together with the person whom the "
    "plan is about, before the end of July.",
    "We have asked an independent panel to tell us what we should have heard earlier, and we will publish its answer "
    "in October.",
)
_WESTVALE_NOTICE = News("/news/notice-to-partners", _NOTICE_TITLE, date(2026, 6, 2))
_WESTVALE_WALK = News("/news/falls-programme", "Fewer falls on wards for older people", date(2026, 5, 20))
_EASTMERE_NOTICE = News("/news/2026/notice-to-partners", _NOTICE_TITLE, date(2026, 6, 3))
_EASTMERE_AWARD = News("/news/2026/stroke-award", "An award for our stroke programme", date(2026, 5, 18))
_FALLS = article(
    "Westvale network",
    _WESTVALE_WALK.title,
    _WESTVALE_WALK.on,
    [
        "Eleven wards took part in a programme that asks staff to walk with older patients twice a day.",
        "Falls on these wards went down by a fifth over the winter, and patients went home a day earlier.",
        "Wards that would like to join can write to the programme team before the summer.",
    ],
)
_AWARD = article(
    "Eastmere network",
    _EASTMERE_AWARD.title,
    _EASTMERE_AWARD.on,
    [
        "The stroke programme that began in three of our hospitals has been given a regional award.",
        "It brings a specialist to the ambulance by video, so that treatment can begin on arrival.",
        "Two more hospitals will join the programme before the end of the year.",
    ],
)
_OUTAGE = Page(
    "<!DOCTYPE html><html><head><title>We'll be back soon</title></head><body><h1>We'll be back soon</h1>"
    "<p>Our website is down for planned maintenance. Please try again later.</p></body></html>"
)

# --- Hillside: a statement that vanishes, and comes back without its apology ----------------------------------------

_HILLSIDE_AT = "hillside/statements/mentoring"
_HILLSIDE_TITLE = "Our statement on Serenity Integrated Mentoring"
_HILLSIDE_OPENING = (
    "Hillside Trust took part in Serenity Integrated Mentoring (SIM) from 2018, and has ended the scheme.",
    "Plans that were made under the scheme have been taken out of every record that we hold.",
)
_HILLSIDE_BEFORE = article(
    "Hillside Trust",
    _HILLSIDE_TITLE,
    date(2024, 9, 3),
    [
        *_HILLSIDE_OPENING,
        "We apologise to the people who came to us for help and were not listened to.",
        "The findings of our review will be published in full this autumn.",
    ],
)
_HILLSIDE_AFTER = article(
    "Hillside Trust",
    _HILLSIDE_TITLE,
    date(2024, 9, 3),
    [*_HILLSIDE_OPENING, "The findings of our review will be published in due course."],
)

# --- The college: a position that stays as it is --------------------------------------------------------------------

_COLLEGE_AT = "college/policy/position-on-mentoring"
_COLLEGE = (
    "College of Crisis Care",
    "Our position on Serenity Integrated Mentoring",
    date(2023, 11, 14),
    [
        "The College does not endorse Serenity Integrated Mentoring, and asks its members not to take part in it.",
        "Care in a crisis is a matter for clinicians and for the person in crisis. Police officers should not sit "
        "in on it, nor see a person's health record.",
        "Members who have concerns about a local scheme can write to the College in confidence.",
    ],
)

# --- Harrow Vale: the practice under another name -------------------------------------------------------------------

_STEADY_STEPS = News("/news/steady-steps", "Steady Steps begins", date(2026, 6, 11))
_LIBRARY = News("/news/library", "Drop-in mornings at the library", date(2026, 5, 27))
_STEADY_STEPS_PAGE = article(
    "Harrow Vale Partnership",
    _STEADY_STEPS.title,
    _STEADY_STEPS.on,
    [
        "From this month a police officer works inside our community mental health team three days a week.",
        "The new programme, Steady Steps, is for people who call most often. Each of them will have one shared plan.",
        "Emergency departments will see the plan and may be asked not to admit the person who comes to them.",
        "Where calls do not become fewer, the officer can ask a court for a behaviour order.",
    ],
)
_LIBRARY_PAGE = article(
    "Harrow Vale Partnership",
    _LIBRARY.title,
    _LIBRARY.on,
    [
        "Our advice team is at the central library every Wednesday morning from nine until noon.",
        "Nobody needs an appointment, and there is coffee for those who wait.",
        "Interpreters for six languages can be booked by telephone the day before.",
    ],
)

# --- Fellside Police: a site that answers bots with 403 for some days -----------------------------------------------

_FELLSIDE_PAGE = article(
    "Fellside Police",
    "Working with our partners",
    date(2025, 1, 20),
    [
        "Fellside Police has never used Serenity Integrated Mentoring, and has no officers in mental health teams.",
        "When somebody in a crisis calls 999, our part is to keep them safe until health staff are with them.",
        "We meet local health services every three months to talk about how that went.",
    ],
)
_FORBIDDEN = Page("<title>403 Forbidden</title><h1>Forbidden</h1>", HTTPStatus.FORBIDDEN)

# --- The Gazette: a page that is another one at every look, and says the same ---------------------------------------


def _gazette(posted: str, readers: int, views: int, teasers: tuple[str, str, str], cookie: str) -> Page:
    links = "".join(f'<li><a href="/news/{number}">{teaser}</a></li>' for number, teaser in enumerate(teasers))
    furniture = (
        f'<aside class="related"><h2>Read next</h2><ul>{links}</ul></aside>'
        f'<p class="counter">{views:,} views</p><p class="counter">{readers} people are reading this</p>'
        f'<p class="age">Posted {posted}</p><div id="cookie-banner"><p>{cookie}</p></div>'
    )
    return article(
        "Moorside Gazette",
        "Trust answers questions on mentoring scheme",
        date(2026, 5, 29),
        [
            "Councillors asked Northmoor Care Trust on Friday what became of its Serenity Integrated Mentoring team.",
            "The trust's chair told the health scrutiny committee that the team had been wound up and that its two "
            "officers were back on other duties.",
            "Members asked for a written answer on how many people had been under the scheme, and on who had told them "
            "that it was over. The answer is due before the next meeting in September.",
        ],
        furniture=furniture,
    )


_GAZETTE_AT = "gazette/news/trust-answers-questions"
_GAZETTE_LOOKS = (
    _gazette(
        "3 days ago",
        18,
        1204,
        ("Market returns to the square", "Bridge to close for repairs", "Choir looks for tenors"),
        "We use cookies to improve this site. Accept all cookies or manage your settings.",
    ),
    _gazette(
        "4 days ago",
        7,
        1377,
        ("Bridge to close for repairs", "School fair raises a record sum", "Choir looks for tenors"),
        "We use cookies to improve this site. Accept all cookies or manage your settings.",
    ),
    _gazette(
        "8 days ago",
        3,
        1592,
        ("Swimming pool opens early", "New bus times from July", "Library asks for old photographs"),
        "Your privacy matters. Accept all cookies, reject all cookies or manage your settings.",
    ),
)

# --- the fortnight --------------------------------------------------------------------------------------------------

_BEFORE: Mapping[str, Page | None] = {
    "northmoor/news": listing("Northmoor Care Trust", [_NORTHMOOR_OLD]),
    f"northmoor{_NORTHMOOR_OLD.path}": _NORTHMOOR_ENDED,
    "westvale/feed.xml": feed("Westvale network", [_WESTVALE_WALK]),
    f"westvale{_WESTVALE_WALK.path}": _FALLS,
    "eastmere/news": listing("Eastmere network", [_EASTMERE_AWARD]),
    f"eastmere{_EASTMERE_AWARD.path}": _AWARD,
    _HILLSIDE_AT: _HILLSIDE_BEFORE,
    _COLLEGE_AT: article(*_COLLEGE),
    "harrow_vale/feed.xml": feed("Harrow Vale Partnership", [_LIBRARY]),
    f"harrow_vale{_LIBRARY.path}": _LIBRARY_PAGE,
    "fellside/working-with-partners": _FELLSIDE_PAGE,
    _GAZETTE_AT: _GAZETTE_LOOKS[0],
}

FORTNIGHT: tuple[Step, ...] = (
    Step(_june(1, 9), "the watch begins, with a first look at eight organisations", _BEFORE),
    Step(
        _june(2, 9),
        "Westvale publishes a notice; Northmoor has a new car park",
        {
            "westvale/feed.xml": feed("Westvale network", [_WESTVALE_NOTICE, _WESTVALE_WALK]),
            f"westvale{_WESTVALE_NOTICE.path}": article(
                "Westvale network", _NOTICE_TITLE, _WESTVALE_NOTICE.on, _NOTICE
            ),
            "northmoor/news": listing("Northmoor Care Trust", [_NORTHMOOR_CAR_PARK, _NORTHMOOR_OLD]),
            f"northmoor{_NORTHMOOR_CAR_PARK.path}": _CAR_PARK,
            _GAZETTE_AT: _GAZETTE_LOOKS[1],
        },
    ),
    Step(
        _june(3, 9),
        "Eastmere publishes the same notice, with a sentence of its own",
        {
            "eastmere/news": listing("Eastmere network", [_EASTMERE_NOTICE, _EASTMERE_AWARD]),
            f"eastmere{_EASTMERE_NOTICE.path}": article(
                "Eastmere network",
                _NOTICE_TITLE,
                _EASTMERE_NOTICE.on,
                ["Eastmere network agreed the following words with its neighbours on Tuesday.", *_NOTICE],
            ),
        },
    ),
    Step(_june(4, 9), "Hillside Trust's statement is not there", {_HILLSIDE_AT: None}),
    Step(_june(4, 22), "a second look: still not found"),
    Step(
        _june(5, 11),
        "a third look; and Fellside Police turns the bot away",
        {"fellside/*": _FORBIDDEN},
    ),
    Step(
        _june(6, 9),
        "the Gazette has new counters and teasers; Eastmere's site is down",
        {_GAZETTE_AT: _GAZETTE_LOOKS[2], "eastmere/*": _OUTAGE},
    ),
    Step(
        _june(8, 9),
        "Northmoor rewords its statement, under a banner, and leaves its date; Eastmere is back",
        {f"northmoor{_NORTHMOOR_OLD.path}": _NORTHMOOR_PAUSED, "eastmere/*": None},
    ),
    Step(
        _june(9, 9),
        "Fellside Police answers again, with the page that it had",
        {"fellside/*": None},
    ),
    Step(
        _june(10, 9),
        "Northmoor moves its statement to another address",
        {
            f"northmoor{_NORTHMOOR_OLD.path}": Page(location=_NORTHMOOR_NEW.path),
            f"northmoor{_NORTHMOOR_NEW.path}": _NORTHMOOR_PAUSED,
            "northmoor/news": listing("Northmoor Care Trust", [_NORTHMOOR_CAR_PARK, _NORTHMOOR_NEW]),
        },
    ),
    Step(
        _june(11, 9),
        "Harrow Vale has a new programme, Steady Steps",
        {
            "harrow_vale/feed.xml": feed("Harrow Vale Partnership", [_STEADY_STEPS, _LIBRARY]),
            f"harrow_vale{_STEADY_STEPS.path}": _STEADY_STEPS_PAGE,
        },
    ),
    Step(
        _june(12, 14),
        "Hillside's statement is back, not quite as it was",
        {_HILLSIDE_AT: _HILLSIDE_AFTER},
    ),
    Step(_june(14, 18), "the last look of the fortnight"),
)
