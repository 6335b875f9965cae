"""The outbox: where every letter is, for those who keep the machine; and in the demonstration, what they say."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.mailing import BounceForm, DecisionForm
from tbb.policy import Permission
from tbb.services import letters
from tbb.services import outbox as post
from tbb.services.letters import State
from tbb.services.outbox import Decision
from tbb.web import letter_words, newsletter_letters
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.letters import CannotWrite, name_of
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("mailing", __name__)
MOVED_ON = "Brevet har ändrats sedan du öppnade sidan. Så här är det nu."


@bp.get("/arbetsyta/brev")
@requires(Permission.READ_LETTERS, reads="letter:read")
def outbox() -> Response:
    """List letters by where they are."""
    chosen = {name: request.args.get(name, "")[:120].strip() for name in ("state", "template", "mark")}
    chosen["state"] = chosen["state"] if chosen["state"] in set(State) else ""
    number = request.args.get("sida", "1")
    found = post.listed(actor(), **chosen, page=int(number) if number.isdecimal() and len(number) < 6 else 1)
    kinds = {template: name_of(template) for template in post.templates(actor())}
    return page(
        "mailing/outbox.html",
        fragment="results",
        found=found,
        chosen=chosen,
        counts=post.counts(actor()),
        kinds=kinds,
        words=letter_words,
        keeps=not settings().smtp_url,
    )


@bp.get("/arbetsyta/brev/<int:number>")
@requires(Permission.READ_LETTERS, reads="letter:read")
def letter(number: int) -> Response:
    """Show one letter: everything but what it says."""
    return _letter(number, BounceForm(formdata=None))


@bp.post("/arbetsyta/brev/<int:number>/beslut")
@requires(Permission.DECIDE_LETTER)
def decide(number: int) -> BaseResponse:
    """Send again, hold for arrived, stop, or use an address again."""
    form = DecisionForm()
    if not form.validate():
        return _letter(number, BounceForm(formdata=None), status=422)
    decision = Decision(form.decision.data)
    try:
        post.decide(actor(), number, decision) or abort(404)
    except post.NotNow:
        notify(MOVED_ON)
    else:
        notify(letter_words.DECIDED[decision])
    return see_other(url_for("mailing.letter", number=number))


@bp.post("/arbetsyta/brev/<int:number>/studs")
@requires(Permission.DECIDE_LETTER)
def bounce(number: int) -> BaseResponse:
    """Note that a letter came back."""
    form = BounceForm()
    if not form.validate():
        return _letter(number, form, status=422)
    try:
        post.note_bounce(actor(), number, hard=form.kind.data == "hard") or abort(404)
    except post.NotNow:
        notify(MOVED_ON)
    else:
        notify("Det är antecknat att brevet kom tillbaka.")
    return see_other(url_for("mailing.letter", number=number))


@bp.post("/arbetsyta/brev/misslyckade")
@requires(Permission.DECIDE_LETTER)
def try_failed_again() -> BaseResponse:
    """Queue every failed letter again."""
    queued = post.try_all_failed_again(actor())
    notify(f"{queued} brev står i kö igen." if queued else "Det fanns inget brev att försöka igen med.")
    return see_other(url_for("mailing.outbox"))


@bp.get("/demo/brev")
@requires(Permission.OPEN_LETTER)
def demo_letters() -> Response:
    """In the demonstration, list the letters that have not been sent."""
    lines = [(line, name_of(line.template)) for line in post.readable(actor())]
    return page("mailing/demo_letters.html", lines=lines)


@bp.get("/demo/brev/<int:number>")
@requires(Permission.OPEN_LETTER)
def demo_letter(number: int) -> Response:
    """In the demonstration, show what a letter says, with links to press."""
    try:
        line, facts = post.opened(actor(), number) or abort(404)
        said, _headers = newsletter_letters.write(
            line.template, facts, base_url=settings().base_url, language=line.language
        )
    except (letters.CannotRead, CannotWrite):
        abort(404)
    return page("mailing/demo_letter.html", line=line, said=said)


def _letter(number: int, form: BounceForm, *, status: int = 200) -> Response:
    line = post.letter(actor(), number) or abort(404)
    return page(
        "mailing/letter.html", status=status, line=line, form=form, name=name_of(line.template), words=letter_words
    )
