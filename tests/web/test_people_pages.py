"""Accounts and duties as their keepers meet them: lists within reach, inviting, giving, taking, disabling."""

from __future__ import annotations

import pytest

from tbb.database import connection, rows
from tbb.models import Account, Grant, Letter, RecoveryCode, Sitting
from tests.conftest import go
from tests.people import account, account_row, as_account, signed_in, submit

LIST = "/arbetsyta/konton"


def address(persona: str) -> str:
    """The page of the account of one of the cast."""
    return f"{LIST}/{account_row(persona).key}"


def place(kind: str, name: str) -> str:
    """The value of a place in the forms."""
    with connection():
        return f"{kind}:{rows(f'SELECT id FROM {kind} WHERE name = ? ORDER BY id', (name,))[0][0]}"


def duties(persona: str) -> list[str]:
    """The duties given to one of the cast."""
    with connection():
        return [
            grant.duty for grant in Grant.select().where(Grant.account == account(persona), Grant.ended_at.is_null())
        ]


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        ("enhetschef", ["Sara Skissberg", "Dan Provlund", "Eva Testborg"], ["Hugo Exempelholm", "Greta Provberg"]),
        ("huvudman", ["Sara Skissberg", "Hugo Exempelholm", "Dilan Testström"], ["Greta Provberg", "Rut Testström"]),
        ("granne", ["Greta Provberg"], ["Hugo Exempelholm", "Sara Skissberg"]),
        ("processledare", ["Hugo Exempelholm", "Greta Provberg", "Karl Provlund"], ["Sara Skissberg", "Lova Provberg"]),
    ],
)
def test_everybody_sees_the_accounts_within_reach_and_no_others(county, who, seen, unseen):
    text = go(signed_in(county, who), LIST).text
    assert [name for name in seen if name not in text] == []
    assert [name for name in unseen if name in text] == []


@pytest.mark.parametrize("who", ["personal", "bba", "kommunikator", "styrgrupp", "loggranskare", "drift"])
def test_to_others_there_are_no_accounts(county, who):
    go(signed_in(county, who), LIST, status=404)


def test_the_list_is_searched_and_filtered(county):
    client = signed_in(county, "huvudman")
    page = go(client, f"{LIST}?text=SKISS&state=active&duty=staff")
    assert "Sara Skissberg" in page.text and "Eva Testborg" not in page.text
    assert "Inga konton" in go(client, f"{LIST}?text=%25").text
    fragment = go(client, f"{LIST}?duty=bba", fragment=True).get_data(as_text=True)
    assert "Barnets bästa-ansvarig" in fragment and "<html" not in fragment


def test_an_account_out_of_reach_does_not_exist(county):
    client = signed_in(county, "granne")
    strange = go(client, address("huvudman"), status=404).text
    nobody = go(client, f"{LIST}/{'0' * 32}", status=404).text
    assert strange.replace(account_row("huvudman").key, "0" * 32)[:200] == nobody[:200]


def test_reading_accounts_is_written_down_first(county):
    go(signed_in(county, "huvudman"), address("personal"))
    with connection():
        assert rows("SELECT COUNT(*) FROM audit_row WHERE action = 'account:read' AND outcome = 'read'")[0][0] == 1


def test_somebody_is_invited_with_a_duty_and_a_letter(county):
    client = signed_in(county, "huvudman")
    page = submit(
        client,
        f"{LIST}/bjud-in",
        {
            "name": "Nils Exempelsson",
            "email": " Nils@Eskilstuna.example ",
            "duty": "unit_head",
            "where": _first_unit(),
        },
    )
    assert "Inbjudan är på väg" in page.text
    with connection():
        made = Account.get(Account.email == "nils@eskilstuna.example")
        assert made.state == "invited" and [grant.duty for grant in made.grants] == ["unit_head"]
        assert Letter.select().where(Letter.recipient == made.email, Letter.template == "invitation").count() == 1


def _first_unit() -> str:
    with connection():
        return f"unit:{account_unit('enhetschef')}"


def account_unit(persona: str) -> int:
    """The unit of a duty of one of the cast."""
    return Grant.get(Grant.account == account(persona)).unit_id


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nils"}, "Skriv en e-postadress"),
        ({"name": ""}, "Skriv personens namn"),
        ({"name": "19121212-1212"}, "Ta bort personnumret"),
        ({"duty": "process_leader"}, "Välj ett uppdrag i listan"),
        ({"duty": "unit_head", "where": "organizer"}, "Uppdraget kan inte gälla där"),
        ({"ends_on": "2001-01-01"}, "Välj en dag som inte har varit"),
    ],
)
def test_a_wrong_invitation_says_what_is_wrong_keeps_what_was_typed_and_changes_nothing(county, wrong, said):
    client = signed_in(county, "huvudman")
    typed = {"name": "Nils Exempelsson", "email": "nils@eskilstuna.example", "duty": "staff", "where": _first_unit()}
    if wrong.get("where") == "organizer":
        wrong = wrong | {"where": place("organizer", "Eskilstuna kommun")}
    page = submit(client, f"{LIST}/bjud-in", typed | wrong, status=422)
    assert said in page.text and ("Nils Exempelsson" in page.text or "name" in wrong)
    with connection():
        assert not Account.select().where(Account.email.contains("nils")).exists()


