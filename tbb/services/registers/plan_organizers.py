"""Which organizer a record means, and what an import would add or change among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from stdnum.se import orgnr as stdnum_orgnr

from tbb.models.folding import fold
from tbb.models.kinds import OrganizerKind
from tbb.services.registers.municipality_codes import NAMES, legal_name
from tbb.services.registers.plan_parts import FieldChange, OrganizerPlan
from tbb.services.registers.records import UnitRecord
from tbb.services.registers.stored import organizer_key

PLACEHOLDER = "Enskild huvudman, org.nr "


class Organizers:
    """The organizers stored and those that a plan adds, found by number, else by name."""

    def __init__(self, stored: Iterable[dict[str, Any]], municipalities: dict[str, dict[str, Any]]):
        self.all: dict[str, dict[str, Any]] = {}
        self.by_name: dict[str, str] = {}
        self.old: dict[str, dict[str, Any]] = {}
        self.legal = {code: row["legal_name"] for code, row in municipalities.items()}
        self.numbers = {row["orgnr"]: code for code, row in municipalities.items() if row["orgnr"]}
        codes = {row["id"]: code for code, row in municipalities.items()}
        for row in stored:
            key = organizer_key(row["orgnr"], row["name"])
            self.old[key] = dict(row)
            self.all[key] = dict(row) | {"municipality": codes.get(row["municipality"])}
            self.by_name[fold(row["name"])] = key
        self.votes: dict[str, Counter[str]] = {}

    def hear(self, records: Iterable[UnitRecord]) -> None:
        """Note where each number has its units, since most lists name no municipal organizer."""
        for record in records:
            if record.organizer_orgnr and record.municipality_code:
                votes = self.votes.setdefault(record.organizer_orgnr, Counter())
                votes[record.municipality_code] += 1

    def learn(self, code: str, legal: str | None, orgnr: str | None) -> None:
        """Take in what a list of municipalities says of a municipality as an organizer."""
        if legal:
            self.legal[code] = legal
        if orgnr:
            self.numbers[orgnr] = code

    def key_for(self, record: UnitRecord, municipality: str | None) -> str | None:
        """Give the key of the organizer a record means, adding it when it is new; None when it says none."""
        orgnr, name = record.organizer_orgnr, record.organizer_name
        kind = record.organizer_kind
        if orgnr is None and name is None:
            return self._municipal(municipality) if kind == OrganizerKind.MUNICIPAL and municipality else None
        key = f"orgnr:{orgnr}" if orgnr else self.by_name.get(fold(name or ""))
        if key in self.all:
            self._rename(key, name)
            return key
        if orgnr and name and self._adopt(orgnr, name):
            return f"orgnr:{orgnr}"
        if kind is None and orgnr not in self.numbers:
            return None
        return self._add(orgnr, name, str(kind or OrganizerKind.MUNICIPAL))

    def _municipal(self, code: str) -> str | None:
        """Give the municipality itself as organizer, when it is already known as one."""
        for key, row in self.all.items():
            if row["kind"] == OrganizerKind.MUNICIPAL and row["municipality"] == code:
                return key
        number = next((number for number, owner in self.numbers.items() if owner == code), None)
        return self._add(number, None, OrganizerKind.MUNICIPAL.value, code)

    def _adopt(self, orgnr: str, name: str) -> bool:
        """Give its number to an organizer that was known only by name."""
        key = self.by_name.get(fold(name))
        if key is None or self.all[key]["orgnr"]:
            return False
        row = self.all.pop(key)
        new = f"orgnr:{orgnr}"
        self.all[new] = row | {"orgnr": orgnr}
        self.by_name[fold(name)] = new
        if key in self.old:
            self.old[new] = self.old.pop(key)
        return True

    def _rename(self, key: str, name: str | None) -> None:
        row = self.all[key]
        if name and row["name"].startswith(PLACEHOLDER):
            row["name"] = name
            self.by_name.setdefault(fold(name), key)

    def _add(self, orgnr: str | None, name: str | None, kind: str, code: str | None = None) -> str:
        if kind == OrganizerKind.MUNICIPAL and code is None:
            code = self._home(orgnr)
        if name is None:
            known = self.legal.get(code or "") or (legal_name(NAMES[code]) if code in NAMES else "")
            municipal = kind == OrganizerKind.MUNICIPAL and known
            name = known if municipal else f"{PLACEHOLDER}{stdnum_orgnr.format(orgnr or '')}"
        key = organizer_key(orgnr, name)
        self.all[key] = {"id": None, "name": name, "kind": kind, "orgnr": orgnr, "municipality": code}
        self.by_name.setdefault(fold(name), key)
        return key

    def _home(self, orgnr: str | None) -> str | None:
        """Tell which municipality a municipal number is: the one that says so, else where most of its units are."""
        if orgnr in self.numbers:
            return self.numbers[orgnr]
        votes = self.votes.get(orgnr or "")
        return sorted(votes.items(), key=lambda item: (-item[1], item[0]))[0][0] if votes else None

    def current_key(self, key: str | None) -> str | None:
        """Follow an organizer that has got its number, so that its units are not seen as moved."""
        if key is None or key in self.all:
            return key
        return self.by_name.get(key.removeprefix("name:"), key)

    def name(self, key: str | None) -> str:
        """Name an organizer for people."""
        return self.all[key]["name"] if key in self.all else ""

    def plan(self) -> tuple[OrganizerPlan, ...]:
        """Give the organizers that are new or changed, in the order of their keys."""
        found = []
        for key in sorted(self.all):
            row, old = self.all[key], self.old.get(key)
            changes = tuple(
                FieldChange(name, old[name], row[name])
                for name in ("name", "orgnr")
                if old is not None and old[name] != row[name]
            )
            if old is None or changes:
                found.append(
                    OrganizerPlan(key, row["id"], row["name"], row["kind"], row["orgnr"], row["municipality"], changes)
                )
        return tuple(found)
