"""Weighs the first view: what a browser fetches, compressed, before the start page stands there whole."""

from __future__ import annotations

import re

from bench.load import answer

AS_BROWSERS_DO = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "sv"}
LINKED = re.compile(
    r'<link rel="(?:stylesheet|preload|icon)" href="([^"]+)"|<script src="([^"]+)"|<use href="([^"#]+)'
    r'|<img[^>]* src="([^"]+)"'
)
FACES = re.compile(r"url\(\"?([^)\"]+\.woff2)\"?\)")


def first_view(port: int, path: str = "/") -> dict[str, int]:
    """Give bytes over the wire by kind: html, css, js, svg, woff2; of fonts, those that the page asks for at once."""
    html = _fetch(port, path)
    sizes = {"html": html[0]}
    page = answer(port, path, {"Accept-Language": "sv"})[2].decode()
    for found in sorted({next(filter(None, groups)) for groups in LINKED.findall(page)}):
        kind = found.rpartition(".")[2]
        sizes[kind] = sizes.get(kind, 0) + _fetch(port, found)[0]
    return sizes


def all_fonts(port: int, path: str = "/") -> int:
    """Give the bytes of every font that the style sheets name, also those that few pages use."""
    page = answer(port, path, {"Accept-Language": "sv"})[2].decode()
    total, seen = 0, set()
    for sheet in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page):
        css = answer(port, sheet)[2].decode()
        for face in FACES.findall(css):
            address = face if face.startswith("/") else f"{sheet.rpartition('/')[0]}/{face.removeprefix('./')}"
            if address not in seen:
                seen.add(address)
                total += _fetch(port, address)[0]
    return total


def _fetch(port: int, path: str) -> tuple[int, str]:
    status, headers, body = answer(port, path, AS_BROWSERS_DO)
    if status != 200:
        raise SystemExit(f"The start page names {path}, which answers {status}.")
    return len(body), headers.get("content-encoding", "")
