"""Receives v1 and v2c traps and informs, and turns them into events.

A datagram costs no more than a look at its size and its sender until a worker takes it from a bounded
queue. What is too large, too often, unreadable or too much is dropped and counted; a trap is a hint, and
the look at the device that it sets off tells the truth.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events import ids
from events.contract import OBSERVATIONS, Observation, ObservationData, Trap, TrapData
from events.errors import KetenError
from events.log import Entry
from probes.snmp import ber
from probes.snmp.ber import BerError, Message, Pdu, decode_message, dotted, encode_message
from probes.snmp.engine import split_address
from probes.snmp.notice import COLD_START, LINK_DOWN, LINK_UP, WARM_START, Notice, read_notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from events.clock import Clock
    from probes.port import Target
    from probes.runner import Publish

__all__ = ["TrapCounts", "TrapReceiver"]

MAX_BYTES = 8_192
QUEUE = 10_000
BATCH = 200
RATE, BURST = 2_000.0, 10_000.0
"""Traps a second over all senders, and at once."""
SENDER_RATE, SENDER_BURST = 50.0, 500.0
"""The same for one sender: a device gone mad must not hide the others."""
SENDERS = 20_000
"""Senders whose rate is remembered."""

_STATUS = {LINK_DOWN: "down", LINK_UP: "up"}


@dataclass(slots=True)
class TrapCounts:
    """What came in since the start, for the metrics."""

    received: int = 0
    published: int = 0
    oversized: int = 0
    too_often: int = 0
    overflow: int = 0
    """Dropped because the queue was full."""
    garbage: int = 0
    unknown_sender: int = 0
    """Published under the sender's address: no component has it."""
    unpublished: int = 0
    unacknowledged: int = 0
    """Informs whose answer could not be written."""
    broken: int = 0
    """Batches that ended in an error of ours."""
    restarts: int = 0
    """coldStart and warmStart."""


