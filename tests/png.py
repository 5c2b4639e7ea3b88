"""A screenshot turned into a PNG of a quarter of its size: 256 colours are enough for a page.

Source: the PNG specification, third edition, sections 5 (chunks), 7.2 (scan lines), 9 (filters).
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
RGB, PALETTE, DEPTH = 2, 3, 8


def slim(data):
    """Turn an RGB picture into one with a palette: the commonest colours, and for others the nearest."""
    width, lines = _lines(data)
    counted = Counter(line[at : at + 3] for line in lines for at in range(0, len(line), 3))
    palette = [colour for colour, _ in counted.most_common(COLOURS)]
    place = {colour: _nearest(colour, palette) for colour in counted}
    body = bytearray()
    for line in lines:
        body += b"\0" + bytes(place[line[at : at + 3]] for at in range(0, len(line), 3))
    head = struct.pack(">IIBBBBB", width, len(lines), DEPTH, PALETTE, 0, 0, 0)
    parts = (b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(body, 9))
    return SIGNATURE + b"".join(_chunk(*part) for part in (*parts, (b"IEND", b"")))


def _nearest(colour, palette):
    return min(
        range(len(palette)),
        key=lambda n: sum((a - b) ** 2 for a, b in zip(colour, palette[n], strict=True)),
    )


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(data):
    at = len(SIGNATURE)
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += size + 12


def _lines(data):
    chunks = list(_chunks(data))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, kind, interlaced) == (DEPTH, RGB, 0)
    packed = zlib.decompress(b"".join(part for name, part in chunks if name == b"IDAT"))
    size, lines = 3 * width + 1, []
    above = bytes(size - 1)
    for at in range(0, height * size, size):
        above = _unfiltered(packed[at], packed[at + 1 : at + size], above)
        lines.append(above)
    return width, lines


def _unfiltered(kind, line, above):
    if kind == 0:
        return line
    made = bytearray(3)  # one pixel to the left of the line
    over = bytes(3) + above
    for at, byte in enumerate(line):
        left, up, corner = made[at], over[at + 3], over[at]
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        made.append((byte + guess) & 255)
    return bytes(made[3:])


def _paeth(left, up, corner):
    wanted = left + up - corner
    return min((left, up, corner), key=lambda one: abs(wanted - one))
