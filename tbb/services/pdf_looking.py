"""Looks a PDF through, as a program of its own with little memory and time: what is packed small may be endless.

`python pdf_looking.py FILE` prints JSON: {"pages", "tagged", "language", "title"}, or {"why"} it is not taken.
"""

from __future__ import annotations

import json
import resource
import sys

import pikepdf

DEEPEST = 30
MOST_MEMORY, MOST_SECONDS = 160 * 2**20, 20
ACTS = (
    "/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia", "/Rendition", "/GoToE", "/XFA", "/AA",
    "/EmbeddedFiles", "/EF", "/Collection",
)  # fmt: skip
"""What in a PDF acts by itself or carries other files along."""


def main() -> None:
    """Look at the file that is named."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    json.dump(look(sys.argv[1]), sys.stdout)


def look(path: str) -> dict[str, object]:
    """See whether a PDF can be read by everybody, and that it does nothing by itself."""
    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted and not pdf.allow.accessibility:
                return {"why": "locked"}
            if _acts(pdf):
                return {"why": "acts"}
            if any("error decoding stream" in warning for warning in pdf.get_warnings()):
                return {"why": "broken"}  # there is more in it than could be looked at
            root = pdf.Root
            marked = root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)
            return {
                "pages": len(pdf.pages),
                "tagged": bool(marked) and "/StructTreeRoot" in root,
                "language": str(root.get("/Lang", "")),
                "title": str(pdf.docinfo.get("/Title", "")) if pdf.docinfo else "",
            }
    except pikepdf.PasswordError:
        return {"why": "locked"}
    except (pikepdf.PdfError, ValueError, RuntimeError, MemoryError):
        return {"why": "broken"}


def _acts(pdf: pikepdf.Pdf) -> bool:
    opens = pdf.Root.get("/OpenAction")
    if isinstance(opens, pikepdf.Dictionary) and str(opens.get("/S", "")) != "/GoTo":
        return True
    return any(_does_something(thing, DEEPEST) for thing in (pdf.Root, *pdf.objects))


def _does_something(thing: pikepdf.Object, deep: int) -> bool:
    """Whether a thing in a PDF, or one that is written within it, acts; what it points at is looked at by itself."""
    if not deep:
        return True  # nothing honest is nested so
    if isinstance(thing, pikepdf.Array):
        inner = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if any(name in thing for name in ACTS) or str(thing.get("/S", "")) in ACTS:
            return True
        inner = [value for _name, value in thing.items()]
    else:
        return False
    return any(
        _does_something(value, deep - 1)
        for value in inner
        if isinstance(value, pikepdf.Object) and not value.is_indirect
    )


if __name__ == "__main__":
    main()
