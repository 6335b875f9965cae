"""A page as a visitor meets it: parsed strictly, and held to everything that every page promises."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from bs4 import BeautifulSoup

from tbb.web.headers import SECURITY_HEADERS
from tbb.web.language import LANGUAGES

HEADINGS = {f"h{level}": level for level in range(1, 7)}
SPEAKS_FOR_ITSELF = ("hidden", "submit", "button", "reset", "image")
FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "form": "action",
    "use": "href",
}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch"}


KNOWN_TO_BE_RIGHT: set[str] = set()
"""Pages come again and again in a run; each is looked through once."""


@lru_cache(maxsize=300)
def parsed(text: str) -> tuple[Element, dict[Element, Element], list[str]]:
    """Read HTML as strictly as the standard does: the tree, each element's parent, and the errors."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    parents = {child: parent for parent in tree.iter() for child in parent}
    return tree, parents, [f"HTML at {place}: {code} {more}" for place, code, more in parser.errors]


class Page:
    """An HTML answer that has been looked through; an AssertionError names every fault at once."""

    def __init__(self, text: str, *, address: str = "", language: str = ""):
        self.text = text
        self.address = address
        self.tree, self.parents, errors = parsed(text)
        faults = [] if text in KNOWN_TO_BE_RIGHT else [*errors, *(fault for check in CHECKS for fault in check(self))]
        if language and self.tree.get("lang") != language:
            faults.append(f"the page is in {self.tree.get('lang')}, not {language}")
        if faults:
            raise AssertionError(f"{address or 'the page'}:\n  " + "\n  ".join(dict.fromkeys(faults)))
        KNOWN_TO_BE_RIGHT.add(text)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page for those who select by CSS."""
        return BeautifulSoup(self.text, "html.parser")

    def all(self, *names: str) -> Iterator[Element]:
        """Every element of these names."""
        return (element for element in self.tree.iter() if element.tag in names)

    def inside(self, element: Element, name: str) -> Element | None:
        """The nearest element of that name around another."""
        above = self.parents.get(element)
        while above is not None and above.tag != name:
            above = self.parents.get(above)
        return above

    @cached_property
    def ids(self) -> list[str]:
        """Every id there is, in order."""
        return [element.get("id", "") for element in self.elements if element.get("id") is not None]

    @cached_property
    def elements(self) -> list[Element]:
        """Every element, comments left out."""
        return [element for element in self.tree.iter() if isinstance(element.tag, str)]

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return " ".join(said(next(self.all("title"))).split())

    @property
    def heading(self) -> str:
        """The one h1."""
        return " ".join(said(next(self.all("h1"))).split())

    @property
    def words(self) -> str:
        """What the main part says, with single spaces."""
        return " ".join(said(next(self.all("main"))).split())

    @property
    def links(self) -> list[str]:
        """Where every link leads."""
        return [link.get("href", "") for link in self.all("a")]

    def link(self, text: str) -> str:
        """Where the link that says `text` leads."""
        found = [link.get("href", "") for link in self.all("a") if text in " ".join(said(link).split())]
        assert found, f"{self.address}: no link says {text!r}"
        return found[0]

    def fields(self, number: int = -1) -> dict[str, str]:
        """What a form would send if it were sent as it stands; the last form of the page unless told otherwise."""
        form = self.soup.select("main form")[number]
        kept = [control for control in form.select("input[name], textarea[name]") if "disabled" not in control.attrs]
        return {
            control["name"]: control.get("value", "on")
            if control.name == "input"
            else re.sub(r"\A\r?\n", "", control.text)
            for control in kept
            if control.get("type") not in ("radio", "checkbox") or "checked" in control.attrs
        } | {
            control["name"]: control.get("value", "")
            for control in kept
            if control.name == "input" and control.get("type", "text") in ("text", "email")
        }


def said(element: Element) -> str:
    """All the text in an element."""
    return "".join(element.itertext())


def name_of(page: Page, element: Element) -> str:
    """What a screen reader calls an element, near enough."""
    if label := element.get("aria-label"):
        return label
    if listed := element.get("aria-labelledby"):
        return " ".join(said(found) for found in page.elements if found.get("id") in listed.split()).strip()
    pictures = [
        inner.get("alt") or inner.get("aria-label") or "" for inner in element.iter() if isinstance(inner.tag, str)
    ]
    return " ".join((said(element), *pictures)).strip()


def language_is_told(page: Page) -> Iterator[str]:
    """The page says its language and direction."""
    known = LANGUAGES.get(page.tree.get("lang", ""))
    if known is None:
        yield f"lang is {page.tree.get('lang')!r}"
    elif page.tree.get("dir") != known.direction:
        yield f"dir is {page.tree.get('dir')!r} though the language is {known.code}"


def landmarks_are_there(page: Page) -> Iterator[str]:
    """One main, one header, one footer, and every nav has a name of its own."""
    body = next(page.all("body"))
    for name in ("header", "footer"):
        if (count := sum(child.tag == name for child in body)) != 1:
            yield f"{count} <{name}> directly in the body"
    if (count := len(list(page.all("main")))) != 1:
        yield f"{count} <main>"
    names = Counter(
        name_of(page, nav) if nav.get("aria-label") or nav.get("aria-labelledby") else "" for nav in page.all("nav")
    )
    yield from (f"{count} <nav> are called {name!r}" for name, count in names.items() if not name or count > 1)


def headings_are_in_order(page: Page) -> Iterator[str]:
    """One h1, and no level is jumped over on the way down."""
    headings = [element for element in page.elements if element.tag in HEADINGS]
    if (count := sum(heading.tag == "h1" for heading in headings)) != 1:
        yield f"{count} <h1>"
    before = 0
    for heading in headings:
        level = HEADINGS[heading.tag]
        if level > before + 1:
            yield f"<{heading.tag}> {said(heading).strip()[:40]!r} follows <h{before}>"
        if not said(heading).strip():
            yield f"an empty <{heading.tag}>"
        before = level


def ids_are_unique(page: Page) -> Iterator[str]:
    """No id stands twice, and whatever points at an id finds it."""
    yield from (
        f"id {name!r} stands {count} times" for name, count in Counter(page.ids).items() if count > 1 or not name
    )
    known = set(page.ids)
    for element in page.elements:
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "list"):
            for wanted in element.get(attribute, "").split():
                if wanted not in known:
                    yield f"<{element.tag} {attribute}={wanted!r}> points at nothing"


def the_way_to_the_content_is_short(page: Page) -> Iterator[str]:
    """The first link leads to the content."""
    first = next(page.all("a"), None)
    target = (first.get("href") or "") if first is not None else ""
    if not target.startswith("#") or target[1:] not in page.ids:
        yield f"the first link leads to {target!r}, not into the page"
    here = {link.get("href", "")[1:] for link in page.all("a") if link.get("href", "").startswith("#")}
    yield from (f"a link leads to #{name}, which is not here" for name in here - {""} - set(page.ids))


def controls_have_labels(page: Page) -> Iterator[str]:
    """Every field has a label, every button and link says something."""
    labelled = {label.get("for"): label for label in page.all("label")}
    for control in page.all("input", "select", "textarea"):
        if control.get("type") in SPEAKS_FOR_ITSELF:
            continue
        label = labelled.get(control.get("id")) if control.get("id") else page.inside(control, "label")
        if (label is None or not said(label).strip()) and not control.get("aria-label"):
            yield f"<{control.tag} name={control.get('name')!r}> has no label"
    for element in page.all("a", "button", "summary"):
        if not name_of(page, element):
            yield f"a <{element.tag}> says nothing ({element.get('href', '')})"
        if element.tag == "a" and not element.get("href"):
            yield f"the link {said(element).strip()!r} leads nowhere"
    yield from (
        "a fieldset has no legend"
        for fieldset in page.all("fieldset")
        if next(iter(fieldset.iter("legend")), None) is None
    )


def pictures_speak(page: Page) -> Iterator[str]:
    """Every picture has a text, or says that it is decoration."""
    yield from (f"<img src={image.get('src')!r}> has no alt" for image in page.all("img") if image.get("alt") is None)
    for drawing in page.all("svg"):
        if (
            drawing.get("aria-hidden") != "true"
            and drawing.get("role") != "img"
            and page.inside(drawing, "svg") is None
        ):
            yield "an <svg> is neither a picture (role=img) nor hidden"
        if drawing.get("role") == "img" and not (drawing.get("aria-label") or drawing.get("aria-labelledby")):
            if next(iter(drawing.iter("title")), None) is None:
                yield "an <svg role=img> has no name"


def nothing_is_inline(page: Page) -> Iterator[str]:
    """No script, style or handler in the page, so that the content security policy may forbid them all."""
    for element in page.elements:
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"an inline <{element.tag}>"
        for name, value in element.items():
            plain = str(name).lower()
            if plain == "style" or plain.startswith(("on", "hx-on", "data-hx-on")):
                yield f"<{element.tag} {plain}=…>"
            if plain != "value" and re.match(r"\s*(javascript|js|vbscript):", value or "", re.I):
                yield f"<{element.tag} {plain}={value[:30]!r}>"


def nothing_comes_from_elsewhere(page: Page) -> Iterator[str]:
    """Whatever the browser fetches, it fetches from here; and no link opens a new window."""
    for element in page.elements:
        address = element.get(FETCHED.get(element.tag, ""), "") if element.tag in FETCHED else ""
        if element.tag == "link" and FETCHED_LINKS & set(element.get("rel", "").split()):
            address = element.get("href", "")
        parts = urlsplit(address)
        if parts.netloc or parts.scheme not in ("", "data"):
            yield f"<{element.tag}> fetches {address}"
        if element.get("target") not in (None, "_self"):
            yield f"<{element.tag}> opens {element.get('target')}"


def the_title_says_where(page: Page) -> Iterator[str]:
    """The title has words of its own before the name of the service, and the page describes itself."""
    titles = [title for title in page.all("title") if page.inside(title, "svg") is None]
    if len(titles) != 1:
        yield f"{len(titles)} <title>"
        return
    own, dash, service = said(titles[0]).rpartition(" – ")
    if not own.strip() or not dash or not service.strip():
        yield f"the title is {said(titles[0])!r}"
    if not any(meta.get("name") == "description" and meta.get("content", "").strip() for meta in page.all("meta")):
        yield "no description"
    viewport = [meta.get("content", "") for meta in page.all("meta") if meta.get("name") == "viewport"]
    if len(viewport) != 1 or "user-scalable" in viewport[0] or "maximum-scale" in viewport[0]:
        yield f"the viewport is {viewport}"


CHECKS = (
    language_is_told,
    landmarks_are_there,
    headings_are_in_order,
    ids_are_unique,
    the_way_to_the_content_is_short,
    controls_have_labels,
    pictures_speak,
    nothing_is_inline,
    nothing_comes_from_elsewhere,
    the_title_says_where,
)


def look_at_fragment(text: str, address: str = "") -> None:
    """Hold a part of a page to what may be said of a part; raise AssertionError with all its faults."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(text)
    page = Page.__new__(Page)
    page.text, page.address, page.tree = text, address, tree
    page.parents = {child: parent for parent in tree.iter() for child in parent}
    faults = [f"HTML at {place}: {code} {more}" for place, code, more in parser.errors]
    for check in (pictures_speak, nothing_is_inline, nothing_comes_from_elsewhere, controls_have_labels):
        faults += check(page)
    faults += [fault for fault in ids_are_unique(page) if "stands" in fault]
    if any(True for _ in page.all("html", "body", "main")) or "<html" in text:
        faults.append("a whole page came instead of a part")
    if faults:
        raise AssertionError(f"fragment {address}:\n  " + "\n  ".join(dict.fromkeys(faults)))


def check_headers(response, *, secure: bool = False) -> None:
    """Hold an answer's headers to the promise: every security header exactly once and exactly so, and no more."""
    headers = response.headers
    wanted = dict(SECURITY_HEADERS)
    if secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    for name, value in wanted.items():
        assert headers.getlist(name) == [value], f"{name} is {headers.getlist(name)}"
    if not secure:
        assert "Strict-Transport-Security" not in headers
    assert re.fullmatch(r"[0-9a-f]{12}", headers.get("X-Request-ID", "")), "no request id"
    for name in ("Server", "X-Powered-By", "X-TBB-Keep"):
        assert name not in headers, f"{name} is told"
