"""What a visitor may send without signing in: a fault in an entry, a hindrance on the site, a wish for its look."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for

from tbb.forms.telling import AccessibilityForm, AppearanceForm, ReportForm
from tbb.policy import Permission
from tbb.services import directory, feedback
from tbb.web.access import actor, public, requires
from tbb.web.forms import comes_from_here, csrf, mark_of_sending, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import SCHEME_COOKIE, settings

bp = Blueprint("telling", __name__)
YEAR_SECONDS = 365 * 24 * 3600


@bp.get("/enhet/<slug>/fel")
@public
def report(slug: str) -> Response:
    """Ask what is wrong with a unit's entry."""
    unit = directory.unit_name(slug) or abort(404)
    return page("directory/report.html", form=ReportForm(formdata=None), unit=unit, slug=slug)


@bp.post("/enhet/<slug>/fel")
@requires(Permission.TELL_US)
@csrf.exempt
def send_report(slug: str) -> Response:
    """Keep what a visitor says is wrong with a unit's entry."""
    unit = directory.unit_name(slug) or abort(404)
    person, form = stand_guard(), ReportForm()
    if not form.validate():
        return page("directory/report.html", fragment="form", status=422, form=form, unit=unit, slug=slug)
    if person:
        _tell("report", form.topic.data, form, url_for("directory.unit", slug=slug), feedback.unit_id_of(slug))
    return see_other(url_for("telling.thanks", about="fel"))


@bp.get("/tillganglighet/synpunkt")
@public
def accessibility() -> Response:
    """Ask what hinders a visitor."""
    form = AccessibilityForm(formdata=None, page=request.args.get("sida", "")[:200])
    return page("content/accessibility_feedback.html", form=form)


@bp.post("/tillganglighet/synpunkt")
@requires(Permission.TELL_US)
@csrf.exempt
def send_accessibility() -> Response:
    """Keep what hinders a visitor."""
    person, form = stand_guard(), AccessibilityForm()
    if not form.validate():
        return page("content/accessibility_feedback.html", fragment="form", status=422, form=form)
    if person:
        _tell("accessibility", "hindrance", form, form.page.data or url_for("telling.accessibility"), None)
    return see_other(url_for("telling.thanks", about="tillganglighet"))


@bp.get("/tack/<any(fel, tillganglighet):about>")
@public
def thanks(about: str) -> Response:
    """Say what happens next."""
    return page("content/thanks.html", about=about)


@bp.get("/utseende")
@public
def appearance() -> Response:
    """Ask whether the site should be light or dark."""
    return page(
        "content/appearance.html", form=AppearanceForm(formdata=None, scheme=request.cookies.get(SCHEME_COOKIE, "auto"))
    )


@bp.post("/utseende")
@requires(Permission.TELL_US)
@csrf.exempt
def choose_appearance() -> Response:
    """Remember the look in the one cookie that a visitor may choose to have."""
    form = AppearanceForm()
    if not comes_from_here():
        abort(400)
    if not form.validate():
        return page("content/appearance.html", fragment="form", status=422, form=form)
    response = see_other(url_for("pages.start"))
    if form.scheme.data == "auto":
        response.delete_cookie(SCHEME_COOKIE, samesite="Lax", secure=settings().secure)
    else:
        response.set_cookie(
            SCHEME_COOKIE,
            form.scheme.data,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            secure=settings().secure,
            httponly=True,
        )
    return response


def _tell(subject: str, topic: str, form: ReportForm | AccessibilityForm, about: str, unit_id: int | None) -> None:
    feedback.tell(
        actor(),
        who(),
        subject=subject,
        topic=topic,
        message=form.message.data or "",
        reply_to=form.reply_to.data or "",
        page=about,
        tell_address=settings().contact_email,
        unit_id=unit_id,
        once=mark_of_sending(),
    )
