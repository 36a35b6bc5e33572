"""What a speaker says of itself, or as its own view, on a topic: the stance and the sentence that says so."""

# ruff: noqa: E501 - a pattern is read whole
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watcher.core.assertion import HEARSAY, Sentence, asserted
from watcher.core.match import Matcher
from watcher.core.model import Organisation, Stance
from watcher.core.scan import FoldedText, Scanner, ScanTerm, fold_block, search_form
from watcher.core.stance_cues import STANCE_CUES
from watcher.core.stance_features import Seen, features_of, symbols_of, tokens_of
from watcher.core.text import sentences
from watcher.core.topic import Topic
from watcher.core.voice import SPEECH, Marker, Speaker, quoted_spans, speaker_of

_EVERYDAY_NOUNS = frozenset(
    {
        "service", "network", "system", "practice", "way of working", "arrangement", "work", "post", "partnership", "secondment", "role",
        "contract", "collaboration", "joint working", "team", "method", "grant", "agreement",
    }
)  # fmt: skip
_MEMORY = 3  # sentences after which "it" is no longer the topic
_MAX_SENTENCE = 900  # a motion notes, regrets and calls in one; longer ones are tables and lists that lost their stops

_OWN_BODY = re.compile(r"this (?:service|network|partnership|system)")
_ATTRIBUTION = re.compile(rf"\b{SPEECH}\b")
_NOT_SO = re.compile(
    r"^(?:this|that|it|these (?:claims|reports)|th(?:is|ose) (?:\w+ )?(?:claims?|reports?|suggestions?)|TOPIC) (?:is|are|was) (?:simply |quite )?"
    r"(?:not (?:true|correct|the case|accurate|so)|untrue|incorrect|false|wrong|inaccurate)"
)
_ANSWERED = re.compile(r"\b(?:answers?|response|our (?:answer|response|reply)|reply|a\d*)\s*[:.\-–]", re.I)
_ASKED = re.compile(
    r"^(?:\W*\d*[.)]?\s*)?(?:questions?|request|you (?:have )?(?:asked|requested)|q\d*|your (?:request|question)|information requested|requested)\b[ :.\d)]*",
    re.I,
)
_RECALLED = re.compile(
    r"^\W*(?:thank you|you (?:have |also |recently )?(?:asked|requested|wrote|enquired)|your (?:request|question|letter))\b",
    re.I,
)
_OUTSIDER = re.compile(
    r"\b(?:campaigner|activist|former patient|patient|service user|mp|journalist|reporter|professor of|critic|"
    r"survivor|whistleblower|lawyer|solicitor|relative|mother|father|sister|carer|resident|minister|requester|petitioner)\b"
)

SOFTNESS = {
    "never-used": 0, "ended": 1, "replaced": 2, "paused": 3, "under-review": 4, "piloting": 5, "uses": 6,
}  # fmt: skip
"""How far an organisation is from having nothing to do with the practice."""
VIEW_SOFTNESS = {"opposes": 0, "calls-for-inquiry": 1, "does-not-endorse": 2}
_FACTS = frozenset(SOFTNESS)


@dataclass(frozen=True, slots=True)
class _Reading:
    stance: str
    quote: str
    plainness: int
    order: int


