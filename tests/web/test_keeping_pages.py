"""The pages where an entry is kept: for those whose it is, shut to others, and true with and without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tbb.database import connection, rows
from tbb.models import AuditRow, ContactChange, EntryChange, Flag, Person, Responsibility, Unit
from tbb.services import actors, contact_changes
from tests.conftest import go
from tests.people import account, send, signed_in, submit

LIST = "/arbetsyta/verksamheter"
SLUG = "nackrosskolan-eskilstuna"
ENTRY = f"{LIST}/{SLUG}"
FACTS = f"{ENTRY}/uppgifter"
NEIGHBOUR = f"{LIST}/bvc-flen"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def browser(county, who: str):
    return signed_in(county, who)


def unit() -> Unit:
    with connection():
        return Unit.get(Unit.slug == SLUG)


def responsible() -> Responsibility:
    with connection():
        return Responsibility.get(Responsibility.unit == Unit.get(Unit.slug == SLUG), Responsibility.role == "bba")


def person() -> Person:
    with connection():
        return Person.get_by_id(responsible().person_id)


def person_page() -> str:
    return f"{ENTRY}/person/{responsible().id}"


def state() -> list:
    """All that these pages can change."""
    tables = ("unit", "person", "entry_change", "contact_change", "flag", "responsibility", "letter", "receipt")
    with connection():
        return [rows(f'SELECT * FROM "{table}" ORDER BY 1') for table in tables]


def waiting(who: str = "enhetschef") -> int:
    """Let somebody propose a new phone of the school; give the change's number."""
    with connection():
        actor = actors.of_account(account(who))
        return contact_changes.propose(actor, Unit.get(Unit.slug == SLUG), {"phone": "08-465 004 77"}).id


# The list


def test_the_list_shows_each_their_own(county):
    assert go(browser(county, "bba"), LIST).words.count("Grundskola, Eskilstuna") == 1
    page = go(browser(county, "huvudman"), LIST)
    assert ENTRY in page.links and NEIGHBOUR not in page.links
    assert NEIGHBOUR in go(browser(county, "processledare"), f"{LIST}?q=flen&typ=bvc").links


def test_the_list_narrows_by_words_kind_municipality_and_what_is_wrong(county):
    client = browser(county, "processledare")
    page = go(client, f"{LIST}?kommun=trosa&typ=bvc")
    assert [link for link in page.links if link.startswith(f"{LIST}/") and "fel" not in link] == [f"{LIST}/bvc-trosa"]
    assert "Ingen verksamhet passar" in go(client, f"{LIST}?q=xyzzy").words
    tab = go(client, LIST).link("Saknar ansvarig")
    assert "Saknar ansvarig" in go(client, tab).words
    for odd in ("sida=999999", "sida=-1", "sida=x", "visa=x", "typ=x&kommun=x&q=%25"):
        go(client, f"{LIST}?{odd}")


def test_with_htmx_the_list_alone_is_fetched(county):
    response = go(browser(county, "processledare"), f"{LIST}?q=skolan&sida=2", fragment=True)
    assert "<table" in response.text and "q=skolan" in response.text


@pytest.mark.parametrize("who", ["personal", "delegerad", "kommunikator", "styrgrupp", "loggranskare", "drift"])
def test_to_others_there_is_no_list_and_no_entry(county, who):
    client = browser(county, who)
    for path in (LIST, ENTRY, FACTS):
        go(client, path, status=404)


def test_a_visitor_is_led_to_sign_in(county):
    response = county.test_client().get(ENTRY)
    assert response.status_code == 303 and "/logga-in" in response.headers["Location"]


# The entry


@pytest.mark.parametrize("who", ["bba", "enhetschef", "huvudman"])
def test_the_owners_see_the_entry_with_its_ways_on(county, who):
    page = go(browser(county, who), ENTRY)
    assert page.heading == "Näckrosskolan" and FACTS in page.links and person_page() in page.links
    assert person().name in page.words


