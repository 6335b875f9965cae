"""Friendly hints while somebody writes for readers: headings, link texts, pictures, language, and how it reads."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tbb.services import rich_text

EASY, HARD = 30, 45
"""LIX: below 30 is very easy, above 45 is hard, as official texts often are."""
LONG_SENTENCE = 25
VAGUE = frozenset(
    "här|klicka här|läs mer|mer|länk|länken|läs mer här|tryck här|se här|mer info|mer information|this|here|click here"
    "|read more".split("|")
)
SWEDISH = frozenset("och att det som på är av för med till den har de inte om ett men var kan vi du så".split())
COLOURS = "röda?|rött|gröna?|grönt|gula?|gult|blåa?|blått|rosa|lila|orangea?|grå|grått"
BY_COLOUR = re.compile(
    rf"\b(?:(?:i|med) (?:rött|grönt|gult|blått)|(?:röd|grön|gul|blå)markera\w+|(?:{COLOURS})"
    r" (?:text|texten|ruta|rutan|rutor|rutorna|rad|raden|rader|raderna|ord|orden|fält|fältet|fälten|knapp|knappen"
    r"|siffra|siffror|siffrorna|markering|markeringen|stapel|stapeln|staplar|staplarna|linje|linjen))\b",
    re.IGNORECASE,
)
"""What is told by colour alone is lost on who cannot tell the colours apart, and in black and white."""
FANCY = re.compile("[\U0001d400-\U0001d7ff\uff21-\uff5a\u24b6-\u24e9]{2,}")
"""Letters that only look like bold, slanted or ringed ones: they are read aloud sign by sign, or not at all."""
ARABIC = re.compile(r"[\u0600-\u06ff]{2,}")
OTHERS = {
    "en": frozenset("the and of to in is that for it with as on are this be you we not can have from".split()),
    "so": frozenset("iyo waa oo ee ka ku waxaa uu ay loo ama laga aan leh kale waxa si uga ugu ilmaha".split()),
    "fi": frozenset("ja on ei se että hän mutta kun myös niin tai sekä voi ovat oli ole mitä jos joka".split()),
}
LEAST_WORDS_FOR_LANGUAGE, LEAST_WORDS_OF_A_PASSAGE = 20, 7


@dataclass(frozen=True)
class Hint:
    """Something that could be better. `code` says what, `where` quotes the place, `number` what was counted.

    `stops` says that it would shut readers out, so that it must be put right before it is published.
    """

    code: str
    where: str = ""
    number: int = 0
    stops: bool = False


@dataclass(frozen=True)
class Reading:
    """How a text reads: words, minutes (200 words each), LIX, and what could be better."""

    words: int
    minutes: int
    lix: int
    hints: tuple[Hint, ...] = ()

    @property
    def stops(self) -> tuple[Hint, ...]:
        """What must be put right before readers see it."""
        return tuple(hint for hint in self.hints if hint.stops)


def look(title: str, lead: str, body: str, *, language: str = "sv", pictures: dict[str, bool] | None = None) -> Reading:
    """Look a text through. `pictures` tells of each picture by key whether it has words for those who cannot see it."""
    plain = rich_text.to_plain(body)
    sentences = [text for line in f"{lead}\n{plain}".splitlines() for text in re.split(r"(?<=[.!?:])\s+", line) if text]
    words = _words(f"{lead} {plain}")
    hints = (
        *_of_title(title),
        *_of_headings(body),
        *_of_links(body),
        *_of_pictures(body, pictures or {}),
        *_of_sentences(sentences),
        *_of_looks(f"{title}\n{lead}\n{plain}"),
        *(_of_language(_unmarked(f"{lead}\n\n{body}"), language) or _of_passages(f"{lead}\n\n{body}", language)),
    )
    return Reading(len(words), max(1, round(len(words) / 200)), lix(sentences), hints)


def lix(sentences: list[str]) -> int:
    """Björnsson's index: words per sentence, and the share of words of more than six letters in per cent."""
    words = _words(" ".join(sentences))
    if not words:
        return 0
    return round(len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words))


