"""Who asks, behind a proxy: what the proxy says of it, believed from the proxies that are named alone."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from watcher.core.errors import ConfigError

_PAIR = re.compile(r'\s*([A-Za-z]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]+)\s*')


def behind(app: ASGIApp, proxies: Iterable[str]) -> ASGIApp:
    """`app`, told the reader's address and scheme as those proxies name them; the app itself if there are none.

    Raises ConfigError for what is neither an address nor a network: such a name would be trusted by nobody.
    """
    trusted = [trusted_proxy(one) for one in proxies]
    return Translated(ProxyHeadersMiddleware(app, trusted)) if trusted else app  # type: ignore[arg-type]


def trusted_proxy(text: str) -> str:
    """An address or a network in its plain form. Raises ConfigError for anything else, "*" too.

    >>> trusted_proxy(" 10.0.0.0/8 "), trusted_proxy("2001:DB8::1")
    ('10.0.0.0/8', '2001:db8::1/128')
    """
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError as exc:
        raise ConfigError(
            f"WATCHER_TRUSTED_PROXIES: {text.strip()!r} is no address and no network: write it like 10.0.0.2"
            " or 10.0.0.0/24"
        ) from exc


class Translated:
    """Says what `Forwarded` (RFC 7239) says in the older headers, for the trust of the layer inside to judge.

    Only where the older X-Forwarded-For is missing: of two stories the proxy has written one, the reader the other.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if scope["type"] == "http":
            named = [value for name, value in scope["headers"] if name == b"forwarded"]
            if named and not any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
                scope = {**scope, "headers": [*scope["headers"], *older(b", ".join(named).decode("latin-1"))]}
        await self.app(scope, receive, send)


def older(forwarded: str) -> list[tuple[bytes, bytes]]:
    """X-Forwarded-For, and X-Forwarded-Proto as the nearest proxy saw it; nothing if it is not well-formed.

    >>> older('for=192.0.2.60;proto=https, for="[2001:db8::1]:4711"')
    [(b'x-forwarded-for', b'192.0.2.60, [2001:db8::1]:4711')]
    """
    hops = _hops(forwarded)
    if hops is None:
        return []
    told = [(b"x-forwarded-for", ", ".join(hop.get("for", "unknown") for hop in hops).encode("latin-1"))]
    if "proto" in hops[-1]:
        told.append((b"x-forwarded-proto", hops[-1]["proto"].lower().encode("latin-1")))
    return told


def _hops(forwarded: str) -> list[dict[str, str]] | None:
    """A dictionary a proxy, the nearest last; None if anything is left over."""
    hops: list[dict[str, str]] = [{}]
    at = 0
    while found := _PAIR.match(forwarded, at):
        name, value = found[1].lower(), found[2]
        hops[-1][name] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        at = found.end()
        if at == len(forwarded):
            return hops
        if forwarded[at] == ",":
            hops.append({})
        elif forwarded[at] != ";":
            return None
        at += 1
    return None
