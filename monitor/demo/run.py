"""The simulated region as a whole: agents running, catalogue written, script playing."""

from __future__ import annotations

import os
import sys
from asyncio import TaskGroup
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from events.errors import ConfigError
from monitor.demo.agents import Agents
from monitor.demo.catalogue import Wiring, write
from monitor.demo.command import Serve
from monitor.demo.lan import region
from monitor.demo.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from events.clock import Clock
    from monitor.demo.script import Announcement

__all__ = ["Listen", "Region", "addresses", "home"]

COMMUNITY = "drechtsteden-demo"
"""It guards nothing: the agents stand on loopback addresses."""
NETWORK = "127.42"
"""The devices' part of 127.0.0.0/8; the third number is the site, the fourth the device."""
PROCESSES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Ports of this machine that the demo takes; all on loopback.

    Args:
        snmp: UDP port of every device; without 127.x.y.z addresses the first of a row of ports.
        board: `host:port` of the board, for the catalogue.
        traps: `host:port` to which devices send traps, and which the service listens on.
    """

    snmp: int = 16161
    board: str = "127.0.0.1:8470"
    traps: str = "127.0.0.1:9162"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """The fixed directory of this user's demo, so that a restart goes on (XDG base directories)."""
    base = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "ketenmonitor" / "demo"


def addresses(snmp_port: int, platform: str = sys.platform) -> dict[str, str]:
    """Give every device its `host:port`: a loopback address of its own on Linux, else a port."""
    devices = region().devices
    if platform != "linux":
        return {id_: f"127.0.0.1:{snmp_port + n}" for n, id_ in enumerate(devices)}
    sites = list(dict.fromkeys(device.site for device in devices.values()))
    counted = dict.fromkeys(sites, 0)
    found: dict[str, str] = {}
    for id_, device in devices.items():
        counted[device.site] += 1
        found[id_] = f"{NETWORK}.{sites.index(device.site) + 1}.{counted[device.site]}:{snmp_port}"
    return found


class Region:
    """The demo's part of the demo: `async with Region(...)`, then run `play` beside the service.

    Args:
        directory: Where the catalogue goes, in `catalogus`; the service keeps its data below that.
        clock: Of the script.
        announce: Told of every fault and repair; must return at once.
    """

    def __init__(
        self,
        directory: Path,
        clock: Clock,
        announce: Callable[[Announcement], None],
        listen: Listen | None = None,
    ) -> None:
        self.catalogue = directory / "catalogus"
        self._listen = listen or Listen()
        self._agents = Agents()
        self.player = Player(clock, self._agents, announce)

    async def start(self) -> Path:
        """Start the agents, write the catalogue and return its directory.

        Every device answers when this returns.

        Raises:
            ConfigError: An address is in use, the directory cannot be written or holds a catalogue
                that is not the demo's; nothing is left running, and the catalogue of a demo that
                runs already is not touched.
        """
        places = addresses(self._listen.snmp)
        await self._agents.start(_parts(places, self._listen.traps))
        wiring = Wiring(
            agents=places,
            community=COMMUNITY,
            listen=self._listen.board,
            traps=self._listen.traps,
        )
        try:
            write(region(), self.catalogue, wiring)
        except ConfigError:
            await self.stop()
            raise
        except OSError as error:
            await self.stop()
            raise ConfigError(
                f"the demo cannot write its catalogue to {self.catalogue} ({error.strerror}): "
                "choose a directory with --data"
            ) from error
        return self.catalogue

    async def play(self) -> None:
        """Play the script until cancelled.

        Raises:
            ExceptionGroup: An agent process ended by itself (`AgentEnded`).
        """
        async with TaskGroup() as group:
            group.create_task(self._agents.watch())
            group.create_task(self.player.play())

    async def stop(self) -> None:
        """Stop every agent process in bounded time; the directory stays. May be called twice."""
        await self._agents.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """The agent processes."""
        return self._agents.pids

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


def _parts(places: Mapping[str, str], traps: str) -> list[Serve]:
    """Deal the devices out, the ones with most ports first, so that every process has as much to do."""
    devices = region().devices
    by_size = sorted(places, key=lambda id_: (-len(devices[id_].model.ports), id_))
    return [
        Serve({id_: places[id_] for id_ in by_size[n::PROCESSES]}, COMMUNITY, traps)
        for n in range(PROCESSES)
    ]
