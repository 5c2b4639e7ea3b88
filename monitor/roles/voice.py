"""What the engine says, and how it takes up its word after a restart without saying anything twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.contract import TOPIC_OF, Notification, RootCause
from events.log import Entry
from events.span import EPOCH
from monitor.roles.reading import publish_patiently
from monitor.roles.words import OUTPUTS, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log
    from monitor.timeline import Timeline
    from topology.model import Catalogue

__all__ = ["OUTPUTS", "Voice"]


class Voice:
    """Publishes what comes out of the fold of one domain.

    Args:
        log: The event log.
        clock: For waiting while the log is away.
        source: Who speaks.
    """

    def __init__(self, log: Log, clock: Clock, source: str) -> None:
        self._log = log
        self._clock = clock
        self._source = source
        self._spoken: frozenset[str] = frozenset()

    async def publish(self, told: Iterable[AnyEvent]) -> None:
        """Bring events to their topics, states before the incidents and notices that speak of them."""
        by_topic: dict[str, list[Entry]] = {}
        for event in told:
            if event.id not in self._spoken:
                by_topic.setdefault(TOPIC_OF[type(event)], []).append(Entry(_key(event), event))
        for topic in OUTPUTS:
            await publish_patiently(
                self._log, self._clock, self._source, topic, by_topic.get(topic, [])
            )

    async def resume(
        self,
        timeline: Timeline,
        catalogue: Catalogue,
        notices: Sequence[Notification],
        *,
        anew: bool,
    ) -> None:
        """Say how the picture differs from the last words on the log, and the notices that nobody was given.

        Args:
            timeline: The picture of now.
            catalogue: What it speaks of.
            notices: What the fold wanted to tell on its way here.
            anew: It was folded from nothing.
        """
        known = (*catalogue.components, *catalogue.links, *catalogue.shared_risks)
        words = await Words.read(self._log, self._clock, self._source)
        await self.publish(words.unsaid(timeline, (*known, *catalogue.chains)))
        await self.publish(words.unsent(notices, anew=anew))
        self._spoken = words.since(timeline.watermark or EPOCH)


def _key(event: AnyEvent) -> str:
    """The key on the log. A root cause and the state of its component must not replace each other."""
    if isinstance(event, RootCause):
        return f"rootcause/{event.subject}"
    if isinstance(event, Notification):
        return event.data.incident
    return event.subject
