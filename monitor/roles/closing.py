"""The closing role: months that close by themselves, and a closed month reckoned again every night.

It looks at the clock and at what is closed, and asks a clerk for the rest, who works in a process of its own:
a month of many chains takes seconds in which nothing else would be looked at. It keeps nothing that a
restart would miss. What it asks for may have been done already, by itself before it was killed or by another
process: then there is nothing to do.

Source: CORE.md 4.4 (closing, re-computation audit).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from events.errors import StoreUnavailable
from events.span import text
from monitor.logs import logger
from monitor.reports.schedule import audited

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from events.clock import Clock
    from monitor.metrics import Metrics
    from monitor.reports.schedule import Schedule
    from monitor.store.ledger import Ledger
    from monitor.store.months import Months

__all__ = ["Answer", "Clerk", "ClosingRole", "Outcome"]

LOOK_S = 20.0
"""How often it looks; a month is closed so long after its moment at most."""
START_S = 1.0
"""The same while the ledger does not know yet how far it is."""
AGAIN = timedelta(minutes=15)
"""How long what could not be done is left before it is tried again."""
IN_STEP = timedelta(minutes=1)
"""Behind by less, the ledger has what is to be reckoned with; after a start there is better to do first."""

Outcome = Literal["same", "differs", "failed"]


class Answer(NamedTuple):
    """What came of a request.

    Attributes:
        outcome: `same`: done, or the same again. `differs`: refused, or not the same. `failed`: nobody knows.
        said: Why, for a person.
    """

    outcome: Outcome
    said: str = ""


class Clerk(Protocol):
    """Closes months and reckons closed ones again. May be asked twice: the second time it refuses."""

    async def close(self, month: str, as_of: datetime) -> Answer:
        """Close a month as of a moment."""
        ...

    async def audit(self, month: str) -> Answer:
        """Check the ledger and reckon a closed month and its revisions again, each at its own moment."""
        ...


class ClosingRole:
    """Looks whether a month is to be closed, or one to be reckoned again.

    Args:
        clock: Whose time it is.
        ledger: When it begins is asked.
        months: Which are closed is asked.
        clerk: Who does it.
        schedule: When.
        reached: Up to when everything judged is in the ledger; None = not known.
    """

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        months: Months,
        clerk: Clerk,
        schedule: Schedule,
        reached: Callable[[], datetime | None],
    ) -> None:
        self.audits: dict[str, float] = {"same": 0, "differs": 0, "failed": 0}
        """Audits since the start, by what came of them."""
        self.audit_ended: datetime | None = None
        """When the last audit that found an answer ended."""
        self.differing: set[str] = set()
        """Months whose last audit found that they are not what was closed."""
        self._clock = clock
        self._ledger = ledger
        self._months = months
        self._clerk = clerk
        self._schedule = schedule
        self._reached = reached
        self._begun: datetime | None = None
        self._due: datetime | None = None
        self._planned: str | None = None
        self._awaited: str | None = None
        self._said = ""
        self._night: date | None = None
        self._not_before: dict[str, datetime] = {}

    @property
    def overdue(self) -> float:
        """Seconds since the moment at which a month should have been closed; 0 = nothing is due."""
        return 0.0 if self._due is None else (self._clock.now() - self._due).total_seconds()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(START_S if self._reached() is None else LOOK_S)

    async def look(self) -> None:
        """Do what is due now; while the database is away the ledger role says so, and nothing is due."""
        reached = self._reached()
        if reached is None:
            return
        try:
            closed = await self._months.names()
            await self._close(reached, closed)
            await self._audit(reached, closed)
        except StoreUnavailable as error:
            logger("closing").debug("look.failed", reason=str(error))

    def show(self, metrics: Metrics) -> None:
        """Put what it does among the metrics."""
        metrics.gauge(
            "keten_ledger_closing_overdue_seconds",
            "Since a month should have been closed.",
            lambda: self.overdue,
        )
        metrics.counter(
            "keten_ledger_audits",
            "Closed months reckoned again, by what came of it.",
            lambda: self.audits,
            "outcome",
        )
        metrics.gauge(
            "keten_ledger_audit_differs",
            "Closed months that are not what was closed.",
            lambda: len(self.differing),
        )
        metrics.gauge(
            "keten_ledger_audit_timestamp_seconds",
            "When the last audit found an answer.",
            lambda: self.audit_ended.timestamp() if self.audit_ended else float("nan"),
        )

    # --- closing ------------------------------------------------------------------------------

    async def _close(self, reached: datetime, closed: Sequence[str]) -> None:
        """Close the month whose turn it is, when its moment has come and the ledger has all of it."""
        if not closed and self._begun is None:  # every fact is looked at: asked until there is one
            self._begun = await self._ledger.begun()
        month = self._schedule.next(closed, self._begun)
        moment = self._schedule.moment(month) if month is not None else None
        if month is None or moment is None:
            self._due = None
            return
        self._tell(month, moment)
        now = self._clock.now()
        self._due = moment if now >= moment else None
        if self._due is None:
            # From here on only the clock is waited for: what is known at the moment itself will be closed.
            self._awaited = month if reached >= self._schedule.end(month) else None
        elif reached < moment:
            if now - moment > IN_STEP:
                self._wait(month, reached)
        elif not self._is_too_early("close"):
            await self._ask_to_close(month, moment if self._awaited == month else now)

    async def _ask_to_close(self, month: str, as_of: datetime) -> None:
        as_of = as_of.replace(microsecond=0)
        answer = await self._clerk.close(month, as_of)
        if answer.outcome == "same" or month in await self._months.names():
            self._due, self._said = None, ""
            logger("closing").info("month.closed", month=month, as_of=text(as_of))
            return
        self._leave("close")
        if answer.said != self._said:
            self._said = answer.said
            logger("closing").error("month.not_closed", month=month, reason=answer.said)

    def _tell(self, month: str, moment: datetime) -> None:
        if self._planned != month:
            self._planned = month
            logger("closing").info("closing.planned", month=month, at=text(moment))

    def _wait(self, month: str, reached: datetime) -> None:
        """Say once that a month waits for its evidence."""
        said = f"{month} waits"
        if self._said != said:
            self._said = said
            logger("closing").warning("closing.delayed", month=month, ledger_reached=text(reached))

    # --- audit --------------------------------------------------------------------------------

    async def _audit(self, reached: datetime, closed: Sequence[str]) -> None:
        """Reckon the month of this night again, once; after a start the one that was missed."""
        now = self._clock.now()
        night = self._schedule.night(now)
        month = audited(closed, night)
        behind = now - reached > IN_STEP
        if month is None or night == self._night or behind or self._is_too_early("audit"):
            return
        answer = await self._clerk.audit(month)
        self.audits[answer.outcome] += 1
        if answer.outcome == "failed":
            self._leave("audit")
            logger("closing").warning("audit.failed", month=month, reason=answer.said)
            return
        self._night, self.audit_ended = night, self._clock.now()
        self._judge(month, answer)

    def _judge(self, month: str, answer: Answer) -> None:
        if answer.outcome == "differs":
            self.differing.add(month)
            logger("closing").error("audit.differed", month=month, reason=answer.said)
        else:
            self.differing.discard(month)
            logger("closing").info("audit.agreed", month=month)

    # --- trying again ---------------------------------------------------------------------------

    def _leave(self, what: str) -> None:
        self._not_before[what] = self._clock.now() + AGAIN

    def _is_too_early(self, what: str) -> bool:
        due = self._not_before.get(what)
        return due is not None and self._clock.now() < due
