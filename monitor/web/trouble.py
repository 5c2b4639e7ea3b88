"""Chains turned into what is wrong now: how many are in each state, and one entry for each thing at fault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.web.views import ChainView

__all__ = ["SEVERITY", "Trouble", "counts", "troubles"]

SEVERITY = ("down", "degraded", "unknown", "maintenance", "up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Chains in the same state by the same causes: one thing that is wrong now."""

    chain: ChainView
    others: int
    users: int


def counts(chains: Iterable[ChainView]) -> dict[str, int]:
    """Count chains by state, worst first; states without chains are there too."""
    seen = Counter(chain.state for chain in chains)
    return {state: seen[state] for state in SEVERITY}


def troubles(chains: Sequence[ChainView], limit: int = 5) -> list[Trouble]:
    """Turn chains into what is wrong now: one entry a state and cause, the worst first."""
    groups: dict[tuple[str, object], list[ChainView]] = {}
    for chain in chains:
        if chain.known and chain.state in {"down", "degraded", "unknown"}:
            causes = tuple(cause.part.id for cause in chain.causes) or chain.reason or chain.id
            groups.setdefault((chain.state, causes), []).append(chain)
    found = [
        Trouble(
            chain=max(group, key=lambda one: (one.certain, one.possible)),
            others=len(group) - 1,
            users=sum(one.certain or one.possible for one in group),
        )
        for group in groups.values()
    ]
    found.sort(key=lambda one: (SEVERITY.index(one.chain.state), -one.users))
    return found[:limit]
