"""Pages that are written by script, read through a Chromium of this machine that can reach nobody itself.

Every request that a page makes is answered by our own `Client`, so pace, robots.txt, address
policy and limits hold for scripts as they do for pages; Chromium is started without a way to
any name or address. Needs the extra `render` (Playwright, which drives a browser that is
installed already) and Debian's chromium or another one named by WATCHER_CHROMIUM.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watcher.core.model import FailedKind, Fetched, FetchTask, Gone
from watcher.fetch.client import Client
from watcher.fetch.dial import Deadline
from watcher.fetch.exchange import failed
from watcher.fetch.subrequests import Gate

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, BrowserType, Page, Route

_T = TypeVar("_T")

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
INSTALL = 'install it with: pip install "statement-watcher[render]"'
INSTALL_CHROMIUM = "install it (Debian: apt install chromium), or name one in WATCHER_CHROMIUM"
SETTLE_S = 1.0
"""No request and no change of the page's length for so long: what scripts write is written."""

SETTLE_MAX_S = 5.0
"""A page that never rests (a clock, a ticker) is read as it is this long after it loaded."""

_CHROMIUMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "chromium", "chromium-browser")
_REAPER = Path(__file__).with_name("reaper.py")
_STEP_S = 0.25
_CLOSE_S = 5.0
_ONE_BROWSER = threading.Lock()  # 300 MB each; hosts are read side by side, their scripts in turn
_NOWHERE = "http://nowhere.invalid:9"
# Chromium's own traffic off, and no way out for the page's: no name resolves and no literal address
# is dialled (MAP), loopback goes the way of all others (<-loopback>), and WebRTC, which asks no
# resolver for a literal address, may use nothing but the proxy that does not exist. (Of the two
# spellings, Chromium 156 obeys the second only: with the first alone a STUN packet left.)
_ARGUMENTS = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-default-apps", "--disable-domain-reliability", "--disable-quic", "--no-pings", "--disable-breakpad",
    "--disable-crash-reporter", "--disable-gpu", "--disable-dev-shm-usage", "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND", f"--proxy-server={_NOWHERE}", "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp", "--js-flags=--max-old-space-size=512",
)  # fmt: skip
_OF_THE_TRANSFER = frozenset({"content-type", "content-length", "content-encoding", "transfer-encoding", "etag"})
_NO_CALLS = "delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection"
_PROBE = "() => [document.readyState, document.documentElement ? document.documentElement.outerHTML.length : 0]"


def render(client: Client, task: FetchTask) -> Fetched | Gone:
    """What the task's page reads once its scripts have run; redirects and status are the main answer's.

    The body is the DOM as UTF-8 HTML. What is no HTML, or gone, comes back as it was served. Asked
    without conditions, since the main answer may be the same and what the scripts fetch another. Takes
    at most `task.timeout_s` besides polite waits. Raises ExchangeError, also for a page whose scripts
    could not fetch something from its own site: what it then shows would be taken for its text.
    """
    chromium = _chromium(task.url, client.policy.chromium)
    began_waiting_s = client.waited_s
    deadline = Deadline()
    deadline.start(task.timeout_s)
    answer = client.read(replace(task, etag=None, last_modified=None))
    deadline.extend(client.waited_s - began_waiting_s)
    if not isinstance(answer, Fetched) or answer.media_type not in HTML_TYPES:
        if isinstance(answer, Gone | Fetched):
            return answer
        raise failed(task.url, FailedKind.MALFORMED, "not modified, to a question that was not conditional")
    gate = Gate(client, task, answer, deadline)
    visit = _Visit(answer, gate, deadline, chromium, client.policy.user_agent)
    asked_at = time.monotonic()
    with _ONE_BROWSER:
        deadline.extend(time.monotonic() - asked_at)
        dom = asyncio.run(visit.dom())
    if gate.fault:
        raise gate.fault
    if len(dom) > task.max_bytes:
        raise failed(task.url, FailedKind.TOO_LARGE, f"more than {task.max_bytes} bytes once its scripts had run")
    headers = (*_described(answer), ("X-Rendered-By", visit.rendered_by))
    return replace(
        answer, headers=headers, media_type="text/html", charset="utf-8", body=dom, etag=None, last_modified=None
    )


def _described(answer: Fetched) -> tuple[tuple[str, str], ...]:
    """The main answer's headers, but those of its bytes: a replay of the DOM goes by them."""
    kept = (pair for pair in answer.headers if pair[0].lower() not in _OF_THE_TRANSFER)
    return (*kept, ("Content-Type", "text/html; charset=utf-8"))


def _chromium(url: str, named: str | None) -> str:
    """The browser's program. Raises ExchangeError that says what to install."""
    try:
        version("playwright")
    except PackageNotFoundError:
        detail = f"this source is marked render = true, and the extra `render` is not installed: {INSTALL}"
        raise failed(url, FailedKind.UNSUPPORTED, detail) from None
    for candidate in (named,) if named else _CHROMIUMS:
        if found := shutil.which(candidate):
            return str(Path(found).absolute())
    missing = f"WATCHER_CHROMIUM names {named}, which is no program" if named else "no Chromium is installed"
    detail = f"this source is marked render = true, and {missing}: {INSTALL_CHROMIUM}"
    raise failed(url, FailedKind.UNSUPPORTED, detail)