@dataclass(slots=True)
class _Bucket:
    """So many a second, so many at once."""

    rate: float
    burst: float
    level: float
    at: float

    def take(self, now: float) -> bool:
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class TrapReceiver(asyncio.DatagramProtocol):
    """A UDP socket for traps.

    Args:
        clock: For the time of reception and the rates.
        publish: Where the events go.
        look_now: Told the component that sent a trap, so that it is looked at at once.
        name: Of this probe; the source of the events is `probe/<name>`.
        port_name: Turns component and ifIndex into the name of a port, where it is known.
    """

    def __init__(
        self,
        clock: Clock,
        publish: Publish,
        look_now: Callable[[str], object],
        *,
        name: str,
        port_name: Callable[[str, int], str | None] = lambda _component, _index: None,
    ) -> None:
        self.counts = TrapCounts()
        self._clock = clock
        self._publish = publish
        self._look_now = look_now
        self._source = f"probe/{name}"
        self._port_name = port_name
        self._by_socket: dict[tuple[str, int], Target] = {}
        self._by_host: dict[str, Target | None] = {}
        self._queue: asyncio.Queue[tuple[bytes, tuple[str, int], datetime]] = asyncio.Queue(QUEUE)
        self._all = _Bucket(RATE, BURST, BURST, clock.monotonic())
        self._senders: OrderedDict[str, _Bucket] = OrderedDict()
        self._transport: asyncio.DatagramTransport | None = None
        self._worker: asyncio.Task[None] | None = None

    def replace(self, targets: Iterable[Target]) -> None:
        """Know these senders from now on: by host and port, or by host where only one has it."""
        self._by_socket, self._by_host = {}, {}
        for target in targets:
            try:
                host, port = split_address(target.address)
            except ValueError:
                continue
            self._by_socket[host, port] = target
            self._by_host[host] = None if host in self._by_host else target

    async def listen(self, host: str, port: int) -> int:
        """Open the socket and start to work; the port that it got.

        Raises:
            OSError: The address cannot be had.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        self._transport = transport
        self._worker = loop.create_task(self._work())
        bound: int = transport.get_extra_info("sockname")[1]
        return bound

    async def close(self) -> None:
        """Close the socket and stop; may be called twice."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None

    # --- reception --------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take a datagram into the queue, or count why not."""
        self.counts.received += 1
        if len(data) > MAX_BYTES:
            self.counts.oversized += 1
        elif not self._allowed(addr[0]):
            self.counts.too_often += 1
        else:
            try:
                self._queue.put_nowait((data, addr[:2], self._clock.now()))
            except asyncio.QueueFull:
                self.counts.overflow += 1

    def error_received(self, exc: Exception) -> None:
        """Nothing: an ICMP error of an acknowledgement that found nobody."""

    def _allowed(self, host: str) -> bool:
        now = self._clock.monotonic()
        bucket = self._senders.get(host)
        if bucket is None:
            bucket = self._senders[host] = _Bucket(SENDER_RATE, SENDER_BURST, SENDER_BURST, now)
            if len(self._senders) > SENDERS:
                self._senders.popitem(last=False)
        else:
            self._senders.move_to_end(host)
        return bucket.take(now) and self._all.take(now)

    # --- work ---------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._handle(batch)
            except Exception:  # noqa: BLE001  # one broken trap must not end the reception
                self.counts.broken += 1

    async def _handle(self, batch: list[tuple[bytes, tuple[str, int], datetime]]) -> None:
        entries: list[Entry] = []
        components: dict[str, None] = {}
        for data, sender, at in batch:
            try:
                message = decode_message(data)
                notice = read_notice(message)
            except BerError:
                self.counts.garbage += 1
                continue
            self._acknowledge(message, sender)
            target = self._target(sender)
            entries += self._events(notice, target, sender, at)
            if target is not None:
                components[target.component] = None
        await self._put(entries)
        for component in components:
            self._look_now(component)

    def _target(self, sender: tuple[str, int]) -> Target | None:
        return self._by_socket.get(sender) or self._by_host.get(sender[0])

    def _events(
        self, notice: Notice, target: Target | None, sender: tuple[str, int], at: datetime
    ) -> list[Entry]:
        if notice.oid in (COLD_START, WARM_START):
            self.counts.restarts += 1
        if target is None:
            self.counts.unknown_sender += 1
        trap = ids.event(
            Trap,
            source=self._source,
            subject=target.component if target else sender[0],
            time=at,
            data=TrapData(address=sender[0], oid=dotted(notice.oid), varbinds=notice.texts()),
        )
        entries = [Entry(target.domain if target else "default", trap)]
        if target is not None and notice.oid in _STATUS:
            entries += self._port(notice, target, at)
        return entries

    def _port(self, notice: Notice, target: Target, at: datetime) -> list[Entry]:
        """A `port` observation, when the trap's port is the only port of a link."""
        index, name = notice.port()
        known = self._port_name(target.component, index) if index is not None else None
        links = {port.casefold(): link for port, link in target.ports.items()}
        link = links.get((known or "").casefold()) or links.get(name.casefold())
        if link is None or list(target.ports.values()).count(link) > 1:
            return []
        down = notice.oid == LINK_DOWN
        data = ObservationData(
            kind="port",
            status="down" if down else "up",
            reason=f"trap {'linkDown' if down else 'linkUp'} of {known or name}",
            seen_from=target.component,
        )
        event = ids.event(Observation, source=self._source, subject=link, time=at, data=data)
        return [Entry(target.domain, event)]

    def _acknowledge(self, message: Message, sender: tuple[str, int]) -> None:
        pdu = message.pdu
        if isinstance(pdu, Pdu) and pdu.type == ber.INFORM and self._transport is not None:
            answer = Pdu(ber.RESPONSE, pdu.request_id, varbinds=pdu.varbinds)
            try:
                reply = encode_message(Message(message.version, message.community, answer))
            except ValueError:  # it was read generously: numbers that no agent may write
                self.counts.unacknowledged += 1
            else:
                self._transport.sendto(reply, sender)

    async def _put(self, entries: list[Entry]) -> None:
        if not entries:
            return
        try:
            await self._publish(OBSERVATIONS, entries)
        except KetenError:
            self.counts.unpublished += len(entries)
        else:
            self.counts.published += len(entries)
