"""Object identifiers: content bytes, numbers and dotted text (pure).

Source: ITU-T X.690 section 8.19; RFC 3416 section 4.1 on their limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.asn1 import MAX_SUB_IDENTIFIER, MAX_SUB_IDENTIFIERS, BerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.snmp.asn1 import Oid

__all__ = ["OWN", "PARENT", "decode_oid", "dotted", "encode_oid", "parse_oid", "placed"]

_ARC = 40
_MORE = 0x80
_SEVEN_BITS = 0x7F
OWN, PARENT = -1, -2
"""Stand in front of a name that lies under the device's own sysObjectID, or beside it."""
_ENTERPRISES: Oid = (1, 3, 6, 1, 4, 1)


def decode_oid(raw: bytes, at: int = 0) -> Oid:
    """Turn the content bytes of an OBJECT IDENTIFIER into numbers; none give the empty one."""
    numbers: list[int] = []
    number = 0
    for byte in raw:
        number = number << 7 | byte & _SEVEN_BITS
        if byte & _MORE:
            continue
        _check_sub_identifier(number, at, first=not numbers)
        numbers.append(number)
        number = 0
    if raw and raw[-1] & _MORE:
        raise BerError(at, "an object identifier that ends inside a number")
    if not numbers:
        return ()
    if len(numbers) >= MAX_SUB_IDENTIFIERS:
        raise BerError(at, f"an object identifier of more than {MAX_SUB_IDENTIFIERS} numbers")
    arc = min(numbers[0] // _ARC, 2)
    return (arc, numbers[0] - arc * _ARC, *numbers[1:])


def _check_sub_identifier(number: int, at: int, *, first: bool) -> None:
    limit = MAX_SUB_IDENTIFIER + 2 * _ARC if first else MAX_SUB_IDENTIFIER
    if number > limit:
        raise BerError(at, f"a number of an object identifier above {MAX_SUB_IDENTIFIER}")


def encode_oid(oid: Sequence[int]) -> bytes:
    """Turn the numbers of an OBJECT IDENTIFIER into content bytes; the empty one gives none."""
    if not oid:
        return b""
    _check_oid(oid)
    first = oid[0] * _ARC + oid[1]
    if first < _MORE and max(oid[2:], default=0) < _MORE:
        return bytes((first, *oid[2:]))
    return b"".join(map(_base128, (first, *oid[2:])))


def _check_oid(oid: Sequence[int]) -> None:
    if not 2 <= len(oid) <= MAX_SUB_IDENTIFIERS:  # noqa: PLR2004  # the first two share a byte
        raise ValueError(f"{dotted(oid)}: an OID has 2 to {MAX_SUB_IDENTIFIERS} numbers")
    if oid[0] > 2 or (oid[0] < 2 and oid[1] >= _ARC):  # noqa: PLR2004  # X.660: arcs 0, 1 and 2
        raise ValueError(f"{dotted(oid)}: an OID starts with 0.0-39, 1.0-39 or 2")
    if min(oid) < 0 or max(oid) > MAX_SUB_IDENTIFIER:
        raise ValueError(f"{dotted(oid)}: the numbers of an OID are 0 to {MAX_SUB_IDENTIFIER}")


def dotted(oid: Sequence[int]) -> str:
    """Turn numbers into dotted text."""
    return ".".join(map(str, oid))


def parse_oid(text: str) -> Oid:
    """Turn dotted text, with or without a leading dot, into numbers."""
    return tuple(map(int, text.strip().lstrip(".").split(".")))


def placed(oid: Oid, own: Oid) -> Oid | None:
    """Turn a name under `OWN` or `PARENT` into a real one; any other stays as it is.

    Args:
        oid: The name.
        own: The sysObjectID; where it names no vendor, nothing lies under it.
    """
    if not oid or oid[0] not in (OWN, PARENT):
        return oid
    base = own[: len(own) + oid[0] + 1]
    is_of_a_vendor = base[: len(_ENTERPRISES)] == _ENTERPRISES and len(base) > len(_ENTERPRISES)
    return (*base, *oid[1:]) if is_of_a_vendor else None


def _base128(number: int) -> bytes:
    out = [number & _SEVEN_BITS]
    while number := number >> 7:
        out.append(_MORE | number & _SEVEN_BITS)
    return bytes(reversed(out))
