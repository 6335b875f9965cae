"""Pictures that communicators put up: looked at before they are opened, and made anew from their pixels alone."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Picture
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit, picture_making

FOLDER = "pictures"
MOST_BYTES = 10 * 2**20
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_ONE_AT_A_TIME = Lock()
MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}


class BadPicture(Exception):
    """The file is no picture that we take; `why` is kind, size, pixels, small or broken."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


class NoWords(Exception):
    """The picture says something, and there are no words for those who cannot see it."""


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it. `widths` are those there are, the smallest first; `focus` in per cent."""

    key: str
    alt: str
    decorative: bool
    credit: str
    width: int
    height: int
    focus: tuple[int, int]
    widths: tuple[int, ...]

    @property
    def tells(self) -> bool:
        """Whether there are words for those who cannot see it, or it needs none."""
        return self.decorative or bool(self.alt)


def receive(
    actor: Actor,
    folder: Path,
    data: bytes,
    *,
    organizer: int | None,
    alt: str,
    decorative: bool = False,
    credit: str = "",
    focus: tuple[int, int] = (50, 50),
) -> Picture:
    """Take a picture: check kind and size before it is opened, and write it anew in several sizes and formats.

    Nothing of what the camera wrote in it is left. Files are on disk before the row is. Raises Refused, BadPicture and
    NoWords.
    """
    require(actor, Permission.WRITE_CONTENT, Place(organizer=organizer))
    if not decorative and not alt.strip():
        raise NoWords
    key = secrets.token_hex(16)
    size, widths = _write_sizes(folder / FOLDER, key, data)
    digest = hashlib.sha256(data).hexdigest()
    return _keep(actor, key, organizer, alt, decorative, credit, focus, size, widths, digest)


@transaction
def describe(
    actor: Actor, picture: Picture, *, alt: str, decorative: bool, credit: str, focus: tuple[int, int]
) -> Picture:
    """Change what is said of a picture. Raises Refused and NoWords."""
    place = Place(organizer=picture.organizer_id)
    require(actor, Permission.WRITE_CONTENT, place)
    if not decorative and not alt.strip():
        raise NoWords
    Picture.update(
        alt="" if decorative else alt.strip(),
        decorative=decorative,
        credit=credit.strip(),
        focus_x=focus[0],
        focus_y=focus[1],
    ).where(Picture.id == picture.id).execute()
    audit.record(actor, "picture:describe", "picture", picture.key, place=place, fields=("alt", "credit", "focus"))
    return Picture.get_by_id(picture.id)


def find(key: str) -> Picture | None:
    """Find a picture by its key; None when there is none."""
    return next(iter(load(Picture, "key = ?", (key,))), None)


def shown(keys: list[str]) -> dict[str, Shown]:
    """Show pictures by their keys; those that are gone are left out."""
    if not keys:
        return {}
    asked = (
        "SELECT key, alt, decorative, credit, width, height, focus_x, focus_y, widths FROM picture"
        f" WHERE key IN ({', '.join('?' * len(keys))})"
    )
    return {
        key: Shown(key, alt, bool(decorative), credit, width, height, (x, y), tuple(json.loads(widths)))
        for key, alt, decorative, credit, width, height, x, y, widths in rows(asked, keys)
    }


def path_of(folder: Path, key: str, width: int, form: str) -> Path:
    """Where a size of a picture lies; the key is of hex digits and the form one of TYPES, so it leads nowhere else."""
    return folder / FOLDER / key[:2] / f"{key}-{width}.{form}"


@transaction
def _keep(
    actor: Actor,
    key: str,
    organizer: int | None,
    alt: str,
    decorative: bool,
    credit: str,
    focus: tuple[int, int],
    size: tuple[int, int],
    widths: list[int],
    digest: str,
) -> Picture:
    made = Picture.create(
        key=key,
        organizer=organizer,
        alt="" if decorative else alt.strip(),
        decorative=decorative,
        credit=credit.strip(),
        width=size[0],
        height=size[1],
        focus_x=focus[0],
        focus_y=focus[1],
        widths=json.dumps(widths),
        digest=digest,
        by=actor.account,
        at=clock.now(),
    )
    place = Place(organizer=organizer)
    audit.record(actor, "picture:add", "picture", key, place=place, fields=("alt", "credit", "widths"))
    return made


def _write_sizes(folder: Path, key: str, data: bytes) -> tuple[tuple[int, int], list[int]]:
    """Write a picture in its sizes; give the size it came in, as it is to be seen, and the widths. Raises BadPicture.

    A process of its own does it, one at a time: what decoders take they give back, and what fells one fells no server.
    """
    kind = _kind(data)
    if kind is None:
        raise BadPicture("kind")
    if len(data) > MOST_BYTES:
        raise BadPicture("size")
    command = [sys.executable, "-I", str(Path(picture_making.__file__)), str(folder), key, kind]
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(
                command, input=data, capture_output=True, check=True, timeout=2 * picture_making.MOST_SECONDS
            )
        told = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as problem:
        raise BadPicture("broken") from problem
    if "why" in told:
        raise BadPicture(told["why"])
    return tuple(told["size"]), told["widths"]


def _kind(data: bytes) -> str | None:
    """Tell what a file is by how it begins, whatever its name says."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), None)
