"""What is said to somebody who could not sign in through their organisation: why, and what they can do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A heading, what has happened, what to do, and the status of the answer. `{}` is the organisation's name.

    `again` offers to try once more.
    """

    heading: str
    what: str
    advice: str
    status: int
    again: bool = True


REFUSALS = {
    "unknown": Words(
        "Inloggningen hann bli för gammal",
        "Du var borta för länge, eller så har länken redan använts. Du är inte inloggad.",
        "Börja om från inloggningen. Det går bra direkt.",
        400,
    ),
    "browser": Words(
        "Inloggningen påbörjades i en annan webbläsare",
        "Du måste avsluta inloggningen i samma webbläsare som du började i. Annars kan någon annan ha börjat den.",
        "Börja om från inloggningen här. Kontrollera att webbläsaren tar emot kakor från oss.",
        400,
    ),
    "denied": Words(
        "Inloggningen avbröts",
        "{} släppte inte in dig, eller så valde du att avbryta.",
        "Försök igen. Går det fortfarande inte behöver du prata med din egen it-support: det är de som ger dig "
        "tillgång.",
        403,
    ),
    "there": Words(
        "Inloggningen gick inte att slutföra",
        "{} svarade att något gick fel hos dem.",
        "Försök igen om en stund. Går det fortfarande inte ber du din egen it-support om hjälp.",
        502,
    ),
    "away": Words(
        "Vi får inte kontakt med inloggningen",
        "{} svarar inte som väntat. Felet är inte ditt.",
        "Försök igen om några minuter. Går det fortfarande inte ber du din egen it-support om hjälp.",
        502,
    ),
    "token": Words(
        "Vi kunde inte lita på svaret",
        "Svaret från {} stämde inte med det vi frågade efter. Därför är du inte inloggad.",
        "Försök igen. Händer det flera gånger ber du din egen it-support om hjälp och nämner den här sidan.",
        400,
    ),
    "clock": Words(
        "Klockorna går inte lika",
        "Svaret från {} är för gammalt, eller så går klockan hos dem och klockan hos oss olika.",
        "Försök igen. Händer det flera gånger ber du din egen it-support att kontrollera klockan.",
        400,
    ),
    "stale": Words(
        "Du behöver logga in på nytt",
        "{} sa inte att du nyss har bekräftat vem du är. Det behövs för det du ville göra.",
        "Försök igen och skriv in dina uppgifter när du blir tillfrågad.",
        403,
    ),
    "weak": Words(
        "Du behöver bekräfta i två steg",
        "Den här gången bekräftade du vem du är på ett enklare sätt än när du loggade in.",
        "Försök igen och använd ditt andra steg, till exempel kortet eller appen.",
        403,
    ),
    "another": Words(
        "Det var någon annan som loggade in",
        "Du är inloggad här som en person och bekräftade dig hos {} som en annan.",
        "Logga ut och logga in som rätt person, eller försök igen.",
        403,
    ),
    "ended": Words(
        "Din inloggning här är slut",
        "Medan du bekräftade vem du är hann du bli utloggad.",
        "Logga in igen.",
        403,
    ),
    "disabled": Words(
        "Ditt konto är stängt",
        "Kontot får inte användas längre. Det händer till exempel när någon slutar eller inte har loggat in på länge.",
        "Ska du ha tillgång? Be den som sköter konton i din organisation att öppna kontot.",
        403,
        again=False,
    ),
    "organizer": Words(
        "Din organisation är inte ansluten än",
        "{} finns inte bland de huvudmän som tjänsten känner till.",
        "Prata med den som sköter tjänsten i din organisation.",
        403,
        again=False,
    ),
    "invitation": Words(
        "Inbjudan gäller inte längre",
        "Den kan vara använd, för gammal eller ersatt av en nyare. Titta efter det senaste brevet.",
        "Be den som bjöd in dig om en ny inbjudan.",
        403,
        again=False,
    ),
    "taken": Words(
        "Du har redan ett konto",
        "Din inloggning hos {} hör till ett annat konto här. Därför kan den inte kopplas till inbjudan.",
        "Logga in som vanligt, och be den som bjöd in dig att ge uppdraget till det konto du har.",
        403,
        again=False,
    ),
    "elsewhere": Words(
        "Inbjudan gäller en annan organisation",
        "Du loggade in hos {}, men inbjudan kommer från någon annan.",
        "Öppna länken i brevet igen och välj rätt organisation, eller välj ett lösenord.",
        403,
        again=False,
    ),
    "nobody": Words(
        "Vi fick inte veta vem du är",
        "{} släppte fram dig men skickade inte med vem du är.",
        "Be din egen it-support om hjälp och nämn den här sidan.",
        400,
        again=False,
    ),
}
