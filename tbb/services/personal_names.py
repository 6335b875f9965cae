"""Finds what looks like somebody's first name and surname in ordinary Swedish prose, without knowing who anybody is."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UPPER = "A-ZÅÄÖÉÜÇÓÁŠŽĆČŁŞİ"
_LOWER = "a-zåäöéèüïëçóáàíúñšžćčđłńśżşığ"
WORD = re.compile(rf"(?:[Aa]l-|[Ee]l-|O'|Mc)?[{_UPPER}][{_LOWER}]+(?:-[{_UPPER}][{_LOWER}]+)?|[{_UPPER}]{{3,}}")
BINDING = re.compile(r"[ \t]{1,2}(?:(?:von|van|de|da|af|al|el|bin|dos|der)[ \t])?")
SENTENCE_END = re.compile(r"(?:^|[.!?:;…\n•*>\"”»(][ \t\"”»(•*–-]*)$")
LOWER_NAME = re.compile(rf"(?<![\w-])([{_LOWER}]{{2,}}) ([{_LOWER}]{{2,}}s?son)s?(?![\w-])")
FAMILY = re.compile(
    rf"\b(?:[Ff]amiljen|[Ss]yskonen|[Hh]err|[Ff]ru|[Ff]röken|[Ee]fternamnet)[ \t]((?:[Aa]l-)?[{_UPPER}][{_LOWER}]+)"
)

STRONG = re.compile(r"\w{3,}(?:sson|qvist|kvist|ström)s?")
"""Endings that nothing but a surname has, so that a single word is enough."""

FIRST_NAMES = frozenset(
    """
    adam adrian agnes ahmed aisha albin alex alexander alexandra ali alice alicia alma alva alvin amanda amina
    amir anders andreas anette anita anja ann anna annika anton aron arvid asta astrid august axel barbro bashir
    beatrice bengt benjamin birgitta björn bo bosse britt camilla carina carl caroline casper cecilia charlie
    charlotte christer christian christina clara cornelia dag daniel daniela david dennis diana dina ebba edith
    edvin edward elias elin elina elis elisa elisabeth ella ellen ellie elliot elsa elton elvira elvis emelie emil
    emilia emma emmy enzo eric erik erika ester eva evelina fabian fadi fatima fatuma felicia felix filip filippa
    folke frank frans fredrik freja frida gabriel georg gerd greta gunilla gunnar gustav göran hala hampus hanna
    hannah hannes harry hassan hedda hedvig helena helene helmer henrik henry hilda hugo hussein håkan ibrahim ida
    idris inga inger ingrid iris irma isabella isak ismail ivar jack jacob jakob jamal jan jana jasmin jenny jens
    jesper jessica jimmy joel johan johanna john johnny jonas jonathan josef josefin josefine julia julian julie
    juni jörgen kajsa kalle karim karin karl karolina kasper katarina kent kerstin kevin khadija kim klara klas
    krister kristina kristoffer kurt lars lea leah leia lena lennart leo leon leona liam lilly lina linda linn
    linnea linus lisa liv loui louise lova love lovisa luca lucas ludvig luna lykke magnus mai maja malik malin
    malte margareta maria mariam marie marina markus marlene martin mathias matilda mats matteo mattias max
    maximilian meja melker melvin mia mikael milo milton mina minna mira mirjam moa mohamed mohammed molly monica
    morgan muhammed mustafa märta nadia natalie nathalie nellie neo nicholas nicole niklas nils nina noa noah noel
    nora nour nova novalie ofelia ola olga oliver olivia olle olof omar oscar oskar otto patrik paul per percy
    peter petra philip pia pontus rakel rasmus rebecca robert robin roger ronja rut ruth saga sahra salma sam
    samir samuel sandra sara sarah sebastian selma signe sigrid simon siri sixten sofia sofie sonja stefan stella
    stina sture susanne svante svea sven tage tea teo theo theodor therese thomas tilda tilde tim tindra tobias
    tomas tor tore tove tuva tyra ulf ulla ulrika uno urban vera vidar viktor viktoria vilgot vilhelm vilma
    vincent viola william wilma wilmer yasmin yosef youssef yusuf zahra zainab zeynep åke åsa örjan östen
    """.split()
)
"""Common first names, for names that begin a sentence, where every word has a capital letter."""

PLACES = frozenset(
    """
    afghanistan arboga arnö asmara bagdad bie björkvik björnlunda blekinge bohuslän borås bosnien brandkärr
    brasilien bulgarien chile dalarna damaskus danmark egypten england eritrea eskilstuna estland etiopien europa
    finland flen frankrike fröslunda gaza gnesta gotland grekland gävle götaland göteborg halland hjälmaren hällby
    hällbybrunn hälleforsnäs högsjö indien irak iran irland island italien julita jönköping kabul kanada karlstad
    katrineholm kenya kiev kina kosovo kroatien krona kronoberg kungsör kvicksund kyjiv köping lagersberg lettland
    linköping litauen luleå lund malmköping malmö mariefred marocko mellansverige mogadishu mälardalen mälaren
    norden norge norrköping norrland nyfors nyköping närke näshulta oxelösund pakistan palestina polen rumänien
    ryssland råbergstorp serbien skiftinge skottland skåne sköldinge somalia spanien stallarholmen stigtomta
    stockholm strängnäs styckebruk sundsvall svealand sverige syrien södermanland södertälje sörmland thailand
    torshälla trosa turkiet tyskland ukraina umeå ungern uppland uppsala usa vagnhärad valla vingåker värmland
    västermo västerås västmanland växjö ärla åkers öland örebro östergötland
    """.split()
)
ORGANISATIONS = frozenset(
    """
    ab apple arbetsförmedlingen bamse barnens barnkonventionen bk bris bup bvc center centrum chromebook classroom
    coop discord eid elevhälsan enhet enheten excel facebook familjecentralen fc ff fk fortnite fotboll friends
    friskola friskolan förskola förskolan försäkringskassan förvaltning förvaltningen gif google gymnasiet
    gymnasium habiliteringen hb hemköp if ik ikea infomentor innebandy instagram internationella ipad iphone kaa
    kahoot kolmården kommun kommunen kyrkans lego lidl liseberg microsoft minecraft netflix nintendo nämnd nämnden
    parken playstation pokémon polisen quizlet ramadan region regionen roblox samsung schoolsoft scouterna sjukhus
    sk skansen skola skolan skolinspektionen skolverket snapchat socialstyrelsen socialtjänsten spotify teams
    tiktok unesco ungdomsmottagningen unicef unikum vasaloppet vklass världsböckernas vårdcentral vårdcentralen
    whatsapp widgit willys xbox youtube
    """.split()
)
PLACE_LIKE = re.compile(
    r"\w{2,}(?:skolan?s?|skolor|förskolan?|gården|gymnasiet|teamet|hallen|parken|centrum|sjukhus(?:et)?|kommuns?|län|torget"
    r"|vägen|gatan|huset|badet|biblioteket|klubben|stugan|kyrkan|mottagningen|centralen|hamn|hamnen|sjön|ån|vallen|arenan)s?"
)
PHRASES = re.compile(
    r"\b(?:röda korset|rädda barnen|barnets bästa|svenska kyrkan|tom tits|star wars|harry potter|pippi långstrump"
    r"|alfons åberg|gröna lund|förenta nationerna|europeiska unionen|allmänna arvsfonden|vita huset|hälsans natur"
    r"|lilla aktuellt|nationella prov|google meet|snabba cash|emil i|kalle anka|musse pigg|nalle puh|spider man"
    r"|super mario|bob hund|madicken|bolibompa|lilla hjärtat)\b"
)
"""Words in capitals that tell of nobody real."""

POINTS = frozenset(
    """
    centrala gamla lilla mellersta nedre norra nya sankt sankta stora södra västra östra övre
    """.split()
)
TIMES = frozenset(
    """
    advent april augusti december februari fredag ht höstterminen idag igår imorgon januari jul juli juni lucia
    lördag maj mars midsommar måndag november oktober onsdag påsk september söndag tisdag torsdag vt vårterminen
    """.split()
)
OPENERS = frozenset(
    """
    aldrig alla alltid andra antingen assistenten att bara barnet bland bonusmamma bonuspappa bredvid brodern bror
    både chefen de den denna deras dessa dessutom det detta dock du där däremot därför då efter eftersom eleven
    eller en endast enligt ett familjehemmet farfar farmor fem flera fria fritidsledaren fråga från fyra för
    förskolläraren första genom grannen han handläggaren hans hej hen hennes hon hos hur hälsningar här i ibland
    ingen inget innan inom jag kanske klasskompisen kompisen kontakta kring kurator kuratorn kusinen lillasyster
    lillebror läraren mamma mamman man med medan mellan men mentor mentorn min mina mitt morfar mormor mot mvh
    många ni nu när någon något obs och också ofta om ordföranden pappa pappan pedagogen prata på rektor rektorn
    resursen ring sedan sen sin sina sitt skolsköterskan socialsekreteraren som specialpedagogen stora storasyster
    storebror styvmamma styvpappa syster systern så sådant tack tala till tillsammans tre tredje trots träffa
    tränaren två tyvärr under unga utan utanför utom vad var varför varken vem vi vid vikarien vilka vilken vännen
    vår våra vårdnadshavaren vårt även
    """.split()
)
INFLECTED = re.compile(
    r"\w{3,}(?:en|et|ar|er|or|na|ning|het|ade|de|te|at|ligt|ing|tion|sam|ska|skt|vis|as|es|ens|ets|nas|ers)"
)
"""How most Swedish words end that begin a sentence without being a name."""


def full_names(plain: str) -> Iterator[tuple[int, int]]:
    """Give where in a text it looks as if somebody's surname stands, alone or after a first name."""
    for run in _runs(plain):
        if span := _named(plain, run):
            yield span
    for found in LOWER_NAME.finditer(plain):
        if found[1] in FIRST_NAMES:
            yield found.span()
    for found in FAMILY.finditer(plain):
        if not _is_known(found[1]):
            yield found.span(1)


