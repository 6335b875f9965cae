"""A new colleague's way in: invitation, password, passkey, recovery codes; then by passkey alone, and proving again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pyotp
import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, Letter, Passkey, Sitting
from tbb.policy import COMMAND
from tbb.services import invitations, letters
from tests import engines
from tests.browser.conftest import ROOT, Visitor, axe, wait_for

PASSWORD = "fyra helt olika lugna ord"


@pytest.fixture(scope="module")
def server(county_template, key_file, tmp_path_factory):
    """A server under a name, for a passkey cannot belong to a bare number; gives its address and its database's."""
    folder = tmp_path_factory.mktemp("passkeys")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made_from, name = county_template
    with engines.fresh(made_from, folder, name) as database_url, (folder / "server.log").open("wb") as log:
        environ = os.environ | {
            "TBB_ENV": "development",
            "TBB_INSTANCE": str(folder),
            "TBB_DATABASE_URL": database_url,
            "TBB_SECRET_KEY": "a secret for the browser's tests, long enough",
            "TBB_KEY_FILE": str(key_file),
            "TBB_CASE_KEYS": str(engines.case_key_file()),
            "TBB_BASE_URL": f"http://localhost:{port}",
            "TBB_PASSWORD_MEMORY_KIB": "64",
        }
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=6", "app:app"]
        running = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/halsa", running, folder / "server.log")
            engines.configure(database_url)
            yield f"http://localhost:{port}"
        finally:
            running.terminate()
            running.wait(timeout=20)
            engines.close()


@pytest.fixture
def guest(chromium, server):
    """A visitor of that server."""
    made = Visitor(chromium, server)
    yield made
    made.close()


def invited(email: str) -> str:
    """Invite somebody; give the path that their letter leads to."""
    with connection():
        invitations.invite(COMMAND, email=email, name="Sara Exempelsson")
        letter = Letter.select().where(Letter.recipient == email).order_by(Letter.id.desc()).get()
        return letters.facts_of(letter)["path"]


def device(tab, **more) -> tuple[object, str]:
    """Give a tab a device that makes passkeys; give the session that steers it and its name."""
    steering = tab.context.new_cdp_session(tab)
    steering.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True} | more
    return steering, steering.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def take_in_use(tab, email: str) -> None:
    """Follow an invitation as far as the choice of a second factor."""
    tab.goto(invited(email))
    tab.get_by_label("Nytt lösenord").fill(PASSWORD)
    tab.get_by_role("button", name="Spara lösenordet").click()
    tab.get_by_role("heading", name="Välj ditt andra steg").wait_for()


def right(tab) -> None:
    """Hold a page to what axe knows."""
    assert not axe(tab)


def test_from_invitation_to_signing_in_by_passkey_alone(guest):
    email = "sara.exempelsson@tbb.example"
    tab = guest.open("/")
    device(tab)
    take_in_use(tab, email)
    right(tab)
    tab.get_by_role("button", name="Skapa en nyckel").click()
    tab.get_by_role("heading", name="Dina reservkoder").wait_for()
    assert tab.locator(".codesheet li").count() == 10
    right(tab)
    tab.get_by_role("button", name="Jag har sparat koderna").click()
    tab.wait_for_url("**/arbetsyta")

    tab.get_by_role("button", name="Logga ut").click()
    tab.get_by_role("button", name="Logga in med en nyckel").click()
    tab.wait_for_url("**/arbetsyta")
    with connection():
        account = Account.get(Account.email == email)
        assert Sitting.get(Sitting.account == account).method == "passkey"
        assert Passkey.get(Passkey.account == account).sign_count > 0
        Sitting.update(proved_at=clock.now() - timedelta(minutes=11)).where(Sitting.account == account).execute()

    tab.goto("/konto/andra-steget")
    right(tab)
    tab.get_by_role("link", name="Skapa nya reservkoder").click()
    tab.get_by_role("heading", name="Bekräfta att det är du").wait_for()
    right(tab)
    tab.get_by_role("button", name="Använd nyckeln").click()
    tab.get_by_role("heading", name="Skapa nya reservkoder").wait_for()


