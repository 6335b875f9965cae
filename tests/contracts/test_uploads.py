"""Whatever is put up through the forms of a real server, nothing dangerous is taken, and it fills no memory."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

import pikepdf
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tbb.database import connection
from tbb.services import sittings
from tbb.services.demo_cast import account_of
from tbb.web.sitting import COOKIES
from tests import bombs, naughty
from tests.film import film
from tests.people import filled_in
from tests.services.test_media_files import CAPTIONS, hold_a_file, pdf, run_script
from tests.services.test_pictures import picture, png_that_says, with_place
from tests.serving import PATIENCE, Served

MOST_GROWTH_MB = 100
MB = 2**20
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OFFICE = bombs.zip_of("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 100)
JUNK = {
    "nothing": b"", "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "office": OFFICE,
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "program": b"MZ\x90\0" + b"\0" * 600,
    "eicar": EICAR, "page": b"<!doctype html><script>alert(1)</script>", "php": b"<?php system($_GET['x']); ?>",
    "script": b"#!/bin/sh\nid", "gif": b"GIF89a/*" + b"\0" * 50 + b"*/=alert(1)//",
    "zip bomb": bombs.zip_of("x", b"\0" * 20 * MB), "tiff": b"II*\0" + b"\0" * 99,
    "picture that is none": b"\xff\xd8\xff<?php echo 1; ?>", "pixel flood": png_that_says(60_000, 60_000),
    "pixels that are not there": png_that_says(3_900, 3_900), "half a picture": picture()[:2000],
    "xml": b"<?xml version='1.0'?><a/>", "huge picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 11 * MB,
    "huge pdf": b"%PDF-1.7\n" + b"\0" * 26 * MB, "pdf that is none": b"%PDF-1.7 x",
    "pdf with script": pdf(run_script), "pdf with a file": pdf(hold_a_file),
    "pdf of objects": bombs.pdf_of_objects(150), "pdf of places": bombs.pdf_of_places(150),
    "pdf and archive": pdf() + OFFICE, "film and archive": film() + OFFICE,
    "locked pdf": pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
    "captions that are none": b"WEBVTT\n\n<script>",
    "captions with markup": b"WEBVTT\n\n00:00.000 --> 00:01.000\n<img src=x onerror=alert(1)>\n",
    "huge captions": b"WEBVTT\n\n" + b"00:00.000 --> 00:01.000\na\n\n" * 90_000,
}  # fmt: skip
"""What nobody may put up, whichever form it is sent with."""


def large(kind: str, mode: str = "RGB", size: tuple[int, int] = (4000, 4000), **how) -> bytes:
    """A picture of as many points as may be."""
    held = io.BytesIO()
    Image.linear_gradient("L").resize((500, 500)).convert(mode).resize(size, Image.Resampling.NEAREST).save(
        held, kind, **how
    )
    return held.getvalue()


@dataclass
class Desk:
    """The county's communicator with a browser, and how much memory the server takes meanwhile."""

    port: int
    pid: int
    cookie: str
    taken: list[str] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask once: (status, headers, body)."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        own = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        line.request(
            method, path, body=body, headers=own | {name.replace("_", "-"): told for name, told in headers.items()}
        )
        answer = line.getresponse()
        headers: dict[str, str] = {}
        for name, value in answer.getheaders():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        told = answer.status, headers, answer.read()
        line.close()
        return told

    def form(self, page: str, action: str = "") -> dict[str, str]:
        """What a page's form holds, untouched."""
        soup = BeautifulSoup(self.ask("GET", page)[2], "html.parser")
        return filled_in(soup.select_one(f"main form[action$='{action or page}'][method=post]"))

    def send(
        self, path: str, told: dict, field_name: str = "", name: str = "", data: bytes = b""
    ) -> tuple[int, str, str]:
        """Send a form with a file, as browsers do: (status, where it leads, what it says is wrong)."""
        parts = [
            f'--grans\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in (told | {"once": token_urlsafe(24)}).items()
        ]
        if field_name:
            plain = re.sub(r'["\r\n]', lambda sign: f"%{ord(sign[0]):02X}", name)
            head = f'--grans\r\nContent-Disposition: form-data; name="{field_name}"; filename="{plain}"\r\n'
            parts.append(head.encode("utf-8", "surrogatepass") + b"Content-Type: image/png\r\n\r\n" + data + b"\r\n")
        body = b"".join((*parts, b"--grans--\r\n"))
        status, headers, page = self.ask("POST", path, body, Content_Type="multipart/form-data; boundary=grans")
        wrong = BeautifulSoup(page, "html.parser").select("[data-field=validation]") if status == 422 else []
        return status, headers.get("location", ""), " ".join(each.text for each in wrong)

    def memory(self, name: str) -> int:
        """What the server's memory is just now (VmRSS), or has been at the most since `forget` (VmHWM), in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024

    def forget(self) -> None:
        """Let the most be counted anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@pytest.fixture
def desk(county, county_url, key_file, tmp_path):
    """The communicator's desk at a server of its own."""
    with connection():
        secret = sittings.begin(account_of("kommunikator"), method="test", strong=True)
    server = Served(county_url, key_file, tmp_path)
    with server.running() as process:
        yield Desk(server.port, process.pid, f"{COOKIES[1]}={secret}")


