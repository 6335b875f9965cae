"""The two yardsticks: *hello* is the least Flask can do, *floor* the least that 50 units as a page can cost.

Served by the same gunicorn with the same number of processes and threads as the service itself.
TBB_BENCH_DATABASE names the SQLite file that the floor reads.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import threading

from flask import Flask
from jinja2 import Environment

app = Flask(__name__, static_folder=None)

UNITS = """
    SELECT unit.slug, COALESCE(NULLIF(unit.display_name, ''), unit.name), organizer.name, municipality.name,
           unit.street, unit.postal_code, unit.place, COALESCE(person.name, ''), COALESCE(person.title, ''),
           COALESCE(person.phone, '')
    FROM unit
    JOIN municipality ON municipality.id = unit.municipality_id
    LEFT JOIN organizer ON organizer.id = unit.organizer_id
    LEFT JOIN responsibility ON responsibility.unit_id = unit.id AND responsibility.role = 'bba'
         AND responsibility.ends_on IS NULL
    LEFT JOIN person ON person.id = responsibility.person_id
    WHERE unit.status = 'active'
    ORDER BY unit.sort_key, unit.id
    LIMIT 50
"""
# The same markup per unit as the service's own search page; around it there is as good as nothing.
PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><title>Units</title></head><body><main><h1>Units</h1><ul class="plain">
{% for slug, label, organizer, municipality, street, code, place, name, title, phone in units %}
<li class="unit">
  <div class="stack u-g-35">
    <h3 class="ds-heading" data-size="sm"><a class="cover-link" href="/enhet/{{ slug }}">{{ label }}</a></h3>
    <p class="muted">{{ organizer }} · {{ municipality }}</p>
    <p class="pill-note"><svg class="i ds-icon" aria-hidden="true"><use href="/static/x/sprite.svg#i-map-pin"/></svg>
      {{ street }}, {{ code }} {{ place }}</p>
  </div>
  {% if name %}
  <div class="unit__bba"><span class="ds-avatar" aria-hidden="true">{{ name[:1] }}</span>
    <p><span class="small muted">{{ title }}</span><br><strong>{{ name }}</strong><br>
      <a href="tel:{{ phone }}">{{ phone }}</a></p></div>
  {% else %}
  <div class="unit__bba unit__bba--none"><span class="ds-avatar" data-tone="soft" aria-hidden="true"></span>
    <p><span class="small muted">Barnets bästa-ansvarig</span><br>Inte känd än</p></div>
  {% endif %}
</li>
{% endfor %}
</ul></main></body></html>
""")
_of_thread = threading.local()


def _database() -> sqlite3.Connection:
    if not hasattr(_of_thread, "database"):
        _of_thread.database = sqlite3.connect(os.environ["TBB_BENCH_DATABASE"])
    return _of_thread.database


@app.get("/hello")
def hello() -> str:
    """Say hello."""
    return "hello"


@app.get("/floor")
def floor() -> str:
    """Show 50 units."""
    return PAGE.render(units=_database().execute(UNITS).fetchall())


# The same kindness that the service grants itself.
app.test_client().get("/hello")
gc.collect()
gc.freeze()