_QUESTION = re.compile(
    r"^(?:\W*(?:q(?:uestion)?|\d+)[\s\d.:)a-z]{0,4} )?(?:please (?:confirm|state|say|tell SELF) )?(?:whether|if)? ?(?P<aux>do|does|did|has|have|is|are|was|were|will)? ?"
    r"(?P<who>YOU|SELF|TOPIC|any(?: of)? (?:YOUR|OUR|the) [\w ]{1,30}?)\b(?P<rest>.*TOPIC.*|(?<=TOPIC).*)\?$"
)
_USE = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|in use|run|runs|running|operat\w+|ha(?:ve|s|d)|adopt\w*|commission\w*|fund\w*|tak(?:e|en|ing) part|took part|part of|signed? up|"
    r"involved|member|host\w*|deliver\w*|provid\w*|second\w*|implement\w*|introduc\w*|pilot\w*|employ\w*|working|participat\w*|in place|join\w*|offer\w*)\b"
)
_ENDORSED = re.compile(
    r"\b(?:do|does|if|whether) (?:YOU|SELF) (?:\w+ )?(?:endorse|recommend|support|approve|promote|back|condone)\b.*TOPIC"
)
_STILL = re.compile(r"\b(?:still|continues?|currently|remains?|at present|today|now)\b")
_SHORT_NO = re.compile(
    r"^(?:\W*(?:a(?:nswer)?|response|reply|our (?:answer|response|reply)|\d+)[\s\d.:)]{0,3} ?)*(?:no\b[,.;]? ?)?(?:(?:SELF|it|TOPIC|OTHER|there) "
    r"(?:do|does|did|has|have|is|are|was|were) (?:not|n't|never|none)(?: (?:and|nor|or) (?:\w+ ){0,3}(?:never|not|ever)[\w ]*)?(?: (?:done|been|so|had|used|any|one|it|do|now|longer|ever))*|no|none|nil|never)[.!]?$"
)
_SHORT_YES = re.compile(
    r"^(?:\W*(?:a(?:nswer)?|response|reply|our (?:answer|response|reply)|\d+)[\s\d.:)]{0,3} ?)*(?:yes\b[,.;]? ?)?(?:(?:SELF|it|TOPIC) (?:do|does|is|are|has)|yes)[.!]?$"
)


def _puts_a_question(sentence: Sentence) -> bool:
    return sentence.quote.endswith("?") or bool(re.search(r"\basked?\b.* (?:if|whether) SELF\b", sentence.marked))


def _answer(question: str, sentence: Sentence) -> _Reading | None:
    """What a bare "No" or "We do not" says, by the question before it: "Do you use it?", "Do you still use it?"."""
    if _SHORT_NO.match(sentence.marked) and _ENDORSED.search(question):
        return _Reading("does-not-endorse", sentence.quote, 3, sentence.order)
    asked = _QUESTION.match(question.strip(" \"'"))
    if not asked or not _USE.search(asked["rest"]):
        return None
    if _SHORT_NO.match(sentence.marked):
        is_past = _STILL.search(asked["rest"]) and not re.search(r"\b(?:ever|never)\b", asked["rest"] + sentence.marked)
        was_used = re.search(r"\bstill|continue", asked["rest"])
        return _Reading("ended" if is_past and was_used else "never-used", sentence.quote, 3, sentence.order)
    if _SHORT_YES.match(sentence.marked) and asked["aux"] in ("do", "does", "is", "are", None):
        return _Reading("uses", sentence.quote, 3, sentence.order)
    return None


@dataclass(frozen=True, slots=True)
class Examined:
    """A text as the reader of positions sees it."""

    seen: tuple[Seen, ...]


