"""What a speaker says of itself, or as its own view, on a topic: the stance and the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watcher.core.match import Matcher
from watcher.core.model import Organisation, Stance
from watcher.core.scan import FoldedText, Scanner, ScanTerm, fold_block, search_form
from watcher.core.stance_cues import STANCE_CUES, Frame, StanceCue
from watcher.core.text import sentences
from watcher.core.topic import Topic
from watcher.core.voice import Marker, Speaker, quoted_spans, speaker_of

_EVERYDAY_NOUNS = frozenset({"service", "network", "system", "practice", "way of working", "arrangement"})
_MEMORY = 3  # sentences after which "it" is no longer the topic
_MAX_SENTENCE = 700  # longer ones are tables and lists that lost their stops

_SUBJECT = re.compile(r"\b(?:SELF|OUR|OTHER|TOPIC|CAMP|it|this|that)\b")
_PREPOSITION = re.compile(
    r"\b(?:with|of|to|by|from|for|in|at|on|about|into|between|alongside|with OTHER and)(?: the| all| both)? $"
)
_NOUN_BEFORE = re.compile(
    r"\b(?:OUR|the|its|their|his|her|continued|any|of|no|national|wide\w*|current|in|for|on|such|future|further|past|routine) $"
)
_CLAUSE_END = re.compile(
    r"[;:]|, (?:but|while|whereas|although|though|which|who|yet|so)\b| (?:but|while|whereas|although|because) "
)
_UNREAL = re.compile(
    r"\b(?:if|whether|unless|should|would|could|might|may|in case|suppose|imagine|until|wants? to|hopes? to|considering|"
    r"consider|asked (?:about|whether)|to (?:consider|decide)|options?|proposals? to|plans? for|had we|were we to|in the event)\b"
)
_NEGATION = re.compile(r"\b(?:not|never|neither|nor|no|without|far from|denie[sd]|deny)\b|n't\b")
_UNTRUE = re.compile(
    r"\b(?:(?:not|un)true|incorrect|wrong|false|inaccurate|no truth|mistaken|misleading|den(?:y|ies|ied))\b"
)
_UNTRUE_THAT = re.compile(
    r"\b(?:not true|untrue|incorrect|false|wrong|not the case|not correct|misleading)(?: to (?:say|suggest|claim))? that\b"
)
_CLAIM = re.compile(
    r"\b(?:claims?|suggest\w*|reports?|reported|alleg\w+|rumours?|said|stated|den(?:y|ies|ied)|assert\w*|idea)\b"
)
_SPEECH = r"(?:say|says|said|tells?|told|claims?|claimed|believes?|argues?|argued|alleges?|alleged|reports?|reported|states?|stated|warns?|warned|suggests?|suggested|adds?|added|comments?|commented|asks?|asked|writes?|wrote|fears?|insists?|insisted|think|thinks|calls? it|called it|reveals?|revealed|confirms?|confirmed|announced|explained)"
_OTHER_SAYS = re.compile(rf"\b(?:OTHER|CAMP)\b[^.;]{{0,60}}? {_SPEECH}\b")
_OTHER_SAID = re.compile(
    rf"(?:,|\") (?:\w+ )?(?:OTHER|CAMP)\b[^.;]{{0,40}} {_SPEECH}\b|(?:,|\") {_SPEECH} (?:[\w.' ]+, )?(?:[^.;]{{0,40}} )?(?:OTHER|CAMP)\b|according to (?:the )?(?:OTHER|CAMP)|^according to"
)
_ATTRIBUTION = re.compile(rf"\b{_SPEECH}\b")
_PERSON = re.compile(
    r"\b(?:(?:Dr|Prof\w*|Mr|Mrs|Ms|Sir|Dame|Lord|Baroness|Sgt|Sergeant|Cllr|Councillor)\.? )?[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][\w'’-]+"
)
_OUTSIDER = re.compile(
    r"\b(?:campaigner|activist|former patient|patient|service user|mp|journalist|reporter|professor of|critic|"
    r"survivor|whistleblower|lawyer|solicitor|relative|mother|father|sister|carer|resident|minister|requester|petitioner)\b"
)
_ASKED = re.compile(
    r"^(?:\W*\d*[.)]?\s*)?(?:questions?|request|you (?:have )?(?:asked|requested)|q\d*|your (?:request|question)|information requested|requested)\b[ :.\d)]*",
    re.I,
)
_ANSWERED = re.compile(r"\b(?:answers?|response|our (?:answer|response|reply)|reply|a\d*)\s*[:.\-–]", re.I)
_YES_NO = re.compile(r"^(?:answer|response|a|reply)?\W*(yes|no|not applicable|nil|none|n/a)\b", re.I)
_PAST_OF_OTHERS = re.compile(
    r"\b(?:OTHER's|by OTHER|(?:in|at|from|of|across|within|run by|used by|for) (?:the )?OTHER)\b"
)

_FLIPPED = {"ended": "uses", "paused": "uses", "uses": "never-used", "piloting": "never-used"}
"""What a negated fact says: "we have not ended it" is use."""

SOFTNESS = {
    "never-used": 0, "ended": 1, "replaced": 2, "paused": 3, "under-review": 4, "piloting": 5, "uses": 6,
}  # fmt: skip
"""How far an organisation is from having nothing to do with the practice."""
VIEW_SOFTNESS = {"opposes": 0, "calls-for-inquiry": 1, "does-not-endorse": 2}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence, marked, with what surrounds it."""

    quote: str  # verbatim but for white space
    marked: str
    is_topical: bool  # names the topic or refers to it
    was_topical: bool  # so did the sentence before
    speech: bool  # stands in quotation marks, in part
    is_foreign: bool  # its words are someone else's
    order: int


