"""A link of the simulated region: two ends, and the cables between them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Wire"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A link: two devices, and the cables between them, each with the port at either end.

    Several cables carry together as long as one does; a service is joined without any.
    """

    id: str
    ends: tuple[str, str]
    cables: tuple[tuple[str, str], ...]
    supplier: str
    name: str = ""

    @property
    def cable_ids(self) -> tuple[str, ...]:
        """What its cables are called when one is cut: `LINK#1` is the first."""
        return tuple(f"{self.id}#{number}" for number, _ in enumerate(self.cables, start=1))

    @property
    def sockets(self) -> tuple[tuple[str, str], ...]:
        """Every `(device, port)` in which a cable of it ends."""
        return tuple(
            (end, port) for cable in self.cables for end, port in zip(self.ends, cable, strict=True)
        )
