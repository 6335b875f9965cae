"""A file is what it holds and not what it is called; what acts by itself or carries others along is not taken."""

from __future__ import annotations

import io

import pikepdf
import pytest

from tbb.models import MediaFile
from tbb.policy import VISITOR, Refused
from tbb.services import media_files
from tbb.services.media_files import BadFile
from tests import bombs
from tests.services.test_pictures import WRITER, folder, picture

__all__ = ["folder"]
ALL = ("pdf", "film", "captions")
CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nVälkomna.\n"


def pdf(change=lambda made: None, **how) -> bytes:
    """A small PDF."""
    made, held = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    change(made)
    made.save(held, **how)
    return held.getvalue()


def tag(made: pikepdf.Pdf) -> None:
    """Let a PDF be readable for all."""
    made.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    made.Root.StructTreeRoot = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    made.Root.Lang = "sv-SE"


def run_script(made: pikepdf.Pdf) -> None:
    """Let a PDF act when it is opened."""
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def receive(folder, data: bytes, name: str = "x.pdf", kinds: tuple[str, ...] = ALL) -> MediaFile:
    """Take a file as the county's communicator."""
    return media_files.receive(WRITER, folder, io.BytesIO(data), name, organizer=None, kinds=kinds)


def test_a_pdf_is_looked_through_for_those_who_listen(folder):
    data = pdf(tag)
    good, plain = receive(folder, data, "Kort att skriva ut.PDF"), receive(folder, pdf())
    assert media_files.findings_of(good) == {"pages": 1, "tagged": True, "language": "sv-SE", "title": ""}
    assert not media_files.findings_of(plain)["tagged"]
    assert good.name == "kort-att-skriva-ut.pdf" and media_files.path_of(folder, good).read_bytes() == data


def test_captions_and_films_are_known_by_how_they_begin(folder):
    assert media_files.findings_of(receive(folder, CAPTIONS.encode(), "x.exe")) == {"cues": 1}
    film = receive(folder, b"\0\0\0\x18ftypmp42" + b"\0" * 100, "film.html")
    assert (film.content_type, film.name) == ("video/mp4", "film.mp4")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"PK\x03\x04" + b"\0" * 99, "kind"),
        (b"<!doctype html><script>alert(1)</script>", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"MZ\x90\0", "kind"),
        (b"GIF89a;%PDF-1.7", "kind"),
        (b"%PDF-1.7 broken", "broken"),
        (b"WEBVTT", "broken"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>\n", "broken"),
        (b"WEBVTT\n\n\xff\xfe", "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_a_known_sort_is_refused_and_leaves_nothing(folder, data, why):
    with pytest.raises(BadFile) as refused:
        receive(folder, data)
    assert refused.value.why == why
    assert not [path for path in folder.rglob("*") if path.is_file()] and not MediaFile.select().count()


def hold_a_file(made: pikepdf.Pdf) -> None:
    """Let a PDF carry another file along."""
    made.attachments["x.docm"] = b"PK\x03\x04"


def call_when_opened(made: pikepdf.Pdf) -> None:
    """Let a PDF ask an address when it is opened."""
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://evil.example")


def act_when_turned_to(made: pikepdf.Pdf) -> None:
    """Let a page of a PDF act when somebody turns to it."""
    made.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))


def open_at_a_page(made: pikepdf.Pdf) -> None:
    """Let a PDF be opened at its first page, as many are."""
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])


def test_a_pdf_that_acts_carries_files_or_is_locked_is_refused(folder):
    assert receive(folder, pdf(open_at_a_page))
    for data, why in (
        (pdf(run_script), "acts"),
        (pdf(run_script, object_stream_mode=pikepdf.ObjectStreamMode.generate), "acts"),
        (pdf(hold_a_file), "acts"),
        (pdf(call_when_opened), "acts"),
        (pdf(act_when_turned_to), "acts"),
        (pdf() + bombs.zip_of("x.js", b"alert(1)"), "kind"),
        (bombs.pdf_of_objects(200), "broken"),
        (bombs.pdf_of_places(200), "broken"),
        (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "locked"),
    ):
        with pytest.raises(BadFile) as refused:
            receive(folder, data)
        assert refused.value.why == why


def test_a_file_that_never_ends_is_cut_off_without_filling_the_memory(folder, monkeypatch):
    monkeypatch.setattr(
        media_files, "SORTS", tuple(sort.__class__(**vars(sort) | {"most": 3 * 2**20}) for sort in media_files.SORTS)
    )

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return (b"%PDF-1.7" + b"\0" * size)[:size]

    stream = Endless()
    with pytest.raises(BadFile) as refused:
        media_files.receive(WRITER, folder, stream, "x.pdf", organizer=None, kinds=ALL)
    assert refused.value.why == "size" and stream.given <= 5 * 2**20


def test_only_the_kinds_that_are_asked_for_are_taken_and_only_from_those_who_write(folder):
    with pytest.raises(BadFile):
        receive(folder, pdf(), kinds=("captions",))
    with pytest.raises(BadFile):
        receive(folder, picture())
    with pytest.raises(Refused):
        media_files.receive(VISITOR, folder, io.BytesIO(pdf()), "x.pdf", organizer=None, kinds=ALL)
