"""Words and phrases that mean much the same when a position is stated, by class: general English, no topic's own.

The classes let a reader that was trained on few texts understand words that it never saw: whoever has seen
"ended" knows "wound up". They decide nothing by themselves; what weighs how much is learnt.
"""

# ruff: noqa: E501 - a class is read whole
from __future__ import annotations

_VOWELS = "aeiou"
_DOUBLED = frozenset(
    {"stop", "drop", "scrap", "axe", "run", "plan", "commit", "cut", "shut", "put", "set", "get", "let", "begin", "submit", "permit", "refer", "defer", "transfer", "trial", "model", "cancel", "chop", "rebrand", "quit", "regret", "control", "label", "enrol", "fulfil", "step"}
)  # fmt: skip

_VERBS: dict[str, str] = {
    "RUN": "use operate run deliver host provide offer employ fund commission staff adopt implement introduce launch establish embed roll deploy second participate join practise apply resource participate sustain serve utilise",
    "GOON": "continue remain keep persist maintain carry stay extend retain renew expand",
    "TRY": "pilot trial test try experiment",
    "REVIEW": "review evaluate reassess reconsider re-examine examine audit scrutinise assess reflect revisit appraise weigh consider re-evaluate rethink look",
    "HOLD": "pause suspend halt freeze defer postpone park mothball shelve hold adjourn interrupt",
    "END": "end stop cease close withdraw decommission disband discontinue terminate drop scrap abandon retire finish dissolve dismantle cancel conclude expire lapse axe exit leave discharge remove disestablish abolish shut quit relinquish pull",
    "SWAP": "replace rename rebrand supersede relaunch evolve become transition transfer merge absorb subsume convert transform fold morph redesign reconfigure succeed incorporate migrate remodel reshape restyle retitle amalgamate reform repurpose",
    "NAME": "call name know title badge brand label",
    "ENDORSE": "endorse recommend approve commend promote advocate accredit validate vouch sanction condone favour mandate champion advise encourage",
    "DISTANCE": "distance dissociate disown disavow disassociate",
    "OPPOSE": "oppose condemn reject object disagree deplore denounce abhor repudiate reprehend criticise",
    "CALL": "call ask urge demand request press appeal seek want petition lobby push expect wish",
    "PROBE": "investigate probe inquire enquire",
    "REGRET": "apologise apologize regret",
    "BACK": "support back applaud echo welcome amplify salute thank commend admire",
    "SIGN": "sign co-sign cosign",
    "DECIDE": "decide agree resolve approve vote determine settle opt choose elect",
    "SAY": "say tell claim argue report state allege suggest announce explain write add warn note describe insist assert comment publish believe think feel",
    "KNOW": "confirm clarify acknowledge recognise accept admit advise inform assure hear note state",
    "DENY": "deny refute dispute rebut",
    "PLAN": "plan propose intend hope explore anticipate aim prepare",
    "START": "start begin commence open launch resume restart",
    "HARM": "harm hurt damage injure traumatise frighten distress punish threaten coerce criminalise exclude deny silence abuse wrong",
    "REFER": "refer",
}  # fmt: skip

