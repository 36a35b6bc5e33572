"""Whether a marked sentence asserts a cue of its speaker: who the subject is, and "not", "if", "they say"."""

# ruff: noqa: E501 - a pattern is read whole
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.core.stance_cues import Frame, StanceCue
from watcher.core.voice import SPEECH, Speaker

_SUBJECT = re.compile(r"\b(?:SELF|OUR|OTHER|PERSON|TOPIC|CAMP|WHO|YOU|it|this)\b|^that\b")
_AGENTS = frozenset(
    {"SELF", "OUR", "OTHER", "PERSON", "CAMP", "WHO", "YOU"}
)  # who can do something; TOPIC and "it" cannot
_PREPOSITION = re.compile(
    r"\b(?:with|of|to|by|from|for|in|at|on|about|into|between|alongside|with OTHER and|(?:support|back|join|thank|urge|ask|welcom|endors|recognis|fund|meet|help|tell)(?:e?s|e?d|e)?|told|met|heard?)(?: the| all| both| OUR)? $"
)
_NOUN_BEFORE = re.compile(
    r"\b(?:OUR|the|its|their|his|her|continued|any|of|no|national|wide\w*|current|in|for|on|such|future|further|past|routine) $"
)
_RELATIVE = re.compile(
    r"(?<!in )(?<!by )\b(?:a|an|any|the|every|those?) (?:[\w-]+ ){1,4}(?:which|that) (?:(?!SELF|OUR)\w+ ){0,2}$"
)
_IMPERATIVE = re.compile(
    r"(?:end|stop|cease|close|shut|withdraw|leave|scrap|drop|disband|abandon|suspend|pause|halt|review|use|run|replace|pilot|trial|discontinue|terminate)\b"
)
_CLAUSE_END = re.compile(
    r"[;:]|\. |, (?:but|while|whereas|although|though|which|WHO|yet|so)\b| (?:but|while|whereas|although|because) "
)
_UNREAL = re.compile(
    r"\b(?:if|how|why|whether|unless|should|must|ought|needs? to|likely|would|could|might|may|in case|suppose|imagine|until(?! further notice)|wants? to|hopes? to|considering|"
    r"consider|asked (?:about|whether)|to (?:consider|decide)|options?|proposals? to|plans? for|had we|were we to|in the event)\b"
)
_UNREAL_ACT = re.compile(
    r"\b(?:if|whether|unless|should|would|could|might|may)\b(?! (?:\w+ )?(?:welcome|like|wish|want))"
)
_NEGATION = re.compile(r"\b(?:not|never|neither|nor|no|without|far from|denie[sd]|deny)\b|n't\b")
_UNTRUE = re.compile(
    r"\b(?:(?:not|un)true|incorrect|wrong|false|inaccurate|no truth|mistaken|misleading|den(?:y|ies|ied))\b"
)
_UNTRUE_THAT = re.compile(
    r"\b(?:not true|untrue|incorrect|false|wrong|not the case|not correct|misleading)(?: to (?:say|suggest|claim))? that\b"
)
_ANOTHER_VERB = re.compile(r"\b(?:involves?|means?|meant|says?|said|shows?|asked|raised?|led to)\b")
_TOLD_TO = re.compile(
    r"\b(?:urg\w+|ask\w*|call\w* (?:on|upon|for)|want\w*|expect\w*|requir\w+|invit\w+|encourag\w+|tell\w*|told|advis\w+|instruct\w*|"
    r"request\w*) (?!OUR|SELF)[^.;]{1,60} to (?:\w+ly )?$"
)
_ASKED_TO = re.compile(_TOLD_TO.pattern.removesuffix("$"))
HEARSAY = re.compile(
    r"\b(?:(?:been|is|was|are|were|being) (?:\w+ly )?(?:suggested|claimed|reported|alleged|rumoured|implied|asserted)|suggestions?|claims?|"
    r"rumours?|allegations?|reports|impression|asked (?:whether|if)) (?:in [^.;]{1,30} )?(?:that|whether|if)?\b"
)
_TOLD = re.compile(r"\b(?:are|is|were|was|been) (?:told|informed|assured|led to believe)\b")
_SUPPORT = re.compile(r"\b(?:endorsement|backing|approval|recommendation|award|prize|support for)\b")
_BASE = re.compile(r"(?:end|stop|pause|halt|close)\b")
_ARTICLE = re.compile(r"\b(?:an?|the|immediate|any|early|permanent|complete|swift|full) $")
_SETTLED = re.compile(
    r"\b(?:agreed|resolved|decided|approved|directed|determined|instructed) (?:that )?[^.;]*$|\b(?:will|to) $"
)
_GIVEN_UP = re.compile(r"\b(?:ceas\w+|stopp\w+|no longer|used|discontinu\w+|declin\w+|gave up)(?: to)? (?:\w+ly )?$")
_HEAD = re.compile(
    r"\b(?:endorsement|support|backing|plans?|proposals?|reviews?|reports?|concerns?|decisions?|petition|letters?|allegations?|inquiry|"
    r"evaluation|evidence|website|policy|statement|article|questions?|requests?|interest|case|details?|information|page)"
    r" (?:of|for|to|into|about|on|that|regarding|in|from)\b[^.;,]{0,40}$"
)
_CLAIM = re.compile(
    r"\b(?:claims?|suggest\w*|reports?|reported|alleg\w+|rumours?|said|stated|den(?:y|ies|ied)|assert\w*|idea)\b"
)
_OTHER_SAYS = re.compile(rf"\b(?:OTHER|CAMP)\b[^.;]{{0,60}}? {SPEECH}\b|\bWHO (?:\w+ )?{SPEECH}\b")
_OTHERS_POSITION = re.compile(
    r"\b(?:guidance|advice|position|view|policy|statement|letter|instruction) (?:from|of|by) (?!SELF|OUR|TOPIC)[^.;]{1,60} (?:is|was|says?|said|states?|stated) (?:that )?|"
    r"\b(?:motion|amendment|petition|draft)\b[^.;]{0,80} (?:reads?|says|states|asks|proposes|tabled)\b|"
    r"\bWHO (?:\w+ ){1,3}that\b"
)
_PERSON_SAYS = re.compile(rf"\bPERSON\b[^.;]{{0,80}}? {SPEECH}\b")
_OTHER_SAID = re.compile(
    rf"(?:,|\") (?:\w+ )?(?:OTHER|CAMP)\b[^.;]{{0,40}} {SPEECH}\b|(?:,|\") {SPEECH} (?:[\w.' ]+, )?(?:[^.;]{{0,40}} )?(?:OTHER|CAMP)\b|according to (?:the )?(?:OTHER|CAMP)|^according to"
)
_PAST_OF_OTHERS = re.compile(
    r"\b(?:OTHER's|by OTHER|(?:in|at|from|of|across|within|run by|used by|for) (?:the )?OTHER)\b"
)

