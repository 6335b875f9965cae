"""The audit is whole, append-only, keyed, and says which fields changed but never what they hold."""

from __future__ import annotations

import hashlib
import random
import threading

import pytest
from peewee import PeeweeException

from tbb import database
from tbb.crypto import Keyring
from tbb.database import connection, on_postgresql, rows, run, transaction
from tbb.models import AuditRow
from tbb.models.kinds import Duty
from tbb.policy import COMMAND, COUNTY, Actor, Held, Place
from tbb.services import audit
from tests import engines, make

TEXTS = ("actor", "action", "thing", "thing_id", "fields", "note", "duty", "outcome", "request", "client")
NUMBERS = ("unit", "organizer", "scheme")
TAMPERS = 200


@transaction
def written(count: int = 5) -> None:
    """Write some rows."""
    for number in range(count):
        audit.record(COMMAND, "unit:change", "unit", number, fields=("phone", "name"), note="Å")


def loosen_the_guard() -> None:
    """Do what somebody with the whole database in their hands can do."""
    if on_postgresql():
        run("ALTER TABLE audit_row DISABLE TRIGGER ALL")
    else:
        run("DROP TRIGGER audit_row_no_update")
        run("DROP TRIGGER audit_row_no_delete")


def older(previous: str, note: str) -> str:
    """Write a row as the first scheme did, with a hash that anybody can make; give its digest."""
    moment = "2026-01-02T03:04:05+00:00"
    values = (moment, "command", "unit:change", "unit", "1", "name", note, previous)
    digest = hashlib.sha256("\x1f".join(values).encode()).hexdigest()
    run(
        "INSERT INTO audit_row (at, actor, action, thing, thing_id, fields, note, previous, digest, scheme)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        (moment[:19].replace("T", " "), *values[1:7], previous, digest),
    )
    return digest


def test_an_unbroken_chain_is_well(db):
    assert audit.verify() == audit.Verdict(0, 0)
    written()
    assert audit.first_broken() is None and audit.verify().rows == 5
    row = AuditRow.get()
    assert (row.actor, row.action, row.thing, row.thing_id, row.fields) == (
        "command",
        "unit:change",
        "unit",
        "0",
        "name,phone",
    )
    assert row.previous == audit.GENESIS and row.scheme == audit.KEYED and row.digest.startswith("1:")
    assert row.at.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET note = 'x'", "DELETE FROM audit_row"])
def test_the_database_refuses_to_change_or_remove_a_row(db, statement):
    written()
    with pytest.raises(PeeweeException, match="append-only"), db.atomic():
        run(statement)
    assert AuditRow.select().count() == 5
    assert audit.first_broken() is None


@pytest.mark.parametrize(
    ("tampering", "shows_at"),
    [
        *((f"UPDATE audit_row SET {column} = 'x' WHERE id = 3", 3) for column in (*TEXTS, "previous", "digest")),
        *((f"UPDATE audit_row SET {column} = 7 WHERE id = 3", 3) for column in NUMBERS),
        ("UPDATE audit_row SET scheme = 1 WHERE id = 3", 3),
        ("UPDATE audit_row SET at = '2020-01-01 00:00:00' WHERE id = 2", 2),
        ("UPDATE audit_row SET thing = 'unit' || chr(31) || '3', thing_id = '' WHERE id = 3", 3),
        ("DELETE FROM audit_row WHERE id = 3", 4),
        ("DELETE FROM audit_row WHERE id = 1", 2),
    ],
)
def test_tampering_shows_at_the_row(db, tampering, shows_at):
    written()
    loosen_the_guard()
    run(tampering if on_postgresql() else tampering.replace("chr(", "char("))
    assert audit.first_broken() == shows_at


def test_swapped_rows_show(db):
    written()
    loosen_the_guard()
    for change in ("2, 99", "3, 2", "99, 3"):
        old, new = change.split(", ")
        run(f"UPDATE audit_row SET id = {new} WHERE id = {old}")
    assert audit.first_broken() == 2


def tamper(chance: random.Random) -> str:
    """Do one of all that can be done to a chain behind its back; say what."""
    how = chance.choice(("edit", "delete", "reorder", "cut"))
    numbers = [number for (number,) in rows("SELECT id FROM audit_row ORDER BY id")]
    one, other = sorted(chance.sample(numbers, 2))
    if how == "edit":
        column = chance.choice((*TEXTS, *NUMBERS))
        value = chance.randint(50, 99) if column in NUMBERS else f"forged {chance.randint(0, 999)}"[:10]
        run(f"UPDATE audit_row SET {column} = ? WHERE id = ?", (value, one))
    elif how == "delete":
        run("DELETE FROM audit_row WHERE id = ?", (one,))
    elif how == "cut":
        run("DELETE FROM audit_row WHERE id >= ?", (other,))
    else:
        for old, new in ((one, 10_000), (other, one), (10_000, other)):
            run("UPDATE audit_row SET id = ? WHERE id = ?", (new, old))
    return how


