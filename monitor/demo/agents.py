"""The agent processes of the demo, seen from the demo: start, tell, stop."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from events.errors import ConfigError, PermanentError
from monitor.demo.command import Ready

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.demo.command import Command, Serve

__all__ = ["AgentEnded", "Agents"]

START_S = 20.0
"""An agent process is ready in under a second; a machine that swaps gets more."""
STOP_S = 2.0
"""After its input is closed a process ends at once; then it is killed."""


class AgentEnded(PermanentError):
    """An agent process ended by itself: its devices have fallen silent."""


class Agents:
    """Agent processes; each serves some devices of the region."""

    def __init__(self) -> None:
        self._processes: list[Process] = []
        self._home: dict[str, Process] = {}

    @property
    def pids(self) -> tuple[int, ...]:
        """Their process ids."""
        return tuple(process.pid for process in self._processes)

    async def start(self, parts: Sequence[Serve]) -> None:
        """Start one process a part and return when every device of each is bound and answers.

        Raises:
            ConfigError: An address is in use; nothing is left running.
            AgentEnded: A process said nothing useful; nothing is left running.
        """
        try:
            async with asyncio.timeout(START_S):
                for part in parts:
                    await self._spawn(part)
                for process in self._processes:
                    await _ready(process)
        except TimeoutError as error:
            await self.stop()
            raise AgentEnded(f"no agent process was ready within {START_S:.0f} s") from error
        except BaseException:
            await self.stop()
            raise

    def send(self, commands: Sequence[Command]) -> None:
        """Let the agents carry out commands, in order; one whose process has ended is not sent."""
        for command in commands:
            home = self._home[command.device]
            if home.stdin is not None and home.returncode is None:
                home.stdin.write(msgspec.json.encode(command) + b"\n")

    async def watch(self) -> None:
        """Wait for what should not happen.

        Raises:
            AgentEnded: A process ended by itself.
        """
        waiting = [asyncio.ensure_future(process.wait()) for process in self._processes]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        ended = [process for process in self._processes if process.returncode is not None]
        codes = ", ".join(f"{process.pid} with code {process.returncode}" for process in ended)
        raise AgentEnded(
            f"an agent process of the demo ended by itself: {codes}; start the demo anew"
        )

    async def stop(self) -> None:
        """End every process in bounded time; may be called twice."""
        async with asyncio.TaskGroup() as group:
            for process in self._processes:
                group.create_task(_stop(process))
        self._processes.clear()
        self._home.clear()

    async def _spawn(self, part: Serve) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "monitor.demo.agent",
            stdin=PIPE,
            stdout=PIPE,
            env=_environment(os.environ),
            start_new_session=True,  # Ctrl-C reaches the demo only, which then stops them
        )
        self._processes.append(process)
        self._home |= dict.fromkeys(part.devices, process)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(part) + b"\n")


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Where this very copy of the product is found, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    return {**own, "PYTHONPATH": os.pathsep.join(filter(None, (root, own.get("PYTHONPATH"))))}


async def _ready(process: Process) -> None:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise AgentEnded(f"agent process {process.pid} ended before it was ready")
    ready = msgspec.json.decode(line, type=Ready)
    if ready.error:
        raise ConfigError(ready.error)


async def _stop(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