def _of_title(title: str) -> list[Hint]:
    letters = [sign for sign in title if sign.isalpha()]
    if len(letters) > 8 and all(sign.isupper() for sign in letters):
        return [Hint("title_shouts", title)]
    return []


def _of_headings(body: str) -> list[Hint]:
    found, before = [], 2
    for marks, words in re.findall(r"(?m)^(#{1,6})\s+(.+?)\s*#*$", body):
        level = max(2, len(marks))
        if level > before + 1 or (not found and before == 2 and level > 3):
            found.append(Hint("heading_skips", words, level, stops=True))
        before = level
    bold = re.findall(r"(?m)^\*\*([^*\n]{3,80})\*\*$", body)
    return [*found, *(Hint("bold_heading", words) for words in bold)]


def _of_links(body: str) -> list[Hint]:
    found = []
    for words, address in re.findall(r"(?<!!)\[([^\]]*)\]\(([^)\s]*)[^)]*\)", body):
        said = re.sub(r"[\s*_.!]+", " ", words).strip().casefold()
        if not any(unicodedata.category(sign)[0] in "LNPS" for sign in said):
            found.append(Hint("link_silent", address, stops=True))
        elif said in VAGUE:
            found.append(Hint("link_vague", words))
        elif re.match(r"(https?://|www\.)", said):
            found.append(Hint("link_address", words))
        if not rich_text.is_safe_link(address):
            found.append(Hint("link_nowhere", words or address, stops=True))
    return found


def _of_pictures(body: str, pictures: dict[str, bool]) -> list[Hint]:
    found = [Hint("picture_gone", key[:8], stops=True) for key in rich_text.pictures_in(body) if key not in pictures]
    found += [Hint("picture_silent", key[:8], stops=True) for key, tells in pictures.items() if not tells]
    if re.search(r"!\[[^\]]*\]\((?!bild:)", body):
        found.append(Hint("picture_elsewhere", stops=True))
    return found


def _of_sentences(sentences: list[str]) -> list[Hint]:
    long = [text for text in sentences if len(_words(text)) > LONG_SENTENCE]
    return [Hint("sentence_long", text[:80], len(_words(text))) for text in long[:3]]


def _of_language(words: list[str], language: str) -> list[Hint]:
    """Tell when the words are plainly of another language than the one that is said: screen readers go by it."""
    if len(words) < LEAST_WORDS_FOR_LANGUAGE:
        return []
    likely = _likely_language(words, language)
    return [Hint("language_other", likely)] if likely != language else []


def _unmarked(text: str) -> list[str]:
    """The words of Markdown that are not marked as of another language."""
    return _words(rich_text.to_plain(rich_text.MARKED.sub(" ", text)))


def _of_passages(text: str, language: str) -> list[Hint]:
    """Tell of a passage that is plainly of another language and is not marked with it."""
    found = []
    for passage in re.split(r"\n\s*\n", rich_text.MARKED.sub(" ", text)):
        said = " ".join(rich_text.to_plain(passage).split())
        words = _words(said)
        likely = "ar" if language != "ar" and ARABIC.search(said) else language
        if likely == language and len(words) >= LEAST_WORDS_OF_A_PASSAGE:
            likely = _likely_language(words, language)
        if likely != language:
            found.append(Hint("language_passage", f"{likely}:{said[:50]}"))
    return found[:3]


def _likely_language(words: list[str], language: str) -> str:
    """The language that words are of, by how many of the most common ones there are; the one that is said in doubt."""
    known = {"sv": SWEDISH, **OTHERS}
    counts = {code: sum(word.casefold() in common for word in words) for code, common in known.items()}
    likely = max(counts, key=lambda code: counts[code])
    return likely if language in known and counts[likely] >= 3 * max(1, counts[language]) else language


def _of_looks(text: str) -> list[Hint]:
    """Tell of what is said by looks alone: colours that must be seen, and letters that are none."""
    return [
        *(Hint("colour_alone", found[0]) for found in BY_COLOUR.finditer(text)),
        *(Hint("letters_fancy", found[0][:40]) for found in FANCY.finditer(text)),
    ][:3]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
