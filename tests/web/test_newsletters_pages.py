"""Newsletters on the web, without scripts: written, tried, counted, sent, read, asked for, changed and ended."""

from __future__ import annotations

import io
import json
import re
import threading

import pytest

from tbb.database import connection
from tbb.models import Letter, Newsletter, NewsletterSection, OneTimeToken, Subscriber, Suppression
from tbb.services import letters, readers, subscribing
from tests.conftest import go
from tests.make_newsletters import enqueue_all, some_readers
from tests.people import signed_in, submit
from tests.services.test_media_files import pdf
from tests.web.test_news_pages import send

SHELF = "/arbetsyta/nyhetsbrev"
SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def writer(county):
    """The county's communicator at work."""
    return signed_in(county, "kommunikator")


@pytest.fixture
def begun(writer):
    """The address of a newsletter that has been begun."""
    return send(writer, SHELF, title="Hösten i länet", term="ht2026", where="lanet").location


def numbers(writer, begun: str) -> list[int]:
    """The parts of a newsletter, in the order of the page."""
    links = go(writer, begun).soup.select("ol.plain h3 a")
    return [int(link["href"].rpartition("/")[2]) for link in links]


def fill(writer, begun: str, body: str = "Hej **på** dig.", **more):
    """Write something in the first part."""
    return submit(writer, f"{begun}/delar/{numbers(writer, begun)[0]}", {"body": body} | more)


def facts() -> dict:
    """What the newest letter is to say."""
    with connection():
        return letters.facts_of(Letter.select().order_by(Letter.id.desc()).get())


def asked(client, email: str, **more):
    """Ask for newsletters, as a visitor does, and let the worker answer."""
    page = submit(client, "/nyhetsbrev", {"email": email, "topics": "news"} | more, action="/nyhetsbrev")
    with connection():
        while subscribing.answer_next():
            pass
    return page


def test_a_newsletter_has_the_countys_parts_in_an_order_of_ones_own(writer, begun):
    page = go(writer, begun)
    titles = [each.text for each in page.soup.select("ol.plain h3")]
    assert titles == [
        "Aktuellt", "Vad händer framåt", "Fristående verksamheter", "Inspireras av andra", "SIP", "Metodstöd",
        "Webbinarium", "Kontakt",
    ]  # fmt: skip
    before = numbers(writer, begun)
    send(writer, f"{begun}/delar/{before[2]}/flytta", way="upp")
    send(writer, f"{begun}/delar/{before[0]}/flytta", way="upp")
    send(writer, f"{begun}/delar/{before[-1]}/flytta", way="ner")
    send(writer, f"{begun}/delar/{before[4]}/ta-bort")
    send(writer, f"{begun}/delar", kind="own")
    after = numbers(writer, begun)
    assert after[:3] == [before[0], before[2], before[1]] and before[4] not in after and len(after) == 8
    fill(writer, begun)
    assert "Hej på dig." in go(writer, f"{begun}/visa").words
    send(writer, f"{begun}/ta-bort")
    go(writer, begun, status=404)


def test_a_part_shows_what_is_published(lively):
    writer = signed_in(lively, "kommunikator")
    begun = send(writer, SHELF, title="Allt nytt", term="HT2026", where="lanet").location
    number = numbers(writer, begun)[0]
    page = go(writer, f"{begun}/delar/{number}")
    chosen = {name: page.soup.select(f"[name={name}] option")[1] for name in ("article", "happening", "material")}
    submit(writer, f"{begun}/delar/{number}", {name: option["value"] for name, option in chosen.items()})
    shown = go(writer, f"{begun}/visa")
    for option in chosen.values():
        link = next(link for link in shown.soup.select("article a") if link.text == option.text)
        go(writer, link["href"])


def test_what_shuts_readers_out_or_reads_badly_is_hinted_at(writer, begun):
    clean = "Vi läser texten tillsammans. [Läs om hjulet](/hjulet) när du vill."
    fill(writer, begun, clean)
    part = f"{begun}/delar/{numbers(writer, begun)[0]}"
    assert "Inget att anmärka på." in go(writer, part).words and "LIX" in go(writer, part).words
    assert "Måste rättas" not in go(writer, begun).words
    fill(writer, begun, f"{clean}\n\n#### För djupt\n\n[här](/hitta) och ![](https://a.example/x.png)")
    hints = [each.text for each in go(writer, part).soup.select(".hints li")]
    assert len(hints) >= 3 and any("Måste rättas" in hint for hint in hints)
    assert "Måste rättas" in go(writer, begun).words


