"""One process that is many SNMP agents, each on its own loopback address: `python -m monitor.demo.agent`.

It is told what to serve on its standard input and ends when that closes: so it never outlives the demo,
not even one that was killed.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from typing import TYPE_CHECKING

import msgspec

from events.clock import SystemClock
from events.errors import ConfigError
from monitor.demo.command import Command, Ready, Serve
from monitor.demo.fleet import Fleet
from monitor.demo.lan import region

if TYPE_CHECKING:
    from events.clock import Clock

__all__ = ["Agent", "main", "split"]

BURST = 64
"""Datagrams read from one device before the next has its turn."""
MAX_DATAGRAM_BYTES = 65_535


def split(address: str) -> tuple[str, int]:
    """Turn `host:port` into host and port."""
    host, _, port = address.rpartition(":")
    return host, int(port)


class Agent:
    """The sockets of a fleet on a running event loop.

    Args:
        serve: Which devices, where.
    """

    def __init__(self, serve: Serve, clock: Clock) -> None:
        self._clock = clock
        self._traps = split(serve.traps) if serve.traps else None
        self._fleet = Fleet(region(), serve.devices, serve.community.encode(), self._now())
        self._sockets: dict[str, socket.socket] = {}
        try:
            for device, address in serve.devices.items():
                self._sockets[device] = _bind(device, address)
        except ConfigError:
            self.close()
            raise

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start to answer."""
        for device, bound in self._sockets.items():
            loop.add_reader(bound, self._drain, device, bound)

    def obey(self, command: Command) -> None:
        """Carry out one command and send the trap that follows from it."""
        trap = self._fleet.apply(command, self._now())
        if trap is not None and self._traps is not None:
            _send(self._sockets[command.device], trap, self._traps)

    def close(self) -> None:
        """Let go of every socket."""
        for bound in self._sockets.values():
            bound.close()

    def _drain(self, device: str, bound: socket.socket) -> None:
        now = self._now()
        for _ in range(BURST):
            try:
                data, asker = bound.recvfrom(MAX_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            reply = self._fleet.answer(device, data, now)
            if reply is not None:
                _send(bound, reply, asker)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _bind(device: str, address: str) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.bind(split(address))
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"the simulated device {device} cannot have UDP address {address} ({error.strerror}): "
            "stop the other demo, or choose other ports with --snmp-port, --trap-port and --port"
        ) from error
    return bound


def _send(bound: socket.socket, data: bytes, to: tuple[str, int]) -> None:
    """A full queue loses the datagram, as UDP does: the poller asks again."""
    try:
        bound.sendto(data, to)
    except OSError:
        return


async def _run() -> int:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    first = await lines.readline()
    if not first:
        return 0
    serve = msgspec.json.decode(first, type=Serve)
    try:
        agent = Agent(serve, SystemClock())
    except ConfigError as error:
        _say(Ready(error=str(error)))
        return 2
    agent.listen(loop)
    _say(Ready(devices=len(serve.devices)))
    while line := await lines.readline():
        agent.obey(msgspec.json.decode(line, type=Command))
    agent.close()
    return 0


def _say(ready: Ready) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """Serve until standard input closes; returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the demo's; it closes our input

    return asyncio.run(_run())


if __name__ == "__main__":
    sys.exit(main())