class PositionReader:
    """A topic compiled for reading positions; safe to share between threads."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._matcher = Matcher([topic])
        self._referent = _referent(topic.referents)
        self._backward = _backward(topic.referents)
        self._campaign = Scanner([ScanTerm(term) for term in topic.campaign], {})
        self._letters = tuple({term for rule in topic.ambiguous if rule.is_exact_case for term in rule.terms})

    @property
    def topic(self) -> Topic:
        """The topic whose positions it reads."""
        return self._topic

    def may_name(self, blocks: Sequence[str]) -> bool:
        """Whether any short name stands there letter by letter ("SIM"), whatever its company: a cheap first look."""
        return any(term in block for block in blocks for term in self._letters)

    def read(
        self, blocks: Sequence[str], *, title: str = "", url: str = "", organisation: Organisation | None = None
    ) -> tuple[Stance, ...]:
        """The speaker's own stances, each once, the likeliest first; empty if the text does not name the topic."""
        from watcher.core.stance_learned import decided  # its weights are read once a text names the topic

        examined = self.examine(blocks, title=title, url=url, organisation=organisation)
        return decided(examined.seen)

    def examine(
        self, blocks: Sequence[str], *, title: str = "", url: str = "", organisation: Organisation | None = None
    ) -> Examined:
        """Every sentence that may state a position, with what is seen of it; none if the topic is not named."""
        folded = [fold_block(block) for block in blocks]
        heading = fold_block(title)
        mentions = self._matcher.mentions(self._topic.id, [*folded, heading], url, organisation, by_letters=True)
        if not any(mentions):
            return Examined(())
        speaker = self._speaker(title, folded, url, organisation)
        found = list(self._sentences(folded, mentions, speaker, is_about=bool(mentions[-1])))
        marked_title = Marker(speaker).mark(heading, mentions[-1], self._spans(self._campaign, heading))
        # "It ended when I moved": what befell a person; the rules can't tell, the weights know that a person speaks.
        is_private = speaker.is_person and not speaker.is_body
        return Examined(tuple(_seen(found, speaker, marked_title, is_private)))

    def _speaker(self, title: str, folded: list[str], url: str, organisation: Organisation | None) -> Speaker:
        """Who speaks; "FOI 17: Blue Sky Scheme" is no statement by the scheme, "We, the campaign" is the campaign's."""
        speaker = speaker_of(title, "\n".join(folded), url, organisation)
        own = search_form("\n".join([title, *folded[:2]]))
        names = tuple(
            name
            for name in speaker.names
            if not self._matcher.has_term(self._topic.id, name) or (self._campaigns(name) and _speaks_as(name, own))
        )
        return replace(speaker, names=names)

    def _sentences(
        self, blocks: list[str], mentions: list[list[tuple[int, int]]], speaker: Speaker, *, is_about: bool
    ) -> Iterator[Sentence]:
        marker = Marker(speaker)
        since, order, asked = 0 if is_about else _MEMORY, 0, False
        for block, spans in zip(blocks, mentions, strict=False):
            asked = _is_question(block, asked)
            is_put = asked  # within the block: until its answer begins
            quotes = quoted_spans(block)
            at = 0
            for quote in sentences(block):
                start = max(block.find(quote, at), at)
                end = at = start + len(quote)
                referents = [match.span() for match in self._referent.finditer(search_form(quote))]
                own = [(low - start, high - start) for low, high in spans if start <= low and high <= end]
                if since <= 1 or own:
                    backward = self._backward.finditer(search_form(quote))
                    is_next = since == 0 and not (own or referents)  # "it" reaches back one sentence, a noun two
                    referents += [match.span() for match in backward if match["noun"] or is_next]
                if own:  # "this service has ended the pilot": a body on its own site
                    referents = [
                        span for span in referents if not _OWN_BODY.fullmatch(search_form(quote[slice(*span)]))
                    ]
                marked = marker.mark(quote, [*own, *referents], self._spans(self._campaign, quote))
                is_topical = bool(own or referents)
                is_put = is_put and not _ANSWERED.search(quote)
                if len(quote) <= _MAX_SENTENCE and (not is_put or quote.endswith("?")):
                    speech = any(low < end and start < high for low, high in quotes)
                    is_foreign = speech and _is_foreign(block, quotes, start, end, speaker)
                    yield Sentence(quote, marked, is_topical, since < _MEMORY, speech, is_foreign, order)
                since = 0 if is_topical else since + 1
                order += 1
                # "You asked about it. We have ended it.": one sentence puts the question, the next may answer.
                is_put = is_put and not quote.endswith("?") and not _RECALLED.match(block)

    def _campaigns(self, name: str) -> bool:
        return bool(self._spans(self._campaign, name))

    def _spans(self, scanner: Scanner, sentence: str) -> list[tuple[int, int]]:
        hits = scanner.hits(FoldedText(sentence, search_form(sentence)))
        return sorted({(hit.start, hit.end) for hit in hits}, key=lambda span: (span[0], -span[1]))


def _speaks_as(name: str, opening: str) -> bool:
    return bool(
        re.search(rf"\b(?:we,? (?:at |as )?(?:the )?|statement (?:from|by) (?:the )?){re.escape(name)}", opening)
    )


def _referent(nouns: Sequence[str]) -> re.Pattern[str]:
    """ "This scheme", "the national programme"; "the service" alone may be any service."""
    if not nouns:
        return re.compile(r"(?!)")
    strong = "|".join(re.escape(noun) for noun in nouns if noun not in _EVERYDAY_NOUNS) or r"(?!)"
    every = "|".join(map(re.escape, nouns))
    adjective = (
        r"(?:(?:national|local|controversial|whole|mentoring|joint|original|former|police|such|similar|entire|new) )?"
    )
    return re.compile(
        rf"\b(?:the {adjective}(?:{strong})|(?:this|that|these|those|such(?: an?)?) {adjective}(?:{every}))s?\b"
    )