def test_two_who_write_do_not_write_over_each_other(writer, begun):
    number = numbers(writer, begun)[0]
    first = go(writer, f"{begun}/delar/{number}").soup.select_one("[name=seen]")["value"]
    fill(writer, begun)
    late = {
        "seen": first,
        "title": "Aktuellt",
        "body": "Annat.",
        "municipality": "",
        "article": "",
        "happening": "",
        "material": "",
    }
    page = send(writer, f"{begun}/delar/{number}", 409, **late)
    assert "under tiden" in page.words and "Annat." in page.soup.select_one("textarea").text
    with connection():
        assert NewsletterSection.get_by_id(number).body == "Hej **på** dig."
    assert "så här" in send(writer, begun, 422, seen="1", title="x", term="hösten", lead="", language="sv").words


def test_it_is_tried_counted_sent_and_called_back(county, writer, begun):
    with connection():
        some_readers(3)
    assert "inget att läsa" in submit(writer, begun, action="/prova").words
    fill(writer, begun)
    assert "provbrev är på väg" in submit(writer, begun, action="/prova").words
    assert "går inte till någon" in go(writer, f"{begun}/skicka").words
    page = go(writer, f"{begun}/skicka?topics=news&places=lanet")
    assert "Ungefär 3 brev" in page.words
    assert "Ungefär 0 brev" in go(writer, f"{begun}/skicka?topics=sip&places=lanet").words
    send(writer, f"{begun}/skicka", 422)
    send(writer, f"{begun}/skicka", 422, topics="news", places="lanet", at="2020-01-01T08:00")
    submit(writer, f"{begun}/skicka?topics=news&places=lanet", action="/skicka")
    assert "ångra dig" in go(writer, f"{begun}/laget").words
    submit(writer, f"{begun}/laget", action="/angra")
    submit(writer, f"{begun}/skicka?topics=news&places=lanet", action="/skicka")
    with connection():
        Newsletter.update(send_at=Newsletter.created_at).execute()
        enqueue_all()
    live = go(writer, f"{begun}/laget")
    assert "0 av 3 brev" in live.words and live.soup.select_one("#laget")["hx-trigger"] == "every 3s"
    submit(writer, f"{begun}/laget", action="/pausa")
    submit(writer, f"{begun}/laget", action="/fortsatt")
    with connection():
        Letter.update(state="unsure").where(Letter.template == "newsletter").execute()
        enqueue_all()
    page = go(writer, f"{begun}/laget")
    again = [form["action"] for form in page.soup.select("form") if "/igen/" in form.get("action", "")]
    assert len(again) == 3 and "n…@lasare.example" in page.words
    send(writer, again[0])
    assert "kan inte ändras" in send_part(writer, begun).words
    reader = county.test_client()
    page = go(reader, "/nyhetsbrev/ht2026-hosten-i-lanet")
    assert "Hej på dig." in page.words and "Hösten 2026" in go(reader, "/nyhetsbrev").words


def send_part(writer, begun: str):
    """Try to change a newsletter that is on its way; give the page that it leads to."""
    with connection():
        number = NewsletterSection.select().order_by(NewsletterSection.id).first().id
    answer = send(
        writer,
        f"{begun}/delar/{number}",
        seen="",
        title="x",
        body="y",
        municipality="",
        article="",
        happening="",
        material="",
    )
    return go(writer, answer.location)


