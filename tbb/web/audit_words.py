"""What the audit's codes are called in Swedish, in one place, and the table of rows that can be taken out as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tbb import clock
from tbb.models.kinds import Duty
from tbb.services.audit_alarms import Shown as Alarm
from tbb.services.audit_reading import Line
from tbb.services.tables import csv_of
from tbb.web import content_deed_words, meeting_deed_words, plan_deed_words
from tbb.web.audit_fields import FIELDS
from tbb.web.duty_words import DUTIES

ACTIONS = (
    {
        "account:accept": "Ta emot en inbjudan",
        "account:ask-reset": "Be om nytt lösenord",
        "account:change": "Ändra ett konto",
        "account:create": "Skapa ett konto",
        "account:disable": "Stänga av ett konto",
        "account:enable": "Öppna ett avstängt konto",
        "account:end-sittings": "Logga ut överallt",
        "account:finish": "Slutföra inloggning",
        "account:guessed": "Försöka logga in många gånger",
        "account:invite": "Bjuda in någon",
        "account:own": "Sköta sitt eget konto",
        "account:password": "Byta lösenord",
        "account:prove": "Visa vem man är en gång till",
        "account:read": "Läsa ett konto",
        "account:refused": "Logga in med fel uppgifter",
        "account:sign-in": "Logga in",
        "account:sign-out": "Logga ut",
        "account:tie": "Knyta ett konto till en person",
        "accounts:read": "Läsa listan med konton",
        "alarm:settle": "Avsluta ett larm",
        "application:approve": "Godkänna en ansökan",
        "application:ask": "Be om komplettering av en ansökan",
        "application:confirm": "Bekräfta adressen i en ansökan",
        "application:decline": "Avslå en ansökan",
        "application:read": "Läsa en ansökan",
        "application:recommend": "Tillstyrka en ansökan",
        "application:review": "Granska en ansökan",
        "application:save": "Spara en ansökan",
        "application:send": "Skicka in en ansökan",
        "application:start": "Börja på en ansökan",
        "application:withdraw": "Dra tillbaka en ansökan",
        "application:write": "Skriva en ansökan",
        "applications:read": "Läsa listan med ansökningar",
        "assessment:forget": "Gallra en barnkonsekvensanalys",
        "assessment:begin": "Börja på en barnkonsekvensanalys",
        "assessment:finish": "Göra klar en barnkonsekvensanalys",
        "assessment:read": "Läsa barnkonsekvensanalyser",
        "assessment:remove": "Ta bort en barnkonsekvensanalys",
        "assessment:save": "Spara en barnkonsekvensanalys",
        "assessment:share": "Dela en barnkonsekvensanalys",
        "assessment:unshare": "Sluta dela en barnkonsekvensanalys",
        "assessment:write": "Skriva en barnkonsekvensanalys",
        "audit:begin": "Intyga var loggen börjar",
        "audit:export": "Ta ut rader ur loggen",
        "audit:read": "Läsa loggen",
        "audit:review": "Granska loggen",
        "authenticator:add": "Lägga till en autentiseringsapp",
        "authenticator:remove": "Ta bort en autentiseringsapp",
        "authenticator:replace": "Byta autentiseringsapp",
        "bba:absence": "Ändra frånvaro för en ansvarig",
        "bba:appoint": "Utse Barnets bästa-ansvarig",
        "bba:change": "Ändra ett uppdrag som Barnets bästa-ansvarig",
        "bba:end": "Avsluta ett uppdrag som Barnets bästa-ansvarig",
        "case:ask": "Ställa en fråga till den som informerade",
        "case:correct": "Rätta en uppgift i ett ärende",
        "case:decide": "Besluta om ett ärende",
        "case:delegate": "Delegera ett ärende",
        "case:end-delegation": "Avsluta en delegering",
        "case:export": "Exportera ett ärende",
        "case:extract": "Läsa ett förberett registerutdrag",
        "case:fetch-export": "Hämta en exporterad fil",
        "case:forget": "Gallra ett ärende",
        "case:hand-over": "Lämna över ett ärende",
        "case:handed-over": "Låta ett ärende gå över till en annan verksamhet",
        "case:hold": "Undanta ett ärende från gallring",
        "case:hold-read": "Läsa om ett undantag från gallring",
        "case:map": "Kartlägga",
        "case:mark-read": "Markera ett svar som läst",
        "case:note": "Skriva en anteckning i ett ärende",
        "case:offer": "Erbjuda någon att ta över ett ärende",
        "case:offer-end": "Dra tillbaka en överlämning av ett ärende",
        "case:offer-remind": "Påminna om överlämningar som ingen har tagit emot",
        "case:print": "Göra en utskrift av ett ärende",
        "case:read": "Läsa ett ärende",
        "case:readers": "Läsa vem som har läst ett ärende",
        "case:receive": "Ta emot ett hjul",
        "case:remind": "Påminna om ett ärende som väntar",
        "case:reseal": "Byta nyckel på ett ärende",
        "case:round": "Ta ställning till ett barns övergång",
        "case:unhold": "Häva ett undantag från gallring",
        "cases:list": "Läsa listan med ärenden",
        "confirmation:ask": "Fråga om uppgifterna stämmer",
        "confirmation:remind": "Påminna om frågan om uppgifterna stämmer",
        "confirmation:tell": "Berätta att svar saknas",
        "consent:end-access": "Avsluta det som samtycket inte längre gäller",
        "consent:record": "Skriva in svar om samtycke",
        "consent:remind": "Påminna om ett samtycke som snart går ut",
        "consent:withdraw": "Återkalla ett samtycke",
        "contact:apply": "Låta en kontaktuppgift börja gälla",
        "contact:approve": "Godkänna en kontaktuppgift",
        "contact:approved": "Godkänna en kontaktuppgift",
        "contact:due": "Låta en kontaktuppgift börja gälla efter ett dygn",
        "contact:propose": "Föreslå en ny kontaktuppgift",
        "contact:stop": "Stoppa en kontaktuppgift",
        "coverage:read": "Läsa läget",
        "coverage:remind": "Påminna flera",
        "coverage:undo": "Ångra en påminnelse",
        "demo:load": "Fylla demonstrationen",
        "demo:visit": "Besöka demonstrationen",
        "desk:read": "Öppna arbetsytan",
        "directory:import": "Importera verksamheter",
        "directory:keep": "Sköta katalogen",
        "duty:give": "Ge ett uppdrag",
        "duty:take": "Ta bort ett uppdrag",
        "entry:change": "Ändra uppgifter om en verksamhet",
        "entry:confirm": "Bekräfta uppgifter om en verksamhet",
        "entry:flag": "Märka uppgifter som tveksamma",
        "entry:read": "Läsa uppgifter om en verksamhet",
        "entry:restore": "Återställa uppgifter om en verksamhet",
        "export:forget": "Gallra en uppgift om utlämnande",
        "extract:fetch": "Hämta ett registerutdrag",
        "extract:prepare": "Förbereda ett registerutdrag",
        "extract:refuse": "Skicka tillbaka ett registerutdrag",
        "extract:release": "Godkänna att ett registerutdrag lämnas ut",
        "factors:begin-anew": "Börja om med inloggningens andra steg",
        "fault:handle": "Hantera en felanmälan",
        "fault:look": "Läsa en felanmälan",
        "fault:read": "Läsa felanmälningar",
        "fault:settle": "Avsluta en felanmälan",
        "feedback:create": "Lämna en synpunkt",
        "feedback:handle": "Hantera en synpunkt",
        "flag:raise": "Märka uppgifter som tveksamma",
        "flag:settle": "Besvara en märkning",
        "forgetting:approve": "Godkänna gallring",
        "forum:add-date": "Lägga in en träff i ett samverkansforum",
        "forum:agenda": "Läsa en dagordning",
        "forum:bring": "Ta upp ett ärende i ett samverkansforum",
        "forum:cancel-date": "Ställa in en träff i ett samverkansforum",
        "forum:change": "Ändra ett samverkansforum",
        "forum:change-members": "Ändra vilka som är med i ett samverkansforum",
        "forum:close": "Avsluta ett samverkansforum",
        "forum:keep": "Sköta ett samverkansforum",
        "forum:make": "Lägga till ett samverkansforum",
        "forum:take-out": "Ta bort ett ärende från en dagordning",
        "forums:list": "Läsa listan med samverkansforum",
        "forgetting:done": "Slutföra gallring",
        "forgetting:draw": "Ta fram en lista för gallring",
        "forgetting:propose": "Föreslå gallring",
        "forgetting:read": "Läsa en lista för gallring",
        "forgetting:stop": "Stoppa en lista för gallring",
        "gap:close": "Notera att en verksamhet har en ansvarig igen",
        "gap:open": "Notera att en verksamhet saknar ansvarig",
        "gap:tell": "Berätta att en verksamhet saknar ansvarig",
        "handover:close": "Avsluta en överlämning",
        "handover:confirm": "Bekräfta en överlämning",
        "handover:leave": "Lämna över ett uppdrag",
        "handover:left": "Lämna över ett uppdrag",
        "handover:open": "Öppna en överlämning",
        "handover:remind": "Påminna om en överlämning",
        "handover:take": "Ta över ett uppdrag",
        "handover:taken": "Ta över ett uppdrag",
        "import:apply": "Genomföra en import",
        "import:upload": "Ladda upp en lista",
        "joining:leave": "Avsluta en anslutning",
        "joining:note": "Anteckna om en fristående verksamhet",
        "joining:offer": "Erbjuda en fristående verksamhet att ansluta sig",
        "joining:read": "Läsa om fristående verksamheter",
        "joining:renew": "Förnya en anslutning",
        "letter:again": "Skicka ett brev igen",
        "letter:arrived": "Notera att ett brev kom fram",
        "letter:bounce-hard": "Notera att ett brev kom tillbaka för gott",
        "letter:bounce-soft": "Notera att ett brev kom tillbaka",
        "letter:decide": "Avgöra vad som händer med ett brev",
        "letter:lift": "Låta brev gå till en adress igen",
        "letter:open": "Öppna ett brev",
        "letter:read": "Läsa listan med brev",
        "letter:stop": "Stoppa ett brev",
        "passkey:add": "Lägga till en passernyckel",
        "passkey:counter": "Varna för en kopierad passernyckel",
        "passkey:remove": "Ta bort en passernyckel",
        "person:protect": "Skydda en persons uppgifter",
        "public:read": "Läsa en öppen sida",
        "recovery:renew": "Göra nya reservkoder",
        "recovery:use": "Använda en reservkod",
        "rules:change": "Ändra en huvudmans regler",
        "rules:keep": "Sköta huvudmannens beslut",
        "rules:retention": "Ändra ett beslut om gallring",
        "sample:sign": "Signera ett stickprov",
        "style-guide:read": "Läsa stilguiden",
        "talk:book": "Boka ett samtal",
        "talk:call-off": "Ställa in ett bokat samtal",
        "talk:cancel": "Avboka ett samtal",
        "talk:exception": "Ändra undantag från samtalstider",
        "talk:host": "Sköta samtalstider",
        "talk:hours": "Ändra samtalstider",
        "talk:move": "Flytta ett bokat samtal",
        "talk:read": "Läsa bokade samtal",
        "talk:rules": "Ändra hur samtal bokas",
        "talk:settle": "Notera hur ett samtal gick",
        "unit:create": "Lägga till en verksamhet",
        "unit:owned": "Någon svarar för en verksamhet igen",
        "unit:ownerless": "Ingen svarar för en verksamhet med ärenden",
        "units:approve-import": "Godkänna en import",
        "units:import": "Importera verksamheter",
        "wheel:add": "Lägga till något till ett hjul",
        "wheel:begin": "Börja på ett hjul",
        "wheel:concern-shown": "Visa vart en orosanmälan görs",
        "wheel:forget": "Ta bort ett gammalt utkast av ett hjul",
        "wheel:inform": "Informera Barnets bästa-ansvarig",
        "wheel:own": "Läsa frågor om ett eget hjul",
        "wheel:save": "Spara ett utkast av ett hjul",
        "wheel:send": "Skicka ett hjul",
        "wheel:throw": "Kasta ett utkast av ett hjul",
        "calendar:make-feed": "Skapa en adress till sin kalender",
        "calendar:own": "Se sin egen kalender",
        "calendar:remove-source": "Ta bort sin egen kalenders adress",
        "calendar:revoke-feed": "Avsluta en adress till sin kalender",
        "calendar:save-source": "Spara sin egen kalenders adress",
        "link:answer": "Svara genom en egen länk",
        "meeting:invite": "Skicka kallelsen till ett möte",
        "meeting:reply": "Ta emot ett svar på en kallelse",
        "meeting:undo-invite": "Stoppa kallelsen till ett möte",
        "wheel:recall": "Hjul gick tillbaka: samtycket gäller inte längre",
        "wheel:undo": "Ångra att ett hjul skickades",
        "coordinator:appoint": "Utse en samordningsperson",
        "coordinator:end": "Avsluta ett uppdrag som samordningsperson",
        "coordinator:left": "Notera att samordningspersonen inte arbetar kvar",
        "meeting:close": "Stänga anteckningarna från ett möte",
        "meeting:confirm": "Bekräfta anteckningarna från ett möte",
        "meeting:correct": "Rätta anteckningarna från ett möte",
        "meeting:record": "Anteckna på ett möte",
        "meeting:remark": "Lämna en anmärkning på anteckningarna från ett möte",
        "actors:keep": "Ändra listan med aktörer",
        "case:close": "Avsluta ett ärende",
        "case:join": "Föra ihop ärenden",
        "case:part": "Dela isär ett ärende",
        "case:reopen": "Öppna ett ärende igen",
    }
    | meeting_deed_words.DEEDS
    | plan_deed_words.DEEDS
    | content_deed_words.DEEDS
)
"""Every deed in words. One that is not here is shown as it is; a test wants all that the code writes to be here."""

THINGS = {
    "actors": "aktörer",
    "account": "konto",
    "accounts": "lista med konton",
    "alarm": "larm",
    "application": "ansökan",
    "assessment": "barnkonsekvensanalys",
    "audit": "logg",
    "case": "ärende",
    "cases": "lista med ärenden",
    "confirmation": "bekräftelse",
    "contact_change": "kontaktuppgift",
    "coverage": "läget",
    "database": "databas",
    "entry": "post",
    "export": "utlämnande",
    "feedback": "synpunkt",
    "flag": "märkning",
    "forgetting": "gallringslista",
    "forum": "samverkansforum",
    "forum-date": "samverkansforumets datum",
    "meeting-time": "föreslagen tid",
    "gap": "vakans",
    "handover": "överlämning",
    "joining": "anslutning",
    "letter": "brev",
    "organizer": "huvudman",
    "page": "sida",
    "person": "person",
    "responsibility": "uppdrag",
    "rules": "regler",
    "sample": "stickprov",
    "unit": "verksamhet",
    "upload": "uppladdad lista",
    "wheel": "hjul",
} | content_deed_words.THINGS
OUTCOMES = {"done": "Gjort", "read": "Läst", "refused": "Nekat"}
OUTCOME_COLORS = {"done": "brand", "read": "info", "refused": "warning"}
OUTCOME_ICONS = {"done": "check", "read": "eye", "refused": "lock"}
REVIEWS = {"fine": "Inget att anmärka", "questions": "Frågor att reda ut", "breach": "Överträdelse"}
REVIEW_COLORS = {"fine": "success", "questions": "warning", "breach": "danger"}
REASONS = {
    "chance": "slumpen",
    "refused": "nekad",
    "export": "uttag",
    "duty": "ändrat uppdrag",
    "off_hours": "utanför arbetstid",
}
ALARMS = {
    "many_things": ("Har läst ovanligt mycket", "olika saker lästa"),
    "many_refusals": ("Har nekats ovanligt många gånger", "försök nekade"),
    "many_exports": ("Har tagit ut ovanligt mycket", "uttag"),
}
COLUMNS = (
    "Nummer", "Tid", "Vem", "Konto", "Uppdrag", "Handling", "Utfall", "Sak", "Sakens nummer", "Verksamhet", "Huvudman",
    "Fält", "Anteckning", "Begäran", "Nät", "Uttaget av",
)  # fmt: skip


def action_name(action: str) -> str:
    """What a deed is called."""
    return ACTIONS.get(action, action)


def thing_name(thing: str) -> str:
    """What a kind of thing is called."""
    return THINGS.get(thing, thing)


def thing_label(line: Line) -> str:
    """Name the thing of a row: Brev 12, Konto: Eva Testborg, Logg, or Logg: konto 7 when it is the log about one."""
    named = thing_name(line.thing).capitalize()
    if line.about:
        return f"{named}: {line.about}"
    kind, colon, number = line.thing_id.partition(":")
    if line.thing_id in ("list", "all"):
        return named
    return f"{named}: {thing_name(kind)} {number}" if colon and kind in THINGS else f"{named} {line.thing_id}"


def field_names(names: Iterable[str]) -> str:
    """What some fields are called, in one line."""
    return ", ".join(FIELDS.get(name, name) for name in names)


def duty_name(duty: str) -> str:
    """What a duty is called; "" for none."""
    return DUTIES[Duty(duty)][0] if duty in DUTIES else duty


def week_name(week: str) -> str:
    """Write a week as one says it: vecka 47, 2026."""
    year, _, number = week.partition("-W")
    return f"vecka {int(number)}, {year}" if number.isdecimal() else week


def alarm_name(rule: str) -> str:
    """What somebody has done, in words, when an alarm of a rule is raised."""
    return ALARMS.get(rule, (rule, ""))[0]


def alarm_note(alarm: Alarm) -> str:
    """How much it was, and where the limit is: 34 olika saker lästa på 10 minuter. Gränsen är 30."""
    what = ALARMS.get(alarm.rule, ("", ""))[1]
    return f"{alarm.count} {what} på {alarm.minutes} minuter. Gränsen är {alarm.most}."


def as_csv(lines: Iterable[Line], *, taker: str, moment: datetime, reason: str) -> str:
    """Write rows as CSV; every row and the last one tell who took them out and when, the last one also why."""
    mark = f"{taker}, {clock.local(moment):%Y-%m-%d %H:%M}"
    table = [(*_cells(line), mark) for line in lines]
    empty = ("",) * (len(COLUMNS) - 2)
    table.append((f"Uttag: {len(table)} rader. Skäl: {reason}", *empty, mark))
    return csv_of(COLUMNS, table)


def _cells(line: Line) -> tuple[object, ...]:
    return (
        line.id, f"{clock.local(line.at):%Y-%m-%d %H:%M:%S}", line.who, line.actor, duty_name(line.duty),
        action_name(line.action), OUTCOMES.get(line.outcome, line.outcome), thing_name(line.thing), line.thing_id,
        line.unit_name, line.organizer_name, field_names(line.fields), line.note, line.request, line.client,
    )  # fmt: skip
