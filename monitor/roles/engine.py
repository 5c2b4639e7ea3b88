"""The engine role: folds the log of one domain and publishes what comes out of it.

One task, one reader. At the start it goes on from the newest snapshot and the offsets inside it, folds
what the log holds beyond them in silence, and then says the difference to what was said before. An event
that belongs before what is settled has everything folded again from the last snapshot before it. An event
that breaks the fold is set aside like one that cannot be read.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from events import ids
from events.contract import (
    CatalogueData,
    CatalogueLoaded,
    Notification,
    Tick,
    TickData,
)
from events.errors import PositionLost
from events.span import EPOCH
from monitor.fold import unusable
from monitor.history import History
from monitor.logs import logger
from monitor.roles.counts import EngineCounts
from monitor.roles.frontier import Frontier
from monitor.roles.latecomers import INPUTS, Latecomers, Spoiled
from monitor.roles.reading import Reader, persist
from monitor.roles.voice import Voice
from monitor.snapshot import Snapshot, to_keys, to_partitions
from monitor.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log, Partition, Record
    from monitor.roles.latecomers import Place, Placed
    from monitor.snapshot import Snapshots
    from monitor.timeline import Status
    from topology.compiled import Compiled

__all__ = ["Engine", "EngineCounts"]

SNAPSHOT_EVERY = timedelta(seconds=60)
MEASURE_EVERY = timedelta(seconds=1)
TICK_EVERY = timedelta(seconds=1)
READ_WAIT_S = 0.1
"""Longest wait for an event before the clock is looked at: a due moment is late by no more."""
LIMIT = 500
"""Events of one batch; one that is smaller has emptied the log."""
PATIENCE = timedelta(seconds=5)
"""Longest wait of late events for others that come with them."""


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
        self.is_ready = False
        """True once everything that was in the log at the start is folded."""
        self.last_event: datetime | None = None
        """Time of the newest event folded."""
        self.judged: datetime | None = None
        """Everything accepted before this moment is folded, and what came of it is published."""
        self._log = log
        self._clock = clock
        self._compiled = compiled
        self._snapshots = snapshots
        self._name = name
        self._source = f"engine/{name}"
        self._timeline = Timeline(compiled)
        self._history = History(EPOCH)
        self._outdated: datetime | None = None
        self._reader: Reader | None = None
        self._frontier = Frontier()
        self._judged: dict[Partition, int] = {}
        self.voice = Voice(log, clock, self._source)
        self._poison: set[str] = set()
        self._late: list[Place] = []
        self._late_since: datetime | None = None
        self._careful = False
        self._ticked: datetime | None = None
        self._saved: datetime | None = None
        self._latecomers = Latecomers(
            log,
            clock,
            source=self._source,
            compiled=compiled,
            snapshots=snapshots,
            is_usable=self._is_usable,
        )

    @property
    def version(self) -> str:
        """Version of the catalogue it judges by."""
        return self._compiled.catalogue.version

    @property
    def lag(self) -> dict[str, float]:
        """Records of each topic that are in the log and not in the fold, about a second ago."""
        return dict.fromkeys(INPUTS, 0.0) | self._frontier.lag()

    def status(self) -> Status:
        """Digest and watermark of what is settled: `keten replay` of the same events gives the same."""
        return self._timeline.status()

    @property
    def watermark(self) -> datetime | None:
        """Time of the last settled event; None before the first."""
        return self._timeline.watermark

    async def run(self) -> None:
        """Fold until cancelled."""
        try:
            before = self._snapshots.newest()
            await self._begin()
            self.is_ready = True
            if before is None or before.catalogue != self.version:
                await self._announce()
            while True:
                await self._turn()
        finally:
            await self._leave()

    # --- the loop -----------------------------------------------------------------------------

    async def _turn(self) -> None:
        """Fold what has arrived, then look at the clock."""
        assert self._reader is not None
        try:
            batch = await self._reader.batch(limit=LIMIT, wait_s=READ_WAIT_S)
        except PositionLost as error:  # it was stopped for longer than the log keeps
            logger("engine").error("position.lost", reason=str(error))
            await self._begin()
            return
        told = await self._fold(batch)
        if told is None:
            await self._begin()
            return
        await self.voice.publish(told)
        now = self._clock.now()
        if self._late and (len(batch) < LIMIT or now - self._since_late() >= PATIENCE):
            await self._put_right(await self._place_late())
        await self._tick(now)
        if self._frontier.asked is None or now - self._frontier.asked >= MEASURE_EVERY:
            await self._measure(now)
        self.judged = self.judged if self._late else self._settled()
        if self._saved is None or now - self._saved >= SNAPSHOT_EVERY:
            await self._save(now)

    async def _measure(self, now: datetime) -> None:
        ends = await persist(lambda: self._log.ends(INPUTS), self._clock, self._source)
        self._frontier.measure(ends, now)

    async def _fold(self, batch: Sequence[Place]) -> list[AnyEvent] | None:
        """Fold a batch; return what comes out, or None when the fold broke and has to begin anew."""
        told: list[AnyEvent] = []
        fit = [place for place in batch if await self._is_fit(*place)]
        for record, _ in batch:
            self._frontier.pass_by(record)
        for part in [[one] for one in fit] if self._careful else [fit]:
            try:
                told += self._accept(part)
            except Exception as error:  # noqa: BLE001  # the loop top: a broken event must not stop it
                await self._break(part, error)
                return None
        for _, event in fit:
            self.counts.events[type(event).__name__.lower()] += 1
            if self.last_event is None or event.time > self.last_event:
                self.last_event = event.time
        return told

    def _accept(self, part: Sequence[Place]) -> list[AnyEvent]:
        accepted = self._timeline.accept(event for _, event in part)
        late = {event.id for event in accepted.late if not isinstance(event, Tick)}
        if late and not self._late:
            self._late_since = self._clock.now()
        self._late += [place for place in part if place[1].id in late]
        self._timeline.settle(self._settled())
        return accepted.told

    def _settled(self) -> datetime:
        """Nothing that was accepted before this moment is still to come."""
        moment = self._frontier.moment()
        return EPOCH if moment is None else min(moment, self._clock.now())

    async def _is_fit(self, record: Record, event: AnyEvent) -> bool:
        if event.id in self._poison:
            return False
        reason = unusable(self._compiled.catalogue, event)
        if reason is not None and not self._is_judged(record):
            await self._set_aside(record, reason)
        return reason is None

    def _is_usable(self, event: AnyEvent) -> bool:
        return event.id not in self._poison and unusable(self._compiled.catalogue, event) is None

    def _is_judged(self, record: Record) -> bool:
        """Whether it was judged before: what another catalogue could use is no dead letter of this one."""
        return record.offset < self._judged.get(record.partition, 0)

    def _since_late(self) -> datetime:
        return self._late_since or EPOCH

    async def _tick(self, now: datetime) -> None:
        due = self._timeline.next_due()
        if due is None or due > now:
            return
        if self._ticked is not None and now - self._ticked < TICK_EVERY:
            return
        self._ticked = now
        tick = ids.event(Tick, source=self._source, subject="clock", time=now, data=TickData())
        await self.voice.command(self._name, tick)

    # --- beginning, and beginning again -------------------------------------------------------

    async def _begin(self) -> None:
        """Go on from the newest snapshot, or from nothing; say what came of it."""
        snapshot = self._snapshots.newest(self.version)
        anyhow = snapshot or self._snapshots.newest()
        self._judged = to_partitions(anyhow.positions) if anyhow else {}
        while True:
            self._restore(snapshot)
            try:
                notices = await self._catch_up()
            except PositionLost as error:
                logger("engine").error("position.lost", reason=str(error))
                if snapshot is None:
                    raise
                snapshot = None
                continue
            if notices is not None:
                break
        self._careful = False
        await self._speak_up(notices, anew=snapshot is None)
        await self._save(self._clock.now())

    def _restore(self, snapshot: Snapshot | None) -> None:
        self._frontier = Frontier()
        self._late, self._outdated, self._timeline = [], None, Timeline(self._compiled)
        if snapshot is not None:
            try:
                self._timeline, _ = Timeline.restore(self._compiled, snapshot.timeline)
                self._frontier.positions = to_partitions(snapshot.positions)
            except Exception as error:  # noqa: BLE001  # a snapshot only saves time: the log is the truth
                logger("engine").warning("snapshot.refused", reason=f"{error}")
        self._history = self._timeline.history()
        logger("engine").info(
            "engine.started",
            domain=self._name,
            snapshot=snapshot.taken.isoformat() if snapshot else None,
            catalogue=self.version[:12],
        )

    async def _catch_up(self) -> list[Notification] | None:
        """Fold what the log holds, in silence; return the notices, None when the fold has to begin anew."""
        await self._leave()
        self._reader = Reader(
            self._log,
            self._clock,
            self._source,
            self._count_deadletter,
            is_known=self._is_judged,
        )
        await self._reader.open(INPUTS, start=self._frontier.positions)
        await self._measure(self._clock.now())
        ends = await persist(lambda: self._log.ends(INPUTS), self._clock, self._source)
        self._frontier.within(ends)
        told: list[AnyEvent] = []
        async for batch in self._reader.until(ends, limit=LIMIT):
            folded = await self._fold(batch)
            if folded is None:
                return None
            told += [one for one in folded if isinstance(one, Notification)]
            self._history.take(folded)
        self._frontier.reach()
        if self._late and (placed := await self._place_late()) is not None:
            told += placed.rebuilt.told
            placed.rebuilt.history.trim(min(self._history.since, placed.since))
            self._history, self._outdated = placed.rebuilt.history, placed.since
        return [one for one in told if isinstance(one, Notification)]

    async def _speak_up(self, notices: Sequence[Notification], *, anew: bool) -> None:
        """Say what differs from what was said before, and nothing while nothing was seen."""
        if self._timeline.watermark is None and self.last_event is None:
            return
        catalogue, history = self._compiled.catalogue, self._history
        await self.voice.resume(self._timeline, catalogue, notices, history, anew=anew)
        self._history = History(EPOCH)
        if self._outdated is not None:
            self._snapshots.drop_after(self._outdated)

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
        await self.voice.command(self._name, loaded)

    # --- what breaks, what comes late -----------------------------------------------------------

    async def _break(self, part: Sequence[Place], error: Exception) -> None:
        """Set the event that breaks the fold aside, or fold one by one from now on to find it."""
        reason = f"breaks the fold: {type(error).__name__}: {error}"
        logger("engine").error("fold.broken", reason=reason, events=len(part), exc_info=error)
        if self._careful:
            await self._spoil(part, reason)
        self._careful = True

    async def _spoil(self, part: Sequence[Place], reason: str) -> None:
        for record, event in part:
            self._poison.add(event.id)
            await self._set_aside(record, reason)

    async def _put_right(self, placed: Placed | None) -> None:
        """Say what late events make otherwise; only then let go of the snapshots without them."""
        if placed is not None:
            placed.rebuilt.history.trim(placed.since)
            await self.voice.put_right(placed.rebuilt.history, placed.rebuilt.told)
            self._snapshots.drop_after(placed.since)

    async def _place_late(self) -> Placed | None:
        """Fold again with the late events in their place; None when none of them could be used."""
        late, self._late = self._late, []
        while late:
            placed = await self._latecomers.place(
                self._timeline, late, self._frontier.positions, self._settled()
            )
            if not isinstance(placed, Spoiled):
                self.counts.rebuilds += 1
                self._timeline = placed.rebuilt.timeline
                return placed
            await self._spoil(placed.records, placed.reason)
            late = [(record, event) for record, event in late if event.id not in self._poison]
        return None

    # --- snapshots, dead letters --------------------------------------------------------------

    async def _save(self, now: datetime) -> None:
        self._saved = now
        if self._late:  # they stand before the positions, and would be lost
            return
        positions = to_keys(self._frontier.positions)
        snapshot = Snapshot(
            catalogue=self.version,
            taken=now,
            watermark=self._timeline.watermark,
            positions=positions,
            timeline=self._timeline.snapshot(positions),
        )
        try:
            await asyncio.to_thread(self._snapshots.save, snapshot)
        except OSError as error:
            self.counts.unsaved += 1
            logger("engine").error("snapshot.not_saved", reason=str(error.strerror))
        else:
            self.counts.snapshots += 1

    async def _leave(self) -> None:
        if self._reader is not None:
            await self._reader.close()

    async def _set_aside(self, record: Record, reason: str) -> None:
        assert self._reader is not None
        await self._reader.set_aside(record, reason)

    def _count_deadletter(self) -> None:
        self.counts.deadletters += 1
