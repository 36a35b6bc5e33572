"""How positions are put into words: general English, nothing of any one topic.

Cues are read on sentences that `voice` has marked. Each says what must stand where; who the
subject is, and whether the sentence asserts it at all, is decided in `stance`.
"""

# ruff: noqa: E501 - a pattern is read whole
from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

STANCES = (
    "uses", "piloting", "under-review", "paused", "ended", "never-used", "replaced", "does-not-endorse",
    "opposes", "calls-for-inquiry", "apologises", "supports-campaign",
)  # fmt: skip
"""Every stance, in the order in which tables show them."""


class Frame(StrEnum):
    """What a cue needs around it."""

    DOES = "does"  # SELF … cue … TOPIC: what the speaker does
    IS = "is"  # TOPIC … cue: what has become of the speaker's own TOPIC
    VIEW = "view"  # what the speaker thinks of TOPIC
    ACT = "act"  # what the speaker says by saying it: sorry, we call for, we stand with


@dataclass(frozen=True, slots=True)
class StanceCue:
    """One way of saying a stance."""

    stance: str
    frame: Frame
    pattern: re.Pattern[str]
    plainness: int  # 3 says it outright, 1 only just


_ADVERB = (
    r"(?:(?:now|currently|still|also|already|recently|formally|fully|therefore|since|permanently|subsequently|"
    r"immediately|completely|actively|presently|at present|at this time|both|jointly|all|indeed|today|then|again|"
    r"temporarily|voluntarily|never|just|at once|in fact|always|ever|publicly|decided to|agreed to|chosen to|begun to|"
    r"had to|taken the decision to|taken the decision to|and have never been|and has never been) )*"
)
_HAVE = r"(?:have|has|had|'ve)"
_BE = r"(?:is|are|was|were|has been|have been|had been|being|be|been)"
_NOT_OURS = (
    r"(?:OTHER|PERSON|CAMP|YOU|WHO|which|whether|how|about|against|regarding|concerning|criticising|affected|harmed|hurt|concerns?|evidence|"
    r"statements?|letters?|reviews?|inquiry|petitions?|questions?|information|requests?|evaluations?|reports?|claims?|but|because|while|if|until|"
    r"not|never|no|examin\w+|investigat\w+|scrutin\w+|consider\w*|look\w*|unlike|without|instead|than|oppos\w+|replac\w+|training|research|advice|article|pages?|papers?|records?|copies|figures|"
    r"details|survivors|taking|accepting|names?|labels?|titles?|is|are|was|were|has|have|had|will|would|should|must|said|says)"
)
"""Between verb and object they tell of something else: "we published questions about it"."""
_ITS = rf"(?:(?!{_NOT_OURS}\b)[\w'()\"&$%.-]+ ){{0,9}}['\"(]?"
_OBJECT = rf" {_ITS}TOPIC"
_DECIDED = (
    r"(?:decision|decided|decides|agreed|agrees|chosen?|chose|resolved|voted|determined|intends?|plans?(?= to)|planning|promised|"
    r"committed|took steps|taken steps)\b(?:(?!OTHER|PERSON)[^.,;]){0,40}? to "
)
_REVIEW = r"(?:review|inquiry|enquiry|investigation|evaluation|scrutiny|audit)"
_UNTIL_TOPIC = r"(?: [^.;]{0,60})?"

_COUNT = r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|several|a few|some|a (?:small )?number of"

