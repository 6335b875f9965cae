"""Mailboxes that anybody may name: each gets a letter of a kind once a day, however often it is named and however."""

from __future__ import annotations

import re
from datetime import timedelta

from tbb import clock
from tbb.database import rows
from tbb.models import Letter


def has_had(email: str, *templates: str, within: timedelta = timedelta(days=1)) -> bool:
    """Tell whether a mailbox has lately had one of some letters; "namn+något@" is the same mailbox as "namn@"."""
    local, _, domain = email.rpartition("@")
    name = local.partition("+")[0]
    plain = re.sub(r"([!%_])", r"!\1", name)
    since = Letter.created_at.db_value(clock.now() - within)
    found = rows(
        f"SELECT 1 FROM letter WHERE template IN ({', '.join('?' * len(templates))}) AND created_at > ?"
        " AND (recipient = ? OR recipient LIKE ? ESCAPE '!') LIMIT 1",
        (*templates, since, f"{name}@{domain}", f"{plain}+%@{domain}"),
    )
    return bool(found)
