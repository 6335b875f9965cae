"""Importing a list in the browser: looked at before anything changes, by those it belongs to, contacts by two."""

from __future__ import annotations

import io

import pytest

from tbb.database import connection, rows
from tbb.models import Responsibility, Unit, Upload
from tests.conftest import go
from tests.people import filled_in, send, signed_in

PAGE = "/arbetsyta/import"
HEADER = "verksamhet;namn;kommun;adress;telefon;bba_namn;bba_telefon;bba_mandat"


def upload(client, text: str, status: int = 200, name: str = "lista.csv"):
    """Choose a file and send it as a browser would; give the page that comes."""
    form = go(client, PAGE).soup.select_one("main form[method=post]")
    data = filled_in(form) | {"file": (io.BytesIO(text.encode()), name)}
    return go(client, PAGE, data=data, status=status, content_type="multipart/form-data")


def address_of(page) -> str:
    """Where the browser is."""
    return page.response.request.path


def bvc(municipality: str = "Flen") -> Unit:
    """The BVC of a municipality, whose name is unique there."""
    with connection():
        return Unit.get(Unit.name == f"BVC {municipality}")


def own_row(municipality: str = "Flen", street: str = "Exempelvägen 77", phone: str = "") -> str:
    """A list with one unit that is there already."""
    return f"{HEADER}\nBVC;BVC {municipality};{municipality};{street};{phone};;;\n"


def test_nothing_changes_before_somebody_says_so(county):
    client = signed_in(county, "processledare")
    shown = upload(client, own_row())
    assert "Exempelvägen 77" in shown.text and bvc().street != "Exempelvägen 77"
    done = send(client, shown, address_of(shown))
    assert "Listan är införd" in done.text and bvc().street == "Exempelvägen 77"
    with connection():
        assert Upload.get().content == ""
    assert "Införd" in go(client, PAGE).text


def test_a_list_is_imported_once_even_when_the_form_is_sent_twice(county):
    client = signed_in(county, "processledare")
    shown = upload(client, own_row())
    data = filled_in(shown.soup.select_one("main form[method=post]"))
    for _ in range(2):
        go(client, address_of(shown), data=data)
    with connection():
        assert rows("SELECT COUNT(*) FROM audit_row WHERE action = 'import:apply'")[0][0] == 1


def test_who_answers_for_a_unit_is_never_imported_here(county):
    with connection():
        before = Responsibility.select().count()
    client = signed_in(county, "processledare")
    person = "Kim Exempelsson;070-174 06 05;beslutsfattare"
    shown = upload(client, f"{HEADER}\nBVC;BVC Flen;Flen;Exempelvägen 77;;{person}\n")
    assert "En rad i listan handlar om vem som är ansvarig" in shown.text and "Kim" not in shown.text
    send(client, shown, address_of(shown))
    with connection():
        assert Responsibility.select().count() == before


def test_a_list_that_changes_a_public_phone_takes_a_second_person(county):
    first, second = signed_in(county, "processledare"), signed_in(county, "processledare2")
    old = bvc().phone
    shown = upload(first, own_row(phone="08-465 004 77"))
    assert "En kollega måste införa listan" in shown.text and "Inför listan" not in shown.text
    assert not shown.soup.select("main form[method=post]")
    ready = go(second, address_of(shown))
    digest = ready.soup.select_one("[name=digest]")["value"]
    own = filled_in(shown.soup.select_one("header form"))
    go(first, address_of(shown), data=own | {"digest": digest}, status=403)
    assert bvc().phone == old
    done = send(second, ready, address_of(shown))
    assert "Listan är införd" in done.text and bvc().phone == "08-465 004 77"


def test_an_administrator_imports_what_is_their_own_and_nothing_else(county):
    region = signed_in(county, "region")
    shown = upload(region, own_row())
    send(region, shown, address_of(shown))
    assert bvc().street == "Exempelvägen 77"
    refused = upload(signed_in(county, "huvudman"), own_row(street="Exempelvägen 78"), status=422)
    assert "hör inte till er huvudman" in refused.text and bvc().street == "Exempelvägen 77"
    added = upload(region, f"{HEADER}\nBVC;BVC Påhittet;Flen;Exempelvägen 9;;;;\n", status=422)
    assert "finns inte i katalogen" in added.text
    assert (
        "ändrar kommuner"
        in upload(region, "kommunkod,kommun,juridiskt_namn,orgnr\n0482,Flens,X,2120009994\n", 422).text
    )


def test_a_plan_that_has_grown_old_is_not_done(county):
    client = signed_in(county, "processledare")
    shown = upload(client, own_row())
    with connection():
        Unit.update(street="Exempelvägen 1").where(Unit.name == "BVC Flen").execute()
    again = send(client, shown, address_of(shown))
    assert "Katalogen har ändrats" in again.text and bvc().street == "Exempelvägen 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hej;hopp\n1;2\n", "Ingen rad i filens början"),
        ("", "Filen är tom"),
        ("[1, 2, 3]", "Filen är JSON"),
    ],
)
def test_a_file_that_is_no_list_is_told_so_and_not_kept(county, text, said):
    assert said in upload(signed_in(county, "processledare"), text, status=422).text
    with connection():
        assert not Upload.select().exists()


def test_a_list_may_be_large_but_not_huge(county):
    client = signed_in(county, "processledare")
    many = "".join(f"BVC;BVC Påhitt {number};Flen;Exempelvägen {number};;;;\n" for number in range(4000))
    upload(client, f"{HEADER}\n{many}")
    go(client, PAGE, data=b"x" * 5 * 2**20, status=413, content_type="multipart/form-data; boundary=x")


def test_a_list_of_others_does_not_exist(county):
    shown = upload(signed_in(county, "region"), own_row())
    for who in ("huvudman", "granne", "processledare"):
        go(signed_in(county, who), address_of(shown), status=404)


@pytest.mark.parametrize("who", ["personal", "bba", "enhetschef", "styrgrupp", "loggranskare", "drift"])
def test_to_others_there_is_no_import(county, who):
    go(signed_in(county, who), PAGE, status=404)
