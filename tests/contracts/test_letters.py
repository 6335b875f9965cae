"""Every letter there is: whatever its facts hold, it stays one letter to one reader, in our words, with our links."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from functools import lru_cache

import html5lib
import pytest
from bs4 import BeautifulSoup

from tbb import mail
from tbb.services.personal_data import holds_personal_number
from tbb.web.letters import FOLDER, FRAMES, CannotWrite, harmless, name_of, render
from tests import naughty
from tests.contracts.letter_samples import ANCHOR, SAMPLES

HERE = "https://tbb.example"
TEMPLATES = sorted(path.stem for path in FOLDER.glob("*.txt"))
CASES = [
    pytest.param(template, facts, id=f"{template}-{number}")
    for template in TEMPLATES
    for number, facts in enumerate(SAMPLES.get(template, []))
]
PAYLOADS = (
    "x\r\nBcc: b@evil.example",
    "x\nTo: b@evil.example\nSubject: y",
    "x\rBcc: b@evil.example",
    "x\r\n\r\n<html><body>evil</body></html>",
    "x\u2028Bcc: b@evil.example\u2029y",
    "x\x85Bcc: b@evil.example\x0b\x0cy",
    "x\x00y",
    "=?utf-8?q?x=0D=0ABcc:_b=40evil.example?=",
    "\u202egro.live\u202c \u2066x\u2069 \u200f",
    "\ufeff\u00ad\u2060\U000e0041",
    "-> Logga in | //evil.example",
    "-> Logga in | https://evil.example",
    "x\n-> Logga in | /evil\n",
    "- x",
    "Ämne: något annat",
    "Varför: därför\n\nx",
    "x | /evil",
    "\ue0000\ue001 \ue0009999\ue001",
    "https://evil.example/x www.evil.example evil.example/x mailto:b@evil.example //evil.example",
    "<a href='https://evil.example'>x</a><img src=//evil.example/x.png><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "</style><style>*{display:none}",
    "{{ 7*7 }}{% raise %}",
    ".\r\nQUIT\r\n",
    "\ud800",
    "x" * 5000,
    "-- \nsign",
)
TELLING = re.compile(
    r"orosanm|socialtj|\bbup\b|diagnos|skyddad|psyk|vårdnadsh|elev\b|våld|missbruk|personnummer|lex |utredning", re.I
)
"""Words that would tell, to whoever sees the screen, what a letter is about."""
HEADERS = [
    "From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type",
]  # fmt: skip
SHORT_FACTS = {"reference", "last_day", "again", "stage", "subject", "changed", "called_off"}
"""The facts that may stand in a subject: no name of a person, and no place that tells what kind of help it is."""
INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u2028\u2029\x00\ud800-\udfff]")


def shape(said) -> tuple:
    """What of a letter is not its words: kinds of parts, numbers of lines, where links lead, tags of the HTML."""
    soup = BeautifulSoup(said.html, "html.parser")
    links = [link["href"] for link in soup.select("a")]
    tags = [tag.name for tag in soup.find_all() if tag.name != "br"]
    return [(part.kind, len(part.lines), part.path) for part in said.parts], links, tags, said.text.count("\n")


@lru_cache(maxsize=200)
def ordinary_shape(case: str) -> tuple:
    """The shape of a letter whose facts are as they should be."""
    template, facts = next(one.values for one in CASES if one.id == case)
    return shape(render(template, facts, base_url=HERE))


def spoiled(facts: dict, payload: str) -> dict:
    """The same facts with the payload in every word of them but the addresses."""

    def put(value):
        if isinstance(value, str) and value:
            return payload
        if isinstance(value, list):
            return [put(one) for one in value]
        if isinstance(value, dict):
            return {name: put(one) for name, one in value.items()}
        return value

    return {
        name: value if name.endswith(("path", "page")) or name in ("body", "stage") else put(value)
        for name, value in facts.items()
    }


def as_sent(said) -> bytes:
    """The letter as it goes over the wire."""
    return mail.compose(
        sender="Tjänsten <no-reply@tbb.example>",
        recipient="helena@flen.example",
        subject=said.subject,
        body=said.text,
        html=said.html,
        message_id="<abc@tbb.example>",
    ).as_bytes()


def test_every_template_has_samples_and_every_sample_a_template():
    assert set(TEMPLATES) == set(SAMPLES) and all(SAMPLES.values())
    assert len(TEMPLATES) >= 30


@pytest.mark.parametrize(("template", "facts"), CASES)
def test_a_letter_is_whole_in_both_its_forms(template, facts):
    said = render(template, facts, base_url=HERE)
    assert said.subject and len(said.subject) <= 78 and "{" not in said.subject
    for words in (said.text, said.html):
        assert "None" not in words and "Undefined" not in words and "{{" not in words and "\ue000" not in words
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    parser.parse(said.html)
    soup = BeautifulSoup(said.html, "html.parser")
    assert soup.html["lang"] == "sv" and soup.h1.get_text() == soup.title.get_text() == said.subject
    assert not soup.select("img, script, link, iframe, form, object, [background], [onload]")
    assert "url(" not in said.html and "@import" not in said.html and len(said.html) < 100_000
    for part in said.parts:
        for line in part.lines:
            assert line in said.text and line in soup.get_text()
    assert said.text.count("\n-- \n") == 1 and said.why in said.text and said.why in soup.get_text()


@pytest.mark.parametrize(("template", "facts"), CASES)
def test_every_link_leads_to_our_own_site_in_both_forms(template, facts):
    said = render(template, facts, base_url=HERE)
    links = [link["href"] for link in BeautifulSoup(said.html, "html.parser").select("a")]
    assert links[-1] == f"{HERE}/" and all(link.startswith(f"{HERE}/") for link in links)
    assert [link.removeprefix(HERE) for link in links[:-1]] == [part.path for part in said.parts if part.kind == "link"]
    for link in links[:-1]:
        assert f":\n{link}\n" in said.text
    assert all(found == HERE for found in re.findall(r"https?://[^/\s]+", said.text))


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_hostile_fact_adds_nothing_but_words(number):
    # Letters are made in one way, so each payload meets every third of them, and each letter a third of the payloads.
    payload = PAYLOADS[number]
    for case in CASES[number % 3 :: 3]:
        template, facts = case.values
        if not harmless(payload) and template == "plain":
            with pytest.raises(CannotWrite):
                render(template, spoiled(facts, payload), base_url=HERE)
            continue
        said = render(template, spoiled(facts, payload), base_url=HERE)
        if harmless(payload):
            assert shape(said) == ordinary_shape(case.id), f"{template}: {payload!r}"
        assert not INVISIBLE.search(said.text + said.html + said.subject)
        assert "evil.example" not in re.sub(r"\S+@\S+", "", said.text + said.subject)
        arrived = message_from_bytes(as_sent(said), policy=default)
        assert arrived.keys() == HEADERS
        assert arrived["To"] == "helena@flen.example" and not arrived["Bcc"] and len(arrived["To"].addresses) == 1
        assert "\n" not in str(arrived["Subject"]) and len(list(arrived.iter_parts())) == 2


def test_a_fact_of_any_text_at_all_is_one_harmless_line():
    for text in naughty.strings():
        words = harmless(text)
        assert "\n" not in words and not INVISIBLE.search(words) and words == words.strip()
        words.encode()
        assert "://" not in words


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Helena Exempelsson", "Helena Exempelsson"),
        ("Förskolan Ån, F–6 (Öster)", "Förskolan Ån, F–6 (Öster)"),
        ("kl. 14.05 den 2026-11-23", "kl. 14.05 den 2026-11-23"),
        ("helena@flen.example", "helena@flen.example"),
        ("070-174 06 11", "070-174 06 11"),
        ("يوسف", "يوسف"),
        ("👩\u200d👧", "👩\u200d👧"),
        (ANCHOR, ANCHOR),
        ("se evil.example/x", "se evil. example/x"),
        ("https://evil.example", "https: / /evil. example"),
    ],
)
def test_ordinary_words_are_left_as_they_are_and_addresses_are_broken(given, said):
    assert harmless(given) == said


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "x", "/x y", "/x\ny",
     "/å", "/x\"onload", "/<b>", "/x\u202e", "\\\\evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_an_address_that_does_not_lead_into_our_site_holds_the_letter(path):
    for template, samples in SAMPLES.items():
        for facts in samples:
            if "path" in facts and "| {{ path }}" in (FOLDER / f"{template}.txt").read_text(encoding="utf-8"):
                with_link = any(part.kind == "link" for part in render(template, facts, base_url=HERE).parts)
                if with_link:
                    with pytest.raises(CannotWrite):
                        render(template, facts | {"path": path}, base_url=HERE)


def test_a_visitors_page_that_is_no_address_is_left_out_of_the_letter():
    said = render("feedback", {"page": "https://evil.example", "number": 1}, base_url=HERE)
    assert "evil" not in said.text + said.html and all(part.kind == "text" for part in said.parts)


@pytest.mark.parametrize(("template", "facts"), CASES)
def test_a_missing_fact_holds_the_letter(template, facts):
    source = (FOLDER / f"{template}.txt").read_text(encoding="utf-8")
    if "{{" in source:
        with pytest.raises(CannotWrite):
            render(template, {}, base_url=HERE)


@pytest.mark.parametrize(("template", "facts"), CASES)
def test_a_subject_tells_nothing_to_whoever_sees_the_screen(template, facts):
    said = render(template, facts, base_url=HERE)
    first = (FOLDER / f"{template}.txt").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("Ämne: ")
    filled = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"{{(.*?)}}", re.sub(r'"[^"]*"', "", first)))))
    assert filled - {"if", "else"} <= SHORT_FACTS, filled
    assert not TELLING.search(said.subject) and not holds_personal_number(said.subject + said.text)


def test_no_letter_holds_an_address_of_its_own():
    for path in FOLDER.rglob("*.txt"):
        assert "http" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_has_a_name_for_the_outbox(template):
    assert name_of(template) and "{" not in name_of(template)
    assert name_of("../base") == name_of("finns-inte") == "Brev"


def test_a_reader_gets_a_letter_in_another_language_only_where_there_is_one():
    said = render("reset_elsewhere", {"name": "X"}, base_url=HERE, language="en")
    assert 'lang="sv"' in said.html
    for folder in (path for path in FOLDER.iterdir() if path.is_dir()):
        assert folder.name in FRAMES
        assert {path.stem for path in folder.glob("*.txt")} <= set(TEMPLATES)


@pytest.mark.parametrize("language", [folder.name for folder in sorted(FOLDER.iterdir()) if folder.is_dir()])
def test_a_letter_in_another_language_is_as_whole_and_says_as_much(language):
    frame = FRAMES[language]
    for template in sorted(path.stem for path in (FOLDER / language).glob("*.txt")):
        for facts in SAMPLES[template]:
            said = render(template, facts, base_url=HERE, language=language)
            swedish = render(template, facts, base_url=HERE)
            assert shape(said)[0] == shape(swedish)[0], "the same parts, lines and links"
            assert len(said.subject) <= 78 and said.subject != swedish.subject and said.why != swedish.why
            html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(said.html)
            root = BeautifulSoup(said.html, "html.parser").html
            assert (root["lang"], root["dir"]) == (language, frame.direction)
            for words in (said.text, said.html):
                assert "{" not in words.partition("</style>")[2] and "None" not in words and frame.no_answer in words
            assert facts.get("reference", "") in said.subject


def test_the_frame_can_be_read_without_its_rules_and_in_the_dark():
    html = render("reset", SAMPLES["reset"][0], base_url=HERE).html
    assert "prefers-color-scheme: dark" in html and 'role="presentation"' in html
    inline = re.sub(r"(?s)<style>.*?</style>", "", html)
    assert "color:#1c2b2e" in inline and "background:#ffffff" in inline


@pytest.mark.parametrize("payload", PAYLOADS[:8])
def test_even_by_itself_the_mail_program_adds_no_header(payload):
    values = {"sender": "a@tbb.example", "recipient": "b@flen.example", "body": "x"}
    try:
        sent = mail.compose(subject=payload, message_id="<x@tbb.example>", **values).as_bytes()
    except ValueError:
        return
    arrived = message_from_bytes(sent, policy=default)
    assert not arrived["Bcc"] and str(arrived["To"]) == "b@flen.example" and len(arrived.keys()) <= len(HEADERS) + 1


def test_the_same_letter_has_the_same_message_id_from_whatever_host():
    assert mail.message_id("abc", "https://tbb.example") == "<abc@tbb.example>"
    assert mail.message_id("abc", "http://127.0.0.1:8000") == "<abc@127.0.0.1>"
    assert mail.message_id("abc", "http://[::1]:8000") == "<abc@localhost>"