def test_an_old_one_lies_in_the_archive_as_words_and_as_a_pdf_that_acts_nowhere(county, writer):
    told = {"title": "Gamla brevet", "term": "VT2024", "lead": "", "where": "lanet"}
    for body, data, says in (("", pdf(), "räcker inte"), ("Ord.", b"%PNG", "ingen PDF"), ("Ord.", b"%PDF-nej", "läsa")):
        page = send(writer, f"{SHELF}/gammalt", 422, **told, body=body, file=(io.BytesIO(data), "a.pdf"))
        assert says in page.words
    send(writer, f"{SHELF}/gammalt", **told, body="Allt i ord.", file=(io.BytesIO(pdf()), "../../x.html"))
    reader = county.test_client()
    assert "Allt i ord." in go(reader, "/nyhetsbrev/vt2024-gamla-brevet").words
    with reader.get("/nyhetsbrev/vt2024-gamla-brevet/pdf") as answer:
        headers = answer.headers
        assert answer.status_code == 200 and headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment") and "/" not in headers["Content-Disposition"]
    assert "sandbox" in headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff"
    assert "Våren 2024" in go(reader, "/nyhetsbrev").words


def test_nobody_is_a_reader_before_they_have_said_so_twice(county):
    client = county.test_client()
    asked(client, "Anna@Lasare.example", places="flen")
    path = facts()["path"]
    with connection():
        assert not Subscriber.select().count()
        assert b"anna" not in bytes(OneTimeToken.get(OneTimeToken.purpose == subscribing.PURPOSE).payload)
    for _look in range(2):
        page = go(client, path)
        client.head(path).close()
        assert "anna@lasare.example" in page.words and "Flen" in page.words
    with connection():
        assert not Subscriber.select().count()
    own = submit(client, path, action=path)
    assert "Du får nyhetsbrevet" in own.words and "Set-Cookie" not in own.response.headers
    with connection():
        reader = Subscriber.get()
        assert readers.email_of(reader) == "anna@lasare.example" and b"anna" not in bytes(reader.email)
        assert (reader.topics, reader.places, reader.basis) == ("news", "flen", "form 2026-11")
    go(client, path, status=404)
    mine = f"/nyhetsbrev/mina/{readers.token_of(reader.key)}"
    submit(client, mine, {"topics": "sip"}, action=mine)
    send_own = submit(client, mine, {"topics": None}, action=mine, status=422)
    assert "minst ett ämne" in send_own.words
    told = json.loads(client.get(f"{mine}/uppgifter.json").data)
    assert (told["email"], told["topics"], told["consent"]) == ("anna@lasare.example", ["sip"], "form 2026-11")


def test_it_can_be_refused_from_the_same_letter_and_then_nothing_is_kept(county):
    client = county.test_client()
    asked(client, "anna@lasare.example")
    told = facts()
    submit(client, f"{told['path']}/nej", action="/nej")
    go(client, told["path"], status=404)
    with connection():
        assert not Subscriber.select().count() and not Suppression.select().count()


def test_known_and_unknown_addresses_get_the_same_answer_and_one_letter_a_day(county):
    client = county.test_client()
    with connection():
        some_readers(1)
    pages = [asked(client, email).text for email in ("n0@lasare.example", "ny@lasare.example", "ny+x@lasare.example")]
    strip = [re.sub(r'value="[^"]*"|nonce-[^"]*', "", page) for page in pages]
    assert strip[0] == strip[1] == strip[2]
    asked(client, "ny@lasare.example")
    with connection():
        kinds = sorted(letter.template for letter in Letter.select())
    assert kinds == ["newsletter_confirm", "newsletter_known"]
    page = submit(client, "/nyhetsbrev", {"email": "fel", "topics": None}, action="/nyhetsbrev", status=422)
    assert "minst ett ämne" in page.words and page.soup.select_one("#email")["value"] == "fel"


