"""Subscribe, confirm, leave: the pages that a reader by e-mail meets. None of them is ever kept.

GET only shows; POST acts. A link to confirm or to leave is a secret of its own, so neither needs a cookie;
leaving must work without one (RFC 8058, 3.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sqlite_utils import Database
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watcher.core.errors import AddressError, FilterError
from watcher.core.filter import Rhythm, Vocabulary, Wish, vocabulary
from watcher.core.mail_address import MailAddress, mail_address
from watcher.pipeline import audience, subscribing
from watcher.pipeline.subscribing import MOST_AN_HOUR, ClientLimit, Link, LinkState, Wanted
from watcher.store import subscribers
from watcher.store.changes import Change
from watcher.store.subscribers import LEFT_KEPT, Subscriber, SubscriberState
from watcher.web import forms
from watcher.web.pages import positive
from watcher.web.safety import RateLimit, network_of
from watcher.web.site import Site

_NOT_KEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_LATEST_SHOWN = 3
_FORMS_AT_ONCE, _FORM_REFILL_S = 30, 1.0
_MOST_TYPED = 1000  # of a field; what is longer is refused by its own rule, and shown cut


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was filled in, to be shown again."""

    address: str = ""
    filter: str = ""
    rhythm: str = Rhythm.WEEKLY.value
    wants_quiet: bool = False

    @classmethod
    def of(cls, fields: dict[str, str]) -> Typed:
        """What was typed; a rhythm that is not on offer is the usual one."""
        rhythm = fields.get("rhythm", "")
        return cls(
            fields.get("address", "")[:_MOST_TYPED].strip(),
            fields.get("filter", "")[:_MOST_TYPED].strip(),
            rhythm if rhythm in (Rhythm.DAILY.value, Rhythm.WEEKLY.value) else Rhythm.WEEKLY.value,
            fields.get("quiet", "") != "",
        )


