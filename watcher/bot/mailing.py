"""/email: the same by e-mail. An address is taken in a private chat alone, so that no group sees it."""

from __future__ import annotations

import math

from watcher.bot.talk import Answer, Asked, alerts_lately, known_names, said, strong, wrong
from watcher.core.errors import AddressError, FilterError
from watcher.core.filter import Rhythm
from watcher.core.mail_address import mail_address
from watcher.pipeline import subscribing
from watcher.pipeline.subscribing import MOST_AN_HOUR, ClientLimit, Wanted
from watcher.pipeline.watch import Watch
from watcher.render.message import Span

_HOURLY = ClientLimit()
"""How often each chat has asked of late; for as long as the bot runs."""


def email(watch: Watch, asked: Asked) -> Answer:
    """Send a confirmation to the address; after it, a filter and a rhythm."""
    if not asked.is_private:
        return Answer(
            said("Here others would see your address. Please write to me in a private chat: /email and the address.")
        )
    if not watch.can_mail or watch.public_url is None:
        return Answer(said("E-mail isn't set up here. I can tell you in this chat: /follow"))
    typed, *rest = asked.words.split(None, 1) or [""]
    words = rest[0] if rest else ""
    if not typed:
        return Answer((strong("By e-mail"), *said(*_HELP)))
    try:
        address = mail_address(typed)
        wish = subscribing.wish_by_mail(words, known_names(watch))
    except AddressError as fault:
        return Answer(said(f"I could not read the address: {fault}.", *_HELP))
    except FilterError as fault:
        return Answer(wrong(fault, words))
    wait_s = _HOURLY.wait_s(asked.chat)
    if wait_s:
        minutes = math.ceil(wait_s / 60)
        return Answer(said(f"{MOST_AN_HOUR} an hour are the most. Please try again in {minutes} minutes."))
    subscribing.ask(
        watch.db, watch.configuration, watch.public_url, Wanted(address, str(wish.filter), wish.rhythm), watch.now()
    )
    often = "once a day" if wish.rhythm is Rhythm.DAILY else "once a week"
    lately = len(alerts_lately(watch, wish.filter))
    return Answer(
        (
            (Span("If mail can reach it, a message with a link is on its way to "), Span(address.typed), Span(".")),
            *said(f"{str(wish.filter) or 'Everything'}, {often}: it would have matched {lately} in the last 30 days."),
            *said(
                "Nothing else is sent before you have pressed the button that the link leads to. It works for seven"
                " days, and three such messages a day are the most for one address.",
                "I don't keep the address with this chat: /privacy",
            ),
        )
    )


_HELP = (
    "Write: /email you@example.org",
    "After the address, if you like, a filter, and weekly or daily:",
    "/email you@example.org ended kind:trust daily",
)
