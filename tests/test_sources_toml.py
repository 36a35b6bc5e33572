"""The shipped sources.toml, held to what it promises. Read with tomllib alone."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SHIPPED = tomllib.loads((Path(__file__).parents[1] / "sources.toml").read_text(encoding="utf-8"))
ORGANISATIONS: list[dict[str, Any]] = SHIPPED["organisation"]
SOURCES: list[dict[str, Any]] = SHIPPED["source"]
BY_ID = {organisation["id"]: organisation for organisation in ORGANISATIONS}

KINDS = {
    "trust",
    "college",
    "ahsn",
    "nhs-england",
    "police",
    "charity",
    "campaign",
    "press",
    "parliament",
    "government",
    "other",
}
REGIONS = {
    "london",
    "north-east-and-yorkshire",
    "north-west",
    "midlands",
    "east-of-england",
    "south-east",
    "south-west",
    "national",
}
ORGANISATION_KEYS = {"id", "name", "kind", "region", "ods_code", "aliases", "domains", "predecessors"}
SOURCE_KEYS = {
    "id",
    "organisation",
    "kind",
    "url",
    "every",
    "follow",
    "ignore",
    "select",
    "remove",
    "fields",
    "tags",
    "enabled",
    "note",
    "tls",
    "robots",
    "render",
}
SHARED_HOSTS = {"www.gov.uk"}  # where several departments publish
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Related trusts that the record names, but that are not typed as mental health trusts.
RELATED_ODS = {"R1F", "RH5", "RNN"}


def enabled(source: dict[str, Any]) -> bool:
    return bool(source.get("enabled", True))


def sources_of(organisation: str) -> list[dict[str, Any]]:
    return [source for source in SOURCES if source["organisation"] == organisation]


def test_there_are_enough_organisations_and_enabled_sources() -> None:
    assert len(ORGANISATIONS) >= 90
    assert sum(map(enabled, SOURCES)) >= 80


def test_all_47_mental_health_trusts_have_an_ods_code_of_their_own_and_a_board_papers_listing() -> None:
    trusts = [o for o in ORGANISATIONS if o["kind"] == "trust" and o["ods_code"] not in RELATED_ODS]
    assert len(trusts) == 47
    assert len({trust["ods_code"] for trust in trusts}) == 47
    for trust in trusts:
        papers = [s for s in sources_of(trust["id"]) if s["id"] == f"{trust['id']}-board-papers"]
        assert [s["kind"] for s in papers] == ["listing"], trust["id"]
        assert papers[0]["every"] == "1d"


def test_the_three_related_trusts_are_there() -> None:
    assert {o.get("ods_code") for o in ORGANISATIONS} >= RELATED_ODS


def test_there_are_fifteen_innovation_networks_and_the_national_one() -> None:
    regions = [o["region"] for o in ORGANISATIONS if o["kind"] == "ahsn"]
    assert Counter(region == "national" for region in regions) == {False: 15, True: 1}
    renamed = [o for o in ORGANISATIONS if o["kind"] == "ahsn" and any("AHSN" in name for name in o.get("aliases", []))]
    assert len(renamed) >= 11


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_organisation_is_watched(kind: str) -> None:
    watched = {source["organisation"] for source in SOURCES if enabled(source)}
    assert any(o["kind"] == kind and o["id"] in watched for o in ORGANISATIONS)


def test_ids_are_unique_kebab_case() -> None:
    for rows in (ORGANISATIONS, SOURCES):
        ids = [row["id"] for row in rows]
        assert len(set(ids)) == len(ids)
        assert [i for i in ids if not KEBAB.fullmatch(i)] == []


def test_organisations_use_known_keys_kinds_and_regions() -> None:
    for organisation in ORGANISATIONS:
        assert set(organisation) <= ORGANISATION_KEYS, organisation["id"]
        assert organisation["name"].strip()
        assert organisation["kind"] in KINDS
        assert organisation.get("region", "national") in REGIONS
        assert organisation["domains"], organisation["id"]
        assert all(domain == domain.lower() and "/" not in domain for domain in organisation["domains"])


def test_sources_use_known_keys_and_kinds_and_name_an_organisation() -> None:
    for source in SOURCES:
        assert set(source) <= SOURCE_KEYS, source["id"]
        assert source["kind"] in {"page", "listing", "feed", "sitemap", "json"}
        assert source["organisation"] in BY_ID, source["id"]
        assert source["id"].startswith(source["organisation"]), source["id"]
        assert re.fullmatch(r"[1-9][0-9]*[hd]", source["every"]), source["id"]


def test_every_disabled_source_says_why() -> None:
    assert [s["id"] for s in SOURCES if not enabled(s) and len(s.get("note", "")) < 20] == []


def test_notes_are_sentences() -> None:
    notes = [s["note"] for s in SOURCES if "note" in s]
    assert [n for n in notes if not n.endswith((".", ")")) or n != n.strip()] == []


def test_addresses_are_well_formed_and_unique() -> None:
    addresses = [source["url"] for source in SOURCES]
    assert len(set(addresses)) == len(addresses)
    for address in addresses:
        parts = urlsplit(address)
        assert parts.scheme in {"http", "https"}, address
        assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", parts.hostname or ""), address
        assert address.isascii() and " " not in address, address
        assert "..." not in address and parts.path, address


def test_every_address_is_on_a_host_of_its_organisation_or_on_a_shared_one() -> None:
    for source in SOURCES:
        host = urlsplit(source["url"]).hostname or ""
        domains = BY_ID[source["organisation"]]["domains"]
        own = any(host == domain or host.endswith(f".{domain}") for domain in domains)
        assert own or host in SHARED_HOSTS, source["id"]


def test_what_robots_txt_forbids_is_never_enabled() -> None:
    forbidden = [s for s in SOURCES if "whatdotheyknow.com" in s["url"]]
    assert forbidden
    assert not any(map(enabled, forbidden))


def test_trusts_do_not_carry_the_names_of_their_neighbours() -> None:
    # Three rows of the public data set list another, living trust as an alias.
    present = {o["name"] for o in ORGANISATIONS}
    others = {"Rotherham NHS Foundation Trust", "St George's University Hospitals NHS Foundation Trust"}
    for organisation in ORGANISATIONS:
        former = {*organisation.get("aliases", ()), *organisation.get("predecessors", ())}
        assert former.isdisjoint(present | others), organisation["id"]


def test_watched_pages_are_read_every_six_hours_and_feeds_no_oftener_than_hourly() -> None:
    assert {s["every"] for s in SOURCES if s["kind"] == "page"} == {"6h"}
    assert all(s["every"] in {"1h", "2h", "6h"} for s in SOURCES if s["kind"] == "feed")
    assert all(s["every"] in {"2h", "6h", "1d"} for s in SOURCES if s["kind"] == "listing")


def test_settings_name_a_time_zone_and_a_contact() -> None:
    assert SHIPPED["settings"]["timezone"] == "Europe/London"
    assert SHIPPED["settings"]["contact"].startswith("mailto:")
