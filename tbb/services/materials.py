"""Reading the library of metodstöd: what there is, by kind, area, audience and level, and one material's versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tbb.database import load, rows
from tbb.models import Material, MaterialVersion, MediaFile
from tbb.services import media_files, pictures
from tbb.services.pictures import Shown


@dataclass(frozen=True)
class Wanted:
    """Which materials: codes, each empty for all."""

    kind: str = ""
    area: str = ""
    audience: str = ""
    level: str = ""


@dataclass(frozen=True)
class Item:
    """A material in a list."""

    slug: str
    title: str
    lead: str
    kind: str
    language: str
    areas: tuple[str, ...]
    audience: tuple[str, ...]
    level: str
    standing: str
    dated: date


@dataclass(frozen=True)
class Version:
    """A version as readers see it. `findings` tells of a PDF whether everybody can read it."""

    number: int
    dated: date
    note: str
    url: str
    transcript: str
    file: MediaFile | None
    captions: MediaFile | None
    findings: dict[str, object]

    @property
    def size(self) -> str:
        """The file's size in words."""
        return media_files.size_in_words(self.file.size) if self.file else ""


@dataclass(frozen=True)
class Page:
    """One material as readers see it; `versions` with the newest first, and `chosen` the one that is shown."""

    item: Item
    material: Material
    versions: tuple[Version, ...]
    chosen: Version
    cover: Shown | None


def listed(wanted: Wanted) -> list[Item]:
    """List what is published and wanted, the newest version first."""
    found = [_item(one) for one in load(Material, "state = 'published'")]
    fitting = [
        item
        for item in found
        if (not wanted.kind or item.kind == wanted.kind)
        and (not wanted.level or item.level == wanted.level)
        and (not wanted.area or wanted.area in item.areas)
        and (not wanted.audience or wanted.audience in item.audience)
    ]
    return sorted(fitting, key=lambda item: (item.dated, item.slug), reverse=True)


def read(slug: str, number: int | None = None) -> Page | None:
    """Find a published material by its address, with one of its versions; None when readers see none there."""
    found = load(Material, "slug = ? AND state = 'published'", (slug,))
    versions = _versions(found[0]) if found else ()
    chosen = [version for version in versions if number in (None, version.number)]
    if not chosen:
        return None
    covers = pictures.shown([found[0].cover.key]) if found[0].cover_id else {}
    return Page(_item(found[0]), found[0], versions, chosen[0], next(iter(covers.values()), None))


def slug_of(short: str) -> str | None:
    """Find where a short address leads; None when it leads nowhere."""
    found = rows("SELECT slug FROM material WHERE short = ? AND state = 'published'", (short,))
    return found[0][0] if found else None


def _versions(material: Material) -> tuple[Version, ...]:
    kept = load(MaterialVersion, "material_id = ? AND published_at IS NOT NULL ORDER BY number DESC", (material.id,))
    return tuple(
        Version(
            one.number, one.dated, one.note, one.url, one.transcript, one.file, one.captions,
            media_files.findings_of(one.file) if one.file_id else {},
        )
        for one in kept
    )  # fmt: skip


def _item(material: Material) -> Item:
    dated = rows("SELECT MAX(dated) FROM material_version WHERE material_id = ?", (material.id,))[0][0]
    return Item(
        slug=material.slug,
        title=material.title,
        lead=material.lead,
        kind=material.kind,
        language=material.language,
        areas=tuple(filter(None, material.areas.split(","))),
        audience=tuple(filter(None, material.audience.split(","))),
        level=material.level,
        standing=material.standing,
        dated=MaterialVersion.dated.python_value(dated),
    )