def _runs(plain: str) -> Iterator[list[re.Match[str]]]:
    """Words with capital letters that follow each other with nothing but a blank between, at least one in each run."""
    run: list[re.Match[str]] = []
    for word in WORD.finditer(plain):
        if _inside_a_word(plain, word):
            continue
        if run and not BINDING.fullmatch(plain, run[-1].end(), word.start()):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _inside_a_word(plain: str, word: re.Match[str]) -> bool:
    before, after = plain[word.start() - 1 : word.start()], plain[word.end() : word.end() + 1]
    return bool(before) and (before.isalnum() or before in "_-@./") or after.isalnum() or after in ("_", "@")


def _named(plain: str, run: list[re.Match[str]]) -> tuple[int, int] | None:
    """Where in a run of capitalised words a name stands; None when it is something else."""
    opens = bool(SENTENCE_END.search(plain[max(0, run[0].start() - 12) : run[0].start()]))
    words = run[1:] if opens and run[0][0].lower() in OPENERS else run
    if not words or PHRASES.search(" ".join(word[0] for word in words).lower()):
        return None
    first, last = words[0][0], words[-1][0]
    if len(words) == 1:
        named = bool(STRONG.fullmatch(first.lower())) and not _is_known(first)
    elif _is_first_name(first):
        # Many a place is also a surname, but no first name stands just before a place.
        named = not _is_of(last, ORGANISATIONS | TIMES)
    elif any(_is_known(word[0]) for word in words) or first.isupper():
        named = False
    else:
        named = not (opens and words is run) or not INFLECTED.fullmatch(first.lower())
    return (words[0].start(), words[-1].end()) if named else None


def _is_first_name(word: str) -> bool:
    return word.lower().split("-")[0] in FIRST_NAMES


def _is_known(word: str) -> bool:
    """Whether a word is a place, an organisation, a time or the like."""
    return _is_of(word, PLACES | ORGANISATIONS | POINTS | TIMES) or bool(PLACE_LIKE.fullmatch(word.lower()))


def _is_of(word: str, known: frozenset[str]) -> bool:
    """Whether a word is one of these, with or without a genitive's s."""
    low = word.lower()
    return low in known or low.removesuffix("s") in known
