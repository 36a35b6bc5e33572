"""The buttons under a candidate: they work in the maintainers' chat alone."""

from __future__ import annotations

from watcher.bot.talk import Answer, Asked
from watcher.core.errors import StoreError
from watcher.core.model import Buttons
from watcher.pipeline import reviewing
from watcher.pipeline.candidates import decide_buttons
from watcher.pipeline.watch import Watch

_LABEL_MOST = 60


def review(watch: Watch, asked: Asked) -> Answer:
    """Do what a button says; the words are those of `decide_buttons`: "publish:42", "repeat:42:7"."""
    if not asked.is_review_chat:
        return Answer(notice="Only the maintainers' chat decides.")
    what, _, rest = asked.words.partition(":")
    numbers = [int(part) for part in rest.split(":") if part.isascii() and part.isdigit()]
    if not numbers:
        return Answer(notice="This button is not known any more.")
    try:
        return _done(watch, what, numbers, asked.who)
    except StoreError as exc:
        return Answer(notice=str(exc))


def _done(watch: Watch, what: str, numbers: list[int], who: str) -> Answer:
    match what, numbers:
        case "publish", [change_id]:
            return Answer(notice=reviewing.publish(watch, change_id, who))
        case "dismiss", [change_id]:
            return Answer(notice=reviewing.dismiss(watch, change_id, who))
        case "mute", [change_id]:
            return Answer(notice=reviewing.mute(watch, change_id, who))
        case "undo", [change_id]:
            return Answer(notice=reviewing.undo(watch, change_id, who))
        case "repeat", [change_id]:
            return Answer(notice="Of which statement?", buttons=_likely(watch, change_id), is_new_keyboard=True)
        case "repeat", [change_id, statement_id]:
            return Answer(notice=reviewing.repeat_of(watch, change_id, statement_id, who))
        case "back", [change_id]:
            return Answer(notice="As before.", buttons=decide_buttons(change_id), is_new_keyboard=True)
        case _:
            return Answer(notice="This button is not known any more.")


def _likely(watch: Watch, change_id: int) -> Buttons:
    found = reviewing.likely_statements(watch, change_id)
    rows = [((told[:_LABEL_MOST], f"review:repeat:{change_id}:{number}"),) for number, told in found]
    return (*rows, (("Back", f"review:back:{change_id}"),))
