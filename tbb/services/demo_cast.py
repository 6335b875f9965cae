"""The demonstration's cast: one fictional person for each duty, with an account to try the service with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.models import Account, Grant, Organizer, Responsibility, Unit
from tbb.models.folding import fold
from tbb.models.kinds import Duty, Kind, OrganizerKind, Role


@dataclass(frozen=True)
class Persona:
    """Somebody to be. `where` names the unit or organizer of the duty; `key` stands in the address of /demo."""

    key: str
    name: str
    title: str
    duty: Duty | None
    where: str = ""
    does: str = ""


CAST = (
    Persona("personal", "Sara Skissberg", "skolsköterska", Duty.STAFF, "school",
            "Arbetar på en skola."),
    Persona("bba", "", "Barnets bästa-ansvarig", None, "school",
            "Svarar för skolan och håller sin post rätt."),
    Persona("ersattare", "", "ersättare för Barnets bästa-ansvarig", None, "deputized",
            "Går in när den ansvariga är borta."),
    Persona("delegerad", "Dan Provlund", "kurator med delegerad uppgift", Duty.DELEGATE, "school",
            "Har en uppgift på tid."),
    Persona("enhetschef", "Eva Testborg", "rektor", Duty.UNIT_HEAD, "school",
            "Leder skolan och utser ansvarig."),
    Persona("huvudman", "Hugo Exempelholm", "administratör, Eskilstuna kommun", Duty.ORGANIZER_ADMIN, "eskilstuna",
            "Sköter kommunens poster."),
    Persona("granne", "Greta Provberg", "administratör, Flens kommun", Duty.ORGANIZER_ADMIN, "flen",
            "Sköter grannkommunens poster."),
    Persona("region", "Rut Testström", "administratör, Region Sörmland", Duty.ORGANIZER_ADMIN, "region",
            "Sköter regionens poster."),
    Persona("friskola", "Frida Skissberg", "administratör, fristående", Duty.ORGANIZER_ADMIN, "friends",
            "Sköter en fristående verksamhets poster."),
    Persona("kommunikator", "Karl Provlund", "kommunikatör", Duty.COMMUNICATOR, "",
            "Skriver nyheter."),
    Persona("processledare", "Petra Exempelsson", "processledare", Duty.PROCESS_LEADER, "",
            "Leder arbetet i länet."),
    Persona("processledare2", "Pål Testborg", "processledare", Duty.PROCESS_LEADER, "",
            "Leder arbetet i länet, tillsammans med Petra."),
    Persona("styrgrupp", "Stina Exempelholm", "ledamot i styrgruppen", Duty.STEERING, "",
            "Ser statistik, aldrig personer."),
    Persona("loggranskare", "Lova Provberg", "loggranskare", Duty.LOG_REVIEWER, "",
            "Granskar vem som har läst vad."),
    Persona("dataskyddsombud", "Dilan Testström", "dataskyddsombud, Eskilstuna kommun", Duty.LOG_REVIEWER, "eskilstuna",
            "Granskar kommunens logg."),
    Persona("drift", "Disa Skissberg", "drift", Duty.OPERATIONS, "",
            "Sköter maskinen, ser inget innehåll."),
)  # fmt: skip


def build() -> None:
    """Give everybody in the cast an account, within the caller's transaction."""
    school, deputized = _schools()
    places = {
        "school": {"unit": school},
        "deputized": {"unit": deputized},
        "eskilstuna": {"organizer": Organizer.get(Organizer.name == "Eskilstuna kommun")},
        "flen": {"organizer": Organizer.get(Organizer.name == "Flens kommun")},
        "region": {"organizer": Organizer.get(Organizer.kind == OrganizerKind.REGION)},
        "friends": {"organizer": Organizer.get(Organizer.name == "Föräldrakooperativet i Eskilstuna")},
        "": {},
    }
    for persona in CAST:
        _account(persona, places[persona.where])


def account_of(key: str) -> int | None:
    """Find the account of one of the cast."""
    if key not in {persona.key for persona in CAST}:
        return None
    found = Account.get_or_none(Account.email == _email(key))
    return found.id if found else None


def _schools() -> tuple[Unit, Unit]:
    """The school that most of the cast works at, and the one whose BBA is away and has a deputy."""
    schools = list(Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).limit(2))
    return schools[0], schools[1]


def _account(persona: Persona, place: dict[str, object]) -> None:
    moment = clock.now()
    answers = None
    if persona.duty is None:
        role = Role.BBA if persona.key == "bba" else Role.DEPUTY
        answers = Responsibility.get(Responsibility.unit == place["unit"], Responsibility.role == role).person
    organizer = place["unit"].organizer if "unit" in place else place.get("organizer")
    account = Account.create(
        key=secrets.token_hex(16),
        email=_email(persona.key),
        name=answers.name if answers else persona.name,
        state="active",
        person=answers,
        organizer=organizer,
        created_at=moment,
    )
    if persona.duty is not None:
        ends = clock.today() + timedelta(days=90) if persona.duty is Duty.DELEGATE else None
        Grant.create(
            account=account, duty=persona.duty, starts_on=clock.today(), ends_on=ends, given_at=moment, **place
        )


def _email(key: str) -> str:
    return f"{fold(key)}@tbb.example"