_WORDS: dict[str, str] = {
    "RUN": "ran used user users usage operation operational operating delivery provision participant participation member embedded seconded adoption",
    "GOON": "kept continued continuing ongoing unchanged remaining continuation",
    "NOW": "now currently presently today nowadays already",
    "STILL": "still",
    "TRY": "pilot pilots trial trials tried experimental experiment feasibility testbed test-bed trialled trialling piloted probationary tester",
    "REVIEW": "review reviews evaluation reassessment scrutiny appraisal audit reviewer reviewers stocktake deliberation",
    "HOLD": "held pause hiatus moratorium abeyance suspension standstill dormant frozen temporarily interim meantime meanwhile froze temporary pending hold freeze paused",
    "END": "ended closure cessation withdrawal termination over gone defunct wound left last final ceased closed withdrew withdrawn end decommissioning disbandment obsolete discontinuation dissolved",
    "SWAP": "became replacement successor instead formerly rebadged renamed rebranded transitioned alternative superseded rebranding relaunched merged morphed",
    "NEW": "new newly",
    "NAME": "known named called titled name names banner badge known",
    "NEVER": "never ever",
    "NOT": "not no nor neither none without cannot nothing nobody nowhere nil hardly unable",
    "ENDORSE": "endorsement endorsements recommendation approval accreditation promotion kitemark approved backing commendation sponsor sponsorship exemplar best-practice",
    "OPPOSE": "opposed opposition against objection unacceptable unethical unlawful indefensible unjustifiable opponents abhorrent contrary incompatible untenable intolerable objectionable wrong inexcusable unconscionable immoral illegitimate inappropriate",
    "BAD": "harmful dangerous unsafe coercive punitive discriminatory cruel inhumane abusive damaging degrading oppressive unjust criminalising stigmatising harm harms coercion abuse cruelty discrimination injustice",
    "MUST": "must should ought needs need",
    "COND": "if whether unless would could might may perhaps hypothetical hypothetically were-to suppose",
    "FUTURE": "will shall forthcoming upcoming",
    "PAST": "was were had did been previously formerly once former historic historical historically earlier ago then",
    "ISARE": "is are am being",
    "HAVE": "has have having",
    "DO": "do does done",
    "INQUIRY": "inquiry enquiry investigation inquiries investigations ombudsman probe judge-led investigator",
    "INDEP": "independent independently external externally impartial statutory",
    "SORRY": "sorry apology apologies regret remorse apologise apologetic contrition contrite unreservedly regretful",
    "BACK": "solidarity alongside beside allies ally supportive behind supporter supporters supporting",
    "SIGN": "signatory signatories signature signed",
    "THEIR": "their them they those",
    "HARMED": "survivors harmed affected campaigners patients families people",
    "DEMAND": "demands demand calls aims asks letter statement campaign petition",
    "IT": "it its this that these",
    "PLAN": "plans proposal proposals proposed intention intend planned considering option options",
    "DENY": "untrue incorrect false rumour rumours inaccurate mistaken misleading unfounded",
    "REFER": "referral referrals caseload",
    "DECIDE": "decision decisions",
    "TEAM": "team staff",
    "NOBODY": "nobody",
    "BY": "by",
    "UNTIL": "until till since",
    "WHILE": "while whilst pending awaiting await awaits",
    "OUTCOME": "outcome findings conclusion conclusions result report reports panel",
    "HERE": "here locally",
    "ELSE": "elsewhere neighbouring nationally",
    "PLACE": "place stead",
    "RECORD": "record records recorded trace",
    "REAL": "actually indeed truly",
}  # fmt: skip