_FLIPPED = {"ended": "uses", "paused": "uses", "uses": "never-used", "piloting": "never-used"}
"""What a negated fact says: "we have not ended it" is use."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, marked, with what surrounds it."""

    quote: str  # verbatim but for white space and ligatures
    marked: str
    is_topical: bool  # names the topic or refers to it
    was_topical: bool  # so did the sentence before
    speech: bool  # stands in quotation marks, in part
    is_foreign: bool  # its words are someone else's
    order: int


def asserted(cue: StanceCue, sentence: Sentence, match: re.Match[str], speaker: Speaker) -> str | None:
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
        return _polarity(cue, before, marked, match[0])
    if cue.frame is Frame.ACT and (_NEGATION.search(before[-25:]) or _UNREAL_ACT.search(before[-30:])):
        return None
    if cue.frame is Frame.VIEW and cue.stance == "opposes" and _NEGATION.search(before[-15:]):
        return None
    return cue.stance


def doubts(marked: str) -> Iterator[str]:
    """What may keep a marked sentence from being its speaker's own word: who says so, "not", "if"."""
    for name, pattern in (
        ("other-says", _OTHER_SAYS), ("other-said", _OTHER_SAID), ("person-says", _PERSON_SAYS), ("hearsay", HEARSAY),
        ("others-position", _OTHERS_POSITION), ("others-past", _PAST_OF_OTHERS), ("untrue", _UNTRUE), ("told", _TOLD),
        ("told-to", _ASKED_TO), ("not", _NEGATION), ("unreal", _UNREAL),
    ):  # fmt: skip
        if pattern.search(marked):
            yield name


