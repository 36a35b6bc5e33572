"""The query of `/`, the feeds and the API: which changes to show; and the same written back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from watcher.config.load import Configuration
from watcher.core.errors import FilterError
from watcher.core.filter import Filter, parse_filter, vocabulary
from watcher.store.views import Selection
from watcher.web import phrases

ARRANGING = frozenset({"sort", "view"})
"""Parts of a query that say how something is shown, not what."""

NAMES = ("filter", "topic", "organisation", "kind", "region", "stance", "change", "period", "from", "to")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: what it selects, the values it holds, and what of it could not be understood."""

    selection: Selection
    values: dict[str, str]  # understood ones by name
    faults: tuple[str, ...] = ()

    def query(self, **more: str | int | None) -> str:
        """The understood values as a query string with its question mark; "" if there are none.

        A value in `more` is added or replaces one; None leaves it out.
        """
        values = {**self.values, **{name: str(value) for name, value in more.items() if value is not None}}
        kept = {name: value for name, value in values.items() if more.get(name, value) is not None}
        return f"?{urlencode(kept)}" if kept else ""

    def wish(self) -> str:
        """A query string that carries the same to /subscribe, as far as the language of filters has words for it."""
        asked, wanted = self.selection, self.selection.wanted
        told = replace(
            wanted,
            organisations=wanted.organisations or _if_any(asked.organisation),
            kinds=wanted.kinds or _if_any(asked.kind),
            regions=wanted.regions or _if_any(asked.region),
            stances=wanted.stances or _if_any(asked.stance),
        )
        return f"?{urlencode({'filter': str(told)})}" if str(told) else ""

    def words(self, configuration: Configuration) -> list[str]:
        """What is selected, for people: ["Trusts", "Ended", "Last 30 days"]."""
        return [_in_words(name, value, configuration) for name, value in self.values.items() if name not in ARRANGING]


def _if_any(value: str | None) -> tuple[str, ...]:
    return (value,) if value is not None else ()


def parse(query: Mapping[str, str], configuration: Configuration, now: datetime) -> Asked:
    """What a query asks for. An unknown value is named in `faults` and limits nothing."""
    allowed: dict[str, set[str]] = {
        "topic": {topic.id for topic in configuration.topics},
        "organisation": {organisation.id for organisation in configuration.organisations},
        **about_organisations(configuration),
        "stance": set(phrases.STANCE_NAMES),
        "change": set(phrases.CHANGES),
        "period": set(phrases.PERIODS),
    }
    values, faults, wanted = dict[str, str](), list[str](), Filter()
    for name in NAMES:
        value = query.get(name, "").strip()
        if not value:
            continue
        if name == "filter":
            wanted, fault = _wanted(value, configuration)
            values |= {"filter": value} if fault is None else {}
            faults += [fault] if fault is not None else []
            continue
        is_known = _day(value) is not None if name in ("from", "to") else value in allowed[name]
        if is_known:
            values[name] = value
        else:
            faults.append(unknown(name, value, allowed.get(name)))
    since, until = _span(values, ZoneInfo(configuration.settings.timezone), now)
    selection = Selection(
        topic=values.get("topic"),
        organisation=values.get("organisation"),
        kind=values.get("kind"),
        change=values.get("change"),
        region=values.get("region"),
        stance=values.get("stance"),
        since=since,
        until=until,
        wanted=wanted,
    )
    return Asked(selection, values, tuple(faults))


def choose(query: Mapping[str, str], allowed: Mapping[str, Collection[str]]) -> Asked:
    """What a query asks for where each name has a few values. Another value is named in `faults` and limits nothing.

    One that only arranges (`ARRANGING`) is passed over without a word.
    """
    values, faults = dict[str, str](), list[str]()
    for name, known in allowed.items():
        value = query.get(name, "").strip()
        if value in known:
            values[name] = value
        elif value and name not in ARRANGING:
            faults.append(unknown(name, value, known))
    return Asked(Selection(), values, tuple(faults))


def about_organisations(configuration: Configuration) -> dict[str, set[str]]:
    """The kinds and regions of organisations that a query may name."""
    regions = {organisation.region for organisation in configuration.organisations if organisation.region}
    return {"kind": set(phrases.ORGANISATION_KINDS), "region": regions}


def unknown(name: str, value: str, known: Collection[str] | None) -> str:
    """That a value is not understood, and what could be written in its place: one of `known`; None stands for a day.

    >>> unknown("stance", "endded", ["ended", "paused"])
    'stance “endded” is not known: did you mean “ended”?'
    """
    said = f"{name} “{value[:80]}” is not known: "
    if known is None:
        return f"{said}write a day like 2026-06-12"
    if close := get_close_matches(value[:80].casefold(), [*known], n=1):
        return f"{said}did you mean “{close[0]}”?"
    return said + (f"one of {', '.join(sorted(known))}" if 0 < len(known) <= _FEW else "it is not used here")


_FEW = 15  # values that are listed where one is wrong


def _wanted(text: str, configuration: Configuration) -> tuple[Filter, str | None]:
    """What was typed in the language of filters, and what of it can't be read. How often is a matter of messages."""
    try:
        return parse_filter(text, vocabulary(configuration.organisations)), None
    except FilterError as fault:
        return Filter(), f"filter “{text[:80]}” can't be read: {fault}"


def _span(values: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The moments between which `from` and `to` lie; `period` counts back from now."""
    since, until = moments(_day(values.get("from", "")), _day(values.get("to", "")), zone)
    if "period" in values:
        started = now - timedelta(days=int(values["period"].removesuffix("d")))
        since = max(since, started) if since else started
    return since, until


def moments(first: date | None, last: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From the first moment of the day `first` to the end of the day `last`, on the clocks of `zone`."""
    since = datetime.combine(first, time(), zone).astimezone(UTC) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC) if last else None
    return since, until


def _day(text: str) -> date | None:
    """A day that is written like 2026-06-12, brought to within reach: nothing is recorded beyond."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return min(max(day, _FIRST_DAY), _LAST_DAY) if day is not None else None


_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
parse_day = _day


def _in_words(name: str, value: str, configuration: Configuration) -> str:
    match name:
        case "organisation":
            return configuration.organisation(value).name
        case "topic":
            return next((topic.name for topic in configuration.topics if topic.id == value), value)
        case "kind":
            return phrases.ORGANISATION_KINDS[value]
        case "stance":
            return phrases.UNSTATED_LABEL if value == phrases.UNSTATED else phrases.stance_label(value)
        case "state":
            return phrases.read_label(value)
        case "change":
            return phrases.CHANGES[value]
        case "period":
            return phrases.PERIODS[value]
        case "from" | "to":
            return f"{name} {value}"
        case _:
            return value
