"""A plan on paper: the family's sheet and its link, the two questions of a follow-up, and a basis for a SIP."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.policy import Permission
from tbb.routes.plans import READS, kept, over
from tbb.services import family_sheet, plan_notes, plan_shelf, sip_basis
from tbb.web import plan_paper
from tbb.web import plan_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.language import LANGUAGES
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("plan_papers", __name__)
FAMILY = ("child", "guardians")


@bp.get("/planer/<key>/blad")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def sheet(key: str) -> Response:
    """Show the family's sheet as it will stand on paper."""
    plan, code = kept(key), plan_paper.chosen(request.args.get("sprak", ""))
    content = family_sheet.content(actor(), plan)
    paper = plan_paper.paper(content, code, settings().base_url)
    told = {
        "plan": plan,
        "content": content,
        "paper": paper,
        "languages": LANGUAGES.values(),
        "words": words,
    }
    return page("plans/sheet.html", **told)


@bp.get("/planer/<key>/blad.pdf")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def sheet_pdf(key: str) -> Response:
    """Give the family's sheet as PDF."""
    plan, code = kept(key), plan_paper.chosen(request.args.get("sprak", ""))
    paper = plan_paper.paper(family_sheet.content(actor(), plan), code, settings().base_url)
    return _pdf(family_sheet.set_paper(paper), f"blad-{plan.reference.lower()}.pdf")


@bp.get("/planer/<key>/qr.svg")
@requires(Permission.HAND_ON_PLAN)
def qr(key: str) -> Response:
    """Draw the family's link as a QR code."""
    secret = plan_notes.link_of(kept(key)) or abort(404)
    code = plan_paper.chosen(request.args.get("sprak", ""))
    response = make_response(plan_paper.qr_of(settings().base_url, secret, code))
    response.mimetype = "image/svg+xml"
    return response


@bp.post("/planer/<key>/lank")
@requires(Permission.HAND_ON_PLAN)
def new_link(key: str) -> BaseResponse:
    """Give the family a link by which it can tell that the plan is not followed; the one before ends."""
    try:
        plan_notes.new_link(actor(), kept(key))
    except plan_shelf.Ended:
        return over(key)
    notify("Familjen har en ny länk. Den står på bladet nu.")
    return see_other(url_for("plan_papers.sheet", key=key))


@bp.post("/planer/<key>/lank/avsluta")
@requires(Permission.HAND_ON_PLAN)
def end_link(key: str) -> BaseResponse:
    """Let the family's link lead nowhere."""
    plan_notes.end_link(actor(), kept(key))
    notify("Länken gäller inte längre.")
    return see_other(url_for("plan_papers.sheet", key=key))


@bp.get("/planer/<key>/fragor")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def questions(key: str) -> Response:
    """Show the two questions of a follow-up, to print in any language."""
    plan, code = kept(key), plan_paper.chosen(request.args.get("sprak", ""))
    to = request.args.get("till") if request.args.get("till") in FAMILY else "child"
    asked = plan_paper.questions(code, to)
    return page("plans/questions.html", plan=plan, asked=asked, to=to, languages=LANGUAGES.values())


@bp.get("/planer/<key>/sip")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def sip(key: str) -> Response:
    """Explain what a SIP is, and offer the basis for one."""
    return page("plans/sip.html", plan=kept(key), agreement=settings().sip_url, words=words)


@bp.get("/planer/<key>/sip/underlag")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def sip_printout(key: str) -> Response:
    """Show the basis for a SIP as it will stand on paper."""
    plan = kept(key)
    return page("plans/sip_basis.html", plan=plan, sheet=sip_basis.sheet(actor(), plan))


@bp.get("/planer/<key>/sip.pdf")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def sip_pdf(key: str) -> Response:
    """Give the basis for a SIP as PDF."""
    plan = kept(key)
    return _pdf(sip_basis.pdf(actor(), plan), f"underlag-{plan.reference.lower()}.pdf")


def _pdf(body: bytes, name: str) -> Response:
    response = make_response(body)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
