"""The pictures of the documentation: smaller, and still what was seen."""

from __future__ import annotations

import struct
import zlib

import pytest

from tests.png import SIGNATURE, _chunk, slim

RED, GREEN, BLUE = b"\xff\x00\x00", b"\x00\xff\x00", b"\x00\x00\xff"


def drawn(*lines):
    head = struct.pack(">IIBBBBB", 2, len(lines), 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(lines))
    parts = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*part) for part in parts)


def pixels(data):
    palette, packed = data.split(b"PLTE")[1], data.split(b"IDAT")[1]
    colours = [palette[at : at + 3] for at in (0, 3, 6)]
    body = zlib.decompressobj().decompress(packed)
    return [colours[place] for at, place in enumerate(body) if at % 3]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (0, BLUE + GREEN),
        (1, BLUE + b"\x00\xff\x01"),
        (2, b"\x01\x00\xff" + b"\x00\x00\x00"),
        (3, b"\x81\x00\xff" + b"\x00\x80\x81"),
        (4, b"\x01\x00\xff" + b"\x00\x00\x01"),
    ],
)
def test_every_filter_of_a_line_gives_the_same_picture(kind, line):
    first = b"\0" + RED + GREEN
    assert pixels(slim(drawn(first, bytes([kind]) + line))) == [RED, GREEN, BLUE, GREEN]
