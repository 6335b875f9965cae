"""The columns of our own list, what else they may be called, and the template to fill in."""

from __future__ import annotations

import csv
import io

UNIT_COLUMNS = (
    "verksamhet", "namn", "kommun", "kommunkod", "skolenhetskod", "forskole_id", "huvudman", "huvudman_orgnr",
    "huvudmannatyp", "adress", "postnummer", "ort", "telefon", "telefontid", "jourtelefon", "epost", "webbplats",
)  # fmt: skip
PERSON_PARTS = ("namn", "titel", "telefon", "epost", "telefontid", "sprak", "funktion", "vaxel")
BBA_COLUMNS = (
    *(f"bba_{part}" for part in PERSON_PARTS),
    "skyddad_identitet", "bba_mandat", "bba_mandat_av", "bba_mandat_datum", "bba_fran", "bba_till",
)  # fmt: skip
OTHER_COLUMNS = tuple(f"{who}_{part}" for who in ("ersattare", "lovkontakt") for part in PERSON_PARTS[:5])
COLUMNS = UNIT_COLUMNS + BBA_COLUMNS + OTHER_COLUMNS

HEADERS = (
    frozenset({"verksamhet", "kommun"}),
    frozenset({"verksamhet", "kommunkod"}),
    *(
        frozenset({number, told})
        for number in ("skolenhetskod", "forskole_id", "id")
        for told in ("bba_namn", "bba_telefon", "bba_epost", "bba_funktion")
    ),
)
"""Any of these sets of columns makes a table our own list."""

ALIASES = {
    "typ": "verksamhet",
    "typ_av_verksamhet": "verksamhet",
    "verksamhetstyp": "verksamhet",
    "skolform": "verksamhet",
    "enhet": "namn",
    "enhetens_namn": "namn",
    "verksamhetens_namn": "namn",
    "kommun_kod": "kommunkod",
    "kommunnamn": "kommun",
    "skolenhets_kod": "skolenhetskod",
    "skol_enhetskod": "skolenhetskod",
    "forskoleid": "forskole_id",
    "organisationsnummer": "huvudman_orgnr",
    "orgnr": "huvudman_orgnr",
    "gatuadress": "adress",
    "besoksadress": "adress",
    "postnr": "postnummer",
    "postort": "ort",
    "tel": "telefon",
    "telefonnummer": "telefon",
    "telefontider": "telefontid",
    "jour": "jourtelefon",
    "socialjour": "jourtelefon",
    "e_post": "epost",
    "e_postadress": "epost",
    "epostadress": "epost",
    "mejl": "epost",
    "mail": "epost",
    "webb": "webbplats",
    "webbadress": "webbplats",
    "webbsida": "webbplats",
    "hemsida": "webbplats",
    "url": "webbplats",
    "skyddade_personuppgifter": "skyddad_identitet",
    "skyddad": "skyddad_identitet",
    "barnets_basta_ansvarig": "bba_namn",
    "bba": "bba_namn",
}
ALIASES |= {
    f"{said}_{other}": f"{who}_{part}"
    for who, words in {"bba": ("bba",), "ersattare": ("ersattare",), "lovkontakt": ("lovkontakt", "lov")}.items()
    for said in words
    for part, others in {
        "namn": ("namn",),
        "titel": ("titel", "roll"),
        "telefon": ("telefon", "tel", "telefonnummer"),
        "epost": ("epost", "e_post", "mejl", "mail", "e_postadress"),
        "telefontid": ("telefontid", "telefontider"),
    }.items()
    for other in others
}

EXPLANATION = (
    "Mall: en rad för varje verksamhet. Fyll i det du vet. Ett tomt fält ändrar ingenting. "
    "Verksamhet är till exempel förskola eller BVC eller KAA eller uppföljningsansvarig eller socialtjänst. "
    "Skriv orosanmälan för kommunens kontakt. Mandat är beslutsfattare eller särskilt mandat. Ta bort exemplen."
)
EXAMPLES = (
    {
        "verksamhet": "BVC",
        "namn": "BVC Exempelköping",
        "kommun": "Exempelköping",
        "huvudman": "Region Exempel",
        "huvudmannatyp": "region",
        "adress": "Exempelvägen 3",
        "postnummer": "640 00",
        "ort": "Exempelköping",
        "telefon": "08-465 004 01",
        "epost": "bvc@exempel.example",
        "webbplats": "https://www.exempel.example/bvc",
        "bba_namn": "Kim Exempelsson",
        "bba_titel": "BVC-sjuksköterska",
        "bba_telefon": "08-465 004 02",
        "bba_epost": "kim.exempelsson@exempel.example",
        "bba_telefontid": "vardagar 8–9",
        "bba_sprak": "svenska, engelska",
        "skyddad_identitet": "nej",
        "bba_mandat": "särskilt mandat",
        "bba_mandat_av": "verksamhetschefen",
        "bba_mandat_datum": "2026-08-17",
        "bba_fran": "2026-08-17",
        "ersattare_namn": "Robin Exempelsson",
        "ersattare_telefon": "08-465 004 03",
    },
    {
        "verksamhet": "grundskola",
        "namn": "Exempelskolan F-6",
        "kommun": "Exempelköping",
        "skolenhetskod": "99999999",
        "bba_funktion": "Barnets bästa-ansvarig, Exempelskolan",
        "bba_vaxel": "08-465 004 00",
        "skyddad_identitet": "ja",
        "bba_mandat": "beslutsfattare",
        "bba_fran": "2026-08-17",
        "lovkontakt_namn": "Barn- och utbildningskontoret",
        "lovkontakt_telefon": "08-465 004 00",
    },
)


def template_csv() -> str:
    """Give the template as Excel in Swedish opens it: byte order mark, semicolons, CRLF.

    One line of explanation, the header, and two rows that are plainly made up. Their municipality does not
    exist, so they are refused, with a reason, if somebody leaves them in.
    """
    page = io.StringIO()
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    writer.writerow([EXPLANATION])
    writer.writerow(COLUMNS)
    for example in EXAMPLES:
        writer.writerow([example.get(column, "") for column in COLUMNS])
    return "\ufeff" + page.getvalue()
