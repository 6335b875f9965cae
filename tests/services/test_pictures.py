"""Pictures are looked at before they are opened, and nothing of a file is served but its pixels."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from tbb import clock
from tbb.models import Account, Picture
from tbb.models.kinds import Duty
from tbb.policy import VISITOR, Refused
from tbb.services import picture_looks, pictures
from tbb.services.pictures import BadPicture, NoWords
from tests.policy.relations import MYSELF, with_duty

WRITER = with_duty(Duty.COMMUNICATOR)


def picture(form: str = "JPEG", size: tuple[int, int] = (1000, 600), **how) -> bytes:
    """A small picture as a file."""
    held = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(held, form, **how)
    return held.getvalue()


def with_place() -> bytes:
    """A picture in which a camera wrote where it was taken, turned on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "hemma hos Exempelsson"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif)


def png_that_says(width: int, height: int) -> bytes:
    """The beginning of a PNG that promises more pixels than it has."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    body = zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", len(body)) + b"IDAT" + body + struct.pack(">I", zlib.crc32(b"IDAT" + body))
        + b"\0\0\0\0IEND\xaeB`\x82"
    )  # fmt: skip


@pytest.fixture
def folder(db, tmp_path):
    """A folder for pictures, and the one who puts them up."""
    Account.create(
        id=MYSELF, key="a" * 32, email="karl@tbb.example", name="Karl Provlund", state="active", created_at=clock.now()
    )
    made = tmp_path / "files"
    made.mkdir()
    return made


def receive(folder, data: bytes, **more) -> Picture:
    """Take a picture as the county's communicator."""
    return pictures.receive(WRITER, folder, data, **({"organizer": None, "alt": "En äng"} | more))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_in_sizes_and_formats(folder, form):
    made = receive(folder, picture(form))
    shown = pictures.shown([made.key])[made.key]
    assert shown.widths == (480, 960, 1000) and shown.tells
    for width in shown.widths:
        for kind in pictures.TYPES:
            with Image.open(pictures.path_of(folder, made.key, width, kind)) as file:
                assert file.width == width


def test_nothing_the_camera_wrote_is_served(folder):
    made = receive(folder, with_place())
    assert (made.width, made.height) == (600, 1000)
    for path in folder.rglob("*.*"):
        assert b"Exempelsson" not in path.read_bytes()
        with Image.open(path) as file:
            assert not dict(file.getexif()) and "icc_profile" not in file.info


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
        (b"GIF89a" + b"\0" * 50, "kind"),
        (b"PK\x03\x04" + b"\0" * 50, "kind"),
        (b"%PDF-1.7", "kind"),
        (b"", "kind"),
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>", "broken"),
        (png_that_says(60_000, 60_000), "pixels"),
        (png_that_says(9_000, 300), "pixels"),
        (png_that_says(500, 500), "broken"),
        (picture(size=(100, 600)), "small"),
        (picture()[:3000], "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (pictures.MOST_BYTES + 1), "size"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_refused_before_it_is_opened(folder, data, why):
    with pytest.raises(BadPicture) as refused:
        receive(folder, data)
    assert refused.value.why == why
    assert not list(folder.rglob("*.*")) and not Picture.select().count()


def test_what_hides_behind_a_picture_is_left_behind(folder):
    made = receive(folder, picture() + b"<script>alert(1)</script>PK\x03\x04")
    for path in folder.rglob(f"{made.key}*"):
        assert b"<script>" not in path.read_bytes()


def test_words_are_needed_unless_it_only_decorates_and_strangers_put_up_nothing(folder):
    with pytest.raises(NoWords):
        receive(folder, picture(), alt=" ")
    made = receive(folder, picture(), alt="", decorative=True)
    with pytest.raises(NoWords):
        pictures.describe(WRITER, made, alt="", decorative=False, credit="", focus=(50, 50))
    changed = pictures.describe(
        WRITER, made, alt="En sjö", decorative=False, credit="Foto: Exempelsson", focus=(20, 80)
    )
    assert (changed.alt, changed.focus_x, changed.focus_y) == ("En sjö", 20, 80)
    with pytest.raises(Refused):
        pictures.receive(VISITOR, folder, picture(), organizer=None, alt="x")


def test_what_may_be_hard_to_see_is_said(folder):
    held = io.BytesIO()
    Image.linear_gradient("L").point(lambda grey: 120 + grey // 10).resize((600, 400)).convert("RGB").save(held, "PNG")
    faint = receive(folder, held.getvalue(), alt="Dimma över sjön")
    clear = receive(folder, picture(), alt="En äng")
    words = receive(folder, picture(), alt="Affisch om hjulet")
    found = picture_looks.hints(folder, [faint.key, clear.key, words.key])
    assert [(hint.code, hint.where) for hint in found] == [
        ("picture_faint", "Dimma över sjön"), ("picture_words", "Affisch om hjulet"),
    ]  # fmt: skip
    assert not any(hint.stops for hint in found) and picture_looks.hints(folder, ["f" * 32]) == ()
