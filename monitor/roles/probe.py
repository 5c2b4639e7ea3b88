"""The probe role: targets looked at on their beat, traps heard, all of it brought to log or spool."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from events.contract import Measurement, Observation
from events.errors import ConfigError
from monitor.logs import logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from events.log import Entry
    from monitor.exposition import DeviceSeries
    from probes.port import Probe, Target
    from probes.publisher import SpoolingPublisher
    from probes.runner import Runner
    from probes.snmp.traps import TrapReceiver

__all__ = ["ProbeRole", "Tap"]

ANSWERED = ("up", "degraded")
"""What a look says of a device that gave an answer."""


class Tap:
    """Publishes, and keeps the device series beside it: a scrape shows what was measured last.

    A device that did not answer, or that answered without numbers, has no numbers now: its series go.

    Args:
        publisher: The way to the log.
        devices: The series.
    """

    def __init__(self, publisher: SpoolingPublisher, devices: DeviceSeries) -> None:
        self._publisher = publisher
        self._devices = devices
        self._unmeasured: set[str] = set()

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Bring the series up to date, then everything to the log or the spool."""
        for _, event in entries:
            if isinstance(event, Measurement):
                self._unmeasured.discard(event.subject)
                self._devices.update(event.subject, event.data)
            elif isinstance(event, Observation) and event.data.kind == "reach":
                self._look(event)
        await self._publisher.publish(topic, entries)

    def _look(self, event: Observation) -> None:
        """A look comes before its measurement: two looks in a row mean that the first gave none."""
        answered = event.data.status in ANSWERED
        if not answered or event.subject in self._unmeasured:
            self._devices.forget(event.subject)
        if answered:
            self._unmeasured.add(event.subject)
        else:
            self._unmeasured.discard(event.subject)


class ProbeRole:
    """Runs the runner, the trap receiver and the drain of the spool as one.

    Args:
        runner: Looks.
        probe: What the runner looks with; closed at the end.
        traps: Listens; None = this process hears no traps.
        publisher: Drains the spool.
        devices: Series to forget when a device leaves the catalogue.
    """

    def __init__(
        self,
        *,
        runner: Runner,
        probe: Probe,
        traps: TrapReceiver | None,
        publisher: SpoolingPublisher,
        devices: DeviceSeries,
    ) -> None:
        self.runner = runner
        self.traps = traps
        self.publisher = publisher
        self._probe = probe
        self._devices = devices

    def watch(self, targets: Iterable[Target]) -> None:
        """Look at these from now on."""
        every = list(targets)
        self.runner.replace(every)
        if self.traps is not None:
            self.traps.replace(every)

    async def listen(self, host: str, port: int) -> None:
        """Open the socket for traps.

        Raises:
            ConfigError: The address is in use or not ours.
        """
        if self.traps is None:
            return
        try:
            await self.traps.listen(host, port)
        except OSError as error:
            raise ConfigError(
                f"traps cannot be received on {host}:{port} ({error.strerror}); another program may"
                " have it: name another address with --traps or service.traps"
            ) from error

    async def run(self) -> None:
        """Look until cancelled."""
        waiting = len(self.publisher.spool)
        logger("probe").info("probe.started", targets=self.runner.targets, spooled=waiting)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runner.run())
            group.create_task(self.publisher.run())

    async def close(self) -> None:
        """Break off what is under way; what waits in the spool stays on disk."""
        await self.runner.stop()
        self.publisher.stop()
        if self.traps is not None:
            await self.traps.close()
        await self._probe.close()

    def looks(self) -> Mapping[str, float]:
        """Looks by what came of them."""
        counts = self.runner.counts
        up = counts.looks - counts.down - counts.unknown
        return {"up": up, "down": counts.down, "unknown": counts.unknown}
