"""Link aggregation and layered interfaces to what a port consists of (pure).

Source: IEEE8023-LAG-MIB (dot3adAggPortAttachedAggID, dot3adAggPortSelectedAggID); RFC 2863 (ifStackTable).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["ATTACHED", "ROOTS", "STACK_STATUS", "layers"]

SELECTED, ATTACHED = ((1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, n) for n in (12, 13))
STACK_STATUS: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 2, 1, 3)
ROOTS: tuple[Oid, ...] = (SELECTED, ATTACHED, STACK_STATUS)

_ACTIVE = 1
_TWO = 2


def layers(rows: Rows) -> dict[int, frozenset[int]]:
    """Turn the tables into a port to the ports under it: members of an aggregate, the port of a unit.

    A port that no aggregate took has 0 or itself as its aggregate.
    """
    found: dict[int, set[int]] = {}
    for column in (rows.numbers(SELECTED), rows.numbers(ATTACHED)):
        for index, aggregate in column.items():
            if aggregate and index and aggregate != index[-1]:
                found.setdefault(aggregate, set()).add(index[-1])
    for index, status in rows.numbers(STACK_STATUS).items():
        if status == _ACTIVE and len(index) == _TWO and index[0] and index[1]:
            found.setdefault(index[0], set()).add(index[1])
    return {upper: frozenset(lower) for upper, lower in found.items()}
