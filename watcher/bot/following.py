"""What a chat follows: one filter a line, and everything that is kept of it."""

from __future__ import annotations

from watcher.bot.talk import Answer, Asked, alerts_lately, known_names, said, strong, told, wrong
from watcher.core.errors import FilterError
from watcher.core.filter import AS_KEPT, Rhythm, parse_wish
from watcher.core.model import Buttons
from watcher.pipeline.watch import Watch
from watcher.render.message import Line, Mark, Span
from watcher.render.words import counted
from watcher.store import subscriptions
from watcher.store.database import transaction
from watcher.store.subscriptions import Subscription, SubscriptionState

CHANNEL = "telegram"
MOST_FOLLOWED = 20  # by one chat
_RHYTHMS = {Rhythm.AT_ONCE: "at once", Rhythm.DAILY: "once a day", Rhythm.WEEKLY: "once a week"}

MENU: Buttons = (
    (("Everything, at once", "follow:"), ("Everything, once a week", "follow:weekly")),
    (("NHS trusts", "follow:kind:trust"), ("Colleges", "follow:kind:college"), ("Police", "follow:kind:police")),
    (("Says it has ended", "follow:stance:ended"), ("Says it uses it", "follow:stance:uses stance:piloting")),
)
"""For those who don't type filters."""


def start(watch: Watch, asked: Asked) -> Answer:
    """Who this is, and the menu."""
    topics = " and ".join(topic.name for topic in watch.configuration.topics)
    return Answer(
        (
            strong("Statement watcher"),
            (Span(f"I read what organisations publish about {topics}, and tell you when it changes."),),
            *said(
                "",
                "Choose what you want to follow, or write it: /follow and your words. All commands: /help",
                "I keep this chat's number and your filters, nothing else: /privacy",
            ),
        ),
        MENU,
    )


def help_(watch: Watch, asked: Asked) -> Answer:
    """Every command, and how filters are written."""
    example = 'rebranded OR "SIM-like" -jobs kind:trust stance:ended weekly'
    return Answer(
        (
            strong("What I understand"),
            *said(
                "/follow words: tell me of what holds these words; without words, a menu",
                "/list shows what this chat follows, /unfollow 2 ends the second",
                "/pause and /resume",
                "/email address: the same by e-mail; after the address a filter, and weekly or daily",
                "/latest shows the newest alerts, /search words finds texts",
                "/positions shows what each organisation says it does",
                "/why c-42 shows why an alert was sent; or answer the alert with /why",
                "/sources shows what is read, and what can't be seen at the moment",
                "/privacy shows what is kept, /stop ends everything and erases it",
                "",
            ),
            strong("Filters"),
            (Span("Example: "), Span(example, Mark.TITLE)),
            *said(
                "All words must be there; OR between two asks for one of them; quotes keep words together;"
                " -word leaves out; mentor* is any word that begins so.",
                "org: kind: region: stance: narrow to who speaks and what they say.",
                "At the end: weekly or daily; else you are told at once.",
            ),
        )
    )


def follow(watch: Watch, asked: Asked) -> Answer:
    """Begin to follow what the words ask for, with what it would have brought; without words, the menu."""
    if not asked.words.strip():
        return Answer(said("What would you like to follow? Or write /follow and your words."), MENU)
    return follow_words(watch, asked)


def follow_words(watch: Watch, asked: Asked) -> Answer:
    """Begin to follow; no words: everything."""
    try:
        wish = parse_wish(asked.words, known_names(watch))
    except FilterError as fault:
        return Answer(wrong(fault, asked.words))
    now = watch.now()
    with transaction(watch.db):
        here = subscriptions.subscriptions_of(watch.db, CHANNEL, asked.chat)
        if len(here) >= MOST_FOLLOWED and all(one.filter != str(wish.filter) for one in here):
            return Answer(said(f"This chat follows {MOST_FOLLOWED} filters already; /unfollow one first: /list"))
        kept = subscriptions.subscribe(watch.db, CHANNEL, asked.chat, str(wish.filter), wish.rhythm, now)
    lately = alerts_lately(watch, wish.filter)
    would = f"It would have matched {len(lately)} in the last 30 days" + (", the latest:" if lately else ".")
    return Answer(
        (
            (Span("You follow: "), Span(_name(kept), Mark.STRONG), Span(f", told {_RHYTHMS[kept.rhythm]}.")),
            *said(would),
            *(told(watch, change) for change in lately[:3]),
        ),
        ((("Don't follow this", f"unfollow:{kept.id}"),),),
    )


