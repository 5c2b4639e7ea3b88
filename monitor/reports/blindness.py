"""What made a chain unknown turned into its entry in the report: seconds by cause, the longest first. Pure.

Source: CORE.md 4.4 (the cause of the unknown time is reported beside it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.accounts.blindness import Blind, Party

__all__ = ["MOST", "blindness_shapes"]

Shape = dict[str, object]

MOST = 20
"""Parts named of a cause; `parts_count` tells how many there are."""


def blindness_shapes(seconds: Mapping[Blind, int]) -> list[Shape]:
    """Turn seconds by cause into rows; all rows together are the seconds unknown.

    Args:
        seconds: Of a chain in a period.
    """
    return [_shape(blind, lasted) for blind, lasted in sorted(seconds.items(), key=_rank)]


def _rank(one: tuple[Blind, int]) -> tuple[int, tuple[str, ...], str]:
    blind, lasted = one
    return -lasted, blind.parts, str(blind.key and [sorted(map(str, some)) for some in blind.key])


def _shape(blind: Blind, seconds: int) -> Shape:
    ordered = [sorted(some, key=_order) for some in blind.key]
    return {
        "seconds": seconds,
        "any_of": [[_party(one) for one in some] for some in ordered],
        "parts": list(blind.parts[:MOST]),
        "parts_count": len(blind.parts),
    }


def _order(party: Party) -> tuple[str, ...]:
    return tuple(word or "" for word in party)


def _party(party: Party) -> Shape:
    return party._asdict()
