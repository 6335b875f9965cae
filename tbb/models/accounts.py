"""Who may sign in, by what means, with which duties, and the sittings in which they do."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.directory import Organizer, Unit, one_of
from tbb.models.kinds import FOLLOWED, Duty
from tbb.models.people import Person


class Account(BaseModel):
    """Somebody who can sign in. `email` is kept in lower case; `person` is their public work contact, if any."""

    key = CharField(max_length=32, unique=True)
    email = CharField(max_length=254, unique=True)
    name = CharField(max_length=120)
    state = CharField(max_length=10, default="invited")
    password = CharField(max_length=200, default="")
    person = ForeignKeyField(Person, null=True, unique=True, backref="accounts", on_delete="SET NULL")
    organizer = ForeignKeyField(Organizer, null=True, backref="accounts", on_delete="SET NULL")
    created_at = UtcDateTimeField()
    signed_in_at = UtcDateTimeField(null=True)
    disabled_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [
            Check("state IN ('invited', 'active', 'disabled')"),
            Check("email = lower(email)"),
        ]


class Grant(BaseModel):
    """A duty given to an account by hand, for a unit, for an organizer, or for the whole county (neither)."""

    account = ForeignKeyField(Account, backref="grants", on_delete="CASCADE")
    duty = CharField(max_length=20)
    unit = ForeignKeyField(Unit, null=True, backref="grants", on_delete="CASCADE")
    organizer = ForeignKeyField(Organizer, null=True, backref="grants", on_delete="CASCADE")
    starts_on = DateField()
    ends_on = DateField(null=True)
    given_by = ForeignKeyField(Account, null=True, backref="given", on_delete="SET NULL")
    given_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    ended_by = ForeignKeyField(Account, null=True, backref="ended", on_delete="SET NULL")

    class Meta:
        constraints = [
            one_of("duty", [duty for duty in Duty if duty not in FOLLOWED]),
            Check("unit_id IS NULL OR organizer_id IS NULL"),
            Check("duty NOT IN ('staff', 'delegate', 'unit_head') OR unit_id IS NOT NULL"),
            Check("duty <> 'organizer_admin' OR organizer_id IS NOT NULL"),
            Check("duty NOT IN ('process_leader', 'operations') OR (unit_id IS NULL AND organizer_id IS NULL)"),
            Check("duty <> 'delegate' OR ends_on IS NOT NULL"),
            Check("ends_on IS NULL OR ends_on >= starts_on"),
        ]


Grant.add_index(Grant.index(Grant.account, Grant.ended_at, name="grant_of_account"))


class Passkey(BaseModel):
    """A WebAuthn credential: the public half of a key that never leaves its device."""

    account = ForeignKeyField(Account, backref="passkeys", on_delete="CASCADE")
    credential = CharField(max_length=400, unique=True)
    public_key = BlobField()
    sign_count = IntegerField(default=0)
    transports = CharField(max_length=100, default="")
    name = CharField(max_length=60)
    created_at = UtcDateTimeField()
    used_at = UtcDateTimeField(null=True)


class Authenticator(BaseModel):
    """A TOTP secret, sealed. `last_step` is the newest 30-second step that was used: no code counts twice."""

    account = ForeignKeyField(Account, unique=True, backref="authenticators", on_delete="CASCADE")
    secret = BlobField()
    confirmed_at = UtcDateTimeField(null=True)
    last_step = IntegerField(default=0)


class RecoveryCode(BaseModel):
    """A printed way in when the device is lost; hashed, used once."""

    account = ForeignKeyField(Account, backref="recovery_codes", on_delete="CASCADE")
    digest = CharField(max_length=64, unique=True)
    used_at = UtcDateTimeField(null=True)


class Identity(BaseModel):
    """Who somebody is at their organisation's own identity provider: issuer and subject, never an e-mail."""

    account = ForeignKeyField(Account, backref="identities", on_delete="CASCADE")
    issuer = CharField(max_length=300)
    subject = CharField(max_length=255)
    created_at = UtcDateTimeField()
    seen_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("issuer", "subject"), True),)


class Sitting(BaseModel):
    """A signed-in browser. Only the hash of its cookie is kept; `stage` is half until the second factor is given."""

    digest = CharField(max_length=64, unique=True)
    account = ForeignKeyField(Account, backref="sittings", on_delete="CASCADE")
    stage = CharField(max_length=5, default="half")
    method = CharField(max_length=30, default="")
    strong = BooleanField(default=False)
    browser = CharField(max_length=60, default="")
    began_at = UtcDateTimeField()
    seen_at = UtcDateTimeField()
    ends_at = UtcDateTimeField(index=True)
    proved_at = UtcDateTimeField(null=True)
    notice = CharField(max_length=300, default="")
    upstream = CharField(max_length=255, default="", index=True)

    class Meta:
        constraints = [Check("stage IN ('half', 'whole')")]


class OneTimeToken(BaseModel):
    """A secret sent to somebody, hashed, for one purpose, used once. A newer one for the same ends the older ones."""

    digest = CharField(max_length=64, unique=True)
    purpose = CharField(max_length=20)
    subject = CharField(max_length=80)
    payload = BlobField(null=True)
    created_at = UtcDateTimeField()
    expires_at = UtcDateTimeField(index=True)
    used_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("purpose", "subject"), False),)


class Receipt(BaseModel):
    """That a form was received, by the key it carried: sent again, it yields the first answer and changes nothing."""

    key = CharField(max_length=64, unique=True)
    location = TextField(default="")
    created_at = UtcDateTimeField(index=True)
