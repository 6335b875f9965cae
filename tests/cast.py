"""The public addresses that tests go to: every page that families meet, with samples for what an address must name.

The pages of those who work here are in tests/at_work.py.
"""

from __future__ import annotations

from itertools import product

from flask import Flask

from tbb.database import connection, rows
from tbb.services import readers
from tbb.web.language import LANGUAGES

QUERIES = {
    "directory.search": (
        "",
        "q=skola",
        "q=BVC",
        "q=gymnasiet",
        "q=xyzzyqq",
        "q=forskoaln",
        "kommun=flen&kommun=trosa&verksamhet=preschool&vem=municipal",
        "q=skolan&kommun=nykoping&sida=2&antal=50",
        "sida=3",
        "sida=999999",
    ),
    "directory.suggest": ("q=sko", "q=xyzzyqq", "q="),
    "guide.question": (
        "",
        "skede=fore-forskoleklass",
        "skede=grundskola",
        "skede=gymnasiet",
        "skede=gymnasiet&gymnasium=utanfor",
        "skede=vet-inte",
        "skede=vet-inte&alder=5-7",
        "skede=vet-inte&alder=15-17",
        "skede=18-20",
        "fraga=skede",
        "skede=grundskola&kommun=flen&andra=skede",
    ),
    "guide.answer": (
        "skede=fore-forskoleklass&forskola=forskola&kommun=flen",
        "skede=fore-forskoleklass&forskola=nej&kommun=flen",
        "skede=grundskola&kommun=eskilstuna",
        "skede=grundskola&kommun=annan",
        "skede=gymnasiet&gymnasium=sormland&kommun=nykoping",
        "skede=gymnasiet&gymnasium=utanfor&kommun=flen",
        "skede=inte-borjat&kommun=trosa",
        "skede=hoppat-av&kommun=gnesta",
        "skede=18-20&gymnasium=sormland&kommun=eskilstuna",
        "skede=18-20&gymnasium=klar&kommun=eskilstuna",
        "skede=grundskola",
    ),
    "telling.accessibility": ("", "sida=/hitta"),
    "pages.start": ("", "kommun=flen"),
    "news.listed": ("", "kommun=flen", "kategori=sip", "termin=HT2026"),
    "news.feed": ("", "kommun=flen"),
    "talks.choose": ("", "upptagen=1&sida=3"),
    "materials.listed": ("", "sort=film&omrade=halsa&for=preschool&niva=promotive"),
    "materials.search": ("", "q=bilder", "q=xyzzyqq"),
}
"""Addresses whose page changes much with what is asked for."""
FILES = ("news.picture", "happenings.file", "subscribing.pdf")
"""Addresses of files that somebody has put up: their own tests fetch them."""


def units(app: Flask) -> list[str]:
    """One unit of each kind and of each special case: without BBA, away, protected, holiday, dormant, in a school."""
    with connection():
        by_kind = rows("SELECT MIN(slug) FROM unit GROUP BY kind ORDER BY kind")
        special = rows(
            "SELECT MIN(u.slug) FROM unit u LEFT JOIN responsibility r ON r.unit_id = u.id"
            " LEFT JOIN person p ON p.id = r.person_id WHERE u.kind = 'compulsory'"
            " GROUP BY u.status, r.role, p.protected, r.away_from, r.confirmed_on IS NULL ORDER BY 1"
        )
    return list(dict.fromkeys(row[0] for row in (*by_kind, *special)))


def samples(app: Flask) -> dict[str, list[str]]:
    """What may stand for each named part of an address."""
    with connection():
        municipalities = [row[0] for row in rows("SELECT slug FROM municipality ORDER BY slug LIMIT 2")]
        news, happenings, materials = (
            [row[0] for row in rows(f"SELECT slug FROM {table} WHERE state = 'published' ORDER BY slug LIMIT 2")]
            for table in ("article", "happening", "material")
        )
        letters = [row[0] for row in rows("SELECT slug FROM newsletter WHERE published_at IS NOT NULL ORDER BY slug")]
        links = [readers.token_of(row[0]) for row in rows("SELECT key FROM subscriber ORDER BY id LIMIT 1")]
    return {
        "newsletter.slug": letters,
        **{f"{view}.token": links for view in ("own", "ending", "export")},
        **{f"{view}.token": [] for view in ("confirming", "refusing")},
        "slug": units(app),
        "municipality.slug": municipalities,
        "article.slug": news,
        "happenings.show.slug": happenings,
        "happenings.calendar.slug": happenings,
        "guests.reminding.slug": [],
        "guests.signing_up.slug": [],
        "guests.asked.slug": ["traff"],
        "guests.confirming.token": [],
        "guests.leaving.token": [],
        "materials.show.slug": materials,
        "materials.version.slug": materials,
        "materials.qr.slug": materials,
        "number": [1],
        "code": [],
        "about": ["fel", "tillganglighet"],
        "token": [],  # personal links are looked at where they are made, in tests/web
    }


def addresses(app: Flask, *, few: bool = False) -> list[tuple[str, str]]:
    """Every GET address as (endpoint, address); KeyError when an address has a part that `samples` does not know.

    `few` gives one address for each endpoint.
    """
    known, found = samples(app), []
    with app.test_request_context():
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if "GET" not in rule.methods or app.view_functions[rule.endpoint].in_swedish or rule.endpoint in FILES:
                continue
            values = [_values(known, rule.endpoint, name) for name in sorted(rule.arguments)]
            if not rule.endpoint == "directory.unit":
                values = [some[:2] for some in values]
            here = []
            for chosen in product(*values):
                address = app.url_for(
                    rule.endpoint, **dict(zip(sorted(rule.arguments), chosen, strict=True)), _external=False
                )
                here += [address + (f"?{query}" if query else "") for query in QUERIES.get(rule.endpoint, ("",))]
            found += [(rule.endpoint, address) for address in (here[:1] if few else here)]
    return found


def _values(known: dict[str, list], endpoint: str, name: str) -> list:
    """What may stand for a part of an address: of just this endpoint, of those of its last name, or of all."""
    for own in (f"{endpoint}.{name}", f"{endpoint.rpartition('.')[2]}.{name}"):
        if own in known:
            return known[own]
    return known[name]


def pages(app: Flask) -> list[tuple[str, str]]:
    """Every address whose answer is a whole page of HTML."""
    others = (
        "directory.suggest",
        "directory.poster_pdf",
        "directory.vcard",
        "directory.qr",
        "health.",
        "opendata.",
        "wheel.sheet",
        "news.feed",
        "happenings.feed",
        "happenings.calendar",
        "talks.details",
        "talks.leaders_details",
        "materials.qr",
        "subscribing.export",
    )
    return [
        (endpoint, address)
        for endpoint, address in addresses(app)
        if not endpoint.startswith(others) or endpoint == "opendata.about"
    ]


def in_language(address: str, code: str) -> str:
    """The same address in a language that it names."""
    assert code in LANGUAGES
    return f"/{code}{address}"
