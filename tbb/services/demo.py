"""A small fictional county to try the service with: everybody and every unit in it is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, cycle

from tbb import clock
from tbb.database import transaction
from tbb.models import Municipality, Organizer, Person, Responsibility, School, Unit, UnitAlias, UnitSlug
from tbb.models.folding import fold, sort_key
from tbb.models.kinds import Kind, Mandate, OrganizerKind, Role, Status
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    demo_assessments,
    demo_audit,
    demo_cases,
    demo_cast,
    demo_forums,
    demo_invitations,
    demo_joining,
    demo_keeping,
    demo_library,
    demo_meeting_records,
    demo_meetings,
    demo_news,
    demo_newsletters,
    demo_plans,
    demo_responsibilities,
    demo_talks,
    search,
    site,
    versions,
)

MUNICIPALITIES = (
    ("0484", "Eskilstuna", "Eskilstuna kommun", "2120000357", 59.371, 16.510),
    ("0482", "Flen", "Flens kommun", "2120000332", 59.058, 16.588),
    ("0461", "Gnesta", "Gnesta kommun", "2120002965", 59.048, 17.309),
    ("0483", "Katrineholm", "Katrineholms kommun", "2120000340", 58.996, 16.208),
    ("0480", "Nyköping", "Nyköpings kommun", "2120002940", 58.753, 17.008),
    ("0481", "Oxelösund", "Oxelösunds kommun", "2120000324", 58.670, 17.102),
    ("0486", "Strängnäs", "Strängnäs kommun", "2120000365", 59.377, 17.031),
    ("0488", "Trosa", "Trosa kommun", "2120002957", 58.897, 17.552),
    ("0428", "Vingåker", "Vingåkers kommun", "2120000308", 59.044, 15.869),
)
REGION = ("Region Sörmland", "2321000032")
FLOWERS = (
    "Näckros", "Gullviv", "Blåsipp", "Vitsipp", "Smultron", "Kantarell", "Trollslände", "Ekorr", "Igelkott",
    "Blåklint", "Prästkrag", "Ängs", "Björk", "Ek", "Lärk", "Tall", "Rönn", "Hassel", "Sjö", "Strand",
)  # fmt: skip
PRESCHOOLS = (
    "Trollsländan", "Gullvivan", "Blåsippan", "Smultronet", "Kantarellen", "Ekorren", "Igelkotten", "Blåklinten",
    "Prästkragen", "Humlan", "Nyckelpigan", "Fjärilen", "Kotten", "Månen", "Stjärnan", "Regnbågen",
)  # fmt: skip
FIRST_NAMES = (
    "Helena", "Jonas", "Leila", "Erik", "Samira", "Maja", "Omar", "Pia", "Anders", "Fatima", "Karin", "Mikko",
    "Amina", "Lars", "Sofia", "Yusuf", "Ingrid", "Hassan", "Elin", "Tomas",
)  # fmt: skip
LAST_NAMES = (
    "Exempelsson",
    "Provlund",
    "Testborg",
    "Exempelholm",
    "Testström",
    "Skissberg",
    "Provberg",
    "Påhittsdotter",
)
TITLES = ("Rektor", "Biträdande rektor", "Specialpedagog", "Kurator")
HOURS = ("Måndag–fredag 8–9 och 15–16", "Tisdag och torsdag 13–15", "Måndag–torsdag 9–11")
SCENES = (
    demo_joining,
    demo_responsibilities,
    demo_keeping,
    demo_assessments,
    demo_cases,
    demo_meetings,
    demo_invitations,
    demo_meeting_records,
    demo_forums,
    demo_talks,
    demo_plans,
    demo_news,
    demo_library,
    demo_newsletters,
    demo_audit,
)
"""What has happened in the county, in this order."""

FIRST_PHONE, LAST_PHONE = 5, 99


class NotEmpty(Exception):
    """The database holds units already, and demo data must never mix with real ones."""


@transaction
def load(actor: Actor, *, scenes: bool = True) -> int:
    """Fill an empty database with the fictional county and mark it as such; tell how many units it got.

    Without `scenes` nothing has happened there yet: nothing waits, and nobody has written to anybody.
    """
    require(actor, Permission.KEEP_DIRECTORY)
    if Unit.select().exists():
        raise NotEmpty("The database already holds units. Demo data is only loaded into an empty one.")
    site.mark_as_demo()
    _County().build()
    demo_cast.build()
    for scene in SCENES if scenes else ():
        scene.play()
    search.reindex()
    versions.bump(versions.DIRECTORY)
    made = Unit.select().count()
    audit.record(actor, "demo:load", "database", "all", note=f"{made} verksamheter")
    return made


class _County:
    """Builds the county; its counters make every name, number and person differ a little."""

    def __init__(self) -> None:
        self.today = clock.today()
        self.numbers = count()
        self.people = count()
        self.phones = cycle(range(FIRST_PHONE, LAST_PHONE + 1))
        self.preschools, self.flowers = cycle(PRESCHOOLS), cycle(FLOWERS)

    def build(self) -> None:
        region = Organizer.create(name=REGION[0], orgnr=REGION[1], kind=OrganizerKind.REGION)
        for order, (code, name, legal_name, orgnr, north, east) in enumerate(MUNICIPALITIES):
            where = Municipality.create(
                code=code,
                name=name,
                legal_name=legal_name,
                orgnr=orgnr,
                slug=fold(name),
                sort_key=sort_key(name),
                participates=True,
                website=f"https://{fold(name)}.example",
                switchboard=self.landline(),
                concern_phone=self.landline(),
                concern_hours="Vardagar 8–16",
                concern_url=f"https://{fold(name)}.example/orosanmalan",
                after_hours_phone="08-465 004 99",
            )
            own = Organizer.create(name=legal_name, orgnr=orgnr, kind=OrganizerKind.MUNICIPAL, municipality=where)
            self.fill(where, own, region, north, east, order)
        self.special_cases()

    def fill(
        self, where: Municipality, own: Organizer, region: Organizer, north: float, east: float, order: int
    ) -> None:
        """Give a municipality its units, each with a BBA."""
        friends = Organizer.create(name=f"Föräldrakooperativet i {where.name}", kind=OrganizerKind.INDEPENDENT)
        for kind, name, organizer, more in self.units_of(where, own, region, friends, order):
            step = next(self.numbers)
            unit = self.unit(
                kind, name, where, organizer,
                latitude=round(north + (step % 7 - 3) * 0.004, 5), longitude=round(east + (step % 5 - 2) * 0.006, 5),
                **more,
            )  # fmt: skip
            if kind not in (Kind.SOCIAL_SERVICES, Kind.FAMILY_CENTRE):
                self.appoint(unit)

    def units_of(
        self, where: Municipality, own: Organizer, region: Organizer, friends: Organizer, order: int
    ) -> Iterator[tuple[Kind, str, Organizer, dict[str, object]]]:
        """Name a municipality's units."""
        for _ in range(3):
            yield Kind.PRESCHOOL, f"Förskolan {next(self.preschools)}", own, {"age_from": 1, "age_to": 5}
        yield Kind.PRESCHOOL, f"Föräldrakooperativet {next(self.preschools)}", friends, {"age_from": 1, "age_to": 5}
        yield Kind.COMPULSORY, f"{next(self.flowers)}skolan", own, {"grade_from": 0, "grade_to": 9}
        yield Kind.COMPULSORY, f"{next(self.flowers)}skolan", own, {"grade_from": 0, "grade_to": 6}
        yield Kind.COMPULSORY, f"Friskolan {next(self.flowers)}backen", friends, {"grade_from": 0, "grade_to": 6}
        yield (
            Kind.COMPULSORY_ADAPTED,
            f"{next(self.flowers)}skolan, anpassad grundskola",
            own,
            {"grade_from": 1, "grade_to": 9},
        )
        if order % 2 == 0:
            school = School.create(name=f"{next(self.flowers)}gymnasiet", municipality=where)
            for number in (1, 2):
                yield Kind.UPPER_SECONDARY, f"{school.name} {number}", own, {"school": school}
            yield Kind.UPPER_SECONDARY_ADAPTED, f"Anpassad gymnasieskola, {where.name}", own, {"school": school}
        yield Kind.BVC, f"BVC {where.name}", region, {"age_from": 0, "age_to": 5}
        yield Kind.FAMILY_CENTRE, f"Familjecentralen i {where.name}", region, {}
        yield Kind.KAA, f"Aktivitetsansvaret i {where.name}", own, {"age_from": 16, "age_to": 19}
        yield Kind.HOME_FOLLOWUP, f"Uppföljningsansvarig i {where.name}", own, {}
        yield Kind.SOCIAL_SERVICES, f"Socialtjänstens mottagning i {where.name}", own, {"phone": where.concern_phone}

    def unit(self, kind: Kind, name: str, where: Municipality, organizer: Organizer, **more: object) -> Unit:
        """Make one unit at Exempelvägen."""
        number = next(self.numbers)
        slug = "-".join(fold(name).split())
        if where.slug not in slug:
            slug = f"{slug}-{where.slug}"
        values = {
            "kind": kind,
            "name": name,
            "slug": slug if not Unit.select().where(Unit.slug == slug).exists() else f"{slug}-{number}",
            "municipality": where,
            "organizer": organizer,
            "street": f"Exempelvägen {number % 40 + 1}",
            "postal_code": f"6{int(where.code) % 100:02d}{number % 90 + 10}",
            "place": where.name,
            "phone": self.landline(),
            "email": f"info@{fold(where.name)}.example",
            "website": f"https://{fold(where.name)}.example/{slug}",
            "sort_key": sort_key(name),
            "folded": fold(name),
            "updated_at": clock.now(),
        }
        return Unit.create(**values | more)

    def appoint(self, unit: Unit) -> Responsibility:
        """Let somebody answer for a unit."""
        number = next(self.people)
        given, family = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % 7 + number // 50 % 2]
        title = "Sjuksköterska" if unit.kind == Kind.BVC else TITLES[number % len(TITLES)]
        who = Person.create(
            name=f"{given} {family}",
            title=title,
            phone=self.mobile(),
            email=f"{fold(given)}.{fold(family)}@{unit.municipality.slug}.example",
            phone_hours=HOURS[number % len(HOURS)],
            languages="Svenska, engelska och arabiska" if number % 3 == 0 else "Svenska och engelska",
        )
        return Responsibility.create(
            unit=unit,
            person=who,
            role=Role.BBA,
            starts_on=date(2025, 8, 11),
            mandate=Mandate.DECISION_MAKER if title == "Rektor" else Mandate.DELEGATED,
            mandate_by="" if title == "Rektor" else "Rektor",
            mandate_on=None if title == "Rektor" else date(2025, 8, 11),
            confirmed_on=None if number % 6 == 5 else self.today - timedelta(days=number % 150 + 3),
        )

    def special_cases(self) -> None:
        """Show what real life brings: gaps, absences, protected identities, holidays, moves and other names."""
        schools = list(Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id))
        for gap in schools[4::9]:
            Responsibility.delete().where(Responsibility.unit == gap).execute()
        first, away, protected, holiday = schools[0], schools[1], schools[3], schools[6]
        UnitAlias.create(unit=first, name="Lilla Näckrosen")
        UnitSlug.create(unit=first, slug="nackrosskolan")
        Responsibility.update(
            away_from=self.today - timedelta(days=3), away_until=self.today + timedelta(days=11)
        ).where(Responsibility.unit == away).execute()
        self.stand_in(away, Role.DEPUTY, "Omar Provberg", "Kurator")
        self.stand_in(holiday, Role.HOLIDAY, "Elevhälsans jour", "Lovkontakt")
        Responsibility.delete().where(Responsibility.unit == protected).execute()
        who = Person.create(
            protected=True, function_name="Barnets bästa-ansvarig på skolan", switchboard=self.landline()
        )
        Responsibility.create(
            unit=protected, person=who, role=Role.BBA, starts_on=date(2025, 8, 11), mandate=Mandate.DECISION_MAKER
        )
        Unit.update(status=Status.DORMANT).where(Unit.id == schools[-1].id).execute()

    def stand_in(self, unit: Unit, role: Role, name: str, title: str) -> None:
        """Let somebody step in beside the BBA."""
        who = Person.create(name=name, title=title, phone=self.mobile())
        Responsibility.create(unit=unit, person=who, role=role, starts_on=date(2025, 8, 11))

    def mobile(self) -> str:
        """A number from the series kept for fiction."""
        return f"070-174 06 {next(self.phones):02d}"

    def landline(self) -> str:
        """A number from the series kept for fiction."""
        return f"08-465 004 {next(self.phones) % 99:02d}"