def _is_reported(marked: str, match: re.Match[str], speaker: Speaker) -> bool:
    """Someone else says so: "campaigners say …", "…, according to the minister"."""
    person = _PERSON_SAYS.search(marked, 0, match.start())
    if person and not re.search(r"\b(?:SELF|OUR|TOPIC)\b", marked[person.end() : match.start()]):
        return True
    if _OTHERS_POSITION.search(marked, 0, match.start()):
        return True
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
        agents = [mark for mark in marks if mark in _AGENTS]
        if agents and cue.frame is not Frame.IS:
            return agents[-1]
        if marks:
            return marks[-1]
    return ""


def _is_object(mark: re.Match[str], part: str) -> bool:
    """Whether a body stands after a preposition: "with OTHER", "asked by SELF"."""
    return mark[0] not in ("TOPIC", "OUR") and bool(_PREPOSITION.search(part, 0, mark.start()))


def _fits(cue: StanceCue, subject: str, sentence: Sentence, match: re.Match[str], speaker: Speaker) -> bool:
    before = sentence.marked[: match.start()]
    mentions_self = re.search(r"\b(?:SELF|OUR)\b", sentence.marked) is not None
    if speaker.is_press and not mentions_self:
        return False
    match cue.frame:
        case Frame.DOES:
            return _does(subject, before, match[0], sentence, cue)
        case Frame.IS:
            return _is_own_topic(cue, subject, before, sentence, match)
        case Frame.VIEW:
            return _is_own_view(subject, sentence, match, before)
        case Frame.ACT:
            return _is_own_act(cue, subject, sentence, before, match[0])


def _does(subject: str, before: str, cue_text: str, sentence: Sentence, cue: StanceCue) -> bool:
    if "TOPIC" not in cue_text and not (sentence.is_topical or sentence.was_topical):
        return False
    if re.match(r"OUR\b|(?:its|OUR) ", cue_text):
        return subject not in ("OTHER", "YOU")
    if _RELATIVE.search(before):  # "the prize went to a project which was using it"
        return False
    if subject in ("SELF", "OUR") or re.search(r"\b(?:OUR|SELF's) (?:[\w-]+ ){0,3}TOPIC", cue_text):
        return subject not in ("OTHER", "WHO", "PERSON", "CAMP")
    # "The team … SELF": an elliptical sentence of a notice, "Ended our SIM team in March."
    return subject == "" and not before.strip() and not _IMPERATIVE.match(cue_text)


def _is_own_topic(cue: StanceCue, subject: str, before: str, sentence: Sentence, match: re.Match[str]) -> bool:
    if _PAST_OF_OTHERS.search(before) or re.search(r"\bby OTHER\b", sentence.marked[match.end() :]):
        return False
    clause = before.rpartition("; ")[2]
    gap = clause.rpartition("TOPIC")[2] if "TOPIC" in clause else clause
    if "TOPIC" in match[0]:  # "Blue Team replaced it", "a pilot of it is under way"
        return subject not in ("OTHER", "PERSON", "YOU") or bool(
            cue.stance == "replaced" and re.search(r"\b(?:OUR|SELF)", match[0])
        )
    if (
        subject == "TOPIC" and cue.stance != "under-review" and _HEAD.search(before.rpartition("TOPIC")[0])
    ):  # "the petition on TOPIC closed"
        return False
    if match[0].startswith("there "):
        return "OTHER" not in sentence.marked[match.end() : match.end() + 25]
    if subject == "TOPIC":
        return len(gap) <= (25 if cue.stance == "uses" else 60) and not _ANOTHER_VERB.search(gap)
    if subject in ("it", "this", "that"):
        return sentence.was_topical or "TOPIC" in before
    if subject in ("SELF", "OUR"):  # "SIM in our trust has ended", "our use of SIM has ended"
        return "TOPIC" in before and len(gap) <= 40
    return False


