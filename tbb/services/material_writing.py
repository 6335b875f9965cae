"""Writing the library of metodstöd: what a material is, its versions with files, and publishing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Material, MaterialVersion, MediaFile
from tbb.models.content_kinds import ContentState
from tbb.policy import Actor, Permission, require
from tbb.services import audit, content_shelf, content_words, media_files, rich_text, versions, writing_hints
from tbb.services.writing_hints import Reading

FIELDS = ("kind", "title", "lead", "body", "owner_name", "audience", "areas", "level", "standing", "language", "cover")
LONGEST = {"title": 110, "lead": 400, "body": 10_000, "transcript": 100_000}
SHORT_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is read wrongly from a slide: i, l, o, 0 and 1."""


class Overtaken(Exception):
    """Somebody else has saved meanwhile; nothing was saved."""


class NotReady(Exception):
    """Something is missing or would shut readers out: it must be put right first."""

    def __init__(self, reading: Reading, *, no_version: bool = False):
        super().__init__("The material is not ready.")
        self.reading, self.no_version = reading, no_version


@dataclass(frozen=True)
class Listed:
    """A material in the list of those who write."""

    key: str
    title: str
    kind: str
    state: str
    where: str
    saved_at: datetime
    newest: int


def listed(actor: Actor) -> list[Listed]:
    """List what the actor may write, the last saved first."""
    require(actor, Permission.WRITE_CONTENT)
    where, params = content_shelf.within(actor, "m")
    asked = (
        "SELECT m.key, m.title, m.kind, m.state, COALESCE(o.name, ''), m.saved_at,"
        " (SELECT COALESCE(MAX(v.number), 0) FROM material_version v WHERE v.material_id = m.id)"
        f" FROM material m LEFT JOIN organizer o ON o.id = m.organizer_id WHERE {where}"
        " ORDER BY m.saved_at DESC, m.id DESC"
    )
    moment = Material.saved_at.python_value
    return [
        Listed(key, title, kind, state, owner, moment(saved), newest)
        for key, title, kind, state, owner, saved, newest in rows(asked, params)
    ]


@transaction
def begin(actor: Actor, title: str, *, kind: str, organizer: int | None) -> Material:
    """Begin a material. Raises Refused."""
    one_at_a_time("materials")
    moment = clock.now()
    made = Material(
        key=secrets.token_hex(16), slug=content_shelf.new_slug(Material, title), short=_new_short(), kind=kind,
        organizer=organizer, title=title, author=actor.account, created_at=moment, saved_at=moment,
    )  # fmt: skip
    place = content_shelf.place_of(made)
    require(actor, Permission.WRITE_CONTENT, place)
    made.save()
    audit.record(actor, "material:begin", "material", made.key, place=place, fields=("title",))
    return made


@transaction
def save(actor: Actor, material: Material, answers: dict[str, Any], *, seen: int) -> Material:
    """Save what is said of a material; what is published shows it at once. Raises Refused, Overtaken and NotReady."""
    stands = _take(actor, material)
    if stands.version != seen:
        raise Overtaken
    for name in FIELDS:
        if name in answers:
            setattr(stands, name, answers[name])
    if stands.state == ContentState.PUBLISHED:
        _check(stands)
        stands.changed_at = clock.now()
    return _changed(actor, stands, "material:save", tuple(answers))


@transaction
def add_version(
    actor: Actor,
    material: Material,
    *,
    dated: date,
    file: MediaFile | None = None,
    captions: MediaFile | None = None,
    url: str = "",
    transcript: str = "",
    note: str = "",
) -> MaterialVersion:
    """Add a version: a file here or an address elsewhere. Earlier ones stay where they are. Raises Refused."""
    stands = _take(actor, material)
    newest = rows("SELECT COALESCE(MAX(number), 0) FROM material_version WHERE material_id = ?", (stands.id,))[0][0]
    out = stands.state == ContentState.PUBLISHED
    made = MaterialVersion.create(
        material=stands, number=newest + 1, dated=dated, file=file, captions=captions, url=url, transcript=transcript,
        note=note, by=actor.account, at=clock.now(), published_at=clock.now() if out else None,
    )  # fmt: skip
    stands.changed_at = clock.now()
    _changed(actor, stands, "material:add-version", ("number", "file", "url"))
    return made


@transaction
def publish(actor: Actor, material: Material) -> Material:
    """Let readers see it, with every version that it has. Raises Refused and NotReady."""
    stands = _take(actor, material)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    _check(stands)
    moment = clock.now()
    MaterialVersion.update(published_at=moment).where(
        MaterialVersion.material == stands, MaterialVersion.published_at.is_null()
    ).execute()
    stands.state, stands.published_at = ContentState.PUBLISHED, stands.published_at or moment
    return _changed(actor, stands, "material:publish", ("state",))


@transaction
def withdraw(actor: Actor, material: Material) -> Material:
    """Let readers see it no longer. Raises Refused."""
    stands = _take(actor, material)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    stands.state = ContentState.WITHDRAWN
    return _changed(actor, stands, "material:withdraw", ("state",))


def versions_of(material: Material) -> list[MaterialVersion]:
    """Give every version, the newest first."""
    return load(MaterialVersion, "material_id = ? ORDER BY number DESC", (material.id,))


def findings_of(version: MaterialVersion) -> dict[str, object]:
    """What looking through a version's file showed; of a film whether it has captions."""
    if version.file_id and version.file.kind == "film":
        return {"film": True, "captions": version.captions_id is not None}
    return media_files.findings_of(version.file) if version.file_id else {}


def reading_of(material: Material) -> Reading:
    """Look its words through for what shuts readers out and what could be better."""
    return writing_hints.look(material.title, material.lead, material.body, language=material.language)


def _take(actor: Actor, material: Material) -> Material:
    one_at_a_time("materials")
    stands = load(Material, "id = ?", (material.id,))[0]
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(stands))
    return stands


def _check(material: Material) -> None:
    reading = reading_of(material)
    without = not rows("SELECT 1 FROM material_version WHERE material_id = ?", (material.id,))
    if reading.stops or not material.lead.strip() or without:
        raise NotReady(reading, no_version=without)


def _changed(actor: Actor, material: Material, action: str, fields: tuple[str, ...]) -> Material:
    material.version += 1
    material.saved_at, material.author = clock.now(), actor.account
    material.save()
    out = material.state == ContentState.PUBLISHED
    texts = (material.title, f"{material.lead} {material.owner_name}", rich_text.to_plain(material.body))
    content_words.keep(f"material:{material.key}", texts if out else None)
    versions.bump(versions.DIRECTORY)
    place = content_shelf.place_of(material)
    audit.record(actor, action, "material", material.key, place=place, fields=fields)
    return material


def _new_short() -> str:
    """Make a short address that nothing has yet."""
    while rows("SELECT 1 FROM material WHERE short = ?", (made := _drawn(),)):
        pass
    return made


def _drawn() -> str:
    return "".join(secrets.choice(SHORT_SIGNS) for _ in range(6))
