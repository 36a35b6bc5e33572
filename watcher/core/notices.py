"""Words by which a page tells the status of its own statement: withdrawn, superseded, corrected, updated."""

from __future__ import annotations

import re

from watcher.core.text import NormalText

# Enough on their own in a short block.
_STRONG = re.compile(
    r"\b(?:withdrawn|withdrew|withdrawal of this|superseded|supersedes|archived|retracted|retraction|rescinded|"
    r"correction|corrected|"
    r"clarification|clarified|erratum|out of date|outdated|obsolete|discontinued|under review|editor'?s note|"
    r"no longer (?:valid|current|in use|in force|available|applies|applicable|endorsed?|supported?|maintained|"
    r"reflects?|live|updated)|"
    r"has been (?:removed|replaced|taken down|paused|suspended|ended|closed|deleted|amended|revised))\b"
)
# Words of status that menus and newsletters use too: only where the block speaks of the text itself.
_WEAK = re.compile(
    r"\b(?:update[ds]?|updating|removed|replaced|replaces|paused|suspended|ended|closed|amended|revised|reinstated|"
    r"republished|expired|draft|historical)\b"
)
_ITSELF = re.compile(
    r"\b(?:this|these|the|our) (?:page|pages|statement|article|story|post|text|document|guidance|notice|content|"
    r"publication|"
    r"report|policy|programme|scheme|service|information|press release|news)\b|\bwe (?:have|are|will)\b"
)
_OPENS = re.compile(
    r"^\W*(?:important |latest |policy |service )?(?:update|updated|notice|note|please note|important|correction)\b"
    r"(?=\s*[:\-,(\[]|\s+\d|\s+(?:on|of|as|from)\b|\s*$|\W)"
)
# The machinery's own news, and invitations; none of them is about the statement.
_INVITES = re.compile(
    r"\b(?:cookies?|browser|javascript|newsletters?|sign up|subscribe|unsubscribe|mailing list|follow us|log "
    r"?in|email (?:alerts?|updates?)|"
    r"get (?:email )?updates|privacy settings|your (?:settings|preferences|password|account|basket)|latest "
    r"(?:news|updates)|"
    r"(?:stay|keep) (?:up to date|updated)|receive updates)\b"
)
_MACHINERY = re.compile(
    r"\b(?:newsletters?|mailing list|unsubscribe|follow us|share this (?:page|article|story|post)|"
    r"sign up (?:for|to)[^.]{0,60}\b(?:updates?|alerts?|news|emails?)|(?:update|upgrade|out-of-date|unsupported) "
    r"(?:your )?browser|"
    r"(?:enable|disabled?|requires?) javascript|javascript (?:is|has been)|(?:accept|reject) (?:all )?cookies)\b"
)
_MACHINERY_WORDS = 18


def is_machinery(text: NormalText) -> bool:
    """Whether a short block is an invitation or the website's own upkeep, and no part of a statement.

    >>> from watcher.core.text import normalise
    >>> is_machinery(normalise("Sign up for our newsletter to get updates by email."))
    True
    """
    return len(text.split()) <= _MACHINERY_WORDS and bool(_MACHINERY.search(text))


def says_status(text: NormalText) -> bool:
    """Whether a short block of text tells the status of the statement it stands by.

    >>> from watcher.core.text import normalise
    >>> says_status(normalise("This statement has been withdrawn."))
    True
    >>> says_status(normalise("Sign up for updates"))
    False
    """
    if _INVITES.search(text):
        return False
    if _STRONG.search(text) or _OPENS.match(text):
        return True
    return bool(_WEAK.search(text) and _ITSELF.search(text))
