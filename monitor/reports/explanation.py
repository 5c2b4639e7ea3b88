"""The explanation of a root cause turned into plain values, every field in its place. Pure.

Source: CORE.md 3; the fields are those of the event contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from events.contract import RootCauseData

__all__ = ["explanation"]


def explanation(data: RootCauseData | None) -> dict[str, object] | None:
    """Turn an explanation into its fields, defaults included: readers need not know the defaults."""
    if data is None:
        return None
    return {**_whole(data), "next_tests": [_whole(one) for one in data.next_tests]}


def _whole(data: msgspec.Struct) -> dict[str, object]:
    return {name: msgspec.to_builtins(getattr(data, name)) for name in data.__struct_fields__}
