"""What the engine has said before, read back from the log: the last word on each subject, and the notices.

After a restart the fold says again what it said before, and after a new catalogue it says the whole past
anew, in other words. Neither is news. So only the difference goes out: what stands otherwise now than it
was said last, and the notices that nobody was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events import ids
from events.contract import (
    INCIDENTS,
    NOTIFICATIONS,
    STATES,
    Incident,
    Notification,
    RootCause,
    State,
)
from events.span import EPOCH
from monitor.history import History
from monitor.roles.reading import Reader, persist

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log
    from monitor.timeline import Timeline

__all__ = ["OUTPUTS", "Words"]

OUTPUTS = (STATES, INCIDENTS, NOTIFICATIONS)

Told = State | RootCause | Incident


@dataclass(slots=True)
class Words:
    """What stands on the log.

    Attributes:
        said: The last word on each subject.
        notices: Ids of the notices.
        newest: Time of the newest notice; None = there is none.
        times: Of every event, by id.
        history: Verdicts on components that stand, from the moment asked for.
    """

    said: dict[tuple[type, str], Told] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    newest: datetime | None = None
    times: dict[str, datetime] = field(default_factory=dict)
    history: History = field(default_factory=lambda: History(EPOCH))

    @classmethod
    async def read(cls, log: Log, clock: Clock, source: str, since: datetime = EPOCH) -> Words:
        """Read everything that was said by `source`; of what is past, verdicts since a moment."""
        words = cls(history=History(since))
        ends = await persist(lambda: log.ends(OUTPUTS), clock, source)
        reader = Reader(log, clock, source, is_known=lambda _record: True)
        await reader.open(OUTPUTS)
        try:
            async for batch in reader.until(ends):
                for _, event in batch:
                    if event.source == source:
                        words.take(event)
        finally:
            await reader.close()
        return words

    def take(self, event: AnyEvent) -> None:
        """Add one event."""
        self.times[event.id] = event.time
        self.history.take([event])
        if isinstance(event, State):
            data = replace(event.data, rewrites=None)
            self.said[State, event.subject] = replace(event, data=data)
        elif isinstance(event, Told):
            self.said[type(event), event.subject] = event
        elif isinstance(event, Notification):
            self.notices.add(event.id)
            self.newest = max(event.time, self.newest or event.time)

    def since(self, moment: datetime) -> frozenset[str]:
        """Ids of what was said of this moment and later: a fold that goes on from there says it once more."""
        return frozenset(id_ for id_, time in self.times.items() if time >= moment)

    def unsaid(self, timeline: Timeline, known: Sequence[str]) -> list[AnyEvent]:
        """What stands otherwise in the timeline than it was said last.

        Args:
            timeline: The picture of now.
            known: Ids that the catalogue has; others are nobody's any more, but their incidents are closed.
        """
        now = {(type(one), one.subject): one for one in timeline.present_all()}
        there = set(known)
        gone = [
            said
            for key, said in self.said.items()
            if key not in now and (said.subject in there or not isinstance(said, State))
        ]
        standing = [*now.values(), *timeline.present(gone)]
        return [self.own(one) for one in standing if not self._stands(one)]

    def own(self, one: AnyEvent) -> AnyEvent:
        """A word that was said before, and then another, turned into one with an id of its own."""
        said = self.said.get((type(one), one.subject))
        if one.id not in self.times or said is None or said.id == one.id:
            return one
        return replace(one, id=ids.derive(one.id, said.id))

    def _stands(self, one: Told) -> bool:
        said = self.said.get((type(one), one.subject))
        return said is not None and said.data == one.data

    def unsent(self, notices: Sequence[Notification], *, anew: bool) -> list[Notification]:
        """The notices that nobody was given.

        Args:
            notices: Everything that the fold wants to tell.
            anew: It was folded from nothing: what lies before the newest notice was judged before, perhaps
                in other words, and is told no second time.
        """
        return [
            one
            for one in notices
            if one.id not in self.notices
            and not (anew and self.newest is not None and one.time <= self.newest)
        ]
