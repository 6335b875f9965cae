"""Recovery codes: printed ways in when the device is lost. Only their hashes are kept, and each is used once."""

from __future__ import annotations

import re
from datetime import timedelta

from tbb import clock
from tbb.database import keyring, rows, run, transaction
from tbb.models import RecoveryCode
from tbb.policy import Actor
from tbb.services import factors, tokens
from tbb.services.sittings import digest

PURPOSE = "recovery"
HOW_MANY = 10
FEW = 3
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No i, l, o, 0 or 1: nothing that print lets be taken for something else."""
LENGTH = 16
"""Signs of a code: more than 79 bits."""
SHOWN = timedelta(minutes=10)


def make(account: int) -> str:
    """Within the caller's transaction, end all old codes and make new ones; give the token that shows them.

    The codes are kept nowhere: they follow from the token and the server's key together, and from neither alone.
    """
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    token = tokens.issue(PURPOSE, account, lasts=SHOWN)
    made = [{"account": account, "digest": _digest(account, code)} for code in _codes(token)]
    RecoveryCode.insert_many(made).execute()
    return token


@transaction
def renew(actor: Actor) -> str:
    """Make new codes for the actor's own account and end the old ones; give the token that shows them."""
    account = factors.permit(actor)
    factors.note(
        actor, account, "recovery:renew", told="Du har fått nya reservkoder. De gamla reservkoderna gäller inte längre."
    )
    return make(account)


def shown(actor: Actor, token: str) -> list[str] | None:
    """Give the codes of a token to whom they are for; None when it is not good any more."""
    found = tokens.look(PURPOSE, token)
    return _codes(token) if found and found.subject == str(actor.account) else None


@transaction
def put_away(actor: Actor, token: str) -> None:
    """Show the codes no more: they have been saved."""
    if shown(actor, token) is not None:
        tokens.redeem(PURPOSE, token)


@transaction
def use(actor: Actor, account: int, code: str) -> bool:
    """Take a code for good; False when it is wrong or was used before. The owner is told by letter."""
    used = run(
        "UPDATE recovery_code SET used_at = ? WHERE digest = ? AND account_id = ? AND used_at IS NULL",
        (RecoveryCode.used_at.db_value(clock.now()), _digest(account, plain(code)), account),
    )
    if used.rowcount != 1:
        return False
    factors.note(
        actor, account, "recovery:use", told=f"En reservkod har använts till ditt konto. Du har {left(account)} kvar."
    )
    return True


def left(account: int) -> int:
    """Count the codes that have not been used."""
    return rows("SELECT COUNT(*) FROM recovery_code WHERE account_id = ? AND used_at IS NULL", (account,))[0][0]


def plain(code: str) -> str:
    """A code without what people put between its signs."""
    return re.sub(r"[\s\-\u2010-\u2015]", "", code).lower()


def written(code: str) -> str:
    """A code as it is shown: k7m2-9qxd-p4tn-w8fh."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _codes(token: str) -> list[str]:
    return [_code(token, number) for number in range(HOW_MANY)]


def _code(token: str, number: int) -> str:
    chance, signs = int(keyring().fingerprint(f"recovery code {number} of {token}"), 16), []
    for _ in range(LENGTH):
        chance, sign = divmod(chance, len(SIGNS))
        signs.append(SIGNS[sign])
    return "".join(signs)


def _digest(account: int, code: str) -> str:
    return digest(f"{account}:{code}")
