"""Pins all packages with the hash of every file, in requirements/*.txt; no address of any index is written."""

import os
import subprocess
import sys
import venv

from bootstrap import ROOT

PIP_TOOLS = "pip-tools==7.6.2"
HOME = ROOT / "build" / "lock"
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)


def main():
    """Make the three lists, each upon the one before, with the oldest Python that we run on."""
    if sys.version_info[:2] != (3, 11):
        print("Note: lock with Python 3.11, the oldest one we support, so that nothing it needs is left out.")
    if not (HOME / "bin" / "pip-compile").exists():
        venv.create(HOME, with_pip=True)
        subprocess.run([HOME / "bin" / "pip", "install", "--quiet", PIP_TOOLS], check=True)
    environ = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
    for name in ("run", "build", "test"):
        print(f"Pinning requirements/{name}.in …", flush=True)
        target = f"requirements/{name}.txt"
        command = [HOME / "bin" / "pip-compile", *OPTIONS, "--output-file", target, f"requirements/{name}.in"]
        subprocess.run(command, cwd=ROOT, env=environ, check=True)


if __name__ == "__main__":
    main()