def test_one_press_in_the_mail_program_ends_it_and_looking_does_not(county):
    with connection():
        first, second = some_readers(2)
        links = [f"/nyhetsbrev/avsluta/{readers.token_of(each.key)}" for each in (first, second)]
    client = county.test_client()
    go(client, links[0])
    client.head(links[0]).close()
    with connection():
        assert Subscriber.select().count() == 2
    for _again in range(2):
        answer = client.post(links[0], data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert client.post(links[1], data={"List-Unsubscribe": "No"}).status_code == 400
    assert client.post(f"{links[1][:-1]}x", data={"List-Unsubscribe": "One-Click"}).status_code == 404
    with connection():
        assert [each.id for each in Subscriber.select()] == [second.id] and Suppression.get().why == "asked"
    submit(client, links[1], action=links[1])
    with connection():
        assert not Subscriber.select().count()
    assert "avslutat" in go(client, links[1]).words


def test_of_many_who_confirm_at_once_one_does(county, database_url):
    client = county.test_client()
    asked(client, "anna@lasare.example")
    path = facts()["path"]
    stamp = go(client, path).soup.select_one("[name=stamp]")["value"]
    answers = []

    def press() -> None:
        answers.append(county.test_client().post(path, data={"stamp": stamp, "homepage": ""}, headers=SITE).status_code)

    crowd = [threading.Thread(target=press) for _ in range(50)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert sorted(set(answers) - {503}) in ([303], [303, 404]) and answers.count(303) == 1
    with connection():
        assert Subscriber.select().count() == 1


TRAPS = (
    "\ufeffE-post;Namn;Samtycke\r\n"
    "ny1@lasare.example;Anna;blankett 2020\r\n"
    '"ny2@lasare.example;oavslutat;\r\n'
    ";Utan adress;ja\r\n"
    " NY3@Lasare.EXAMPLE ;Blanksteg;ja\r\n"
    "ny3@lasare.example;Dubblett;ja\r\n"
    "n0@lasare.example;Får redan;ja\r\n"
    "borta@lasare.example;Har avslutat;ja\r\n"
    "ingen adress;Fel;ja\r\n"
    "a@b.example, c@d.example;Två;ja\r\n"
    "ny4@lasare.example;Utan grund;\r\n"
)


def test_an_old_list_is_looked_through_before_anything_is_taken_from_it(county, writer):
    with connection():
        some_readers(1)
        readers.suppress(readers.digest_of("borta@lasare.example"), "asked")
    told = {"basis": "", "topics": "news"}
    page = send(writer, "/arbetsyta/lasare", 200, **told, file=(io.BytesIO(TRAPS.encode()), "lista.csv"))
    assert "2 nya läsare" in page.words and "10 rader" in page.words
    for words in (
        "Citattecknen",
        "saknas",
        "redan i listan",
        "Får redan",
        "Har avslutat",
        "går inte att skicka",
        "sagt ja",
    ):
        assert words in page.words, words
    with connection():
        assert Subscriber.select().count() == 1
    take = page.soup.select_one("main form")["action"]
    send(writer, take)
    assert "för gammal" in go(writer, send(writer, take).location).words
    with connection():
        kept = {readers.email_of(each): each.basis for each in Subscriber.select()}
    assert kept == {
        "n0@lasare.example": "form 2026-11",
        "ny1@lasare.example": "list blankett 2020",
        "ny3@lasare.example": "list ja",
    }  # fmt: skip
    for data, says in ((b"", "tom"), (b"namn\nx\n", "kolumn"), (b"e-post\n\x00\n", "textfil")):
        page = send(writer, "/arbetsyta/lasare", 422, **told, file=(io.BytesIO(data), "a.csv"))
        assert says in page.words
    latin = "e-post\nny5@lasare.example\n# blåbär".encode("cp1252")
    page = send(writer, "/arbetsyta/lasare", 200, basis="ja", topics="news", file=(io.BytesIO(latin), "a.csv"))
    assert "En ny läsare" in page.words


def test_only_communicators_come_here_and_only_to_their_own(county, begun):
    for persona, status in (("bba", 404), ("huvudman", 404)):
        go(signed_in(county, persona), SHELF, status=status)
        go(signed_in(county, persona), "/arbetsyta/lasare", status=status)


def test_hostile_words_are_words_on_the_page(county, writer, begun):
    body = (
        '<script>alert(1)</script> <div hx-get="/x" hx-trigger="load" style="x" id="y">z</div> [a](javascript:alert(1))'
    )
    fill(writer, begun, body=body, title="<b hx-get=/x>Rubrik</b>")
    page = go(writer, f"{begun}/visa")
    part = page.soup.select_one("article")
    assert not part.select("script, [hx-get], [style], b, a, div[id]") and "<b hx-get=/x>" in part.text
