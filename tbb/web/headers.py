"""The envelope of every answer: its security headers, its request id and its line in the log."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
"""`data:` pictures are only for the design system's icon masks; there is no inline script or style at all."""

SECURITY_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self),"
        " geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(),"
        " xr-spatial-tracking=()",
    ),
)
TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

SECRET_PART = re.compile(r"[A-Za-z0-9_-]{30,}")
"""What may be a one-time token in an address: the log shows a star instead."""

log = logging.getLogger("tbb.requests")
WSGI = Callable[..., Iterable[bytes]]


class Envelope:
    """Wrap the whole application. The log holds method, path without secrets, status and time: no query, no name."""

    def __init__(self, app: WSGI, *, secure: bool):
        self.app = app
        self.headers = [*SECURITY_HEADERS, *([TRANSPORT_SECURITY] if secure else [])]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request_id = secrets.token_hex(6)
        environ["tbb.request_id"] = request_id
        began = time.perf_counter()
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            log.info(
                "%s %s %r %s %.1f ms",
                request_id,
                method[:10],
                SECRET_PART.sub("*", path[:200]),
                status[:3],
                (time.perf_counter() - began) * 1e3,
            )
            return start_response(status, [*headers, *self.headers, ("X-Request-ID", request_id)], exc_info)

        return self.app(environ, start)
