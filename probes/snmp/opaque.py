"""Opaque values that wrap a float or a double to numbers (pure)."""

from __future__ import annotations

import struct

__all__ = ["opaque_number"]


def opaque_number(raw: bytes) -> float | None:
    """Turn an Opaque that wraps a float or double into its number, any other into None.

    Source: the float and double of NET-SNMP-TC.
    """
    if len(raw) == 7 and raw.startswith(b"\x9f\x78\x04"):  # noqa: PLR2004  # 3 of tag and length, 4
        return float(struct.unpack(">f", raw[3:])[0])
    if len(raw) == 11 and raw.startswith(b"\x9f\x79\x08"):  # noqa: PLR2004  # 3 of tag and length, 8
        return float(struct.unpack(">d", raw[3:])[0])
    return None
