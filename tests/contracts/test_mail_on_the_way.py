"""Every letter as it comes out of a real mail server: valid, ready to be signed, and nothing happens to who looks."""

from __future__ import annotations

import re
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from types import SimpleNamespace

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tbb import clock
from tbb.database import connection, on_postgresql, rows, run, transaction
from tbb.models import Account, Letter
from tbb.services import letters, readers, subscribing
from tbb.services.subscribing import Wish
from tbb.web.letters import FOLDER
from tbb.worker import Postman
from tests.at_work import furnish
from tests.contracts.letter_samples import SAMPLES
from tests.make_newsletters import enqueue_all, sent, some_readers, writer, written
from tests.postbox import Postbox, open_postbox

HERE = "https://tbb.example"
BODY = "## Mer\n\nSe [listan](/hitta) och [dem](https://a.example/?b=1&c=2).\n\n" + "Ett långt stycke om länet. " * 60
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
LIST_HEADERS = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
SIGNED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type", *map(str.lower, LIST_HEADERS))
LINK = re.compile(rf"{re.escape(HERE)}(/[^\s\"<>)]*)")


def deliver(box: Postbox, folder) -> None:
    """Let the postman take what is due to the box."""
    settings = SimpleNamespace(
        smtp_url=box.url, mail_from="Tjänsten <brev@tbb.example>", base_url=HERE, instance=folder
    )
    Letter.update(next_at=clock.now()).where(Letter.state == "queued").execute()
    postman = Postman(settings)
    postman.deliver(threading.Event())
    postman.go_home()


@transaction
def write_samples() -> None:
    """One letter of each sample in each language that it is written in."""
    for template, told in SAMPLES.items():
        for language in ("sv", *(each.name for each in FOLDER.iterdir() if (each / f"{template}.txt").exists())):
            for number, facts in enumerate(told):
                letters.write(
                    f"x:{template}:{language}:{number}", "n@lasare.example", template, facts, language=language
                )


def check(raw: bytes) -> EmailMessage:
    """Read a letter as strictly as the rules are written, and give it."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    head, _end, body = raw.partition(b"\r\n\r\n")
    assert raw.isascii() and all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert all(len(line) <= 78 for line in body.split(b"\r\n"))
    letter = message_from_bytes(raw, policy=default)
    for part in letter.walk():
        assert not part.defects and all(not value.defects for value in part.values()), part.items()
    assert all(len(letter.get_all(name)) == 1 for name in ONCE)
    assert getaddresses([letter["From"]])[0][1] == "brev@tbb.example" and len(getaddresses([letter["To"]])) == 1
    assert re.fullmatch(r"<[0-9a-f]{32}@tbb\.example>", letter["Message-ID"])
    assert parsedate_to_datetime(letter["Date"]).tzinfo is not None
    assert letter.get_content_type() == "multipart/alternative"
    kinds = [(part.get_content_type(), part.get_content_charset()) for part in letter.iter_parts()]
    assert kinds[:2] == [("text/plain", "utf-8"), ("text/html", "utf-8")]
    for part in list(letter.iter_parts())[:2]:
        assert part.get_content().strip()
    return letter


@pytest.fixture
def box():
    """A real mail server on this machine."""
    with open_postbox() as made:
        yield made


@pytest.fixture(scope="module")
def key() -> tuple[bytes, bytes]:
    """The key by which a mail server signs, and what stands in the names of the domain."""
    made = rsa.generate_private_key(65537, 2048)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().splitlines()[1:-1]
    return private, f"v=DKIM1; k=rsa; p={''.join(public)}".encode()


def test_every_letter_is_valid_and_a_mail_server_can_sign_it(db, box, key, tmp_path):
    account = Account.create(key="k" * 32, email="k@tbb.example", name="Kim Exempelsson", created_at=clock.now())
    some_readers(3)
    sent(writer(account.id), written(writer(account.id), title="Hösten i länet " * 7, body=BODY))
    enqueue_all()
    write_samples()
    deliver(box, tmp_path)
    assert not Letter.select().where(Letter.state != "sent").exists() and len(box.taken) > 150
    private, public = key
    bulk = {letters.mark_of(row) for row in Letter.select().where(Letter.template == "newsletter")}
    for number, raw in enumerate(box.taken):
        letter = check(raw)
        is_bulk = letter["Message-ID"][1:33] in bulk
        assert [name for name in LIST_HEADERS if letter[name]] == (list(LIST_HEADERS) if is_bulk else [])
        if is_bulk or not number % 30:
            covered = [name.encode() for name in SIGNED if letter[name]]
            line = dkim.sign(raw, b"tbb", b"tbb.example", private, include_headers=covered)
            assert dkim.verify(line + raw, dnsfunc=lambda name, timeout=5: public)
            changed = raw.replace(b"List-Unsubscribe-Post", b"X-Unsubscribe-Post").replace(
                b"Subject: ", b"Subject: x", 1
            )
            assert not dkim.verify(line + changed, dnsfunc=lambda name, timeout=5: public)
            if is_bulk:
                named = re.search(rb"h=([^;]+);", line)[1].replace(b"\r\n", b"").replace(b" ", b"").split(b":")
                assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from"} <= set(named)
    assert len(bulk) == 3


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables."""
    asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    if on_postgresql():
        asked = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    return {name: sorted(map(repr, run(f'SELECT * FROM "{name}"').fetchall())) for (name,) in rows(asked)}


def test_who_looks_at_every_link_of_every_letter_changes_nothing(county, box, tmp_path):
    with connection():
        furnish()
        who = Account.select().order_by(Account.id).first()
        some_readers(2)
        made = sent(writer(who.id), written(writer(who.id), body=BODY))
        for email in ("ny@lasare.example", "n0@lasare.example"):
            subscribing.ask(readers.VISITOR, "1", Wish(email, ("news",), (), "sv"))
        while subscribing.answer_next():
            pass
        enqueue_all()
        write_samples()
        deliver(box, tmp_path)
        before = everything()
    said = [
        part.get_content() for letter in box.letters for part in letter.walk() if part.get_content_maintype() == "text"
    ]
    links = sorted({found for words in said for found in LINK.findall(words)})
    own = [link for link in links if re.match(r"/nyhetsbrev/(mina|avsluta|bekrafta)/", link)]
    client = county.test_client()
    answers = {}
    for link in links:
        for method in ("GET", "HEAD"):
            with client.open(link, method=method) as response:
                answers.setdefault(link, set()).add(response.status_code)
                assert response.status_code < 500 and "Set-Cookie" not in response.headers, link
    with connection():
        after = everything()
    assert {name for name, told in before.items() if after[name] != told} == set()
    assert len(links) > 35 and f"/nyhetsbrev/{made.slug}" in links
    assert sum(answers[link] == {200} for link in own) == 6
