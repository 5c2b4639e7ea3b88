"""Plays the script on a clock and lets the agents show what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from monitor.demo.lan import region
from monitor.demo.script import ROUND_S, steps
from monitor.demo.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from events.clock import Clock
    from monitor.demo.command import Command
    from monitor.demo.script import Announcement, Step

__all__ = ["Control", "Player"]

TURN_S = 0.5
"""How long a pause may take to be noticed."""


class Control(Protocol):
    """The way to the agents."""

    def send(self, commands: Sequence[Command]) -> None:
        """Let the agents carry out commands, in order."""
        ...


class Player:
    """Plays the script on a clock, round after round.

    Args:
        announce: Told of every fault and repair; must return at once.
    """

    def __init__(
        self,
        clock: Clock,
        control: Control,
        announce: Callable[[Announcement], None],
    ) -> None:
        self._clock = clock
        self._control = control
        self._announce = announce
        self._world = World(region())
        self._paused = False

    @property
    def paused(self) -> bool:
        """Whether the script stands still."""
        return self._paused

    def pause(self) -> None:
        """Stand still where the script is: what is broken stays broken."""
        self._paused = True

    def resume(self) -> None:
        """Go on."""
        self._paused = False

    async def play(self) -> None:
        """Play until cancelled; nothing is undone then: the agents go with the demo."""
        while True:
            await self.play_round()

    async def play_round(self) -> None:
        """Play every scene once and return at the end of the round."""
        passed = 0.0
        for step in steps():
            passed = await self._wait(passed, step.at_s)
            self._do(step)
        await self._wait(passed, ROUND_S)

    async def _wait(self, passed: float, until: float) -> float:
        """Let script time reach a moment; while paused it stands still."""
        while passed < until:
            length = min(TURN_S, until - passed)
            await self._clock.sleep(length)
            if not self._paused:
                passed += length
        return passed

    def _do(self, step: Step) -> None:
        if step.announcement is not None:
            self._announce(step.announcement)
        if step.action is not None:
            self._control.send(self._world.apply(step.action))
