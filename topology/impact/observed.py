"""What really fell while work was done, beside what was declared: for the review after a change.

Source: CORE.md 7 (after: compare declared with actual).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from topology.lanes import Lanes

__all__ = ["Review", "fallen_during", "reviewed"]


@dataclass(frozen=True, slots=True)
class Review:
    """The outcome of one change; chains, sorted.

    Args:
        fallen: Those that were down at any moment of its window.
        already: Those of them that were down just before.
        undeclared: Those that fell in it and were not declared.
        spared: Those that were declared and did not fall.
    """

    fallen: tuple[str, ...]
    already: tuple[str, ...]
    undeclared: tuple[str, ...]
    spared: tuple[str, ...]


def fallen_during(
    all_up: Lanes, at_start: Mapping[str, str], steps: Iterable[Mapping[str, str]]
) -> frozenset[str]:
    """Find the chains that were down at any moment.

    Args:
        all_up: The compiled catalogue with everything up; it stays so.
        at_start: States of the parts at the first moment; what is not named is up.
        steps: What changed after that, one batch a moment, in order of time.
    """
    lanes = all_up.copy()
    lanes.set(at_start)
    fallen = {id_ for id_ in lanes.gates.chains if lanes.verdict(id_).state == "down"}
    for batch in steps:
        reached = lanes.set(batch)
        fallen.update(id_ for id_ in reached if lanes.verdict(id_).state == "down")
    return frozenset(fallen)


def reviewed(
    declared: AbstractSet[str], before: AbstractSet[str], fallen: AbstractSet[str]
) -> Review:
    """Hold what fell against what was declared and what was down before it began."""
    return Review(
        tuple(sorted(fallen)),
        tuple(sorted(fallen & before)),
        tuple(sorted(fallen - before - declared)),
        tuple(sorted(declared - fallen)),
    )