_PHRASES: dict[str, str] = {
    "NOLONGER": "no longer|not any longer|not any more|any longer|no more",
    "HOLD": "on hold|on ice|for the time being|for now|until further notice|in the meantime|stood down temporarily|in abeyance|until such time|pressed pause|pending the outcome|no new referrals|not taking new|not accepting|not taking on|not accept new|no new people|no fresh referrals|new referrals|switched off|put on pause|a pause|holding position",
    "END": "wind down|winds down|winding down|wound down|wound up|winding up|wind up|stand down|stood down|standing down|stands down|brought to an end|brought to a close|come to an end|came to an end|coming to an end|drew to a close|draw to a close|drawn to a close|phased out|phase out|phasing out|parted company|part company|moved away from|move away from|moving away from|moved on from|step away from|stepped away from|stepped back|step back|pulled out|pull out|pulling out|walked away|called time on|handed back|ran its course|run its course|ran until|ran out|ran from|ran between|not renewed|not be renewed|not renew|not to renew|not extended|done away with|do away with|closed its doors|closed the door|took the last|last patient|last person|final patient|put an end to|an end to|behind us|in the past|thing of the past|no plans to bring back|had its day|laid to rest|switch off|switched off for good",
    "HAD": "used to|at one time|at that time|at the time|in the past",
    "SWAP": "in its place|in their place|in place of|took its place|takes its place|taken its place|taking its place|took over from|took over|taken over|takes over|new name|new names|now called|now known as|now goes by|goes by the name|under the name|under another name|under a different name|under a new name|change of name|changed its name|changed the name|change the name|previously known as|formerly known as|once known as|once called|used to be called|gave way to|given way to|gives way to|made way for|instead of|rather than|folded into|rolled into|moved into|moved across|moved over|carried over|has become|have become|known as|known locally as|now the|reborn as|trading as|operating as|operates as|built on|step into|stepped into|in its stead|took the place|takes the place|same team",
    "NEVER": "at no time|at no point|not at any time|not at any point|not at any stage|at no stage|not been|never been|not ever|nor has it|nor have we|nor did|has not had|have not had|did not have|has not used|have not used|did not use|did not take part|took no part|played no part|had no part|no part in|no involvement|not involved|not part of|not participated|not signed up|chose not to|declined to|declined the|turned down|decided against|opted not to|not adopted|not adopt|did not adopt|not introduced|not taken up|not one of|not among",
    "NORECORD": "no record|no records|no trace|not hold|do not hold|does not hold|no information",
    "REVIEW": "looking again at|look again at|looking at|looking into|look into|taking stock|take stock|took stock|under review|under consideration|under scrutiny|second look|closer look|fresh look|going through|working through|being looked at|deep dive|terms of reference|lessons learned|thinking again|think again|take a view|taking a view|weighing up|made up our mind|make up our mind",
    "UNDECIDED": "no decision|not yet decided|yet to decide|not decided|undecided|not yet taken|has not been taken|not been made|not yet been|yet to be|before deciding|before we decide|before any decision|before a decision|decision on whether|whether to continue|whether it should|whether it has|open question|keeping an open mind|awaiting the outcome|await the outcome|not reached|not reached a|yet to reach|until it reports|until we know|once it reports|due to report|will report|reports back|report back|will conclude|expected to conclude|due to finish|due in|will be published|draft report|is under way|is underway|under way|underway|has begun|is in progress|in progress",
    "TRY": "trying out|tried out|try out|try it out|on trial|test and learn|proof of concept|early adopter|small scale|small-scale|limited trial|limited number|first phase|phase one|six month|six-month|three month|three-month|twelve month|twelve-month|twelve week|12-week|twelve-week|pilot site|pilot area|one borough|one locality|one team|giving it a go|dipping a toe|toe in the water|see how|see whether|see if|time limited|time-limited|trial run|trial period|on a trial basis|on a pilot basis|as a pilot|as a trial|before any wider|before wider",
    "RUN": "in use|in place|in operation|up and running|taking part|take part|takes part|took part|part of|signed up|part and parcel|working day|day to day|is live|went live|goes live|open to referrals|taking referrals|accepting referrals|open for referrals|caseload of|sits within|sit within|sits in|works with|work with|works alongside|work alongside|on the books|on our books|under its wing|made up of|run by|led by|day in day out|core part|business as usual",
    "ENDORSE": "seal of approval|stamp of approval|stand behind|stands behind|put our name|puts its name|our name to|its name to|good practice|best practice|lend our name|lend its name|in favour of|speak for|spoken for|hold up as|held up as|point others|point to it",
    "DISTANCE": "distance itself|distance ourselves|distances itself|distanced itself|distancing itself|part company with|nothing to do with|wish to be associated|be associated with|associated with|taken down|took down|took it off|taken off|removed from|withdrawn our|withdrew our|withdrawn its|withdrew its|withdraw our|withdraw its|withdraws its|longer appears|longer lists|longer listed",
    "OPPOSE": "no place|has no place|no place in|no role|no justification|no excuse|should not be|should never|must not|must never|must stop|must end|has to stop|has to end|have to stop|needs to stop|needs to end|should stop|should end|should be scrapped|should be withdrawn|should be stopped|cannot be justified|can not be justified|cannot be right|can not be right|can never be|has no business|no business|crosses a line|crossed a line|line in the sand|red line|at odds with|runs counter|flies in the face|fly in the face|breach of|violation of|abuse of|stand against|stands against|stood against|speak out against|an affront|affront to|profoundly wrong|wholly wrong|plain wrong|simply wrong|is wrong|are wrong|was wrong|not acceptable|not lawful|not ethical|not therapeutic|not care|should cease|must cease|want it gone|want it stopped|rid of|wrong in principle|the wrong|will not accept|cannot accept|can not accept|cannot support|can not support",
    "CALL": "would like|calling for|calls for|call for|called for|calling on|calls on|call on|called on|asks for|asking for|ask for|asked for|want to see|wants to see|like to see|written to|wrote to|have asked|has asked|nothing less than|nothing short of|there must be|there should be|there needs to be|it is time for|we need a|we want a|time for a|deserve a|deserve an|owed a|owed an|only a|only an",
    "INQUIRY": "public inquiry|independent inquiry|independent review|independent investigation|full inquiry|judge led|outside investigation|outside body|someone independent|somebody independent|someone from outside|from outside|arm's length|national review|formal inquiry|formal investigation|get to the bottom|got to the bottom|full account|looked into|looked at by|examined by|investigated by|reviewed by|independent person|independent panel|independent of|own homework|marking their own|the regulator|inspectorate|inspectors|national audit office|select committee|health ombudsman|fresh eyes|light of day|who knew what|how it came",
    "SORRY": "let down|let you down|let people down|let them down|fell short|fallen short|falls short|say sorry|saying sorry|said sorry|deeply sorry|truly sorry|very sorry|so sorry|we are sorry|am sorry|is sorry|are sorry|got it wrong|got this wrong|got that wrong|we were wrong|was wrong of|should not have|should have listened|should have asked|should have spoken|ought not to have|did not listen|failed to listen|failed you|failed people|failed patients|failed them|owe you|owe them|owe an apology|owe people|our apologies|full apology|unreserved apology|heartfelt|ashamed|we regret|deserved better|ask for forgiveness|forgiveness",
    "DELAY": "delay in|the delay|for the delay|inconvenience|late reply|late response|long wait|taken longer|length of time",
    "BACK": "stand with|stands with|standing with|stood with|in solidarity|side by side|shoulder to shoulder|stand beside|stands beside|stand alongside|stands alongside|stand by|stands by|full support|add our name|added our name|adds its name|added its name|adding our name|add our voice|adding our voice|added our voice|lend our voice|put our weight|throw our weight|our weight behind|on the side of|at the side of|with you|are with|is with|hand in hand|arm in arm|every word|every one of|each of the demands|all of the demands|demands in full|grateful to|pay tribute|tribute to|thank you to|right to|were right|are right|listen to them|join them|joins them|join those|joins those|share their|shares their|echo their|endorse their|back their|support their|supports their|backs their",
    "DENY": "not true|not correct|not the case|not accurate|no truth|not so",
    "QUOTE": "in the words of|according to|as reported|it has been claimed|it has been said|has been suggested|it is claimed|it is said|is alleged|has been reported",
    "TOLD": "we are told|we were told|we understand|understands that|it is understood|we hear|i hear",
    "COND": "were to|had it|had we|should we|in the event|if it|if we|if the|what if|would have|would be|could be|may be|might be|ask whether|asked whether|asks whether|asked if",
    "PLAN": "plan to|plans to|planned to|proposal to|proposals to|intends to|intend to|hope to|hopes to|considering whether|thought about|interested in|expression of interest|expressed an interest|looked at whether|was proposed|had planned|had hoped|did not proceed|not proceed|never went|came to nothing|not go ahead|never got|did not go|not taken forward|was not taken",
    "DATE": "with effect from|with immediate effect|as of|as from|by the end of|at the end of|end of",
    "DECIDE": "took the decision|taken the decision|decision to|agreed to|decided to|agreed that|voted to|resolved to|resolved that|has been taken|was taken|chosen to|chose to|elected to|opted to",
}  # fmt: skip


def _inflected(verb: str) -> list[str]:
    """All regular forms of a verb: "stop", "stops", "stopped", "stopping"."""
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    plural = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    forms = [verb, plural, verb + "ed", verb + "ing"]
    if verb in _DOUBLED:
        forms += [verb + verb[-1] + "ed", verb + verb[-1] + "ing"]
    return forms


def _classes() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name, verbs in _VERBS.items():
        for verb in verbs.split():
            for form in _inflected(verb):
                found.setdefault(form, {})[name] = None
    for name, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word, {})[name] = None
    return {word: tuple(names) for word, names in found.items()}


def _phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for name, phrases in _PHRASES.items():
        for phrase in phrases.split("|"):
            found.setdefault(tuple(phrase.split()), {})[name] = None
    return {words: tuple(names) for words, names in found.items()}


WORD_CLASSES = _classes()
"""Word form to the classes that it belongs to."""
PHRASE_CLASSES = _phrases()
"""Words in a row to the classes that they belong to together."""
LONGEST_PHRASE = max(map(len, PHRASE_CLASSES))