def test_the_county_sees_and_may_flag_but_finds_no_way_to_change(county):
    page = go(browser(county, "processledare"), ENTRY)
    assert f"{ENTRY}/flagga" in page.links
    assert FACTS not in page.links and person_page() not in page.links
    assert [form["action"] for form in page.soup.select("main form")] == []


@pytest.mark.parametrize("who", ["granne", "region", "friskola", "ersattare"])
def test_strangers_are_told_nothing_byte_for_byte(county, who):
    client = browser(county, who)
    number = waiting()
    unknown = go(client, f"{LIST}/finns-inte", status=404).text
    for path in (ENTRY, f"{ENTRY}/historik", f"{ENTRY}/andringar/{number}"):
        told = go(client, path, status=404).text
        assert _plain(told, path) == _plain(unknown, f"{LIST}/finns-inte"), path
    for path in (FACTS, person_page(), f"{person_page()}/skydda"):
        go(client, path, status=404)


def _plain(text: str, path: str) -> str:
    """A page without what differs on every page: its address, its request's number and its form keys."""
    return re.sub(r'value="[^"]*"|[0-9a-f]{12}', "", text.replace(path, ""))


def test_looking_at_every_page_changes_nothing(county):
    client, number = browser(county, "huvudman"), waiting()
    with connection():
        change = EntryChange.create(unit=unit(), by="x", what="facts", before='{"street": "A"}', after="{}", at=NOON)
    before = state()
    for path in (LIST, ENTRY, FACTS, person_page(), f"{person_page()}/skydda", f"{ENTRY}/andringar/{number}",
                 f"{ENTRY}/historik", f"{ENTRY}/historik/{change.id}"):  # fmt: skip
        go(client, path)
    assert state() == before


@pytest.mark.parametrize(
    "path", ["andringar/99999", "historik/99999", "flagga/99999", "person/99999", "person/99999999999999999999"]
)
def test_what_is_not_there_is_not_found(county, path):
    go(browser(county, "huvudman"), f"{ENTRY}/{path}", status=404)


# Changing


def test_facts_change_at_once_and_a_new_phone_waits(county):
    client = browser(county, "enhetschef")
    values = {"street": "Exempelvägen 33", "phone": "08-465 004 77"}
    page = submit(client, FACTS, values)
    assert "Det mesta syns nu" in page.words and "Nya kontaktuppgifter" in page.words
    assert (unit().street, unit().phone) == ("Exempelvägen 33", "08-465 004 15")
    assert "Exempelvägen 33" in go(county.test_client(), f"/enhet/{SLUG}").words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "ring mig"),
        ("email", "inte en adress"),
        ("website", "javascript:alert(1)"),
        ("postal_code", "12"),
        ("display_name", "å" * 201),
        ("street", "Barnet 121212-1212"),
    ],
)
def test_a_mistake_keeps_what_was_written_and_changes_nothing(county, field, value):
    client, before = browser(county, "enhetschef"), unit().__data__
    page = submit(client, FACTS, {"place": "Exempelstad", field: value}, status=422)
    assert page.title.startswith("Fel:")
    again = page.fields()
    assert (again["place"], again[field]) == ("Exempelstad", value)
    assert page.soup.select_one(f"[name={field}]")["aria-invalid"] == "true"
    assert unit().__data__ == before


def test_two_who_write_at_once_do_not_undo_each_other_unseen(county):
    mine, others = browser(county, "enhetschef"), browser(county, "huvudman")
    shown = go(mine, FACTS)
    submit(others, FACTS, {"street": "Exempelvägen 44"})
    page = send(mine, shown, FACTS, {"place": "Annanstans"}, status=422)
    assert "Någon annan ändrade medan du skrev" in page.words and "Exempelvägen 44" in page.words
    assert unit().place == "Eskilstuna"
    send(mine, page, FACTS, {"street": "Exempelvägen 44"})
    assert (unit().street, unit().place) == ("Exempelvägen 44", "Annanstans")


