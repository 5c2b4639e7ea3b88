"""Looks at many targets on their beat, and publishes what was seen.

Every cycle publishes a reach observation (the gap rule lives on them), what the ports say of links, and
the numbers. A first failure has the target itself, its path to the poller and the neighbours of that path
looked at once more, at once (CORE.md 3.3). A look that outlasts its interval is an overrun: counted, never
queued.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events import ids
from events.contract import (
    MEASUREMENTS,
    OBSERVATIONS,
    Measurement,
    Observation,
    ObservationData,
)
from events.errors import KetenError
from events.log import Entry
from probes.port import Look
from probes.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from events.clock import Clock
    from probes.port import Probe, Target

__all__ = ["CONCURRENT", "Publish", "Runner", "RunnerCounts"]

Publish = Callable[[str, Sequence[Entry]], Awaitable[None]]
"""Takes a topic and its entries; returns when they are safe (on the log or in the spool)."""

CONCURRENT = 1024
"""Looks under way at once; the engine bounds its packets by itself."""
LONGEST_SLEEP_S = 60.0


@dataclass(slots=True)
class RunnerCounts:
    """What the runner did since it started, for the metrics."""

    looks: int = 0
    down: int = 0
    unknown: int = 0
    rechecks: int = 0
    overruns: int = 0
    """Beats that passed while the look before was still under way."""
    unpublished: int = 0
    """Events that neither the log nor the spool took."""
    broken: int = 0
    """Looks that ended in an error of ours."""
    seconds: float = 0.0
    """Sum of the durations of all looks."""
    slowest_s: float = 0.0
    quirks: int = 0


@dataclass(slots=True)
class _Seen:
    """What the runner remembers of a target."""

    failing: bool = False
    dark: frozenset[str] = frozenset()
    """Links whose port here had no signal at the last answer."""
    ended: float = float("-inf")


class Runner:
    """Polls a set of targets that may change while it runs."""

    def __init__(
        self,
        probe: Probe,
        clock: Clock,
        publish: Publish,
        *,
        name: str,
        vantage: str | None = None,
        concurrent: int = CONCURRENT,
    ) -> None:
        self.counts = RunnerCounts()
        self.quirks: dict[str, tuple[str, ...]] = {}
        """What each device got wrong in its last look."""
        self._probe = probe
        self._clock = clock
        self._publish = publish
        self._source = f"probe/{name}"
        self._vantage = vantage
        self._slots = asyncio.Semaphore(concurrent)
        self._schedule = Schedule()
        self._seen: dict[str, _Seen] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._wake = asyncio.Event()
        self._stopping = False

    @property
    def targets(self) -> int:
        """How many targets are looked at."""
        return len(self._schedule)

    @property
    def under_way(self) -> int:
        """How many looks have begun and not ended."""
        return len(self._running)

    def replace(self, targets: Iterable[Target]) -> None:
        """Look at these from now on; targets that stay keep their beat and their history."""
        self._schedule.replace(targets, self._clock.monotonic())
        for component in [c for c in self._seen if self._schedule.get(c) is None]:
            del self._seen[component]
            self.quirks.pop(component, None)
        self._wake.set()

    def look_now(self, component: str) -> bool:
        """Look at a component at once, for a trap came from it; False when it is no target.

        A look that is under way may have passed the place of the news, so one more follows it.
        """
        target = self._schedule.get(component)
        if target is None or self._stopping:
            return False
        if component in self._running:
            self._again.add(component)
        else:
            self._start(target, confirms=True)
        return True

    async def run(self) -> None:
        """Look on every beat until `stop`."""
        while not self._stopping:
            self._wake.clear()
            self._begin_due()
            await self._sleep()

    async def stop(self) -> None:
        """Break off what is under way and end `run`; returns when nothing is left."""
        self._stopping = True
        self._wake.set()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running.clear()

    # --- beats ----------------------------------------------------------------------------------

    def _begin_due(self) -> None:
        for target, missed in self._schedule.take(self._clock.monotonic()):
            self.counts.overruns += missed
            if target.component in self._running:
                self.counts.overruns += 1
            else:
                self._start(target, confirms=False)

    async def _sleep(self) -> None:
        due = self._schedule.next_due()
        wait = LONGEST_SLEEP_S if due is None else due - self._clock.monotonic()
        sleep = asyncio.ensure_future(self._clock.sleep(max(0.0, min(wait, LONGEST_SLEEP_S))))
        woken = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait((sleep, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:  # nobody waits for their end: a wait here could take our own cancelling for theirs
            sleep.cancel()
            woken.cancel()

    def _start(self, target: Target, *, confirms: bool) -> None:
        task = asyncio.get_running_loop().create_task(self._look(target, confirms=confirms))
        self._running[target.component] = task
        task.add_done_callback(lambda done: self._ended(target.component, done))

    def _ended(self, component: str, task: asyncio.Task[None]) -> None:
        if self._running.get(component) is task:
            del self._running[component]
        if not task.cancelled() and task.exception() is not None:
            self.counts.broken += 1
        if component in self._again:
            self._again.discard(component)
            self.look_now(component)

    # --- a look -----------------------------------------------------------------------------------

    async def _look(self, target: Target, *, confirms: bool) -> None:
        async with self._slots:
            began = self._clock.monotonic()
            look = await self._seeing(target)
            took = self._clock.monotonic() - began
        if self._schedule.get(target.component) is None:
            return
        self._count(target, look, took)
        await self._tell(target, look, self._clock.now(), confirms=confirms)
        self._judge(target, look)

    async def _seeing(self, target: Target) -> Look:
        try:
            return await self._probe.look(target)
        except Exception as error:  # noqa: BLE001  # one broken look must not end the others
            self.counts.broken += 1
            return Look(status="unknown", reason=f"the probe failed: {error!r}")

    def _count(self, target: Target, look: Look, took: float) -> None:
        counts = self.counts
        counts.looks += 1
        counts.down += look.status == "down"
        counts.unknown += look.status == "unknown"
        counts.quirks += len(look.quirks)
        counts.seconds += took
        counts.slowest_s = max(counts.slowest_s, took)
        if look.quirks:
            self.quirks[target.component] = look.quirks
        else:
            self.quirks.pop(target.component, None)

    async def _tell(self, target: Target, look: Look, at: datetime, *, confirms: bool) -> None:
        observations = [self._reach(target, look, at, confirms=confirms)]
        observations += [self._port(target, link, seen, at) for link, seen in look.ports.items()]
        await self._put(OBSERVATIONS, observations)
        if look.measurement is not None:
            measured = ids.event(
                Measurement,
                source=self._source,
                subject=target.component,
                time=at,
                data=look.measurement,
            )
            await self._put(MEASUREMENTS, [Entry(target.component, measured)])

    def _reach(self, target: Target, look: Look, at: datetime, *, confirms: bool) -> Entry:
        data = ObservationData(
            kind="reach",
            status=look.status,
            reason=look.reason,
            vantage=self._vantage,
            confirms=confirms,
        )
        return self._entry(target, target.component, data, at)

    def _port(self, target: Target, link: str, seen: ObservationData, at: datetime) -> Entry:
        data = ObservationData(
            kind="port",
            status=seen.status,
            reason=seen.reason,
            vantage=self._vantage,
            seen_from=target.component,
        )
        return self._entry(target, link, data, at)

    def _entry(self, target: Target, subject: str, data: ObservationData, at: datetime) -> Entry:
        event = ids.event(Observation, source=self._source, subject=subject, time=at, data=data)
        return Entry(target.domain, event)

    async def _put(self, topic: str, entries: list[Entry]) -> None:
        try:
            await self._publish(topic, entries)
        except KetenError:
            self.counts.unpublished += len(entries)

    # --- the active re-check ------------------------------------------------------------------------

    def _judge(self, target: Target, look: Look) -> None:
        """On a first failure look again at the target and at whatever could explain it.

        A port that goes dark has the far end looked at: whether that one answers tells a cut from a death,
        without waiting for its beat.
        """
        seen = self._seen.setdefault(target.component, _Seen())
        seen.ended = self._clock.monotonic()
        if look.status == "up":
            dark = frozenset(link for link, port in look.ports.items() if port.status == "down")
            fresh, seen.dark = dark - seen.dark, dark
            for link in sorted(fresh & target.beyond.keys()):
                self._recheck(target.beyond[link], not_since=seen.ended)
        first = look.status == "down" and not seen.failing
        seen.failing = look.status == "down"
        if not first:
            return
        self._again.add(target.component)
        for component in target.recheck:
            self._recheck(component, not_since=seen.ended)

    def _recheck(self, component: str, *, not_since: float) -> None:
        other = self._schedule.get(component)
        if other is None or component in self._running:
            return
        if self._seen.get(component, _Seen()).ended >= not_since:
            return
        self.counts.rechecks += 1
        self._start(other, confirms=True)
