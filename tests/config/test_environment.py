from pathlib import Path

import pytest

from watcher.config.environment import environment
from watcher.core.errors import ConfigError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("WATCHER_PUBLIC_URL", "WATCHER_ALLOW_PRIVATE_HOSTS", "WATCHER_TELEGRAM_TOKEN", "WATCHER_STORAGE"):
        monkeypatch.delenv(name, raising=False)


def test_a_dot_env_file_is_read_and_the_environment_overrules_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("WATCHER_STORAGE=/from/file\nWATCHER_PUBLIC_URL=https://watch.example/\n")
    monkeypatch.setenv("WATCHER_STORAGE", "/from/environment")
    assert environment().storage == Path("/from/environment")
    assert environment().public_url == "https://watch.example"


def test_private_hosts_are_a_list_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_ALLOW_PRIVATE_HOSTS", "127.0.0.1, Intranet.example ,")
    assert environment().private_hosts == frozenset({"127.0.0.1", "intranet.example"})


def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_TELEGRAM_TOKEN", "123:quite-secret")
    assert "quite-secret" not in repr(environment())


def test_a_bad_variable_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_PUBLIC_URL", "watch.example")
    with pytest.raises(ConfigError, match=r"WATCHER_PUBLIC_URL: must start with http:// or https://"):
        environment()


def test_a_mail_server_is_checked_and_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_SMTP_URL", "smtp://watch:quite-secret@mail.northmoor.example")
    with pytest.raises(ConfigError, match=r"WATCHER_SMTP_URL: smtp:// is without encryption") as fault:
        environment()
    assert "quite-secret" not in str(fault.value)
    monkeypatch.setenv("WATCHER_SMTP_URL", "smtps://watch:quite-secret@mail.northmoor.example")
    assert "quite-secret" not in repr(environment())


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("MAIL_FROM", "Northmoor", "is no mail address"),
        ("MAIL_FROM", "jörg@northmoor.example", "letters outside ASCII"),
        ("DKIM_SELECTOR", "two words", "a name in DNS"),
        ("DKIM_SELECTOR", "watch", "WATCHER_DKIM_KEY: not set"),
        ("DKIM_KEY", "quite-secret", "WATCHER_DKIM_SELECTOR: not set"),
    ],
)
def test_mail_that_is_half_set_up_is_named(
    name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"WATCHER_{name}", value)
    with pytest.raises(ConfigError, match=complaint) as fault:
        environment()
    assert "quite-secret" not in str(fault.value)


def test_a_signing_key_comes_from_the_environment_or_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dkim.pem").write_text("the key")
    monkeypatch.setenv("WATCHER_DKIM_SELECTOR", "watch")
    monkeypatch.setenv("WATCHER_DKIM_KEY_FILE", str(tmp_path / "dkim.pem"))
    assert environment().dkim_pem() == "the key"
    monkeypatch.setenv("WATCHER_DKIM_KEY", "another")
    with pytest.raises(ConfigError, match="keep one of them"):
        environment()
    monkeypatch.delenv("WATCHER_DKIM_KEY_FILE")
    assert environment().dkim_pem() == "another"
    assert "another" not in repr(environment())


def test_addresses_of_services_are_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_ALERT_URLS", "team=slack://T1/T2/swordfish/\n ntfy://ntfy.example/swordfish")
    made = environment()
    first, second = made.alert_targets
    assert (first, second.partition("-")[0], len(second)) == ("team", "ntfy", len("ntfy-") + 6)
    assert "swordfish" not in repr(made) + first + second
    assert made.alert_targets["team"] == "slack://T1/T2/swordfish/"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("slack.example/swordfish", "number 1 is not an address"),
        ("team=json://a.example team=json://swordfish.example", "number 2 has the name of an earlier one, team"),
        ("Team=json://swordfish.example", "number 1 is not an address"),
    ],
)
def test_a_bad_address_of_a_service_is_named_by_its_place(
    monkeypatch: pytest.MonkeyPatch, value: str, says: str
) -> None:
    monkeypatch.setenv("WATCHER_WEBHOOK_URLS", value)
    with pytest.raises(ConfigError, match=f"WATCHER_WEBHOOK_URLS: {says}") as caught:
        environment()
    assert "swordfish" not in str(caught.value)


def test_a_webhook_is_a_web_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_WEBHOOK_URLS", "https://one.example/ ftp://two.example/swordfish")
    with pytest.raises(ConfigError, match=r"WATCHER_WEBHOOK_URLS: number 2 must start with http"):
        _ = environment().webhook_targets
