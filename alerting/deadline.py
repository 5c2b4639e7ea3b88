"""A registered incident turned into the moments by which it must be reacted to and repaired.

They run in the service time of each chain that it hurts, from registration, under the level that held then;
the earliest counts. Another priority or another chain makes them anew, still from registration.

Source: CORE.md 6 (deadlines); DESIGN.md 7.3 (`replay`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.contract import Deadlines
from events.span import moment, seconds
from topology.agreement import level_at
from topology.calendar import ServiceTime

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from topology.model import Catalogue, Level

__all__ = ["Agreed"]


class Agreed:
    """The agreed times of a catalogue.

    Args:
        catalogue: Its levels and their calendars.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._service = ServiceTime.all_of(catalogue)

    def deadlines(self, opened: datetime, priority: str | None, chains: Iterable[str]) -> Deadlines:
        """Turn an incident into its deadlines; None where no level of its chains has a time for it.

        Args:
            opened: When it was registered.
            priority: P1 to P4.
            chains: Ids of the chains that it hurts.
        """
        at = seconds(opened)
        known = self._catalogue.chains
        levels = [level_at(self._catalogue, name, at) for name in {known[c].level for c in chains}]
        ends = [self._ends(level, at, priority or "") for level in levels if level is not None]
        react = min((end[0] for end in ends if end[0] is not None), default=None)
        solve = min((end[1] for end in ends if end[1] is not None), default=None)
        return Deadlines(
            react=None if react is None else moment(react),
            solve=None if solve is None else moment(solve),
        )

    def _ends(self, level: Level, at: int, priority: str) -> tuple[int | None, int | None]:
        agreed = level.priority_times.get(priority)
        if agreed is None:
            return None, None
        service = self._service[level.calendar]
        return service.deadline(at, agreed.react_s), service.deadline(at, agreed.solve_s)
