"""Answers that are no content: outages, walls, challenges, empty shells, and pages that say "not found".

Told by several signs together. A statement may speak of an outage or of cookies; a barrier
speaks to the visitor, is short, and has nothing of what the page said before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.core.model import Document, FailedKind, GoneHow, UnreachableKind
from watcher.core.notices import says_status
from watcher.core.text import NormalText, normalise, sentences, words


@dataclass(frozen=True, slots=True)
class Barrier:
    """Why an answer is no content."""

    kind: UnreachableKind | FailedKind | GoneHow
    detail: str  # for a person: "a login page"


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


# Written over normal text (lower case, straight quotes). English first; French, German, Spanish and
# Welsh for what a site serves to a visitor from elsewhere.
_CHALLENGE = _any_of(
    r"checking (?:if the site connection is secure|your browser)",
    r"verify(?:ing)? (?:that )?you(?:'re| are) (?:a |not a )?(?:human|robot)|are you (?:a )?(?:robot|human)|i'm "
    r"not a robot",
    r"(?:enable|turn on) javascript and cookies|just a moment\.\.\.|attention required|pardon our interruption|"
    r"one more step",
    r"request unsuccessful\. incapsula|incident id|ddos protection by|ray id|unusual (?:traffic|activity)",
    r"you(?:'ve| have) been blocked|complete the (?:security check|captcha)|security (?:check|verification)",
    r"access (?:to this page (?:has been|is) |is )?(?:denied|forbidden)|\b403\b.{0,12}forbidden|you don'?t have "
    r"permission to access",
    r"bot (?:detection|protection)|automated (?:access|requests|queries)|too many requests",
    r"accès (?:refusé|interdit)|vérifi\w+ (?:que )?vous (?:êtes|n'êtes)|vérification de sécurité|un instant|"
    r"zugriff verweigert|acceso denegado",
)
_OUTAGE = _any_of(
    r"(?:temporarily|currently|service|site|website|page) (?:is )?(?:temporarily |currently )?(?:unavailable|"
    r"offline|down)\b",
    r"(?:bad|502 bad) gateway|gateway time-?out|internal server error|service unavailable|application error|"
    r"server error",
    r"(?:under|undergoing|down for|scheduled|planned|essential) maintenance|(?:we'll|we will) be (?:right )?back",
    r"technical (?:difficulties|problems?|issues?|error)|something went wrong|an? (?:unexpected )?error (?:has "
    r")?occurred",
    r"try again (?:later|shortly|in a (?:few|couple))|there (?:is|was) a problem|over capacity|out of service|"
    r"server (?:is )?(?:too )?busy",
    r"error (?:establishing a database connection|500|502|503|504)|\b50[0234]\b.{0,20}error|fastly error|"
    r"varnish cache server",
    r"(?:site|service|page) (?:est )?(?:temporairement |actuellement )?indisponible|en (?:cours de "
    r")?maintenance|erreur (?:est survenue|serveur|interne|technique)",
    r"une erreur|réessayer|temporairement bloquée|wartungsarbeiten|nicht (?:verfügbar|erreichbar)|ein fehler|"
    r"fuera de servicio|ha ocurrido un error",
)
_LOGIN = _any_of(
    r"\b(?:log ?in|sign ?in|log ?on)\b|forgot(?:ten)? (?:your )?password|create (?:an? |new )?account|password|"
    r"members? only",
    r"session (?:has )?(?:expired|timed out)|you must be (?:a member|logged in)",
    r"mot de passe|se connecter|connectez-vous|s'identifier|passwort|anmelden|contraseña|iniciar sesión|mewngofnodi",
)
_CONSENT = _any_of(
    r"before you continue|we (?:value|care about|respect) your privacy|(?:accept|reject|allow) all(?: cookies)?|"
    r"accept (?:and|&) continue",
    r"consent to (?:the use of )?cookies|cookie (?:consent|preferences|settings)|manage (?:your )?(?:cookies|"
    r"preferences|choices|options)",
    r"we (?:and our|use)[^.]{0,40}(?:partners|cookies)|tout (?:accepter|refuser)|gérer (?:les|mes|vos) cookies|"
    r"alle akzeptieren",
)
_SCRIPT = _any_of(
    r"javascript (?:is |has been |must be |to be )?(?:required|disabled|enabled|not (?:enabled|available|supported))",
    r"(?:enable|activate|needs?|requires?) (?:js\b|javascript)|(?:activer|activez|aktivieren sie) (?:le "
    r")?(?:js\b|javascript)",
    r"redirected? (?:quickly|automatically|shortly)|redirecting|click here if you are not redirected|if (?:you "
    r"are )?not,? click here",
    r"^loading\b|loading\s?\.\.\.|chargement|browser (?:is )?(?:not supported|out of date|unsupported)|"
    r"redirection en cours",
)
_NOT_FOUND = _any_of(
    r"(?:page|document|content|file|article|resource|url|link|address)[^.]{0,60}(?:not (?:be )?found|can(?:not|"
    r"'?t) be found|could ?n[o']t be found)",
    r"(?:page|document|content|file|article|resource|url|link|address)[^.]{0,60}(?:does ?n[o']t exist|no longer "
    r"exists?|no longer available)",
    r"(?:page|document|content|file|article|resource|url|link|address)[^.]{0,60}(?:has been|may have (?:been "
    r")?)(?:moved|removed|deleted)",
    r"\b404\b|not found|(?:can'?t|cannot|could ?n[o']t|unable to) (?:find|locate) (?:the|that|this|what)",
    r"page (?:introuvable|non trouvée)|n'existe (?:pas|plus)|tudalen heb ei chanfod|seite nicht gefunden|página "
    r"no encontrada",
)
_TO_VISITOR = re.compile(
    r"\b(?:you|your|please|sorry|oops|try|click|go back|return to|home ?page|we'll|enable|refresh|reload|contact us|"
    r"vous|votre|vos|veuillez|cliquez|désolé|sie|bitte|usted|por favor)\b"
)
_TALK = (
    (_CHALLENGE, UnreachableKind.BLOCKED, "a challenge page"),
    (_NOT_FOUND, GoneHow.SOFT_404, "a page that says “not found”"),
    (_OUTAGE, UnreachableKind.BUSY, "an outage page"),
    (_LOGIN, UnreachableKind.BLOCKED, "a login page"),
    (_CONSENT, UnreachableKind.BLOCKED, "a consent wall"),
    (_SCRIPT, FailedKind.EMPTY, "a shell that needs a browser"),
)  # fmt: skip

_DATE = re.compile(
    r"\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|"
    r"\b(?:19|20)\d\d\b"
)
_EMPTY_WORDS = 8
_TERSE_WORDS = 35  # under a headline that is the phrase
_SHORT_WORDS = 60  # a barrier's text; longer ones need more signs
_LONG_WORDS = 220  # no barrier measured was longer once menus are left out
_KEPT = 0.3  # share of the earlier words still there that proves content
_COLLAPSED = 0.35  # of the earlier length
_VANISHED = (80, 0.25, 0.15)  # earlier words at least; share of the length, and of the words, that is left at most
_OWN_WORDS = (12, 0.25)  # words, and share, of sentences that talk of no barrier, from which a text says something


def find_barrier(document: Document, body: bytes | str = b"", before: Document | None = None) -> Barrier | None:
    """What stands in the way of the text, or None: this is content.

    `body` is looked at for a password field only; `before` is an earlier good reading of the
    same address: what keeps its words is content, what lost them all needs fewer signs.
    """
    text = normalise(" ".join((document.title, *document.blocks)))
    earlier = words(normalise(before.text)) if before is not None else []
    length = sum(len(words(normalise(block))) for block in document.blocks)
    kept = _kept(earlier, words(text))
    if earlier and kept >= _KEPT:
        return None
    if length < _EMPTY_WORDS and (not earlier or len(earlier) >= 3 * max(1, length)) and not says_status(text):
        shown = normalise(" ".join((text, *document.rest, *document.frame)))
        return _named(shown, limit=1) or Barrier(FailedKind.EMPTY, "a page without text")
    if length > _LONG_WORDS:
        return None
    collapsed = bool(earlier) and length < _COLLAPSED * len(earlier)
    return _by_signs(document, text, body, length, collapsed) or _vanished(document, before, length, kept)


def _by_signs(document: Document, text: NormalText, body: bytes | str, length: int, collapsed: bool) -> Barrier | None:
    says_something = _says_something(document)
    if (found := _headed(document, text, length, says_something)) is not None:
        return found
    if _has_password(body) and length < 150 and (collapsed or (_LOGIN.search(text) and not says_something)):
        return Barrier(UnreachableKind.BLOCKED, "a login page")
    if says_something or not (length <= _SHORT_WORDS or collapsed):
        return None
    return _named(text, limit=1 if collapsed or length < 25 else 2)


def _says_something(document: Document) -> bool:
    """Whether enough of the text's own sentences talk of no barrier and to no visitor."""
    own = total = 0
    for block in document.blocks:
        for sentence in sentences(block):
            text = normalise(sentence)
            count = len(words(text))
            total += count
            talks = _TO_VISITOR.search(text) or any(pattern.search(text) for pattern, _, _ in _TALK)
            own += count if count >= _EMPTY_WORDS and (_DATE.search(text) or not talks) else 0
    return own >= _OWN_WORDS[0] and own >= _OWN_WORDS[1] * total


