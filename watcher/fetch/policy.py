"""What the bot may connect to, how it names itself, and how long it waits."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

PRODUCT = "statement-watcher"
"""The product token that a robots.txt addresses us by."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's special-purpose registry (RFC 6890 and its updates), written out because `is_global` of
# the standard library changed between patch releases (CVE-2024-4032). Azure answers its virtual
# machines' metadata on 168.63.129.16, which is otherwise an ordinary address.
_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip

# Only 2000::/3 is handed out for the public Internet (RFC 4291 §2.4), and these parts of it are not:
# IETF protocols with Teredo and ORCHID, documentation, AS112.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class FetchPolicy:
    """What every exchange keeps to. Plain data, so that a worker elsewhere can be handed it."""

    user_agent: str
    allow_private_hosts: frozenset[str] = frozenset()  # "host", "host:port", "[::1]:port"; names, not ranges
    max_redirects: int = 10
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0  # between two pieces of an answer; the task's own limit is for the whole
    http2: bool = True
    chromium: str | None = None  # the program that renders pages; None: the first of the usual places

    def allows_private(self, host: str, port: int) -> bool:
        """Whether this host was named as one that may have a private address."""
        bare = host.strip("[]").lower()
        named = {bare, f"[{bare}]", f"{bare}:{port}", f"[{bare}]:{port}"}
        return any(allowed.strip().lower() in named for allowed in self.allow_private_hosts)


def user_agent(version: str, contact: str) -> str:
    """The User-Agent header: product, version, and where to complain.

    >>> user_agent("0.1.0", "mailto:watch@northmoor.example")
    'statement-watcher/0.1.0 (+mailto:watch@northmoor.example)'
    """
    plain = re.sub(r"[^\x21-\x7e]|[()\\]", "", contact)  # a comment of RFC 9110 §5.6.5, header-safe
    return f"{PRODUCT}/{version} (+{plain})" if plain else f"{PRODUCT}/{version}"


def is_public(ip: str | IPAddress) -> bool:
    """Whether an address belongs to the public Internet, so that the bot may dial it.

    An address that carries an IPv4 address inside (IPv4-mapped, NAT64, 6to4) is judged by that one.
    False for what is not an address at all.

    >>> is_public("192.0.1.7"), is_public("169.254.169.254"), is_public("64:ff9b::10.0.0.1")
    (True, False, False)
    """
    try:
        address = ipaddress.ip_address(ip) if isinstance(ip, str) else ip
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None:  # "%eth0": means something on one link only
        return False
    inner = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(inner)
    return address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)
