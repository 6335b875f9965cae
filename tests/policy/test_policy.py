"""Who may do what, where, as one table; everything that is not in it is refused.

Each cell tells in which places the actor of the column may do what the row says, as letters of `PLACES`: in the own
unit, elsewhere at the own organizer, at another one, in the county as such, with something begun by oneself, with
something about oneself, and with a case of the own unit while its BBA is away (a), when it has neither BBA nor deputy
(n), or that is delegated to oneself (d); with a meeting or a plan elsewhere that one takes part in (t) or is the
samordningsperson of (k), and with one of the own unit that somebody else coordinates (s). "all" is everywhere and "-" nowhere.
"""

from __future__ import annotations

import pytest

from tbb.models.kinds import FOLLOWED, Duty
from tbb.policy import GIVES, RULES, Actor, Permission, Place, Refused, may, may_give, require
from tests.policy.relations import CAST, MYSELF, OTHER, OWN, PLACES, STRANGER, UNIT, with_duty

LETTERS = dict(zip(PLACES, "uoxcbmandtks", strict=True))
TABLE = """
permission            visitor  showroom  in demo  halfway  no duty       staff         bba           deputy        delegate      unit head     admin         communicator  process       steering      own steering  reviewer      own reviewer  weak reviewer  weak BBA      operations    command
public:read           all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
feedback:create       all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
style-guide:read      -        all       all      -        -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             -             -
demo:visit            -        -         all      -        -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             -             -
account:sign-in       all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
account:finish        -        -         -        all      -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             -             -
account:own           -        -         -        -        all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           -
desk:read             -        -         -        -        all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           -
entry:read            -        -         -        -        -             -             u...bmand..s  u...bmand..s  -             u...bmand..s  uo..bmand..s  -             all           -             -             -             -             -              u...bmand..s  -             -
entry:change          -        -         -        -        -             -             u...bmand..s  -             -             u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              u...bmand..s  -             -
entry:confirm         -        -         -        -        -             -             u...bmand..s  u...bmand..s  -             u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              u...bmand..s  -             -
contact:approve       -        -         -        -        -             -             u....mand..s  -             -             u....mand..s  uo...mand..s  -             -             -             -             -             -             -              u....mand..s  -             -
bba:appoint           -        -         -        -        -             -             -             -             -             u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              -             -             -
handover:confirm      -        -         -        -        -             -             u...bmand..s  u...bmand..s  -             u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              u...bmand..s  -             -
entry:flag            -        -         -        -        -             -             -             -             -             -             -             -             all           -             -             -             -             -              -             -             -
flag:settle           -        -         -        -        -             -             u...bmand..s  -             -             u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              u...bmand..s  -             -
fault:read            -        -         -        -        -             -             u...bmand..s  -             -             u...bmand..s  uo..bmand..s  -             all           -             -             -             -             -              u...bmand..s  -             -
fault:handle          -        -         -        -        -             -             u...bmand..s  -             -             u...bmand..s  uo..bmand..s  -             all           -             -             -             -             -              u...bmand..s  -             all
coverage:read         -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             all           all           uo..bmand..s  -             -             -              -             -             -
coverage:remind       -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             all           -             -             -             -             -              -             -             -
units:import          -        -         -        -        -             -             -             -             -             -             all           -             all           -             -             -             -             -              -             -             all
units:approve-import  -        -         -        -        -             -             -             -             -             -             uoxc.mandtks  -             uoxc.mandtks  -             -             -             -             -              -             -             -
directory:keep        -        -         -        -        -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             -             all
account:read          -        -         -        -        -             -             -             -             -             u...bmand..s  uo..bmand..s  -             all           -             -             -             -             -              -             -             all
account:invite        -        -         -        -        -             -             -             -             -             u...bmand..s  uo..bmand..s  -             all           -             -             -             -             -              -             -             all
account:change        -        -         -        -        -             -             -             -             -             u...b.and..s  uo..b.and..s  -             uoxcb.andtks  -             -             -             -             -              -             -             all
audit:read            -        -         -        -        -             -             -             -             -             -             -             -             -             -             -             all           uo..bmand..s  -              -             -             -
audit:export          -        -         -        -        -             -             -             -             -             -             -             -             -             -             -             all           uo..bmand..s  -              -             -             -
audit:review          -        -         -        -        -             -             -             -             -             -             -             -             -             -             -             uoxcb.andtks  uo..b.and..s  -              -             -             -
letter:read           -        -         -        -        -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             all           all
letter:decide         -        -         -        -        -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             all           all
letter:open           -        -         all      -        -             -             -             -             -             -             -             -             -             -             -             -             -             -              -             -             -
application:write     all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
application:read      -        -         -        -        -             -             -             -             -             -             -             -             all           -             -             -             -             -              -             -             -
application:review    -        -         -        -        -             -             -             -             -             -             -             -             all           -             -             -             -             -              -             -             -
application:approve   -        -         -        -        -             -             -             -             -             -             -             -             uoxc.mandtks  -             -             -             -             -              -             -             -
joining:read          -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             all           -             -             -             -             -              -             -             -
joining:note          -        -         -        -        -             -             -             -             -             -             -             -             all           -             -             -             -             -              -             -             -
joining:renew         -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             -             -             -             -             -             -              -             -             -
wheel:inform          -        -         -        -        -             u...bmand..s  u...bmand..s  u...bmand..s  u...bmand..s  u...bmand..s  -             -             -             -             -             -             -             -              -             -             -
wheel:own             -        -         -        -        -             ....b.......  ....b.......  ....b.......  ....b.......  ....b.......  -             -             -             -             -             -             -             -              -             -             -
cases:list            -        -         -        -        -             -             u...bmand..s  ......an....  u...bmand..s  .......n....  -             -             -             -             -             -             -             -              -             -             -
case:read             -        -         -        -        -             -             u...bmand..s  ......an....  ........d...  .......n....  -             -             -             -             -             -             -             -              -             -             -
case:map              -        -         -        -        -             -             u...bmand..s  ......an....  ........d...  .......n....  -             -             -             -             -             -             -             -              -             -             -
case:decide           -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             -             -             -             -             -             -              -             -             -
case:delegate         -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             -             -             -             -             -             -              -             -             -
case:hand-over        -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             -             -             -             -             -             -              -             -             -
case:readers          -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             -             -             -             -             -             -              -             -             -
case:export           -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             -             -             -             -             -             -              -             -             -
extract:release       -        -         -        -        -             -             u....mand..s  ......an....  -             u....mand..s  -             -             -             -             -             -             -             -              -             -             -
case:hold             -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  uo..bmand..s  -             -             -             -             -             -             -              -             -             -
rules:keep            -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             -             -             -             -             -             -              -             -             -
forgetting:propose    -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             -             -             -             -             -             -              -             -             -
forgetting:approve    -        -         -        -        -             -             -             -             -             -             uo...mand..s  -             -             -             -             -             -             -              -             -             -
actors:keep           -        -         -        -        -             -             -             -             -             -             -             -             all           -             -             -             -             -              -             -             -
assessment:write      -        -         -        -        -             u...bmand..s  u...bmand..s  u...bmand..s  u...bmand..s  u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              u...bmand..s  -             -
assessment:read       -        -         -        -        -             uo..bmand..s  uo..bmand..s  uo..bmand..s  uo..bmand..s  uo..bmand..s  uo..bmand..s  -             -             -             uo..bmand..s  -             uo..bmand..s  -              uo..bmand..s  -             -
link:answer           all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
meetings:list         -        -         -        -        all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           -
meeting:read          -        -         -        -        .........tk.  .........tk.  u...bmandtks  ......an.tk.  ........dtk.  .......n.tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  -              -             .........tk.  -
meeting:book          -        -         -        -        ..........k.  ..........k.  u...bmand.ks  ......an..k.  ........d.k.  .......n..k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  -              -             ..........k.  -
meeting:record        -        -         -        -        ..........k.  ..........k.  u...bmand.ks  ......an..k.  ........d.k.  .......n..k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  -              -             ..........k.  -
meeting:close         -        -         -        -        ..........k.  ..........k.  u...bmand.ks  ......an..k.  ..........k.  .......n..k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  -              -             ..........k.  -
meeting:confirm       -        -         -        -        .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  -              -             .........t..  -
coordinator:appoint   -        -         -        -        -             -             u...bmand..s  ......an....  ........d...  .......n....  -             -             -             -             -             -             -             -              -             -             -
plan:read             -        -         -        -        .........tk.  .........tk.  u...bmandtks  ......an.tk.  ........dtk.  .......n.tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  -              -             .........tk.  -
plan:work             -        -         -        -        .........tk.  .........tk.  u...bmandtks  ......an.tk.  ........dtk.  .......n.tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  .........tk.  -              -             .........tk.  -
plan:change           -        -         -        -        ..........k.  ..........k.  u...bmand.k.  ......an..k.  ..........k.  .......n..k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  -              -             ..........k.  -
plan:hand-on          -        -         -        -        ..........k.  ..........k.  u...bmand.ks  ......an..k.  ..........k.  .......n..k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  -              -             ..........k.  -
followup:book         -        -         -        -        ..........k.  ..........k.  u...bmand.ks  ......an..k.  ..........k.  .......n..k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  ..........k.  -              -             ..........k.  -
room:keep             -        -         -        -        -             -             u...bmand..s  -             -             u...bmand..s  uo..bmand..s  -             -             -             -             -             -             -              u...bmand..s  -             -
break:keep            -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             all           -             -             -             -             -              -             -             -
forums:list           -        -         -        -        all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           -
forum:keep            -        -         -        -        -             -             -             -             -             -             uo..bmand..s  -             all           -             -             -             -             -              -             -             -
forum:bring           -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             -             -             -             -             -             -              -             -             -
forum:agenda          -        -         -        -        .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  .........t..  -              -             .........t..  -
calendar:own          -        -         -        -        all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           -
subscription:own      all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
content:write         -        -         -        -        -             -             -             -             -             -             -             all           all           -             -             -             -             -              -             -             -
content:review        -        -         -        -        -             -             -             -             -             -             -             uoxc.mandtks  uoxc.mandtks  -             -             -             -             -              -             -             -
content:publish       -        -         -        -        -             -             -             -             -             -             -             all           all           -             -             -             -             -              -             -             -
newsletter:send       -        -         -        -        -             -             -             -             -             -             -             all           all           -             -             -             -             -              -             -             -
readers:keep          -        -         -        -        -             -             -             -             -             -             -             all           all           -             -             -             -             -              -             -             -
new:read              -        -         -        -        all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           -
talk:book             all      all       all      all      all           all           all           all           all           all           all           all           all           all           all           all           all           all            all           all           all
talk:host             -        -         -        -        -             -             u...bmand..s  ......an....  -             .......n....  -             -             ...c........  -             -             -             -             -              -             -             -
"""


