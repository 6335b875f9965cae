"""Limits on how often something may be tried, kept in the database so that every process counts together."""

from __future__ import annotations

import ipaddress

from tbb.clock import now
from tbb.database import keyring, rows, run, transaction


class TooOften(Exception):
    """The limit is reached. `seconds` says how long until the next try."""

    def __init__(self, seconds: int):
        super().__init__(f"Try again in {seconds} seconds.")
        self.seconds = seconds


@transaction
def spend(what: str, who: str, *, most: int, seconds: int) -> None:
    """Count one try of `what` by `who`; raise TooOften beyond `most` in a window of `seconds`.

    `who` is kept as a keyed fingerprint that changes every day, never as it is.
    """
    moment = int(now().timestamp())
    ends = (moment // seconds + 1) * seconds
    bucket = f"{what}:{keyring().fingerprint(f'{now():%Y%m%d}:{who}')}"
    run(
        "INSERT INTO rate_count (bucket, ends, count) VALUES (?, ?, 1)"
        " ON CONFLICT (bucket, ends) DO UPDATE SET count = rate_count.count + 1",
        (bucket, ends),
    )
    if rows("SELECT count FROM rate_count WHERE bucket = ? AND ends = ?", (bucket, ends))[0][0] > most:
        raise TooOften(ends - moment)


def neighbourhood(address: str) -> str:
    """Tell who is behind an address: the address itself, or the /64 that an IPv6 household has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 6:
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


@transaction
def forget_old_counts() -> None:
    """Remove the counts of windows that have ended."""
    run("DELETE FROM rate_count WHERE ends < ?", (int(now().timestamp()),))
