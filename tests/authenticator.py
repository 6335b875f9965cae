"""A tiny passkey device in software: makes keys and answers challenges as a browser would, honestly or not."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tbb import clock
from tbb.models import Account

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def somebody(name: str = "Sara Skissberg", **more: Any) -> Account:
    """Make an account that may sign in and has no second factor."""
    key = secrets.token_hex(16)
    told = {"key": key, "email": f"{key[:8]}@tbb.example", "name": name, "state": "active", "created_at": clock.now()}
    return Account.create(**told | more)


def text(raw: bytes) -> str:
    """Write bytes as WebAuthn's JSON does."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    """Read bytes from WebAuthn's JSON."""
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


class Device:
    """Holds one key. Every answer may be told to lie: another origin or challenge, no fingerprint, an old count."""

    def __init__(self, origin: str = "http://localhost:8000"):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.user = b""
        self.count = 0

    def make(self, options: str | dict[str, Any], **lies: Any) -> str:
        """Answer a question for a new key, as JSON."""
        asked = json.loads(options) if isinstance(options, str) else options
        self.user = raw(asked["user"]["id"])
        data = self._data(asked["rp"]["id"], lies, ATTESTED) + self._attested()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], lies)
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attestation)})

    def answer(self, options: str | dict[str, Any], **lies: Any) -> str:
        """Answer a question for a proof, as JSON; the count goes up by one."""
        asked = json.loads(options) if isinstance(options, str) else options
        self.count = lies.get("count", self.count + 1)
        data = self._data(asked["rpId"], lies)
        client = self._client("webauthn.get", asked["challenge"], lies)
        signature = lies.get("key", self.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(lies.get("user", self.user)),
            }
        )

    def _data(self, party: str, lies: dict[str, Any], more: int = 0) -> bytes:
        flags = more | (0 if lies.get("absent") else PRESENT) | (0 if lies.get("unverified") else VERIFIED)
        name = hashlib.sha256(lies.get("party", party).encode()).digest()
        return name + bytes([flags]) + self.count.to_bytes(4, "big")

    def _attested(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        told = {
            "type": lies.get("kind", kind),
            "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", self.origin),
        }
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
