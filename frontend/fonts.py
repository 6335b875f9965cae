"""Cuts Inter down to the letters and features we use: WOFF2 for the browser, TTF for the PDF printer."""

import io

from fontTools import subset
from fontTools.ttLib import TTFont

from outputs import VENDOR, write
from packages import package_file

WEB = {
    "Inter-Regular": "inter-ui/web/Inter-Regular.woff2",
    "Inter-Medium": "inter-ui/web/Inter-Medium.woff2",
    "Inter-SemiBold": "inter-ui/web/Inter-SemiBold.woff2",
    "InterDisplay-SemiBold": "inter-ui/display/InterDisplay-SemiBold.woff2",
}
PRINT = ("Inter-Regular", "Inter-SemiBold", "InterDisplay-SemiBold")
# Tailed l, round quotes, even figures, and what places accents and spaces pairs of letters.
FEATURES = ["kern", "cv05", "ss03", "tnum", "calt", "ccmp", "locl", "mark", "mkmk", "case"]
# Latin with its extension A (Swedish, Finnish, Somali, the Sámi languages, Polish, Turkish …), and our signs.
LETTERS = [
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x18F, 0x18F),
    (0x192, 0x192),
    (0x1B7, 0x1B7),
    (0x1E4, 0x1EF),
    (0x218, 0x21B),
    (0x259, 0x259),
    (0x292, 0x292),
    (0x2C6, 0x2C7),
    (0x2D8, 0x2DD),
    (0x1E9E, 0x1E9E),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x202F, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0x2713, 0x2713),
]
# Family and style names, version, licence: all that a program or a reader of the file needs.
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]


def cut(source: str, flavor: str | None) -> bytes:
    """One font file with only our letters and features."""
    options = subset.Options()
    options.flavor, options.layout_features, options.name_IDs = flavor, FEATURES, NAMES
    options.hinting, options.notdef_outline = False, True
    font = TTFont(package_file(source), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in LETTERS for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = flavor
    result = io.BytesIO()
    font.save(result)
    return result.getvalue()


def build_fonts() -> None:
    """Write the fonts of the browser and of the PDF printer."""
    for name, source in WEB.items():
        write(VENDOR / "fonts" / f"{name}.woff2", cut(source, "woff2"))
    for name in PRINT:
        write(VENDOR / "print" / f"{name}.ttf", cut(WEB[name], None))
