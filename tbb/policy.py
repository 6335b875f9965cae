"""The whole answer to "who may?": permissions, small predicates, and one readable table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Permission(StrEnum):
    """Everything that can be allowed. A route names one; a service requires one."""

    READ_PUBLIC = "public:read"
    TELL_US = "feedback:create"
    SEE_STYLE_GUIDE = "style-guide:read"
    KEEP_DIRECTORY = "directory:keep"


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts. `name` is what the audit writes down."""

    name: str
    trusted_command: bool = False
    in_showroom: bool = False


VISITOR = Actor("public")
SHOWROOM_VISITOR = Actor("public", in_showroom=True)
COMMAND = Actor("command", trusted_command=True)

Predicate = Callable[[Actor, Any], bool]


def anyone(actor: Actor, thing: Any) -> bool:
    """Whoever comes, signed in or not."""
    return True


def works_at_the_server(actor: Actor, thing: Any) -> bool:
    """Whoever may run commands on the machine itself."""
    return actor.trusted_command


def visits_the_showroom(actor: Actor, thing: Any) -> bool:
    """Whoever looks at a development or demo installation."""
    return actor.in_showroom


RULES: dict[Permission, tuple[Predicate, ...]] = {
    Permission.READ_PUBLIC: (anyone,),
    Permission.TELL_US: (anyone,),
    Permission.SEE_STYLE_GUIDE: (visits_the_showroom,),
    Permission.KEEP_DIRECTORY: (works_at_the_server,),
}
"""A permission is given when any one of its predicates holds; what is not in the table is refused."""


class Refused(Exception):
    """The actor may see the thing but not do this to it."""


def may(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Tell whether the actor may."""
    return any(holds(actor, thing) for holds in RULES.get(permission, ()))


def require(actor: Actor, permission: Permission, thing: Any = None) -> None:
    """Let the actor through or raise Refused."""
    if not may(actor, permission, thing):
        raise Refused(f"{actor.name} may not {permission}.")
