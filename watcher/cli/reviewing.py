"""review: what waits for a person, and what a person makes of it."""

from __future__ import annotations

import getpass

import typer

from watcher.cli.options import Setting, command, print_json, say
from watcher.core.errors import StoreError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    review = typer.Typer(no_args_is_help=True, help="What waits for a person: list, publish, dismiss, repeat.")
    command(review, "list")(waiting)
    command(review, "publish")(publish)
    command(review, "dismiss")(dismiss)
    command(review, "repeat")(repeat)
    app.add_typer(review, name="review")


_CHANGE = typer.Argument(metavar="CHANGE", help='A change, as "review list" names it: c-42.')
_UNDO = typer.Option(False, "--undo", help="Take the last decision about it back.")
_WHO = typer.Option(None, "--by", help="Who decides (default: the user of this machine).")


def waiting(setting: Setting, as_json: bool = typer.Option(False, "--json", help="One JSON object a line.")) -> None:
    """What resembles a topic without naming it, and that nobody has judged; the newest first."""
    from watcher.store import documents, reviews
    from watcher.store.database import open_read_only

    db = open_read_only(setting.environment.storage)
    found = reviews.candidates(db)
    for change in found:
        matched = documents.matches_of(db, change.after_id) if change.after_id else []
        reasons = [r for match in matched if match.topic_id == change.topic_id for r in match.reasons]
        if as_json:
            row = {"id": change.number, "organisation": change.organisation_id, "source": change.source_id}
            row |= {"url": change.url, "title": change.title, "topic": change.topic_id or ""}
            terms = [{"term": r.term, "excerpt": r.excerpt} for r in reasons]
            print_json({**row, "score": change.score, "seen_at": change.detected_at.isoformat(), "reasons": terms})
            continue
        say(f"{change.number:<8} {change.detected_at:%d %b %H:%M}  {change.organisation}: {change.title}")
        say(f"         {'; '.join(dict.fromkeys(r.term for r in reasons))} ({change.score:.2f})")
        say(f"         {change.url}")
    if not found and not as_json:
        say("Nothing waits for a person.")


def publish(setting: Setting, change: str = _CHANGE, undo: bool = _UNDO, who: str | None = _WHO) -> None:
    """Tell the channel of a candidate, and make it public."""
    _decide(setting, "publish", change, who, undo=undo)


def dismiss(setting: Setting, change: str = _CHANGE, undo: bool = _UNDO, who: str | None = _WHO) -> None:
    """Note that a candidate, or an alert that is out, is not relevant."""
    _decide(setting, "dismiss", change, who, undo=undo)


def repeat(
    setting: Setting,
    change: str = _CHANGE,
    of: int | None = typer.Option(None, "--of", metavar="STATEMENT", help="The statement that it repeats."),
    undo: bool = _UNDO,
    who: str | None = _WHO,
) -> None:
    """Note that a candidate is the same statement as another; without --of, the likeliest are listed."""
    from watcher.pipeline import reviewing
    from watcher.pipeline.watch import open_watch

    if of is None and not undo:
        watch = open_watch(setting.configuration, setting.environment)
        for number, told in reviewing.likely_statements(watch, _number(change)):
            say(f"{number:<6} {told}")
        return
    _decide(setting, "repeat", change, who, undo=undo, of=of)


def _decide(setting: Setting, what: str, change: str, who: str | None, *, undo: bool, of: int | None = None) -> None:
    from watcher.pipeline import reviewing
    from watcher.pipeline.watch import open_watch

    watch = open_watch(setting.configuration, setting.environment)
    by, number = who or _user(), _number(change)
    if undo:
        say(reviewing.undo(watch, number, by))
    elif of is not None:
        say(reviewing.repeat_of(watch, number, of, by))
    else:
        say((reviewing.publish if what == "publish" else reviewing.dismiss)(watch, number, by))


def _number(change: str) -> int:
    digits = change.removeprefix("c-")
    if not digits.isascii() or not digits.isdigit():
        raise StoreError(f'"{change}" is no change: name one like c-42 ("watcher review list" shows what waits)')
    return int(digits)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "a maintainer"
