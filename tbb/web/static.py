"""Static files: served from memory of their names, under an address that changes with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

SHIPPED = ("css", "js", "img", "vendor")
HIDDEN = {".map", ".ttf"}
YEAR_SECONDS = 31_536_000


class NotBuilt(Exception):
    """The front-end packages have not been fetched and built."""


def version_of(folder: Path) -> str:
    """Give one short hash over every static file, so that an address is good for a year."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def install(app: Flask) -> None:
    """Serve ``tbb/static`` at ``/static/<version>/`` and give templates asset()."""
    folder = Path(app.root_path) / "static"
    if not (folder / "vendor" / "site.css").exists():
        raise NotBuilt("The front-end packages are not built yet. Run: make build")
    version = version_of(folder)
    app.config["STATIC_VERSION"] = version

    def asset(path: str) -> str:
        """Give the address of a static file."""
        return f"/static/{version}/{path}"

    app.jinja_env.globals["asset"] = asset
    served = WhiteNoise(app.wsgi_app, autorefresh=False, max_age=YEAR_SECONDS, immutable_file_test=_always)
    served.FOREVER = YEAR_SECONDS
    for name in SHIPPED:
        if (folder / name).is_dir():
            served.add_files(str(folder / name), prefix=f"static/{version}/{name}/")
    for address in [address for address in served.files if Path(address).suffix in HIDDEN]:
        del served.files[address]
    favicon = folder / "img" / "favicon.svg"
    if favicon.exists():
        served.add_file_to_dictionary("/favicon.ico", str(favicon))
    app.wsgi_app = served


def _files(folder: Path) -> list[Path]:
    kept = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in kept if path.suffix not in HIDDEN | {".br", ".gz"} and path.name != ".stamp"]


def _always(path: str, url: str) -> bool:
    return url.startswith("/static/")


def served_names(app: Flask) -> list[str]:
    """List the addresses of all static files, for the tests that look at each."""
    inner: Any = app.wsgi_app
    while not isinstance(inner, WhiteNoise):
        inner = inner.app
    return sorted(inner.files)
