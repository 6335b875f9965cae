"""Writing webinars and events: what, when and how to join, publishing, calling off, and the recording afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Happening
from tbb.models.content_kinds import ContentState, HappeningKind
from tbb.policy import WORKER, Actor, Permission, require
from tbb.services import (
    audit,
    calendar_files,
    content_shelf,
    content_words,
    pictures,
    rich_text,
    versions,
    writing_hints,
)
from tbb.services.writing_hints import Reading

CAPTIONS_WITHIN = timedelta(days=14)
"""The law gives a live broadcast's recording so long to get captions."""
FIELDS = (
    "kind", "title", "lead", "body", "audience", "speakers", "wall", "place", "join_url", "join_from", "municipality",
    "cover", "sign_up", "seats",
)  # fmt: skip
AFTERWARDS = ("live_on", "recording_url", "captioned_elsewhere", "transcript", "chapters", "discussion")
LONGEST = {"title": 110, "lead": 400, "body": 10_000, "speakers": 2_000, "transcript": 100_000, "chapters": 3_000}
TURN = "happenings:turned"


class Overtaken(Exception):
    """Somebody else has saved meanwhile; nothing was saved."""


class NotReady(Exception):
    """Something would shut readers out, or is missing: it must be put right first."""

    def __init__(self, reading: Reading):
        super().__init__(f"{len(reading.stops)} things must be put right.")
        self.reading = reading


@dataclass(frozen=True)
class Listed:
    """An event in the list of those who write. `captions_due` is the last day for captions that are missing."""

    key: str
    title: str
    kind: str
    state: str
    starts_at: datetime
    where: str
    called_off: bool
    captions_due: date | None


def listed(actor: Actor) -> list[Listed]:
    """List what the actor may write, what comes last first."""
    require(actor, Permission.WRITE_CONTENT)
    where, params = content_shelf.within(actor, "happening")
    found = load(Happening, f"{where} ORDER BY starts_at DESC, id DESC LIMIT 200", params)
    owners = dict(rows("SELECT id, name FROM organizer"))
    return [
        Listed(
            one.key, one.title, one.kind, one.state, one.starts_at, owners.get(one.organizer_id, ""),
            one.called_off_at is not None, captions_due(one),
        )
        for one in found
    ]  # fmt: skip


def captions_due(happening: Happening) -> date | None:
    """The last day for captions of a recording that lacks them; None when there is nothing to wait for."""
    has_recording = happening.recording_id is not None or happening.recording_url
    has_captions = happening.captions_id is not None or happening.captioned_elsewhere
    if not has_recording or has_captions:
        return None
    return (happening.live_on or clock.local(happening.starts_at).date()) + CAPTIONS_WITHIN


def without_captions(actor: Actor) -> list[date]:
    """Give the last days for the captions that are missing, of what the actor may write, the nearest first."""
    where, params = content_shelf.within(actor, "happening")
    recorded = "recording_id IS NOT NULL OR recording_url <> ''"
    found = load(Happening, f"({where}) AND captions_id IS NULL AND ({recorded})", params)
    return sorted(day for day in map(captions_due, found) if day is not None)


@transaction
def begin(actor: Actor, title: str, wall: str, minutes: int, *, kind: str, organizer: int | None) -> Happening:
    """Begin an event at a time on the wall (``2027-02-12T12:00``). Raises Refused, and ValueError for no time."""
    one_at_a_time("happenings")
    moment, key = clock.now(), secrets.token_hex(16)
    starts = calendar_files.moment_of(wall)
    made = Happening(
        key=key, slug=content_shelf.new_slug(Happening, title), title=title, kind=kind, organizer=organizer, wall=wall,
        starts_at=starts, ends_at=starts + timedelta(minutes=minutes), uid=f"{key}@tbb", author=actor.account,
        created_at=moment, saved_at=moment,
    )  # fmt: skip
    place = content_shelf.place_of(made)
    require(actor, Permission.WRITE_CONTENT, place)
    made.save()
    audit.record(actor, "happening:begin", "happening", made.key, place=place, fields=("title", "starts_at"))
    return made


@transaction
def save(actor: Actor, happening: Happening, answers: dict[str, Any], minutes: int, *, seen: int) -> Happening:
    """Save what was written; what is published shows it at once, and calendars a new version when its time changes.

    Raises Refused, Overtaken, NotReady when what is published would shut readers out, and ValueError for no time.
    """
    stands = _take(actor, happening)
    if stands.version != seen:
        raise Overtaken
    starts = calendar_files.moment_of(answers["wall"])
    ends = starts + timedelta(minutes=minutes)
    before = (stands.starts_at, stands.ends_at, stands.place)
    for name in FIELDS:
        if name in answers:
            setattr(stands, name, answers[name])
    if stands.kind == HappeningKind.WEBINAR:
        stands.sign_up, stands.seats = False, None
    stands.starts_at, stands.ends_at = starts, ends
    if before != (starts, ends, stands.place):
        stands.sequence += 1
    if stands.state == ContentState.PUBLISHED:
        _check(stands)
        stands.changed_at = clock.now()
    return _changed(actor, stands, "happening:save", tuple(answers))


