"""The engine for v2c: one unconnected UDP socket for all devices and no task, future or timer per packet.

A read is a conversation. Its requests go out as long as the device and the whole may have more in
flight; the answers of all devices are drained from the socket in one go and find their conversation by
request-id. Bytes of requests are made once and only the request-id is patched.

Source: SNMP.md sections 6, 9 and 10.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import ipaddress
import os
import socket
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from events.errors import DeviceRefused, DeviceSilent, KetenError
from probes.snmp.ber import BerError, Pdu, VarBind, decode_oid, decode_response, encode_request
from probes.snmp.engine import Counts, abandon, silence_of
from probes.snmp.grid import Grid, rows_that_fit
from probes.snmp.lookup import Lookup
from probes.snmp.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.clock import Clock
    from probes.snmp.ber import Oid
    from probes.snmp.engine import Agent, Conversation, Question, Request, Table, Walked

__all__ = ["FastEngine"]

FIRST_ID, IDS = 0x40000000, 0x40000000
"""Request-ids always take four bytes, so that one may be patched over another."""

IN_FLIGHT = 512
"""Requests at once over all devices."""
PER_DEVICE = 4
"""Requests at once to a device that has answered before; to any other one."""
LOSSES = 2
"""Requests lost in a row that end a conversation which had begun well."""
DATAGRAMS_A_TURN = 256
"""Read before other work gets its turn."""
RECEIVE_BUFFER = 4 * 1024 * 1024
LARGEST_DATAGRAM = 65_535
FINEST_WAIT_S, COARSEST_WAIT_S = 0.005, 0.1
"""How often overdue requests are looked for."""


@dataclass(slots=True, eq=False)
class _Peer:
    """What is known of one device's address."""

    socket: socket.socket
    address: Any  # whatever the address family uses; only compared and given back to sendto
    heard: bool = False
    garbage: str = ""
    in_flight: int = 0
    waiting: bool = False
    exchanges: list[_Exchange] = field(default_factory=list)
    fitted: dict[int, int] = field(default_factory=dict)
    """Columns asked at once to the rows that an answer held."""


@dataclass(slots=True, eq=False)
class _Exchange:
    """One conversation under way."""

    agent: Agent
    community: bytes
    peer: _Peer
    conversation: Conversation
    done: asyncio.Future[None]
    flights: set[int] = field(default_factory=set)
    heard: bool = False
    losses: int = 0


@dataclass(slots=True, eq=False)
class _Flight:
    """One request on its way."""

    exchange: _Exchange
    request: Request
    due: float
    tries_left: int


