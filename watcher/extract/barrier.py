"""Answers that are no content: outages, walls, challenges, empty shells, and pages that say "not found".

Told by several signs together. A statement may speak of an outage or of cookies; a barrier
speaks to the visitor, is short, and has nothing of what the page said before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.core.model import Document, FailedKind, GoneHow, UnreachableKind
from watcher.core.text import normalise, words


@dataclass(frozen=True, slots=True)
class Barrier:
    """Why an answer is no content."""

    kind: UnreachableKind | FailedKind | GoneHow
    detail: str  # for a person: "a login page"


_CHALLENGE = re.compile(
    r"checking (?:if the site connection is secure|your browser)|verify(?:ing)? (?:that )?you(?:'re| are) (?:a |not a )?(?:human|robot)|"
    r"(?:enable|turn on) javascript and cookies|just a moment\.\.\.|attention required|pardon our interruption|are you (?:a )?(?:robot|human)|"
    r"request unsuccessful\. incapsula|incident id|ddos protection by|unusual (?:traffic|activity)|you(?:'ve| have) been blocked|"
    r"complete the (?:security check|captcha)|security (?:check|verification)|ray id|access (?:to this page has been )?denied|"
    r"\b403\b.{0,12}forbidden|you don'?t have permission to access|bot (?:detection|protection)|automated (?:access|requests|queries)|too many requests"
)
_OUTAGE = re.compile(
    r"(?:temporarily|currently|service|site|website|page) (?:is )?(?:temporarily |currently )?(?:unavailable|offline|down)\b|"
    r"(?:bad|502 bad) gateway|gateway time-?out|internal server error|service unavailable|(?:under|undergoing|down for|scheduled|planned|essential) maintenance|"
    r"(?:we'll|we will) be (?:right )?back|technical (?:difficulties|problems?|issues?|error)|something went wrong|an? (?:unexpected )?error (?:has )?occurred|"
    r"try again (?:later|shortly|in a (?:few|couple))|error (?:establishing a database connection|500|502|503|504)|\b50[0234]\b.{0,20}error|over capacity|"
    r"application error|server error|out of service|server (?:is )?(?:too )?busy|fastly error|varnish cache server"
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|log ?on)\b|forgot(?:ten)? (?:your )?password|create (?:an? |new )?account|mot de passe|se connecter|password|"
    r"passwort|anmelden|contraseña|iniciar sesión|members? only|mewngofnodi|session (?:has )?(?:expired|timed out)"
)
_CONSENT = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|(?:accept|reject|allow) all(?: cookies)?|accept (?:and|&) continue|"
    r"consent to (?:the use of )?cookies|cookie (?:consent|preferences|settings)|manage (?:your )?(?:cookies|preferences|choices|options)|"
    r"we (?:and our|use)[^.]{0,40}(?:partners|cookies)"
)
_SCRIPT = re.compile(
    r"javascript (?:is |has been |must be |to be )?(?:required|disabled|enabled|not (?:enabled|available|supported))|(?:enable|activate|needs?|requires?) javascript|"
    r"(?:enable|activer|aktivieren) (?:js|javascript)|redirected? (?:quickly|automatically|shortly)|redirecting|click here if you are not redirected|"
    r"if (?:you are )?not,? click here|^loading\b|loading\s?\.\.\.|browser (?:is )?(?:not supported|out of date|unsupported)"
)
_NOT_FOUND = re.compile(
    r"(?:page|document|content|file|article|resource|url|link|address)[^.]{0,60}(?:not (?:be )?found|cannot be found|can'?t be found|could ?n[o']t be found|"
    r"does ?n[o']t exist|no longer exists?|no longer available|has been (?:moved|removed|deleted)|may have (?:been )?(?:moved|removed))|"
    r"\b404\b|not found|(?:can'?t|cannot|could ?n[o']t|unable to) (?:find|locate) (?:the|that|this|what)|page introuvable|tudalen heb ei chanfod|"
    r"seite nicht gefunden|página no encontrada"
)
_TO_VISITOR = re.compile(
    r"\b(?:you|your|please|sorry|oops|try|click|go back|return to|home ?page|we'll|enable|refresh|reload|contact us)\b"
)
_TALK = (
    (_CHALLENGE, UnreachableKind.BLOCKED, "a challenge page"),
    (_NOT_FOUND, GoneHow.SOFT_404, "a page that says “not found”"),
    (_OUTAGE, UnreachableKind.BUSY, "an outage page"),
    (_LOGIN, UnreachableKind.BLOCKED, "a login page"),
    (_CONSENT, UnreachableKind.BLOCKED, "a consent wall"),
    (_SCRIPT, FailedKind.EMPTY, "a shell that needs a browser"),
)  # fmt: skip

_EMPTY_WORDS = 8
_SHORT_WORDS = 60  # a barrier's text; longer ones need more signs
_LONG_WORDS = 220  # no barrier measured was longer once menus are left out
_KEPT = 0.3  # share of the earlier words still there that proves content
_COLLAPSED = 0.35  # of the earlier length


def find_barrier(document: Document, body: bytes | str = b"", before: Document | None = None) -> Barrier | None:
    """What stands in the way of the text, or None: this is content.

    `body` is looked at for a password field only; `before` is an earlier good reading of the
    same address: what keeps its words is content, what lost them all needs fewer signs.
    """
    text = normalise(" ".join((document.title, *document.blocks)))
    said = words(text)
    length = sum(len(words(normalise(block))) for block in document.blocks)
    earlier = _words_of(before) if before is not None else []
    if earlier and _kept(earlier, said) >= _KEPT:
        return None
    if length < _EMPTY_WORDS and (not earlier or len(earlier) >= 3 * max(1, length)):
        return _named(normalise(" ".join((text, *document.rest, *document.frame))), limit=1) or Barrier(
            FailedKind.EMPTY, "a page without text"
        )
    if length > _LONG_WORDS:
        return None
    collapsed = bool(earlier) and length < _COLLAPSED * len(earlier)
    if (found := _headed(document, text, length)) is not None:
        return found
    if _has_password(body) and length < 150 and (collapsed or _LOGIN.search(text)):
        return Barrier(UnreachableKind.BLOCKED, "a login page")
    return _named(text, limit=1 if collapsed or length < 25 else 2) if length <= _SHORT_WORDS or collapsed else None


def _words_of(document: Document) -> list[str]:
    return words(normalise(" ".join(document.blocks)))


def _kept(earlier: list[str], now: list[str]) -> float:
    """Share of the earlier text's distinct longer words that are still there."""
    before = {word for word in earlier if len(word) > 4}
    return len(before & set(now)) / max(1, len(before))


def _headed(document: Document, text: str, length: int) -> Barrier | None:
    """A barrier that its own headline names: the headline is the phrase, and the text turns to the visitor."""
    title = normalise(document.title)
    if not title or length > 2 * _SHORT_WORDS:
        return None
    for pattern, kind, detail in _TALK[:4]:
        hit = pattern.search(title)
        rest = len(words(normalise(title[: hit.start()] + title[hit.end() :]))) if hit else 99
        if hit and rest <= 4 and (_TO_VISITOR.search(text) or length < 25):
            return Barrier(kind, detail)
    return None


def _named(text: str, limit: int) -> Barrier | None:
    """The first kind of barrier whose talk the text holds `limit` times or more; being turned to counts once."""
    for pattern, kind, detail in _TALK:
        signs = len({hit.group() for hit in pattern.finditer(text)})
        if signs and signs + bool(_TO_VISITOR.search(text)) >= limit:
            return Barrier(kind, detail)
    return None


def _has_password(body: bytes | str) -> bool:
    text = body.decode("latin-1") if isinstance(body, bytes) else body
    return bool(re.search(r"<input[^>]{0,300}type\s*=\s*[\"']?password", text, re.I))
