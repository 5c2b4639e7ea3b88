"""What a channel is: one way to tell somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from events.contract import Incident, Notification

__all__ = ["Channel"]


class Channel(Protocol):
    """Delivers notifications to one receiver."""

    name: str

    async def send(self, notification: Notification, incident: Incident | None) -> None:
        """Deliver one notification.

        Raises:
            ChannelUnavailable: Not delivered; trying again is safe.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; may be called twice."""
        ...
