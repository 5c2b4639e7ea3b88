"""States and root causes folded into incidents and the decisions to tell somebody.

Whatever is `down` is a cause: what only suffers from it is `unreachable`, so a symptom never has an incident.

Source: CORE.md 6; DESIGN.md 7.1 to 7.3.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from alerting.deadline import Agreed
from alerting.incident import DEGRADED, DOWN, MONITORING, Fault, IncidentRecord, due_of
from alerting.priority import LEAST_URGENT, Impact, more_urgent, propose
from events import ids
from events.contract import (
    Acknowledgement,
    AnyEvent,
    Incident,
    Notification,
    NotificationData,
    RootCause,
    State,
)
from events.span import text
from topology.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.model import Catalogue

__all__ = ["Alerting", "AlertingState"]

WORDS = {DOWN: "valt uit", DEGRADED: "werkt niet goed", MONITORING: "meetpunt ziet niets"}


class AlertingState(Struct):
    """Everything that a snapshot keeps; `hurt` and `stopped` are the last word on each chain."""

    faults: dict[str, Fault] = {}
    incidents: dict[str, IncidentRecord] = {}
    hurt: dict[str, list[str]] = {}
    stopped: dict[str, bool] = {}


class Alerting:
    """The fold of one domain.

    Args:
        source: Who writes the events that come out: `engine/default`.
    """

    def __init__(self, catalogue: Catalogue, state: AlertingState, source: str) -> None:
        self.state, self._catalogue, self._source = state, catalogue, source
        self._impact, self._agreed = Impact(catalogue), Agreed(catalogue)
        self._hurt_by: dict[str, set[str]] = {}
        for chain, causes in state.hurt.items():
            for cause in causes:
                self._hurt_by.setdefault(cause, set()).add(chain)
        self._timers = Timers(self._due_of)
        for cause in sorted(state.faults):
            self._timers.watch("incident", cause)

    # --- time ---------------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """The next moment at which something happens by itself; it may lie in the past."""
        due = self._timers.peek()
        return due[0] if due else None

    def run_due(self, now: datetime) -> list[AnyEvent]:
        """Let everything happen that is due up to `now`; it is dated `now`."""
        told: list[AnyEvent] = []
        while (due := self._timers.peek()) is not None and due[0] <= now:
            _, cause = self._timers.pop()
            told.extend(self._happen(cause, now))
            self._timers.watch("incident", cause)
        return told

    def _due_of(self, _kind: str, cause: str) -> datetime | None:
        fault = self.state.faults.get(cause)
        if fault is None:
            return None
        return due_of(fault, self._incident(fault), self._catalogue.timing)

    def _incident(self, fault: Fault) -> IncidentRecord | None:
        return self.state.incidents[fault.incident] if fault.incident else None

    def _happen(self, cause: str, now: datetime) -> list[AnyEvent]:
        fault = self.state.faults[cause]
        incident = self._incident(fault)
        if not fault.opened:
            return self._open(cause, fault, now)
        assert incident is not None
        if fault.up_since is not None:
            incident.closed, fault.opened = now, False
            up_for = f"{self._catalogue.timing.clear_s} s zonder storing"
            return self._tell(incident, "closed", up_for, now)
        incident.fault = fault.kind
        self._worsen(incident, cause)
        return self._tell(incident, "raised", "was al gestoord, nu uit", now)

    def _open(self, cause: str, fault: Fault, now: datetime) -> list[AnyEvent]:
        assert fault.since is not None
        incident = self._incident(fault)
        fault.opened = True
        reopen = timedelta(seconds=self._catalogue.timing.reopen_s)
        if incident is not None and incident.closed and fault.since - incident.closed <= reopen:
            since = text(incident.closed)
            incident.closed, incident.reopened = None, incident.reopened + 1
            incident.fault = fault.kind
            self._extend(incident, fault.chains)
            self._worsen(incident, cause)
            return self._tell(incident, "reopened", f"opnieuw na sluiting om {since}", now)
        incident = IncidentRecord(
            f"i-{ids.derive('incident', cause, fault.kind, now)[:16]}",
            cause,
            fault.kind,
            now,
            fault.since,
            self._supplier(cause),
            chains=fault.chains,
        )
        fault.incident = incident.id
        self.state.incidents[incident.id] = incident
        self._worsen(incident, cause)
        why = "door twee soorten waarneming bevestigd" if fault.corroborated else "houdt aan"
        return self._tell(incident, "opened", why, now)

    # --- events -------------------------------------------------------------------------------

    def apply(self, event: AnyEvent, outcome: Iterable[AnyEvent]) -> list[AnyEvent]:
        """Fold an event and what the topology made of it.

        Returns:
            Incidents that changed by it, each with the notification that goes with it.
        """
        told: list[AnyEvent] = []
        if isinstance(event, Acknowledgement):
            told.extend(self._acknowledge(event))
        return [*told, *self.follow(outcome, event.time)]

    def follow(self, outcome: Iterable[AnyEvent], now: datetime) -> list[AnyEvent]:
        """Fold what the topology says."""
        worse: dict[str, None] = {}
        for event in outcome:
            if isinstance(event, RootCause):
                self._root_cause(event)
            elif isinstance(event, State) and event.data.of == "component":
                self._component(event)
            elif isinstance(event, State):
                worse.update(dict.fromkeys(self._chain(event)))
        return [told for cause in worse for told in self._impact_on(cause, now)]

    def _root_cause(self, event: RootCause) -> None:
        data = event.data
        if data.monitoring_fault:
            fault = self._fault(event.subject, MONITORING)
            if data.status == "open":
                fault.fails(MONITORING, data.since)
            else:
                fault.works(event.time)
        elif data.status == "open":
            self._fault(event.subject, DOWN).corroborated = data.corroborated
        elif event.subject in self.state.faults:
            self.state.faults[event.subject].corroborated = False
        self._timers.watch("incident", event.subject)

    def _component(self, event: State) -> None:
        data, known = event.data, self.state.faults.get(event.subject)
        if data.state in (DOWN, DEGRADED) and not data.causes:
            self._fault(event.subject, data.state).fails(data.state, data.since)
        elif known is None:
            return
        elif data.state == "up":
            known.works(data.since)
        else:
            known.is_hidden()
        if known is not None and known.since is None and known.incident is None:
            del self.state.faults[event.subject]
        self._timers.watch("incident", event.subject)

    def _chain(self, event: State) -> Iterable[str]:
        """Take the word on a chain; return the causes whose impact it changes."""
        chain, data = event.subject, event.data
        before = self.state.hurt.get(chain, [])
        for gone in set(before) - set(data.causes):
            self._hurt_by[gone].discard(chain)
        self.state.hurt[chain], self.state.stopped[chain] = data.causes, data.users_certain > 0
        for cause in data.causes:
            self._hurt_by.setdefault(cause, set()).add(chain)
            fault = self.state.faults.get(cause)
            if fault is not None and chain not in fault.chains:
                fault.chains = sorted([*fault.chains, chain])
        return data.causes

    def _fault(self, cause: str, kind: str) -> Fault:
        return self.state.faults.setdefault(cause, Fault(kind))

    def _acknowledge(self, event: Acknowledgement) -> list[AnyEvent]:
        incident = self.state.incidents.get(event.subject)
        if incident is None or incident.acknowledged_by == event.data.actor:
            return []
        incident.acknowledged_by = event.data.actor
        return [self._event(incident, event.time)]

    def present(self, told: Incident, now: datetime) -> Incident:
        """What an incident that went out would say now; one that never was is closed and hurt nobody."""
        incident = self.state.incidents.get(told.subject)
        if incident is not None:
            return self._event(incident, now)
        data = replace(told.data, status="closed", closed=told.data.closed or now, chains=[])
        return ids.event(Incident, source=self._source, subject=told.subject, time=now, data=data)

    def present_all(self, now: datetime) -> list[Incident]:
        """Every incident as it stands."""
        return [self._event(one, now) for _, one in sorted(self.state.incidents.items())]

    # --- impact -------------------------------------------------------------------------------

    def _impact_on(self, cause: str, now: datetime) -> list[AnyEvent]:
        fault = self.state.faults.get(cause)
        if fault is None or not fault.opened:
            return []
        incident = self.state.incidents[fault.incident or ""]
        before = (incident.chains, incident.users)
        self._extend(incident, fault.chains)
        if self._worsen(incident, cause):
            return self._tell(incident, "raised", "treft meer dan eerst", now)
        changed = (incident.chains, incident.users) != before
        return [self._event(incident, now)] if changed else []

    def _extend(self, incident: IncidentRecord, chains: list[str]) -> None:
        incident.chains = sorted({*incident.chains, *chains})

    def _worsen(self, incident: IncidentRecord, cause: str) -> bool:
        """Bring users and priority up to what is hurt now, never down, and the deadlines with them.

        Returns:
            Whether it is more urgent.
        """
        chains = self._catalogue.chains
        stopped = [c for c in self._hurt_by.get(cause, ()) if self.state.stopped[c]]
        groups = [chains[chain].source for chain in stopped]
        urgency = min((chains[chain].urgency for chain in incident.chains), default=LEAST_URGENT)
        priority = propose(self._impact.share_ppm(groups), urgency)
        incident.users = max(incident.users, self._impact.users(groups))
        rises = more_urgent(priority, incident.priority)
        if rises:
            incident.priority = priority
        incident.deadlines = self._agreed.deadlines(
            incident.opened, incident.priority, incident.chains
        )
        return rises

    def _supplier(self, cause: str) -> str | None:
        catalogue = self._catalogue
        for nouns in (catalogue.components, catalogue.links, catalogue.shared_risks):
            if cause in nouns:
                return nouns[cause].supplier
        return None

    # --- what goes out ------------------------------------------------------------------------

    def _event(self, incident: IncidentRecord, now: datetime) -> Incident:
        return ids.event(
            Incident, source=self._source, subject=incident.id, time=now, data=incident.data()
        )

    def _tell(
        self, incident: IncidentRecord, action: str, why: str, now: datetime
    ) -> list[AnyEvent]:
        data = NotificationData(
            incident=incident.id, action=action, reason=why, title=self._title(incident, action)
        )
        notice = ids.event(
            Notification, source=self._source, subject=incident.id, time=now, data=data
        )
        return [self._event(incident, now), notice]

    def _title(self, incident: IncidentRecord, action: str) -> str:
        what = "hersteld" if action == "closed" else WORDS[incident.fault]
        again = " opnieuw" if action == "reopened" else ""
        chains = len(incident.chains)
        felt = "geen keten geraakt" if not chains else f"{chains} keten{'s' if chains > 1 else ''}"
        users = (
            f", {incident.users} gebruiker{'s' if incident.users > 1 else ''}"
            if incident.users
            else ""
        )
        return f"{incident.priority} {self._name(incident.cause)} {what}{again}: {felt}{users}"

    def _name(self, cause: str) -> str:
        catalogue = self._catalogue
        for nouns in (catalogue.components, catalogue.links, catalogue.shared_risks):
            if cause in nouns:
                name = nouns[cause].name
                return f"{name} ({cause})" if name else cause
        return cause
