"""Applications to join, made as an applicant would: a link, a confirmation, answers, and the sending."""

from __future__ import annotations

from datetime import date

from tbb.database import connection, db
from tbb.models import Application, Grant, Joining, Letter
from tbb.models.kinds import Duty
from tbb.policy import VISITOR, Actor
from tbb.services import actors, agreements, application_links, applying, demo_joining, invitations, letters
from tbb.services.applying import Draft
from tests import make

EMAIL = "rektor@ekollonet.example"
ORGNR = "5599001004"
ORGANIZATION = {
    "orgnr": ORGNR,
    "name": "Friskolan Ekollonet AB",
    "street": "Exempelvägen 3",
    "postal_code": "64136",
    "place": "Exempelby",
    "website": "ekollonet.example",
}
SIGNER = {"name": "Olle Testborg", "title": "Ordförande", "proof": "statutes"}
CONTACT = {"name": "Rut Provlund", "phone": "070-174 06 24", "wish": "workshop", "questions": "Kan det vara en kväll?"}
BBA = {
    "name": "Maja Skissberg",
    "title": "Rektor",
    "email": "maja@ekollonet.example",
    "phone": "070-174 06 23",
    "phone_hours": "Vardagar 8–9",
    "mandate": "decision_maker",
    "mandate_by": "",
    "mandate_on": "",
}
OWN_UNIT = {
    "scheme": "own",
    "code": "",
    "name": "Förskolan Ekollonet",
    "kind": "preschool",
    "street": "Exempelvägen 3",
    "postal_code": "64136",
    "place": "Exempelby",
    "phone": "08-465 004 57",
    "reason": "Öppnar i höst.",
}


def link(email: str = EMAIL, sender: str = "192.0.2.1") -> str:
    """Ask for a link and give the secret of the newest letter to that address."""
    ask(email, sender)
    return newest_link(email)


def ask(email: str = EMAIL, sender: str = "192.0.2.1") -> None:
    """Ask for a link, and let the worker write the letter."""
    application_links.ask(VISITOR, sender, email)
    while application_links.answer_next():
        pass


def newest_link(email: str = EMAIL) -> str:
    """The secret in the newest letter with a link to an address."""
    told = Letter.select().where(Letter.recipient == email, Letter.template << ["application_start", QUESTION])
    return letters.facts_of(told.order_by(Letter.id.desc()).first())["path"].removeprefix("/anslut/")


QUESTION = "application_question"


def begun(email: str = EMAIL) -> str:
    """A confirmed draft without answers; give its link's secret."""
    secret = link(email)
    applying.confirm(VISITOR, secret)
    return secret


def put(secret: str, part: str, answers: dict) -> Draft:
    """Answer a part as if it had just been opened."""
    return applying.save(VISITOR, secret, part, answers, applying.find(secret).seen(part))


def filled_in(email: str = EMAIL, orgnr: str = ORGNR, units: tuple[dict, ...] = (), bba: dict = BBA) -> str:
    """A draft with every answer; without `units` it is one of its own that has no code."""
    secret = begun(email)
    put(secret, "organisation", ORGANIZATION | {"orgnr": orgnr})
    where = make.Municipality.select().first() or make.municipality()
    for each in units or (OWN_UNIT | {"municipality": where.code},):
        applying.add_unit(VISITOR, secret, each)
    for each in applying.find(secret).data["units"]:
        put(secret, f"ansvarig:{each['key']}", bba)
    put(secret, "firmatecknare", SIGNER)
    put(secret, "kontakt", CONTACT)
    applying.accept(VISITOR, secret, agreements.CURRENT)
    return secret


def sent(email: str = EMAIL, **more) -> Application:
    """An application that waits for its review."""
    secret = filled_in(email, **more)
    applying.send(VISITOR, secret, tell_address="vakt@tbb.example")
    return applying.find(secret).application


def leader(number: int, **held) -> Actor:
    """A process leader with an account, who may also hold a duty for an organizer: `organizer=…`."""
    account = invitations.invite(VISITOR, email=f"ledare{number}@tbb.example", name=f"Ledare {number}")
    account.state = "active"
    account.save()
    moment = make.now()
    Grant.create(account=account, duty=Duty.PROCESS_LEADER, starts_on=date(2025, 1, 1), given_at=moment)
    if held:
        Grant.create(account=account, duty=Duty.ORGANIZER_ADMIN, starts_on=date(2025, 1, 1), given_at=moment, **held)
    return actors.of_account(account.id)


def stage(app) -> None:
    """Let the demonstration's independent organisations be on stage, if they are not."""
    with connection():
        if not Joining.select().exists():
            with db.atomic():
                demo_joining.play()
