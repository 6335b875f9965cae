"""The link by which an application to join is begun and resumed: asking for it tells nobody anything."""

from __future__ import annotations

import secrets
from datetime import timedelta

from tbb import clock
from tbb.database import keyring, one_at_a_time, transaction
from tbb.models import Application
from tbb.policy import VISITOR, Actor, Permission, require
from tbb.services import audit, invitations, letters, limits, mailboxes, tokens
from tbb.services.applying import EDITABLE, HOUR, KEPT_UNCONFIRMED, LINK_LASTS, PURPOSE

ASKED = "application-asked"
WAITS = timedelta(hours=6)
PER_SENDER, ALL_SENDERS = 10, 200
LETTERS_OF_REFERENCES = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is taken for another when it is read aloud or copied by hand."""


def ask(actor: Actor, sender: str, email: str) -> None:
    """Keep, sealed, that somebody wants a link; nothing is looked up here, so that every address costs the same.

    Raises TooOften by sender and by all together, never by address: an address gets one such letter in 24 hours,
    and the next ones are passed over in silence.
    """
    require(actor, Permission.APPLY_TO_JOIN)
    limits.spend("application", sender, most=PER_SENDER, seconds=HOUR)
    limits.spend("application", "everybody", most=ALL_SENDERS, seconds=HOUR)
    _keep(invitations.address(email))


@transaction
def answer_next() -> bool:
    """Take the oldest wish for a link and write the letter it deserves, if any; False when none waits.

    For the worker: safe to run at any time, by many at once.
    """
    asked = tokens.take(ASKED)
    if asked is None:
        return False
    _send_link(asked.payload["email"])
    return True


@transaction
def _keep(email: str) -> None:
    tokens.issue(ASKED, keyring().fingerprint(email), lasts=WAITS, payload={"email": email}, alone=False)


def _send_link(email: str) -> None:
    one_at_a_time("application-letter")
    if mailboxes.has_had(email, "application_start"):
        return
    found = _open_draft(email) or _begin(email)
    if found.email_confirmed_at is None:
        Application.update(forget_on=clock.today() + KEPT_UNCONFIRMED).where(Application.id == found.id).execute()
    secret = tokens.issue(PURPOSE, found.key, lasts=LINK_LASTS)
    facts = {"path": f"/anslut/{secret}", "days": LINK_LASTS.days}
    letters.write(f"application:{found.key}:{secrets.token_hex(4)}", email, "application_start", facts)
    audit.record(VISITOR, "application:start", "application", found.id)


def _open_draft(email: str) -> Application | None:
    mine = Application.select().where(
        Application.email == email, Application.state << [each.value for each in EDITABLE]
    )
    return mine.order_by(Application.saved_at.desc()).first()


def _begin(email: str) -> Application:
    moment = clock.now()
    return Application.create(
        key=secrets.token_hex(16),
        reference=_reference(),
        email=email,
        created_at=moment,
        saved_at=moment,
        forget_on=clock.today() + KEPT_UNCONFIRMED,
    )


def _reference() -> str:
    while True:
        made = "TBB-" + "".join(secrets.choice(LETTERS_OF_REFERENCES) for _ in range(5))
        if not Application.select().where(Application.reference == made).exists():
            return made
