"""The demonstration's independent organisations: numbers in a register, two applications, and every state of R26."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

from stdnum.luhn import calc_check_digit

from tbb import clock
from tbb.models import Application, ApplicationEvent, Joining, JoiningNote, Organizer, Unit, UnitId
from tbb.models.kinds import ApplicationState, JoiningState, Kind, OrganizerKind
from tbb.services import agreements, demo_cast

STATES = (
    JoiningState.JOINED,
    JoiningState.OFFERED,
    JoiningState.INTERESTED,
    JoiningState.OFFERED,
    JoiningState.INTERESTED,
    JoiningState.MEETING_BOOKED,
    JoiningState.WORKSHOP_HELD,
    JoiningState.DECLINED,
)
"""One for each organisation in turn; those that are left have not been offered."""


def play() -> None:
    """Number the independent organisations and their units, and let some apply; within the caller's transaction."""
    organizers = list(
        Organizer.select().where(Organizer.kind == OrganizerKind.INDEPENDENT.value).order_by(Organizer.id)
    )
    for number, organizer in enumerate(organizers, 1):
        _number(organizer, number)
    for number, (organizer, state) in enumerate(zip(organizers, STATES, strict=False)):
        _stand(organizer, state, days=40 + 9 * number)
    _apply(organizers[1], "TBB-2F8EN", ApplicationState.SENT, days=3)
    _apply(organizers[2], "TBB-7K2M9", ApplicationState.RECOMMENDED, days=9)


def _number(organizer: Organizer, number: int) -> None:
    """Give an organisation and its units numbers that nobody has, but that look right."""
    base = f"7699000{number:02d}"
    website = f"https://foraldrakooperativet-{number}.example"
    Organizer.update(orgnr=base + calc_check_digit(base), website=website, phone=f"08-465 004 {60 + number}").where(
        Organizer.id == organizer.id
    ).execute()
    for place, unit in enumerate(Unit.select().where(Unit.organizer == organizer).order_by(Unit.id)):
        if unit.kind == Kind.PRESCHOOL:
            UnitId.create(unit=unit, scheme="forskole_id", value=f"9900{number}{place}")
        else:
            UnitId.create(unit=unit, scheme="skolenhetskod", value=f"990000{number}{place}")


def _stand(organizer: Organizer, state: JoiningState, days: int) -> None:
    today = clock.today()
    joined = state is JoiningState.JOINED
    joining = Joining.create(
        organizer=organizer,
        state=state,
        changed_on=today - timedelta(days=days),
        joined_on=today - timedelta(days=345) if joined else None,
        renew_by=today + timedelta(days=20) if joined else None,
        agreement=agreements.CURRENT if joined else 0,
        municipality=organizer.units.first().municipality_id,
    )
    leader = demo_cast.account_of("processledare")
    for on, how, note, led_to in (
        (days + 30, "letter", "Erbjudande med broschyr.", JoiningState.OFFERED),
        (days, "phone", "Talade med rektorn.", state),
    ):
        JoiningNote.create(
            joining=joining,
            account=leader,
            on=today - timedelta(days=on),
            how=how,
            note=note,
            state=led_to,
            at=clock.now() - timedelta(days=on),
        )


def _apply(organizer: Organizer, reference: str, state: ApplicationState, days: int) -> None:
    """Let an organisation have applied, for its units in the register and for one that has no code yet."""
    organizer = Organizer.get_by_id(organizer.id)
    moment, where = clock.now() - timedelta(days=days), organizer.units.first().municipality
    recommended = state is ApplicationState.RECOMMENDED
    leader = demo_cast.account_of("processledare") if recommended else None
    call = f"Olle Testborg, {organizer.phone} (registret: {organizer.name}), {clock.today().isoformat()}"
    application = Application.create(
        key=secrets.token_hex(16),
        reference=reference,
        state=state,
        version=9,
        email=f"rektor@{organizer.website.removeprefix('https://')}",
        email_confirmed_at=moment,
        orgnr=organizer.orgnr,
        data=json.dumps(_answers(organizer, where.code, where.name), ensure_ascii=False),
        agreement=agreements.CURRENT,
        accepted_at=moment,
        created_at=moment,
        saved_at=moment,
        sent_at=moment,
        first_by=leader,
        first_at=moment if recommended else None,
        called_back=call if recommended else "",
        forget_on=clock.today() + timedelta(days=365),
    )
    ApplicationEvent.create(application=application, what="sent", at=moment)
    if recommended:
        ApplicationEvent.create(
            application=application, account=leader, what="recommended", note=call, at=moment + timedelta(days=1)
        )


def _answers(organizer: Organizer, municipality: str, place: str) -> dict[str, object]:
    units = [
        {"key": f"{number.id:08x}", "scheme": number.scheme, "code": number.value, "name": number.unit.label}
        | {"kind": number.unit.kind}
        for number in UnitId.select().join(Unit).where(Unit.organizer == organizer).order_by(UnitId.id)
    ]
    units.append(
        {"key": "0000nytt", "scheme": "own", "code": "", "name": f"Förskolan Ekollonet i {place}"}
        | {"kind": Kind.PRESCHOOL.value, "municipality": municipality, "street": "Exempelvägen 3"}
        | {"postal_code": "64136", "place": place, "phone": "08-465 004 57", "reason": "Öppnar i höst."}
    )
    proposed = {"name": "Maja Skissberg", "title": "Biträdande rektor", "email": "maja.skissberg@ekollonet.example"}
    proposed |= {"phone": "070-174 06 23", "phone_hours": "Vardagar 8–9", "mandate": "delegated"}
    proposed |= {"mandate_by": "Styrelsen", "mandate_on": clock.today().replace(day=1).isoformat()}
    return {
        "organisation": {"orgnr": organizer.orgnr, "name": organizer.name, "street": "Exempelvägen 3"}
        | {"postal_code": "64136", "place": place, "website": organizer.website},
        "units": units,
        "firmatecknare": {"name": "Olle Testborg", "title": "Ordförande", "proof": "statutes"},
        "responsible": {each["key"]: dict(proposed) for each in units},
        "kontakt": {"name": "Olle Testborg", "phone": "070-174 06 24", "wish": "workshop"}
        | {"questions": "Kan workshopen vara på en kväll?"},
    }
