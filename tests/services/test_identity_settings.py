"""The file of identity providers is read once, and what is missing or wrong stops the start with a sentence."""

from __future__ import annotations

import pytest

from tbb.settings import BadSetting, read_settings

GOOD = {
    "key": '"eskilstuna"',
    "name": '"Eskilstuna kommun"',
    "organizer": '"212000-0357"',
    "issuer": '"https://id.eskilstuna.example/v2.0"',
    "client_id": '"tbb"',
    "client_secret": '"a secret for tests"',
}


def toml(**changes: str | None) -> str:
    """Write one provider; None leaves a line out."""
    lines = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return "[[provider]]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items()) + "\n"


@pytest.fixture
def read(tmp_path):
    """The function that reads the settings with this text as the file."""

    def with_file(text: str, **environ: str):
        path = tmp_path / "providers.toml"
        path.write_text(text, encoding="utf-8")
        return read_settings({"TBB_INSTANCE": str(tmp_path), "TBB_IDENTITY_PROVIDERS": str(path)} | environ)

    return with_file


def test_without_a_file_there_are_none(tmp_path):
    settings = read_settings({"TBB_INSTANCE": str(tmp_path)})
    assert settings.identity_providers == () and settings.proxy_identity is None


def test_a_provider_is_read_with_all_that_it_needs_and_keeps_its_secret_to_itself(read):
    (found,) = read(
        toml(strong_acr='["loa3"]', strong_amr='["mfa"]', email_domains='["Eskilstuna.Example"]')
    ).identity_providers
    assert (found.key, found.organizer, found.scopes) == ("eskilstuna", "2120000357", ("openid", "profile", "email"))
    assert found.email_domains == ("eskilstuna.example",)
    assert "a secret for tests" not in repr(found)
    assert found.is_strong("loa3", ()) and found.is_strong("", ("pwd", "mfa"))
    assert not found.is_strong("loa2", ("pwd",)) and not found.is_strong("", ())


def test_nothing_counts_as_two_factors_unless_the_file_says_so(read):
    (found,) = read(toml()).identity_providers
    assert not found.is_strong("", ()) and not found.is_strong("loa4", ("mfa", "hwk"))


def test_the_secret_may_lie_in_a_file_of_its_own(read, tmp_path):
    (tmp_path / "secret").write_text("another secret for tests\n", encoding="utf-8")
    (found,) = read(toml(client_secret=None, client_secret_file='"secret"')).identity_providers
    assert found.client_secret == "another secret for tests"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        'other = "x"',
        "provider = []",
        "provider = [1]",
        toml() + 'other = "x"\n',
        toml() + toml(),
        toml() + toml(key='"flen"'),
        *(toml(**{name: None}) for name in GOOD),
        *(toml(**{name: '""'}) for name in GOOD),
        *(toml(key=f'"{key}"') for key in ("svar", "utloggad", "utloggning", "a", "Å", "a/b", "a" * 31)),
        *(
            toml(issuer=f'"{issuer}"')
            for issuer in ("id.example", "http://id.example", "https://", "https://a.example?b")
        ),
        toml(organizer='"212000-0358"'),
        toml(client_secret='"too short"'),
        toml(client_secret=None, client_secret_file='"/no/such/file"'),
        toml(scopes='["profile"]'),
        toml(strong_acr='"loa3"'),
        toml(strong_amr="[1]"),
    ],
)
def test_what_is_wrong_stops_the_start_with_a_sentence(read, text):
    with pytest.raises(BadSetting, match="TBB_IDENTITY_PROVIDERS") as problem:
        read(text)
    assert str(problem.value)[0].isupper() and str(problem.value).endswith(".")
    assert "secret for tests" not in str(problem.value)


def test_plain_http_is_for_this_machine_and_never_for_production(read, tmp_path):
    text = toml(issuer='"http://127.0.0.1:9000"')
    assert read(text).identity_providers
    keys = tmp_path / "keys"
    keys.write_text("1:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=", encoding="utf-8")
    production = {
        "TBB_ENV": "production",
        "TBB_SECRET_KEY": "s" * 40,
        "TBB_KEY_FILE": str(keys),
        "TBB_CASE_KEYS": str(tmp_path / "case-keys.db"),
        "TBB_BASE_URL": "https://tbb.example",
        "TBB_SMTP_URL": "smtp://127.0.0.1:25",
    }
    assert read(toml(), **production).identity_providers
    with pytest.raises(BadSetting, match="https"):
        read(text, **production)


def test_a_proxy_may_not_speak_in_the_name_of_a_provider(read):
    with pytest.raises(BadSetting, match="TBB_PROXY_IDENTITY_ISSUER"):
        read(
            toml(),
            TBB_PROXY_IDENTITY_HEADER="X-Remote-User",
            TBB_PROXY_IDENTITY_ISSUER="https://id.eskilstuna.example/v2.0",
            TBB_PROXY_IDENTITY_ORGANIZER="212000-0357",
            TBB_TRUSTED_PROXIES="127.0.0.1",
        )
