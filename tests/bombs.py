"""Files that look small and are endless, or are two things at once: what somebody could put up to do harm."""

from __future__ import annotations

import io
import zipfile
import zlib

HEADS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
)


def packed(first: bytes, filling: bytes, megabytes: int, last: bytes = b"") -> bytes:
    """So much of a filling, packed as small as it can be."""
    packer = zlib.compressobj(1)
    pieces = [packer.compress(first), *(packer.compress(filling * 2**20) for _each in range(megabytes))]
    return b"".join((*pieces, packer.compress(last), packer.flush()))


def pdf_of_objects(megabytes: int) -> bytes:
    """A PDF with a stream of objects that unpacks to so much."""
    held = _stream(b"/Type /ObjStm /N 1 /First 4", packed(b"6 0 ", b" ", megabytes, b"(x)"))
    body, places = _body([*HEADS[:2], HEADS[2].replace(b">>", b"/Held 6 0 R >>"), held])
    rows = [_row(0), *map(_row, [1] * 4, places), _row(1, len(body)), _row(2, 4)]
    return _ended(body, b"".join(rows), 7)


def pdf_of_places(megabytes: int) -> bytes:
    """A PDF whose table of places unpacks to so much."""
    body, places = _body(list(HEADS))
    table = b"".join((_row(0), *map(_row, [1] * 3, places)))
    return _ended(body, packed(table, b"\0", megabytes), 4 + megabytes * 2**20 // 6, is_packed=True)


def zip_of(name: str, data: bytes) -> bytes:
    """An archive with one file in it: office files are such."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, data)
    return held.getvalue()


def _stream(about: bytes, data: bytes) -> bytes:
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (about, len(data), data)


def _body(things: list[bytes]) -> tuple[bytes, list[int]]:
    """The objects of a PDF one after another, and where each begins."""
    body, places = b"%PDF-1.7\n", []
    for number, thing in enumerate(things, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    return body, places


def _row(kind: int, place: int = 0) -> bytes:
    return bytes([kind]) + place.to_bytes(4, "big") + b"\0"


def _ended(body: bytes, table: bytes, size: int, *, is_packed: bool = False) -> bytes:
    about = b"/Type /XRef /Size %d /W [1 4 1] /Root 1 0 R" % size
    held, number = _stream(about, table if is_packed else zlib.compress(table)), body.count(b" 0 obj") + 1
    return body + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, held, len(body))