@dataclass(slots=True)
class Reading:
    """What a form asks for as far as it could be read, and what is wrong with each field."""

    address: MailAddress | None = None
    wish: Wish | None = None
    faults: dict[str, str] = field(default_factory=dict)  # name of the field -> what is wrong
    marked: tuple[str, str, str] | None = None  # the filter before, at and after what is wrong


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a filter would have brought of late."""

    wish: Wish
    count: int
    latest: list[Change]


class Subscribing:
    """The pages, and how often one client may use them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clients = ClientLimit()
        self.forms = RateLimit(_FORMS_AT_ONCE, _FORM_REFILL_S)
        self._known: Vocabulary | None = None

    def routes(self) -> list[Route]:
        """The addresses. They pass by web/keeping: what they answer is for one reader alone."""
        both = ["GET", "POST"]
        return [
            Route("/subscribe", self._subscribe, methods=both),
            Route("/confirm/{token}", self._confirm, methods=both),
            Route("/leave/{token}", self._leave, methods=both),
        ]

    async def _subscribe(self, request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(self._form, request)
        fields = await forms.sent_fields(request)
        return await run_in_threadpool(self._asked, request, fields)

    async def _confirm(self, request: Request) -> Response:
        return await run_in_threadpool(self._confirm_used if request.method == "POST" else self._confirm_shown, request)

    async def _leave(self, request: Request) -> Response:
        # The body is not read: RFC 8058's says nothing that the address does not, and a button's is empty.
        return await run_in_threadpool(self._left if request.method == "POST" else self._leave_shown, request)

    # --- subscribe ---

    def _form(
        self,
        request: Request,
        typed: Typed | None = None,
        reading: Reading | None = None,
        dry_run: DryRun | None = None,
        status: int = 200,
    ) -> Response:
        if not self.site.can_mail:
            return self._page(request, "unset.html", 200 if request.method != "POST" else 503)
        https = forms.is_https(self.site, request)
        value = forms.form_pass(request, https=https)
        response = self._page(
            request,
            "subscribe.html",
            status,
            # A link may bring a filter along; never an address, which would stand in logs and histories.
            typed=typed or Typed(filter=request.query_params.get("filter", "")[:_MOST_TYPED].strip()),
            reading=reading or Reading(),
            dry_run=dry_run,
            form_pass=value,
            known=self.known,
        )
        forms.set_pass(response, value, https=https)
        return response

    def _asked(self, request: Request, fields: dict[str, str]) -> Response:
        if not self.site.can_mail:
            return self._form(request)
        self._pace(request)
        typed = Typed.of(fields)
        reading = self._read(typed)
        if not forms.is_our_form(request, fields, https=forms.is_https(self.site, request)):
            reading.faults = {
                "": "The form was open for a long time, or this browser keeps no cookies. Please send it once more."
            }
            return self._form(request, typed, reading, status=403)
        is_trial = fields.get("do") == "try"
        if is_trial:
            reading.faults.pop("address", None)  # only the filter is tried
        dry_run = self._dry_run(reading.wish) if reading.wish is not None else None
        if reading.faults or is_trial:
            return self._form(request, typed, reading, dry_run, 422 if reading.faults else 200)
        assert reading.address is not None
        assert reading.wish is not None
        wait_s = self.clients.wait_s(self._client(request))
        if wait_s:
            return self._too_many(request, wait_s)
        wanted = Wanted(reading.address, str(reading.wish.filter), reading.wish.rhythm, typed.wants_quiet)
        self._ask(wanted)
        return self._page(request, "asked.html", wanted=wanted, dry_run=dry_run)

    def _read(self, typed: Typed) -> Reading:
        reading = Reading()
        try:
            reading.address = mail_address(typed.address)
        except AddressError as exc:
            reading.faults["address"] = str(exc)
        try:
            reading.wish = subscribing.wish_by_mail(typed.filter, self.known, Rhythm(typed.rhythm))
        except FilterError as exc:
            reading.faults["filter"] = str(exc)
            reading.marked = _marked(typed.filter, exc.column)
        return reading

    def _dry_run(self, wish: Wish) -> DryRun:
        site = self.site
        with site.reading() as db:
            found = audience.alerts_lately(db, site.configuration, wish.filter, site.now()) if db is not None else []
        return DryRun(wish, len(found), found[:_LATEST_SHOWN])

    def _ask(self, wanted: Wanted) -> None:
        """Ask, and don't look at whether a mail was queued: that would tell who is known."""
        site = self.site
        url = site.public_url or ""
        forms.writing(site, lambda db: subscribing.ask(db, site.configuration, url, wanted, site.now()))

    def _pace(self, request: Request) -> None:
        wait_s = self.forms.wait_s(request.client.host if request.client else "")
        if wait_s:
            raise HTTPException(429, "", headers={"Retry-After": str(int(wait_s) + 1), **_NOT_KEPT})

    def _too_many(self, request: Request, wait_s: float) -> Response:
        minutes = math.ceil(wait_s / 60)
        says = (
            f"{MOST_AN_HOUR} confirmations were asked for from your network within an hour, and that is the most."
            f" Nothing was sent. Please try again in {minutes} minute{'' if minutes == 1 else 's'}."
        )
        response = self._page(request, "message.html", 429, title="One moment", says=says)
        response.headers["Retry-After"] = str(math.ceil(wait_s))
        return response

    # --- confirm ---

    def _confirm_shown(self, request: Request) -> Response:
        token = request.path_params["token"]
        with self.site.reading() as db:
            link = subscribing.look_at_link(db, token, self.site.now()) if db is not None else Link(LinkState.UNKNOWN)
        return self._link(request, link, has_acted=False)

    def _confirm_used(self, request: Request) -> Response:
        token = request.path_params["token"]
        with self.site.reading() as db:  # a token that nobody has does not take the lock for writing
            link = subscribing.look_at_link(db, token, self.site.now()) if db is not None else Link(LinkState.UNKNOWN)
        if link.state is LinkState.GOOD:
            link = forms.writing(self.site, lambda db: subscribing.confirm(db, token, self.site.now()))
        return self._link(request, link, has_acted=link.state is LinkState.GOOD)

    def _link(self, request: Request, link: Link, *, has_acted: bool) -> Response:
        status = {LinkState.GOOD: 200, LinkState.USED: 200, LinkState.UNKNOWN: 404}.get(link.state, 410)
        return self._page(request, "confirm.html", status, link=link, has_acted=has_acted)

    # --- leave ---

    def _leave_shown(self, request: Request) -> Response:
        with self.site.reading() as db:
            reader = self._reader(db, request)
            follows = subscribers.followed(db, reader) if db is not None and reader is not None else []
        return self._farewell(request, reader, follows=follows)

    def _left(self, request: Request) -> Response:
        token = request.path_params["token"]
        now = self.site.now()
        with self.site.reading() as db:
            reader = self._reader(db, request)
        ended = None
        if reader is not None:
            only = positive(request.query_params.get("only"))
            if request.query_params.get("only") is None:
                forms.writing(self.site, lambda db: subscribing.leave(db, token, now))
            elif only is not None:
                ended = forms.writing(self.site, lambda db: subscribing.end_one(db, token, only, now))
        with self.site.reading() as db:
            reader = self._reader(db, request)
            follows = subscribers.followed(db, reader) if db is not None and reader is not None else []
        return self._farewell(request, reader, follows=follows, ended=ended)

    def _reader(self, db: Database | None, request: Request) -> Subscriber | None:
        return subscribing.reader_of(db, request.path_params["token"]) if db is not None else None

    def _farewell(self, request: Request, reader: Subscriber | None, **shown: object) -> Response:
        has_left = reader is not None and reader.state is SubscriberState.LEFT
        erased_on = reader.left_at + LEFT_KEPT if reader is not None and reader.left_at is not None else None
        context = {"ended": None, **shown, "reader": reader, "has_left": has_left, "erased_on": erased_on}
        return self._page(request, "leave.html", 200 if reader is not None else 404, **context)

    # --- all ---

    @property
    def known(self) -> Vocabulary:
        """The names that a filter may use."""
        if self._known is None:
            self._known = vocabulary(self.site.configuration.organisations)
        return self._known

    def _client(self, request: Request) -> str:
        return network_of(request.client.host if request.client else "")

    def _page(self, request: Request, template: str, status: int = 200, **context: object) -> Response:
        response = self.site.page(request, None, template, status, **context)
        response.headers.update(_NOT_KEPT)
        del response.headers["ETag"]
        return response


def _marked(text: str, column: int) -> tuple[str, str, str]:
    """The filter in three parts: before, at and after the column that is wrong, counted from 1."""
    at = min(max(column - 1, 0), len(text))
    end = next((index for index in range(at, len(text)) if index > at and text[index].isspace()), len(text))
    return text[:at], text[at:end], text[end:]
