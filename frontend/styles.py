"""Makes the style sheets: our own files, Designsystemet's components and the theme's tokens in one file each."""

import re
from pathlib import Path

from outputs import STATIC, VENDOR, write
from packages import package_file
from tokens import TOKENS

OWN = STATIC / "css"
DESIGNSYSTEM = VENDOR / "designsystemet.css"

# What each style sheet is made of, in order. The first file of site.css orders the layers of all others.
BUNDLES = {
    "site.css": [
        "layers",
        "fonts",
        "base",
        "language",
        "layout",
        "components",
        "header",
        "footer",
        "lake",
        "parts",
        "person",
        "search",
        "forms",
        "steps",
        "tables",
        "wheel",
        "wheelform",
        "talk",
        "talktimes",
        "content",
        "poster",
        "utilities",
        "motion",
        "print",
    ],
    "news.css": ["news"],
    "staff.css": [
        "staff",
        "auditing",
        "letters",
        "desk",
        "joining",
        "accounts",
        "demo",
        "factors",
        "appointing",
        "keeping",
        "case",
        "informing",
        "cases",
        "mapping",
        "transitions",
        "consents",
        "case_exports",
        "plans",
        "assessments",
        "forgetting",
        "talkhours",
        "meeting",
        "meeting_records",
        "calendar",
        "charts",
    ],
}
# Designsystemet's own order. The parts in `_COMPONENTS` come without a layer of their own.
_BASE = ("base", "heading", "label", "paragraph", "validation-message")
_COMPONENTS = (
    "link",
    "data-size-workaround",
    "button",
    "input",
    "field",
    "fieldset",
    "alert",
    "skip-link",
    "details",
    "dialog",
    "list",
    "card",
    "dropdown",
    "chip",
    "divider",
    "pagination",
    "tag",
    "error-summary",
    "spinner",
    "table",
    "breadcrumbs",
    "badge",
    "avatar",
)


def bundle_files() -> list[Path]:
    """Every file of ours that ends up in a style sheet."""
    return [OWN / f"{name}.css" for names in BUNDLES.values() for name in names]


def build_designsystem() -> None:
    """The components we use, in the layers that Designsystemet gives them."""

    def parts(names: tuple[str, ...]) -> str:
        return "".join(
            package_file(f"@digdir/designsystemet-css/dist/src/{name}.css").read_text(encoding="utf-8")
            for name in names
        )

    write(
        DESIGNSYSTEM,
        f"@layer ds.base{{{parts(_BASE)}}}\n@layer ds.components{{{parts(_COMPONENTS)}}}\n{parts(('search',))}\n",
    )


def minify(css: str) -> str:
    """Take away comments and blank space; quoted texts are left as they are."""

    def squeeze(match: re.Match) -> str:
        quoted, _comment, text = match.groups()
        if quoted:
            return quoted
        if not text:
            return ""
        text = re.sub(r"\s+", " ", text)
        text = re.sub(r" ?([{};,]) ?", r"\1", text)
        return re.sub(r"(?<=[\w-]): (?=[^{}]*[;}])", ":", text).replace(";}", "}")

    pattern = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(/\*.*?\*/)|([^"'/]+|/)"""
    return re.sub(pattern, squeeze, css.replace('@charset "UTF-8";', ""), flags=re.DOTALL)


def build_bundles() -> None:
    """Join the files of each style sheet; only the first carries Designsystemet and the tokens."""
    for name, files in BUNDLES.items():
        parts = [(OWN / f"{part}.css").read_text(encoding="utf-8") for part in files]
        if name == "site.css":
            parts += [DESIGNSYSTEM.read_text(encoding="utf-8"), TOKENS.read_text(encoding="utf-8")]
        write(VENDOR / name, "".join(minify(part).strip() + "\n" for part in parts))
