"""What tells of a person is found however it is written, and ordinary Swedish prose is left in peace."""

from __future__ import annotations

import pytest

from tbb.services.personal_data import FoundKind, findings, holds_personal_number

# Tolvan Tolvansson's, who is everybody's example and nobody.
WRITTEN = (
    "19121212-1212",
    "191212121212",
    "121212-1212",
    "1212121212",
    "121212+1212",
    "121212 1212",
    "121212 - 1212",
    "1912 12 12 1212",
    "1912-12-12-1212",
    "1912.12.12-1212",
    "12 12 12-1212",
    "121272-1219",
    "Barnet (121212-1212) mår inte bra",
    "pnr:1212121212.",
    "121212\u20131212",
    "121212\u00a01212",
    "１２１２１２-１２１２",
    "121212-12 12",
    "12.12.12.1212",
    "12/12/12-1212",
    "1 2 1 2 1 2 - 1 2 1 2",
    "Numret är 121212-\n1212 enligt listan",
    "121212\r\n-1212",
    "19\n121212-1212",
    "19 12 12 72-1219",
    "١٢١٢١٢-١٢١٢",
    "121212\u200b-\u200b1212",
    "121212\u22121212",
)
LOOKALIKE = ("121212-1213", "19121212-1213", "191212121213", "121272-1210", "121212-XXXX", "19121212xxxx")
FREE = (
    "",
    "121312-1212",
    "121232-1212",
    "070-174 06 05",
    "08-465 004 99",
    "641 36 Katrineholm",
    "Skolenhetskod 12345678",
    "2026-11-23 kl 12.30",
    "2026-11-23 1230",
    "11223344556677889900",
    "99991212121212",
    "212000-0357",
)
PHONES = (
    "Ring 070-174 06 05 i morgon",
    "0701740605",
    "+46 70 174 06 05",
    "+46 (0)70-174 06 06",
    "0046701740605",
    "08-465 004 15",
    "tel 465 004 15",
    "(08) 465 004 99",
    "070 – 174 06 99",
    "mobil: 174 06 05",
)
MAILS = (
    "Skriv till anna@familjen.example så svarar de",
    "a.b-c+d@sub.skolan.example",
    "anna (at) familjen.example",
    "anna @ familjen.example",
    "anna snabel-a familjen.example",
)
ADDRESSES = (
    "De bor på Exempelvägen 3",
    "Storgatan 12 B, nb",
    "exempelgatan 5",
    "Västra Exempelgatan 14",
    "S:t Exempelgatan 2",
    "Exempels väg 7",
    "Box 12",
    "Postbox 1234",
    "640 10 Exempelköping",
    "Exempeltorget 1C",
    "Bor i Exempelgränd 10, som förut",
)
NAMES = (
    "I går berättade Anna Exempelsson att det är svårt.",
    "Anna Exempelsson har varit borta mycket.",
    "Jag pratade med Zeynep Påhittoğlu efter lunch.",
    "Zeynep Påhittoğlu kom sent.",
    "Läraren Exempelsson har sett det.",
    "När Kalle Fiktivlund kommer till skolan är han trött.",
    "Mamman heter Karin von Påhitt.",
    "Det var Ann-Sofie Låtsasberg som ringde.",
    "Familjen Påhittad har flyttat.",
    "Vi träffade familjen Låtsas i tisdags.",
    "anna exempelsson mår inte bra",
    "ANNA EXEMPELSSON",
    "Omar Al-Påhitt är ofta ensam på rasten.",
    "Kompisen heter Elsa Lund.",
    "Abdi Xasan Låtsas vill börja spela fotboll.",
    "Enligt Maja Exempelssons pappa är det bättre nu.",
    "Barnet: Liam Påhittgren",
    "Eleven i 6A är Nour Fiktiv.",
    "Mentor Lisa Låtsasdotter är med.",
    "Hon sitter bredvid Olle P. Exempelqvist.",
)
PROSE = (
    "Eleven har varit borta mycket från skolan den senaste månaden.",
    "På rasterna går hen oftast för sig själv.",
    "Barnet säger att det känns tryggast hos mormor.",
    "Vi har pratat med eleven tre gånger under hösten.",
    "Barnet trivs på Exempelskolan i Eskilstuna.",
    "I Södra Sörmland finns färre fritidsklubbar.",
    "Familjen flyttade från Syrien till Katrineholm 2024.",
    "Familjen Centrum i Flen har öppet på tisdagar.",
    "Eleven använder Google Classroom och Microsoft Teams.",
    "Rädda Barnen och Röda Korset har läxhjälp.",
    "Kontakt är tagen med BUP och med Region Sörmland.",
    "Klockan 08.00-09.30 har eleven matematik.",
    "Mötet är den 22 november 2026 kl. 13.15.",
    "Veckorna 45, 46 och 47 var eleven hemma.",
    "Frånvaron är 34 procent, 120 lektioner av 350.",
    "Barnet är 4 år och går på avdelning Lejonet.",
    "På Lucia var hela klassen i Nyköping.",
    "Hen vill läsa Harry Potter och Pippi Långstrump.",
    "Skolan har gjort anpassningar i svenska, engelska och NO.",
    "Hälsa och Trygghet är de områden som oroar.",
    "Eleven går i årskurs 6 och har bytt klass.",
    "Barnets bästa-ansvarig har fått veta det.",
    "Vi använde Barnets bästa-hjulet i samtalet.",
    "På hemvägen 2 gånger i veckan blir det bråk.",
    "Skolvägen 3 km är för lång att gå.",
    "Barnet säger: Jag vill ha en kompis.",
    "Mamma säger att morgnarna är svåra. Pappa håller med.",
    "Vårdnadshavarna är informerade och positiva.",
    "Eleven sover 5–6 timmar per natt.",
    "Läsåret 2025/26 var bättre än 2024/25.",
    "Hen fick 12 av 20 på provet och 8 av 20 på nästa.",
    "Ronja säger att det är roligt med slöjd.",
    "Det fungerar bra när Kalle sitter nära läraren.",
    "Anna E. vill byta grupp.",
    "Torsdagens utflykt till Kolmården gick bra.",
    "Lilla Edet ligger långt bort, säger barnet.",
    "Hen spelar Minecraft till klockan 23.",
    "Simskolan är på Munktellbadet varje onsdag.",
    "Under Ramadan är eleven trött på eftermiddagarna.",
    "Förra Året var det lugnare, skriver eleven i sin dagbok.",
    "Elevhälsan träffar eleven måndag 3/11, 10/11 och 17/11.",
    "Lärarna märker att eleven drar sig undan.",
    "Skolsköterskan mätte syn och hörsel i september.",
    "Kuratorn erbjuder samtal varje vecka.",
    "Barnet leker mest med yngre barn.",
    "Toaletten är det som är svårast, säger eleven.",
    "Skolenheten har kod 12345678 i registret.",
    "Priset är 1 250 kronor per termin.",
    "Poängen blev 10 20 30 40 50 i de olika delarna.",
    "Vi följer upp den 2026-11-23 kl 12.30.",
    "Hen har svårt att komma i gång med uppgifter.",
    "Det har varit oroligt hemma sedan i somras.",
    "Nya Stadens Förskola har haft öppet hus.",
    "Socialtjänsten i Strängnäs kommun har öppenvård.",
    "Idrottshallen 2 är stängd för ombyggnad.",
    "Fritids stänger 17.30 och då hämtar storasyster.",
    "Rummet 12 på plan 3 är lugnt.",
    "FN:s barnkonvention gäller alla barn.",
    "Eleven längtar till Jul och till Påsk.",
    "Det blev bättre när klassen fick byta sal.",
    "Mattias, som är resurs, hjälper till på lektionerna.",
    "Skolan ligger vid Mälaren.",
)


