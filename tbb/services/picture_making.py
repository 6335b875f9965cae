"""Makes a picture anew from its pixels alone, in several sizes, as a program of its own with little memory and time.

`python picture_making.py FOLDER KEY KIND` reads a picture from standard input and writes FOLDER/KE/KEY-WIDTH.FORM.
It prints JSON: {"size", "widths"}, or {"why"} it is not taken. What a decoder takes it gives back when it ends.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 16_000_000
MOST_NEEDED = 4 * MOST_PIXELS
"""How much memory may be needed to open a picture."""
MOST_MEMORY, MOST_SECONDS = 400 * 2**20, 40
LONGEST_SIDE = 8_000
SMALLEST_SIDE = 200
WIDTHS = (480, 960, 1600)
HIGHEST = 1900
BAND = 64
ORIENTATION, LYING = 0x0112, (5, 6, 7, 8)
"""How a camera was held, as the file says it, and when it lay on its side."""
WRITTEN = {
    "avif": ("AVIF", {"quality": 60, "speed": 8, "max_threads": 2}),
    "webp": ("WEBP", {"quality": 78, "method": 3}),
    "jpg": ("JPEG", {"quality": 80, "optimize": True, "progressive": True}),
}


class BadPicture(Exception):
    """The file is no picture that is taken; its words are the reason."""


def main(folder: str, key: str, kind: str) -> None:
    """Make the picture that comes."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        size, widths = make(Path(folder), key, kind, sys.stdin.buffer.read())
        json.dump({"size": size, "widths": widths}, sys.stdout)
    except BadPicture as problem:
        json.dump({"why": str(problem)}, sys.stdout)


def make(folder: Path, key: str, kind: str, data: bytes) -> tuple[tuple[int, int], list[int]]:
    """Write a picture in its sizes; give the size it came in, as it is to be seen, and the widths."""
    size, image = _opened(data, kind)
    written: list[int] = []
    (folder / key[:2]).mkdir(parents=True, exist_ok=True, mode=0o755)
    for width in (*(known for known in WIDTHS if known < image.width), image.width):
        height = max(1, round(image.height * width / image.width))
        fitting = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
        for form, (name, how) in WRITTEN.items():
            _write(folder / key[:2] / f"{key}-{width}.{form}", fitting, name, how)
        written.append(width)
    return size, written


def _write(path: Path, image: Image.Image, name: str, how: dict[str, object]) -> None:
    """Write a picture, on disk under its name only when it is whole."""
    held = io.BytesIO()
    image.save(held, name, **how)
    beside = path.with_suffix(path.suffix + ".part")
    with beside.open("wb") as file:
        file.write(held.getvalue())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _opened(data: bytes, kind: str) -> tuple[tuple[int, int], Image.Image]:
    """Open a picture's pixels alone, no larger than they are shown, once its kind, bytes and pixels are looked at.

    Give the size it came in and the picture, both as it is to be seen. Raises BadPicture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as file:
            width, height = file.size
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE or _memory(file) > MOST_NEEDED:
                raise BadPicture("pixels")
            if min(width, height) < SMALLEST_SIDE:
                raise BadPicture("small")
            turn = file.getexif().get(ORIENTATION, 1)
            lies = turn in LYING
            seen = (height, width) if lies else (width, height)
            fits = _fitting(*seen)
            small = _on_white(file, fits[::-1] if lies else fits)
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise BadPicture("pixels") from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as problem:
        raise BadPicture("broken") from problem
    small.getexif()[ORIENTATION] = turn
    turned = ImageOps.exif_transpose(small)
    turned.info.clear()
    return seen, turned


def _memory(file: Image.Image) -> int:
    """How much memory it takes at the most to open a picture: WebP's reader keeps four copies of it, PNG's one.

    A JPEG is opened at half or a quarter of its size, but for a progressive one all of it has to be kept meanwhile.
    """
    needs = {"WEBP": 16, "PNG": 4}.get(
        file.format or "", 2 * len(file.getbands()) if file.info.get("progressive") else 1
    )
    return file.width * file.height * needs


def _fitting(width: int, height: int) -> tuple[int, int]:
    """The largest size that is written of a picture: as wide as a page, and no higher than two screens."""
    share = min(1, WIDTHS[-1] / width, HIGHEST / height)
    return max(1, round(width * share)), max(1, round(height * share))


def _on_white(file: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Give the pixels in a size, in plain red, green and blue, what is see-through on white.

    They are taken band by band: a copy of the whole would double the memory.
    """
    file.draft(None, size)
    file.load()
    made = Image.new("RGB", size, "white")
    for top in range(0, size[1], BAND):
        rows = min(BAND, size[1] - top)
        first, last = (at * file.height / size[1] for at in (top, top + rows))
        reach = 4 * max(1, file.height / size[1])
        above, below = max(0, int(first - reach)), min(file.height, int(last + reach) + 1)
        band = _plain(file.crop((0, above, file.width, below)))
        place = (0, first - above, file.width, last - above)
        made.paste(band.resize((size[0], rows), Image.Resampling.LANCZOS, box=place), (0, top))
    return made


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(whole, mask=whole.getchannel("A"))
        return ground
    return image.convert("RGB")


if __name__ == "__main__":
    main(*sys.argv[1:])
