"""The guide's pages: questions one at a time, answers only in the address, and never a dead end."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Municipality, Person, Responsibility, Unit
from tests import make

SMALL = "skede=fore-forskoleklass&forskola=forskola"
AT_SCHOOL = "Prata med barnets skola"
PRIVACY = "Vi sparar inga svar. Du behöver inte skriva vad barnet heter."


def query_of(address: str) -> dict[str, str]:
    """What an address says after its question mark."""
    return dict(parse_qsl(urlsplit(address).query))


def choose(visit, page, **answer: str):
    """Choose a radio card and press Fortsätt, as a browser without scripts does."""
    return visit("/guide", query_string=page.fields() | answer)


def radios(page) -> list[str]:
    """What may be chosen on a page."""
    return [radio["value"] for radio in page.soup.select("main input[type=radio]")]


def test_the_first_question_asks_for_the_stage_and_nothing_about_who_the_child_is(visit):
    page = visit("/guide")
    assert page.heading == "Var är barnet i livet?"
    assert "Fråga 1 av 3" in page.words and PRIVACY in page.words
    assert radios(page)[0] == "fore-forskoleklass" and radios(page)[-1] == "vet-inte"
    assert not page.soup.select("main input[type=text], main input[type=date], main input[checked]")


def test_three_questions_lead_to_the_preschools_of_a_municipality(visit):
    second = choose(visit, visit("/guide"), skede="fore-forskoleklass")
    assert second.heading == "Går barnet i förskola?"
    third = choose(visit, second, forskola="forskola")
    assert third.heading == "I vilken kommun ligger förskolan?" and "Fråga 3 av 3" in third.words
    assert len(radios(third)) == 10
    answer = choose(visit, third, kommun="flen")
    assert answer.heading == "Prata med barnets förskola"
    assert query_of(answer.response.request.url) == {
        "skede": "fore-forskoleklass",
        "forskola": "forskola",
        "kommun": "flen",
    }
    assert "Barnet går i förskola. Då är det någon på förskolan som är Barnets bästa-ansvarig." in answer.words
    assert "Barnhälsovården och förskolan" in answer.words
    assert "Du kan också prata med barnavårdscentralen, BVC" in answer.words
    assert "Du behöver inte vara säker" in answer.words


def test_a_unit_of_the_list_shows_its_person_and_why_it_is_that_person(visit):
    page = visit(f"/guide/svar?{SMALL}&kommun=flen")
    first = page.soup.select_one("main .unit")
    name = first.select_one(".unit__bba strong").text
    chosen = visit(first.select_one("a")["href"])
    assert chosen.heading == f"Prata med {name}"
    assert f"Därför är det {name}" in chosen.words and f"har själv valt {name}" in chosen.words
    assert chosen.soup.select_one("main a[href^='tel:+46']")
    assert visit(chosen.link("Läs mer om")).heading == first.select_one("a").text


def test_back_and_change_keep_the_answers(visit):
    third = visit(f"/guide?{SMALL}")
    back = visit(third.link("Tillbaka"))
    assert back.heading == "Går barnet i förskola?"
    assert back.soup.select_one("input[checked]")["value"] == "forskola"
    changed = visit(visit(f"/guide/svar?{SMALL}&kommun=flen").link("Ändra svaret 0–6 år"))
    assert changed.heading == "Var är barnet i livet?"
    assert choose(visit, changed, skede="grundskola").heading == AT_SCHOOL


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/guide?fraga=skede", "Var är barnet i livet?"),
        (f"/guide?{SMALL}&fraga=kommun", "I vilken kommun ligger förskolan?"),
    ],
)
def test_a_question_sent_without_an_answer_says_so_by_the_field_and_in_the_title(visit, address, heading):
    page = visit(address)
    assert page.title.startswith(f"Fel: {heading}") and page.heading == heading
    error = page.soup.select_one(".ds-error-summary a")
    assert page.soup.select_one(error["href"])["type"] == "radio"
    described = page.soup.select_one("fieldset")["aria-describedby"].split()
    assert error.text in [page.soup.find(id=told).text for told in described]
    if "forskola" in address:
        assert page.fields()["forskola"] == "forskola"


def test_a_first_visit_is_no_error(visit):
    assert not visit("/guide").soup.select(".ds-error-summary, .ds-validation-message")


WAYS = {
    "skede=fore-forskoleklass&forskola=pedagogisk-omsorg": "Prata med den pedagogiska omsorgen",
    "skede=grundskola": AT_SCHOOL,
    "skede=vet-inte&alder=5-7&forskola=forskoleklass": AT_SCHOOL,
    "skede=vet-inte&alder=15-17&gymnasium=grundskola": AT_SCHOOL,
    "skede=gymnasiet&gymnasium=sormland": "Prata med gymnasieskolan",
    "skede=18-20&gymnasium=sormland": "Prata med gymnasieskolan",
}


@pytest.mark.parametrize(("query", "heading"), WAYS.items())
def test_every_way_ends_with_somebody_to_talk_to(visit, query, heading):
    page = visit(f"/guide/svar?{query}&kommun=nykoping")
    assert page.heading == heading
    assert page.soup.select_one("main .unit, main .empty a[href^='tel:']")


@pytest.mark.parametrize(
    ("query", "within"),
    [
        ("skede=fore-forskoleklass&forskola=nej", "Barnhälsovården och förskolan"),
        ("skede=gymnasiet&gymnasium=utanfor", "Uppföljningsansvarig inom skola, hemkommun"),
        ("skede=inte-borjat", "Kommunalt aktivitetsansvar, KAA"),
        ("skede=hoppat-av", "Kommunalt aktivitetsansvar, KAA"),
    ],
)
def test_the_only_unit_shows_its_person_at_once(visit, query, within):
    page = visit(f"/guide/svar?{query}&kommun=flen")
    assert page.heading.startswith("Prata med ") and within in page.words
    assert page.soup.select_one("article.person a[href^='tel:']")


def test_a_pupil_of_18_sees_the_school_and_kaa_and_what_the_model_means_by_a_child(visit):
    page = visit("/guide/svar?skede=18-20&gymnasium=sormland&kommun=nykoping")
    assert "I modellen är barn alla under 18 år." in page.words
    assert "Du kan också prata med KAA" in page.words and "KAA hör till hemkommunen." in page.words


def test_who_has_finished_the_gymnasium_has_no_bba_but_somebody_to_talk_to(visit):
    page = visit("/guide/svar?skede=18-20&gymnasium=klar&kommun=flen")
    assert page.heading == "Det finns andra att prata med"
    assert "Inte känd än" not in page.words and page.soup.select_one("main .unit a[href^='tel:']")


def test_outside_sormland_the_guide_says_what_to_do_there(visit):
    page = visit("/guide/svar?skede=grundskola&kommun=annan")
    assert "Barnets bästa-ansvariga finns bara i Sörmland." in page.words
    assert "Ring skolan. Fråga efter rektorn, kuratorn eller skolsköterskan." in page.words


def test_a_municipality_without_such_units_gives_its_switchboard_and_its_page(visit):
    with connection():
        Unit.update(status="closed").where(Unit.kind == "upper_secondary").execute()
        Unit.update(status="closed").where(Unit.kind == "upper_secondary_adapted").execute()
        number = Municipality.get(Municipality.slug == "flen").switchboard
    page = visit("/guide/svar?skede=gymnasiet&gymnasium=sormland&kommun=flen")
    assert "Vi har inga gymnasieskolor i Flen i vår lista än" in page.words
    assert number in page.words and page.link("Kontakter i Flen").endswith("/kommun/flen")


def town_with_many(number: int = 12) -> list[Unit]:
    """Make a municipality with many preschools."""
    where = make.municipality("Provstad", switchboard="08-465 004 90")
    return [make.unit(f"Förskolan Prov {count}", "preschool", where, phone="08-465 004 91") for count in range(number)]


def test_a_long_list_is_shown_in_part_and_narrowed_by_name(visit):
    with connection():
        town_with_many()
        make.unit("Näckrosens förskola", "preschool", Municipality.get(Municipality.slug == "provstad"))
    page = visit(f"/guide/svar?{SMALL}&kommun=provstad")
    assert len(page.soup.select("main .unit")) == 10
    assert len(visit(page.link("Visa 3 till")).soup.select("main .unit")) == 13
    narrowed = visit("/guide/svar", query_string=page.fields() | {"namn": "nackros"})
    assert [unit.h3.text for unit in narrowed.soup.select("main .unit")] == ["Näckrosens förskola"]
    assert "1 av 13 liknar ”nackros”." in narrowed.words
    none = visit("/guide/svar", query_string=page.fields() | {"namn": "<b>atlantis"})
    assert "0 av 13 liknar ”<b>atlantis”." in none.words and none.link("Visa hela listan")


def test_a_unit_without_bba_says_so_and_whom_to_call_instead(visit):
    with connection():
        unit = town_with_many()[0]
    page = visit(f"/guide/svar?{SMALL}&kommun=provstad&enhet={unit.slug}")
    assert page.heading == "Ring Förskolan Prov 0"
    assert "08-465 004 91" in page.words and "08-465 004 90" in page.words


def test_a_person_with_protected_identity_is_a_function_and_a_switchboard(visit):
    with connection():
        units = town_with_many(2)
        hidden = make.person(
            "", protected=True, phone="", function_name="Biträdande rektor", switchboard="08-465 004 92"
        )
        make.responsible(units[0], hidden)
    page = visit(f"/guide/svar?{SMALL}&kommun=provstad&enhet={units[0].slug}")
    assert page.heading == "Prata med Biträdande rektor" and "08-465 004 92" in page.words


def test_when_the_bba_is_away_the_answer_is_the_deputy(visit):
    today = clock.today()
    with connection():
        units = town_with_many(2)
        make.responsible(units[0], make.person("Ada Testborg"), away_from=today, away_until=today)
        make.responsible(units[0], make.person("Per Provsson", phone="070-174 06 77"), role="deputy")
    page = visit(f"/guide/svar?{SMALL}&kommun=provstad&enhet={units[0].slug}")
    assert page.heading == "Prata med Per Provsson" and "Ada Testborg" in page.words


def test_an_answer_that_is_not_complete_leads_back_to_the_question(client):
    answer = client.get("/guide/svar?skede=gymnasiet&kommun=flen&okant=1")
    assert answer.status_code == 303
    assert query_of(answer.location) == {"skede": "gymnasiet", "kommun": "flen"}


@pytest.mark.parametrize(
    "query", ["skede=%00", "skede=%F0%9F%92%A9&kommun=';--", "namn=" + "å" * 3000, "enhet=../../x"]
)
def test_nonsense_is_no_fault_of_the_server(client, query):
    for address in (f"/guide?{query}", f"/guide/svar?{query}", f"/guide/svar?{SMALL}&kommun=flen&{query}"):
        assert client.get(address).status_code in (200, 303, 400)


def test_nothing_is_stored_about_those_who_ask(client):
    def stored() -> list[int]:
        with connection():
            return [model.select().count() for model in (Unit, Person, Responsibility)]

    before = stored()
    answer = client.get(f"/guide/svar?{SMALL}&kommun=flen")
    assert "Set-Cookie" not in answer.headers and stored() == before
    assert (
        client.get(f"/guide/svar?{SMALL}&kommun=flen", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )


@pytest.mark.parametrize("language", ["en", "fi", "ar", "so"])
def test_in_another_language_the_swedish_words_to_say_are_there_too(visit, language):
    page = visit(f"/{language}/guide/svar?{SMALL}&kommun=flen", language=language)
    said = [words.text for words in page.soup.select("main blockquote [lang=sv]")]
    assert len(said) == 3 and said[2].startswith("”Jag behöver tolk på ")