@dataclass
class _Visit:
    """One page in one browser, both gone when it is over."""

    answer: Fetched
    gate: Gate
    deadline: Deadline
    chromium: str
    user_agent: str
    rendered_by: str = ""

    async def dom(self) -> bytes:
        """The page's HTML after its scripts. Raises ExchangeError."""
        from playwright.async_api import Error

        try:
            async with self._browser() as browser:
                self.rendered_by = f"Chromium {browser.version} through Playwright {version('playwright')}"
                context = await self._within(self._context(browser))
                page = await self._within(context.new_page())
                # Whatever the page opens besides itself is not read.
                context.on("page", lambda other: asyncio.ensure_future(_closed(other)))
                await self._within(page.goto(self.answer.final_url, wait_until="commit", timeout=0))
                await self._settled(page)
                if page.url.startswith("chrome"):
                    raise failed(self.answer.url, FailedKind.MALFORMED, "the browser shows a page of its own instead")
                return (await self._within(page.content())).encode("utf-8", "replace")
        except Error as error:
            self.deadline.left(self.answer.url)  # says so if it was the time that ended it
            reason = str(error).partition("\n")[0][:200]
            raise failed(self.answer.url, FailedKind.MALFORMED, f"the browser could not read it: {reason}") from error

    @contextlib.asynccontextmanager
    async def _browser(self) -> AsyncIterator[Browser]:
        from playwright.async_api import async_playwright

        with tempfile.TemporaryDirectory(prefix="watcher-render-", ignore_cleanup_errors=True) as home:
            async with async_playwright() as playwright:
                browser: Browser | None = None
                try:
                    browser = await self._launched(playwright.chromium, home)
                    yield browser
                finally:
                    await _ended(browser, home)

    async def _launched(self, chromium: BrowserType, home: str) -> Browser:
        from playwright.async_api import Error

        try:
            return await self._within(
                chromium.launch(
                    executable_path=_script(home, self.chromium),
                    args=list(_ARGUMENTS),
                    chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to sandbox for root
                    env=_environment(home),
                    timeout=0,
                )
            )
        except Error as error:
            said = [line.partition("[err]")[2].strip() for line in str(error).splitlines() if "[err]" in line]
            detail = f"{self.chromium} did not start: {(said or [str(error).partition(chr(10))[0]])[-1][:200]}"
            raise failed(self.answer.url, FailedKind.UNSUPPORTED, detail) from error

    async def _context(self, browser: Browser) -> BrowserContext:
        context = await browser.new_context(
            user_agent=self.user_agent, locale="en-GB", service_workers="block", accept_downloads=False
        )
        await context.add_init_script(_NO_CALLS)  # should a later Chromium know neither spelling
        await context.route("**/*", self._answered)
        return context

    async def _answered(self, route: Route) -> None:
        """Answer one request of the page out of our own client, or not at all."""
        from playwright.async_api import Error

        request = route.request
        with contextlib.suppress(Error):  # the page may have gone meanwhile
            kind = "navigation" if request.is_navigation_request() else request.resource_type
            reply = self.gate.reply(request.url, request.method, kind)
            if reply is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=reply.status, headers=reply.headers, body=reply.body)

    async def _settled(self, page: Page) -> None:
        """Return once the page has loaded and nothing has moved for SETTLE_S."""
        clock = asyncio.get_running_loop().time
        loaded_at: float | None = None
        last: object = None
        since = clock()
        while True:
            state, length = await self._within(page.evaluate(_PROBE))
            if state == "complete" and loaded_at is None:
                loaded_at = clock()
            if (seen := (state, length, self.gate.asked)) != last:
                last, since = seen, clock()
            if loaded_at is not None and (clock() - since >= SETTLE_S or clock() - loaded_at >= SETTLE_MAX_S):
                return
            await asyncio.sleep(self.deadline.left(self.answer.url, _STEP_S))

    async def _within(self, step: Awaitable[_T]) -> _T:
        """What `step` brings; ExchangeError at the deadline, which polite waits meanwhile put off."""
        doing = asyncio.ensure_future(step)
        try:
            while not doing.done():
                await asyncio.wait({doing}, timeout=self.deadline.left(self.answer.url))
            return doing.result()
        finally:
            doing.cancel()
            with contextlib.suppress(BaseException):
                await asyncio.wait({doing}, timeout=_STEP_S)


def _environment(home: str) -> dict[str, str | float | bool]:
    """What the browser knows of this machine: no token and no password of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "HOME": home, "TMPDIR": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}


def _script(home: str, chromium: str) -> str:
    """A program that Playwright can start in Chromium's place, so that no process outlives the visit."""
    command = [sys.executable, "-I", "-S", str(_REAPER), str(_pid_file(home)), chromium]
    path = Path(home, "chromium")
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    path.chmod(0o700)
    return str(path)


def _pid_file(home: str) -> Path:
    return Path(home, "pid")


async def _ended(browser: Browser | None, home: str) -> None:
    """Close the browser; if a script keeps it from closing, end its processes."""
    with contextlib.suppress(Exception):
        if browser is not None:
            await asyncio.wait_for(browser.close(), _CLOSE_S)
    try:
        pid = int(_pid_file(home).read_text())
        if home in Path(f"/proc/{pid}/cmdline").read_text():  # else it has ended, and the number is another's
            os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        return


async def _closed(page: Page) -> None:
    with contextlib.suppress(Exception):
        await page.close()
