"""POWER-ETHERNET rows to the supplies of power over Ethernet (pure).

Source: RFC 3621.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "supplies"]

_MAIN: Oid = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)
BUDGET, USED = (*_MAIN, 2), (*_MAIN, 4)
ROOTS: tuple[Oid, ...] = (BUDGET, USED)

_CREDIBLE = 2
"""A supply gives more than its nominal watts for a moment, never twice as many."""


def supplies(rows: Rows) -> list[dict[str, object]]:
    """Turn the groups of power sourcing equipment into watts; a group without any budget supplies nothing."""
    budgets, uses = rows.numbers(BUDGET), rows.numbers(USED)
    return [
        {
            "group": index[-1],
            "budget_w": budgets.get(index),
            "used_w": _used(rows, uses.get(index), budgets.get(index)),
        }
        for index in rows.indexes(BUDGET, USED)
        if index and budgets.get(index) != 0
    ]


def _used(rows: Rows, used: int | None, budget: int | None) -> int | None:
    """Some agents count milliwatts; what cannot be watts is unknown."""
    if used is None or used < 0:
        return None
    if budget is not None and used > _CREDIBLE * budget:
        rows.quirk(f"PoE use of {used} W is beyond the budget of {budget} W")
        return None
    return used
