"""What a provider signs is believed only when all of it fits; and who no longer comes is let go."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from joserfc.jwk import RSAKey

from tbb import clock
from tbb.identity_settings import ProxyIdentity
from tbb.models import Account, AuditRow, Identity, Organizer, Passkey, Sitting
from tbb.services import federation, federation_leavers, identity_providers, sittings
from tbb.services.identity_providers import Declined, Unreachable
from tbb.services.identity_tokens import LOGOUT_EVENT, NotValid, issuer_of, read_sign_in, read_sign_out
from tests.oidc import signer as signers

NONCE = "n" * 43


@pytest.fixture(scope="module")
def running_signer():
    """A provider that signs anything, one for the module."""
    with signers.running() as made:
        yield made


@pytest.fixture
def signer(running_signer, monkeypatch):
    """The provider as it is to begin with; what we knew of it is forgotten."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    running_signer.__init__(running_signer.provider.issuer)
    identity_providers.forget()
    return running_signer


def id_claims(signer, **changes) -> dict:
    """What a good ID token says; None takes a claim away."""
    moment = int(clock.now().timestamp())
    claims = {
        "iss": signer.provider.issuer,
        "sub": "anna",
        "aud": "tbb",
        "exp": moment + 300,
        "iat": moment,
        "nonce": NONCE,
        "amr": ["pwd", "mfa"],
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def out_claims(signer, **changes) -> dict:
    """What a good logout token says."""
    claims = id_claims(signer, nonce=None, amr=None) | {"jti": "1", "sid": "s", "events": {LOGOUT_EVENT: {}}}
    return {name: value for name, value in (claims | changes).items() if value is not None}


def read(signer, token: str, **how):
    """Read an ID token as the attempt with our nonce would."""
    return read_sign_in(signer.provider, token, **({"nonce": NONCE, "access_token": "a"} | how))


def seconds(number: int) -> int:
    """A moment from now, as tokens write it."""
    return int(clock.now().timestamp()) + number


# Tokens


@pytest.mark.parametrize(
    ("key", "alg"),
    [(signers.RSA, "RS256"), (signers.RSA, "PS256"), (signers.RSA, "RS512"), (signers.EC, "ES256")],
)
def test_a_good_token_is_believed(signer, key, alg):
    told = read(signer, signer.sign(id_claims(signer), key=key, alg=alg))
    assert (told.subject, told.strong, told.proved_at) == ("anna", True, None)


def test_a_certificate_in_the_header_does_no_harm(signer):
    assert read(signer, signer.sign(id_claims(signer), x5t="t" * 40, x5c=["c" * 4000])).subject == "anna"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": ["other"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["tbb", "other"]}, "azp"),
        ({"aud": ["tbb", "other"], "azp": "other"}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"nonce": "m" * 43}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": None}, "time"),
        ({"iat": None}, "time"),
        ({"exp": "soon"}, "time"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "anna\n"}, "sub"),
        ({"sub": 7}, "sub"),
        ({"at_hash": "x" * 22}, "at_hash"),
        ({"amr": "mfa"}, "amr"),
    ],
)
def test_a_token_that_does_not_fit_is_not_believed(signer, changes, reason):
    with pytest.raises(NotValid) as refused:
        read(signer, signer.sign(id_claims(signer, **changes)))
    assert refused.value.reason == reason


def test_several_audiences_are_well_when_it_was_made_for_us(signer):
    assert read(signer, signer.sign(id_claims(signer, aud=["tbb", "other"], azp="tbb"))).subject == "anna"


@pytest.mark.parametrize(("exp", "iat"), [(-50, -300), (300, 59), (300, -900)])
def test_a_minute_is_left_for_clocks_that_differ(signer, exp, iat):
    assert read(signer, signer.sign(id_claims(signer, exp=seconds(exp), iat=seconds(iat)))).subject == "anna"


@pytest.mark.parametrize(("exp", "iat"), [(-62, -300), (300, 65), (300, -970)])
def test_too_old_and_not_yet_made_is_not_believed(signer, exp, iat):
    with pytest.raises(NotValid, match="time"):
        read(signer, signer.sign(id_claims(signer, exp=seconds(exp), iat=seconds(iat))))