def test_two_hundred_random_tampers_are_all_detected(db):
    """With the head anchored outside: without it, what is cut off at the end cannot show."""
    written(12)
    loosen_the_guard()
    chance, missed, done = random.Random(20261123), [], set()
    count, digest = rows("SELECT COUNT(*) FROM audit_row")[0][0], rows("SELECT digest FROM audit_row WHERE id = 12")
    anchors = {12: (count, digest[0][0])}
    assert audit.verify(anchors).broken is None
    for number in range(TAMPERS):
        with db.atomic() as attempt:
            how = tamper(chance)
            done.add(how)
            if audit.verify(anchors).broken is None:
                missed.append((number, how))
            attempt.rollback()
    assert missed == [] and done == {"edit", "delete", "reorder", "cut"}
    assert audit.verify(anchors).broken is None


def test_what_is_cut_off_shows_only_thanks_to_the_anchor(db):
    written()
    anchors = {5: (5, rows("SELECT digest FROM audit_row WHERE id = 5")[0][0])}
    loosen_the_guard()
    run("DELETE FROM audit_row WHERE id > 3")
    assert audit.first_broken() is None
    assert audit.verify(anchors).broken == 5
    written(4)
    assert audit.first_broken() is None, "the chain goes on as if nothing had happened"
    assert audit.verify(anchors).broken == 5


def test_who_has_the_database_but_not_the_key_cannot_forge_a_row(db):
    written()
    loosen_the_guard()
    last = rows("SELECT digest FROM audit_row WHERE id = 4")[0][0]
    run("DELETE FROM audit_row WHERE id = 5")
    forger = Keyring({1: b"another key, also 32 bytes long."})
    moment = AuditRow.at.db_value(AuditRow.get().at)
    told = ("command", "unit:change", "unit", "4", "", "", "", None, None, "done", "", "")
    run(
        f"INSERT INTO audit_row (id, {audit.COLUMNS}, previous, digest, scheme) VALUES (5, {', '.join('?' * 16)})",
        (moment, *told, last, forger.mac(audit.words_of(last, moment, told)), audit.KEYED),
    )
    assert audit.verify().broken == 5


def test_older_rows_are_good_before_those_with_a_key_and_never_after(db):
    digest = older(older(audit.GENESIS, "första"), "andra")
    assert audit.verify() == audit.Verdict(2, 2)
    written(2)
    assert audit.verify() == audit.Verdict(4, 2)
    assert rows("SELECT previous FROM audit_row WHERE id = 3")[0][0] == digest
    older(rows("SELECT digest FROM audit_row WHERE id = 4")[0][0], "tillbaka")
    found = audit.verify()
    assert found.broken == 5 and "without a key" in found.why


def test_an_older_row_that_is_changed_shows(db):
    older(older(audit.GENESIS, "första"), "andra")
    written(1)
    loosen_the_guard()
    run("UPDATE audit_row SET note = 'ändrad' WHERE id = 1")
    assert audit.first_broken() == 1


def test_after_a_new_key_both_keys_vouch_and_a_lost_key_is_named(db, database_url):
    written(2)
    old, new = b"a key for tests, 32 bytes long..", b"the next key, 32 bytes long too."
    engines.close()
    database.configure(database_url, keyring=Keyring({1: old, 2: new}))
    with connection():
        written(2)
        assert [digest[:2] for (digest,) in rows("SELECT digest FROM audit_row ORDER BY id")] == [
            "1:",
            "1:",
            "2:",
            "2:",
        ]
        assert audit.verify() == audit.Verdict(4, 0)
    engines.close()
    database.configure(database_url, keyring=Keyring({2: new}))
    with connection():
        found = audit.verify()
        assert found.broken == 1 and "not in the key file" in found.why


