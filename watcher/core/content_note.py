"""Whether a text speaks of what can hurt to read unprepared.

The word list is general English, kept here in full, and errs on the side of a note: a note
that was not needed costs a tap, a missing one can cost a reader more. It asks for words that
mean the thing by themselves; those with other everyday senses ("abuse of power", "overdose of")
count unless, or only if, a word beside them settles the sense. Samaritans' media guidelines name the subjects.
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
# "Abuse" means the thing unless one of _FIGURE's neighbours gives it another sense; "abusive" means
# it only where it says towards whom or beside what.
_ABUSE = re.compile(
    r"""\b(?:abus(?:e|es|ed|er|ers|ing)
      | abusive\s(?:to|towards?|against|behaviou?rs?|relationships?|practices?|treatment|care|partners?|parents?|staff|
                   husbands?|environments?)
      | (?:was|were|is|are|been|being|sexually|physically|emotionally)\sabusive
      | raped? | rapes | raping | rapists?
      | sexual(?:ly)?\s(?:assault|violen|exploit|harass)\w*
      | molest(?:ed|s|ing|ation)
      )\b""",
    re.VERBOSE,
)
# Figures of speech, other senses, and the "Report abuse" button of many pages.
_FIGURE = re.compile(
    r"""\b(?:(?:politic\w+|commercial\w*|economic\w*|career|electoral)\ssuicid\w*
      | (?:substance|drugs?|alcohol|solvent|medication|medicines|benefit|market|tax|trade|rate|network|e-?mail|report)
        (?:\s(?:and|or)\s(?:alcohol|drugs?|substance))?\sabus(?:e|es|er|ers)
      | abus(?:e|es|ed|ing)\s(?:of\s)?(?:the\s|this\s|its\s|their\s|our\s|a\s)?(?:\w+\s)?
        (?:notation|language|process|powers?|position|statistics|terms?|procedure|dominance|office|authority|privileges?|
           systems?|rules?|law|discretion|data|substances?|drugs|alcohol|trust\slaw)
      | oil-?seed\srape | rape\s?seed
      )\b""",
    re.VERBOSE,
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
