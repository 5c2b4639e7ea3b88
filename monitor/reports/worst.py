"""Closed months turned into the worst of the last twelve, chain by chain. Pure.

Source: CORE.md 4.4 (worst month).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topology.accounts.figures import MONTHS, worst_month

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.reports.close import Closed

__all__ = ["worst_months"]


def worst_months(closed: Iterable[Closed]) -> dict[str, dict[str, str]]:
    """Turn closings and revisions into the month of least availability of each chain.

    Args:
        closed: Every closing and revision, in order: of a month the last counts.

    Returns:
        Chain to its month and availability as that month says it; of equals the latest. A chain that has no
        figure in any of the twelve is not in it.
    """
    last = {one.month: one.report["chains"] for one in closed}
    recent = sorted(last)[-MONTHS:]
    figures: dict[str, list[tuple[str, Fraction | None]]] = {}
    for month in recent:
        for chain, row in last[month].items():
            said = row["availability"]
            share = None if said is None else Fraction(said) / 100
            figures.setdefault(chain, []).append((month, share))
    worst = {chain: worst_month(its) for chain, its in sorted(figures.items())}
    return {
        chain: {"month": one[0], "availability": last[one[0]][chain]["availability"]}
        for chain, one in worst.items()
        if one is not None
    }
