"""The falls of one chain turned into three figures per supplier, each of which sums to its counted seconds.

Source: CORE.md 4.5; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from topology.accounts.attribution import Holder, key_text, shapley

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.accounts.attribution import Owners
    from topology.accounts.intervals import Interval
    from topology.kappa import Cone

__all__ = ["Shares", "rolled_up", "shares"]


@dataclass(slots=True)
class Shares:
    """Whose seconds they are.

    Attributes:
        by_key: Text of the key to its seconds: the fact.
        shapley: Supplier to its fair share of what several caused.
        first_holds: Supplier to what it holds as who made the chain fall.
        exact: Whether the Shapley split is exact throughout.
    """

    by_key: dict[str, int] = field(default_factory=dict)
    shapley: dict[str, Fraction] = field(default_factory=dict)
    first_holds: dict[str, Fraction] = field(default_factory=dict)
    exact: bool = True


def shares(falls: Iterable[tuple[Interval, int]], cone: Cone, owners: Owners) -> Shares:
    """Turn falls into shares.

    Args:
        falls: Down intervals in order, each with its counted seconds; those without tell who holds the bill.
        cone: Of the chain.
        owners: Of what is in it.
    """
    found = Shares()
    holder, last, total = Holder(), None, 0
    for interval, seconds in falls:
        if last != interval.start:
            holder = Holder()
        last = interval.end
        key = owners.key(cone, interval.down, interval.felled)
        coalition = holder.follow(key)
        if not seconds:
            continue
        total += seconds
        text = key_text(key)
        found.by_key[text] = found.by_key.get(text, 0) + seconds
        split, exact = shapley(key)
        found.exact &= exact
        _add(found.shapley, split, seconds)
        _add(found.first_holds, dict.fromkeys(coalition, Fraction(1, len(coalition))), seconds)
    _assert_whole(found, total)
    return found


def _add(to: dict[str, Fraction], split: Mapping[str, Fraction], seconds: int) -> None:
    for one, share in split.items():
        to[one] = to.get(one, Fraction(0)) + share * seconds


def _assert_whole(found: Shares, total: int) -> None:
    sums = sum(found.by_key.values()), sum(found.shapley.values()), sum(found.first_holds.values())
    assert sums == (total, total, total), f"shares {sums} of {total} counted seconds"


def rolled_up(split: Mapping[str, Fraction], parent: Mapping[str, str]) -> dict[str, Fraction]:
    """Add the shares of sub-suppliers to that of the supplier who answers for them, all the way up."""
    found: dict[str, Fraction] = {}
    for one, share in split.items():
        top = one
        while top in parent:
            top = parent[top]
        found[top] = found.get(top, Fraction(0)) + share
    return found
