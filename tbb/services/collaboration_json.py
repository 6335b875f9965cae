"""The meetings, samordningspersoner and plans of a case as they stand in the file for computers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tbb import clock
from tbb.services.case_entry import Entry
from tbb.services.collaboration_record import Came, Collaboration, Coordinated, Met, Planned

Told = Callable[[Entry], dict[str, Any]]


def told(together: Collaboration, entry: Told, names: bool) -> dict[str, Any]:
    """Write them down; `entry` says how an entry is written, `names` whether the staff are named."""
    return {
        "meetings": [_met(each, entry, names) for each in together.meetings],
        "coordinators": [_coordinated(each, entry, names) for each in together.coordinators],
        "plans": [_planned(each, entry, names) for each in together.plans],
    }


def _met(met: Met, entry: Told, names: bool) -> dict[str, Any]:
    return {
        "reference": met.reference,
        "kind": met.kind,
        "state": met.state,
        "starts_at": _iso(met.starts_at),
        "ends_at": _iso(met.ends_at),
        "where": met.where,
        "created_at": _iso(met.created_at),
        "held_at": _iso(met.held_at),
        "closed_at": _iso(met.closed_at),
        "cancelled_at": _iso(met.cancelled_at),
        "services": [{"unit": asdict(place), "consent_version": version} for place, version in met.services],
        "participants": [_came(each, entry, names) for each in met.people],
        "answers": [entry(each) for each in met.entries],
    }


def _came(came: Came, entry: Told, names: bool) -> dict[str, Any]:
    said = {"role": came.role, "unit": asdict(came.place), "state": came.state, "attended": came.attended or None}
    said |= {"confirmed_at": _iso(came.confirmed_at)}
    said |= {"name": came.name} if names and came.name else {}
    return said | ({"person": entry(came.person)} if came.person is not None else {})


def _coordinated(each: Coordinated, entry: Told, names: bool) -> dict[str, Any]:
    said = {
        "unit": asdict(each.place),
        "child_asked": each.child_asked,
        "as_wished": each.as_wished,
        "starts_at": _iso(each.starts_at),
        "ended_at": _iso(each.ended_at),
        "ended_why": each.ended_why or None,
        "answers": [entry(one) for one in each.entries],
    }
    return said | ({"name": each.name} if names and each.name else {})


def _planned(plan: Planned, entry: Told, names: bool) -> dict[str, Any]:
    return {
        "reference": plan.reference,
        "state": plan.state,
        "made_at": _iso(plan.made_at),
        "ended_at": _iso(plan.ended_at),
        "goals": [entry(each) for each in plan.goals],
        "actions": [
            {
                "unit": asdict(each.place),
                "week": each.week or None,
                "state": each.state,
                "done_at": _iso(each.done_at),
                "answers": [entry(one) for one in each.entries],
            }
            for each in plan.actions
        ],
        "notes": [
            {"kind": each.kind, "unit": asdict(each.place), "at": _iso(each.at), "settled_at": _iso(each.settled_at)}
            | ({"by": each.by} if names and each.by else {})
            | {"answers": [entry(one) for one in each.entries]}
            for each in plan.notes
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="seconds") if moment else None
