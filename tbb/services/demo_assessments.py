"""A scene for the demonstration: a shared barnkonsekvensanalys of a school that closes, and a draft about homework."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.models import Assessment
from tbb.services import actors, assessments, demo_cast

MOVE = {
    "decision": "Barn- och utbildningsnämnden ska i december besluta om mellanstadiet flyttar till en annan skola"
    " medan den gamla byggnaden renoveras. Renoveringen tar två läsår.",
    "alternatives": "1. Alla klasser i årskurs 4–6 flyttar i augusti.\n2. Flytten delas upp: årskurs 6 går kvar sitt"
    " sista år.\n3. Inget ändras. Då stängs slöjdsalarna och gymnastiksalen på grund av fukt.",
    "children": "Omkring 140 barn i årskurs 4–6. Mest påverkas barn som går till skolan själva, barn med anpassningar i"
    " nuvarande lokaler och barn i familjer utan bil.",
    "halsa.effect": "better",
    "halsa.gains": "Friska lokaler. Gymnastiksalen går att använda hela året.",
    "utveckling.effect": "none",
    "larande.effect": "both",
    "larande.gains": "Riktiga slöjdsalar och ett bibliotek med personal.",
    "larande.losses": "Byte av lokal kan störa barn som behöver fasta rutiner.",
    "larande.easing": "Besök i de nya lokalerna i maj och i juni. Samma mentorer följer med.",
    "omsorg.effect": "unknown",
    "omsorg.losses": "Fritids stänger tidigare än i dag om vägen hem blir längre.",
    "hemmet.effect": "none",
    "relationer.effect": "both",
    "relationer.gains": "Fler jämnåriga att lära känna.",
    "relationer.losses": "Yngre syskon går kvar. Kompisar i årskurs 3 hamnar på en annan skola.",
    "relationer.easing": "Faddrar mellan skolorna och gemensamma raster en gång i veckan.",
    "trygghet.effect": "worse",
    "trygghet.losses": "Vägen går över en genomfart utan trafikljus. Flera barn säger att de är rädda för de äldre"
    " eleverna.",
    "trygghet.easing": "Skolskjuts tills övergången är byggd. Egen skolgård på förmiddagen. Rastvärdar vid dörren.",
    "how": "Elevrådet har haft två möten. Alla klasser har ritat och skrivit utifrån Barnets bästa-hjulet. Barn i"
    " anpassad undervisning har svarat med bildstöd.",
    "said": "”Det är okej att flytta om vi får gå tillsammans.” Många vill se skolan först. De flesta är oroliga för"
    " vägen, och några för de äldre eleverna.",
    "interests": "En uppdelad flytt kostar mer under ett år. Det vägs mot att årskurs 6 slipper två byten på kort tid.",
    "conclusion": "Alternativ 2 är bäst för barnen. Årskurs 6 går kvar och övriga flyttar när den trygga vägen är klar."
    " Ingen klass flyttar innan skolskjutsen finns.",
}
HOMEWORK = {
    "decision": "Skolan ska bestämma om läxor ska göras i skolan i stället för hemma från vårterminen.",
    "alternatives": "Läxhjälp tre dagar i veckan, eller som i dag.",
    "children": "Alla elever i årskurs 7–9. Särskilt de som saknar lugn och ro hemma.",
    "larande.effect": "better",
    "larande.gains": "Fler får hjälp av en lärare.",
    "hemmet.effect": "better",
    "hemmet.gains": "Mindre bråk om läxor hemma.",
}


def play() -> None:
    """Let the administrator have shared one, finished, and the first school's BBA have begun another."""
    admin, bba = (actors.of_account(demo_cast.account_of(key)) for key in ("huvudman", "bba"))
    where = assessments.places(admin)[0]
    follow = (clock.today() + timedelta(days=120)).isoformat()
    move = assessments.begin(admin, "Mellanstadiet flyttar under renoveringen", where, MOVE | {"follow_on": follow})
    assessments.finish(admin, move)
    assessments.share(admin, move, True)
    assessments.begin(bba, "Läxor i skolan i stället för hemma", assessments.places(bba)[0], HOMEWORK)
    days_ago = clock.now() - timedelta(days=9)
    Assessment.update(created_at=days_ago, saved_at=days_ago, finished_at=days_ago).where(
        Assessment.key == move
    ).execute()
