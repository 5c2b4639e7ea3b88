"""What the engine did since it started, for the metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["EngineCounts"]


@dataclass(slots=True)
class EngineCounts:
    """Counts; none ever falls.

    Attributes:
        events: Folded, by type.
        deadletters: Records set aside.
        rebuilds: Times that everything was folded again from an older snapshot.
        snapshots: Taken.
        unsaved: Snapshots that the disk did not take.
    """

    events: Counter[str] = field(default_factory=Counter)
    deadletters: int = 0
    rebuilds: int = 0
    snapshots: int = 0
    unsaved: int = 0
