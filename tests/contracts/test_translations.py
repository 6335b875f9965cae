"""Every text is there in every published language: nothing missing, nothing doubtful, every blank filled alike."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tbb.web.language import LANGUAGES, SOURCE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tbb" / "translations"
OTHERS = [code for code in LANGUAGES if code != SOURCE]
HTML_ALLOWED = {"strong", "em", "br"}
BLANK = re.compile(r"%\((\w+)\)([sd])|%(?![(%])[sd]|\{\w*\}")
TAG = re.compile(r"</?([a-zA-Z]+)[^>]*>|<!--")
ARABIC = re.compile(r"[\u0600-\u06ff]")


@lru_cache
def extracted() -> Catalog:
    """Every text that the code and the templates say, gathered anew."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(each["pattern"].removeprefix("tbb/"), each["method"]) for each in mappings]
    options = {each["pattern"].removeprefix("tbb/"): each.get("options", {}) for each in mappings}
    catalogue = Catalog()
    for filename, line, text, _comments, context in extract_from_dir(str(ROOT / "tbb"), methods, options):
        catalogue.add(text, locations=[(filename, line)], context=context)
    return catalogue


@lru_cache
def written(code: str) -> Catalog:
    """A language's catalogue as it is in git."""
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def texts(message_id) -> tuple[str, ...]:
    """The forms of a text."""
    return tuple(message_id) if isinstance(message_id, tuple | list) else (message_id,)


def pairs(code: str):
    """Every text with its translation."""
    return [(message, message.string) for message in written(code) if message.id]


def blanks(text: str) -> set[str]:
    """The blanks of a text, whatever stands around them."""
    return {found[0] for found in BLANK.finditer(text.replace("%%", ""))}


def test_something_is_extracted_from_code_and_templates():
    found = [message for message in extracted() if message.id]
    places = {Path(name).suffix for message in found for name, _line in message.locations}
    assert len(found) > 400 and places == {".py", ".html"}


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_is_missing_or_empty_or_doubtful(code):
    catalogue = written(code)
    assert not catalogue.fuzzy
    missing = []
    for message in extracted():
        if not message.id:
            continue
        there = catalogue.get(message.id, message.context)
        if there is None or there.fuzzy or not all(text.strip() for text in texts(there.string)):
            where = f"{message.locations[0][0]}:{message.locations[0][1]}"
            missing.append(f"{where} {'(fuzzy) ' if there is not None and there.fuzzy else ''}{texts(message.id)[0]!r}")
    assert not missing, f"{len(missing)} in {code}:\n" + "\n".join(missing)


@pytest.mark.parametrize("code", OTHERS)
def test_no_catalogue_holds_texts_that_nobody_says(code):
    said = {texts(message.id)[0] for message in extracted() if message.id}
    unused = [texts(message.id)[0] for message, _ in pairs(code) if texts(message.id)[0] not in said]
    assert not unused, f"{len(unused)} in {code}:\n" + "\n".join(unused)


@pytest.mark.parametrize("code", OTHERS)
def test_blanks_are_the_same_in_both(code):
    wrong = []
    for message, string in pairs(code):
        forms = texts(string)
        wanted = set().union(*map(blanks, texts(message.id)))
        for number, text in enumerate(forms):
            found = blanks(text)
            # A singular, dual or zero may say the number in words.
            spared = {"%(num)s", "%(num)d"} if len(forms) > 1 and number < len(forms) - 1 else set()
            if found - wanted or wanted - found - spared:
                wrong.append(f"{texts(message.id)[0]!r}: {sorted(wanted)} became {sorted(found)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("code", OTHERS)
def test_html_is_only_emphasis_and_the_same_in_both(code):
    wrong = []
    for message, string in pairs(code):
        wanted = sorted(found[1] or "!" for found in TAG.finditer(texts(message.id)[0]))
        for text in texts(string):
            found = sorted(match[1] or "!" for match in TAG.finditer(text))
            if set(found) - HTML_ALLOWED or found != wanted:
                wrong.append(f"{texts(message.id)[0]!r}: {wanted} became {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("code", OTHERS)
def test_plurals_have_all_the_forms_of_the_language(code):
    catalogue = written(code)
    for message, string in pairs(code):
        if isinstance(message.id, tuple | list):
            assert len(texts(string)) == catalogue.num_plurals, message.id[0]


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_compiled_is_what_is_written(code):
    path = FOLDER / code / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        pytest.skip("make build compiles the catalogues")
    with path.open("rb") as file:
        compiled = read_mo(file)
    for message, string in pairs(code):
        there = compiled.get(message.id, message.context)
        assert there is not None and texts(there.string) == texts(string), f"make build: {texts(message.id)[0]!r}"


def test_arabic_is_written_in_arabic():
    latin = [
        texts(message.id)[0]
        for message, string in pairs("ar")
        if not ARABIC.search(texts(string)[0]) and re.search(r"[a-zåäö]{4}", BLANK.sub("", texts(message.id)[0]))
    ]
    assert len(latin) < 12, latin


@pytest.mark.parametrize("code", OTHERS)
def test_few_texts_are_left_in_swedish(code):
    same = [texts(message.id)[0] for message, string in pairs(code) if texts(message.id)[0] == texts(string)[0]]
    left = [text for text in same if re.search(r"[åäöÅÄÖ]", text)]
    assert len(left) < 20, left