def _backward(nouns: Sequence[str]) -> re.Pattern[str]:
    """What points back at the sentence before: "it", "them", "the service"; not "it is important that"."""
    dummy = (
        r"(?! (?:is|was|would be|will be|has been|may be|seems) (?:\w+ly )?(?:not )?(?:true|untrue|important|clear|right|essential|"
        r"vital|wrong|incorrect|false|the|our|a|an|hoped|said|claimed|time|reported|understood|expected|possible|likely|for)\b)"
    )
    every = "|".join(map(re.escape, nouns)) or r"(?!)"
    # "The network had no part in it": at the head of a sentence that noun is the speaker.
    steady = "|".join(re.escape(noun) for noun in nouns if noun != "network") or r"(?!)"
    return re.compile(rf"\b(?:it\b{dummy}|them\b|(?P<noun>(?<!^)the (?:{every})s?|(?:the (?:{steady})s?))\b)")


def stances(
    blocks: Sequence[str],
    topic: Topic,
    *,
    title: str = "",
    url: str = "",
    organisation: Organisation | None = None,
) -> tuple[Stance, ...]:
    """What the speaker says of itself on `topic`; compile a PositionReader to read many texts."""
    return PositionReader(topic).read(blocks, title=title, url=url, organisation=organisation)


def softened(before: Sequence[Stance], after: Sequence[Stance]) -> tuple[Stance, Stance] | None:
    """The pair that moved towards the practice (ended, now paused; opposes, now does not endorse), or None.

    Compares the plainest stance of each kind, facts before views.

    >>> softened([Stance("ended", "We ended it.")], [Stance("paused", "We paused it.")])[1].stance
    'paused'
    >>> softened([Stance("paused", "We paused it.")], [Stance("ended", "We ended it.")])
    """
    for scale in (SOFTNESS, VIEW_SOFTNESS):
        was = next((stance for stance in before if stance.stance in scale), None)
        now = next((stance for stance in after if stance.stance in scale), None)
        if was and now and scale[now.stance] > scale[was.stance]:
            return was, now
    return None


def _is_question(block: str, was_asked: bool) -> bool:
    """Whether a block is a requester's: from "You asked" to "Answer"."""
    if _ASKED.match(block):
        return True
    return was_asked and not _ANSWERED.match(block) and block.rstrip().endswith("?")


def _is_foreign(block: str, quotes: list[tuple[int, int]], start: int, end: int, speaker: Speaker) -> bool:
    """Whether the quoted words in `start:end` of a block are someone else's."""
    if speaker.is_press:
        return True
    low = min(at for at, stop in quotes if at < end and start < stop)
    high = max(stop for at, stop in quotes if at < end and start < stop)
    around = block[max(0, low - 120) : low].rpartition(". ")[2] + " | " + block[high : high + 140].partition(". ")[0]
    if not _ATTRIBUTION.search(search_form(around)):
        return False
    searched = search_form(around)
    if any(name in searched for name in speaker.names) or re.search(
        r"\b(?:our|we|the (?:trust|college|force)'?s?)\b", searched
    ):
        return bool(re.search(r"\b(?:campaigner|former patient|critic)\b", searched))
    return bool(_OUTSIDER.search(searched)) or bool(Marker(speaker).mark(around, (), ()).count("OTHER"))


def _by_rules(sentences: Sequence[Sentence], speaker: Speaker) -> list[list[_Reading]]:
    """What the rules read from each sentence, answers and denials included."""
    found: list[list[_Reading]] = []
    was_hearsay, question = False, ""
    for sentence in sentences:
        here: list[_Reading] = []
        if was_hearsay and _NOT_SO.search(sentence.marked):
            here.append(_Reading("never-used", sentence.quote, 6, sentence.order))
        if question and (answer := _answer(question, sentence)):
            here.append(answer)
        question = sentence.marked if _puts_a_question(sentence) else ""
        found.append(here + _readings(sentence, speaker))
        was_hearsay = bool(HEARSAY.search(sentence.marked) and re.search(r"\b(?:SELF|OUR)\b", sentence.marked))
    return found