def test_a_signature_must_be_the_providers(signer):
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    unknown = RSAKey.generate_key(2048, {"kid": "three"})
    good = signer.sign(id_claims(signer))
    head, payload, signature = good.split(".")
    other = signer.sign(id_claims(signer, sub="bertil")).split(".")[1]
    for token, reason in (
        (signer.sign(id_claims(signer), key=stranger), "signature"),
        (signer.sign(id_claims(signer), key=unknown), "key"),
        (f"{head}.{other}.{signature}", "signature"),
        (f"{head}.{payload}.", "signature"),
        (f"{head}.{payload}", "signature"),
        ("", "signature"),
    ):
        with pytest.raises(NotValid) as refused:
            read(signer, token)
        assert refused.value.reason == reason


def test_no_signature_and_no_shared_secret_is_ever_enough(signer):
    """Neither `none`, nor an HMAC with the client's secret or with the provider's own public key."""
    public = signers.RSA.as_pem(private=False)
    for secret, alg in ((signer.provider.client_secret.encode(), "HS256"), (public, "HS256"), (b"", "none")):
        told = [{"alg": alg, "kid": "one"}, id_claims(signer)]
        signed = ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in told)
        made = hmac.digest(secret, signed.encode(), "sha256") if alg == "HS256" else b""
        with pytest.raises(NotValid, match="algorithm"):
            read(signer, f"{signed}.{urlsafe_b64encode(made).rstrip(b'=').decode()}")


def test_what_is_nested_too_deep_is_no_token(signer):
    deep = urlsafe_b64encode(b"[" * 90_000).rstrip(b"=").decode()
    for token in (f"e30.{deep}.x", f"{deep[:12_000]}.e30.x"):
        assert issuer_of(token) == ""
        with pytest.raises(NotValid):
            read(signer, token)


def test_a_key_of_another_kind_does_not_fit_an_algorithm(signer):
    with pytest.raises(NotValid, match="key"):
        read(signer, signer.sign(id_claims(signer), key=signers.EC, alg="ES256", kid="one"))


def test_a_proof_must_be_newer_than_the_wish_for_it(signer):
    since = clock.now()
    fresh = signer.sign(id_claims(signer, auth_time=seconds(-50)))
    assert read(signer, fresh, prove_since=since).proved_at is not None
    for stale in (None, seconds(-65), "now", True, 10**20):
        with pytest.raises(NotValid, match="auth_time"):
            read(signer, signer.sign(id_claims(signer, auth_time=stale)), prove_since=since)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"events": None}, "events"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT_EVENT: True}}, "events"),
        ({"nonce": NONCE}, "events"),
        ({"jti": None}, "jti"),
        ({"sub": None, "sid": None}, "sub"),
        ({"aud": "other"}, "aud"),
        ({"iss": "https://elsewhere.example"}, "iss"),
    ],
)
def test_a_logout_token_that_does_not_fit_is_not_believed(signer, changes, reason):
    assert read_sign_out(signer.provider, signer.sign(out_claims(signer))).session == "s"
    with pytest.raises(NotValid) as refused:
        read_sign_out(signer.provider, signer.sign(out_claims(signer, **changes)))
    assert refused.value.reason == reason


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.e30", "e30.W10.e30", "å.å.å"])
def test_the_issuer_of_what_is_no_token_is_nobody(token):
    assert issuer_of(token) == ""


# Speaking with the provider


def test_the_description_and_the_keys_are_asked_for_once_and_an_unknown_key_once_more(signer):
    for _ in range(3):
        read(signer, signer.sign(id_claims(signer)))
    assert signer.asked == ["/.well-known/openid-configuration", "/keys"]
    for _ in range(5):
        with pytest.raises(NotValid, match="key"):
            read(signer, signer.sign(id_claims(signer), kid="forged"))
    assert signer.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": "http://elsewhere.example/keys"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "http://127.0.0.1:1/out"},
    ],
)
def test_a_description_of_somebody_else_or_with_unsafe_places_is_refused(signer, changes):
    signer.described |= changes
    with pytest.raises(Unreachable):
        identity_providers.describe(signer.provider)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>", "not JSON"),
        (200, b"[]", "not an object"),
        (200, b"[" * 90_000, "not JSON"),
        (200, b'{"x": "' + b"x" * 300_000 + b'"}', "too long an answer"),
        (302, b"", "status 302"),
        (500, b"", "status 500"),
    ],
)
def test_an_answer_that_is_none_is_told_by_its_kind(signer, status, body, kind):
    signer.answers["/.well-known/openid-configuration"] = (status, body)
    with pytest.raises(Unreachable, match=kind):
        identity_providers.describe(signer.provider)


