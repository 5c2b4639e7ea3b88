"""What the engine says, and how it takes up its word after a restart without saying anything twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from events.contract import COMMANDS, TOPIC_OF, Notification, RootCause, State
from events.log import Entry
from events.span import EPOCH
from monitor.history import is_verdict, retold
from monitor.roles.reading import publish_patiently
from monitor.roles.words import OUTPUTS, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log
    from monitor.history import History
    from monitor.metrics import Metrics
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
        self.rewritings = 0
        """Times since the start that verdicts on a component were taken back and told anew."""
        self.forgotten = 0
        """Verdicts of a past too long to be compared; they stay as they were told."""

    def show(self, metrics: Metrics) -> None:
        """Put what it told anew among the metrics."""
        metrics.total(
            "keten_rewritings", "Pasts of a component told anew.", lambda: self.rewritings
        )
        metrics.total(
            "keten_verdicts_not_compared", "Verdicts too many to compare.", lambda: self.forgotten
        )

    async def publish(self, told: Iterable[AnyEvent]) -> None:
        """Bring events to their topics, states before the incidents and notices that speak of them."""
        by_topic: dict[str, list[Entry]] = {}
        for event in told:
            if event.id not in self._spoken:
                self.rewritings += isinstance(event, State) and event.data.rewrites is not None
                by_topic.setdefault(TOPIC_OF[type(event)], []).append(Entry(_key(event), event))
        for topic in OUTPUTS:
            await publish_patiently(
                self._log, self._clock, self._source, topic, by_topic.get(topic, [])
            )

    async def command(self, domain: str, event: AnyEvent) -> None:
        """Bring a tick or a catalogue in force to the engines of a domain, this one among them."""
        entry = Entry(domain, event)
        await publish_patiently(self._log, self._clock, self._source, COMMANDS, [entry])

    async def put_right(self, history: History, told: Sequence[AnyEvent]) -> None:
        """Say what a fold with late events says otherwise, of the past and of now.

        What stands is read from the log, so that the same fold after a crash says only what is not said yet.

        Args:
            history: What should stand of the components, from the late events on.
            told: What is otherwise now.
        """
        words = await Words.read(self._log, self._clock, self._source, history.since)
        others = [one for one in told if not is_verdict(one)]
        await self.publish([*self._past(words, history), *map(words.own, others)])

    def _past(self, words: Words, history: History) -> list[State]:
        told = retold(words.history, history, words.times)
        self.forgotten += words.history.forgotten + history.forgotten
        for one in told:
            words.take(one)
        return told

    async def resume(
        self,
        timeline: Timeline,
        catalogue: Catalogue,
        notices: Sequence[Notification],
        history: History,
        *,
        anew: bool,
    ) -> None:
        """Say what the words on the log lack: of the past, of now, and the notices that nobody was given.

        Args:
            timeline: The picture of now.
            catalogue: What it speaks of.
            notices: What the fold wanted to tell on its way here.
            history: What it said of components on its way here.
            anew: It was folded from nothing: what was said before is left as it was judged then.
        """
        known = (*catalogue.components, *catalogue.links, *catalogue.shared_risks)
        words = await Words.read(self._log, self._clock, self._source, history.since)
        if anew and (newest := words.history.newest) is not None:
            history.trim(newest + timedelta.resolution)
        await self.publish(self._past(words, history))
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