_TABLE: tuple[tuple[str, Frame, int, str], ...] = (
    # --- uses
    ("uses", Frame.DOES, 3, rf"(?<!,)(?<!, )(?:continues? to|still|currently|actively|presently|now)? ?{_ADVERB}(?:us(?:e|es|ing)|operat(?:e|es|ing)|run|runs|running|deliver|delivers|delivering|host|hosts|provide|provides|offer|offers|follow|follows|employ|employs|fund|funds|commissions?|works? with|works? to){_OBJECT}"),
    ("uses", Frame.DOES, 2, rf"{_HAVE} {_ADVERB}(?:adopted|implemented|introduced|rolled out|launched|set up|established|expanded|been (?:using|running|operating|delivering)){_OBJECT}"),
    ("uses", Frame.DOES, 2, rf"(?:continues?|will continue|remains? committed|intends? to continue|plans? to continue) {_ADVERB}(?:with|to|using|running|to (?:use|run|operate|deliver|support|fund|work with)){_OBJECT}"),
    ("uses", Frame.DOES, 2, rf"{_HAVE} {_ADVERB}(?:\w+ ){{0,4}}(?:a|an|OUR own|its own|one|two|three|four|five|six|seven|eight|nine|ten|\d+)(?: (?:\w+ )?(?:people|patients|service users|clients|individuals|officers?) (?:\w+ ){{0,3}}?(?:on|in|under|with|within|through|by|to))?(?: the| OUR)? TOPIC"),
    ("uses", Frame.DOES, 2, rf"(?:is|are|remains?) {_ADVERB}(?:a|an|one of the|part of(?: the)?|members? of(?: the)?|proud to (?:deliver|host|run|be part of)|involved (?:in|with)|signed up to){_OBJECT}(?: site)?"),
    ("uses", Frame.IS, 2, rf"(?:is|are|remains?|continues?(?: to be)?|stays?) {_ADVERB}(?:in use|in place|used|operational|active|live|running|up and running|in operation|delivered|available|open|provided|in force|being (?:used|run|delivered))\b"),
    ("uses", Frame.IS, 2, r"(?:operates|runs|works|functions|sits) (?:across|within|in|from|under|alongside|as part of|out of|every|on|with|at|jointly|five|seven|between)\b(?! (?:principle|theory|other|another|a new name|the name|OTHER))"),
    ("uses", Frame.IS, 2, r"(?:supports|helps|serves|covers|sees|has|holds|takes|accepts) (?:up to |around |about |some |currently |a caseload of |currently )*(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|new|adults|people|referrals|OTHER)\b"),
    ("uses", Frame.IS, 2, r"(?:is|are) (?:currently |still |now |also |jointly |being )*(?:run|used|delivered|funded|commissioned|provided|operated|hosted|offered|led|staffed|paid for) (?:jointly )?(?:by|between|with|in|across|at|within|through|under) (?:SELF|OUR|the|a|both|all|two|three)\b"),
    ("uses", Frame.DOES, 2, r"(?:is|are) (?:currently |now |still |being |also )*(?:supported|seen|helped|enrolled|managed|cared for|working|based|placed|embedded|seconded|engaged|assigned|attached|employed) (?:[^.;,]{0,30} )?(?:by|on|in|with|through|under|within|to) (?:the |OUR |its |a )?TOPIC(?! (?:ended|was|had|until))"),
    ("uses", Frame.DOES, 2, r"there (?:is|are) (?:currently |now |still |at present )*(?:\w+ ){1,4}(?:people|patients|service users|individuals|clients|officers?|constables?|staff|nurses?|OTHER) (?:\w+ ){0,4}(?:on|in|with|within|under|through|to) (?:the |OUR |its |a )?TOPIC"),
    ("uses", Frame.DOES, 3, rf"(?:work|works|sit|sits|serve|serves|operate|operates|is based|are based|is embedded|are embedded|is seconded|are seconded|is placed|are placed) (?:[\w-]+ ){{0,3}}(?:in|within|on|with|for|alongside|to|as part of){_OBJECT}"),
    ("uses", Frame.IS, 2, rf"(?:{_COUNT}) (?:OTHER|people|adults|individuals|clients|service users|residents|of OUR \w+|officers?|constables?|nurses?) (?:\w+ ){{0,3}}(?:are|is|remain) (?:currently |still |now |also |today )*(?:\w+ )?(?:on|in|with|under|through|by|to|within) (?:the |OUR |its |a )?TOPIC"),
    ("uses", Frame.DOES, 2, rf"(?:go(?:es)? on|carr(?:y|ies) on|keeps?|continu(?:e|es|ing)) (?:with )?(?:us|runn|support|fund|deliver|provid|operat|host|offer|commission|work)ing{_OBJECT}"),
    ("uses", Frame.DOES, 2, r"join(?:ing)? OUR (?:[\w-]+ ){0,3}TOPIC"),
    ("uses", Frame.DOES, 2, rf"(?:has|have|employs?|funds?) (?:currently |now )?(?:{_COUNT}|an?|the) (?:[\w-]+ ){{0,5}}(?:deployed|assigned|attached|allocated|posted|seconded|working|based|embedded|dedicated|enrolled|supported) (?:full time |part time )?(?:to|in|within|on|with|by|through) (?:the |OUR |its |a )?TOPIC"),
    ("uses", Frame.IS, 2, r"continues? (?:to (?:run|operate|support|work|be used|take|help|see)|as before|unchanged|in \w+)"),
    ("uses", Frame.IS, 2, r"(?:is|are|remains?|continues? to be) (?:\w+ )?part of (?:the|OUR|what SELF)\b"),
    ("uses", Frame.IS, 2, r"(?:is|are|remains?) (?:still |currently |now )?(?:taking|accepting|open to) (?:new )?referrals"),
    # --- piloting
    ("piloting", Frame.DOES, 3, rf"(?:am|are|is|been) {_ADVERB}(?:pilot(?:ing)?|piloting|trialling|trialing|testing|trying out|taking part in an? (?:\w+ )?(?:pilot|trial) of|participating in an? (?:\w+ )?(?:pilot|trial) of|running an? (?:\w+ )*(?:pilot|trial) of){_OBJECT}"),
    ("piloting", Frame.DOES, 3, rf"(?:pilots?|trials?|piloted from|began (?:a pilot of|piloting|trialling)|{_HAVE} (?:\w+ )?(?:begun|started|launched) (?:a |an |the )?(?:\w+[ -])*(?:pilot(?:ing)?|trial(?:ling)?)(?: of)?|will (?:pilot|trial)|runs? an? (?:\w+[ -])*(?:pilot|trial) of){_OBJECT}"),
    ("piloting", Frame.DOES, 2, rf"(?:is|are|remains?) {_ADVERB}(?:a|an|one of (?:the|\w+)) (?:\w+ )?pilot(?: site| area)?s? (?:for|of){_OBJECT}"),
    ("piloting", Frame.DOES, 2, r"(?:taking|take|takes|taken) part in (?:a|an|the) (?:\w+[ -])*(?:pilot|trial) (?:of|for) (?:the )?TOPIC"),
    ("piloting", Frame.IS, 3, rf"(?:is|are|remains?) {_ADVERB}(?:being )?(?:piloted|trialled|tested|in (?:a|its) pilot|a pilot|at pilot stage|in pilot phase|still a pilot)\b"),
    ("piloting", Frame.IS, 3, rf"(?:was|were) {_ADVERB}being (?:piloted|trialled|tested|tried)\b"),
    ("piloting", Frame.IS, 2, r"(?:TOPIC )?pilot (?:is|remains|continues|runs|will run|began|started|has been extended|was extended)\b"),
    ("piloting", Frame.DOES, 3, rf"(?:chosen|selected|invited|agreed|set|due|going|about|planning|plans?|preparing|hoping|signed up|volunteered) to (?:pilot|trial|test|try){_OBJECT}"),
    ("piloting", Frame.IS, 3, r"(?:pilot|trial) of (?:the )?TOPIC (?:is|has begun|began|started|continues|will|runs|has started|remains)\b"),
    # --- under review
    ("under-review", Frame.DOES, 3, rf"(?:am|are|is|been|will be|begun|started) {_ADVERB}(?:review|re ?evaluat|evaluat|assess|re ?assess|reconsider|examin|audit|looking again at|consider)(?:ing)?{_OBJECT}"),
    ("under-review", Frame.DOES, 3, rf"(?:will|shall|is to|are to|plans? to|intends? to|has agreed to|have agreed to|{_HAVE} (?:asked|been asked|committed|promised|undertaken) (?:\w+ ){{0,5}}to|{_HAVE} decided to) {_ADVERB}(?:review|evaluate|reassess|reconsider|examine|look again at){_OBJECT}"),
    ("under-review", Frame.DOES, 3, rf"(?:{_HAVE} |is |are |will )?{_ADVERB}(?:begun|began|started|launched|commission(?:ed|ing)|announced|ordered|open(?:ed|ing)|set up|committed to|agreed|carry(?:ing)? out|undertak(?:e|es|ing)|conduct(?:s|ing)?|complet(?:e|ing)|initiated|instigated|in the (?:middle|process) of|asked for|lead(?:s|ing)?|hold(?:s|ing)?|begin(?:s|ning)?) (?:a|an|the|its|OUR|their own|our own|own) (?:[\w-]+,? ){{0,5}}{_REVIEW}"),
    ("under-review", Frame.DOES, 1, rf"(?:{_HAVE} )?{_ADVERB}(?:carried out|conducted|completed|undertook|undertaken|led|held|finished) (?:a|an|the|its|OUR) (?:[\w-]+,? ){{0,5}}{_REVIEW}"),
    ("under-review", Frame.DOES, 1, rf"(?:{_HAVE} |is |are )?{_ADVERB}(?:reviewed|reviewing|responded to the {_REVIEW}|took part in the {_REVIEW}|contribut\w+ to the {_REVIEW}){_OBJECT}"),
    ("under-review", Frame.DOES, 1, rf"welcomes? (?:the|a|this|news of the) (?:[\w-]+ ){{0,4}}{_REVIEW}"),
    ("under-review", Frame.IS, 3, rf"(?:is|are|remains?|has been|have been|will be) {_ADVERB}(?:under (?:[\w-]+ ){{0,2}}(?:{_REVIEW}|consideration)|being (?:re ?)?(?:reviewed|evaluated|assessed|examined|considered|looked at)|(?:the )?subject (?:to|of) (?:a|an|the|OUR) (?:[\w-]+ ){{0,3}}{_REVIEW}|placed under {_REVIEW}|put under {_REVIEW})"),
    ("under-review", Frame.IS, 2, r"(?:will be|is to be|are to be) (?:\w+ )?(?:reviewed|evaluated|reassessed|examined)"),
    ("under-review", Frame.IS, 3, rf"(?:{_REVIEW}) (?:of|into) (?:[^.;]{{0,40}} )?TOPIC (?:is (?!needed|required|necessary|essential|overdue|wanted)|remains|has begun|began|will (?:report|conclude|consider|look|be (?!enough)|begin|start|examine|run|take)|continues|reports|started|are)"),
    ("under-review", Frame.DOES, 2, rf"OUR (?:\w+ ){{0,2}}{_REVIEW} (?:of|into){_OBJECT} (?:is|remains|has begun|began|will|continues|reports|started)"),
    ("under-review", Frame.IS, 3, rf"(?:is|are|has been|have been) (?:now |currently )?(?:going through|undergoing|in the middle of) (?:a|an|the|OUR) (?:[\w-]+ ){{0,4}}{_REVIEW}"),
    ("under-review", Frame.DOES, 3, rf"(?:am|are|is|been|will be|begun|started) {_ADVERB}(?:look(?:ing)?|taking (?:a|another) (?:\w+ )?look|taking stock|reflecting|think(?:ing)?) (?:again |carefully |closely |afresh |hard )?(?:, )?(?:[^.;]{{0,50}}? )?(?:at|into|on|of|about) (?:[^.;,]{{0,40}} )?TOPIC"),
    ("under-review", Frame.DOES, 3, rf"(?:am|are|is|been|will be|begun|started) {_ADVERB}(?:look(?:ing)? (?:again |carefully |closely |afresh )?(?:at|into)|review(?:ing)?|re ?consider(?:ing)?|re ?assess(?:ing)?|examin(?:ing|e)|scrutinis(?:ing|e)|evaluat(?:ing|e)) (?:(?!OTHER)[^.;]{{0,80}} )?TOPIC"),
    ("under-review", Frame.DOES, 3, rf"(?:{_HAVE} )?{_ADVERB}(?:asked|commissioned|instructed|appointed|tasked|invited|engaged) (?:[^.;]{{0,60}}? )?to (?:\w+ )?(?:review|evaluate|reassess|reconsider|examine|look (?:again )?(?:at|into)|investigate|scrutinise|audit|report on)\b(?=[^.;]{{0,80}}(?:TOPIC|\bit\b|\bthem\b))"),
    ("under-review", Frame.IS, 3, rf"(?:a|an|the|OUR|its) (?:[\w-]+,? ){{0,4}}{_REVIEW} (?:of|into) (?:[^.;]{{0,40}} )?TOPIC,? (?:[^.;]{{0,40}} )?(?:is (?!needed|required|necessary|essential|overdue|wanted|called)|remains|has begun|has started|began|will (?:report|conclude|consider|look|be (?:led|published|carried|completed)|begin|start|examine|run|take)|continues|has been (?:commissioned|launched|opened|set up|agreed|ordered|started)) ?"),
    ("under-review", Frame.DOES, 3, rf"(?:an?|the|OUR|its) (?:[\w-]+,? ){{0,4}}{_REVIEW} (?:(?:of|into) [^.;]{{0,50}} )?(?:has been|have been|is being|was|is|are|will be|remains) (?:now |currently |already |still )?(?:commissioned|launched|opened|ordered|set up|agreed|carried out|undertaken|conducted|under ?way|in progress|ongoing|on going|started|begun|led)\b(?! by OTHER)"),
    ("under-review", Frame.DOES, 3, rf"(?:{_HAVE} )?{_ADVERB}(?:set up|asked|formed|convened|established|appointed) (?:an?|the|OUR) (?:[\w-]+ ){{0,4}}(?:group|panel|team|committee|nurse|lead|auditors?|expert|reviewer) (?:\w+ ){{0,3}}to (?:\w+ )?(?:review|evaluate|reassess|reconsider|examine|look (?:again )?(?:at|into)|investigate|scrutinise|audit)"),
    ("under-review", Frame.IS, 2, r"(?:is|are) (?:[\w-]+ ){0,6}SELF (?:is|are) (?:now |currently )?(?:reviewing|looking (?:again |closely |carefully )?(?:at|into)|examining|considering|re ?assessing)"),
    ("under-review", Frame.IS, 2, rf"(?:is|are|will be|has been|forms?) (?:included in|covered by|part of|within the scope of|within|in scope for) (?:a|an|the|OUR|this) (?:[\w-]+ ){{0,4}}{_REVIEW}"),
    ("under-review", Frame.DOES, 2, r"(?:is|are) (?:now |currently )?(?:leading|doing|carrying out|undertaking|beginning|starting) (?:a piece of |some |further |detailed |urgent )*work to (?:\w+ )?(?:establish|understand|find out|check|determine|see) (?:how|whether|what)\b"),
    ("under-review", Frame.DOES, 2, rf"(?:await\w*|wait\w* for) the (?:outcome|findings|results?|conclusions?|report) of (?:a|an|the|OUR) (?:[\w-]+ ){{0,4}}{_REVIEW}"),
    ("under-review", Frame.DOES, 3, rf"{_DECIDED}(?:review|evaluate|reassess|reconsider|examine|commission (?:a|an) (?:[\w-]+ ){{0,4}}{_REVIEW} (?:of|into)){_OBJECT}"),
    # --- paused
    ("paused", Frame.DOES, 3, rf"(?:{_HAVE} |is |are |will )?{_ADVERB}(?:paus(?:e|ed|es|ing)|suspend(?:ed|s|ing)?|halted|halting|put|placed|deferred|frozen|(?:temporarily|for now|for the time being) (?:stopped|closed|stood down|withdrawn|ceased)){_OBJECT}"),
    ("paused", Frame.DOES, 3, rf"(?:{_HAVE} |is |are |will )?{_ADVERB}(?:paus(?:e|ed|ing)|suspend(?:ed|ing)?|stopped|closed|(?:stopped|ceased|paused) (?:taking|accepting|receiving)|not taking|not accepting|no longer taking|no longer accepting) (?:any |all )?(?:new )?(?:referrals|admissions) (?:to|into|for|on) (?:\w+ )?TOPIC"),
    ("paused", Frame.IS, 3, rf"(?:{_BE}|remains?|stays?) {_ADVERB}(?:paused|suspended|on hold|halted|put on hold|placed on hold|put on pause|on pause|in abeyance|held in abeyance|frozen|under suspension|not (?:taking|accepting) (?:any )?(?:new )?(?:referrals|people|patients)|closed to (?:new )?referrals|stood down (?:while|pending|until)|temporarily (?:closed|stopped|stood down|withdrawn))"),
    ("paused", Frame.DOES, 3, rf"(?:{_HAVE} |is |are |will )?{_ADVERB}(?:stopped|closed|stood down|withdrawn|withdrew|ceased|ended|taken|halted){_OBJECT}[^.;]{{0,60}} (?:while|pending|until (?!\d|january|february|march|april|may|june|july|august|september|october|november|december)|for the time being|for now|temporarily)\b"),
    ("paused", Frame.DOES, 3, rf"(?:placed?|put|impos\w+|introduc\w+|agreed|announc\w+|call\w+|order\w+) (?:a|an|the) (?:\w+ ){{0,2}}(?:pause|hold|moratorium|halt|freeze|suspension|stop) (?:on|to|in|of|for){_OBJECT}"),
    ("paused", Frame.IS, 3, r"(?:is|are|was|were|has been|have been|remains?) (?:not )?(?:currently |at present |presently )?(?:not )?(?:running|operating|being (?:run|used|delivered|offered)|in operation|in use|active|taking place) (?:[^.;,]{0,20} ?)?(?:while|pending|until|for the time being)\b"),
    ("paused", Frame.IS, 2, r"(?:suspension|pause|hold) (?:of|on|in|to) (?:[^.;]{0,20} )?TOPIC (?:is|remains|will|continues|has been|was|took|began|came)"),
    ("paused", Frame.DOES, 2, rf"(?:{_HAVE} |is |are )?{_ADVERB}(?:paus(?:ed|ing)|suspend(?:ed|ing)|halt(?:ed|ing)) (?:all |any |the |these |such |OUR |its |further )*(?:joint |police |clinical |new )*(?:visits?|work|working|activity|activities|involvement|sessions|appointments|clinics?|meetings|referrals|information sharing|plans|response plans|use of (?:all |the |these |any )*(?:\w+ )?plans|support)\b"),
    ("paused", Frame.DOES, 3, rf"(?:will|is|are|do|does|has|have) not (?:be |been )?(?:\w+ )?(?:tak\w+ part|attend\w*|us\w+|work\w*|join\w*|operat\w+|run\w*|deliver\w*|involved|participat\w+|referr\w*|accept\w*){_OBJECT}[^.;]{{0,60}} (?:until|while|pending)\b"),
    ("paused", Frame.IS, 2, r"(?:no (?:new|further) (?:people|patients|referrals|service users|admissions)) (?:are|is|will be|have been|has been) (?:being )?(?:taken|accepted|admitted|made|added)"),
    ("paused", Frame.DOES, 3, rf"{_DECIDED}(?:\w+ly )?(?:pause|suspend|halt|put on hold|freeze|defer){_OBJECT}"),
    # --- ended
    ("ended", Frame.DOES, 3, rf"(?:{_HAVE} |is |are |will )?{_ADVERB}(?:end(?:ed|s|ing)?|stopped|stops?|ceas(?:ed|es|e|ing)|clos(?:ed|es|e|ing)(?: down)?|discontinu(?:ed|e|es|ing)|decommission(?:ed|ing)?|withdr(?:ew|awn|awing|aw)|w(?:ound|inding) (?:up|down)|disband(?:ed|ing)?|terminat(?:ed|e|ing)|abandon(?:ed|ing)?|dropp(?:ed|ing)|scrapp(?:ed|ing)|axed|left|phas(?:ed|ing) out|stood down|concluded|dissolv(?:ed|ing)|retired|step(?:ped|ping) away|pulled out|exit(?:ed|ing)|shut|cut (?:all |its |OUR )?(?:ties|links)|sever(?:ed|ing)|g(?:ave|iven|iving) up|done away|did away|axed|ditch(?:ed|ing)|shelv(?:ed|ing)|relinquish(?:ed|ing)|walk(?:ed|ing) away|step(?:ped|ping) back|called time|remov(?:ed|ing)|mothball(?:ed|ing)|sunset|broken off|disconnected){_OBJECT}"),
    ("ended", Frame.DOES, 3, rf"no longer (?:{_ADVERB})(?:us(?:e|es|ing)|run|runs|running|operat\w+|deliver\w*|host\w*|offer\w*|provid\w+|commission\w*|fund\w*|ha(?:s|ve)|tak(?:es?|ing) part|participat\w+|employ\w*|follow\w*|involved|part|a member|members|a|an|work\w*|support\w* people){_OBJECT}"),
    ("ended", Frame.DOES, 3, rf"no longer (?:{_ADVERB})(?:\w+ )?(?:us(?:e|es|ing)|run|runs|running|operat\w+|deliver\w*|offer\w*|provid\w+) (?:it|them)\b"),
    ("ended", Frame.DOES, 2, rf"(?:used|ran|operated|piloted|trialled|delivered|hosted|had|took part in|was part of|were part of|were a|was a|funded){_OBJECT}(?: site)? (?:[^.;]{{0,60}})?(?:between|from \w+ (?:\d{{4}} )?(?:to|until)|until|but (?:this |it |that )?(?:ended|stopped|closed|no longer))"),
    ("ended", Frame.DOES, 3, rf"(?:OUR|its) (?:use of|involvement (?:in|with)|part in|participation in|membership of|work (?:on|with)|association with|role in|contract (?:with|for)|adoption of) (?:[^.;]{{0,30}} )?TOPIC (?:{_HAVE} )?(?:ended|ceased|came|come|stopped|concluded|finished|is over|was over)"),
    ("ended", Frame.IS, 3, rf"(?:{_BE} |will be |will |{_HAVE} )?{_ADVERB}(?:ended|came to an end|come to an end|ceased(?: to operate)?|stopped(?: running| operating)?|closed(?: down)?(?! to)|discontinued|decommissioned|withdrawn|wound (?:up|down)|disbanded|terminated|abandoned|dropped|scrapped|concluded|finished|dissolved|retired|phased out|shut down|brought to (?:an end|a close)|stood down(?! (?:while|pending|until|temporar))|drew to a close|lapsed|expired|c[ao]me to (?:its|an|a) (?:\w+ )?(?:end|close)|drawn to a close|ditched|shelved|removed|taken out of (?:use|service)|mothballed|axed|made its last|is over|is no more|(?:was|been|is) stopped|over and done)\b"),
    ("ended", Frame.DOES, 3, rf"{_HAVE} (?:not|n't) {_ADVERB}(?:been )?(?:us\w+|r[ua]n|had|operat\w+|deliver\w+|provid\w+|commission\w+|fund\w+|work\w+|taken part|participat\w+|hosted|employed|offered|involved)(?:{_OBJECT}| it) since\b"),
    ("ended", Frame.IS, 3, rf"{_HAVE} not (?:been )?(?:us\w+|r[ua]n|operat\w+|deliver\w+|provid\w+|offered|existed|in use) (?:[^.;,]{{0,30}} )?since\b"),
    ("ended", Frame.DOES, 3, rf"(?:did|do|does|will|would|{_HAVE}|is|are) (?:not|n't) {_ADVERB}(?:to )?(?:renew(?:ed|ing)?|extend(?:ed|ing)?|continu(?:e|ed|ing)|recommission(?:ed|ing)?|re ?start(?:ed|ing)?|resum(?:e|ed|ing))(?: with| to)?{_OBJECT}"),
    ("ended", Frame.IS, 3, rf"(?:was|were|{_HAVE} been|is|are|will be|will|would|did) not (?:be |being )?(?:renewed?|extended?|continued?|recommissioned|re ?started|resumed?|returned? to)\b"),
    ("ended", Frame.DOES, 3, rf"{_HAVE} (?:since )?(?:come|drawn|been brought) to (?:an|its) (?:end|close)"),
    ("ended", Frame.IS, 3, r"(?:end|closure|cessation|withdrawal|discontinuation|decommissioning|termination|winding (?:up|down)|ending|disbandment) of (?:[^.;]{0,30} )?TOPIC (?:was|took effect|came into|is|has been|happened|took place|followed) (?:\w+ ){0,2}(?:complet\w+|confirm\w+|agreed|effective|approved|on|in|from|announced)"),
    ("ended", Frame.IS, 3, r"(?:use|operation|delivery|provision|running|commissioning|funding) of (?:[^.;]{0,20} )?TOPIC (?:[^.;,]{0,40} )?(?:was |has |had |were |have |has been |was then )?(?:\w+ly )?(?:ended|ceased|stopped|discontinued|withdrawn|terminated|came to an end|come to an end|finished)"),
    ("ended", Frame.DOES, 3, r"(?:closed|withdrew|ended|stopped|ceased|wound up|wound down|discontinued|disbanded|decommissioned|left|terminated) (?:it|them)\b(?! down to)"),
    ("ended", Frame.IS, 3, r"(?:(?:was|were) (?:(?!TOPIC)[\w-]+ ){1,4}?|operated |existed |worked |lasted )(?:between|from) (?:\w+ ){0,2}\d{4} (?:and|to|until) (?:\w+ ){0,2}\d{4}"),
    ("ended", Frame.IS, 2, r"(?:was|were) (?:\w+ )?(?:used|run|provided|delivered|offered|in use|in place|active|operational|operated|commissioned|funded) (?:[^.;,]{0,30} )?until\b"),
    ("ended", Frame.IS, 3, r"(?:is|are|was|were) (?:now |also )?(?:coming to (?:an|its) end|closing(?: down)?|ending|winding (?:down|up)|being (?:closed|withdrawn|wound (?:down|up)|phased out|decommissioned|disbanded|ended|stopped|discontinued|brought to an end))\b"),
    ("ended", Frame.IS, 3, rf"(?:{_BE}|am) no longer (?:{_ADVERB})(?:in use|in place|in operation|used|run|running|operational|operating|active|offered|delivered|provided|available|commissioned|funded|supported|part of|practised|open|exists?|something)"),
    ("ended", Frame.DOES, 2, rf"{_HAVE} (?:(?!been\b)\w+ )?(?:stopped|ceased|withdrawn|left|ended (?:it|this|that))(?: (?:it|doing so|using it|this|that|them))?(?=[.,;]| (?:in|on|since|at|by) |$)"),
    ("ended", Frame.DOES, 3, rf"{_ADVERB}(?:bring(?:ing|s)?|brought|draw(?:ing|s)?|drew){_OBJECT} to (?:an end|a close)"),
    ("ended", Frame.DOES, 2, rf"(?:{_HAVE} )?(?:\w+ )?moved away{_OBJECT}(?![^.;]*\b(?:new|replac\w+|instead|developed)\b)"),
    ("ended", Frame.IS, 3, r"(?:no longer (?:exists?|operates?|runs?|forms? part)|ran (?:only )?(?:from \w+ (?:\d{4} )?(?:to|until)|until|between)|(?:is|are) not (?:being )?(?:continued|renewed))"),
    ("ended", Frame.IS, 3, r"(?:will (?:end|close|cease|stop)|(?:ends|closes|ceases)) (?:on|in|from|by|at the end)"),
    ("ended", Frame.DOES, 3, rf"{_DECIDED}(?:\w+ly )?(?:not (?:to )?(?:renew|extend|continue|recommission)|end|stop|cease|close|leave|withdraw|step away|step back|pull out|give up|do away|discontinue|decommission|wind (?:up|down)|phase out|terminate|scrap|exit|disband|move away)(?: from| of| using| running| delivering)?{_OBJECT}"),
    ("ended", Frame.DOES, 2, r"(?:the|OUR|its) (?:\w+ ){0,2}(?:contract|agreement|funding|arrangement)\b[^.;]{0,40} (?:has |have |was |were |had )?(?:expired|lapsed|ended|terminated|not renewed|not been renewed|ran out|run out|came to an end)\b"),
    ("ended", Frame.DOES, 3, r"(?:previously|formerly|once|in the past|used to be|had been|was|were)\b[^.;]{0,40}TOPIC[^.;]{0,60}(?:not any more|no longer\b|not now|(?:has|have) since (?:left|ended|stopped|withdrawn|closed|ceased))"),
    # --- never used
    ("never-used", Frame.DOES, 3, rf"(?:{_HAVE} )?(?:at no (?:time|point|stage)|never|not at any time) {_ADVERB}(?:been |had |knowingly )?(?:us(?:ed|ing)|run|operated|adopted|had|implemented|commissioned|signed(?: up)?(?: to)?|taken part in|participated in|part of|employed|joined|introduced|deployed|worked (?:with|under)|a member of|members of|involved (?:in|with)|delivered|hosted|funded|set up|a site for|a|an|formed|trained|applied|practised|offered|been){_OBJECT}"),
    ("never-used", Frame.DOES, 3, rf"(?:do|does|did|has|have|is|are|was|were|am) ?(?:not|n't) {_ADVERB}(?:been )?(?:us(?:e|ed|ing)|run|running|operat(?:e|ed|ing)|adopt(?:ed)?|have|had|implement(?:ed)?|commission(?:ed)?|sign(?:ed)? up to|tak(?:e|en|ing) part in|participat(?:e|ed|ing) in|part of|employ(?:ed)?|join(?:ed)?|introduc(?:e|ed)|deploy(?:ed)?|a member of|members of|involved (?:in|with)|deliver(?:ed|ing)?|host(?:ed)?|fund(?:ed)?|signator(?:y|ies) (?:to|of)|a|an|one of the|offer(?:ed)?|and {_HAVE} never (?:been |used |run |had |adopted |operated )(?:a|an|the|any|part of|in)?|practise|participants? in|among the){_OBJECT}"),
    ("never-used", Frame.DOES, 3, rf"(?:not|neither)(?: \w+){{0,3}} (?:nor|and|or) (?:{_HAVE} |do we |does it |did we )?(?:it |we |SELF )?(?:ever|never|previously|in the past) (?:been|used|run|had|operated|adopted)(?: [^.;]{{0,30}})?TOPIC"),
    ("never-used", Frame.IS, 3, rf"(?:{_BE}|has|have|had) (?:not|never) {_ADVERB}(?:been )?(?:used|in use|in place|offered|available|adopted|run|operated|introduced|implemented|commissioned|delivered|practised|part of|something (?:that )?(?:SELF|TOPIC)(?! (?:can |could |would |does |do |is able to )?(?:recommend|endorse|support|promote|advise))|an approach (?:that )?SELF|a model (?:that )?SELF)"),
    ("never-used", Frame.DOES, 3, rf"(?:{_HAVE})(?: \w+){{0,2}} no (?:TOPIC|plans to (?:use|adopt|introduce) (?:the )?TOPIC|involvement (?:in|with) (?:the )?TOPIC|(?:record|evidence) of (?:\w+ ){{0,3}}TOPIC|(?:patients|people|officers|service users) (?:\w+ ){{0,2}}(?:on|in|under) (?:the )?TOPIC)"),
    ("never-used", Frame.IS, 3, r"there (?:is|are|has been|have been|was|were|has) (?:no|never (?:been )?(?:a|an|any)) (?:\w+ )?TOPIC (?:\w+ ){0,2}(?:in|at|within|here|across|under|on)"),
    ("never-used", Frame.IS, 3, r"there (?:is|are|were) no (?:current |present )?plans? to (?:use|adopt|introduce|run|bring in) (?:the )?TOPIC"),
    ("never-used", Frame.DOES, 3, rf"(?:neither|nor|none|no one|nobody)\b[^.;]{{0,60}} (?:has|have|had) (?:ever )?(?:been )?(?:used|run|operated|adopted|had|taken part in|part of|joined|commissioned|funded|employed){_OBJECT}"),
    ("never-used", Frame.DOES, 2, r"OUR (?:do|does|did|has|have) (?:not|never)(?=[.,;]|$)"),
    ("never-used", Frame.IS, 3, r"(?:never|did not|does not|do not|has not|have not) (?:\w+ly )?(?:been )?(?:operated?|ran|run|exist(?:ed|s)?|start(?:ed)?|c[ao]me|launch(?:ed)?|reach(?:ed)?|featured?|form(?:ed)? part)\b"),
    ("never-used", Frame.DOES, 2, r"(?:plans?|proposals?) (?:for|to \w+(?: in| up)?) (?:the |a )?TOPIC (?:was|were|has been|have been) (?:dropped|abandoned|shelved|rejected|not taken forward|withdrawn)"),
    ("never-used", Frame.IS, 3, rf"(?:{_HAVE}|was|is|were) (?:at no (?:time|point|stage)|not at any (?:time|point|stage)|never(?: \w+)?) (?:been )?(?:a )?(?:used|in use|in place|offered|available|adopted|run|operated|introduced|implemented|commissioned|delivered|practised|funded|part|feature|joined|taken up|anything)"),
    ("never-used", Frame.DOES, 3, rf"(?:did|do|does|{_HAVE}|had) (?:not|n't|never) {_ADVERB}(?:take|took|taken|sign(?:ed)?|bring|brought|ever) (?:up|on|in|part|to)?(?: with| to| in)?{_OBJECT}"),
    ("never-used", Frame.DOES, 3, rf"(?:{_HAVE} )?{_ADVERB}(?:declined|refused|rejected|turned down|opted not|chose not|chosen not|decided not|decided against|resolved not|voted not)(?: to| an| the| invitations?| approach| offers?)* ?(?:us(?:e|ing)|run|adopt(?:ing)?|tak(?:e|ing) (?:up|part in)|join(?:ing)?|sign(?:ing)? up to|introduc(?:e|ing)|commission(?:ing)?|implement(?:ing)?|pilot|fund|go ahead with|bring(?: in)?){_OBJECT}"),
    ("never-used", Frame.DOES, 3, rf"(?:no|none of|neither of|not one of|not a single) (?:[\w'-]+ ){{0,6}}(?:{_HAVE}|is|are|was|were|do|does|did) (?:ever )?(?:been )?(?:\w+ )?(?:seconded|used?|using|worked|working|part|involved|trained|embedded|placed|attached|enrolled|assigned|on|in|under|subject|run|runs|operates?|deployed|posted|member|members|employed|engaged)(?: \w+){{0,3}}?{_OBJECT}"),
    ("never-used", Frame.DOES, 3, rf"{_HAVE} (?:had )?no (?:\w+ ){{0,3}}(?:involvement|part|role|contract|agreement|arrangement|officers?|staff|connection|links?|association|dealings|history|experience)(?: \w+)?(?: with| in| on| for| under| to| of| seconded to| working in){_OBJECT}"),
    ("never-used", Frame.IS, 3, r"(?:no|not any) (?:such )?TOPIC (?:[\w ]{0,20})?(?:has|have) (?:ever )?(?:been )?(?:existed|exist|run|operated|used|set up|in place|offered)"),
    ("never-used", Frame.IS, 3, r"(?:is|are) not (?:and (?:has|have) never been )(?:\w+ ){0,2}(?:used|in use|run|offered|operated|delivered|part|available)"),
    ("never-used", Frame.DOES, 3, r"(?:had|played|took|has|have had) no (?:part|role|involvement|hand|share) in (?:[^.;]{0,30} )?(?:TOPIC|it\b)"),
    ("never-used", Frame.DOES, 3, r"(?:is|are|was|were) not (?:one of|among) (?:the )?(?:[\w-]+ ){0,4}(?:that|which|WHO|where|to|in|of)\b[^.;]{0,40}TOPIC"),
    ("never-used", Frame.DOES, 3, r"(?:at no (?:time|point|stage)|never|nor) (?:has|have|did|had|does|do) (?:SELF|OUR [\w-]+) (?:ever )?(?:\w+ )?(?:us\w+|r[ua]n|sign\w*|adopt\w*|join\w*|commission\w*|ha(?:d|ve)|t[ao]k\w+ part|operat\w+|been|introduc\w+|deploy\w*|fund\w*|host\w*)(?: [^.;]{0,40})? TOPIC"),
    ("never-used", Frame.DOES, 3, rf"(?:do|does|did|is|are) not,? (?:and|nor|or) (?:SELF )?(?:has|have|had|did|was|were|do|does|is|are)(?: not| never)?,? ?(?:\w+ )?(?:used?|operated?|run|had|adopted|been|part of|commissioned|funded|employed|taken part|participated){_OBJECT}"),
    ("never-used", Frame.DOES, 3, r"(?:declined|chose not|chosen not|decided not|opted not|did not agree|resolved not|agreed not) to (?:take (?:it|this|TOPIC) (?:up|on|forward)|(?:adopt|join|use|run|introduce|commission|pursue|implement|fund) (?:it|this|them|TOPIC))\b"),
    ("replaced", Frame.DOES, 3, r"(?:in place of|instead of) (?:the |OUR |its )?(?:former |old )?TOPIC,? (?:SELF|the \w+) (?:\w+ ){0,2}(?:offers?|runs?|provides?|ha(?:s|ve)|uses?|delivers?|works?)\b"),
    # --- replaced
    ("replaced", Frame.DOES, 3, rf"(?:{_HAVE} |is |are |will )?{_ADVERB}(?:replac(?:ed|es|e|ing)|superseded|renamed|rebrand(?:ed|ing)|relaunch(?:ed|ing)|redesign(?:ed|ing)|transform(?:ed|ing)|transition(?:ed|ing)|merged|absorbed|incorporated){_OBJECT}"),
    ("replaced", Frame.DOES, 2, rf"(?:{_HAVE} )?(?:moved|transferred|transitioned) (?:[^.;]{{0,30}} )?(?:people|patients|service users|clients|caseload|TOPIC|everyone)(?: [^.;]{{0,30}})?(?: on)?to (?:a |the |our |OUR )?(?:[\w-]+ ){{0,3}}(?:programme|service|team|model|pathway|scheme|approach)"),
    ("replaced", Frame.IS, 3, rf"(?:{_BE}|will be) {_ADVERB}(?:fully |comprehensively )?(?:replaced|superseded|succeeded|renamed|rebranded|relaunched|redesigned|absorbed|merged|incorporated|folded|integrated|subsumed|reconfigured|re ?named|re ?branded|transformed|brought|re ?formed|reconstituted|restructured|reorganised|remodelled|reshaped|recast|reborn|refreshed|moved) (?:in )?(?:by|with|as|into|to|under|within)"),
    ("replaced", Frame.IS, 3, rf"(?:{_BE}|{_HAVE} become|became) {_ADVERB}(?:known as|called|named|operating as|run as|operates as|part of (?:the|our|OUR|a) (?:new|wider))|(?:now|has since) (?:operates|runs|works|become|goes by) (?:under |as |by )?"),
    ("replaced", Frame.IS, 3, rf"(?:{_BE}) {_ADVERB}(?:replaced|superseded|rebranded|renamed|redesigned|relaunched)\b"),
    ("replaced", Frame.IS, 2, r"(?:evolved|developed|changed|turned) into|(?:in|took) (?:the )?(?:place|stead) of TOPIC|(?:replaces|supersedes|succeeds|builds on and replaces|takes the place of) (?:the |OUR )?(?:former |previous |old )?TOPIC"),
    ("replaced", Frame.DOES, 3, rf"(?:{_HAVE} )?(?:\w+ )?mov(?:ed|ing) (?:on|away|over)?{_OBJECT}[^.;]*\b(?:new|replac\w+|instead|developed|onto?)\b"),
    ("replaced", Frame.IS, 3, r"(?:has |have |was |which )?(?:fully )?(?:replaced|replaces|superseded|supersedes|succeeded|succeeds|took over from|taken the place of|takes the place of|took the place of) (?:(?:the|OUR|its|SELF's|SELF|former|previous|old|original|earlier|local) ){0,4}TOPIC"),
    ("replaced", Frame.DOES, 3, r"in (?:its|their) (?:place|stead),? (?:[^.;]{0,30}? )?(?:SELF|OUR|there|a|an|the)\b"),
    ("replaced", Frame.DOES, 2, r"(?:instead|now),? SELF (?:now )?(?:\w+ ){0,3}(?:offers?|runs?|provides?|uses?|delivers?|set up|opened|introduced|developed|launched|created)\b|SELF (?:now |instead )+(?:offers?|runs?|provides?|uses?|delivers?)\b[^.;]* instead\b"),
    ("replaced", Frame.IS, 3, r"(?:taken over by|succeeded by|replaced by|replaced with|superseded by|handed (?:over )?to|given way to|gave way to|made way for|subsumed (?:in|into|within)|rolled into|folded into|absorbed (?:in|into|by)|evolved into|developed into|grew into|became|become|turned into|morphed into|rebranded as|renamed|re ?named|now (?:called|known as|named|goes by|trading as)|changed its name|changed (?:the|its|OUR) name)\b"),
    ("replaced", Frame.DOES, 3, r"(?:has |have |was |which |SELF )?(?:replaced|replaces|superseded|supersedes|succeeded|succeeds|took over from|takes over from|took the place of|taken the place of|takes the place of|stands in for|follows on from|grew out of) (?:[\w'-]+ ){0,4}TOPIC"),
    ("replaced", Frame.IS, 3, r"(?:is|are) (?:the|a|OUR) (?:new|current|latest) (?:name|version|form) (?:for|of) (?:(?:the|OUR|its|old|former|SELF's|what was) ){0,4}TOPIC|(?:formerly(?: known as| called)?|previously (?:known as|called)|once (?:known as|called)) (?:(?:the|OUR|its) )?TOPIC"),
    ("replaced", Frame.DOES, 2, r"(?:stopped using|no longer use|dropped|changed|gave up|retired) (?:the|its|OUR) name\b|(?:runs?|operates?|works?|continues?) (?:\w+ ){0,3}under (?:a|the|another) (?:new |different |other )?name\b"),
    # --- does not endorse
    ("does-not-endorse", Frame.VIEW, 3, rf"(?:do|does|did|can|could|will|would|has|have|is|are|is|was|were|am)(?: ?not|n't| never) {_ADVERB}(?:\w+ ){{0,2}}(?:endors\w+|promot\w+|recommend\w*|mandat\w+|advocat\w+|support(?:s|ed|ing|ive of)?|approv\w+(?: of)?|condon\w+|commend\w*|backed|back|in favour of|encourag\w+)(?: or \w+| nor \w+|, \w+)*(?: the spread of)?(?! calls?| the calls?| CAMP){_OBJECT}"),
    ("does-not-endorse", Frame.VIEW, 3, rf"(?:neither|nor|no longer|not) (?:\w+ ){{0,3}}(?:endors\w+|promot\w+|recommend\w*|mandat\w+|advocat\w+|support(?:s|ed|ing)?|approv\w+|commend\w*)(?: (?:n?or|and) \w+)?(?: its spread| the spread of)?{_OBJECT}"),
    ("does-not-endorse", Frame.VIEW, 3, r"(?:neither|not|nor) (?:formally )?(?:mandat\w+|endors\w+|promot\w+|recommend\w*)(?: n?or (?:\w+ )?(?:mandat\w+|endors\w+|promot\w+|recommend\w*))?\b(?=[^.;]*TOPIC|[^.;]*\b(?:it|its)\b)"),
    ("does-not-endorse", Frame.VIEW, 3, r"(?:withdr\w+|remov\w+|rescind\w*|retract\w*) (?:its|OUR|the|any|all|previous|earlier| )*(?:endorsement|support|backing|approval|recommendation)"),
    ("does-not-endorse", Frame.IS, 3, r"(?:is|are|was|were|has been|have been|be) (?:not|no longer|never) (?:\w+ )?(?:endorsed|recommended|supported|approved|promoted|mandated|commended)(?: or \w+)*(?: by (?:SELF|TOPIC))?(?! by OTHER)"),
    ("does-not-endorse", Frame.VIEW, 2, r"(?:not|n't) (?:be (?:read|taken|seen|understood) as |constitute |imply |amount to )(?:an? |OUR |its )?(?:endorsement|approval|support)"),
    ("does-not-endorse", Frame.VIEW, 2, rf"(?:was|were|is|are) wrong to (?:have )?(?:endors\w+|promot\w+|support\w*){_OBJECT}"),
    ("does-not-endorse", Frame.VIEW, 3, rf"(?:cannot|can't|could not|unable to|not able to|not in a position to|not prepared to|not willing to|unwilling to|no longer able to|would not|will not|won't|decline to|declines to|refuse to|refuses to|never) (?:\w+ ){{0,2}}(?:endorse|promote|recommend|support|approve|back|commend|condone|advocate)(?: (?:n?or|and) \w+)?{_OBJECT}"),
    ("does-not-endorse", Frame.VIEW, 3, rf"(?:distanc(?:e|es|ed|ing) (?:itself|ourselves|SELF|themselves)|dissociat\w+ (?:itself|ourselves|SELF)) from{_OBJECT}"),
    ("does-not-endorse", Frame.IS, 3, r"(?:does not|do not|no longer|never|did not|has not|have not) (?:ever )?(?:have|has|had|carr(?:y|ies|ied)|enjoys?|receive[sd]?) (?:the |OUR |any )*(?:[\w']+ ){0,3}(?:endorsement|support|backing|approval|recommendation|blessing|confidence)"),
    ("does-not-endorse", Frame.VIEW, 3, rf"(?:no longer|not) (?:\w+ )?(?:includ\w+|list\w*|featur\w+|count\w*){_OBJECT} (?:\w+ ){{0,3}}(?:recommended|endorsed|good practice|best practice|exemplars?|examples? of)"),
    ("does-not-endorse", Frame.VIEW, 3, r"not something (?:that |which )?(?:SELF|TOPIC) (?:can |could |would |does |do |is able to )?(?:recommend|endorse|support|promote|advise)"),
    ("does-not-endorse", Frame.VIEW, 2, r"nothing (?:[\w-]+ ){0,6}(?:should|is to|may|can|must) be (?:read|taken|seen|understood|treated) as (?:an? |OUR |its )?(?:endorsement|approval|support|recommendation)"),
    ("does-not-endorse", Frame.VIEW, 3, r"(?:endorsement|support|backing|approval|recommendation) (?:of|for) (?:the )?TOPIC (?:has been|have been|was|is|were) (?:now |formally )?(?:withdrawn|removed|rescinded|ended|revoked|retracted)"),
    # --- opposes
    ("opposes", Frame.VIEW, 3, rf"(?:oppos(?:e|es|ed|ing)|condemn(?:s|ed)?|reject(?:s|ed)?|object(?:s|ed)? to|disagree(?:s|d)? with|denounc(?:e|es|ed)|deplor(?:e|es)|(?:is|are|remain|stand)s? (?:\w+ )?(?:opposed to|against)){_OBJECT}"),
    ("opposes", Frame.VIEW, 3, r"TOPIC[^.;]{0,60}? (?:must|should|needs? to|ha(?:s|ve) to|ought to) (?:now |immediately |also |all |therefore )?(?:stop|end|cease|go|not|never|no longer|be (?:immediately |now |permanently )?(?:stopped|ended|halted|scrapped|withdrawn|eradicated|abolished|banned|abandoned|discontinued|closed|decommissioned|brought to an end|paused|suspended))"),
    ("opposes", Frame.VIEW, 3, rf"(?:must|should|ought to|need to|needs to) (?:now |immediately |not |no longer |never |all )*(?:be )?(?:us(?:e|ing)|stop|end|halt|scrap|abandon|cease|withdraw|discontinue|adopt|running|run|commission|fund)(?: using| running| funding| the use of)?{_OBJECT}"),
    ("opposes", Frame.VIEW, 3, r"(?:call(?:s|ed|ing)? (?:on (?:[^.;]{0,80}? )?to|for)|urg(?:e|es|ed|ing) (?:[^.;]{0,80}? )?to|ask(?:s|ed|ing)? (?:[^.;]{0,80}? )?(?:to|for|that)|demand(?:s|ed|ing)?|want(?:s|ed)?|press(?:es|ing)? for|campaign(?:s|ing)? for) (?:[^.;]{0,50}? )?(?:stop|end(?! of\b)|halt|scrap|abolish|cease|withdraw|ban|discontinue|abandon|ending|halting|suspend|eradicate|decommission|be (?:stopped|ended|halted|scrapped|withdrawn|banned|abolished))(?:s|ped|ed)?\b(?:[^.;]{0,60}?TOPIC|(?<=TOPIC))?"),
    ("opposes", Frame.VIEW, 3, r"TOPIC[^.;]{0,50}? (?:has|have|had) no place|no (?:place|justification|role|room|excuse) for (?:[^.;]{0,40} )?TOPIC|TOPIC[^.;]{0,40} (?:cannot|can never|can not) be (?:justified|defended|right|acceptable)"),
    ("opposes", Frame.VIEW, 2, r"TOPIC[^.;]{0,50}? (?:is|are|to be|was|were|as) (?:\w+ly |both |deeply |in our view |in OUR view )*(?:not acceptable|unacceptable|unethical|unlawful|unsafe|harmful|dangerous|discriminatory|wrong|coercive|cruel|inhumane|punitive|abusive|indefensible|a breach)"),
    ("opposes", Frame.VIEW, 3, r"TOPIC[^.;]{0,60}? (?:should|must|ought to|needs to|can) (?:never|not|no longer) (?:have been |be |ever |have )*(?:\w+ )?(?:used|allowed|part|continued?|offered|commissioned|permitted|acceptable|introduced|adopted|happen|exist|run|place|funded|practised|supported)\b"),
    ("opposes", Frame.VIEW, 3, r"(?:there is|there should be|there can be|we see|SELF sees?) no (?:place|justification|role|room|excuse|future|case)[^.;]{0,60}(?:TOPIC|\bit\b)|(?:has|have|had|deserves?) no (?:place|future)\b|(?:should|must|can|ought to) have no (?:place|role|part|future)\b"),
    ("opposes", Frame.VIEW, 2, r"(?:TOPIC|it) (?:is|was|are) (?:\w+ ){0,3}(?:incompatible with|contrary to|at odds with|in conflict with|a violation of|a breach of|an abuse of)\b"),
    ("opposes", Frame.VIEW, 2, r"(?:believe|think|consider|say|hold|view|regard|see|maintain)s? (?:that )?(?:[^.;]{0,60} )?TOPIC (?:\w+ ){0,2}(?:as )?(?:is |was |to be |are )?(?:\w+ ){0,3}(?:wrong|harmful|unsafe|unethical|unlawful|dangerous|coercive|punitive|discriminatory|unacceptable|inhumane|abusive)\b"),
    ("opposes", Frame.VIEW, 3, r"(?:wants?|would like|needs?|wish|wishes|expects?) (?:to see )?(?:(?:the|this|every|all|any) )*TOPIC (?:\w+ ){0,3}?(?:to (?:stop|end|close|go|cease)|to be (?:\w+ )?\w+ed|shut|closed|stopped|ended|gone|scrapped|banned|abolished|withdrawn)\b"),
    ("opposes", Frame.VIEW, 2, r"(?:do|does|would|could|can)(?: ?not|n't) (?:believe|think|consider|accept|agree) (?:that )?(?:[^.;]{0,30} )?TOPIC[^.;]{0,40}(?:should|is|are|has|have|can|be)"),
    # --- calls for an inquiry
    ("calls-for-inquiry", Frame.ACT, 3, rf"(?:call(?:s|ed|ing)?|urg(?:e|es|ed|ing)|recommend(?:s|ed|ing)?|demand(?:s|ed|ing)?|ask(?:s|ed|ing)?|want(?:s|ed)?|press(?:es|ed|ing)?|appeal(?:s|ed)?|seek(?:s|ing)?|request(?:s|ed|ing)?|support(?:s|ed|ing)? (?:the |their |a )?(?:calls? for)|back(?:s|ed|ing)? (?:the |their )?calls? for|join(?:s|ed|ing)? (?:[^.;]{{0,30}} )?(?:calls?|calling) for|add(?:s|ing)? (?:its|OUR) voice to calls for|echo(?:es|ing)? (?:the )?calls? for|repeat(?:s|ing)? (?:its|OUR) call for|propos(?:e|es)|would welcome|favours?)\b(?! (?:OUR|SELF)\b)(?:[^.;]{{0,110}}?)\b(?:{_REVIEW}|investigate|be investigated)\b(?! [^.;]{{0,50}}\b(?:in OUR|of OUR|into OUR use|in SELF|at SELF|within SELF)\b)"),
    ("calls-for-inquiry", Frame.ACT, 3, rf"(?:there|it) (?:must|should|needs to|has to|ought to) (?:now )?be (?:an? |subject to )(?:[\w-]+,? ){{0,6}}{_REVIEW}"),
    ("calls-for-inquiry", Frame.ACT, 3, rf"(?:an?|the) (?:[\w-]+,? ){{0,5}}{_REVIEW} (?:[^.;]{{0,60}} )?(?:is (?:now |urgently |clearly )?(?:needed|required|necessary|essential|overdue)|must|should|needs to)"),
    ("calls-for-inquiry", Frame.ACT, 3, rf"(?:nothing (?:less than|short of)|only|(?:it is|it's) time for|(?:SELF|there is a|families|patients|the public|OTHER|people) (?:urgent )?(?:needs?|deserves?)(?: for)?|the (?:case|need) for) (?:an?|the) (?:[\w-]+,? ){{0,5}}{_REVIEW}"),
    ("calls-for-inquiry", Frame.ACT, 2, rf"(?:would like|should like|want|wants|wish|wishes|need|needs|expect|expects|hope|hopes) (?:to see )?[^.;]{{0,50}}(?:(?:independently|fully|properly) (?:investigated|examined|reviewed)|(?:investigated|examined|reviewed) by an independent|{_REVIEW} (?:of|into))"),
    ("calls-for-inquiry", Frame.ACT, 2, r"(?:should|must|needs to|ought to) be (?:\w+ )?(?:independently |fully |urgently |properly )?(?:investigated|reviewed by an independent|examined by an independent)"),
    ("calls-for-inquiry", Frame.ACT, 2, rf"(?:must|should|needs to) (?:now )?(?:hold|commission|order|set up|launch|establish|open) (?:an?|the) (?:[\w-]+,? ){{0,5}}{_REVIEW}"),
    # --- apologises
    ("apologises", Frame.ACT, 3, r"(?:apologi[sz]e[sd]?|(?:am|are|is) (?:\w+ ){0,2}sorry|(?:say|saying) sorry|(?:offer|give|make|issue|extend|owe)(?:s|ed|d)? (?:\w+ ){0,5}apolog(?:y|ies)|our (?:\w+ ){0,2}apolog(?:y|ies)|OUR (?:\w+ ){0,2}apolog(?:y|ies))(?! (?:for )?(?:the |any )?(?:delay|inconvenience|late|length|time taken))"),
    ("apologises", Frame.ACT, 2, r"(?:(?:deeply|sincerely|very much|profoundly|bitterly|truly|also|now|greatly|much) )*regret(?:s|ted)? (?:that (?:SELF|OUR|it|this|more|any|there|insufficient|people|harm|TOPIC|such)|having|OUR|its|the (?:hurt|harm|distress|part|pain|role|decision|way)|any|endors\w+|not|how|this|their)(?! (?:\w+ )?(?:delay|inconvenience|will not|has not|refus))"),
    ("apologises", Frame.ACT, 3, r"(?:express|offer|convey|extend)(?:es|s|ed|ing)? (?:\w+ ){0,4}(?:regrets?|apolog(?:y|ies)|remorse)\b(?! (?:for )?(?:the |any )?(?:delay|inconvenience))"),
    # --- supports the campaign
    ("supports-campaign", Frame.ACT, 3, r"(?:stand(?:s|ing)? (?:\w+ ){0,2}(?:with|alongside|beside|behind|in solidarity)|(?:in (?:full )?)?solidarity with|(?:support(?:s|ed|ing|ive of)?|back(?:s|ed|ing)?|endors(?:e|es|ed|ing)|applaud(?:s)?|join(?:s|ed|ing)?|echo(?:es|ed|ing)?|shar(?:e|es) the (?:concerns|aims) of|champion(?:s)?|welcom(?:e|es) the work of|grateful to|alongside))(?: (?:fully|the|all|their|work|of|demands?|calls?|aims?|campaign|concerns|raised|by|in|full|wholeheartedly|content|letter|statement|consensus|made|efforts|goals|petition|open|and|contents|OTHER|with|alongside|survivors|patients|people|those|harmed|affected|who|WHO|everyone|members of|its|every|call|recommendations|'s)){0,8} CAMP"),
    ("supports-campaign", Frame.ACT, 3, r"(?:(?:have|has|had|is|are|was|were) )?(?:\w+ )?(?:co ?)?sign(?:ed|atory|atories|ing|s)(?: (?:up )?(?:to|the|their|its|of|an|a))* CAMP"),
    ("supports-campaign", Frame.ACT, 2, r"(?:fully |wholeheartedly |strongly )?(?:support|back|endorse|echo)(?:s|es|ed|ing)? (?:their|its|these|those|the) (?:\w+ ){0,2}(?:call|calls|demands|campaign|letter|petition|aims|concerns)\b(?! for)"),
    ("supports-campaign", Frame.ACT, 3, r"CAMP (?:\w+ )?(?:has|have) (?:OUR|SELF's) (?:[\w-]+ ){0,3}(?:support|backing|solidarity|thanks|gratitude)"),
    ("supports-campaign", Frame.ACT, 3, r"(?:am|are|is|stands?) (?:\w+ ){0,2}(?:with|behind|beside|alongside) (?:the )?CAMP"),
    ("supports-campaign", Frame.ACT, 2, r"(?:add|len[dt]|put|g[ai]ve)(?:s|ed|ing)? (?:its|OUR|my) (?:full )?(?:names?|voices?|signatures?|support|weight|backing) (?:to|behind) (?:the )?(?:\w+ ){0,2}CAMP"),
    ("supports-campaign", Frame.ACT, 2, r"add(?:s|ed|ing)? (?:its|OUR|my) (?:name|voice|signature|support) to (?:the )?(?:CAMP|their)"),
    ("supports-campaign", Frame.ACT, 2, r"(?:offer|pledg|giv|gav|lend|lent|declar|express|send|sent|extend)(?:s|ed|es|d|e|en|ing)? (?:its|OUR|their|my) (?:\w+ ){0,3}(?:support|solidarity|backing)\b(?! for (?!CAMP))"),
)  # fmt: skip

STANCE_CUES = tuple(
    StanceCue(stance, frame, re.compile(rf"(?<!\w)(?:{pattern})"), plainness)
    for stance, frame, plainness, pattern in _TABLE
)
"""Every cue; `(?<!\\w)` so that "use" is not found in "house"."""
