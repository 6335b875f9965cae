"""Builds what the browser loads – style sheets, icons, fonts, htmx – into tbb/static/vendor.

python frontend/build.py            build what has changed
python frontend/build.py --packages the same, and install the packages though nothing needs them: the tests do
python frontend/build.py --check    say whether anything must be built, change nothing
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import fonts
import outputs
import packages
import sprite
import styles
import tokens
from outputs import ROOT, VENDOR, BuildError, digest

HERE = Path(__file__).resolve().parent
LICENCES = {
    "Designsystemet (styles)": "@digdir/designsystemet-css/LICENSE",
    "htmx": "htmx.org/LICENSE",
    "Inter (fonts)": "inter-ui/LICENSE.txt",
    "Tabler Icons": "@tabler/icons/LICENSE",
}


@dataclass(frozen=True)
class Step:
    """One thing to build: from what, into what, how."""

    name: str
    inputs: str
    results: tuple[Path, ...]
    build: Callable[[], None]
    needs_packages: bool = True

    def is_built(self, stamp: dict[str, str]) -> bool:
        """Whether the results exist and were made from exactly these inputs."""
        return stamp.get(self.name) == self.inputs and all(path.is_file() for path in self.results)


def build_htmx() -> None:
    """htmx as published, without its pointer to a source map that we do not serve."""
    lines = packages.package_file("htmx.org/dist/htmx.min.js").read_text(encoding="utf-8").splitlines()
    outputs.write(VENDOR / "htmx.min.js", "\n".join(s for s in lines if not s.startswith("//# source")) + "\n")


def build_licences() -> None:
    """The terms of everything we pass on to the browser, in one file."""
    parts = [
        f"{name}\n{'=' * len(name)}\n\n{packages.package_file(path).read_text(encoding='utf-8').strip()}\n"
        for name, path in LICENCES.items()
    ]
    outputs.write(VENDOR / "LICENSES.txt", "\n\n".join(parts))


def _print(code: Iterable[str], files: Iterable[Path] = (), *extra: str) -> str:
    """The fingerprint of a step: the pinned packages, the code that builds, the files it reads."""
    return digest([*(HERE / f"{name}.py" for name in code), *files], packages.lock_print(), *extra)


def steps() -> list[Step]:
    """Everything to build, in order."""
    icons = sprite.used()
    theme = _print(["tokens"], [tokens.CONFIG])
    faces = [VENDOR / "fonts" / f"{name}.woff2" for name in fonts.WEB]
    printed = [VENDOR / "print" / f"{name}.ttf" for name in fonts.PRINT]
    return [
        Step("tokens", theme, (tokens.TOKENS,), tokens.build_tokens),
        Step("designsystemet", _print(["styles"]), (styles.DESIGNSYSTEM,), styles.build_designsystem),
        Step(
            "style sheets",
            _print(["styles"], styles.bundle_files(), theme),
            tuple(VENDOR / name for name in styles.BUNDLES),
            styles.build_bundles,
            needs_packages=False,
        ),
        Step("icons", _print(["sprite"], (), *icons), (VENDOR / "sprite.svg",), lambda: sprite.build_sprite(icons)),
        Step("fonts", _print(["fonts"]), (*faces, *printed), fonts.build_fonts),
        Step("htmx", _print(["build"]), (VENDOR / "htmx.min.js",), build_htmx),
        Step("licences", _print(["build"]), (VENDOR / "LICENSES.txt",), build_licences),
    ]


def uncompressed(stamp: dict[str, str]) -> list[tuple[Path, str]]:
    """Served files whose compressed copies are missing or older than the file's content."""
    found = []
    for path in outputs.served_files():
        content = digest([path])
        copies = outputs.compressed(path)
        if stamp.get(path.relative_to(ROOT).as_posix()) != content or not all(copy.is_file() for copy in copies):
            found.append((path, content))
    return found


def build() -> None:
    """Build every step whose inputs have changed, then compress what is new."""
    stamp = outputs.read_stamp()
    for step in steps():
        if step.is_built(stamp):
            continue
        if step.needs_packages:
            packages.install()
        began = time.monotonic()
        print(f"  {step.name} …", end=" ", flush=True)
        step.build()
        stamp[step.name] = step.inputs
        outputs.write_stamp(stamp)
        print(f"{time.monotonic() - began:.1f} s")
    for path, content in uncompressed(stamp):
        outputs.compress(path)
        stamp[path.relative_to(ROOT).as_posix()] = content
    outputs.drop_leftovers()
    outputs.write_stamp(stamp)


def missing() -> list[str]:
    """The names of the steps that must be built."""
    stamp = outputs.read_stamp()
    names = [step.name for step in steps() if not step.is_built(stamp)]
    return names + [f"compressed copy of {path.name}" for path, _ in uncompressed(stamp)]


def main() -> int:
    """Build or check, and say how it went in a sentence."""
    parser = argparse.ArgumentParser(description="Build what the browser loads into tbb/static/vendor.")
    parser.add_argument("--packages", action="store_true", help="install the packages also when nothing is built")
    parser.add_argument("--check", action="store_true", help="only say whether anything must be built")
    try:
        wish = parser.parse_args()
        if wish.check:
            left = missing()
            print(f"Not built: {', '.join(left)}." if left else "The front end is built.")
            return 1 if left else 0
        print("Building the front end")
        if wish.packages:
            packages.install()
        build()
    except BuildError as error:
        print(f"\nThe front end could not be built. {error}", file=sys.stderr)
        return 1
    print("The front end is built.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