def cell(actor: Actor, permission: Permission) -> str:
    """Draw one cell as it is."""
    letters = "".join(LETTERS[name] if may(actor, permission, place) else "." for name, place in PLACES.items())
    return "all" if "." not in letters else "-" if set(letters) == {"."} else letters


def drawn() -> list[list[str]]:
    """Draw the table as it is."""
    rows = [[permission.value, *(cell(actor, permission) for actor in CAST.values())] for permission in Permission]
    return [["permission", *CAST], *rows]


def written() -> list[list[str]]:
    """Read the table as it shall be."""
    lines = TABLE.strip().splitlines()
    starts = [0, *(lines[0].index(f"  {name}", 10) + 2 for name in CAST)]
    ends = [*starts[1:], None]
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in lines]


def test_the_whole_answer_is_this_table():
    assert drawn() == written()


def test_every_permission_has_a_rule_and_every_rule_a_permission():
    assert set(RULES) == set(Permission)


def test_what_is_not_in_the_table_is_refused(monkeypatch):
    monkeypatch.delitem(RULES, Permission.READ_PUBLIC)
    assert not may(CAST["command"], Permission.READ_PUBLIC)


@pytest.mark.parametrize("permission", list(Permission))
def test_require_refuses_just_what_may_not(permission):
    for actor in CAST.values():
        for place in PLACES.values():
            if may(actor, permission, place):
                require(actor, permission, place)
            else:
                with pytest.raises(Refused, match=permission):
                    require(actor, permission, place)


