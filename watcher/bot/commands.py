"""Which command, and which button, is answered by what."""

from __future__ import annotations

from collections.abc import Callable

from watcher.bot import desk, following, looking, mailing
from watcher.bot.talk import Answer, Asked
from watcher.pipeline.watch import Watch

Respond = Callable[[Watch, Asked], Answer]

COMMANDS: dict[str, tuple[str, Respond]] = {
    "start": ("who this is, and a menu", following.start),
    "help": ("all commands, and how filters are written", following.help_),
    "follow": ("be told of what holds these words", following.follow),
    "unfollow": ("end one, by its number", following.unfollow),
    "list": ("what this chat follows", following.list_),
    "email": ("the same by e-mail, once a week or day", mailing.email),
    "why": ("why an alert was sent", looking.why),
    "latest": ("the newest alerts", looking.latest),
    "search": ("find texts by their words", looking.search),
    "positions": ("what each organisation says it does", looking.positions),
    "sources": ("what is read, and what can't be seen", looking.sources),
    "pause": ("be told nothing for a while", following.pause),
    "resume": ("be told again", following.resume),
    "privacy": ("what is kept of this chat", following.privacy),
    "stop": ("end everything and erase it", following.stop),
}
"""Command -> what Telegram's menu says of it, and what answers it."""

BUTTONS: dict[str, Respond] = {
    "follow": following.follow_words,
    "unfollow": following.unfollow_by_id,
    "resume": following.resume,
    "review": desk.review,
}
"""What stands before the first colon of a pressed button -> what answers it."""
