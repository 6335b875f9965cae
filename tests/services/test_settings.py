"""Settings are read once, and what is missing or wrong stops the start with a sentence."""

from __future__ import annotations

import base64
import dataclasses

import pytest

from tbb.settings import BadSetting, read_settings


@pytest.fixture
def right(tmp_path):
    """Surroundings that production accepts."""
    keys = tmp_path / "keys"
    keys.write_text("1:" + base64.b64encode(b"k" * 32).decode())
    return {
        "TBB_ENV": "production",
        "TBB_INSTANCE": str(tmp_path),
        "TBB_SECRET_KEY": "s" * 32,
        "TBB_KEY_FILE": str(keys),
        "TBB_CASE_KEYS": str(tmp_path / "case-keys.db"),
        "TBB_BASE_URL": "https://tbb.example",
        "TBB_SMTP_URL": "smtp://127.0.0.1:25",
    }


def test_production_starts_with_all_that_it_needs(right):
    settings = read_settings(right)
    assert settings.production and settings.secure
    assert settings.trusted_hosts == ("tbb.example",)
    assert settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TBB_SECRET_KEY", None),
        ("TBB_SECRET_KEY", "s" * 31),
        ("TBB_KEY_FILE", None),
        ("TBB_KEY_FILE", "/no/such/file"),
        ("TBB_CASE_KEYS", None),
        ("TBB_CASE_KEYS", "/no/such/folder/case-keys.db"),
        ("TBB_BASE_URL", None),
        ("TBB_BASE_URL", "http://tbb.example"),
        ("TBB_BASE_URL", "https://tbb.example/path"),
        ("TBB_BASE_URL", "tbb.example"),
        ("TBB_SMTP_URL", None),
        ("TBB_SMTP_URL", "http://mail.example"),
        ("TBB_ENV", "staging"),
        ("TBB_INSTANCE", "/no/such/folder"),
        ("TBB_PROXIES", "-1"),
        ("TBB_PROXIES", "many"),
        ("TBB_PROXIES", "²"),
        ("TBB_THREADS", "0"),
        ("TBB_THREADS", "1000"),
        ("TBB_ASSESSED_ON", "i går"),
    ],
)
def test_production_refuses_what_is_missing_or_wrong_with_a_sentence(right, name, value):
    surroundings = {key: text for key, text in right.items() if key != name} | ({name: value} if value else {})
    with pytest.raises(BadSetting, match=name) as problem:
        read_settings(surroundings)
    assert str(problem.value)[0].isupper()


def test_a_wrong_key_file_is_told_without_its_keys(right, tmp_path):
    (tmp_path / "keys").write_text("a secret that is no key")
    with pytest.raises(BadSetting) as problem:
        read_settings(right)
    assert "secret" not in str(problem.value)


def test_settings_are_frozen_and_keep_their_secrets_to_themselves(right):
    settings = read_settings(right | {"TBB_SMTP_URL": "smtp://user:hemligt@127.0.0.1"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.environment = "test"
    assert "s" * 32 not in repr(settings) and "hemligt" not in repr(settings)


def test_development_makes_its_own_secrets_once_for_its_owner_alone(tmp_path):
    surroundings = {"TBB_INSTANCE": str(tmp_path), "PORT": "8123"}
    first, second = read_settings(surroundings), read_settings(surroundings)
    assert first.secret_key == second.secret_key and len(first.secret_key) >= 32
    sealed = first.keyring.seal("text", "x")
    assert second.keyring.open(sealed, "x") == "text"
    assert first.base_url == "http://127.0.0.1:8123"
    for name in ("secret-key", "sealing-keys"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_further_hosts_and_the_statements_authority_are_settings(right):
    settings = read_settings(
        right
        | {"TBB_TRUSTED_HOSTS": "a.example, b.example", "TBB_AUTHORITY_NAME": "PTS", "TBB_ASSESSED_ON": "2027-02-01"}
    )
    assert settings.trusted_hosts == ("tbb.example", "a.example", "b.example")
    assert settings.authority_name == "PTS"
    assert settings.assessed_on.isoformat() == "2027-02-01"
