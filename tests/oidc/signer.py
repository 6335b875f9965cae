"""A provider small enough to sign anything, also what no real one would: its keys are in the test's hands."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from tbb.identity_settings import IdentityProvider

RSA, EC = RSAKey.generate_key(2048, {"kid": "one"}), ECKey.generate_key("P-256", {"kid": "two"})


class Signer:
    """What it answers to each path, how often it was asked, and the settings by which we know it."""

    def __init__(self, issuer: str):
        self.asked: list[str] = []
        self.keys = [RSA.as_dict(private=False), EC.as_dict(private=False)]
        self.described = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/auth",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
        }
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.provider = IdentityProvider(
            key="flen",
            name="Flens kommun",
            organizer="2120000332",
            issuer=issuer,
            client_id="tbb",
            client_secret="a secret for tests",
            strong_amr=("mfa",),
        )

    def answer(self, path: str) -> tuple[int, bytes]:
        """Give status and body of a path."""
        self.asked.append(path)
        told = {"/.well-known/openid-configuration": self.described, "/keys": {"keys": self.keys}}.get(path)
        return self.answers.get(path) or ((200, json.dumps(told).encode()) if told is not None else (404, b""))

    def sign(self, claims: dict[str, Any], *, key: Key = RSA, alg: str = "RS256", **header: object) -> str:
        """Sign anything with any key."""
        registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
        kid = {"kid": key.kid} if key.kid else {}
        return jwt.encode({"alg": alg, **kid, **header}, claims, key, registry=registry)


@contextmanager
def running() -> Iterator[Signer]:
    """Start one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = signer.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        signer = Signer(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield signer
        server.shutdown()
        thread.join()
