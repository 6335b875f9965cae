"""What the wheel asks in its three dresses – for those who work with children, for the child, for the youngest."""

from __future__ import annotations

from typing import NamedTuple

from tbb.web.texts import N_


class Asked(NamedTuple):
    """What is asked about an area: the question, what it may be about, and where its strengths are."""

    question: str
    about: str = ""
    strength: str = ""


STAFF = {
    "halsa": Asked(
        N_("Hur mår barnet i kropp och själ?"),
        N_(
            "Sömn, mat, rörelse och tänder. Ont i magen eller huvudet. Oro, sorg eller nedstämdhet. En "
            "funktionsnedsättning eller en sjukdom som barnet lever med länge."
        ),
        N_("Vad gör barnet glatt och starkt? Vad ger ny kraft?"),
    ),
    "utveckling": Asked(
        N_("Hur växer och utvecklas barnet i sin egen takt?"),
        N_(
            "Att prata, röra sig, känna och förstå andra. Att klara mer och mer själv. Stöd och hjälpmedel som "
            "barnet behöver, till exempel vid en funktionsnedsättning."
        ),
        N_("Vad är barnet stolt över? Vad har barnet nyss lärt sig?"),
    ),
    "larande": Asked(
        N_("Hur går det i förskolan eller skolan?"),
        N_(
            "Att trivas och vara där. Lugn och ro att lära. Hur det går i olika ämnen. Om barnet får det stöd det "
            "behöver."
        ),
        N_("Vad tycker barnet är roligt? När går det som bäst?"),
    ),
    "omsorg": Asked(
        N_("Får barnet det som barn behöver av vuxna?"),
        N_(
            "Mat, kläder, sömn och fasta vanor. Tröst, beröm och tydliga gränser. Vuxna som orkar och hinner. Om "
            "barnet tar hand om andra hemma."
        ),
        N_("Vem tröstar? Vad gör ni tillsammans som känns bra?"),
    ),
    "hemmet": Asked(
        N_("Hur är vardagen hemma?"),
        N_(
            "Var barnet bor och vilka som bor där. Om pengarna räcker till mat, kläder och fritid. Lugn och ro att "
            "sova, leka och göra läxor. Om någon i familjen är sjuk."
        ),
        N_("Vad är bäst med att vara hemma? Vad brukar gå bra en vanlig dag?"),
    ),
    "relationer": Asked(
        N_("Vilka är viktiga för barnet?"),
        N_(
            "Familj, vänner och vuxna att lita på. Om barnet är ensamt eller utanför. Vad barnet gör på sin fritid, "
            "och om det får vara med."
        ),
        N_("Vem skrattar barnet med? Vem vågar barnet berätta saker för?"),
    ),
    "trygghet": Asked(
        N_("Känner sig barnet tryggt?"),
        N_("Hemma, i skolan, på vägen dit och på nätet. Mobbning, hot eller våld. Bråk som barnet hör eller ser."),
        N_("Var känner barnet sig lugnt? Vilka vuxna ger trygghet?"),
    ),
}
CHILD = {
    "halsa": Asked(N_("Hur mår du?"), N_("Tänk på kroppen och på tankarna. Sover du gott? Har du ont någonstans?")),
    "utveckling": Asked(
        N_("Hur går det att lära sig nya saker?"), N_("Vad har du lärt dig att göra? Vad vill du kunna?")
    ),
    "larande": Asked(
        N_("Hur är det i skolan?"), N_("Tänk på lektionerna och rasterna. Får du hjälp när något är svårt?")
    ),
    "omsorg": Asked(
        N_("Hur tar de vuxna hand om dig?"), N_("Vem tröstar dig när du är ledsen? Vem ser till att du får mat?")
    ),
    "hemmet": Asked(
        N_("Hur har du det hemma?"), N_("Får du sova och vara i lugn och ro? Räcker pengarna till det du behöver?")
    ),
    "relationer": Asked(N_("Hur är det med familj och kompisar?"), N_("Vem är du med? Vad gör du när du är ledig?")),
    "trygghet": Asked(
        N_("Känns det tryggt omkring dig?"), N_("Var känner du dig trygg? Finns det något du är rädd för?")
    ),
}
CHILD_ANSWERS = {
    "bra": N_("Bra"),
    "uppm": N_("Sådär"),
    "stod": N_("Inte bra"),
    "vetinte": N_("Vill inte säga"),
}
PRESCHOOL = {
    "halsa": Asked(N_("Hur känns det i din kropp?")),
    "utveckling": Asked(N_("Hur är det att göra saker själv?")),
    "larande": Asked(N_("Hur är det på förskolan?")),
    "omsorg": Asked(N_("Hur är det när du vill ha tröst?")),
    "hemmet": Asked(N_("Hur är det hemma?")),
    "relationer": Asked(N_("Hur är det att leka med andra?")),
    "trygghet": Asked(N_("Hur är det när du blir rädd? Finns det en vuxen då?")),
}
PRESCHOOL_ANSWERS = {"bra": N_("Glad"), "uppm": N_("Mitt emellan"), "stod": N_("Ledsen")}
