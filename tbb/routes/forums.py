"""Samverkansforum: the list, keeping a forum, its dates and services, bringing a case, and the agenda."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.forums import BringForm, DateForm, ForumForm, MemberForm, TakeOutForm, WhoComesForm
from tbb.policy import Permission, may, require
from tbb.services import case_files, case_shelf, forum_agenda, forums, mapping, wall_clock
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.letter_frames import when
from tbb.web.sitting import actor, notify

bp = Blueprint("forums", __name__)
FORUM, CASE = "/samverkansforum/<key>", "/arenden/<key>/samverkansforum"
CHANGED = "Någon annan har ändrat forumet. Läs igenom och ändra igen."


@bp.get("/samverkansforum")
@requires(Permission.READ_FORUMS)
def listing() -> Response:
    """List all forums."""
    keeps = may(actor(), Permission.KEEP_FORUM)
    return page("forums/list.html", places=forums.everywhere(actor()), keeps=keeps, when=when)


@bp.get("/samverkansforum/nytt")
@requires(Permission.KEEP_FORUM)
def new() -> Response:
    """Ask what a new forum is."""
    return page("forums/edit.html", form=_new_form(formdata=None), shown=None)


@bp.post("/samverkansforum/nytt")
@requires(Permission.KEEP_FORUM)
def make() -> BaseResponse:
    """Begin a forum."""
    form = _new_form()
    if not form.validate():
        return page("forums/edit.html", status=422, form=form, shown=None)
    made = forums.make(actor(), form.municipality.data, form.facts())
    notify("Forumet finns nu i listan. Lägg till verksamheter och träffar.")
    return see_other(url_for("forums.keep", key=made.key))


@bp.get(FORUM)
@requires(Permission.READ_FORUMS)
def show(key: str) -> Response:
    """Show a forum: what it is for, who belongs, when it sits, how to bring a case."""
    return page("forums/show.html", shown=forums.shown(actor(), _forum(key)), when=when)


@bp.get(f"{FORUM}/andra")
@requires(Permission.KEEP_FORUM)
def keep(key: str) -> Response:
    """Let a forum be changed: its words, services and dates."""
    return _keep_page(_kept(key), DateForm(formdata=None))


@bp.post(f"{FORUM}/andra")
@requires(Permission.KEEP_FORUM)
def change(key: str) -> BaseResponse:
    """Change what is said of a forum."""
    forum, form = _kept(key), ForumForm().within()
    if not form.validate():
        return _keep_page(forum, DateForm(formdata=None), words=form, status=422)
    try:
        forums.change(actor(), forum, form.facts(), form.seen.data or 0)
        notify("Sparat.")
    except forums.ChangedMeanwhile:
        form.form_errors.append(CHANGED)
        form.seen.data, form.seen.raw_data = forum.version, None
        return _keep_page(forum, DateForm(formdata=None), words=form, status=409)
    return see_other(url_for("forums.keep", key=key))


@bp.post(f"{FORUM}/avsluta")
@requires(Permission.KEEP_FORUM)
def close(key: str) -> BaseResponse:
    """End a forum."""
    forums.close(actor(), _kept(key))
    notify("Forumet är avslutat.")
    return see_other(url_for("forums.listing"))


@bp.post(f"{FORUM}/medlemmar")
@requires(Permission.KEEP_FORUM)
def add_member(key: str) -> BaseResponse:
    """Let a service belong to a forum."""
    forum, form = _kept(key), MemberForm()
    try:
        forums.add_member(actor(), forum, form.unit.data if form.validate() else "")
        notify("Verksamheten är med. Säg vem som kommer.")
    except (forums.NotThere, forums.AlreadyThere):
        notify("Det gick inte. Verksamheten är redan med, eller finns inte.")
    return see_other(url_for("forums.keep", key=key))


@bp.post(f"{FORUM}/medlemmar/<int:number>")
@requires(Permission.KEEP_FORUM)
def who_comes(key: str, number: int) -> BaseResponse:
    """Say who comes for a service."""
    forum, form = _kept(key), WhoComesForm()
    try:
        forums.set_who_comes(actor(), forum, number, form.account.data if form.validate() else "-")
        notify("Sparat.")
    except forums.NotThere:
        abort(404)
    return see_other(url_for("forums.keep", key=key))


@bp.post(f"{FORUM}/medlemmar/<int:number>/ta-bort")
@requires(Permission.KEEP_FORUM)
def take_out_member(key: str, number: int) -> BaseResponse:
    """Let a service belong to a forum no longer."""
    try:
        forums.take_out_member(actor(), _kept(key), number)
        notify("Verksamheten är inte med längre.")
    except forums.NotThere:
        abort(404)
    return see_other(url_for("forums.keep", key=key))


@bp.post(f"{FORUM}/traffar")
@requires(Permission.KEEP_FORUM)
def add_date(key: str) -> BaseResponse:
    """Let a forum sit at a time."""
    forum, form = _kept(key), DateForm()
    if form.validate() and _added(forum, form):
        notify("Träffen är inlagd.")
        return see_other(url_for("forums.keep", key=key))
    return _keep_page(forum, form, status=422)


@bp.post(f"{FORUM}/traffar/<date>/stall-in")
@requires(Permission.KEEP_FORUM)
def cancel_date(key: str, date: str) -> BaseResponse:
    """Cancel a date."""
    forum = _kept(key)
    try:
        forums.cancel_date(actor(), forum, forums.date_of(forum, date) or abort(404))
        notify("Träffen är inställd. Den står kvar i listan som inställd.")
    except forums.NotThere:
        notify("Träffen var redan inställd eller har varit.")
    return see_other(url_for("forums.keep", key=key))


@bp.get(f"{FORUM}/traffar/<date>")
@requires(Permission.READ_AGENDA)
def agenda(key: str, date: str) -> Response:
    """Show what those who come may read of an agenda."""
    forum = _forum(key)
    if not may(actor(), Permission.READ_AGENDA, forums.place_of(forum)):
        abort(404)
    found = forums.date_of(forum, date) or abort(404)
    told = {"shown": forums.shown(actor(), forum), "date": forums.sitting(found), "when": when}
    return page("forums/agenda.html", items=forum_agenda.agenda(actor(), forum, found), **told)


@bp.get(CASE)
@requires(Permission.BRING_CASE, reads="case:read")
def bringing(key: str) -> Response:
    """Offer the dates to which a case can be brought, and say what is missing."""
    case = _case(key)
    told = {"choices": forum_agenda.choices(actor(), case), "brought": forum_agenda.of_case(case), "when": when}
    return page("forums/bring.html", case=case, card=case_files.card_of(case), **told)


@bp.post(CASE)
@requires(Permission.BRING_CASE)
def bring(key: str) -> BaseResponse:
    """Put a case on an agenda."""
    case, form = _case(key), BringForm()
    try:
        forum_agenda.bring(actor(), case, form.date.data if form.validate() else "")
        notify("Ärendet är med på träffen.")
    except (forum_agenda.NotNow, mapping.NotReceived, mapping.Closed):
        notify("Det gick inte. Träffen har varit eller är inställd, eller så går ärendet inte att ta upp nu.")
    return see_other(url_for("forums.bringing", key=key))


@bp.post(f"{CASE}/ta-bort")
@requires(Permission.BRING_CASE)
def take_out(key: str) -> BaseResponse:
    """Take a case off an agenda."""
    case, form = _case(key), TakeOutForm()
    try:
        forum_agenda.take_out(actor(), case, form.item.data or "")
        notify("Ärendet är inte med längre.")
    except forum_agenda.NotNow:
        notify("Det var redan borttaget.")
    return see_other(url_for("forums.bringing", key=key))


def _forum(key: str) -> Any:
    return forums.find(key) or abort(404)


def _kept(key: str) -> Any:
    """A forum that everybody may see, and only some may change."""
    forum = _forum(key)
    require(actor(), Permission.KEEP_FORUM, forums.place_of(forum))
    return forum


def _case(key: str) -> Any:
    return case_shelf.case(actor(), key, Permission.BRING_CASE) or abort(404)


def _new_form(**more: Any) -> ForumForm:
    kept = forums.kept_by(actor()) or abort(404)
    return ForumForm(**more).offer((each.slug, each.name) for each in kept)


def _keep_page(forum: Any, dates: DateForm, words: ForumForm | None = None, status: int = 200) -> Response:
    shown, query = forums.shown(actor(), forum), request.args.get("q", "")[:100]
    said = {"name": shown.name, "about": shown.about, "how": shown.how, "seen": shown.version}
    return page(
        "forums/keep.html",
        status=status,
        shown=shown,
        when=when,
        form=words or ForumForm(formdata=None, data=said).within(),
        dates=dates,
        query=query,
        found=forums.findable(forum, query),
        comes={member.number: forums.candidates(member.unit) for member in shown.members},
    )


def _added(forum: Any, form: DateForm) -> bool:
    """Add the date, or say on its field why it cannot be."""
    try:
        forums.add_date(actor(), forum, form.wall, form.minutes.data, form.place.data or "")
    except (forums.NotThere, wall_clock.NotATime):
        form.day.errors = ["Skriv en dag och tid som inte har varit."]
    except (wall_clock.Skipped, wall_clock.Doubled):
        form.time.errors = ["Den natten ställs klockan om. Välj en annan tid."]
    except forums.AlreadyThere:
        form.time.errors = ["Forumet träffas redan då."]
    return not form.errors
