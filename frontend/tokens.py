"""Turns the theme in designsystemet.config.json into custom properties, by Designsystemet's own program."""

import re
import shutil

from outputs import ROOT, VENDOR, BuildError, write
from packages import TOKENS_CLI, run_node

CONFIG = ROOT / "frontend" / "designsystemet.config.json"
WORK = ROOT / "build" / "frontend"
TOKENS = VENDOR / "tokens.css"
DARK_BY_SYSTEM = "@media (prefers-color-scheme: dark)"
DARK_BY_CHOICE = re.compile(r'(\[data-color-scheme="dark"\] \{[^}]*\})')


def build_tokens() -> None:
    """Let Designsystemet's program turn the theme into custom properties, and keep dark colours off paper."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    config = WORK / CONFIG.name
    shutil.copy(CONFIG, config)
    run_node(TOKENS_CLI, "tokens", "create", "--config", config.name, folder=WORK)
    run_node(
        TOKENS_CLI,
        "tokens",
        "build",
        "--tokens",
        "./design-tokens",
        "--out-dir",
        "./css",
        "--config",
        config.name,
        "--clean",
        folder=WORK,
    )
    write(TOKENS, print_safe((WORK / "css" / "tbb.css").read_text(encoding="utf-8")))


def print_safe(css: str) -> str:
    """The dark colours apply to screens only."""
    if DARK_BY_SYSTEM not in css or not DARK_BY_CHOICE.search(css):
        raise BuildError("Designsystemet writes its dark colours in a new way: adapt print_safe in frontend/tokens.py.")
    css = css.replace(DARK_BY_SYSTEM, "@media screen and (prefers-color-scheme: dark)")
    return DARK_BY_CHOICE.sub(r"@media screen {\n\1\n}", css, count=1)