def unfollow(watch: Watch, asked: Asked) -> Answer:
    """End one subscription, by its number in the list or its filter; "all" ends every one."""
    here = subscriptions.subscriptions_of(watch.db, CHANNEL, asked.chat)
    words = asked.words.strip()
    if not here:
        return Answer(said("This chat follows nothing. Begin with /follow"))
    chosen = _chosen(here, words)
    if not chosen:
        lead = said("Which one? Name its number, as in: /unfollow 2") if not words else said("No such filter here:")
        return Answer((*lead, *_listed(here)), _ends(here))
    with transaction(watch.db):
        for one in chosen:
            subscriptions.unsubscribe(watch.db, one.id)
    return Answer(tuple((Span("No longer followed: "), Span(_name(one), Mark.STRONG)) for one in chosen))


def unfollow_by_id(watch: Watch, asked: Asked) -> Answer:
    """End the subscription of that id, if it is this chat's."""
    here = subscriptions.subscriptions_of(watch.db, CHANNEL, asked.chat)
    one = next((one for one in here if str(one.id) == asked.words), None)
    if one is None:
        return Answer(notice="This is not followed any more.")
    with transaction(watch.db):
        subscriptions.unsubscribe(watch.db, one.id)
    return Answer(((Span("No longer followed: "), Span(_name(one), Mark.STRONG)),))


def list_(watch: Watch, asked: Asked) -> Answer:
    """What this chat follows."""
    here = subscriptions.subscriptions_of(watch.db, CHANNEL, asked.chat)
    if not here:
        return Answer(said("This chat follows nothing. Begin with /follow"))
    return Answer((strong("This chat follows"), *_listed(here)), _ends(here))


def pause(watch: Watch, asked: Asked) -> Answer:
    """Tell this chat nothing until it resumes; "off" resumes."""
    if asked.words.strip().casefold() in ("off", "end", "stop"):
        return resume(watch, asked)
    with transaction(watch.db):
        changed = subscriptions.set_state(watch.db, CHANNEL, asked.chat, SubscriptionState.PAUSED, watch.now())
    if not changed:
        return Answer(said("There is nothing to pause. What this chat follows: /list"))
    lines = said("Paused. What happens meanwhile is not told later; /latest shows it. Go on with /resume")
    return Answer(lines, ((("Resume", "resume:"),),))


def resume(watch: Watch, asked: Asked) -> Answer:
    """Go on telling."""
    with transaction(watch.db):
        changed = subscriptions.set_state(watch.db, CHANNEL, asked.chat, SubscriptionState.ACTIVE, watch.now())
    return Answer(said("You are told again." if changed else "Nothing was paused. What this chat follows: /list"))


def privacy(watch: Watch, asked: Asked) -> Answer:
    """All that is kept of this chat."""
    here = subscriptions.subscriptions_of(watch.db, CHANNEL, asked.chat)
    return Answer(
        (
            strong("What is kept of this chat"),
            (Span(f"Its number, {asked.chat}, with each filter and each message sent to it."),),
            *(_listed(here) if here else said("At present: nothing.")),
            *said(
                "No names, no telephone numbers, and nothing of what you write or search for.",
                "/stop erases all of it at once.",
            ),
        )
    )


def stop(watch: Watch, asked: Asked) -> Answer:
    """Erase this chat."""
    with transaction(watch.db):
        if asked.chat in {address.address for address in (*watch.addresses, *watch.maintainers)}:
            here = subscriptions.subscriptions_of(watch.db, CHANNEL, asked.chat)
            for one in here:  # what the maintainers were sent is the record of their decisions
                subscriptions.unsubscribe(watch.db, one.id)
            count = len(here)
        else:
            count = subscriptions.erase(watch.db, CHANNEL, asked.chat)
    gone = f"{counted(count, 'filter')} and this chat's number are erased." if count else "Nothing was kept."
    return Answer(said(f"{gone} You are told nothing more. Begin again at any time with /start"))


def _chosen(here: list[Subscription], words: str) -> list[Subscription]:
    if words.casefold() == "all":
        return here
    if words.isascii() and words.isdigit():
        return here[int(words) - 1 : int(words)] if int(words) else []
    try:
        wanted = str(parse_wish(words, AS_KEPT).filter)
    except FilterError:
        return []
    return [one for one in here if words and one.filter == wanted]


def _listed(here: list[Subscription]) -> tuple[Line, ...]:
    return tuple(
        (
            Span(f"{number}. "),
            Span(_name(one), Mark.STRONG),
            Span(f", told {_RHYTHMS[one.rhythm]}{', paused' if one.state is SubscriptionState.PAUSED else ''}"),
        )
        for number, one in enumerate(here, start=1)
    )


def _ends(here: list[Subscription]) -> Buttons:
    return tuple(
        ((f"Unfollow {number}", f"unfollow:{one.id}"),) for number, one in enumerate(here[:MOST_FOLLOWED], start=1)
    )


def _name(one: Subscription) -> str:
    return one.filter or "everything"
