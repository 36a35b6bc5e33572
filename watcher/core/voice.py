"""Who speaks in a text, and a sentence with the speaker, others, the topic and the campaign marked.

A position is only its speaker's own: "We have ended it" is one, "Hillside Trust has ended it" in a
newspaper is not, nor is what a quoted critic says. So before any cue is read, every sentence is
rewritten with the marks SELF, OTHER, TOPIC and CAMP in capitals; everything else is lower case.
"""

# ruff: noqa: E501 - a pattern is read whole
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from watcher.core.model import Organisation, OrganisationKind
from watcher.core.scan import search_form

_BODY_NOUNS = (
    "Trust|College|Police|Constabulary|Council|Board|Association|Society|Federation|Foundation|Partnership|Charity|"
    "Coalition|Union|Healthcare|University|Institute|Commission|Service|Services|Hospitals?|Network|Alliance|Forum|"
    "Group|Centre|Mind|Party|Committee|Department|Ministry|Office|Authority|Agency|Collaborative"
)
_BODY = re.compile(
    r"(?<!\w)(?:NHS England|NHS Improvement|Department of Health(?: and Social Care)?|Home Office|Care Quality Commission|"
    r"(?:Royal College|College|Centre|Association|Society|Institute) (?:of|for) (?:[A-Z][\w'’&-]+(?: and | )?){1,5}|"
    rf"(?:[A-Z][\w'’&-]+(?: and | & | of | for |,? )){{1,6}}(?:{_BODY_NOUNS})\b(?: (?:{_BODY_NOUNS})\b)*)"
)
_BARE_BODY = re.compile(
    rf"(?:(?:The|Our|This|That|Your|A|As|If|Does|Did|Is|Has|At|In|Each|Every|No|Question|Answer)\b ?)+(?:the )?(?:NHS |Royal |Mental Health |Foundation )*(?:{_BODY_NOUNS})s?$"
)
_OWN_NOUNS = (
    "trust|college|force|constabulary|council|board|association|society|federation|foundation|charity|union|"
    "organisation|university|institute|department|partnership|network|health board|ambulance service|royal college|"
    "coalition|commission|academy|group|alliance|forum|centre|faculty|icb|ccg|integrated care board|guild|authority|"
    "committee|panel|collective|collaborative|agency|inspectorate|executive|cabinet|school|league|congress|"
    "governors|trustees|directorate"
)
_OWN_NOUN = re.compile(
    rf"(?:\b(?:the|this|our) (?={_OWN_NOUNS})|\bthis (?=service\b)|^(?=(?:council|cabinet|governors|trustees) [a-z]+(?:ed|s) ))"
    rf"({_OWN_NOUNS}|service)\b"
)
_OWN_ROLE = re.compile(
    r"\b(?:the|OUR) (?:(?:deputy|interim|acting|associate|executive|trust|lead|new|joint|assistant|trust's|force's) )*"
    r"(?:medical director|chief executive|chief nurse|chief officer|chief constable|director of nursing|director of \w+|clinical director|"
    r"nursing director|executive(?: team)?|executives|trustees|governors|governing body|leadership team|senior (?:leadership|management) team|"
    r"commissioner|president|service director|clinical lead|chair|chairman)\b(?! (?:of|for) (?:nhs england|OTHER))"
)
_FIRST_PERSON = re.compile(r"\b(?:we|us|our|ours|ourselves)\b")
_FIRST_SINGULAR = re.compile(r"\b(?:i|my)\b(?! \()")
_OTHERS = re.compile(
    r"\b(?:campaigners|critics|opponents|activists|mps|ministers|patients|survivors|whistleblowers|former patients|"
    r"(?:some|other|many|several|most|all|nearby|neighbouring|certain|a few|two|three|four|five|a number of) "
    r"(?:\w+ ){0,3}(?:trusts|forces|areas|providers|organisations|colleges|services|bodies|teams|regions|hospitals)|"
    r"(?:a|another|one|each|every|any) (?:\w+ )?(?:neighbouring |nearby |different |other )?(?:trust|force|area|provider|hospital)|"
    r"(?:a|the|our) neighbouring \w+|the neighbouring \w+|trusts|forces|police forces|providers|"
    r"(?:more than |over |nearly |almost )?(?:\d{1,3}|\d+,\d{3}) (?:[\w,]+ ){0,5}(?:professionals|organisations|academics|signatories)|"
    r"professionals|academics|experts|charities|unions|supporters|doctors|disabled people|families|"
    r"the government|the home office|the minister|the firm|the company|the newspaper|the article|the report|"
    r"the requester|the petition|they|he|she|someone|nobody|those(?= who\b| affected| harmed| people)|others)\b"
)
_REPORTED = re.compile(
    r"\b(?:told (?:the|us|mps|reporters)|a spokes(?:person|man|woman)|according to|documents (?:show|seen)|has learned|"
    r"reporter|campaigners|critics|activists|when approached|approached for comment)\b"
)
SPEECH = (
    r"(?:say|says|said|saying|tells?|told|claims?|claimed|believes?|believed|argues?|argued|alleges?|alleged|reports?|reported|states?|"
    r"stated|warns?|warned|noted?|wanted|felt|hoped|hopes?|suggests?|suggested|adds?|added|comments?|commented|asks?|asked|writes?|wrote|fears?|insists?|"
    r"insisted|think|thinks|calls? it|called it|reveals?|revealed|confirms?|confirmed|announced|explained|calls?|called|wants?|urges?|urged)"
)
_PERSON = re.compile(
    r"(?<!\w)((?!(?:The|Our|This|That|A|An|In|On|At|As|It|We|No|Both|All|Each|Royal|National|NHS)\b)(?:(?:Dr|Prof\w*|Mr|Mrs|Ms|Sir|Dame|Lord|Baroness|Sgt|Sergeant|Cllr|Councillor)\.? )?[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][\w'’-]+)"
    rf"(?:,? [^.;“”\"]{{0,80}},)? (?:has |have |also )?{SPEECH}\b"
)
_BYLINE = re.compile(r"(?:^|\n)\s*(?:By|Reports?|Words:) [A-Z][\w'’-]+ [A-Z][\w'’-]+", re.M)
_PRESS_HOST = re.compile(
    r"news(?!letter)|gazette|herald|times|echo|telegraph|chronicle|observer|guardian|bbc|journal|reporter|standard|"
    r"express|mirror|independent|advertiser|courier|argus|magazine|investigates|mercury|tribune|bugle|press\b|post\b|mail\b|daily|"
    r"journals|cambridge\.org|bmj\.|lancet|wiley|springer|madinamerica|\.coop$|hsj\.|socialworktoday|metro\."
)
_NATIONAL = re.compile(r"NHS England|NHS Improvement|Department of|Home Office|Care Quality|National ")
_BODY_KINDS = frozenset({OrganisationKind.TRUST, OrganisationKind.POLICE, OrganisationKind.AHSN})
_NAME_RUN = re.compile(r"(?<!\w)[A-Z][\w'’]+(?: (?:(?:and|of|the|for|&) )*[A-Z][\w'’]+){0,4}")
_LINKS_IN_NAMES = frozenset({"and", "of", "the", "for", "&"})
_COMMON_IN_NAMES = frozenset(_BODY_NOUNS.lower().split("|")) | {
    "health", "care", "mental", "community", "national", "royal", "north", "south", "east", "west", "integrated", "public",
    "medical", "patients", "social", "news",
}  # fmt: skip
_QUOTED = re.compile(
    r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|(?<![\w])‘[^’]*(?:’(?!\w)|$)(?<!s’)|(?<!\w)'[^'\n]{12,}?[.,?!]'(?!\w)"
)
_STATEMENT_OF = re.compile(
    r"^(?:(?:A |Joint )?(?:Position )?[Ss]tatement (?:from|by) (?:the )?)(.+?)(?: (?:about|on|regarding|concerning)\b.*)?$|"
    r"^(.+?)(?:'s|’s)? (?:statement|position|response|responds|update|FOI|answers?|comments?|calls|apologises)\b"
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose text it is, as far as it can be told."""

    names: tuple[str, ...]  # in search form
    is_press: bool  # reports on others: only its own "we" is its voice
    is_person: bool = False  # an MP, a blogger: "I" speaks
    is_body: bool = False  # a public body: "the medical director" and "the executive" are its own


def speaker_of(title: str, text: str, url: str, organisation: Organisation | None) -> Speaker:
    """Who speaks, by the organisation if it is known, else by title, address and manner of the text."""
    spoken = unquoted(text)
    first_person = bool(_FIRST_PERSON.search(search_form(spoken)))
    singular, plural = (len(person.findall(search_form(spoken))) for person in (_FIRST_SINGULAR, _FIRST_PERSON))
    is_person = singular > plural / 2 and not _BYLINE.search(text)
    if organisation:
        names = (organisation.name, *organisation.aliases)
        is_press, is_body = organisation.kind is OrganisationKind.PRESS, organisation.kind in _BODY_KINDS
        return Speaker(_forms(names), is_press, is_person, is_body)
    host = (urlsplit(url).hostname or "") if url.startswith("http") else ""
    is_press = _is_press(title, text, host, first_person)
    names = () if is_press else _forms(_names_of_speaker(title, text, host))
    return Speaker(names, is_press, is_person, host.endswith((".nhs.uk", ".police.uk")) or "pcc." in host)


def _is_press(title: str, text: str, host: str, first_person: bool) -> bool:
    if host.endswith((".nhs.uk", ".police.uk", ".ac.uk", ".gov.uk", ".parliament.uk")):
        return False
    site = title.rsplit(" - ", 1)[-1] if " - " in title else title.rsplit(" | ", 1)[-1] if " | " in title else ""
    if _PRESS_HOST.search(host) or _PRESS_HOST.search(site.lower()) or _BYLINE.search(text):
        return True
    return not first_person and bool(_REPORTED.search(search_form(text)))


def _names_of_speaker(title: str, text: str, host: str) -> list[str]:
    parts = re.split(r" [-–—|:] |: ", title)
    named = _STATEMENT_OF.match(parts[0])
    candidates = [name for name in (named and (named[1] or named[2]), *parts[1:]) if name]
    # "Charity statement", "Trust's answer": a kind of body is no name; the text itself must use a name that has no noun.
    names = [
        name
        for name in candidates
        if 3 < len(name) < 80
        and name[0].isupper()
        and not _BARE_BODY.match("The " + name)
        and (
            _BODY.search(name)
            or (" " in name and f"{name} " in text)
            or re.fullmatch(r"[A-Z]\w*[A-Z]\w*(?:-\w+)?", name)
        )
    ]
    bodies = [match[0].strip() for match in _BODY.finditer(f"{title}\n{text}") if not _BARE_BODY.match(match[0])]
    names += [body for body in bodies if host and _is_host_of(body, host)]
    names += _names_in_host(f"{title}\n{text}", host)
    if host.endswith(("parliament.uk", ".gov.uk")) and "pcc." not in host:
        names += ["the government", "the department"]
    if not names and not host:
        names += [body for body in bodies if not _NATIONAL.match(body) and not _is_said_to(body, text)][:1]
    return names


def _names_in_host(text: str, host: str) -> list[str]:
    """Names without a noun that tells, which the host is called after: "Dale and Moor" on dalemoor.nhs.uk."""
    labels = re.sub(r"^www\.|[-.]", "", host)
    found: dict[str, None] = {}
    for run in {match[0] for match in _NAME_RUN.finditer(text)} if host else ():
        words = run.split()
        for at, _ in enumerate(words):
            for end in range(at + 1, len(words) + 1):
                part = words[at:end]
                if {part[0], part[-1]} & _LINKS_IN_NAMES:
                    continue
                told = [word.lower() for word in part if word not in _LINKS_IN_NAMES]
                whole, bare = "".join(part).lower(), "".join(told)
                is_telling = len(told) > 1 or (
                    len(bare) > 4 and bare not in _COMMON_IN_NAMES and labels.startswith(bare)
                )
                if is_telling and (whole in labels or bare in labels):
                    found[" ".join(part)] = None
    return sorted(found)


def _is_said_to(body: str, text: str) -> bool:
    """Whether the text reports what `body` said, as others would."""
    return bool(
        re.search(rf"{re.escape(body)}(?: has| have)? (?:said|says|told|wrote|asked|confirmed|revealed)\b", text)
    )


def _is_host_of(name: str, host: str) -> bool:
    """Whether a host name looks like that body's: a telling word of its name, or its initials."""
    words = [word for word in re.findall(r"[a-z]+", name.lower()) if word not in {"the", "of", "and", "for"}]
    telling = [word for word in words if len(word) >= 4 and word not in _COMMON_IN_NAMES]
    initials = "".join(word[0] for word in words)
    labels = host.split(".")
    return any(word in host for word in telling) or (
        len(initials) >= 3 and any(lab.startswith(initials) for lab in labels)
    )


def _forms(names: Sequence[str]) -> tuple[str, ...]:
    forms: dict[str, None] = {}
    spelled = [
        *names,
        *(name.replace(" & ", " and ") for name in names),
        *(name.replace(" and ", " & ") for name in names),
    ]
    for name in spelled:
        form = " ".join(search_form(name).split()).removeprefix("the ")
        forms[form] = None
        for tail in (" nhs foundation trust", " nhs trust", " foundation trust"):
            if form.endswith(tail):
                short = form.removesuffix(tail)
                forms |= {short: None, short + " trust": None}
    return tuple(sorted((form for form in forms if len(form) > 3), key=len, reverse=True))


def unquoted(text: str) -> str:
    """`text` with everything in quotation marks blanked, of the same length."""
    return _QUOTED.sub(lambda quote: " " * len(quote[0]), text)


def quoted_spans(block: str) -> list[tuple[int, int]]:
    """Where words stand in quotation marks: speech and long quotations, not single quoted terms."""
    return [match.span() for match in _QUOTED.finditer(block) if len(match[0].split()) >= 4]


class Marker:
    """Rewrites sentences with the marks SELF, OTHER, TOPIC and CAMP; WHO and YOU are others of whom nothing is said."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        names = "|".join(map(re.escape, speaker.names))
        self._own_name = re.compile(rf"\b(?:the )?(?:{names})\b") if names else None
        self._last_other = ""  # the other body named last: what "the trust" refers back to

    def mark(self, sentence: str, topic: Sequence[tuple[int, int]], campaign: Sequence[tuple[int, int]]) -> str:
        """The sentence in search form with its marks; `topic` and `campaign` are spans in it."""
        others = [match.span() for match in _BODY.finditer(sentence) if not _BARE_BODY.match(match[0])]
        searched = search_form(sentence)
        own = [match.span() for match in self._own_name.finditer(searched)] if self._own_name else []
        spans = [(*span, "SELF") for span in own] + [(*span, "CAMP") for span in campaign]
        spans += [(*span, "TOPIC") for span in topic] + [(*span, "OTHER") for span in others]
        spans += [(*match.span(1), "PERSON") for match in _PERSON.finditer(sentence)]
        marked = _replace(searched, spans)
        bodies = [searched[low:high] for low, high in others if searched[low:high].lower() not in self._speaker.names]
        marked = _OTHERS.sub("OTHER", marked)
        if not self._speaker.is_press:
            marked = _OWN_NOUN.sub(lambda noun: "OTHER" if not own and noun[1] in self._last_other else "SELF", marked)
            if self._speaker.is_body:
                marked = _OWN_ROLE.sub("SELF", marked)
        if own:
            self._last_other = ""
        elif "OTHER" in marked and bodies:
            self._last_other = bodies[-1]
        marked = re.sub(r"\bwho\b", "WHO", re.sub(r"\byou\b", "YOU", marked))
        marked = re.sub(r"\bours?\b|\bits own\b|\bmy\b", "OUR", marked)
        marked = re.sub(r"\b(?:we|us|ourselves)\b", "SELF", marked)
        if self._speaker.is_person:
            marked = re.sub(r"\bi\b", "SELF", marked)
        return _tidy(marked)


def _replace(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """`text` with spans replaced by their marks; of overlapping ones the first given wins."""
    chosen: list[tuple[int, int, str]] = []
    for start, end, mark in spans:
        if not any(low < end and start < high for low, high, _ in chosen):
            chosen.append((start, end, mark))
    for start, end, mark in sorted(chosen, reverse=True):
        text = text[:start] + mark + text[end:]
    return text


_TOPIC_TAIL = re.compile(
    r"\bTOPIC(?:'s)?(?: \(?(?:TOPIC|sim|hin)\)?| (?:team|model|scheme|programme|service|project|approach|network|training|"
    r"officer|method|intervention|initiative|partnership|work|framework|system|way of working|like model|type model)s?\b)+"
)


_SHORT_FORMS = (
    ("can't", "can not"), ("won't", "will not"), ("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"),
    ("SELF'd like", "SELF would like"), ("SELF'm", "SELF am"), ("it's", "it is"),
)  # fmt: skip


def _tidy(marked: str) -> str:
    if "'" in marked:
        for short, full in _SHORT_FORMS:
            marked = re.sub(rf"{short}\b", full, marked)
    marked = _TOPIC_TAIL.sub("TOPIC", " ".join(marked.split()))
    marked = re.sub(r"^(?:a\d*[.:)]* )?(?:answer|response)?[: ]*(?:no|yes)[,.;:] ", "", marked)
    marked = re.sub(r"\bboth (?:organisations|trusts|bodies|partners|parties|services|forces)\b", "SELF", marked)
    marked = re.sub(r", OUR (?:\w+ ){0,3}\w+,", ",", marked)
    marked = re.sub(r"\bSELF,? (?:at |as |here at )?(?:the )?(?:CAMP|OTHER|SELF),? ", "SELF ", marked)
    marked = re.sub(
        r",? (?:and|nor|or) (?:SELF )?(?:has|have|had|do|does|did|is|are) (?:SELF )?(?:not|never) (?:been|done so|had one|use it),? ",
        " ",
        marked,
    )
    marked = re.sub(r",? (?:and|nor) never (?:has|have) been,? ", " ", marked)
    marked = re.sub(r"\b(SELF|OTHER) \(['\"]?[\w ]+['\"]?\)", r"\1", marked)
    return re.sub(r"TOPIC(?:,? (?:and|or) (?:other )?(?:TOPIC|similar \w+))+", "TOPIC", marked)
