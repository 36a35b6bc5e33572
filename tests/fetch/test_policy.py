from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.fetch.policy import FetchPolicy, is_public, user_agent

REFUSED = {
    "this network": ["0.0.0.0", "0.1.2.3"],
    "private": ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd12:3456::1"],
    "loopback": ["127.0.0.1", "127.255.0.3", "::1"],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0"],
    "metadata": ["169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1", "198.19.255.255", "192.88.99.1", "100::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "unspecified": ["::"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    "IPv4-compatible": ["::127.0.0.1", "::7f00:1"],
    "translated": ["::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1"],
    "Teredo": ["2001:0:7f00:1::", "2001::1"],
    "site-local": ["fec0::1"],
    "no address": ["", "northmoor.example", "1.2.3", "1.2.3.4.5"],
}


@pytest.mark.parametrize("address", [address for kind in REFUSED.values() for address in kind])
def test_an_address_off_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "168.63.129.17", "2606:4700::1111",
     "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"],
)  # fmt: skip
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address) and getattr(address, "ipv4_mapped", None) is None:
        is_carrier = isinstance(address, ipaddress.IPv6Address) and (
            address.sixtofour or address.packed[:2] == b"\0\x64"
        )
        assert is_carrier or address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_address_that_carries_another_is_judged_by_it(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    nat64 = ipaddress.IPv6Address(0x64FF9B << 96 | number)
    six_to_four = ipaddress.IPv6Address(0x2002 << 112 | number << 80)
    assert {is_public(mapped), is_public(nat64), is_public(six_to_four)} == {is_public(inner)}


@pytest.mark.parametrize(
    ("named", "host", "port", "expected"),
    [
        ("localhost", "localhost", 8080, True),
        ("LocalHost ", "localhost", 8080, True),
        ("127.0.0.1:8080", "127.0.0.1", 8080, True),
        ("127.0.0.1:8080", "127.0.0.1", 8081, False),
        ("127.0.0.1", "127.0.0.2", 80, False),
        ("[::1]:8080", "::1", 8080, True),
        ("::1", "::1", 1, True),
        ("northmoor.example", "evil.northmoor.example", 80, False),
        ("", "localhost", 80, False),
    ],
)
def test_private_hosts_are_allowed_by_name_alone(named: str, host: str, port: int, expected: bool) -> None:
    policy = FetchPolicy(user_agent="test", allow_private_hosts=frozenset({named}))
    assert policy.allows_private(host, port) is expected


def test_the_user_agent_cannot_break_out_of_its_header() -> None:
    assert user_agent("0.1.0", "a)\r\nX: b (c") == "statement-watcher/0.1.0 (+aX:bc)"
    assert user_agent("0.1.0", "") == "statement-watcher/0.1.0"
