"""The living style guide: every component in every state, where the service is shown or developed."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.datastructures import MultiDict

from tbb import clock
from tbb.forms.telling import ReportForm
from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("styleguide", __name__)


@bp.get("/stilguide")
@requires(Permission.SEE_STYLE_GUIDE)
def show() -> Response:
    """Show every component, a form with its errors among them."""
    form = ReportForm(formdata=MultiDict({"topic": "", "reply_to": "exempel"}))
    form.validate()
    return page("styleguide/show.html", today=clock.today(), form=form)
