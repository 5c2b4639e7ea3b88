"""What the engine has said before, read back from the log: the last word on each subject, and the notices.

After a restart the fold says again what it said before, and after a new catalogue it says the whole past
anew, in other words. Neither is news. So only the difference goes out: what stands otherwise now than it
was said last, and the notices that nobody was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from events.contract import (
    INCIDENTS,
    NOTIFICATIONS,
    STATES,
    Incident,
    Notification,
    RootCause,
    State,
)
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
    """

    said: dict[tuple[type, str], Told] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    newest: datetime | None = None
    times: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    async def read(cls, log: Log, clock: Clock, source: str) -> Words:
        """Read everything that was said by `source`."""
        words = cls()
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
        if isinstance(event, Told):
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
        ids = set(known)
        gone = [
            said
            for key, said in self.said.items()
            if key not in now and (said.subject in ids or not isinstance(said, State))
        ]
        standing = [*now.values(), *timeline.present(gone)]
        return [one for one in standing if not self._stands(one)]

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
