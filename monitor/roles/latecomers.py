"""Events that belong before what is settled: everything is folded again with them in their place.

They are folded together, when the log has been read: after an outage of a probe's log thousands come, and
each refold reads the log from the last snapshot before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from events.contract import COMMANDS, OBSERVATIONS, AnyEvent, Correction
from events.errors import PositionLost
from monitor.corrections import Corrections
from monitor.fold import SnapshotRefused
from monitor.logs import logger
from monitor.roles.reading import Reader
from monitor.snapshot import to_partitions
from monitor.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from events.clock import Clock
    from events.log import Log, Partition, Record
    from monitor.snapshot import Snapshots
    from monitor.timeline import Rebuilt
    from topology.compiled import Compiled

__all__ = ["INPUTS", "Latecomers", "Placed", "Spoiled"]

INPUTS = (OBSERVATIONS, COMMANDS)

Place = tuple["Record", "AnyEvent"]

NOTHING_TO_CORRECT = "what it corrects is not in the log, or no longer"


class Placed(NamedTuple):
    """A timeline with the late events in it, and from when it differs."""

    rebuilt: Rebuilt
    since: datetime


class Spoiled(NamedTuple):
    """Records that cannot be folded, and why; fold the rest again."""

    records: Sequence[Place]
    reason: str


class Latecomers:
    """Folds late events into a timeline.

    Args:
        log: The event log.
        clock: For waits, and the moment up to which the new timeline is settled.
        source: Who reads.
        compiled: The catalogue.
        snapshots: Where to begin from.
        is_usable: Whether an event is folded at all.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        *,
        source: str,
        compiled: Compiled,
        snapshots: Snapshots,
        is_usable: Callable[[AnyEvent], bool],
    ) -> None:
        self._log = log
        self._clock = clock
        self._source = source
        self._compiled = compiled
        self._snapshots = snapshots
        self._is_usable = is_usable

    async def place(
        self,
        timeline: Timeline,
        late: Sequence[Place],
        positions: Mapping[Partition, int],
        settled: datetime,
    ) -> Placed | Spoiled:
        """Fold everything again from the last snapshot before the late events.

        Args:
            timeline: The one that they are late for.
            late: With their places; they stand before `positions`.
            positions: Up to where the timeline has read.
            settled: How far the new timeline is settled.
        """
        strangers = timeline.strangers(event for _, event in late)
        wanted = set(strangers.values())
        found = await self._look_up(wanted, positions)
        missing = wanted - found.keys()
        lost = [place for place in late if strangers.get(place[1].id) in missing]
        if lost:
            return Spoiled(lost, NOTHING_TO_CORRECT)
        before = since = timeline.since((event for _, event in late), found)
        while True:
            snapshot = self._snapshots.newest(self._compiled.catalogue.version, before=before)
            logger("engine").warning(
                "event.came_late",
                events=len(late),
                first=since.isoformat(),
                snapshot=snapshot.taken.isoformat() if snapshot else None,
            )
            frozen = snapshot.timeline if snapshot else Timeline(self._compiled).snapshot({})
            start = to_partitions(snapshot.positions) if snapshot else {}
            try:
                placed = await self._from(timeline, frozen, start, positions, settled)
            except (PositionLost, SnapshotRefused) as error:
                if snapshot is None:
                    return Spoiled(late, f"came too late to be folded: {error}")
                before = _earlier(snapshot.watermark, before)
                continue
            if isinstance(placed, Spoiled):
                return placed
            if not placed.late or snapshot is None:
                return Placed(placed, since)
            before = _earlier(snapshot.watermark, before)

    async def _look_up(
        self, ids: AbstractSet[str], positions: Mapping[Partition, int]
    ) -> dict[str, datetime]:
        """Find forgotten events in the log, and from when a correction of each would matter.

        One that is a correction itself leads on to what it corrects.
        """
        corrections, events = Corrections(), dict[str, AnyEvent]()
        sought = set(ids)
        while sought:
            logger("engine").warning("correction.looked_up", events=len(sought))
            async for _, event in self._between({}, positions):
                if isinstance(event, Correction):
                    corrections.add(event)
                elif event.id in sought:
                    events[event.id] = event
            roots = {root for id_ in ids if (root := corrections.root(id_)) is not None}
            sought = roots - events.keys() - sought
        found = {id_: events.get(corrections.root(id_) or "") for id_ in ids}
        return {id_: corrections.reach(event) for id_, event in found.items() if event is not None}

    async def _from(
        self,
        timeline: Timeline,
        frozen: bytes,
        start: Mapping[Partition, int],
        positions: Mapping[Partition, int],
        settled: datetime,
    ) -> Rebuilt | Spoiled:
        places = [place async for place in self._between(start, positions)]
        try:
            return timeline.rebuild(frozen, [event for _, event in places], settled)
        except SnapshotRefused:
            raise
        except Exception as error:  # noqa: BLE001  # a broken event must not stop the engine
            logger("engine").error("fold.broken", events=len(places), exc_info=error)
            return self._culprit(frozen, places, error)

    def _culprit(self, frozen: bytes, places: Sequence[Place], error: Exception) -> Spoiled:
        """Find the event that breaks the fold; when none does by itself, the last one is blamed."""
        probe, _ = Timeline.restore(self._compiled, frozen)
        for place in sorted(places, key=lambda one: one[1].order):
            try:
                probe.accept([place[1]])
            except Exception as own:  # noqa: BLE001  # that is the one
                return Spoiled([place], _reason(own))
        return Spoiled(places[-1:], _reason(error))

    async def _between(
        self, start: Mapping[Partition, int], positions: Mapping[Partition, int]
    ) -> AsyncIterator[Place]:
        """The usable events from a position up to where the fold is."""
        reader = Reader(self._log, self._clock, self._source, is_known=lambda _record: True)
        await reader.open(INPUTS, start=start)
        try:
            async for batch in reader.until(positions, limit=2000):
                for record, event in batch:
                    if record.offset < positions.get(record.partition, 0) and self._is_usable(
                        event
                    ):
                        yield record, event
        finally:
            await reader.close()


def _reason(error: Exception) -> str:
    return f"breaks the fold: {type(error).__name__}: {error}"


def _earlier(watermark: datetime | None, before: datetime) -> datetime:
    """A bound that excludes the snapshot of this watermark."""
    return before if watermark is None else min(watermark, before)
