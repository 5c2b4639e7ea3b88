"""The engine role: folds the log of one domain and publishes what comes out of it.

One task, one reader. After a restart it goes on from the newest snapshot and the offsets inside it; an
event that belongs before what is settled has everything folded again from the last snapshot before it.
An event that breaks the fold is set aside like one that cannot be read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from events import ids
from events.contract import (
    COMMANDS,
    INCIDENTS,
    NOTIFICATIONS,
    OBSERVATIONS,
    STATES,
    TOPIC_OF,
    CatalogueData,
    CatalogueLoaded,
    Notification,
    RootCause,
    Tick,
    TickData,
)
from events.errors import PositionLost
from events.log import Entry
from monitor.fold import SnapshotRefused, unusable
from monitor.logs import logger
from monitor.roles.reading import Reader, persist, publish_patiently
from monitor.snapshot import Snapshot, to_keys, to_partitions
from monitor.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log, Partition, Record
    from monitor.snapshot import Snapshots
    from monitor.timeline import Status
    from topology.compiled import Compiled

__all__ = ["Engine", "EngineCounts"]

INPUTS = (OBSERVATIONS, COMMANDS)
OUTPUTS = (STATES, INCIDENTS, NOTIFICATIONS)
SNAPSHOT_EVERY = timedelta(seconds=60)
LAG_EVERY = timedelta(seconds=5)
TICK_EVERY = timedelta(seconds=1)
READ_WAIT_S = 0.1
"""Longest wait for an event before the clock is looked at: a due moment is late by no more."""


@dataclass(slots=True)
class EngineCounts:
    """What the engine did since it started, for the metrics."""

    events: Counter[str] = field(default_factory=Counter)
    deadletters: int = 0
    rebuilds: int = 0
    snapshots: int = 0


class Engine:
    """Folds one domain.

    Args:
        log: The event log.
        clock: Tells when something is due.
        compiled: The catalogue.
        snapshots: Where it keeps its snapshots.
        name: Of the domain; the source of what it writes is `engine/<name>`.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        compiled: Compiled,
        snapshots: Snapshots,
        *,
        name: str = "default",
    ) -> None:
        self.counts = EngineCounts()
        self._log = log
        self._clock = clock
        self._compiled = compiled
        self._snapshots = snapshots
        self._name = name
        self._source = f"engine/{name}"
        self._timeline = Timeline(compiled)
        self._reader: Reader | None = None
        self._positions: dict[Partition, int] = {}
        self._poison: set[str] = set()
        self._careful = False
        self._ticked: datetime | None = None
        self._saved: datetime | None = None
        self._measured: datetime | None = None
        self.last_event: datetime | None = None
        """Time of the newest event folded."""
        self.lag: dict[str, float] = {}
        """Records of each topic that are in the log and not in the fold, some seconds ago."""

    @property
    def version(self) -> str:
        """Version of the catalogue it judges by."""
        return self._compiled.catalogue.version

    def status(self) -> Status:
        """Digest and watermark of what is settled: `keten replay` of the same events gives the same."""
        self._timeline.settle(self._clock.now())
        return self._timeline.status()

    @property
    def watermark(self) -> datetime | None:
        """Time of the last settled event; None before the first."""
        return self._timeline.watermark

    async def run(self) -> None:
        """Fold until cancelled."""
        await self._begin()
        await self._announce()
        try:
            while True:
                await self._turn()
        finally:
            await self._leave()

    async def close(self) -> None:
        """Nothing is left open once `run` has ended."""

    # --- the loop -----------------------------------------------------------------------------

    async def _turn(self) -> None:
        """Fold what has arrived, then look at the clock."""
        assert self._reader is not None
        batch = await self._reader.batch(wait_s=READ_WAIT_S)
        fit = [(record, event) for record, event in batch if await self._is_fit(record, event)]
        for record, _ in batch:
            self._positions[record.partition] = record.offset + 1
        if not await self._fold(fit):
            return
        now = self._clock.now()
        self._timeline.settle(now)
        await self._tick(now)
        if self._measured is None or now - self._measured >= LAG_EVERY:
            await self._measure(now)
        if self._saved is None or now - self._saved >= SNAPSHOT_EVERY:
            await self._save(now)

    async def _measure(self, now: datetime) -> None:
        self._measured = now
        lag = dict.fromkeys(INPUTS, 0.0)
        ends = await persist(lambda: self._log.ends(INPUTS), self._clock, self._source)
        for partition, end in ends.items():
            lag[partition.topic] += max(0, end - self._positions.get(partition, 0))
        self.lag = lag

    async def _is_fit(self, record: Record, event: AnyEvent) -> bool:
        if event.id in self._poison:
            return False
        reason = unusable(self._compiled.catalogue, event)
        if reason is not None:
            await self._set_aside(record, reason)
        return reason is None

    async def _fold(self, batch: Sequence[tuple[Record, AnyEvent]]) -> bool:
        """Fold a batch and publish what comes out; False when the fold had to begin anew."""
        late: list[AnyEvent] = []
        for part in [[one] for one in batch] if self._careful else [batch]:
            try:
                accepted = self._timeline.accept(event for _, event in part)
            except Exception as error:  # noqa: BLE001  # the loop top: a broken event must not stop it
                await self._restart(part, error)
                return False
            await self._publish(accepted.told)
            late += accepted.late
        for _, event in batch:
            self.counts.events[type(event).__name__.lower()] += 1
            if self.last_event is None or event.time > self.last_event:
                self.last_event = event.time
        if late:
            await self._rebuild(late)
        return True

    async def _tick(self, now: datetime) -> None:
        due = self._timeline.next_due()
        if due is None or due > now:
            return
        if self._ticked is not None and now - self._ticked < TICK_EVERY:
            return
        self._ticked = now
        tick = ids.event(Tick, source=self._source, subject="clock", time=now, data=TickData())
        await publish_patiently(
            self._log, self._clock, self._source, COMMANDS, [Entry(self._name, tick)]
        )

    async def _publish(self, told: Iterable[AnyEvent]) -> None:
        by_topic: dict[str, list[Entry]] = {}
        for event in told:
            by_topic.setdefault(TOPIC_OF[type(event)], []).append(Entry(_key(event), event))
        for topic in OUTPUTS:
            await publish_patiently(
                self._log, self._clock, self._source, topic, by_topic.get(topic, [])
            )

    # --- beginning, and beginning again -------------------------------------------------------

    async def _begin(self) -> None:
        snapshot = self._snapshots.newest(self.version)
        try:
            await self._go_on_from(snapshot)
        except (SnapshotRefused, PositionLost) as error:
            logger("engine").warning("snapshot.refused", reason=str(error))
            await self._go_on_from(None)

    async def _go_on_from(self, snapshot: Snapshot | None) -> None:
        if self._reader is not None:
            await self._reader.close()
        self._positions = to_partitions(snapshot.positions) if snapshot else {}
        self._timeline = (
            Timeline.restore(self._compiled, snapshot.timeline)[0]
            if snapshot
            else Timeline(self._compiled)
        )
        self._reader = Reader(self._log, self._clock, self._source, self._count_deadletter)
        await self._reader.open(INPUTS, start=self._positions or None)
        logger("engine").info(
            "engine.started",
            domain=self._name,
            snapshot=snapshot.taken.isoformat() if snapshot else None,
            catalogue=self.version[:12],
        )

    async def _announce(self) -> None:
        """Write the catalogue in force to the log; the fold then tells every state by it."""
        now = self._clock.now()
        loaded = ids.event(
            CatalogueLoaded,
            source=self._source,
            subject="catalogue",
            time=now,
            data=CatalogueData(version=self.version),
        )
        await publish_patiently(
            self._log, self._clock, self._source, COMMANDS, [Entry(self._name, loaded)]
        )

    async def _restart(self, part: Sequence[tuple[Record, AnyEvent]], error: Exception) -> None:
        """Begin again from the last snapshot, event by event, without the one that breaks the fold."""
        reason = f"breaks the fold: {type(error).__name__}: {error}"
        logger("engine").error("fold.broken", reason=reason, events=len(part), exc_info=error)
        if self._careful:
            for record, event in part:
                self._poison.add(event.id)
                await self._set_aside(record, reason)
        self._careful = True
        await self._begin()

    async def _rebuild(self, late: Sequence[AnyEvent]) -> None:
        """Fold again from the last snapshot before a late event, and publish the difference."""
        first = min(event.time for event in late)
        self.counts.rebuilds += 1
        snapshot = self._snapshots.newest(self.version, before=first)
        logger("engine").warning(
            "event.came_late",
            events=len(late),
            first=first.isoformat(),
            snapshot=snapshot.taken.isoformat() if snapshot else None,
        )
        start = to_partitions(snapshot.positions) if snapshot else None
        frozen = snapshot.timeline if snapshot else Timeline(self._compiled).snapshot({})
        try:
            events = await self._between(start)
        except PositionLost:
            logger("engine").error("event.too_late", first=first.isoformat(), events=len(late))
            return
        rebuilt = self._timeline.rebuild(frozen, events, self._clock.now())
        self._timeline = rebuilt.timeline
        self._snapshots.drop_after(first)
        await self._publish(rebuilt.told)

    async def _between(self, start: dict[Partition, int] | None) -> list[AnyEvent]:
        """The usable events from a position up to where the fold is."""
        reader = Reader(self._log, self._clock, self._source)
        await reader.open(INPUTS, start=start)
        events: list[AnyEvent] = []
        missing = {p for p, end in self._positions.items() if end > (start or {}).get(p, 0)}
        try:
            while missing:
                batch = await reader.batch(limit=2000, wait_s=READ_WAIT_S)
                if not batch:
                    break
                for record, event in batch:
                    end = self._positions.get(record.partition, 0)
                    if record.offset < end and self._counts(event):
                        events.append(event)
                    if record.offset + 1 >= end:
                        missing.discard(record.partition)
        finally:
            await reader.close()
        return events

    def _counts(self, event: AnyEvent) -> bool:
        return event.id not in self._poison and unusable(self._compiled.catalogue, event) is None

    # --- snapshots, dead letters --------------------------------------------------------------

    async def _save(self, now: datetime) -> None:
        self._saved = now
        self._careful = False
        outputs = to_keys(await persist(lambda: self._log.ends(OUTPUTS), self._clock, self._source))
        positions = to_keys(self._positions)
        self._snapshots.save(
            Snapshot(
                catalogue=self.version,
                taken=now,
                watermark=self._timeline.watermark,
                positions=positions,
                outputs=outputs,
                timeline=self._timeline.snapshot(positions),
            )
        )
        self.counts.snapshots += 1

    async def _leave(self) -> None:
        if self._reader is not None:
            await self._reader.close()

    async def _set_aside(self, record: Record, reason: str) -> None:
        assert self._reader is not None
        await self._reader.set_aside(record, reason)

    def _count_deadletter(self) -> None:
        self.counts.deadletters += 1


def _key(event: AnyEvent) -> str:
    """The key on the log. A root cause and the state of its component must not replace each other."""
    if isinstance(event, RootCause):
        return f"rootcause/{event.subject}"
    if isinstance(event, Notification):
        return event.data.incident
    return event.subject
