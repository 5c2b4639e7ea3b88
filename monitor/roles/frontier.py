"""Up to when everything that the log accepted has been read: nothing later may be settled.

The clock alone does not tell: an engine that is behind would settle one batch and take half of the next
one, of the same seconds, for late. Partitions are not read in step either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import PositionLost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from events.log import Partition, Record

__all__ = ["Frontier"]


class Frontier:
    """How far a reader of several partitions is, in time and in records."""

    def __init__(self) -> None:
        self.positions: dict[Partition, int] = {}
        """First offset of each partition that has not been read."""
        self._seen: dict[Partition, datetime] = {}
        self._ends: Mapping[Partition, int] = {}
        self._asked: datetime | None = None

    @property
    def asked(self) -> datetime | None:
        """When the ends were last measured; None = never."""
        return self._asked

    def pass_by(self, record: Record) -> None:
        """Take a record as read."""
        self.positions[record.partition] = record.offset + 1
        self._seen[record.partition] = record.accepted

    def within(self, ends: Mapping[Partition, int]) -> None:
        """Refuse positions that the log has not reached: they are of another log.

        Raises:
            PositionLost: Names the partition.
        """
        for partition, position in self.positions.items():
            if position > ends.get(partition, 0):
                raise PositionLost(
                    f"{partition.topic}/{partition.number} ends at {ends.get(partition, 0)}, before the"
                    f" {position} that was read up to: that was another log"
                )

    def measure(self, ends: Mapping[Partition, int], asked: datetime) -> None:
        """Learn where the partitions ended.

        Args:
            ends: The next offset of each.
            asked: A moment not after the question.
        """
        self._ends, self._asked = ends, asked

    def reach(self) -> None:
        """Take everything up to the measured ends as read: what was not delivered is not kept."""
        for partition, end in self._ends.items():
            self.positions[partition] = max(end, self.positions.get(partition, 0))

    def moment(self) -> datetime | None:
        """Everything accepted up to here has been read; None = nothing is known to be."""
        if self._asked is None:
            return None
        behind = [self._seen.get(each) for each in self._behind()]
        known = [moment for moment in behind if moment is not None]
        return min([self._asked, *known]) if len(known) == len(behind) else None

    def lag(self) -> dict[str, float]:
        """Records of each topic that had been accepted and not read when the ends were measured."""
        lag = dict.fromkeys((each.topic for each in self._ends), 0.0)
        for each in self._behind():
            lag[each.topic] += self._ends[each] - self.positions.get(each, 0)
        return lag

    def _behind(self) -> list[Partition]:
        return [each for each, end in self._ends.items() if self.positions.get(each, 0) < end]
