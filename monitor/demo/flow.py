"""Traffic that moves by itself: octets as a function of time."""

from __future__ import annotations

from math import cos, pi

__all__ = ["Flow"]

WAVE_S = 600.0
"""A busy and a quiet spell together: what a chart of half an hour shows as three waves."""
SWING = 0.5
"""The rate swings by half of its mean; below 1, so a counter never runs back."""


class Flow:
    """The octets that one port moved in one direction.

    Args:
        rate: Mean octets a second.
        phase_s: Where in its wave it stands, so that ports do not move in step.
        since: Moment (seconds since 1970) at which it stood at 0.
    """

    __slots__ = ("_octets", "_phase_s", "_rate", "_since")

    def __init__(self, rate: float, phase_s: float, since: float) -> None:
        self._rate = rate
        self._phase_s = phase_s
        self._since = since
        self._octets = 0

    def at(self, now: float) -> int:
        """Octets moved up to a moment not before the last change."""
        return self._octets + int(self._rate * (self._wave(now) - self._wave(self._since)))

    def change(self, rate: float, now: float) -> None:
        """Go on at another mean rate; what was counted stays counted."""
        self._octets = self.at(now)
        self._since = now
        self._rate = rate

    def _wave(self, moment: float) -> float:
        turn = 2 * pi / WAVE_S
        return moment - SWING / turn * cos(turn * (moment + self._phase_s))