@dataclass(frozen=True, slots=True)
class _Reading:
    stance: str
    quote: str
    plainness: int
    order: int


class PositionReader:
    """A topic compiled for reading positions; safe to share between threads."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._matcher = Matcher([topic])
        self._referent = _referent(topic.referents)
        self._backward = _backward(topic.referents)
        self._campaign = Scanner([ScanTerm(term) for term in topic.campaign], {})

    def read(
        self, blocks: Sequence[str], *, title: str = "", url: str = "", organisation: Organisation | None = None
    ) -> tuple[Stance, ...]:
        """The speaker's own stances, each once, the plainest first; empty if the text does not name the topic."""
        folded = [fold_block(block) for block in blocks]
        mentions = self._matcher.mentions(self._topic.id, [*folded, fold_block(title)])
        if not any(mentions):
            return ()
        speaker = speaker_of(title, "\n".join(folded), url, organisation)
        # "FOI 17: Blue Sky Scheme" is no statement by the Blue Sky Scheme.
        names = tuple(name for name in speaker.names if not self._matcher.names(self._topic.id, name))
        speaker = replace(speaker, names=names)
        readings = [
            reading
            for sentence in self._sentences(folded, mentions, speaker, is_about=bool(mentions[-1]))
            for reading in _readings(sentence, speaker)
        ]
        return _plainest_first(readings)

    def _sentences(
        self, blocks: list[str], mentions: list[list[tuple[int, int]]], speaker: Speaker, *, is_about: bool
    ) -> Iterator[_Sentence]:
        marker = Marker(speaker)
        since, order, asked = 0 if is_about else _MEMORY, 0, False
        for block, spans in zip(blocks, mentions, strict=False):
            asked = _is_question(block, asked)
            quotes = quoted_spans(block)
            at = 0
            for quote in sentences(block):
                start = max(block.find(quote, at), at)
                end = at = start + len(quote)
                referents = [match.span() for match in self._referent.finditer(search_form(quote))]
                own = [(low - start, high - start) for low, high in spans if start <= low and high <= end]
                if not own and not referents and since == 0:
                    referents = [match.span() for match in self._backward.finditer(search_form(quote))]
                marked = marker.mark(quote, [*own, *referents], self._spans(self._campaign, quote))
                is_topical = bool(own or referents)
                if len(quote) <= _MAX_SENTENCE and not (asked and not _ANSWERED.search(quote)):
                    speech = any(low < end and start < high for low, high in quotes)
                    is_foreign = speech and _is_foreign(block, quotes, start, end, speaker)
                    yield _Sentence(quote, marked, is_topical, since < _MEMORY, speech, is_foreign, order)
                since = 0 if is_topical else since + 1
                order += 1

    def _spans(self, scanner: Scanner, sentence: str) -> list[tuple[int, int]]:
        hits = scanner.hits(FoldedText(sentence, search_form(sentence)))
        return sorted({(hit.start, hit.end) for hit in hits}, key=lambda span: (span[0], -span[1]))


