"""Gathers the icons that the pages use into one sprite file."""

import re
from pathlib import Path

from outputs import ROOT, VENDOR, BuildError, write
from packages import MODULES

ICONS = MODULES / "@tabler" / "icons" / "icons" / "outline"
LISTED = ROOT / "frontend" / "icons.txt"
_CALL = re.compile(r"""(?:\b|_)icon\(\s*['"]([a-z0-9-]+)['"]""")
_VALUE = re.compile(r"""\bicon['"]?\s*[=:]\s*['"]([a-z0-9-]+)['"]""")
_SHAPE = re.compile(r"<(?:path|circle|line|rect|polyline|ellipse|polygon)\b[^>]*/>")


def sources() -> list[Path]:
    """The files that may name an icon."""
    return [LISTED, *sorted((ROOT / "tbb" / "templates").rglob("*.html")), *sorted((ROOT / "tbb").rglob("*.py"))]


def used() -> dict[str, str]:
    """Every icon named in a template, in Python or in the list, with the file that names it."""
    found = {}
    for path in sources():
        text, place = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        if path == LISTED:
            names = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        else:
            names = _CALL.findall(text) + _VALUE.findall(text)
        found.update((name, place) for name in names if name not in found)
    return dict(sorted(found.items()))


def symbol(name: str, place: str) -> str:
    """One icon as a symbol, without the invisible square that Tabler draws behind it."""
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise BuildError(f"{place} names the icon '{name}', which Tabler does not have.")
    shapes = [" ".join(shape.split()) for shape in _SHAPE.findall(path.read_text(encoding="utf-8"))]
    inner = "".join(shape for shape in shapes if 'stroke="none"' not in shape).replace(" />", "/>")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{inner}</symbol>'


def build_sprite(names: dict[str, str]) -> None:
    """Write the sprite; colour and line width come from the page's own style sheet."""
    symbols = "".join(symbol(name, place) for name, place in names.items())
    write(VENDOR / "sprite.svg", f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n')
