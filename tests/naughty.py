"""Strings that have broken other services; a longer list may be named in TBB_NAUGHTY_STRINGS (a JSON array)."""

from __future__ import annotations

import json
import os
from pathlib import Path

OWN = (
    "", " ", "\t", "\n", "\r\n", "\x0b\x0c", "\x1b[31m", "\x7f", "\x80\x85", "\ufeff", "\ufffe", "\uffff",
    "\u0000x"[1:], "undefined", "null", "None", "NaN", "True", "-1", "0", "1e309", "-0.0", "0x1F", "१२३", "²",
    "９９", "1" * 100, "9" * 1000, "'", '"', "''; --", "' OR 1=1 --", "'; DROP TABLE unit; --", "%", "%%", "_",
    "\\", "\\'", "%s%n%x", "?", "??", "$1", ":x", "{{ 7*7 }}", "{% raise %}", "${7*7}", "#{7*7}", "%(count)s",
    "{0}", "{count}", "<%= 1 %>", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>", "javascript:alert(1)", "<!--", "]]>", "&lt;&amp;&#x3c;",
    "<a href='//elsewhere.example'>x</a>", "hx-on:click=alert(1)", "`;id`", "$(id)", "| id",
    "../../../../etc/passwd", "..%2f..%2f", "//elsewhere.example", "https://elsewhere.example/",
    "/\\elsewhere.example", "file:///etc/passwd", "CON", "a/b", ".", "..", "\r\nSet-Cookie: a=b",
    "x\nBcc: b@elsewhere.example", "Åäö ÅÄÖ", "A\u030a", "å" * 300, "ﬁﬂﬀ", "ŒœßØłđÞ", "İıŞğ", "Ω≈ç√∫˜µ", "田中さん",
    "مرحبا بالعالم", "\u202etxet desrever", "\u200b\u200d\u2060", "👩‍👩‍👧‍👦🇸🇪🦆", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "ด้้้้้็็็็็้้้้้", "\U000e0001", "\ue000", "𝔅𝔞𝔯𝔫", "a" * 99, "b" * 100, "c" * 101, "e" * 1000,
    "å ä ö " * 200, "(" * 200, "[" * 50, "*" * 50, "\"" * 50, "AND OR NOT NEAR", "a* OR b:c", "unit MATCH 'x'",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)",
)  # fmt: skip


def strings() -> list[str]:
    """All that there is to try."""
    named = os.environ.get("TBB_NAUGHTY_STRINGS")
    return [*OWN, *(json.loads(Path(named).read_text(encoding="utf-8")) if named else [])]


def some() -> list[str]:
    """A third of them, or all when a longer list is named: for places that are much like another."""
    return strings() if "TBB_NAUGHTY_STRINGS" in os.environ else strings()[::3]