def _referent(nouns: Sequence[str]) -> re.Pattern[str]:
    """ "This scheme", "the national programme"; "the service" alone may be any service."""
    if not nouns:
        return re.compile(r"(?!)")
    strong = "|".join(re.escape(noun) for noun in nouns if noun not in _EVERYDAY_NOUNS) or r"(?!)"
    every = "|".join(map(re.escape, nouns))
    adjective = (
        r"(?:(?:national|local|controversial|whole|mentoring|joint|original|former|police|such|similar|entire|new) )?"
    )
    return re.compile(rf"\b(?:the {adjective}(?:{strong})|(?:this|that|these|those|such) {adjective}(?:{every}))s?\b")


def _backward(nouns: Sequence[str]) -> re.Pattern[str]:
    """What points back at the sentence before: "it", "them", "the service"; not "it is important that"."""
    dummy = (
        r"(?! (?:is|was|would be|will be|has been|may be|seems) (?:\w+ly )?(?:not )?(?:true|untrue|important|clear|right|essential|"
        r"vital|wrong|incorrect|false|the|our|a|an|hoped|said|claimed|time|reported|understood|expected|possible|likely|for)\b)"
    )
    every = "|".join(map(re.escape, nouns)) or r"(?!)"
    return re.compile(rf"\b(?:it\b{dummy}|them\b|(?:the|our) (?:{every})s?\b)")


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


def _readings(sentence: _Sentence, speaker: Speaker) -> list[_Reading]:
    if sentence.is_foreign or sentence.quote.rstrip("\"'”’) ").endswith("?"):
        return []
    found: list[_Reading] = []
    for cue in STANCE_CUES:
        for match in cue.pattern.finditer(sentence.marked):
            stance = _asserted(cue, sentence, match, speaker)
            if stance:
                bonus = ("TOPIC" in match[0]) + (re.search(r"\b(?:SELF|OUR)\b", sentence.marked) is not None)
                found.append(_Reading(stance, sentence.quote, 2 * cue.plainness + bonus, sentence.order))
                break
    return _without_weaker(found)


def _asserted(cue: StanceCue, sentence: _Sentence, match: re.Match[str], speaker: Speaker) -> str | None:
    """The stance that the sentence asserts of its speaker by this cue, or None."""
    marked = sentence.marked
    clause_start = max((end.end() for end in _CLAUSE_END.finditer(marked, 0, match.start())), default=0)
    before = marked[clause_start : match.start()]
    if _is_reported(marked, match, speaker):
        return None
    subject = _subject(before, marked[:clause_start], match[0], cue)
    if not _fits(cue, subject, sentence, match, speaker):
        return None
    if cue.frame in (Frame.DOES, Frame.IS):
        return _polarity(cue, before, marked)
    if cue.frame is Frame.ACT and (_NEGATION.search(before[-25:]) or _UNREAL.search(before[-30:])):
        return None
    if cue.frame is Frame.VIEW and cue.stance == "opposes" and _NEGATION.search(before[-15:]):
        return None
    return cue.stance


def _is_reported(marked: str, match: re.Match[str], speaker: Speaker) -> bool:
    """Someone else says so: "campaigners say …", "…, according to the minister"."""
    said_before = _OTHER_SAYS.search(marked, 0, match.start())
    if said_before and not re.search(r"\b(?:SELF|OUR)\b[^.;]{0,25}$", marked[: match.start()]):
        return True
    if said_before and not re.search(r", but|; ", marked[said_before.end() : match.start()]):
        return True
    said_after = _OTHER_SAID.search(marked)
    return bool(said_after and (said_after.start() >= match.end() - 5 or said_after.start() == 0))


def _subject(before: str, earlier: str, cue_text: str, cue: StanceCue) -> str:
    """The mark nearest before the cue in its clause; from the clause before where this one has none."""
    for part in (before, earlier):
        marks = [mark[0] for mark in _SUBJECT.finditer(part) if not _is_object(mark, part)]
        if marks:
            return marks[-1]
    return ""


def _is_object(mark: re.Match[str], part: str) -> bool:
    """Whether a body stands after a preposition: "with OTHER", "asked by SELF"."""
    return mark[0] not in ("TOPIC", "OUR") and bool(_PREPOSITION.search(part, 0, mark.start()))