@transaction
def save_afterwards(
    actor: Actor, happening: Happening, answers: dict[str, Any], *, seen: int, **files: Any
) -> Happening:
    """Save what comes after: the recording, its captions, words and chapters. `files` are recording and captions.

    Raises Refused and Overtaken.
    """
    stands = _take(actor, happening)
    if stands.version != seen:
        raise Overtaken
    for name, value in (*answers.items(), *files.items()):
        if name in AFTERWARDS or name in ("recording", "captions"):
            setattr(stands, name, value)
    return _changed(actor, stands, "happening:save-recording", (*answers, *files))


@transaction
def publish(actor: Actor, happening: Happening) -> Happening:
    """Let readers see it. Raises Refused and NotReady."""
    stands = _take(actor, happening)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    _check(stands)
    stands.state, stands.published_at = ContentState.PUBLISHED, stands.published_at or clock.now()
    return _changed(actor, stands, "happening:publish", ("state",))


@transaction
def withdraw(actor: Actor, happening: Happening) -> Happening:
    """Let readers see it no longer. Raises Refused."""
    stands = _take(actor, happening)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    stands.state = ContentState.WITHDRAWN
    return _changed(actor, stands, "happening:withdraw", ("state",))


@transaction
def call_off(actor: Actor, happening: Happening) -> Happening:
    """Say that it will not be held; the page stays and says so, and calendars too. Raises Refused."""
    stands = _take(actor, happening)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    if stands.called_off_at is None:
        stands.called_off_at, stands.sequence = clock.now(), stands.sequence + 1
    return _changed(actor, stands, "happening:call-off", ("called_off_at",))


@transaction
def turn_by_time() -> None:
    """Let made pages be made anew when an event begins, ends, or its link shows. The worker does it every minute."""
    one_at_a_time("happenings")
    stored = Happening.starts_at.db_value(clock.now())
    found = rows(
        "SELECT COUNT(CASE WHEN starts_at <= ? THEN 1 END), COUNT(CASE WHEN ends_at <= ? THEN 1 END)"
        " FROM happening WHERE state = 'published'",
        (stored, stored),
    )[0]
    shown = sum(link_shows(one) for one in load(Happening, "state = 'published' AND ends_at > ?", (stored,)))
    now = found[0] * 10**8 + found[1] * 10**4 + shown
    if versions.current(TURN) != now:
        versions.put(TURN, now)
        versions.bump(versions.DIRECTORY)
        audit.record(WORKER, "happening:turn", "happening", "all")


def link_shows(happening: Happening) -> bool:
    """Whether the link to join is shown now: from so many minutes before the start until the end."""
    moment = clock.now()
    opens = happening.starts_at - timedelta(minutes=happening.join_from)
    return bool(happening.join_url) and opens <= moment < happening.ends_at and happening.called_off_at is None


def reading_of(happening: Happening) -> Reading:
    """Look its words through for what shuts readers out and what could be better."""
    known = pictures.shown(rich_text.pictures_in(happening.body))
    tells = {key: shown.tells for key, shown in known.items()}
    return writing_hints.look(happening.title, happening.lead, happening.body, pictures=tells)


def _take(actor: Actor, happening: Happening) -> Happening:
    one_at_a_time("happenings")
    stands = load(Happening, "id = ?", (happening.id,))[0]
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(stands))
    return stands


def _check(happening: Happening) -> None:
    reading = reading_of(happening)
    if reading.stops or not happening.lead.strip():
        raise NotReady(reading)


def _changed(actor: Actor, happening: Happening, action: str, fields: tuple[str, ...]) -> Happening:
    happening.version += 1
    happening.saved_at, happening.author = clock.now(), actor.account
    happening.save()
    out = happening.state == ContentState.PUBLISHED
    texts = (happening.title, f"{happening.lead} {happening.speakers}", rich_text.to_plain(happening.body))
    content_words.keep(f"happening:{happening.key}", texts if out else None)
    versions.bump(versions.DIRECTORY)
    place = content_shelf.place_of(happening)
    audit.record(actor, action, "happening", happening.key, place=place, fields=fields)
    return happening
