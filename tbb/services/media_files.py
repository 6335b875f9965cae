"""Files that communicators put up: judged by size and content, not by name, and kept under random names."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from tbb import clock
from tbb.database import load, transaction
from tbb.models import MediaFile
from tbb.models.folding import fold
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit, pdf_looking

FOLDER = "files"
PIECE = 2**20
MB = 2**20
LONGEST_NAME = 80


@dataclass(frozen=True)
class Sort:
    """A sort of file that is taken: its kind, what it begins with (at an offset), its type and its ending."""

    kind: str
    begins: tuple[tuple[int, bytes], ...]
    content_type: str
    ending: str
    most: int


SORTS = (
    Sort("pdf", ((0, b"%PDF-"),), "application/pdf", "pdf", 25 * MB),
    Sort("film", ((4, b"ftyp"),), "video/mp4", "mp4", 500 * MB),
    Sort("film", ((0, b"\x1a\x45\xdf\xa3"),), "video/webm", "webm", 500 * MB),
    Sort("captions", ((0, b"WEBVTT"), (0, b"\xef\xbb\xbfWEBVTT")), "text/vtt", "vtt", 2 * MB),
)
"""The sorts of files that are taken, by how they begin. Archives and office files are not: they carry programs."""
ARCHIVE_END, ARCHIVE_TAIL = b"PK\x05\x06", 2**16 + 22
"""How a ZIP archive ends, and within how many bytes of the end of its file."""


class BadFile(Exception):
    """The file is not taken; `why` is kind, size, empty, broken, locked or acts."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


def receive(
    actor: Actor, folder: Path, stream: BinaryIO, name: str, *, organizer: int | None, kinds: tuple[str, ...]
) -> MediaFile:
    """Take a file of one of some kinds: a piece at a time, on disk before its row is. Raises Refused and BadFile."""
    place = Place(organizer=organizer)
    require(actor, Permission.WRITE_CONTENT, place)
    first = stream.read(PIECE)
    sort = _sort_of(first)
    if sort is None or sort.kind not in kinds:
        raise BadFile("kind" if first else "empty")
    key = secrets.token_hex(16)
    path = _path(folder, key, sort.ending)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    beside = path.with_suffix(".part")
    try:
        size, digest = _write(beside, first, stream, sort.most)
        findings = _look(sort, beside)
    except BadFile:
        beside.unlink(missing_ok=True)
        raise
    beside.replace(path)
    return _keep(actor, key, organizer, _plain_name(name, sort.ending), sort, size, digest, findings)


def find(key: str) -> MediaFile | None:
    """Find a file by its key; None when there is none."""
    return next(iter(load(MediaFile, "key = ?", (key,))), None)


def path_of(folder: Path, file: MediaFile) -> Path:
    """Where a file lies."""
    return _path(folder, file.key, next(sort.ending for sort in SORTS if sort.content_type == file.content_type))


def findings_of(file: MediaFile) -> dict[str, object]:
    """What looking through a file showed: of a PDF {"pages", "tagged", "language", "title"}, of captions {"cues"}."""
    return json.loads(file.findings)


def size_in_words(size: int) -> str:
    """Write a size as people do: 800 kB, 1,2 MB."""
    return f"{max(1, round(size / 1000))} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB".replace(".", ",")


@transaction
def _keep(
    actor: Actor,
    key: str,
    organizer: int | None,
    name: str,
    sort: Sort,
    size: int,
    digest: str,
    findings: dict[str, object],
) -> MediaFile:
    made = MediaFile.create(
        key=key,
        organizer=organizer,
        name=name,
        kind=sort.kind,
        content_type=sort.content_type,
        size=size,
        digest=digest,
        findings=json.dumps(findings, ensure_ascii=False),
        by=actor.account,
        at=clock.now(),
    )
    place = Place(organizer=organizer)
    audit.record(actor, "file:add", "file", key, place=place, fields=("name", "kind", "size"))
    return made


def _path(folder: Path, key: str, ending: str) -> Path:
    return folder / FOLDER / key[:2] / f"{key}.{ending}"


def _sort_of(first: bytes) -> Sort | None:
    return next((sort for sort in SORTS if any(first[at:].startswith(mark) for at, mark in sort.begins)), None)


def _write(path: Path, first: bytes, stream: BinaryIO, most: int) -> tuple[int, str]:
    """Write a file to disk; give its size and digest. Raises BadFile when it is too large."""
    size, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        for piece in _pieces(first, stream):
            size += len(piece)
            if size > most:
                raise BadFile("size")
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _pieces(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield first
    while piece := stream.read(PIECE):
        yield piece


def _look(sort: Sort, path: Path) -> dict[str, object]:
    """Look a file through by its sort. Raises BadFile."""
    if _is_archive_too(path):
        raise BadFile("kind")
    if sort.kind == "pdf":
        return _look_at_pdf(path)
    return _look_at_captions(path) if sort.kind == "captions" else {}


def _is_archive_too(path: Path) -> bool:
    """Whether a file ends as a ZIP archive does, whatever it begins with: the same bytes would be two things."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - ARCHIVE_TAIL))
        return ARCHIVE_END in file.read()


def _look_at_pdf(path: Path) -> dict[str, object]:
    """See whether a PDF can be read by everybody, and that it does nothing by itself. Raises BadFile.

    A process of its own looks, for a small file may unpack to more than the machine holds.
    """
    command = [sys.executable, "-I", str(Path(pdf_looking.__file__)), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=2 * pdf_looking.MOST_SECONDS)
        told: dict[str, object] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as problem:
        raise BadFile("broken") from problem
    if "why" in told:
        raise BadFile(str(told["why"]))
    return told


def _look_at_captions(path: Path) -> dict[str, object]:
    """See that captions are WebVTT with something to say. Raises BadFile."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        cues = list(webvtt.from_buffer(io.StringIO(text)))
    except (UnicodeDecodeError, MalformedFileError, MalformedCaptionError, ValueError) as problem:
        raise BadFile("broken") from problem
    if not cues or re.search(r"<(?!/?(?:c|i|b|u|v|lang|ruby|rt)\b)[a-zA-Z/]", text):
        raise BadFile("broken")
    return {"cues": len(cues)}


def _plain_name(name: str, ending: str) -> str:
    """A name to fetch a file under: a–z, figures and dashes, and the ending of what it really is."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(Path(name.replace("\\", "/")).stem)).strip("-")[:LONGEST_NAME]
    return f"{stem or 'fil'}.{ending}"
