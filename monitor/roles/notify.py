"""The notify role: decided notifications to channels, each delivered once and its fate published.

The log tells what was delivered already, so a restart does not send again; a crash between the post and
its record can, which is why every post carries the notification's id as idempotency key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events import ids
from events.contract import (
    INCIDENTS,
    NOTIFICATIONS,
    Delivery,
    DeliveryData,
    Incident,
    Notification,
)
from events.errors import ChannelUnavailable
from events.log import Entry
from monitor.logs import logger
from monitor.roles.reading import Reader, persist, publish_patiently

if TYPE_CHECKING:
    from alerting.channels.port import Channel
    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log

__all__ = ["Notify"]

RETRY_S = (1.0, 5.0, 30.0, 120.0, 300.0)
"""Waits between tries of one channel; after the last the delivery is recorded as failed."""

STALE_S = 3600.0
"""A notification older than this at start is recorded as skipped: an old alarm is not news."""


class Notify:
    """Sends what the alerting engine decided to send, over one channel, in order.

    Each channel has a reader of its own: one that hangs does not hold up another.

    Args:
        log: The event log.
        clock: For waits and the age of notifications.
        channel: Where to send.
    """

    def __init__(self, log: Log, clock: Clock, channel: Channel) -> None:
        self._log = log
        self._clock = clock
        self._channel = channel
        self._source = f"notify/{channel.name}"
        self._incidents: dict[str, Incident] = {}
        self._done: set[str] = set()

    async def run(self) -> None:
        """Read and send until cancelled."""
        await self._learn()
        reader = Reader(self._log, self._clock, self._source)
        await reader.open([INCIDENTS, NOTIFICATIONS], group=f"notify-{self._channel.name}")
        try:
            async for batch in reader.resume(limit=200):
                for record, event in batch:
                    try:
                        await self._handle(event)
                    except Exception as error:  # noqa: BLE001  # one bad notice must not silence the rest
                        await reader.set_aside(record, f"cannot be sent: {error!r}")
                if batch:
                    await reader.commit({r.partition: r.offset + 1 for r, _ in batch})
        finally:
            await reader.close()

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()

    async def _handle(self, event: AnyEvent) -> None:
        if isinstance(event, Incident):
            self._incidents[event.subject] = event
        elif (
            isinstance(event, Notification)
            and event.data.decision == "send"
            and event.id not in self._done
        ):
            await self._send(event)

    async def _learn(self) -> None:
        """Read what was delivered before, and the incidents as they stand."""
        topics = [INCIDENTS, NOTIFICATIONS]
        ends = await persist(lambda: self._log.ends(topics), self._clock, self._source)
        reader = Reader(self._log, self._clock, self._source, is_known=lambda _record: True)
        await reader.open(topics)
        try:
            async for batch in reader.until(ends):
                for _, event in batch:
                    if isinstance(event, Incident):
                        self._incidents[event.subject] = event
                    elif isinstance(event, Delivery) and event.data.channel == self._channel.name:
                        self._done.add(event.subject)
        finally:
            await reader.close()

    async def _send(self, notification: Notification) -> None:
        age_s = (self._clock.now() - notification.time).total_seconds()
        if age_s > STALE_S:
            await self._record(notification, ok=False, attempt=0, error="skipped: stale")
            return
        error = ""
        for attempt, wait_s in enumerate((*RETRY_S, 0.0), start=1):
            try:
                await self._channel.send(
                    notification, self._incidents.get(notification.data.incident)
                )
            except ChannelUnavailable as failure:
                error = str(failure)
                logger("notify").warning("delivery.failed", attempt=attempt, reason=error)
                await self._clock.sleep(wait_s)
            else:
                await self._record(notification, ok=True, attempt=attempt, error="")
                return
        await self._record(notification, ok=False, attempt=len(RETRY_S) + 1, error=error)

    async def _record(
        self, notification: Notification, *, ok: bool, attempt: int, error: str
    ) -> None:
        self._done.add(notification.id)
        data = DeliveryData(
            notification=notification.id,
            channel=self._channel.name,
            ok=ok,
            attempt=attempt,
            error=error,
        )
        delivery = ids.event(
            Delivery,
            source=self._source,
            subject=notification.id,
            time=self._clock.now(),
            data=data,
        )
        await publish_patiently(
            self._log,
            self._clock,
            self._source,
            NOTIFICATIONS,
            [Entry(notification.data.incident, delivery)],
        )