def _ruled(sentence: Sentence, readings: Sequence[_Reading], chosen: set[str]) -> Iterator[str]:
    """What the rules say of a sentence, and how far they are to be believed: a short plain one is their field."""
    size = min(len(sentence.marked.split()) // 8, 4)
    for one in readings:
        yield f"r:{one.stance}"
        yield f"r:{one.stance}:{one.plainness // 2}"
        yield f"r:any:{one.plainness // 2}:{size}"
        yield f"r:{one.stance}:{'named' if sentence.is_topical else 'unnamed'}"
    for stance in chosen:
        yield f"r:chosen:{stance}"
        yield f"r:chosen:{stance}:{size}"


def _seen(sentences: Sequence[Sentence], speaker: Speaker, marked_title: str, is_private: bool) -> Iterator[Seen]:
    """Each sentence with its features; the rules' readings are among them."""
    readings = _by_rules(sentences, speaker)
    stated = [one for here in readings for one in here if not (is_private and one.stance in _FACTS)]
    chosen = {(stance.stance, stance.quote) for stance in _plainest_first(stated)}
    title = symbols_of(tokens_of(marked_title))
    before: list[tuple[str, ...]] = []
    was_asked = False
    for at, (sentence, here) in enumerate(zip(sentences, readings, strict=True)):
        ruled = set(_ruled(sentence, here, {stance for stance, quote in chosen if quote == sentence.quote}))
        place = {"p:first"} if at == 0 else set()
        place |= {"p:last"} if at == len(sentences) - 1 else set()
        tokens = tokens_of(sentence.marked)
        symbols = symbols_of(tokens)
        features = features_of(sentence, speaker, tokens, symbols, before, title)
        if was_asked:
            features |= {"f:asked"} | {f"q:{name}" for names in (*before, *symbols) for name in names}
        yield Seen(sentence.quote, frozenset(features | (ruled or {"r:none"}) | place))
        before, was_asked = symbols, sentence.quote.endswith("?")


def _readings(sentence: Sentence, speaker: Speaker) -> list[_Reading]:
    if sentence.is_foreign or sentence.quote.rstrip("\"'”’) ").endswith("?"):
        return []
    found: list[_Reading] = []
    for cue in STANCE_CUES:
        for match in cue.pattern.finditer(sentence.marked):
            stance = asserted(cue, sentence, match, speaker)
            if stance:
                bonus = ("TOPIC" in match[0]) + (re.search(r"\b(?:SELF|OUR)\b", sentence.marked) is not None)
                found.append(_Reading(stance, sentence.quote, 2 * cue.plainness + bonus, sentence.order))
                break
    return _without_weaker(found)


_OUTDONE = {
    "uses": {"piloting", "ended", "paused", "never-used", "replaced", "under-review"},
    "piloting": {"ended", "paused", "never-used", "replaced"},
    "under-review": {"calls-for-inquiry"},
    "never-used": {"ended", "does-not-endorse"},
    "opposes": {"does-not-endorse"},
}
"""In one sentence the second says what the first only seems to: "we ran it until we ended it"."""


def _without_weaker(readings: list[_Reading]) -> list[_Reading]:
    best: dict[str, _Reading] = {}
    for reading in readings:
        if reading.stance not in best or best[reading.stance].plainness < reading.plainness:
            best[reading.stance] = reading
    return [best[stance] for stance in best if not (_OUTDONE.get(stance, set()) & best.keys())]


def _plainest_first(readings: list[_Reading]) -> tuple[Stance, ...]:
    best: dict[str, _Reading] = {}
    for reading in sorted(readings, key=lambda reading: (-reading.plainness, reading.order)):
        best.setdefault(reading.stance, reading)
    if best.keys() & {"ended", "never-used"} and "uses" in best:
        del best["uses"]  # "our team supported people": how it was
    if best.keys() & {"ended", "replaced", "paused"} and "under-review" in best and best["under-review"].plainness <= 4:
        del best["under-review"]  # "we carried out a review": it led to what came after
    return tuple(Stance(reading.stance, reading.quote) for reading in best.values())
