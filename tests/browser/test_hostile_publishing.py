"""Nothing that communicators or readers write acts in a browser: no dialog, no refused script, no request."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import partial
from html import escape
from secrets import token_urlsafe
from urllib.parse import quote
from urllib.request import urlopen

import atoma
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Route

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Letter, Newsletter, Picture
from tbb.services import letters, writing_hints
from tbb.services.plain_text import plain
from tbb.web.headers import CONTENT_SECURITY_POLICY
from tbb.web.newsletter_letters import write
from tbb.web.sitting import COOKIES
from tests import hostile, naughty
from tests.browser.ear import Ear
from tests.conftest import go
from tests.film import film
from tests.make_newsletters import enqueue_all, some_readers
from tests.people import filled_in, signed_in
from tests.services.test_media_files import pdf
from tests.services.test_pictures import picture
from tests.serving import Served

NAME = "'><img src=x onerror=alert(1)>.{}"
CAPTIONS = (
    'WEBVTT\n\nNOTE <b>x</b>\n\n1 " onload=alert(1)\n00:00.000 --> 00:07.000 line:0\n'
    '<v "onmouseover=alert(1)>&lt;img src=x onerror=alert(1)&gt;</v> <c.hx-get>x</c>\n'
    "<lang javascript:alert(1)>y</lang> <b onclick=alert(1)>z</b> [x](javascript:alert(1))\n"
)
SHELVES = tuple(
    f"/arbetsyta{shelf}" for shelf in ("", "/nyheter", "/webbinarier", "/material", "/nyhetsbrev", "/meddelanden")
)
JOIN = "https://a.example/\"><img/src=x/onerror=alert(1)>'hx-get=/fiende"


class Writer:
    """The county's communicator, who writes what should not be written, with the forms there are."""

    def __init__(self, app, texts: list[str]):
        self.app, self.client = app, signed_in(app, "kommunikator")
        self.csrf = go(self.client, "/konto").soup.select_one("[name=csrf_token]")["value"]
        self.began = clock.now()
        self.dealt = hostile.Dealer(texts)
        self.at_work: list[str] = []

    def line(self, most: int) -> str:
        """The next texts for a field of so many signs."""
        return self.dealt.line(most)

    def send(self, path: str, **told) -> str:
        """Send a form; give where it leads."""
        keys = {"csrf_token": self.csrf, "once": token_urlsafe(24)}
        answer = self.client.post(path, data=told | keys, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, f"{path} answers {answer.status_code}: {complaints(answer.text)}"
        return answer.location

    def change(self, page: str, action: str = "", **told) -> str:
        """Fill in a page's form and send it."""
        form = BeautifulSoup(self.client.get(page).text, "html.parser").select_one(
            f"main form[action$='{action or page}'][method=post]"
        )
        return self.send(form["action"], **(filled_in(form) | told))

    def put_up_pictures(self, number: int) -> list[str]:
        """Put up pictures with odd words and names; give their keys."""
        for _each in range(number):
            file = io.BytesIO(picture(size=(200, 200))), NAME.format("jpg")
            self.send("/arbetsyta/bilder", alt=self.line(300), credit=self.line(120), where="lanet", file=file)
        with connection():
            keys = [made.key for made in Picture.select().order_by(Picture.id.desc()).limit(number)]
            self.covers = [str(made.id) for made in Picture.select().order_by(Picture.id.desc()).limit(number)]
        self.at_work += ["/arbetsyta/bilder", f"/arbetsyta/bilder/{keys[0]}"]
        return keys

    def put_up_banner(self) -> None:
        """Put up an urgent message."""
        until = (clock.local(clock.now()) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
        link = '/x"><img/src=x/onerror=alert(1)>'
        self.send("/arbetsyta/meddelanden", text=self.line(300), link=link, municipality="", ends_at=until)

    def write_article(self, published: str, draft: str, key: str) -> None:
        """Write and publish an article, and go on writing it."""
        page = self.send("/arbetsyta/nyheter", title=self.line(110), where="lanet")
        body = f"{published}\n\n![](bild:{key})"
        self.change(page, lead=self.line(400), body=body, cover=self.covers[0], category="sip")
        self.send(f"{page}/publicera", at="", until="")
        self.change(page, title=self.line(110), body=draft)
        self.at_work.append(f"{page}/visa")
        if len(self.at_work) < 8:
            self.at_work += [page, f"{page}/versioner/2"]

    def write_happening(self, published: str, anything: str, *, has_been: bool) -> str:
        """Write and publish a webinar that has been, with its film, or a workshop to come."""
        day = clock.local(clock.now()) + timedelta(days=-2 if has_been else 9)
        told = {
            "kind": "webinar" if has_been else "workshop",
            "starts": day.strftime("%Y-%m-%dT12:00"),
            "minutes": "45",
        }
        page = self.send("/arbetsyta/webbinarier", title=self.line(110), where="lanet", **told)
        more = {"sign_up": "y", "seats": "9"} if not has_been else {}
        self.change(
            page, lead=self.line(400), body=published[:9_000], audience=self.line(200), place=self.line(200),
            speakers="\n".join(self.line(300) for _each in range(6)), join_url=JOIN, join_from="10080", **more,
        )  # fmt: skip
        self.send(f"{page}/publicera")
        self.at_work.append(page)
        if has_been:
            self.change(
                f"{page}/inspelning", transcript=anything, discussion=anything[:9_900],
                chapters="\n".join(f"0{number}.20 {self.line(200)}" for number in range(8)),
                recording=(io.BytesIO(film()), NAME.format("webm")),
                captions=(io.BytesIO(CAPTIONS.encode()), NAME.format("vtt")),
            )  # fmt: skip
            self.at_work.append(f"{page}/inspelning")
        return page

    def write_material(self, published: str, anything: str) -> None:
        """Write and publish a material in two versions, as a file and as an address."""
        page = self.send("/arbetsyta/material", title=self.line(110), kind="work", where="lanet")
        self.change(page, lead=self.line(400), body=published[:9_000], owner_name=self.line(120))
        told = {"dated": "2026-11-02", "transcript": anything[:90_000]}
        self.send(f"{page}/version", **told, url=JOIN, note=self.line(200))
        file = io.BytesIO(pdf(lambda made: made.docinfo.update({"/Title": NAME}))), NAME.format("pdf")
        self.send(f"{page}/version", **told, note=self.line(200), file=file)
        self.send(f"{page}/publicera")
        self.at_work.append(page)

    def write_newsletter(self, bodies: list[str]) -> None:
        """Write a newsletter with as many parts as are needed, and let it go."""
        page = self.send("/arbetsyta/nyhetsbrev", title=self.line(110), term="HT2026", where="lanet")
        self.change(page, lead=self.line(400))
        while len(numbers := parts_of(self.client, page)) < len(bodies):
            self.send(f"{page}/delar", kind="own")
        for number, body in zip(numbers, bodies, strict=False):
            self.change(f"{page}/delar/{number}", title=self.line(110), body=body)
        self.at_work += [page, f"{page}/visa", f"{page}/delar/{numbers[0]}"]
        self.send(f"{page}/skicka", topics="news", places="lanet", at="")
        with connection():
            Newsletter.update(send_at=Newsletter.created_at).where(Newsletter.key == page.rpartition("/")[2]).execute()
            enqueue_all()

    def invite(self, page: str) -> None:
        """Let somebody with an odd name and odd needs come to a workshop."""
        visitor = self.app.test_client()
        with connection():
            slug = rows("SELECT slug FROM happening WHERE key = ?", (page.rpartition("/")[2],))[0][0]
        address = f"/webbinarier/{slug}/anmal"
        told = {
            "name": self.line(120),
            "needs": self.line(400),
            "email": "o'brien+<b>@lasare.example".replace("<b>", "b"),
        }
        stamp = go(visitor, address).soup.select_one("[name=stamp]")["value"]
        here = {"Sec-Fetch-Site": "same-origin"}
        assert visitor.post(address, data=told | {"stamp": stamp}, headers=here).status_code == 303
        with connection():
            path = letters.facts_of(Letter.select().where(Letter.template == "guest_confirm").get())["path"]
        visitor.post(path, data={"stamp": stamp}, headers=here)
        self.at_work.append(f"{page}/anmalda")


def complaints(html: str) -> str:
    """What a form says is wrong."""
    found = BeautifulSoup(html, "html.parser").select("[data-field=validation], [role=alert], .ds-alert")
    return " / ".join(each.text.strip()[:300] for each in found)


def parts_of(client, page: str) -> list[str]:
    """The parts of a newsletter."""
    found = BeautifulSoup(client.get(page).text, "html.parser")
    return [link["href"].rpartition("/")[2] for link in found.select("ol.plain h3 a")]


def publishable(body: str) -> str:
    """Leave out what the hints stop: it can be written and seen at work, but not published."""
    whole = (piece for piece in plain(body).split("\n\n") if piece.count("[") == piece.count("]"))
    return "\n\n".join(piece for piece in whole if not writing_hints.look("", "", piece).stops)


def fill(writer: Writer, texts: list[str]) -> None:
    """Let every text stand in every shape of Markdown, and in every field that takes words."""
    bodies = list(hostile.bodies(texts, 14_000))
    keys = writer.put_up_pictures(4)
    writer.put_up_banner()
    for number, body in enumerate(hostile.bodies(texts, 29_000)):
        writer.write_article(publishable(body)[:29_900], body, keys[number % len(keys)])
    writer.write_happening(publishable(bodies[0]), "\n\n".join(bodies[:6]), has_been=True)
    writer.invite(writer.write_happening(publishable(bodies[1]), "", has_been=False))
    for half in (bodies[:6], bodies[6:]):
        writer.write_material(publishable(half[0]), "\n\n".join(half))
    for at in range(0, len(bodies), 8):
        writer.write_newsletter(bodies[at : at + 8])
    while not writer.dealt.rounds:
        writer.put_up_pictures(1)


def public(writer: Writer) -> list[str]:
    """Every page that readers can come to with it."""
    with connection():
        slugs = [
            f"{shelf}/{slug}"
            for shelf, table, since in (
                ("/nyheter", "article", "state = 'published' AND created_at"),
                ("/webbinarier", "happening", "state = 'published' AND created_at"),
                ("/material", "material", "state = 'published' AND created_at"),
                ("/nyhetsbrev", "newsletter", "published_at"),
            )
            for (slug,) in rows(f"SELECT slug FROM {table} WHERE {since} >= ? ORDER BY id DESC", (writer.began,))
        ]
        short = rows("SELECT short FROM material ORDER BY id DESC LIMIT 1")[0][0]
    lists = ["/?kommun=flen", "/nyheter?kategori=sip", "/webbinarier", "/material", "/nyhetsbrev"]
    asked = [f"{path}?q={quote(writer.line(100), safe='')}" for path in ("/sok", "/sok", "/sok", "/hitta")]
    first = next(address for address in slugs if address.startswith("/material"))
    return [*slugs, *lists, *asked, f"/ar{slugs[0]}", f"{first}/version-1", f"/m/{short}"]


@pytest.fixture
def full(lively, key_file):
    """The county with all texts in all fields, on a server of its own: (address, who wrote, pages of readers)."""
    texts = [*hostile.ALL, *(text for text in naughty.strings() if text.strip())]
    with connection():
        some_readers(1)
    writer = Writer(lively, texts)
    fill(writer, texts)
    pages, settings = public(writer), lively.config["TBB"]
    server = Served(settings.database_url, key_file, settings.instance)
    with server.running():
        yield f"http://127.0.0.1:{server.port}", writer, pages


def mailed(site: str) -> list[str]:
    """The newsletters as they come to a mail program, and the news as they come to a reader of feeds."""
    with connection():
        found = Letter.select().where(Letter.template == "newsletter").order_by(Letter.id)
        written = [write(letter.template, letters.facts_of(letter), base_url=site)[0] for letter in found]
    feed = atoma.parse_atom_bytes(urlopen(f"{site}/nyheter/flode.atom").read())
    assert written and feed.entries
    shown = "".join(f"<h1>{escape(entry.title.value)}</h1>{entry.content.value}" for entry in feed.entries)
    return [*(letter.html for letter in written), f"<!doctype html><body>{shown}</body>"]


def test_nothing_that_is_written_acts(full, chromium):
    site, writer, pages = full
    reader, mail, work = (Ear(chromium.new_context(locale="sv-SE").new_page()) for _each in range(3))
    for page in pages:
        reader.open(site + page)
    # Mail programs and readers of feeds have no policy of ours that forbids anything: what they get must do nothing.
    letters_and_news = mailed(site)
    held = iter(letters_and_news)
    mail.tab.route("**/brev", lambda route: route.fulfill(body=next(held), content_type="text/html; charset=utf-8"))
    for _each in letters_and_news:
        mail.open(f"{site}/brev")
    cookie = writer.client.get_cookie(COOKIES[1])
    work.tab.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    for page in (*writer.at_work, *SHELVES):
        work.open(site + page)
    work.open(f"{site}/arbetsyta/lasare")
    listed = "e-post;samtycke\n" + "\n".join(f'"{text.replace(chr(34), "")}";ja' for text in hostile.ALL)
    work.tab.set_input_files(
        "[type=file]", {"name": NAME.format("csv"), "mimeType": "text/csv", "buffer": listed.encode()}
    )
    work.tab.check("[name=topics] >> nth=0")
    work.tab.click("main form [type=submit]")
    work.look()
    assert "rader" in work.tab.inner_text("main")
    faults = [fault for ear in (reader, mail, work) for fault in ear.faults]
    assert not faults, "\n".join(dict.fromkeys(faults))
    assert reader.opened > 25 and mail.opened > 2 and work.opened > 25
    for ear, who in ((reader, "readers"), (mail, "letters and feed"), (work, "at work")):
        print(f"{who}: {ear.opened} pages, {ear.requests} requests, {len(ear.faults)} faults")


ALIVE = {
    "a dialog": ("<img src=/static/x onerror=alert(1)>", ""),
    "refused by the policy": ("<img src=/static/x onerror=alert(1)>", CONTENT_SECURITY_POLICY),
    "would act: <p onclick": ("<p onclick=alert(1)>x</p>", CONTENT_SECURITY_POLICY),
    "would act: <a href": ("<a href='java\tscript:alert(1)'>x</a>", CONTENT_SECURITY_POLICY),
    "would act: <iframe srcdoc": ("<iframe srcdoc=x></iframe>", ""),
    "a request for https://evil.example": ("<img src=https://evil.example/p.png>", ""),
    "a request for http://127.0.0.1": ("<div hx-get=/fiende hx-trigger=load>x</div>", CONTENT_SECURITY_POLICY),
    "it led away": ("<meta http-equiv=refresh content='0;url=/kontakt'>", ""),
}


def test_what_acts_is_heard(site, chromium):
    context = chromium.new_context()
    context.route("https://evil.example/**", lambda route: route.abort())
    script = next(part for part in urlopen(f"{site}/").read().decode().split('"') if part.endswith("htmx.min.js"))
    for wanted, (body, policy) in ALIVE.items():
        ear = Ear(context.new_page())
        html = f"<!doctype html><script src='{script}' defer></script><body>{body}</body>"
        headers = {"Content-Security-Policy": policy} if policy else {}
        answer = partial(Route.fulfill, body=html, content_type="text/html", headers=headers)
        ear.tab.route("**/levande", lambda route, _request, answer=answer: answer(route))
        ear.open(f"{site}/levande")
        assert any(wanted in fault for fault in ear.faults), f"{wanted}: {ear.faults}"
        ear.tab.close()