def _is_own_view(subject: str, sentence: Sentence, match: re.Match[str], before: str) -> bool:
    is_about_topic = "TOPIC" in match[0] or (
        sentence.is_topical and "TOPIC" in sentence.marked[match.start() - 60 if match.start() > 60 else 0 :]
    )
    if not is_about_topic and not (
        sentence.was_topical and re.search(r"\b(?:it|its|this|these|them)\b", sentence.marked[match.start() :])
    ):
        return False
    if re.search(r"\b(?:which|WHO) (?:has |have |had |also )?$", before) and not re.match(r"(?:must|should)", match[0]):
        return False  # "a letter which asked for an end to it"
    # "Trusts should no longer use it": they are to act, but it is the speaker who says so.
    if re.match(r"(?:must|should|ought|needs?|TOPIC|no (?:place|just|role|room|exc))\b", match[0]):
        return True
    if re.match(r"\w+ing\b", match[0]) and re.search(r"\b(?:by|from|of) [^,.;]{0,60}$", before):
        return False
    if subject in ("it", "this") and re.match(r"(?:ask|call|urg|demand|want|press|campaign)", match[0]):
        return False
    if subject in ("OTHER", "CAMP", "PERSON", "WHO", "YOU"):
        return "SELF" in re.split(r"\band\b|, ", before)[-1]
    return True


def _is_own_act(cue: StanceCue, subject: str, sentence: Sentence, before: str, cue_text: str) -> bool:
    if cue_text.startswith("CAMP ") and "OUR" in cue_text:  # "the campaign has our support"
        return True
    if subject in ("OTHER", "CAMP", "PERSON", "WHO", "YOU"):
        return False
    if re.match(r"\w+ing\b", cue_text) and re.search(r"\b(?:by|from|of) [^,.;]{0,60}$", before):
        return False  # "we welcome the letter by OTHER asking for …"
    is_own_wish = re.search(r"\bSELF (?:\w+ )?(?:want|wish|would like|need)s? to $", before)
    if (
        cue.stance == "apologises"
        and not is_own_wish
        and re.search(r"\b(?:call\w*|ask\w*|demand\w*|want\w*|deserv\w*|await\w*|owed?)\b[^.;]{0,60}$", before)
    ):
        return False
    if cue.stance == "calls-for-inquiry" and not (sentence.is_topical or sentence.was_topical):
        return False
    if subject in ("TOPIC", "it", "this", "that"):
        return bool(re.match(r"(?:should|must|needs|ought|there|it|an?|the)\b", cue_text))
    return True


def _polarity(cue: StanceCue, before: str, marked: str, cue_text: str) -> str | None:
    """The stance after "not", "if" and "it is untrue that" before the cue."""
    near = before[-60:]
    if cue.stance in ("ended", "paused") and (
        _SUPPORT.search(cue_text) or (_BASE.match(cue_text) and _ARTICLE.search(before))
    ):
        return None  # "withdrew its support for it", "an immediate end to it"
    if (
        cue.frame is Frame.IS and cue_text.startswith("be ") and not _SETTLED.search(before)
    ):  # "we ask that it be ended"
        return None
    if _TOLD_TO.search(before):  # "we urge providers to end it"
        return None
    if cue.stance in ("uses", "piloting") and (given_up := _GIVEN_UP.search(before)):  # "we ceased to provide it"
        return None if _TOLD_TO.search(before, 0, given_up.start()) else "ended"
    if cue.stance == "uses" and _NOUN_BEFORE.search(before):  # "our use of it"
        return None
    if _UNTRUE_THAT.search(before) or (_CLAIM.search(marked) and _UNTRUE.search(marked)):
        return "never-used" if cue.stance in ("uses", "piloting") else None
    if HEARSAY.search(before) or _TOLD.search(before):  # "it has been suggested that we use it"
        return None
    if _UNREAL.search(near):
        return None
    if cue.stance == "never-used":
        return cue.stance
    clause = before[-30:].rpartition(" and ")[2]
    if _NEGATION.search(clause) and "no longer" not in clause:
        return _FLIPPED.get(cue.stance)
    return cue.stance