def test_a_place_of_another_organizer_cannot_be_chosen(county):
    flen = place("organizer", "Flens kommun")
    typed = {"name": "Nils Exempelsson", "email": "nils@flen.example", "duty": "organizer_admin", "where": flen}
    submit(signed_in(county, "huvudman"), f"{LIST}/bjud-in", typed, status=422)
    submit(signed_in(county, "processledare"), f"{LIST}/bjud-in", typed)


def test_a_duty_is_given_and_taken_and_gone_at_once_in_an_open_sitting(county):
    keeper, nurse = signed_in(county, "huvudman"), signed_in(county, "personal")
    go(nurse, LIST, status=404)
    submit(keeper, address("personal"), {"duty": "unit_head", "where": _first_unit()}, action="/uppdrag")
    assert sorted(duties("personal")) == ["staff", "unit_head"]
    go(nurse, LIST)
    with connection():
        number = Grant.get(Grant.account == account("personal"), Grant.duty == "unit_head").id
    submit(keeper, address("personal"), action=f"/uppdrag/{number}/ta-bort")
    go(nurse, LIST, status=404)
    assert duties("personal") == ["staff"]


def test_the_same_duty_is_not_given_twice(county):
    page = submit(
        signed_in(county, "huvudman"),
        address("personal"),
        {"duty": "staff", "where": _first_unit()},
        action="/uppdrag",
        status=422,
    )
    assert "Personen har redan det uppdraget" in page.text


def test_nobody_gives_oneself_anything(county):
    client = signed_in(county, "huvudman")
    page = go(client, address("huvudman"))
    assert not page.soup.select("form[action$='/uppdrag'], form[action$='/stang']")
    token = {field["name"]: field["value"] for field in page.soup.select("header input[type=hidden]")}
    data = token | {"duty": "staff", "where": _first_unit()}
    go(client, f"{address('huvudman')}/uppdrag", data=data, status=403)
    go(client, f"{address('huvudman')}/stang", data=token | {"once": "x" * 24}, status=403)
    assert duties("huvudman") == ["organizer_admin"]


def test_a_disabled_account_is_out_this_moment_and_can_be_let_in_again(county):
    keeper, nurse = signed_in(county, "huvudman"), signed_in(county, "personal")
    go(nurse, "/arbetsyta")
    submit(keeper, address("personal"), action="/stang")
    go(nurse, "/arbetsyta", status=303, follow=False)
    with connection():
        assert not Sitting.select().where(Sitting.account == account("personal")).exists()
    submit(keeper, address("personal"), action="/oppna")
    assert account_row("personal").state in ("active", "invited")


def test_who_has_lost_every_second_factor_begins_anew(county):
    with connection():
        RecoveryCode.create(account=account("personal"), digest="d" * 64)
    submit(signed_in(county, "huvudman"), address("personal"), action="/nya-nycklar")
    with connection():
        assert not RecoveryCode.select().exists()


def test_all_sittings_of_an_account_can_be_ended(county):
    keeper, nurse = signed_in(county, "huvudman"), signed_in(county, "personal")
    submit(keeper, address("personal"), action="/logga-ut")
    go(nurse, "/arbetsyta", status=303, follow=False)


def test_an_account_with_duties_elsewhere_cannot_be_closed_by_one_organizer(county):
    page = go(signed_in(county, "huvudman"), address("dataskyddsombud"))
    assert page.soup.select("form[action$='/stang']")
    with connection():
        Grant.create(
            account=account("dataskyddsombud"),
            duty="log_reviewer",
            starts_on="2026-01-01",
            given_at=account_row("huvudman").created_at,
        )
    page = go(signed_in(county, "huvudman"), address("dataskyddsombud"))
    assert not page.soup.select("form[action$='/stang']")


def test_changing_an_account_asks_for_a_fresh_proof(county):
    with connection():
        who = account("huvudman")
    client = as_account(county, who)
    with connection():
        Sitting.update(proved_at=None).where(Sitting.account == who).execute()
    response = go(client, f"{LIST}/bjud-in", status=303, follow=False)
    assert "/konto/bekrafta" in response.headers["Location"]