def kinds(text: str) -> set[str]:
    """Which kinds of things are found in a text."""
    return {finding.kind for finding in findings(text)}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_personal_number_is_found_however_it_is_written(text):
    assert holds_personal_number(text)
    assert [finding.refused for finding in findings(text) if finding.kind == FoundKind.PERSONAL_NUMBER] == [True]


@pytest.mark.parametrize("text", FREE)
def test_other_numbers_are_left_in_peace(text):
    assert not holds_personal_number(text)
    assert FoundKind.PERSONAL_NUMBER not in kinds(text)


@pytest.mark.parametrize("text", LOOKALIKE)
def test_what_only_looks_like_one_is_pointed_out_but_not_refused(text):
    assert not holds_personal_number(text)
    assert [(finding.kind, finding.refused) for finding in findings(text)] == [(FoundKind.PERSONAL_NUMBER, False)]


@pytest.mark.parametrize(
    ("kind", "texts", "least"),
    [
        (FoundKind.PHONE, PHONES, 0.95),
        (FoundKind.EMAIL, MAILS, 0.95),
        (FoundKind.STREET_ADDRESS, ADDRESSES, 0.95),
        (FoundKind.SURNAME, NAMES, 0.8),
    ],
)
def test_enough_of_each_kind_is_found(kind, texts, least):
    missed = [text for text in texts if kind not in kinds(text)]
    assert len(missed) <= (1 - least) * len(texts), missed


def test_ordinary_school_prose_gives_few_false_alarms():
    alarms = {text: findings(text) for text in PROSE if findings(text)}
    assert len(alarms) <= 0.05 * len(PROSE), [(text, found[0].found) for text, found in alarms.items()]


def test_each_thing_is_told_of_once_in_the_order_of_the_text():
    text = "Anna Exempelsson, 070-174 06 05, bor på Exempelvägen 3. Anna Exempelsson nås på a@b.example. 121212-1212"
    assert [(finding.kind, finding.found) for finding in findings(text)] == [
        ("surname", "Anna Exempelsson"),
        ("phone", "070-174 06 05"),
        ("street_address", "Exempelvägen 3"),
        ("email", "a@b.example"),
        ("personal_number", "121212-1212"),
    ]


def test_what_was_found_does_not_show_in_a_finding_that_is_printed():
    assert "Exempelsson" not in repr(findings("I dag kom Anna Exempelsson."))


def test_hostile_texts_are_looked_through_as_fast_as_others():
    hostile = ("0" * 4000, "12 " * 2000, "Aa " * 2000, "a@" * 2000, "+" * 4000, "12\n" * 2000, "A" * 6000, "1-" * 3000)
    assert [len(findings(text)) for text in hostile]
