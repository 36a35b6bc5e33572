"""Whether a text speaks of what can hurt to read unprepared.

The word list is general English, kept here in full, and errs on the side of a note: a note
that was not needed costs a tap, a missing one can cost a reader more. It asks for words that
mean the thing by themselves; those with other everyday senses ("abuse", "harm", "overdose of")
count only beside a word that settles the sense. Samaritans' media guidelines name the subjects.
"""

from __future__ import annotations

import re

from .text import normalise

_SUICIDE = re.compile(
    r"""\b(?:suicid\w*
      | (?:tak(?:e|es|ing|en)|took|end(?:s|ed|ing)?)\s
        (?:(?:his|her|their|my|your|our)\s(?:own\s)?|one's\sown\s)(?:life|lives)
      | kill(?:s|ed|ing)?\s(?:him|her|your|my|one|them|our)sel(?:f|ves)
      | want(?:s|ed|ing)?\sto\sdie
      )\b""",
    re.VERBOSE,
)
_SELF_HARM = re.compile(
    r"""\b(?:self[\s-]?(?:harm|injur|mutilat|poison)\w*
      | (?:harm|hurt|injur|cut)(?:s|ed|ing|ting|e|es)?\s(?:him|her|your|my|one|them|our)sel(?:f|ves)
      | (?:took|taken|takes|taking|take|after|by|deliberate|intentional|an|of)\s(?:an?\s)?overdos(?:e|es|ed|ing)
      | overdosed
      )\b""",
    re.VERBOSE,
)
_WHO = (
    r"(?:child|children|childhood|sexual|sexually|domestic|physical|physically|emotional|emotionally|institutional|"
    r"racial|racist|ritual|elder|partner|verbal|verbally|historic|historical|psychological|carer|honour-based|staff|"
    r"patient|patients|financial|organisational)"
)
_WHOM = (
    r"(?:child|children|girls?|boys?|women|woman|men|patients?|people|persons?|adults?|residents?|inmates?|wife|husband|"
    r"partner|inpatients?|service\s?users?|them|her|him|us|me|survivors?|staff|victims?)"
)
_ABUSE = re.compile(
    rf"""\b(?:{_WHO}(?:\s(?:and|or|,)\s?\w+)?\sabus(?:e|es|ed|er|ers|ing|ive)
      | abus(?:ed|ing|es|e|ive)\s(?:of|by|against|towards?|to)?\s?
        (?:an?\s|the\s|his\s|her\s|their\s|its\s|our\s|vulnerable\s|young\s|disabled\s|many\s)*{_WHOM}
      | (?:was|were|been|being|be|is|are|am)\s(?:\w+ly\s)?abused
      | abuse\s(?:survivors?|victims?|scandal|inquiry|allegations?|and\s(?:neglect|violence|torture))
      | (?:survivors?|victims?|allegations?|reports?|disclosures?|history|experiences?|forms?|kinds?)
        \sof\s(?:\w+\s)?abuse
      | (?:neglect|violence|torture|trauma|bullying|harassment)\s(?:and|or)\sabuse
      | raped? | rapes | raping | rapist\w* | sexual(?:ly)?\s(?:assault|violen|exploit|harass)\w*
      | molest(?:ed|s|ing|ation)
      )\b""",
    re.VERBOSE,
)
# "suicidal" of a plan or a business, "abuse of notation/process/power" are figures of speech.
_FIGURE = re.compile(
    r"\b(?:(?:politic\w+|commercial\w*|economic\w*|career)\ssuicid\w*"
    r"|abuse\sof\s(?:\w+\s)?(?:notation|language|process|power|position|trust\s?law|statistics|terms?|procedure|dominance)"
    r"|rape\s?seed|oil-?seed\srape)\b"
)
_SUBJECTS = (("suicide", _SUICIDE), ("self-harm", _SELF_HARM), ("abuse", _ABUSE))


def content_note(text: str) -> str | None:
    """What a reader is told first ("speaks of suicide and self-harm"); None if there is no need.

    >>> content_note("People who had self-harmed or felt suicidal were turned away.")
    'speaks of suicide and self-harm'
    >>> content_note("By abuse of notation we write f for both.")
    """
    normal = _FIGURE.sub(" ", normalise(text))
    found = [name for name, pattern in _SUBJECTS if pattern.search(normal)]
    if not found:
        return None
    return "speaks of " + (found[0] if len(found) == 1 else ", ".join(found[:-1]) + " and " + found[-1])
