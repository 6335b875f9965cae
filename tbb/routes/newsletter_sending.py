"""Sending newsletters: trying, counting, letting go, calling back, pausing, and how it goes."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.newsletters import AudienceForm, SendForm
from tbb.policy import Permission
from tbb.services import newsletter_sending, newsletters, subscribing
from tbb.services.limits import TooOften
from tbb.services.newsletters import Newsletter
from tbb.web import newsletter_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("newsletter_sending", __name__, url_prefix="/arbetsyta/nyhetsbrev/<key>")
EMPTY = "Det finns inget att läsa i brevet än. Skriv minst en del först."
MOVED_ON = "Läget har ändrats sedan du öppnade sidan. Så här är det nu."


@bp.get("/skicka")
@requires(Permission.SEND_NEWSLETTER)
def audience(key: str) -> Response:
    """Ask to whom, and say roughly how many letters that is."""
    newsletter, form = _found(key), _offered(AudienceForm(request.args))
    if newsletter.state != "draft":
        return see_other(url_for("newsletter_sending.progress", key=key))
    return _audience(newsletter, form, SendForm(formdata=None))


@bp.post("/skicka")
@requires(Permission.SEND_NEWSLETTER)
def send(key: str) -> BaseResponse:
    """Let it go, in ten minutes or later."""
    newsletter, form = _found(key), _offered(SendForm())
    if not form.validate():
        return _audience(newsletter, form, form, 422)
    topics, places = form.chosen()
    try:
        newsletter_sending.send(actor(), newsletter, topics, places, at=form.at.moment)
    except newsletter_sending.Nobody:
        form.topics.errors = ["Välj minst ett ämne och en plats som någon vill ha brev om."]
        return _audience(newsletter, form, form, 422)
    except newsletter_sending.Empty:
        form.at.errors = [EMPTY]
        return _audience(newsletter, form, form, 422)
    except newsletter_sending.BadTime:
        form.at.errors = ["Tiden måste ligga framåt."]
        return _audience(newsletter, form, form, 422)
    except newsletters.NotNow:
        notify(MOVED_ON)
    return see_other(url_for("newsletter_sending.progress", key=key))


@bp.post("/prova")
@requires(Permission.SEND_NEWSLETTER)
def try_it(key: str) -> BaseResponse:
    """Send it to oneself."""
    newsletter = _found(key)
    try:
        newsletter_sending.try_it(actor(), newsletter)
        notify("Ett provbrev är på väg till dig.")
    except newsletter_sending.Empty:
        notify(EMPTY)
    except TooOften:
        notify("Du har skickat många provbrev. Vänta en stund.")
    return see_other(url_for("newsletters.edit", key=key))


@bp.get("/laget")
@requires(Permission.SEND_NEWSLETTER)
def progress(key: str) -> Response:
    """Show how a sending goes."""
    newsletter = _found(key)
    return page(
        "newsletters/progress.html",
        fragment="progress",
        newsletter=newsletter,
        told=newsletter_sending.progress(actor(), newsletter),
        doubtful=newsletter_sending.doubtful(actor(), newsletter),
        goes_on=newsletter.state in ("queued", "sending"),
        words=words,
    )


@bp.post("/angra")
@requires(Permission.SEND_NEWSLETTER)
def call_back(key: str) -> BaseResponse:
    """Undo before the letters leave."""
    try:
        newsletter_sending.call_back(actor(), _found(key))
    except newsletters.NotNow:
        notify("Breven har redan börjat skickas. Du kan pausa i stället.")
        return see_other(url_for("newsletter_sending.progress", key=key))
    notify("Utskicket är ångrat. Brevet är ett utkast igen.")
    return see_other(url_for("newsletters.edit", key=key))


@bp.post("/pausa")
@requires(Permission.SEND_NEWSLETTER)
def pause(key: str) -> BaseResponse:
    """Let no more letters leave for now."""
    return _turn(key, newsletter_sending.pause, "Utskicket är pausat. Några få brev kan redan vara på väg.")


@bp.post("/fortsatt")
@requires(Permission.SEND_NEWSLETTER)
def resume(key: str) -> BaseResponse:
    """Go on."""
    return _turn(key, newsletter_sending.resume, "Utskicket fortsätter.")


@bp.post("/igen/<int:number>")
@requires(Permission.SEND_NEWSLETTER)
def send_again(key: str, number: int) -> BaseResponse:
    """Send a letter in doubt once more."""
    try:
        newsletter_sending.send_again(actor(), _found(key), number)
        notify("Brevet står i kö igen.")
    except newsletters.NotNow:
        notify(MOVED_ON)
    return see_other(url_for("newsletter_sending.progress", key=key))


def _turn(key: str, change, said: str) -> BaseResponse:
    newsletter = _found(key)
    try:
        change(actor(), newsletter)
        notify(said)
    except newsletters.NotNow:
        notify(MOVED_ON)
    return see_other(url_for("newsletter_sending.progress", key=key))


def _found(key: str) -> Newsletter:
    return newsletters.find(actor(), key) or abort(404)


def _offered(form: AudienceForm) -> AudienceForm:
    return form.offer(words.swedish_topics(), subscribing.places())


def _audience(newsletter: Newsletter, form: AudienceForm, send_form: SendForm, status: int = 200) -> Response:
    topics, places = form.chosen()
    return page(
        "newsletters/audience.html",
        fragment="form",
        status=status,
        newsletter=newsletter,
        form=form,
        send_form=send_form,
        chosen=(topics, places),
        count=newsletter_sending.count(topics, places),
        by_topic=newsletter_sending.by_topic([newsletter_sending.EVERYWHERE]),
        places=dict([(newsletter_sending.EVERYWHERE, "hela länet"), *subscribing.places()]),
        words=words,
    )