def _fits(cue: StanceCue, subject: str, sentence: _Sentence, match: re.Match[str], speaker: Speaker) -> bool:
    before = sentence.marked[: match.start()]
    mentions_self = re.search(r"\b(?:SELF|OUR)\b", sentence.marked) is not None
    if speaker.is_press and not mentions_self:
        return False
    match cue.frame:
        case Frame.DOES:
            return _does(subject, before, match[0], sentence, cue)
        case Frame.IS:
            return _is_own_topic(subject, before, sentence, match)
        case Frame.VIEW:
            return _is_own_view(subject, sentence, match, before)
        case Frame.ACT:
            return _is_own_act(cue, subject, sentence, before)


def _does(subject: str, before: str, cue_text: str, sentence: _Sentence, cue: StanceCue) -> bool:
    if "TOPIC" not in cue_text and not (sentence.is_topical or sentence.was_topical):
        return False
    if re.match(r"OUR\b|(?:its|OUR) ", cue_text):
        return subject != "OTHER"
    if subject in ("SELF", "OUR"):
        return True
    # "The team … SELF": an elliptical sentence of a notice, "Ended our SIM team in March."
    return subject == "" and not before.strip()


def _is_own_topic(subject: str, before: str, sentence: _Sentence, match: re.Match[str]) -> bool:
    if _PAST_OF_OTHERS.search(before) or re.search(r"\bby OTHER\b", sentence.marked[match.end() :]):
        return False
    clause = before.rpartition("; ")[2]
    gap = clause.rpartition("TOPIC")[2] if "TOPIC" in clause else clause
    if match[0].startswith("there "):
        return "OTHER" not in sentence.marked[match.end() : match.end() + 25]
    if subject == "TOPIC":
        return len(gap) <= 60
    if subject in ("it", "this", "that"):
        return sentence.was_topical or "TOPIC" in before
    if subject in ("SELF", "OUR"):  # "SIM in our trust has ended", "our use of SIM has ended"
        return "TOPIC" in before and len(gap) <= 40
    return False


def _is_own_view(subject: str, sentence: _Sentence, match: re.Match[str], before: str) -> bool:
    is_about_topic = "TOPIC" in match[0] or (
        sentence.is_topical and "TOPIC" in sentence.marked[match.start() - 60 if match.start() > 60 else 0 :]
    )
    if not is_about_topic and not (
        sentence.was_topical and re.search(r"\b(?:it|its|this|these|them)\b", sentence.marked[match.start() :])
    ):
        return False
    # "Trusts should no longer use it": they are to act, but it is the speaker who says so.
    if re.match(r"(?:must|should|ought|needs?|TOPIC|no (?:place|just|role|room|exc))\b", match[0]):
        return True
    if subject in ("OTHER", "CAMP"):
        return "SELF" in re.split(r"\band\b|, ", before)[-1]
    return True


def _is_own_act(cue: StanceCue, subject: str, sentence: _Sentence, before: str) -> bool:
    if subject in ("OTHER", "CAMP"):
        return False
    if cue.stance == "apologises" and re.search(
        r"\b(?:call\w*|ask\w*|demand\w*|want\w*|deserv\w*|await\w*|owed?)\b[^.;]{0,60}$", before
    ):
        return False
    if cue.stance == "calls-for-inquiry" and not (sentence.is_topical or sentence.was_topical):
        return False
    return subject in ("SELF", "OUR") or not before.strip() or subject in ("TOPIC", "it", "this", "that", "")


def _polarity(cue: StanceCue, before: str, marked: str) -> str | None:
    """The stance after "not", "if" and "it is untrue that" before the cue."""
    near = before[-60:]
    if cue.stance == "uses" and _NOUN_BEFORE.search(before):  # "our use of it"
        return None
    if _UNTRUE_THAT.search(before) or (_CLAIM.search(marked) and _UNTRUE.search(marked)):
        return "never-used" if cue.stance in ("uses", "piloting") else None
    if _UNREAL.search(near):
        return None
    if cue.stance == "never-used":
        return cue.stance
    if _NEGATION.search(before[-30:]) and "no longer" not in before[-30:]:
        return _FLIPPED.get(cue.stance)
    return cue.stance


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
