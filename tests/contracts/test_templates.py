"""Templates: each is used, none imports, none trusts text blindly, none holds a script, a style or a query."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import jinja2.nodes
import pytest
from jinja2 import Environment

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tbb" / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
FORBIDDEN = {
    "style attribute": re.compile(r"\sstyle\s*="),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "inline style": re.compile(r"<style", re.I),
    "handler": re.compile(r"\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"hx-on", re.I),
    "js:": re.compile(r"""["'](?:js|javascript):""", re.I),
    "hx-vals with code": re.compile(r"hx-(?:vals|headers)\s*=\s*['\"]\s*js", re.I),
    "trigger filter": re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\["),
    "third party": re.compile(r"""(?:src|action)=["'](?:https?:)?//"""),
    "new window": re.compile(r"target=[\"']_blank"),
    "|safe": re.compile(r"\|\s*safe\b"),
    "Markup": re.compile(r"\bMarkup\("),
    "autoescape off": re.compile(r"{%-?\s*autoescape\s+false"),
    "method other than GET and POST": re.compile(r"hx-(?:put|patch|delete)", re.I),
}


@pytest.fixture(scope="module")
def trees():
    """Every template, parsed."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    return {name: environment.parse((FOLDER / name).read_text(encoding="utf-8")) for name in TEMPLATES}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    found = [
        f"{name}:{number}"
        for name in TEMPLATES
        for number, line in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert not found


def test_no_template_imports(trees):
    kinds = (jinja2.nodes.Import, jinja2.nodes.FromImport)
    assert not [name for name, tree in trees.items() if any(tree.find_all(kinds))]


def test_every_template_is_used(trees):
    used = {"base.html"}
    for tree in trees.values():
        for node in tree.find_all((jinja2.nodes.Extends, jinja2.nodes.Include)):
            used |= {leaf.value for leaf in node.find_all(jinja2.nodes.Const) if isinstance(leaf.value, str)}
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tbb").rglob("*.py"))
    used |= set(re.findall(r"""["']([\w/]+\.html)["']""", code))
    assert set(TEMPLATES) - used == set()
    assert used - set(TEMPLATES) == set()


def test_every_page_extends_the_one_frame(trees):
    parts = [node for tree in trees.values() for node in tree.find_all(jinja2.nodes.Include)]
    included = {leaf.value for node in parts for leaf in node.find_all(jinja2.nodes.Const)}
    for name, tree in trees.items():
        if name.startswith("macros/") or name in ("base.html", "errors/message.html", "directory/suggestions.html"):
            continue
        parents = list(tree.find_all(jinja2.nodes.Extends))
        assert parents or name in included, name


GUARDS = ("ui.guard(", "ui.keys()")
"""What a form carries: the stamp of an anonymous one, or the token and the key of a signed-in one."""


def test_every_unsafe_request_is_a_real_form_with_its_guard():
    for name in TEMPLATES:
        text = (FOLDER / name).read_text(encoding="utf-8")
        for form in re.findall(r"<form\b(?:(?!</form>).)*", text, re.S):
            if "hx-post" in form.partition(">")[0]:
                assert 'method="post"' in form, name
            # What only chooses a look keeps nothing, and the style guide's examples are sent nowhere.
            if 'method="post"' in form and "choose_appearance" not in form and not name.startswith("styleguide/"):
                assert any(guard in form for guard in GUARDS), name
        assert "hx-post" not in re.sub(r"<form\b[^>]*>", "", text), f"{name}: hx-post on something that is no form"


def test_macros_say_what_they_are_for():
    lines = (FOLDER / "macros" / "ui.html").read_text(encoding="utf-8").splitlines()
    silent = [
        line
        for before, line in pairwise(lines)
        if line.startswith("{% macro ") and not line.startswith("{% macro _") and not before.rstrip().endswith("#}")
    ]
    assert not silent
