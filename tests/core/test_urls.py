from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.urls import (
    canonical,
    host_of,
    identity,
    other_identities,
    redirected_home,
    same_site,
    trusted_canonical,
)

SITE = "https://northmoor.example"
NETWORK = ["northmoor.example", "northmoor-network.example"]

addresses = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        [
            "northmoor.example",
            "WWW.Northmoor.example",
            "www.www.a.example",
            "www.a",
            "bücher.example",
            "127.0.0.1",
            "[::1]",
            "a.example:80",
            "a.example:443",
            "a.example:8080",
            "[::1]:8080",
            "u:p@a.example",
            "a.example.",
        ]
    ),
    st.text(alphabet="/ab.%2fFeE;=é~ ", max_size=12).map(lambda path: "/" + path),
    st.one_of(st.just(""), st.text(alphabet="?&=pab1%2 +é/utm_", max_size=15).map(lambda query: "?" + query)),
    st.sampled_from(["", "#top", "#!/a", "#"]),
)


@given(st.one_of(addresses, st.text()))
def test_twice_is_once(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    key = identity(url)
    assert identity(key) == key


@given(st.one_of(addresses, st.text()))
def test_spelling_does_not_change_the_key(url: str) -> None:
    assert identity(canonical(url)) == identity(url)


@given(addresses, st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_two_different_values_of_p_are_two_documents(url: str, one: str, other: str) -> None:
    base = url.partition("#")[0].partition("?")[0]
    encoded = [value.encode("utf-8", "replace").hex() for value in (one, other)]
    keys = {identity(f"{base}?p={value}") for value in encoded}
    assert len(keys) == len(set(encoded))
    assert len({identity(f"{base}?p={value}&utm_source=x") for value in encoded} | keys) == len(set(encoded))


@given(addresses)
def test_a_canonical_address_is_one_that_can_be_asked_for(url: str) -> None:
    clean = canonical(url)
    assert clean.isascii()
    assert clean.split(":")[0] in ("http", "https")
    assert host_of(clean) == host_of(url)
    assert "#" not in clean
    assert " " not in clean


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("  https://northmoor.example ", f"{SITE}/"),
        ("https://NORTHMOOR.example.:443/News/", f"{SITE}/News/"),
        (f"{SITE}/a?utm_source=x&utm_medium=y", f"{SITE}/a"),
        (f"{SITE}/a?p=3&fbclid=1&gclid=2&mc_cid=3&UTM_Source=4", f"{SITE}/a?p=3"),
        (f"{SITE}/?p=12", f"{SITE}/?p=12"),
        (f"{SITE}/a?", f"{SITE}/a"),
        (f"{SITE}/a?b", f"{SITE}/a?b"),
        (f"{SITE}/a?b=&&c", f"{SITE}/a?b=&c"),
        (f"{SITE}/%7efolder/%c3%a9t%C3%A9", f"{SITE}/~folder/%C3%A9t%C3%A9"),
        (f"{SITE}/été", f"{SITE}/%C3%A9t%C3%A9"),
        (f"{SITE}/a b%20c", f"{SITE}/a%20b%20c"),
        (f"{SITE}/100%", f"{SITE}/100%25"),
        (f"{SITE}/a%2Fb", f"{SITE}/a%2Fb"),
        (f"{SITE}/a/./b/../c", f"{SITE}/a/c"),
        (f"{SITE}/../../a", f"{SITE}/a"),
        (f"{SITE}/a;jsessionid=0A1B?p=1", f"{SITE}/a?p=1"),
        ("https://user:secret@northmoor.example/", f"{SITE}/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://[::1]:8080/a", "https://[::1]:8080/a"),
        ("mailto:watch@northmoor.example", "mailto:watch@northmoor.example"),
        ("http://[::1/", "http://[::1/"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "other",
    [
        "http://northmoor.example/News/2021",
        "https://www.northmoor.example/News/2021/",
        "https://northmoor.example:443/News/2021#comments",
        "HTTP://WWW.NORTHMOOR.EXAMPLE:80/News/2021?utm_campaign=a",
        "https://northmoor.example/News/%32021",
    ],
)
def test_spellings_of_one_document_share_a_key(other: str) -> None:
    assert identity(other) == identity(f"{SITE}/News/2021")


@pytest.mark.parametrize(
    "other",
    [
        f"{SITE}/news/2021",
        f"{SITE}/News/2021?page=2",
        f"{SITE}/News/2021.pdf",
        f"{SITE}:8443/News/2021",
        "https://news.northmoor.example/News/2021",
        f"{SITE}/News%2F2021",
    ],
)
def test_different_documents_have_different_keys(other: str) -> None:
    assert identity(other) != identity(f"{SITE}/News/2021")


@pytest.mark.parametrize(
    ("a", "b", "domains", "expected"),
    [
        (f"{SITE}/a", "http://www.northmoor.example/b", [], True),
        (f"{SITE}/a", "https://news.northmoor.example/", [], False),
        (f"{SITE}/a", "https://news.northmoor.example/", NETWORK, True),
        (f"{SITE}/a", "https://northmoor-network.example/", NETWORK, True),
        (f"{SITE}/a", "https://evilnorthmoor.example/", NETWORK, False),
        ("https://a.nhs.example/", "https://nhs.example/", [], False),
        (f"{SITE}/a", "https://westvale.example/", NETWORK, False),
        (f"{SITE}/a", "not an address", NETWORK, False),
        ("", "", [], False),
    ],
)
def test_who_belongs_to_one_site(a: str, b: str, domains: list[str], expected: bool) -> None:
    assert same_site(a, b, domains) is same_site(b, a, domains) is expected


@pytest.mark.parametrize(
    ("page", "named", "expected"),
    [
        (f"{SITE}/news/1?ref=mail", f"{SITE}/news/1", f"{SITE}/news/1"),
        (f"{SITE}/news/1", "../statement-on-the-scheme", f"{SITE}/statement-on-the-scheme"),
        (f"{SITE}/?p=12", f"{SITE}/2021/06/statement", f"{SITE}/2021/06/statement"),
        (f"{SITE}/news/1", f"{SITE}/", None),
        (f"{SITE}/news/1", f"{SITE}/news/", None),
        (f"{SITE}/?p=12", f"{SITE}/", None),
        (f"{SITE}/news?page=2", f"{SITE}/news", None),
        (f"{SITE}/news?id=2", f"{SITE}/news?id=3", None),
        (f"{SITE}/news/1", "https://westvale.example/news/1", None),
        (f"{SITE}/news/1", "https://northmoor-network.example/news/1", "https://northmoor-network.example/news/1"),
        (f"{SITE}/news/1", "javascript:void(0)", None),
        (f"{SITE}/news/1", "http://[", None),
        (f"{SITE}/news/1", "", f"{SITE}/news/1"),
    ],
)
def test_which_rel_canonical_is_believed(page: str, named: str, expected: str | None) -> None:
    assert trusted_canonical(page, named, NETWORK) == expected


@pytest.mark.parametrize(
    ("asked", "final", "expected"),
    [
        (f"{SITE}/news/statement", f"{SITE}/", True),
        (f"{SITE}/news/statement", f"{SITE}/index.html", True),
        (f"{SITE}/news/statement", "https://www.northmoor.example/en-gb/", True),
        (f"{SITE}/?p=12", f"{SITE}/", True),
        (f"{SITE}/news/statement", f"{SITE}/news", True),
        (f"{SITE}/news/statement", f"{SITE}/page-not-found", True),
        (f"{SITE}/statement", f"{SITE}/error/404.html", True),
        (f"{SITE}/statement", "https://northmoor-network.example/", True),
        (f"{SITE}/news/statement", f"{SITE}/news/statement/", False),
        (f"{SITE}/news/statement", f"{SITE}/about/statement", False),
        (f"{SITE}/news/statement/amp", f"{SITE}/news/statement", False),
        (f"{SITE}/news", f"{SITE}/latest-news", False),
        (f"{SITE}/", f"{SITE}/home", False),
        (f"{SITE}/old", f"{SITE}/?p=12", False),
        (f"{SITE}/news/statement", f"{SITE}/news/statement", False),
        ("", "", False),
    ],
)
def test_which_redirects_lead_home(asked: str, final: str, expected: bool) -> None:
    assert redirected_home(asked, final) is expected


def test_a_page_can_be_looked_up_under_the_organisations_other_domains() -> None:
    domains = ["www.new.example", "old.example", "older.example", "new.example"]
    keys = ("https://old.example/news/1?p=2", "https://older.example/news/1?p=2")
    assert other_identities("http://www.new.example/news/1/?p=2&utm_source=x", domains) == keys
    assert other_identities("https://news.new.example/1", domains) == ()
    assert other_identities("not an address", domains) == ()


@given(addresses)
def test_other_keys_are_keys(url: str) -> None:
    domains = ["northmoor.example", "a.example", "westvale.example"]
    for key in other_identities(url, domains):
        assert identity(key) == key != identity(url)
