"""A film of a few seconds that browsers play, made of one picture: WebM around a frame of VP8."""

from __future__ import annotations

import io
import struct

from PIL import Image


def film(seconds: int = 8, size: tuple[int, int] = (320, 180)) -> bytes:
    """Make a film; each second shows the same picture."""
    frame = _frame(size)
    video = _part(b"\xe0", _number(b"\xb0", size[0]), _number(b"\xba", size[1]))
    track = _part(
        b"\xae", _number(b"\xd7", 1), _number(b"\x73\xc5", 1), _number(b"\x83", 1), _part(b"\x86", b"V_VP8"), video
    )
    info = _part(
        b"\x15\x49\xa9\x66",
        _number(b"\x2a\xd7\xb1", 1_000_000),
        _part(b"\x44\x89", struct.pack(">d", seconds * 1000)),
        _part(b"\x4d\x80", b"tbb"),
        _part(b"\x57\x41", b"tbb"),
    )
    blocks = [_part(b"\xa3", b"\x81" + struct.pack(">h", at * 1000) + b"\x80" + frame) for at in range(seconds)]
    cluster = _part(b"\x1f\x43\xb6\x75", _number(b"\xe7", 0), *blocks)
    head = _part(
        b"\x1a\x45\xdf\xa3",
        *(_number(name, value) for name, value in ((b"\x42\x86", 1), (b"\x42\xf7", 1), (b"\x42\xf2", 4))),
        _number(b"\x42\xf3", 8), _part(b"\x42\x82", b"webm"), _number(b"\x42\x87", 2), _number(b"\x42\x85", 2),
    )  # fmt: skip
    return head + _part(b"\x18\x53\x80\x67", info, _part(b"\x16\x54\xae\x6b", track), cluster)


def _frame(size: tuple[int, int]) -> bytes:
    """One frame of VP8: what a WebP of the old sort holds."""
    held = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(held, "WEBP", quality=50)
    data = held.getvalue()
    at = data.index(b"VP8 ")
    return data[at + 8 : at + 8 + struct.unpack("<I", data[at + 4 : at + 8])[0]]


def _part(name: bytes, *held: bytes) -> bytes:
    body = b"".join(held)
    return name + struct.pack(">Q", len(body) | 1 << 56) + body


def _number(name: bytes, value: int) -> bytes:
    return _part(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
