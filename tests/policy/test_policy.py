"""Who may do what, as one table, and everything that is not in it refused."""

from __future__ import annotations

import pytest

from tbb.policy import COMMAND, RULES, SHOWROOM_VISITOR, VISITOR, Actor, Permission, Refused, may, require

CAST = {"visitor": VISITOR, "showroom": SHOWROOM_VISITOR, "command": COMMAND, "worker": Actor("worker")}
TABLE = """
permission            visitor  showroom  command  worker
public:read           yes      yes       yes      yes
feedback:create       yes      yes       yes      yes
style-guide:read      -        yes       -        -
directory:keep        -        -         yes      -
"""


def drawn() -> str:
    """Draw the table as it is."""
    lines = ["permission            " + "  ".join(CAST)]
    for permission in Permission:
        answers = (("yes" if may(actor, permission) else "-").ljust(len(name)) for name, actor in CAST.items())
        lines.append(f"{permission.value:<22}" + "  ".join(answers).rstrip())
    return "\n".join(lines)


def test_the_whole_answer_is_this_table():
    assert drawn() == TABLE.strip()


def test_every_permission_has_a_rule_and_every_rule_a_permission():
    assert set(RULES) == set(Permission)


def test_what_is_not_in_the_table_is_refused(monkeypatch):
    monkeypatch.delitem(RULES, Permission.READ_PUBLIC)
    assert not may(COMMAND, Permission.READ_PUBLIC)


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("name", list(CAST))
def test_require_refuses_just_what_may_not(name, permission):
    if may(CAST[name], permission):
        require(CAST[name], permission)
    else:
        with pytest.raises(Refused, match=permission):
            require(CAST[name], permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_every_flipped_rule_shows_in_the_table(monkeypatch, permission):
    for flipped in ((), (lambda actor, thing: True,)):
        if [may(actor, permission) for actor in CAST.values()] != [bool(flipped)] * len(CAST):
            with monkeypatch.context() as patch:
                patch.setitem(RULES, permission, flipped)
                assert drawn() != TABLE.strip()
