from pathlib import Path

import pytest

from watcher.config.load import load
from watcher.core.errors import ConfigError
from watcher.core.model import SourceKind

GOOD = """\
[settings]
contact = "mailto:watch@northmoor.example"

[[topic]]
id = "steady-steps"
name = "Steady Steps"
terms = ["Steady Steps Mentoring"]

[[organisation]]
id = "northmoor"
name = "Northmoor Care Trust"
kind = "trust"
domains = ["northmoor.example"]

[[source]]
id = "northmoor-news"
organisation = "northmoor"
kind = "listing"
url = "https://northmoor.example/news"
every = "2h"
"""


def faults_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    return [fault.removeprefix(f"{path}:") for fault in caught.value.faults]


def test_a_good_file_becomes_topics_organisations_and_sources(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD)
    configuration = load(path)
    source = configuration.source("northmoor-news")
    assert (source.kind, source.every_s) == (SourceKind.LISTING, 7200)
    assert configuration.organisation("northmoor").domains == ("northmoor.example",)
    assert source.recipe.frame_terms == ("Steady Steps Mentoring",)


def test_a_page_source_needs_only_id_organisation_kind_and_url(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(
        GOOD
        + '\n[[source]]\nid = "p"\norganisation = "northmoor"\nkind = "page"\nurl = "https://northmoor.example/p"\n'
    )
    assert load(path).source("p").every_s == 6 * 3600


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, GOOD.replace("every =", "evry ="))
    assert faults == ['20: source "northmoor-news": unknown key "evry" (did you mean "every"?)']


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        GOOD.replace('kind = "trust"', 'kind = "trsut"')
        .replace('every = "2h"', 'every = "2 hours"')
        .replace("timezone", "timezone")
        .replace("[settings]", '[settings]\ntimezone = "Europe/Londn"')
    )
    faults = faults_of(tmp_path, text)
    assert [fault.split(":")[0] for fault in faults] == ["2", "13", "21"]
    assert 'unknown time zone "Europe/Londn"' in faults[0]
    assert 'kind "trsut" is not known (did you mean "trust"?)' in faults[1]
    assert '"2 hours" is not a duration' in faults[2]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            'organisation = "northmoor"',
            'organisation = "northmor"',
            'organisation "northmor" is not defined (did you mean "northmoor"?)',
        ),
        ('url = "https://northmoor.example/news"', 'url = "northmoor.example/news"', "is not a web address"),
        ('url = "https://northmoor.example/news"', 'url = "https://[northmoor/news"', "is not a web address"),
        ('every = "2h"', 'select = "main >> p["', "is not a CSS selector"),
        ('every = "2h"', 'ignore = ["/jobs/("]', "is not a regular expression"),
        ('every = "2h"', 'fields = { url = "a" }', '"fields" is for sources of kind "json" only'),
        ('every = "2h"', "every = true", "every:"),
        ('every = "2h"', 'fields = { link = "a" }', '"link" is not a field of a record: one of each, url'),
        ('id = "northmoor-news"', 'id = "Northmoor News"', "must be small letters"),
        ('url = "https://northmoor.example/news"\n', "", '"url" is missing'),
        ('domains = ["northmoor.example"]', 'domains = ["https://northmoor.example/"]', "is not a host name"),
    ],
)
def test_bad_values_are_named_with_the_remedy(tmp_path: Path, before: str, after: str, says: str) -> None:
    faults = faults_of(tmp_path, GOOD.replace(before, after))
    assert len(faults) == 1
    assert says in faults[0]


def test_an_id_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[source]]") :]
    assert faults_of(tmp_path, GOOD + "\n" + again) == [
        '23: source "northmoor-news": this id stands on line 16 already'
    ]


def test_an_address_that_two_sources_read_is_an_error(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("[[source]]") :].replace("northmoor-news", "northmoor-latest").replace("https", "http")
    faults = faults_of(tmp_path, GOOD + "\n" + again)
    assert len(faults) == 1
    assert 'source "northmoor-latest": source "northmoor-news" reads this address already' in faults[0]


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, GOOD.replace('kind = "listing"', 'kind = "listing'))
    assert faults[0].startswith("18: not valid TOML")


def test_a_missing_file_says_which_option_names_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file .*--config"):
        load(tmp_path / "nowhere.toml")


def test_keys_inside_strings_and_comments_do_not_move_the_lines(tmp_path: Path) -> None:
    text = GOOD.replace(
        'kind = "listing"', 'note = """\nevry = 1\n[[source]]\n"""\n# evry = 2\nremove = [\n  ".a",\n]\nkind = "listng"'
    )
    assert faults_of(tmp_path, text)[0].startswith('26: source "northmoor-news": kind "listng" is not known')
