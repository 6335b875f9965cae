"""After signing in through a real provider: proving once more who one is, signing out on either side, invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Account, Identity, Organizer, Sitting
from tbb.policy import COMMAND
from tbb.services import federation, invitations, sittings, tokens
from tbb.services.identity_tokens import NotValid, read_sign_in
from tests.conftest import go
from tests.oidc.conftest import BASE_URL, ORGANIZER, address_of
from tests.people import account, as_account


def sitting() -> Sitting:
    """The only sitting there is."""
    with connection():
        (found,) = Sitting.select()
    return found


def how_many() -> int:
    """How many sittings there are."""
    with connection():
        return Sitting.select().count()


def make_stale() -> None:
    """Let it be an hour since anybody proved who they are."""
    with connection():
        Sitting.update(proved_at=clock.now() - timedelta(hours=1)).execute()


def prove(somebody) -> str:
    """Ask to prove who one is at the provider; give its address."""
    key = go(somebody.ours, "/konto/inloggningar").soup.select_one("input[name=csrf_token]")["value"]
    return address_of(go(somebody.ours, "/konto/bekrafta/organisation/eskilstuna", data={"csrf_token": key}))


def reasons() -> list[str]:
    """Why the audit says that somebody was refused."""
    with connection():
        return [row[0] for row in rows("SELECT note FROM audit_row WHERE action = 'account:refused' ORDER BY id")]


# Proving


def test_a_new_proof_is_asked_for_and_noted_under_a_new_secret(somebody):
    somebody.sign_in()
    make_stale()
    before = sitting()
    address = prove(somebody)
    assert "prompt=login" in address and "max_age=0" in address
    somebody.back(somebody.at_provider(address))
    after = sitting()
    with connection():
        assert sittings.is_fresh(after) and not sittings.is_fresh(before)
    assert after.id == before.id and after.digest != before.digest and after.ends_at == before.ends_at


@pytest.mark.parametrize(
    ("how", "reason", "heading"),
    [
        ({"signedInAgo": 600}, "stale: auth_time", "Du behöver logga in på nytt"),
        ({"user": "bertil"}, "another", "Det var någon annan som loggade in"),
        ({"acr": "loa2", "amr": ["pwd"]}, "weak", "Du behöver bekräfta i två steg"),
        ({"refuse": True}, "denied: access_denied", "Inloggningen avbröts"),
    ],
)
def test_a_proof_must_be_new_the_persons_own_and_no_weaker(somebody, provider, how, reason, heading):
    somebody.sign_in()
    make_stale()
    provider.now(**how)
    assert somebody.back(somebody.at_provider(prove(somebody)), status=403).heading == heading
    with connection():
        assert not sittings.is_fresh(sitting()) and Identity.select().count() == 1
    assert reasons() == [reason]


def test_a_proof_is_for_the_sitting_that_asked_for_it(somebody):
    somebody.sign_in()
    path = somebody.at_provider(prove(somebody))
    with connection():
        sittings.end_all(sitting().account_id)
    assert somebody.back(path, status=403).heading == "Din inloggning här är slut"
    assert how_many() == 0


def test_only_ones_own_provider_proves_who_one_is(app):
    """Somebody who signs in with a password has nobody else to prove it."""
    client = as_account(app, account("huvudman"))
    key = go(client, "/konto/inloggningar").soup.select_one("input[name=csrf_token]")["value"]
    go(client, "/konto/bekrafta/organisation/eskilstuna", data={"csrf_token": key}, status=404)


# Signing out


def test_one_is_signed_out_at_the_provider_too(app, somebody):
    somebody.sign_in()
    with connection():
        assert federation.came_through(sitting(), app.config["TBB"].identity_providers).key == "eskilstuna"
    there = address_of(go(somebody.ours, "/logga-ut", data={}))
    assert how_many() == 0
    assert somebody.sign_out_there(there).startswith(f"{BASE_URL}/logga-in")
    # Whoever sits down at the computer now is asked by the provider who they are.
    assert "/interaction/" in str(somebody.theirs.get(somebody.begin()).next_request.url)


def test_signing_out_there_ends_the_sitting_here_and_no_other(somebody, another, provider):
    somebody.sign_in()
    another.sign_in()
    somebody.sign_out_there(address_of(go(somebody.ours, "/logga-in/oidc/utloggad?hos=eskilstuna")))
    (told,) = provider.sent()
    answer = another.ours.post("/logga-in/oidc/utloggning", data={"logout_token": told})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store" and not answer.data
    assert somebody.ours.get("/arbetsyta").status_code == 303
    assert another.ours.get("/arbetsyta").status_code == 200
    again = another.ours.post("/logga-in/oidc/utloggning", data={"logout_token": told})
    assert again.status_code == 400 and how_many() == 1


def test_a_logout_that_the_provider_has_not_signed_ends_nothing(somebody, provider):
    somebody.sign_in()
    somebody.sign_out_there(address_of(go(somebody.ours, "/logga-in/oidc/utloggad?hos=eskilstuna")))
    head, payload, signature = provider.sent()[0].split(".")
    for token in ("", "x", "a.b.c", f"{head}.{payload}.", f"{head}.{payload}.{signature[::-1]}"):
        assert somebody.ours.post("/logga-in/oidc/utloggning", data={"logout_token": token}).status_code == 400
    assert how_many() == 1


def test_a_logout_token_lets_nobody_in(app, somebody, provider):
    somebody.sign_in()
    somebody.sign_out_there(address_of(go(somebody.ours, "/logga-in/oidc/utloggad?hos=eskilstuna")))
    token = provider.sent()[0]
    (known,) = app.config["TBB"].identity_providers
    with pytest.raises(NotValid, match="nonce"):
        read_sign_in(known, token, nonce="n", access_token="")


# Invitations


def invite(organizer: str = ORGANIZER) -> tuple[int, str]:
    """Invite somebody who works for an organizer; give the account and the secret of the link."""
    with connection():
        found = Organizer.get(Organizer.orgnr == organizer)
        made = invitations.invite(COMMAND, email="vera@skola.example", name="Vera Testborg", organizer=found)
        return made.id, tokens.issue(invitations.PURPOSE, made.id, lasts=timedelta(days=7))


def test_an_invited_person_takes_the_account_in_use_with_the_organisations_sign_in(somebody):
    number, secret = invite()
    somebody.sign_in(inbjudan=secret)
    with connection():
        found = Account.get_by_id(number)
        assert (found.state, found.name, found.password) == ("active", "Vera Testborg", "")
        assert Identity.get().account_id == number and invitations.look(secret) is None
    somebody.sign_in()
    with connection():
        assert Identity.select().count() == 1 and Sitting.get().account_id == number


def test_without_the_link_the_same_address_leads_to_another_account(somebody, provider):
    number, _secret = invite()
    provider.now(email="vera@skola.example")
    somebody.sign_in()
    with connection():
        assert Account.get_by_id(number).state == "invited" and Identity.get().account_id != number


@pytest.mark.parametrize(
    ("organizer", "used", "first", "reason", "heading"),
    [
        ("2120000332", False, False, "elsewhere", "Inbjudan gäller en annan organisation"),
        (ORGANIZER, True, False, "invitation", "Inbjudan gäller inte längre"),
        (ORGANIZER, False, True, "taken", "Du har redan ett konto"),
    ],
)
def test_an_invitation_is_for_one_person_of_one_organisation(somebody, organizer, used, first, reason, heading):
    number, secret = invite(organizer)
    if first:
        somebody.sign_in()
    if used:
        with connection():
            tokens.redeem(invitations.PURPOSE, secret)
    shown = somebody.sign_in(inbjudan=secret, status=403)
    assert shown.heading == heading and reasons() == [reason]
    with connection():
        assert Account.get_by_id(number).state == "invited"
        assert Identity.select().count() == first and (invitations.look(secret) is None) == used