@pytest.mark.parametrize("permission", list(Permission))
def test_every_flipped_cell_shows_in_the_table(monkeypatch, permission):
    row, survivors = list(Permission).index(permission) + 1, []
    wanted = written()[row]
    for number, (name, actor) in enumerate(CAST.items(), start=1):
        for place in PLACES.values():

            def flipped(who, where, actor=actor, place=place, before=RULES[permission]):
                answer = any(holds(who, where) for holds in before)
                return not answer if who is actor and where is place else answer

            with monkeypatch.context() as patch:
                patch.setitem(RULES, permission, (flipped,))
                if cell(actor, permission) == wanted[number]:
                    survivors.append((name, place))
    assert survivors == []


def test_nobody_but_who_signed_in_all_the_way_holds_a_duty():
    halfway = Actor("account:1", account=1, held=with_duty(Duty.ORGANIZER_ADMIN, organizer=OWN).held, halfway=True)
    for permission in Permission:
        if permission not in (
            Permission.READ_PUBLIC,
            Permission.TELL_US,
            Permission.SIGN_IN,
            Permission.FINISH_SIGN_IN,
            Permission.APPLY_TO_JOIN,
            Permission.ANSWER_BY_LINK,
            Permission.BOOK_TALK,
            Permission.SUBSCRIBE,
        ):
            assert not may(halfway, permission), permission


