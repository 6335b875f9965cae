"""What a family tells by its own link: that a plan is not followed. The page shows nothing of any child or plan."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.plan_family import FamilyForm
from tbb.policy import Permission
from tbb.services import plan_notes
from tbb.services.limits import TooOften
from tbb.web.access import requires
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other

bp = Blueprint("plan_family", __name__)


@bp.get("/plan/<token>")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
def ask(token: str) -> Response:
    """Ask what is not followed; looking changes nothing."""
    return _page(token, FamilyForm(formdata=None))


@bp.post("/plan/<token>")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def tell(token: str) -> BaseResponse:
    """Take what the family tells to the one who holds the plan together."""
    person, form = stand_guard(), FamilyForm()
    if not form.validate():
        return _page(token, form, status=422)
    try:
        if person:
            plan_notes.tell(token, **form.told())
    except plan_notes.NoSuchLink:
        return _page(token, form)
    except TooOften:
        abort(429)
    return see_other(url_for("plan_family.thanks"))


@bp.get("/plan/tack")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
def thanks() -> Response:
    """Say what happens next."""
    return _unkept(page("plan_family/thanks.html"))


def _page(token: str, form: FamilyForm, status: int = 200) -> Response:
    """The link's page; when it is no longer good, a page that says whom to turn to instead."""
    try:
        good = plan_notes.leads_somewhere(token, who())
    except TooOften:
        abort(429)
    if not good:
        return _unkept(page("plan_family/gone.html", status=404))
    return _unkept(page("plan_family/tell.html", fragment="form", status=status, form=form, token=token))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