def test_a_code_that_is_not_good_is_told_from_a_provider_that_is_away(signer):
    asked = {"code": "c", "verifier": "v", "back": "http://127.0.0.1:8000/logga-in/oidc/svar"}
    signer.answers["/token"] = (400, b'{"error": "invalid_grant"}')
    with pytest.raises(Declined):
        identity_providers.exchange(signer.provider, **asked)
    signer.answers["/token"] = (503, b"")
    with pytest.raises(Unreachable, match="503"):
        identity_providers.exchange(signer.provider, **asked)


def test_a_secret_goes_in_the_body_only_where_it_must(signer):
    assert not identity_providers.describe(signer.provider).secret_in_body
    identity_providers.forget()
    signer.described["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert identity_providers.describe(signer.provider).secret_in_body


# Accounts


def member(subject: str, *, days: int | None, **more) -> Account:
    """An account that came from the provider and last signed in so many days ago."""
    since = None if days is None else clock.now() - timedelta(days=days)
    made = Account.create(
        key=(subject * 32)[:32],
        email=f"{subject}@saknas.invalid",
        name=subject,
        **({"state": "active", "signed_in_at": since, "created_at": clock.now() - timedelta(days=500)} | more),
    )
    Identity.create(account=made, issuer="https://id.example", subject=subject, created_at=clock.now())
    return made


def test_who_has_not_come_for_four_hundred_days_is_let_go(db):
    gone, never = member("a", days=401), member("b", days=None)
    kept = [
        member("c", days=399),
        member("d", days=None, created_at=clock.now() - timedelta(days=10)),
        member("e", days=500, password="$argon2id$kept"),
        member("f", days=500, state="invited"),
    ]
    keyed = member("g", days=500)
    Passkey.create(account=keyed, credential="k", public_key=b"k", name="nyckel", created_at=clock.now())
    secret = sittings.begin(gone.id, method="oidc")
    Account.update(signed_in_at=clock.now() - timedelta(days=401)).where(Account.id == gone.id).execute()
    assert federation_leavers.disable_unused() == 2
    for each in (gone, never):
        found = Account.get_by_id(each.id)
        assert found.state == "disabled" and found.disabled_at is not None
    assert sittings.find(secret) is None and Sitting.select().count() == 0
    assert all(Account.get_by_id(each.id).state == each.state for each in (*kept, keyed))
    assert AuditRow.select().where(AuditRow.action == "account:disable").count() == 2
    assert federation_leavers.disable_unused() == 0


def test_a_logout_of_a_person_ends_what_came_from_there_and_nothing_else(db, signer):
    anna, bertil = member("anna", days=1), member("bertil", days=1)
    Identity.update(issuer=signer.provider.issuer).execute()
    begun = ((anna, "flen:one"), (anna, "flen:"), (anna, ""), (anna, "flensburg:x"), (bertil, "flen:two"))
    for whose, upstream in begun:
        sittings.begin(whose.id, method="oidc", upstream=upstream)
    token = signer.sign(out_claims(signer, sid=None, jti="2"))
    assert federation.end_from_there((signer.provider,), token) == 2
    assert sorted(each.upstream for each in Sitting.select()) == ["", "flen:two", "flensburg:x"]
    with pytest.raises(NotValid, match="jti"):
        federation.end_from_there((signer.provider,), token)


def test_an_organisation_that_is_not_in_the_directory_lets_nobody_in(db):
    proxy = ProxyIdentity("X-User", "https://id.example", "Flens kommun", "2120000332", ())
    with pytest.raises(federation.Refusal, match="organizer"):
        federation.enter_by_header(proxy, subject="anna", name="Anna", acr="")
    assert Account.select().count() == 0 and AuditRow.get().outcome == "refused"
    Organizer.create(name="Flens kommun", kind="municipal", orgnr="2120000332")
    entered = federation.enter_by_header(proxy, subject="anna", name=" Anna \x07 Exempelsson\u202e ", acr="")
    assert not entered.strong and not entered.has_duties
    assert Account.get().name == "Anna Exempelsson"
