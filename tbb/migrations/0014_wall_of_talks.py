"""The wall's clock of a booked talk, and how a meeting and who takes part in it stood before they were called off."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

COLUMNS = (("talk_booking", "wall", 16), ("meeting", "was", 10), ("participant", "was", 10))
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def on_the_wall(moment):
    """Write a moment, kept in UTC without saying so, as Swedish clocks show it."""
    moment = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return moment.replace(tzinfo=UTC).astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M")


def up(migrator, db):
    for table, column, size in COLUMNS:
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR({size}) NOT NULL DEFAULT ''")
    mark = db.param
    for number, moment in db.execute_sql("SELECT id, starts_at FROM talk_booking").fetchall():
        db.execute_sql(f"UPDATE talk_booking SET wall = {mark} WHERE id = {mark}", (on_the_wall(moment), number))


def down(migrator, db):
    for table, column, _size in reversed(COLUMNS):
        db.execute_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
