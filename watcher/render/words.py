"""The phrases of a message: dates in words, and what each kind of change and position is called."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# What an organisation says of itself: words before the strong ones, the strong ones, words after
# them up to the topic, and the short form for "before: …". Stances are those of the contract.
STANCES: dict[str, tuple[str, str, str, str]] = {
    "uses": ("Says it ", "uses", " ", "used"),
    "piloting": ("Says it is ", "piloting", " ", "being piloted"),
    "under-review": ("Says it is ", "reviewing", " ", "under review"),
    "paused": ("Says it has ", "paused", " ", "paused"),
    "ended": ("Says it has ", "ended", " ", "ended"),
    "never-used": ("Says it has ", "never used", " ", "never used"),
    "replaced": ("Says it has ", "replaced", " ", "replaced"),
    "does-not-endorse": ("Says it ", "does not endorse", " ", "not endorsed"),
    "opposes": ("Says it ", "opposes", " ", "opposed"),
    "calls-for-inquiry": ("", "Calls for an inquiry", " into ", "inquiry called for"),
    "apologises": ("", "Apologises", " over ", "apology given"),
    "supports-campaign": ("", "Supports the campaign", " on ", "campaign supported"),
}


def day_in_words(day: date) -> str:
    """`day` as people write it.

    >>> day_in_words(date(2021, 6, 8))
    '8 June 2021'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment_in_words(at: datetime, timezone: str) -> str:
    """The instant `at` on the wall clocks of `timezone`.

    >>> from datetime import UTC
    >>> moment_in_words(datetime(2026, 6, 12, 13, 5, tzinfo=UTC), "Europe/London")
    'Friday 12 June 2026, 14:05'
    """
    local = at.astimezone(ZoneInfo(timezone))
    return f"{DAYS[local.weekday()]} {day_in_words(local)}, {local:%H:%M}"


def number_in_words(count: int) -> str:
    """`count` in words up to ten, in figures above.

    >>> number_in_words(3), number_in_words(1200)
    ('three', '1,200')
    """
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """`count` with its noun.

    >>> counted(1, "word"), counted(2_000, "word")
    ('1 word', '2,000 words')
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def listed(names: list[str], most: int = 12) -> list[str]:
    """Names and the words between them, in turn: name, glue, name …; above `most`, "and 3 more" ends it.

    >>> "".join(listed(["A", "B", "C"]))
    'A, B and C'
    """
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    parts: list[str] = []
    for index, name in enumerate(shown):
        if index:
            parts.append(" and " if index == len(shown) - 1 else ", ")
        parts.append(name)
    return parts


def span_in_words(length: timedelta) -> str:
    """A stretch of time, rounded down.

    >>> span_in_words(timedelta(hours=26)), span_in_words(timedelta(days=3))
    ('26 hours', '3 days')
    """
    hours = int(length.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    return counted(hours, "hour") if hours < 72 else counted(hours // 24, "day")


def times(count: int) -> str:
    """How often, in words: once, twice, three times."""
    return {1: "once", 2: "twice"}.get(count, f"{number_in_words(count)} times")


def gone_in_words(how: str | None) -> str:
    """How an address says that its text is not there; "" if that is not known."""
    return {
        "404": "404, not found",
        "410": "410, gone for good",
        "soft-404": "the page itself says that it is not there",
        "redirect-home": "the address now leads to a general page",
    }.get(how or "", how or "")


def shortened(text: str, most: int) -> str:
    """`text`, or its first `most` characters up to a word's end and an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip() + "…"


def web_address(url: str | None) -> str:
    """`url` if it is a web address of sensible length, otherwise "": other schemes never become links."""
    if not url or len(url) > 2_000 or " " in url or not url.isprintable():
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def same_site(url: str, other: str) -> bool:
    """Whether two addresses are of one host, or of a host and one below it."""
    one, two = urlsplit(url).hostname or "", urlsplit(other).hostname or ""
    one, two = one.removeprefix("www."), two.removeprefix("www.")
    return bool(one and two) and (one == two or one.endswith("." + two) or two.endswith("." + one))