def _vanished(document: Document, before: Document | None, length: int, kept: float) -> Barrier | None:
    """A page that lost nearly all words of a long text and does not say why: a shell, in whatever language."""
    if before is None or normalise(before.title) == normalise(document.title):
        return None
    earlier = len(words(normalise(before.text)))
    if earlier < _VANISHED[0] or length > _VANISHED[1] * earlier or kept > _VANISHED[2] or length > 150:
        return None
    if any(says_status(normalise(line)) for line in (*document.blocks, *document.frame)):
        return None
    return Barrier(FailedKind.EMPTY, "hardly a word of the earlier text, and none that says why")


def _kept(earlier: list[str], now: list[str]) -> float:
    """Share of the earlier text's distinct longer words that are still there."""
    before = {word for word in earlier if len(word) > 4}
    return len(before & set(now)) / max(1, len(before))


def _headed(document: Document, text: str, length: int, says_something: bool) -> Barrier | None:
    """A barrier that its own headline names: the headline is the phrase, and the text turns to the visitor."""
    title = normalise(document.title)
    if not title or length > 2 * _SHORT_WORDS:
        return None
    for pattern, kind, detail in _TALK[:4]:
        hit = pattern.search(title)
        beside = len(words(normalise(title[: hit.start()] + title[hit.end() :]))) if hit else 99
        is_phrase = beside <= (2 if says_something else 4)
        if hit and is_phrase and (_TO_VISITOR.search(text) or length < _TERSE_WORDS):
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