def test_with_a_password_first_the_passkey_is_the_second_step(guest):
    email = "dan.exempelsson@tbb.example"
    tab = guest.open("/")
    device(tab)
    take_in_use(tab, email)
    tab.get_by_role("button", name="Skapa en nyckel").click()
    tab.get_by_role("button", name="Jag har sparat koderna").click()
    tab.get_by_role("button", name="Logga ut").click()
    tab.goto("/konto/andra-steget")
    tab.get_by_label("E-postadress").fill(email)
    tab.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Logga in", exact=True).click()
    tab.get_by_role("button", name="Använd nyckeln").wait_for()
    right(tab)
    tab.get_by_role("button", name="Använd nyckeln").click()
    tab.wait_for_url("**/konto/andra-steget")


def test_the_page_says_in_words_what_the_device_refused(guest):
    tab = guest.open("/")
    steering, name = device(tab)
    take_in_use(tab, "eva.exempelsson@tbb.example")
    refuse = {"authenticatorId": name, "isUserVerified": False}
    steering.send("WebAuthn.setUserVerified", refuse)
    tab.get_by_role("button", name="Skapa en nyckel").click()
    tab.get_by_text("Det avbröts, eller så tog det för lång tid. Försök igen.").wait_for()
    assert tab.get_by_role("button", name="Skapa en nyckel").is_enabled()
    steering.send("WebAuthn.setUserVerified", refuse | {"isUserVerified": True})
    tab.get_by_role("button", name="Skapa en nyckel").click()
    tab.get_by_role("button", name="Jag har sparat koderna").click()
    tab.goto("/konto/andra-steget/nyckel")
    right(tab)
    tab.get_by_role("button", name="Skapa nyckeln").click()
    tab.get_by_text("Den här enheten har redan en nyckel till ditt konto.").wait_for()


def test_without_scripts_an_app_does_all_of_it(guest):
    tab = guest.open("/", javascript=False)
    take_in_use(tab, "lova.exempelsson@tbb.example")
    assert tab.get_by_text("Den här webbläsaren kan inte skapa en nyckel.").is_visible()
    assert not tab.get_by_role("button", name="Skapa en nyckel").is_visible()
    tab.get_by_role("button", name="Använd en app").click()
    tab.wait_for_load_state("load")  # the picture too
    assert tab.locator(".appqr").evaluate("picture => picture.naturalWidth > 0")
    tab.get_by_text("Jag kan inte skanna").click()
    secret = tab.locator(".secret").text_content().replace(" ", "")
    tab.get_by_role("textbox", name="Kod från appen").fill(pyotp.TOTP(secret).at(clock.now()))
    tab.get_by_role("button", name="Koppla appen").click()
    codes = tab.locator(".codesheet .secret").all_text_contents()
    tab.get_by_role("button", name="Jag har sparat koderna").click()
    tab.wait_for_url("**/arbetsyta")
    tab.get_by_role("button", name="Logga ut").click()
    assert not tab.get_by_role("button", name="Logga in med en nyckel").is_visible()
    tab.get_by_label("E-postadress").fill("lova.exempelsson@tbb.example")
    tab.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Logga in", exact=True).click()
    tab.get_by_role("textbox", name="Kod från appen").fill(pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30)))
    tab.get_by_role("button", name="Fortsätt").click()
    tab.wait_for_url("**/arbetsyta")
    assert len(codes) == 10


def test_the_sheet_of_recovery_codes_is_all_that_is_printed(guest):
    tab = guest.open("/")
    device(tab)
    take_in_use(tab, "stina.exempelsson@tbb.example")
    tab.get_by_role("button", name="Skapa en nyckel").click()
    tab.get_by_role("heading", name="Dina reservkoder").wait_for()
    tab.emulate_media(media="print")
    seen = tab.evaluate("() => document.body.innerText")
    assert "stina.exempelsson@tbb.example" in seen and seen.count("-") >= 30
    for word in ("Logga ut", "Jag har sparat", "Skriv ut", "Personuppgifter", "Katalogen"):
        assert word not in seen
