"""Templates that maintainers changed: found beside the configuration, and wrong ones named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.site import TOPIC
from watcher.config.environment import Environment
from watcher.config.load import Configuration, load
from watcher.core.errors import ConfigError
from watcher.pipeline.doctor import examine
from watcher.pipeline.mail_templates import changed_templates, mail_templates, template_faults
from watcher.render.digest_sample import SAMPLE

SHIPPED = Path(__file__).parents[2] / "watcher/render/mail"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def configured(tmp_path: Path, more: str = "") -> Configuration:
    path = tmp_path / "sources.toml"
    path.write_text(TOPIC.replace("[settings]\n", f"[settings]\n{more}"), encoding="utf-8")
    return load(path)


def test_without_a_folder_the_shipped_templates_are_used(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    assert changed_templates(configuration) == {}
    assert mail_templates(configuration).letter(SAMPLE).text.startswith("Week 24")


def test_a_file_in_the_folder_takes_the_place_of_the_shipped_one(tmp_path: Path, folder: Path) -> None:
    text = "Dear reader,\n\n{{ digest.lead }}\n\nLeave: {{ digest.leave_url | address }}\n"
    (folder / "digest.txt.j2").write_text(text, encoding="utf-8")
    letter = mail_templates(configured(tmp_path)).letter(SAMPLE)
    assert letter.text.startswith("Dear reader,\n\nTwo organisations changed")
    assert "Softer than before" in letter.html


def test_a_changed_stylesheet_is_written_into_the_shipped_page(tmp_path: Path, folder: Path) -> None:
    (folder / "digest.css").write_text("h1 { color: #012345; }", encoding="utf-8")
    assert "color: #012345" in mail_templates(configured(tmp_path)).letter(SAMPLE).html


def test_another_folder_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "digest.css").write_text("h1 { color: #012345; }", encoding="utf-8")
    assert set(changed_templates(configured(tmp_path, 'templates = "mine"\n'))) == {"digest.css"}
    with pytest.raises(ConfigError, match=r'templates = "gone": .*is no folder: make it'):
        changed_templates(configured(tmp_path, 'templates = "gone"\n'))


def test_a_copy_of_the_shipped_templates_is_without_fault(tmp_path: Path, folder: Path) -> None:
    for path in SHIPPED.glob("digest.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert list(template_faults(configured(tmp_path))) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("digest.txt.j2", "one\ntwo {{ digest.nmae }}\n", ":2: "),
        ("digest.txt.j2", "one\n\n{% if digest.name %}\n", ":3: "),
        ("digest.txt.j2", "one\n{% for topic in digest.topics %}\n{{ topic.nmae }}\n{% endfor %}\n", ":3: "),
        ("digest.html.j2", "<p>\n{{ digest.name | loud }}\n", ":2: No filter named 'loud'."),
        ("digest.html.j2", "<p>\n{{ missing }}\n", ":2: 'missing' is undefined"),
        ("digest.html.j2", "<p>\n{{ digest.topics[7].name }}\n", ":2: "),
        ("digest.html.j2", "<p>{{ digest.name }}</p>", ": the way to leave is missing: write "),
        ("digest.txt.j2", "{{ digest.name }}", ": the way to leave is missing: write "),
        (
            "digest.html.j2",
            "<a href='{{ digest.leave_url | address }}'>Leave</a><img src='https://x.example/i.png'>",
            ": a mail holds no script and no picture from elsewhere",
        ),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, folder: Path, name: str, text: str, says: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as fault:
        mail_templates(configured(tmp_path))
    assert str(fault.value).startswith(f"{folder / name}{says}"), fault.value


def test_a_misspelt_name_is_told_with_the_nearest(tmp_path: Path, folder: Path) -> None:
    (folder / "digest.htm.j2").write_text("x", encoding="utf-8")
    (told,) = template_faults(configured(tmp_path))
    assert told.startswith(f'{folder / "digest.htm.j2"}: no template of this name is used (did you mean "digest.html.')


def test_page_words_stay_harmless_in_a_template_that_does_nothing_for_it(tmp_path: Path, folder: Path) -> None:
    text = "<p>{{ digest.asked }} <a href='{{ digest.leave_url | address }}'>Leave</a></p>"
    (folder / "digest.html.j2").write_text(text, encoding="utf-8")
    from dataclasses import replace

    letter = mail_templates(configured(tmp_path)).letter(replace(SAMPLE, asked="<script>x.example</script>"))
    assert "<script" not in letter.html and "x.example" not in letter.html


def test_doctor_says_what_was_changed_and_what_is_wrong(tmp_path: Path, folder: Path) -> None:
    def says() -> tuple[str, str]:
        configuration = configured(tmp_path)
        environment = Environment(
            _env_file=None,  # type: ignore[call-arg]
            config=configuration.path,
            storage=tmp_path / "storage",
        )
        return next((one.level, one.says) for one in examine(environment) if one.check == "templates")

    assert says() == ("good", "the shipped ones")
    (folder / "digest.css").write_text("h1 { margin: 0; }", encoding="utf-8")
    assert says() == ("good", "changed: digest.css")
    (folder / "digest.txt.j2").write_text("{{ x }}", encoding="utf-8")
    assert says() == ("bad", f"{folder / 'digest.txt.j2'}:1: 'x' is undefined")