class FastEngine:
    """Polls many v2c devices from one socket."""

    def __init__(
        self, clock: Clock, *, in_flight: int = IN_FLIGHT, per_device: int = PER_DEVICE
    ) -> None:
        self._clock = clock
        self._bound = in_flight
        self._per_device = per_device
        self._counts = Counts()
        self._sockets: dict[int, socket.socket] = {}
        self._peers: dict[tuple[str, int], _Peer] = {}
        self._by_address: dict[tuple[str, int], _Peer] = {}
        self._flights: dict[int, _Flight] = {}
        self._due: list[tuple[float, int]] = []
        self._waiting: deque[_Peer] = deque()
        self._next_id = int.from_bytes(os.urandom(4), "big") % IDS
        self._buffer = bytearray(LARGEST_DATAGRAM)
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def counts(self) -> Counts:
        """What it has met so far."""
        return self._counts

    async def get(self, agent: Agent, names: Sequence[Oid]) -> list[VarBind]:
        """Read single values, in the order asked."""
        lookup = Lookup(names)
        await self._converse(agent, lookup)
        return lookup.result()

    async def walk(self, agent: Agent, roots: Sequence[Oid]) -> Walked:
        """Read everything under the roots."""
        walk = Walk(roots)
        await self._converse(agent, walk)
        return walk.result()

    async def table(self, agent: Agent, question: Question) -> Table:
        """Read known rows of several columns, all requests at once."""
        peer = await self._peer(agent)
        width = len(question.columns)
        grid = Grid(question, peer.fitted.get(width, rows_that_fit(width)))
        await self._converse(agent, grid)
        peer.fitted[width] = grid.fitted
        return grid.result()

    async def close(self) -> None:
        """Close the sockets; whoever still waits is told that nothing came."""
        for flight in list(self._flights.values()):
            self._fail(flight.exchange, DeviceSilent("the SNMP engine was closed while waiting"))
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
            self._sweeper = None
        for each in self._sockets.values():
            asyncio.get_running_loop().remove_reader(each)
            each.close()
        self._sockets.clear()
        self._peers.clear()
        self._by_address.clear()

    # --- conversations ------------------------------------------------------------------------

    async def _converse(self, agent: Agent, conversation: Conversation) -> None:
        peer = await self._peer(agent)
        done = asyncio.get_running_loop().create_future()
        exchange = _Exchange(agent, _community(agent), peer, conversation, done)
        peer.exchanges.append(exchange)
        try:
            self._pump(peer)
            await done
        finally:
            self._drop(exchange)
            self._pump_waiting()

    def _pump(self, peer: _Peer) -> None:
        """Send what may be sent to a device; end conversations that have no more to ask."""
        for exchange in list(peer.exchanges):
            while not exchange.done.done() and self._room(peer):
                request = exchange.conversation.ready()
                if request is None:
                    if not exchange.flights:
                        exchange.done.set_result(None)
                    break
                self._launch(exchange, request)

    def _room(self, peer: _Peer) -> bool:
        if peer.in_flight >= (self._per_device if peer.heard else 1):
            return False
        if len(self._flights) < self._bound:
            return True
        if not peer.waiting:
            peer.waiting = True
            self._waiting.append(peer)
        return False

    def _pump_waiting(self) -> None:
        while self._waiting and len(self._flights) < self._bound:
            peer = self._waiting.popleft()
            peer.waiting = False
            self._pump(peer)

    def _launch(self, exchange: _Exchange, request: Request) -> None:
        number = self._fresh_id()
        flight = _Flight(exchange, request, 0.0, exchange.agent.retries)
        self._flights[number] = flight
        exchange.flights.add(number)
        exchange.peer.in_flight += 1
        self._counts.sent += 1
        self._send(number, flight)

    def _fresh_id(self) -> int:
        while True:
            self._next_id = (self._next_id + 1) % IDS
            if FIRST_ID + self._next_id not in self._flights:
                return FIRST_ID + self._next_id

    def _send(self, number: int, flight: _Flight) -> None:
        peer = flight.exchange.peer
        before, after = _prepared(flight.exchange.community, flight.request)
        flight.due = self._clock.monotonic() + flight.exchange.agent.timeout_s
        heapq.heappush(self._due, (flight.due, number))
        try:
            peer.socket.sendto(before + number.to_bytes(4, "big") + after, peer.address)
        except OSError:
            self._counts.unsent += 1
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    # --- answers ------------------------------------------------------------------------------

    def _drain(self, each: socket.socket) -> None:
        for _ in range(DATAGRAMS_A_TURN):
            try:
                size, sender = each.recvfrom_into(self._buffer)
            except BlockingIOError:
                break
            except OSError:  # an ICMP error of an earlier send: the retry decides
                continue
            self._accept(bytes(memoryview(self._buffer)[:size]), sender[:2])
        self._pump_waiting()

    def _accept(self, data: bytes, sender: tuple[str, int]) -> None:
        try:
            response = decode_response(data)
        except BerError as error:
            self._counts.garbage += 1
            if (peer := self._by_address.get(sender)) is not None:
                peer.garbage = str(error)
            return
        flight = self._flights.get(response.request_id)
        if flight is None:
            self._counts.unexpected += 1
            return
        exchange = flight.exchange
        if exchange.peer.address[:2] != sender:
            self._counts.wrong_source += 1
            return
        self._land(response.request_id, exchange)
        self._counts.answered += 1
        exchange.heard = exchange.peer.heard = True
        exchange.losses = 0
        try:
            exchange.conversation.take(flight.request, response)
        except KetenError as error:
            self._fail(exchange, error)
        self._pump(exchange.peer)

    def _land(self, number: int, exchange: _Exchange) -> None:
        del self._flights[number]
        exchange.flights.discard(number)
        exchange.peer.in_flight -= 1

    # --- silence ------------------------------------------------------------------------------

    async def _sweep(self) -> None:
        while self._flights:
            wait = self._due[0][0] - self._clock.monotonic()
            await self._clock.sleep(min(max(wait, FINEST_WAIT_S), COARSEST_WAIT_S))
            now = self._clock.monotonic()
            while self._due and self._due[0][0] <= now:
                due, number = heapq.heappop(self._due)
                flight = self._flights.get(number)
                if flight is not None and flight.due == due:
                    self._overdue(number, flight)
            self._pump_waiting()

    def _overdue(self, number: int, flight: _Flight) -> None:
        exchange = flight.exchange
        if flight.tries_left:
            flight.tries_left -= 1
            flight.request = exchange.conversation.smaller(flight.request)
            self._counts.resent += 1
            self._send(number, flight)
            return
        self._land(number, exchange)
        self._counts.silent += 1
        exchange.losses += 1
        exchange.conversation.lost(flight.request)
        if not exchange.heard:
            exchange.peer.heard = False
            self._peers.pop(
                (exchange.agent.host, exchange.agent.port), None
            )  # look the name up again
            self._fail(exchange, _nothing_from(exchange))
        elif exchange.losses >= LOSSES:
            abandon(exchange.conversation)
        self._pump(exchange.peer)

    def _fail(self, exchange: _Exchange, error: KetenError) -> None:
        if not exchange.done.done():
            exchange.done.set_exception(error)
        self._drop(exchange)

    def _drop(self, exchange: _Exchange) -> None:
        for number in list(exchange.flights):
            self._land(number, exchange)
        if exchange in exchange.peer.exchanges:
            exchange.peer.exchanges.remove(exchange)

    # --- addresses ----------------------------------------------------------------------------

    async def _peer(self, agent: Agent) -> _Peer:
        found = self._peers.get((agent.host, agent.port))
        if found is None:
            family, address = await _resolve(agent)
            found = self._by_address.get(address[:2])
            if found is None:
                found = _Peer(self._socket(family), address)
                self._by_address[address[:2]] = found
            self._peers[agent.host, agent.port] = found
        return found

    def _socket(self, family: int) -> socket.socket:
        found = self._sockets.get(family)
        if found is None:
            found = socket.socket(family, socket.SOCK_DGRAM)
            found.setblocking(False)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            asyncio.get_running_loop().add_reader(found, self._drain, found)
            self._sockets[family] = found
        return found


