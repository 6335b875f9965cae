"""The demonstration's cast: one fictional person for each duty, with an account to try the service with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import Account, Grant, Organizer, Responsibility, Sitting, Unit
from tbb.models.folding import fold
from tbb.models.kinds import Duty, Kind, OrganizerKind, Role
from tbb.policy import Actor
from tbb.services import audit, sittings


@dataclass(frozen=True)
class Persona:
    """Somebody to be. `where` names the unit or organizer of the duty; `key` stands in the address of /demo.

    `does` says who they are in the work, `may` what there is to try as them.
    """

    key: str
    name: str
    title: str
    duty: Duty | None
    where: str
    group: str
    does: str
    may: tuple[str, ...]


@dataclass(frozen=True)
class Player:
    """One of the cast as a visitor meets them. `place` is where their duty reaches."""

    key: str
    name: str
    title: str
    place: str
    does: str
    may: tuple[str, ...]


NEAR, OWNER, COUNTY, WATCH = "Nära barnen", "Hos huvudmannen", "I hela länet", "Granskning och drift"
GROUPS = {
    NEAR: "De arbetar på en skola och ser det som gäller den.",
    OWNER: "De sköter uppgifterna för en kommun, en region eller en fristående verksamhet.",
    COUNTY: "De håller ihop arbetet mellan alla som är med. Ingen av dem ser uppgifter om barn.",
    WATCH: "De ser till att allt går rätt till och att tjänsten fungerar.",
}
"""The groups of the cast in the order they are shown, and what is common to each."""
CAST = (
    Persona("bba", "", "Barnets bästa-ansvarig", None, "school", NEAR,
            "Svarar för skolan och är den som familjer och kollegor vänder sig till.",
            ("Bekräfta att skolans uppgifter stämmer", "Ändra telefontid och kontaktvägar",
             "Lämna över till den som tar vid")),
    Persona("ersattare", "", "ersättare för Barnets bästa-ansvarig", None, "deputized", NEAR,
            "Går in när den ansvariga är borta. Just nu är det så på skolan.",
            ("Se vad som gäller under frånvaron", "Bekräfta skolans uppgifter")),
    Persona("enhetschef", "Eva Testborg", "rektor", Duty.UNIT_HEAD, "school", NEAR,
            "Leder skolan och utser den som är ansvarig.",
            ("Utse en Barnets bästa-ansvarig och en ersättare", "Bjuda in medarbetare",
             "Godkänna nya kontaktuppgifter")),
    Persona("personal", "Sara Skissberg", "skolsköterska", Duty.STAFF, "school", NEAR,
            "Arbetar på skolan utan särskilt uppdrag i modellen.",
            ("Se sin arbetsyta", "Se att andras uppgifter inte går att nå")),
    Persona("delegerad", "Dan Provlund", "kurator", Duty.DELEGATE, "school", NEAR,
            "Har fått en uppgift på tid. Den slutar av sig själv.",
            ("Se när uppdraget går ut",)),
    Persona("huvudman", "Hugo Exempelholm", "administratör", Duty.ORGANIZER_ADMIN, "eskilstuna", OWNER,
            "Sköter kommunens verksamheter och konton.",
            ("Se läget i kommunen och påminna de som inte har svarat", "Utse ansvariga",
             "Bjuda in, ge och ta tillbaka uppdrag")),
    Persona("granne", "Greta Provberg", "administratör", Duty.ORGANIZER_ADMIN, "flen", OWNER,
            "Sköter grannkommunens verksamheter.",
            ("Se att den egna kommunen syns och grannens inte gör det",)),
    Persona("region", "Rut Testström", "administratör", Duty.ORGANIZER_ADMIN, "region", OWNER,
            "Sköter regionens barnavårdscentraler och mottagningar.",
            ("Se läget för regionens verksamheter", "Utse ansvariga")),
    Persona("friskola", "Frida Skissberg", "administratör", Duty.ORGANIZER_ADMIN, "friends", OWNER,
            "Sköter en fristående verksamhet.",
            ("Hålla verksamhetens uppgifter rätt", "Förnya anslutningen en gång om året")),
    Persona("processledare", "Petra Exempelsson", "processledare", Duty.PROCESS_LEADER, "", COUNTY,
            "Leder arbetet i länet.",
            ("Granska en ansökan från en fristående verksamhet", "Flagga en uppgift som ser fel ut",
             "Se täckningen i hela länet")),
    Persona("processledare2", "Pål Testborg", "processledare", Duty.PROCESS_LEADER, "", COUNTY,
            "Leder arbetet tillsammans med Petra. Det som kräver två gör de ihop.",
            ("Godkänna det som Petra har granskat",)),
    Persona("styrgrupp", "Stina Exempelholm", "ledamot i styrgruppen", Duty.STEERING, "", COUNTY,
            "Följer hur det går. Ser siffror, aldrig personer.",
            ("Se täckningen och hur den förändras",)),
    Persona("kommunikator", "Karl Provlund", "kommunikatör", Duty.COMMUNICATOR, "", COUNTY,
            "Skriver nyheter för alla som är med.",
            ("Se sin arbetsyta",)),
    Persona("loggranskare", "Lova Provberg", "loggranskare", Duty.LOG_REVIEWER, "", WATCH,
            "Granskar vem som har läst och ändrat vad.",
            ("Söka i loggen", "Gå igenom veckans stickprov", "Ta ställning till ett larm")),
    Persona("dataskyddsombud", "Dilan Testström", "dataskyddsombud", Duty.LOG_REVIEWER, "eskilstuna", WATCH,
            "Granskar loggen för en kommun.",
            ("Se kommunens del av loggen, inget annat",)),
    Persona("drift", "Disa Skissberg", "drift", Duty.OPERATIONS, "", WATCH,
            "Sköter maskinen och ser inget innehåll.",
            ("Se brev som väntar eller har fastnat",)),
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


def players() -> dict[str, list[Player]]:
    """Give the cast by group, with the names and places that the demonstration has given them."""
    found = {account.email: account for account in Account.select(Account, Organizer).left_outer_join(Organizer)}
    units = _units()
    groups: dict[str, list[Player]] = {group: [] for group in GROUPS}
    for persona in CAST:
        account = found.get(_email(persona.key))
        if account is not None:
            place = units.get(account.id) or (_owner(account) if persona.where else "Södermanlands län")
            groups[persona.group].append(
                Player(persona.key, account.name, persona.title, place, persona.does, persona.may)
            )
    return groups


@transaction
def become(key: str, *, instead_of: Sitting | None = None, browser: str = "") -> str | None:
    """Sign in as one of the cast, instead of whoever was signed in; give the secret, None when there is no such one."""
    account = account_of(key)
    if account is None:
        return None
    if instead_of is not None:
        sittings.end(instead_of.id, instead_of.account_id)
    audit.record(Actor(f"account:{account}", account=account), "account:sign-in", "account", account, note="demo")
    return sittings.begin(account, method="demo", strong=True, browser=browser)


def _units() -> dict[int, str]:
    """The unit of each account that has a duty for just one, by hand or by a responsibility."""
    found = rows(
        "SELECT g.account_id, COALESCE(NULLIF(u.display_name, ''), u.name), u.place FROM \"grant\" g"
        " JOIN unit u ON u.id = g.unit_id WHERE g.ended_at IS NULL"
        " UNION ALL SELECT a.id, COALESCE(NULLIF(u.display_name, ''), u.name), u.place FROM account a"
        " JOIN responsibility r ON r.person_id = a.person_id JOIN unit u ON u.id = r.unit_id"
        " WHERE r.role IN ('bba', 'deputy')"
    )
    return {account: f"{name}, {place}" for account, name, place in found}


def _owner(account: Account) -> str:
    return account.organizer.name if account.organizer_id else ""


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