def test_a_form_that_is_sent_twice_makes_one_change(county):
    client = browser(county, "enhetschef")
    shown = go(client, FACTS)
    for _ in range(2):
        send(client, shown, FACTS, {"phone": "08-465 004 77"})
    with connection():
        assert ContactChange.select().count() == 1


@pytest.mark.parametrize("who", ["processledare", "personal", "granne"])
def test_no_route_lets_who_does_not_own_it_change_an_entry(county, who):
    """R2: the county may flag; whatever else is sent by hand is refused, and nothing is changed."""
    client, number = browser(county, who), waiting()
    token = go(client, "/konto").soup.select_one("[name=csrf_token]")["value"]
    with connection():
        change = EntryChange.create(unit=unit(), by="x", what="facts", before='{"street": "A"}', after="{}", at=NOON)
    before, posts = state(), _changing_addresses(county, number, change.id)
    assert len(posts) == 7
    for path in posts:
        data = {"csrf_token": token, "once": "k" * 24, "street": "X", "phone": "1", "function_name": "X", "answer": "X"}
        response = client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})
        assert response.status_code in (403, 404), path
    assert state() == before


def _changing_addresses(county, number: int, change: int) -> list[str]:
    """Every address of these pages to which something can be sent, but for raising a flag."""
    values = {"slug": SLUG, "responsibility": responsible().id}
    found = []
    with county.test_request_context():
        for rule in county.url_map.iter_rules():
            if (
                rule.endpoint.startswith("keeping.")
                and "POST" in rule.methods
                and rule.endpoint != "keeping.raise_flag"
            ):
                numbers = {"number": change if "historik" in rule.rule else number}
                wanted = {name: (values | numbers)[name] for name in rule.arguments}
                found.append(county.url_for(rule.endpoint, **wanted, _external=False))
    return found


# A person


def test_hours_are_changed_at_once_and_the_persons_phone_waits(county):
    page = submit(browser(county, "bba"), person_page(), {"phone_hours": "Onsdag 9–10", "phone": "070-174 06 97"})
    assert "Onsdag 9–10" in page.words and "070-174 06 97" not in page.words
    assert person().phone != "070-174 06 97"


def test_a_person_must_be_reachable_in_some_way(county):
    page = submit(browser(county, "bba"), person_page(), {"phone": "", "email": ""}, status=422)
    assert "minst ett sätt" in page.words
    assert person().phone


def test_protecting_somebody_takes_the_name_away_everywhere(county):
    name = person().name
    client = browser(county, "enhetschef")
    number = go(client, f"{person_page()}/skydda").soup.select_one("[name=switchboard]")["value"]
    page = submit(client, f"{person_page()}/skydda", {"switchboard": number})
    assert "Skyddade personuppgifter" in page.words and name not in page.text
    assert name not in go(county.test_client(), f"/enhet/{SLUG}").text
    assert go(client, person_page()).soup.select_one("[name=phone]") is None
    assert go(client, f"{person_page()}/skydda").address


@pytest.mark.parametrize("number", ["070-174 06 66", None])
def test_a_number_that_nobody_knows_is_not_taken(county, number):
    page = submit(browser(county, "enhetschef"), f"{person_page()}/skydda", {"switchboard": number}, status=422)
    assert page.soup.select_one(".ds-error-summary") and person().name


# What waits


def test_the_second_person_approves_and_the_first_cannot(county):
    number = waiting("enhetschef")
    path = f"{ENTRY}/andringar/{number}"
    first = go(browser(county, "enhetschef"), path)
    assert "någon annan måste godkänna" in first.words.replace(
        "måste någon annan godkänna", "någon annan måste godkänna"
    )
    assert [form["action"] for form in first.soup.select("main form")] == [f"{path}/stoppa"]
    send(browser(county, "enhetschef"), first, path, action="/stoppa", follow=False, status=400)  # another's token
    second = browser(county, "huvudman")
    assert "Ändringen gäller" in submit(second, path, action="/godkann").words
    assert unit().phone == "08-465 004 77"