GIVING = """
unit_head        own unit: staff
unit_head        elsewhere: -
organizer_admin  own unit: staff unit_head organizer_admin communicator steering log_reviewer
organizer_admin  elsewhere: -
process_leader   own unit: organizer_admin communicator steering
process_leader   elsewhere: organizer_admin communicator steering
"""


def test_who_may_give_which_duty_is_this_table():
    givers = {
        "unit_head": with_duty(Duty.UNIT_HEAD, UNIT),
        "organizer_admin": with_duty(Duty.ORGANIZER_ADMIN, organizer=OWN),
        "process_leader": with_duty(Duty.PROCESS_LEADER),
    }
    places = {"own unit": Place(unit=UNIT, organizer=OWN), "elsewhere": Place(unit=STRANGER, organizer=OTHER)}
    lines = [
        f"{name:<16} {where}: {' '.join(duty for duty in Duty if may_give(actor, duty, place)) or '-'}"
        for name, actor in givers.items()
        for where, place in places.items()
    ]
    assert lines == GIVING.strip().splitlines()
    assert set(GIVES) == {Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN, Duty.PROCESS_LEADER}


def test_nobody_gives_oneself_a_duty_nor_what_follows_from_a_responsibility():
    for actor in CAST.values():
        for duty in Duty:
            assert not may_give(actor, duty, Place(unit=UNIT, organizer=OWN, about=MYSELF)) or actor.account is None
            assert duty not in FOLLOWED or not may_give(actor, duty, Place(unit=UNIT, organizer=OWN))
    for duty in Duty:
        holder = with_duty(duty, UNIT) if duty in (Duty.UNIT_HEAD, Duty.STAFF) else with_duty(duty)
        others = [name for name in Duty if name not in GIVES and may_give(holder, name, PLACES["own unit"])]
        assert duty in GIVES or others == []