def test_old_rows_can_go_only_when_the_key_vouches_for_the_new_beginning(db):
    written(6)
    loosen_the_guard()
    run("DELETE FROM audit_row WHERE id <= 2")
    assert audit.first_broken() == 3
    run("INSERT INTO meta (key, value) VALUES (?, ?)", (audit.BEGINS, AuditRow.get_by_id(3).previous + " 1:forged"))
    assert audit.first_broken() == 3
    assert audit.vouch_for_beginning(COMMAND) == 3
    assert audit.verify() == audit.Verdict(5, 0)
    run("DELETE FROM audit_row WHERE id = 3")
    assert audit.first_broken() == 4, "it is vouched for that cut alone"


def test_a_change_that_fails_leaves_no_row(db):
    @transaction
    def fails() -> None:
        audit.record(COMMAND, "unit:change", "unit", 1)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        fails()
    assert AuditRow.select().count() == 0


def test_a_row_says_in_which_duty_where_and_how_it_went(db):
    owner = make.organizer()
    unit = make.unit(organizer=owner)
    actor = Actor("account:5", account=5, held=frozenset({Held(Duty.STAFF, unit.id, None, owner.id)}))
    audit.surroundings.set(("3f9c0a3f9c0a", "a1b2c3d4e5f6"))
    audit.record_reading(actor, "entry:read", "unit", unit.id, place=Place(unit=unit.id))
    audit.surroundings.set(("", ""))
    row = AuditRow.get()
    assert (row.duty, row.unit, row.organizer, row.outcome) == ("staff", unit.id, owner.id, "read")
    assert (row.request, row.client) == ("3f9c0a3f9c0a", "a1b2c3d4e5f6")


@pytest.mark.parametrize(
    ("action", "place", "duty"),
    [
        ("audit:read", COUNTY, "log_reviewer"),
        ("coverage:read", COUNTY, "process_leader"),
        ("entry:change", Place(unit=1, organizer=9), "bba"),
        ("entry:change", Place(unit=2, organizer=9), "organizer_admin"),
        ("something:else", Place(unit=3, organizer=4), "process_leader"),
        ("something:else", Place(unit=1, organizer=9), "bba"),
    ],
)
def test_the_duty_is_the_one_that_allows_it_there(action, place, duty):
    held = {Held(Duty.BBA, 1, None, 9), Held(Duty.ORGANIZER_ADMIN, None, 9), Held(Duty.PROCESS_LEADER)}
    held.add(Held(Duty.LOG_REVIEWER))
    if action == "something:else" and place.unit == 3:
        held.discard(Held(Duty.LOG_REVIEWER))
    actor = Actor("account:1", account=1, held=frozenset(held), strong=True)
    assert audit.duty_of(actor, action, place) == duty
    assert audit.duty_of(COMMAND, action, place) == ""


def test_long_and_hostile_texts_make_one_row_that_holds(db):
    audit.record_reading(COMMAND, "a:b" * 40, "t" * 99, "x\r\ny\x1f\x00z" + "å" * 99)
    with db.atomic():
        audit.record(COMMAND, "a:b", "c", "\ud800", note="rad\n2026 forged" + "ö" * 999)
    assert AuditRow.select().count() == 2 and audit.first_broken() is None
    first, second = AuditRow.select().order_by(AuditRow.id)
    assert len(first.thing_id) == 40 and "\n" not in first.thing_id + second.note and "\x1f" not in first.thing_id


def test_a_refusal_is_written_once_a_minute_for_each_page_and_never_for_a_stranger(db):
    who, other = Actor("account:1", account=1), Actor("account:2", account=2)
    for _ in range(20):
        audit.record_refusal(who, "entry:change", "keeping.save")
    audit.record_refusal(who, "entry:change", "keeping.other")
    audit.record_refusal(other, "entry:change", "keeping.save")
    audit.record_refusal(Actor("public"), "entry:change", "keeping.save")
    found = rows("SELECT actor, action, thing, thing_id, outcome FROM audit_row ORDER BY id")
    assert found == [
        ("account:1", "entry:change", "page", "keeping.save", "refused"),
        ("account:1", "entry:change", "page", "keeping.other", "refused"),
        ("account:2", "entry:change", "page", "keeping.save", "refused"),
    ]


def test_many_at_once_make_one_whole_chain(db):
    def read() -> None:
        with connection():
            for number in range(10):
                audit.record_reading(COMMAND, "entry:read", "unit", number)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify() == audit.Verdict(40, 0)


def test_the_walk_is_the_same_in_batches(db, monkeypatch):
    written(7)
    monkeypatch.setattr(audit, "BATCH", 3)
    assert audit.verify() == audit.Verdict(7, 0)
    loosen_the_guard()
    run("UPDATE audit_row SET note = 'x' WHERE id = 6")
    assert audit.first_broken() == 6