def test_nothing_dangerous_is_taken_and_nothing_fills_the_memory(desk, tmp_path):
    pictures = desk.form("/arbetsyta/bilder") | {"alt": "En äng", "where": "lanet"}
    keys = {name: pictures[name] for name in ("csrf_token",)}
    begin = {"title": "Film", "where": "lanet", "kind": "webinar", "starts": "2026-10-12T12:00", "minutes": "45"}
    after = desk.send("/arbetsyta/webbinarier", keys | begin)[1] + "/inspelning"
    material = desk.send("/arbetsyta/material", keys | {"title": "Kort", "where": "lanet", "kind": "work"})[1]
    version = keys | {"dated": "2026-10-12", "url": "", "transcript": "", "note": ""}
    old = keys | {"title": "Brev", "term": "VT2024", "lead": "", "body": "Ord.", "where": "lanet"}

    def put_up(name: str, data: bytes, recorded: dict) -> list[tuple[int, str, str]]:
        """Put a file up with every form that takes one."""
        ways = (
            ("/arbetsyta/bilder", pictures, "file"),
            (f"{material}/version", version, "file"),
            (after, recorded, "captions"),
            (after, recorded, "recording"),
            ("/arbetsyta/nyhetsbrev/gammalt", old, "file"),
        )
        return [desk.send(*way, name, data) for way in (ways if len(data) < MB else ways[:3])]

    for name, data in (("a.jpg", picture()), ("a.pdf", pdf()), ("a.webm", film()), ("a.vtt", CAPTIONS.encode())):
        assert sorted(status for status, _where, _wrong in put_up(name, data, desk.form(after)))[0] == 303, name
    lying = list(tmp_path.glob("[pf]i*/*/*"))
    recorded, before = desk.form(after), desk.memory("VmRSS")
    desk.forget()
    sent = 0
    for name, data in JUNK.items():
        for answer in put_up(f"{name}.pdf.jpg", data, recorded):
            sent += 1
            assert answer[0] == 413 or (answer[0] == 422 and answer[2]), f"{name}: {answer}"
    assert list(tmp_path.glob("[pf]i*/*/*")) == lying
    made = []
    for data in (
        large("PNG", "RGBA", compress_level=1), large("JPEG", "CMYK"), large("WEBP", size=(2000, 2000)),
        large("JPEG", exif=Image.open(io.BytesIO(with_place())).getexif()), with_place(),
        picture() + b"<script>alert(1)</script>" + OFFICE, picture(comment=b"<?php system('id'); ?>"),
    ):  # fmt: skip
        status, where, wrong = desk.send("/arbetsyta/bilder", pictures, "file", "bild.php.jpg", data)
        assert status == 303, wrong
        made.append(where.rpartition("/")[2])
    for data in (
        large("WEBP"),
        large("JPEG", "CMYK", progressive=True),
        large("PNG", size=(4001, 4001), compress_level=1),
    ):
        assert desk.send("/arbetsyta/bilder", pictures, "file", "bild.jpg", data)[0] == 422
    assert desk.send(after, desk.form(after), "recording", "lang.webm", film() + b"\0" * 40 * MB)[0] == 303
    growth = desk.memory("VmHWM") - before
    print(f"{sent} dangerous uploads, 0 taken; the server's memory grew by {growth} MB at the most")
    assert growth < MOST_GROWTH_MB
    for key in made:
        for path in tmp_path.glob(f"pictures/*/{key}-*"):
            status, headers, body = desk.ask("GET", f"/bilder/{path.name}")
            assert status == 200 and headers["content-type"].startswith("image/") and headers["x-content-type-options"]
            assert not re.search(rb"Exempelsson|<script|<\?php|PK\x05\x06|Exif", body)
            with Image.open(io.BytesIO(body)) as shown:
                assert not dict(shown.getexif()) and not {"exif", "xmp", "comment"} & shown.info.keys()


def test_a_file_is_called_what_it_is_whatever_it_was_called(desk, tmp_path):
    begin = {"csrf_token": desk.form("/arbetsyta/bilder")["csrf_token"]}
    material = desk.send("/arbetsyta/material", begin | {"title": "Kort", "where": "lanet", "kind": "work"})[1]
    told = desk.form(material) | {"lead": "Kort."}
    assert desk.send(material, told)[0] == 303
    names = [
        *naughty.OWN[::3],
        "x.pdf.exe",
        "../../x.pdf",
        "C:\\x.pdf",
        "x.pdf\x00.html",
        ".htaccess",
        "con.pdf",
        "x.PhP",
        "a;b.pdf",
    ]
    version = begin | {"dated": "2026-10-12", "url": "", "transcript": "", "note": ""}
    data = pdf()
    for name in names:
        status, _where, wrong = desk.send(f"{material}/version", version, "file", name or "x", data)
        assert status in (303, 422), f"{name!r}: {status} {wrong}"
    assert desk.send(f"{material}/publicera", begin)[0] == 303
    listed = BeautifulSoup(desk.ask("GET", "/material/kort")[2], "html.parser")
    versions = [link["href"] for link in listed.select("a[href*='/version-']")]
    assert len(versions) > 30
    for address in versions[::4]:
        shown = BeautifulSoup(desk.ask("GET", address)[2], "html.parser")
        file = shown.select_one("main a[href*='/filer/']")["href"]
        assert re.fullmatch(r"/filer/[0-9a-f]{32}/[a-z0-9-]+\.pdf", urlsplit(file).path)
        status, headers, body = desk.ask("GET", file)
        assert (status, headers["content-type"], body[:5]) == (200, "application/pdf", b"%PDF-")
        assert (
            headers["content-disposition"].startswith("attachment") and "sandbox" in headers["content-security-policy"]
        )
    assert {path.suffix for path in tmp_path.glob("files/*/*")} == {".pdf"}