def _community(agent: Agent) -> bytes:
    credential = agent.credential
    if credential.version != "2c" or credential.community is None:
        raise DeviceRefused(
            f"{agent}: the fast engine speaks v2c with a community; give the component a v2c"
            " credential or choose the reference engine"
        )
    return credential.community.reveal().encode()


@lru_cache(maxsize=65_536)
def _prepared(community: bytes, request: Request) -> tuple[bytes, bytes]:
    """The bytes before and after the request-id."""
    names = tuple(VarBind(decode_oid(name)) for name in request.names)
    pdu = Pdu(request.type, FIRST_ID, request.non_repeaters, request.repetitions, names)
    data, at = encode_request(community, pdu)
    return data[:at], data[at + 4 :]


def _nothing_from(exchange: _Exchange) -> KetenError:
    agent, garbage = exchange.agent, exchange.peer.garbage
    if garbage:
        return DeviceRefused(
            f"{agent} answers with something that is not SNMP v2c ({garbage}); check the port"
        )
    return silence_of(agent)


async def _resolve(agent: Agent) -> tuple[int, Any]:
    """Turn host and port into family and socket address; only a name needs a look-up."""
    try:
        number = ipaddress.ip_address(agent.host)
    except ValueError:
        pass
    else:
        if number.version == 4:  # noqa: PLR2004  # IPv4
            return socket.AF_INET, (str(number), agent.port)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(agent.host, agent.port, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise DeviceRefused(
            f"no address for {agent.host} ({error.strerror}); check the name and the name service"
        ) from None
    family, _, _, _, address = found[0]
    return int(family), address
