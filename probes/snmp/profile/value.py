"""What a device said, as the text or the number that a profile works with (pure)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TypeAlias

from probes.snmp.inventory import text_of
from probes.snmp.oid import dotted

__all__ = ["Found", "number_in", "plain_text"]

Found: TypeAlias = "int | str | bytes | tuple[int, ...] | Fraction | None"

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def number_in(value: Found) -> Fraction | None:
    """Turn a value into its number; of a text, the first one written in it."""
    if isinstance(value, Fraction):
        return value
    if value is None or isinstance(value, tuple):
        return None
    if isinstance(value, int):
        return Fraction(value)
    found = _NUMBER.search(plain_text(value))
    return Fraction(found[0]) if found else None


def plain_text(value: Found) -> str:
    """Turn a value into the text that conditions and word lists compare with."""
    match value:
        case None:
            return ""
        case bytes():
            return text_of(value)
        case tuple():
            return dotted(value)
        case Fraction() if value.denominator != 1:
            return str(float(value))
        case _:
            return str(value).strip()
