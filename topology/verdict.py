"""What one chain is worth: its lanes turned into the state that people are told.

Source: CORE.md section 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

__all__ = [
    "COVERAGE_UNCERTAIN",
    "ONLY_UP",
    "PLANNED",
    "POSSIBLE",
    "REDUNDANCY_UNCERTAIN",
    "WORKING",
    "ChainVerdict",
    "judged",
]

ONLY_UP, WORKING, POSSIBLE, PLANNED = 1, 2, 4, 8
"""The lanes U, P, O and X: available is only up; also degraded; also unknown; also maintenance."""

REDUNDANCY_UNCERTAIN = "redundancy-uncertain"
COVERAGE_UNCERTAIN = "coverage-uncertain"


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What one chain is worth.

    Args:
        state: `up degraded down unknown maintenance`.
        flags: `coverage-uncertain`, `redundancy-uncertain`: only unknowns keep it from being whole.
        kappa: Further failures to lose it, 3 = three or more; None when not asked for.
        users_certain: Users of its group who cannot work, whatever the unknowns are.
        users_possible: Users who cannot work if every unknown has failed.
        redundancy_lost: It works, with fewer failures to spare than its level promises.
    """

    state: str
    flags: tuple[str, ...]
    kappa: int | None
    users_certain: int
    users_possible: int
    redundancy_lost: bool = False


@lru_cache(maxsize=4096)
def judged(lanes: int, whole: int, users: int) -> ChainVerdict:
    """Turn lanes into the verdict on a chain, but for redundancy. Kept, as few verdicts differ.

    Args:
        lanes: In which the chain works with `min` members of its group.
        whole: In which it does with `full` members.
        users: Of the group.
    """
    flags: tuple[str, ...] = ()
    if not lanes & PLANNED:
        state = "down"
    elif not lanes & POSSIBLE:
        state = "maintenance"
    elif not lanes & WORKING:
        state = "unknown"
    else:
        state = "up" if lanes & ONLY_UP and whole & WORKING else "degraded"
        if whole & POSSIBLE and not whole & WORKING:
            flags = (COVERAGE_UNCERTAIN,)
    certain = 0 if lanes & POSSIBLE else users
    possible = 0 if lanes & WORKING else users
    return ChainVerdict(state, flags, None, certain, possible)