def test_who_began_it_is_refused_when_the_button_is_forged(county):
    number, client = waiting("enhetschef"), browser(county, "enhetschef")
    token = go(client, ENTRY).soup.select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, "once": "k" * 24}
    go(client, f"{ENTRY}/andringar/{number}/godkann", data=data, status=403)
    assert unit().phone == "08-465 004 15"


def test_the_second_to_answer_is_told_that_it_is_done(county):
    number = waiting("enhetschef")
    path = f"{ENTRY}/andringar/{number}"
    slow, quick = browser(county, "bba"), browser(county, "huvudman")
    shown = go(slow, path)
    submit(quick, path, action="/godkann")
    assert "Redan gjort: ändringen gäller." in send(slow, shown, path, action="/godkann").words
    with connection():
        assert EntryChange.select().where(EntryChange.what == "contact:approved").count() == 1


def test_a_stopped_change_says_so(county, at):
    number = waiting("enhetschef")
    page = submit(browser(county, "bba"), f"{ENTRY}/andringar/{number}", action="/stoppa")
    assert "Ändringen är stoppad" in page.words
    at(datetime.now(UTC) + timedelta(days=2))
    with connection():
        assert contact_changes.apply_due() == 0
    assert unit().phone == "08-465 004 15"


# History


def test_the_history_shows_who_and_what_and_puts_it_back(county):
    client = browser(county, "enhetschef")
    submit(client, FACTS, {"street": "Exempelvägen 33"})
    page = go(client, f"{ENTRY}/historik")
    assert "Eva Testborg, enhetschef" in page.words and "Exempelvägen 33" in page.words
    page = submit(client, page.link("Ändrade uppgifter"), action="/aterstall")
    assert "syns nu" in page.words and unit().street == "Exempelvägen 10"
    assert "Återställde uppgifter" in go(client, f"{ENTRY}/historik").words


# Flags


def test_the_county_flags_the_owner_answers_and_both_see_it(county):
    leader = browser(county, "processledare")
    page = submit(leader, f"{ENTRY}/flagga", {"message": "Fel <b>webbplats</b>"})
    assert "Fel <b>webbplats</b>" in page.words and not page.soup.select("main form")
    with connection():
        path = f"{ENTRY}/flagga/{Flag.get(Flag.message.startswith('Fel <b>')).id}"
    owner = browser(county, "enhetschef")
    assert path in go(owner, ENTRY).links
    submit(owner, path, {"answer": " "}, status=422)
    assert "Rättat nu" in submit(owner, path, {"answer": "Rättat nu"}).words
    assert "Rättat nu" in go(leader, path).words and path not in go(owner, ENTRY).links


def test_an_empty_flag_and_a_personal_number_are_refused_in_words(county):
    leader = browser(county, "processledare")
    for message in ("", "Det gäller 121212-1212", "å" * 501):
        page = submit(leader, f"{ENTRY}/flagga", {"message": message}, status=422)
        assert page.fields()["message"] == message
    go(browser(county, "enhetschef"), f"{ENTRY}/flagga", status=404)


def test_every_change_is_in_the_audit_without_contents(county):
    submit(browser(county, "enhetschef"), FACTS, {"street": "KANARIEVÄGEN 1", "phone": "08-465 004 77"})
    with connection():
        said = [(row.action, row.unit) for row in AuditRow.select().where(AuditRow.unit == unit().id)]
        everything = repr([row.__data__ for row in AuditRow.select()])
    assert {action for action, _unit in said} >= {"entry:change", "contact:propose"}
    assert "KANARIE" not in everything and "004 77" not in everything
