"""The life of an incident: a fault that lasts is registered, one that stays away is closed.

A fault waits `confirm` before it becomes an incident, an incident waits `clear` before it is closed, and the
same cause soon after is the same incident again.

Source: CORE.md 6; DESIGN.md 7.1 (`timing`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from events.contract import Deadlines, IncidentData

if TYPE_CHECKING:
    from topology.model import Timing

__all__ = ["Fault", "IncidentRecord", "due_of"]

DOWN, DEGRADED, MONITORING = "down", "degraded", "monitoring"


class IncidentRecord(Struct):
    """An incident as it stands; the fields are those of `IncidentData`."""

    id: str
    cause: str
    fault: str
    opened: datetime
    since: datetime
    supplier: str | None = None
    closed: datetime | None = None
    chains: list[str] = []
    priority: str | None = None
    users: int = 0
    acknowledged_by: str | None = None
    reopened: int = 0
    deadlines: Deadlines = Deadlines()

    @property
    def open(self) -> bool:
        """Whether it still needs somebody."""
        return self.closed is None

    def data(self) -> IncidentData:
        """The incident as it goes on the log."""
        return IncidentData(
            cause=self.cause,
            fault=self.fault,
            status="open" if self.open else "closed",
            chains=self.chains,
            opened=self.opened,
            closed=self.closed,
            since=self.since,
            priority=self.priority,
            users=self.users,
            supplier=self.supplier,
            acknowledged_by=self.acknowledged_by,
            reopened=self.reopened,
            deadlines=self.deadlines,
        )


class Fault(Struct):
    """One cause: whether it fails now, and its incident.

    Attributes:
        kind: `down`, `degraded` or `monitoring`, of now or of the last time.
        since: Start of the failure; None while it does not fail (or nobody can tell).
        moved: Start of the present kind of failure.
        up_since: Start of being up; None while it is not up.
        incident: Its open incident, or the last one; None when there never was one.
        opened: Whether that incident is open.
        chains: Chains hurt since the failure began.
    """

    kind: str
    since: datetime | None = None
    moved: datetime | None = None
    up_since: datetime | None = None
    corroborated: bool = False
    incident: str | None = None
    opened: bool = False
    chains: list[str] = []

    def fails(self, kind: str, since: datetime) -> None:
        """It fails, from then on; a failure that goes on as another kind keeps its start."""
        if self.since is None:
            self.since = self.moved = since
            if not self.opened:
                self.chains = []
        elif kind != self.kind:
            self.moved = since
        else:
            self.since = min(self.since, since)
        self.kind, self.up_since = kind, None

    def works(self, since: datetime) -> None:
        """It is up again."""
        self.since = self.moved = None
        self.up_since = since

    def is_hidden(self) -> None:
        """Nobody can tell: this neither confirms a failure nor clears an incident."""
        self.since = self.moved = self.up_since = None


def due_of(fault: Fault, incident: IncidentRecord | None, timing: Timing) -> datetime | None:
    """When the next thing happens to a fault by itself; None when nothing does."""
    wait = timing.confirm_corroborated_s if fault.corroborated else timing.confirm_s
    if not fault.opened:
        return None if fault.since is None else fault.since + timedelta(seconds=wait)
    if fault.up_since is not None:
        return fault.up_since + timedelta(seconds=timing.clear_s)
    if incident is not None and incident.fault == DEGRADED and fault.kind == DOWN and fault.moved:
        return fault.moved + timedelta(seconds=wait)
    return None
