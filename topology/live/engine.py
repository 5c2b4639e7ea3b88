"""Observations folded into the states of components and chains, and the root causes between them.

Everything happens at event time. What is due by itself (silence, the end of a wait, a window of planned
work) happens at its own moment: `advance` runs it, and `step` first advances to just before the event. So a
tick only lets time pass, and how often ticks come changes nothing.

Source: DESIGN.md 4 and 7.2; CORE.md 1 to 3.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from events import ids
from events.contract import (
    AnyEvent,
    CatalogueLoaded,
    Change,
    Observation,
    RootCause,
    State,
    StateData,
    Tick,
)
from topology.live.cause import Cause, publish
from topology.live.chains import ChainRecord, Chains, Move
from topology.live.component import (
    CONTRADICTED,
    NEVER,
    POLLED,
    WORKING,
    Evidence,
    Finding,
    expire,
    judge,
    observe,
)
from topology.live.inference import Inference
from topology.live.ranking import Ranking
from topology.live.suspect import Memory
from topology.maintenance import Windows, Work
from topology.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.compiled import Compiled

__all__ = ["Cause", "ChainRecord", "Record", "Topology", "TopologyState"]

PUBLISH_AFTER = timedelta(seconds=5)
"""Late symptoms of an open cause are published together: the notice of the cause itself waits for nothing."""


class Record(Struct):
    """The verdict on one component, link or shared risk; `since` None = since the first event.

    Attributes:
        beneath: Under planned work: what it would be without, for accounts that know the window better
            later on; and `beneath_since`.
        evidence: Ids of the observations that decided, sorted.
    """

    state: str
    since: datetime | None = None
    reason: str = ""
    causes: list[str] = []
    beneath: str = ""
    beneath_since: datetime | None = None
    evidence: list[str] = []


class TopologyState(Struct):
    """Everything that a snapshot keeps; the rest is derived from it."""

    started: datetime | None = None
    evidence: dict[str, Evidence] = {}
    memory: Memory = field(default_factory=Memory)
    work: dict[str, Work] = {}
    edges: dict[str, datetime] = {}
    records: dict[str, Record] = {}
    chains: dict[str, ChainRecord] = {}
    causes: dict[str, Cause] = {}


class Topology:
    """The fold of one domain.

    Args:
        source: Who writes the events that come out: `engine/default`.
    """

    def __init__(self, compiled: Compiled, state: TopologyState, source: str) -> None:
        self.state, self._compiled, self._source = state, compiled, source
        catalogue = compiled.catalogue
        self._windows = Windows(state.work)
        unseen = {id_: "unknown" for id_ in compiled.gaps if id_ not in state.records}
        states = unseen | {id_: record.state for id_, record in state.records.items()}
        felled = {i: tuple(r.causes) for i, r in state.records.items() if r.state == "down"}
        self._chains = Chains(catalogue, compiled.gates, states, state.chains, felled)
        rank = Ranking(catalogue, self._chains.scope, state.work)
        self.inference = Inference(compiled, state.evidence, state.memory, rank)
        self._chains.blind_from(self._blinding())
        self._symptoms: dict[str, set[str]] = {}
        for id_, record in state.records.items():
            for cause in record.causes:
                self._symptoms.setdefault(cause, set()).add(id_)
        self._timers = Timers(self._due_of)
        for kind, known in self._watchable():
            for id_ in sorted(known):
                self._timers.watch(kind, id_)

    # --- time ---------------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """The next moment at which something happens by itself."""
        due = self._timers.peek()
        return due[0] if due else None

    def run_due(self, now: datetime) -> list[AnyEvent]:
        """Let everything happen that is due at `now`; earlier things have happened already."""
        touched: set[str] = set()
        silent: list[str] = []
        while (due := self._timers.peek()) is not None and due[0] <= now:
            kind, id_ = self._timers.pop()
            touched.update(self._happen(kind, id_, now))
            if kind == "symptoms":
                silent.append(id_)
        told = [self._tell(cause, now) for cause in silent if cause in self.state.causes]
        return [*told, *self._publish(touched, now)]

    def _watchable(self) -> Iterable[tuple[str, Iterable[str]]]:
        yield "silence", self.state.evidence
        yield "wait", self.state.memory.suspects
        yield "work", self.state.work
        yield "symptoms", self.state.causes

    def _due_of(self, kind: str, id_: str) -> datetime | None:
        match kind:
            case "silence":
                return self._silent_at(id_)
            case "wait":
                return self.inference.wait_until(id_)
            case "work":
                return self._windows.next_edge(id_, self.state.edges[id_])
            case _:
                cause = self.state.causes.get(id_)
                return cause.publish_at if cause else None

    def _silent_at(self, id_: str) -> datetime | None:
        gap = self._compiled.gaps.get(id_)
        last = None if gap is None else self.state.evidence[id_].polled_at
        return None if gap is None or last is None else last + gap

    def _happen(self, kind: str, id_: str, now: datetime) -> Iterable[str]:
        match kind:
            case "silence":
                expire(self.state.evidence[id_], self._compiled.gaps[id_], now)
                self.inference.seen(id_, now)
                self._timers.watch("silence", id_)
                return (id_,)
            case "wait":
                self.inference.waited(id_, now)
                return (id_,)
            case "work":
                self.state.edges[id_] = now
                self._timers.watch("work", id_)
                return self._windows.components(id_)
            case _:
                self.state.causes[id_].publish_at = None
                return ()

    # --- events -------------------------------------------------------------------------------

    def apply(self, event: AnyEvent) -> list[AnyEvent]:
        """Fold one event in; everything due before it has happened already."""
        if self.state.started is None and not isinstance(event, Tick):
            self.state.started = event.time
        match event:
            case Observation():
                return self._publish(self._observe(event), event.time)
            case Change():
                touched = self._windows.take(event)
                if event.subject in self.state.work:
                    self.state.edges[event.subject] = event.time
                    self._timers.watch("work", event.subject)
                return self._publish(touched, event.time)
            case CatalogueLoaded():
                return list(self.present_all(event.time))
            case _:
                return []

    def _observe(self, event: Observation) -> Iterable[str]:
        id_, kind = event.subject, event.data.kind
        vantage = event.data.vantage or next(iter(self._compiled.management.roots), "")
        evidence = self.state.evidence.setdefault(id_, Evidence())
        if not observe(evidence, event, vantage):
            return ()
        answered = kind in POLLED and event.data.status in WORKING
        failed = kind == "reach" and event.data.status == "down"
        self.inference.seen(
            id_, event.time, vantage if answered else None, vantage if failed else None
        )
        self._timers.watch("silence", id_)
        return (id_,)

    def present_all(self, now: datetime) -> list[State | RootCause]:
        """Everything as it stands, for who starts with an empty picture."""
        catalogue = self._compiled.catalogue
        known = (*catalogue.components, *catalogue.links, *catalogue.shared_risks)
        causes = [self._tell(id_, now) for id_ in sorted(self.state.causes)]
        states = [self._state(id_, self.record(id_), now) for id_ in known]
        return [*causes, *states, *(self._chain_state(id_, now) for id_ in catalogue.chains)]

    def present(self, told: State | RootCause, now: datetime) -> State | RootCause:
        """What an event that went out would say now; of a cause that is none any more, that it is closed."""
        if isinstance(told, RootCause):
            if told.subject in self.state.causes:
                return self._tell(told.subject, now)
            data = replace(told.data, status="closed")
            return ids.event(
                RootCause, source=self._source, subject=told.subject, time=now, data=data
            )
        if told.data.of == "chain":
            return self._chain_state(told.subject, now)
        return self._state(told.subject, self.record(told.subject), now)

    # --- verdicts -----------------------------------------------------------------------------

    def record(self, id_: str) -> Record:
        """The verdict on a component, link or shared risk."""
        return self.state.records.get(id_) or self._unseen(id_)

    def _unseen(self, id_: str) -> Record:
        if id_ in self._compiled.gaps:
            return Record("unknown", self.state.started, NEVER)
        return Record("up", self.state.started)

    def _compose(self, id_: str, now: datetime) -> Record:
        inference = self.inference
        inferred = inference.finding(id_)
        evidence = self.state.evidence.get(id_)
        found = inferred
        if evidence is not None:
            carries = inference.called_down.carries(id_)
            found = judge(evidence, inferred, inference.blind, carries=carries)
        if found is None:
            unseen = self._unseen(id_)
            found = Finding(unseen.state, self.state.started or now, unseen.reason)
        return self._maintained(id_, self._outlived(id_, found, now), now)

    def _outlived(self, id_: str, found: Finding, now: datetime) -> Finding:
        """Of a power that members of it outlive, only the others are down: who works is not brought down."""
        if found.state == "unreachable":
            felled = (one for one in found.causes if self.inference.risks.fells(one, id_))
            power = next((risk for risk in felled if self._is_bridged(risk, now)), None)
            if power is not None:
                return replace(found, state="down", reason=f"viel uit met {power}")
        if found.state != "down" or id_ not in self._compiled.catalogue.shared_risks:
            return found
        if self._is_bridged(id_, now):
            return replace(found, state="degraded")
        if self.record(id_).state == "degraded":
            return replace(found, since=self.inference.risks.last(id_) or found.since)
        return found

    def _is_bridged(self, id_: str, now: datetime) -> bool:
        return self.inference.risks.bridged(id_) and self._windows.active(id_, now) is None

    def _maintained(self, id_: str, found: Finding, now: datetime) -> Record:
        """Planned work explains a failure; it never hides what works (CORE.md 1.2)."""
        evidence = sorted(found.evidence)
        if found.state not in WORKING:
            window = self._windows.active(id_, now)
            if window is not None:
                start, change = window
                since, reason = max(found.since, start), f"gepland werk {change}"
                return Record(
                    "maint",
                    since,
                    reason,
                    beneath=found.state,
                    beneath_since=found.since,
                    evidence=evidence,
                )
            left = self._windows.left(id_, now)
            if left is not None and left > found.since:
                return _record(found, left, evidence)
        return _record(found, found.since, evidence)

    def _publish(self, touched: Iterable[str], now: datetime) -> list[AnyEvent]:
        """Bring records, causes and chains up to date with what was touched; return what changed."""
        touched = {*touched, *self.inference.touched}
        self.inference.touched.clear()
        for risk in touched & self._compiled.catalogue.shared_risks.keys():
            if self.record(risk).state != self._compose(risk, now).state:
                touched |= self._symptoms.get(risk, set())
        changed: dict[str, Record] = {}
        for id_ in sorted(touched):
            self._timers.watch("wait", id_)
            old, new = self.record(id_), self._compose(id_, now)
            if _settled(old, new):
                changed[id_] = old
                self.state.records[id_] = new
        told = self._causes(touched, changed, now)
        states = [self._state(id_, self.state.records[id_], now) for id_ in changed]
        return [*told, *states, *self._follow(changed, told, now)]

    def _state(self, id_: str, record: Record, now: datetime) -> State:
        data = StateData(
            of="component",
            state=record.state,
            since=record.since or now,
            reason=record.reason,
            causes=record.causes,
            evidence=record.evidence,
            beneath=record.beneath,
            beneath_since=record.beneath_since,
            catalogue=self._compiled.catalogue.version,
        )
        return ids.event(State, source=self._source, subject=id_, time=now, data=data)

    # --- root causes --------------------------------------------------------------------------

    def _causes(
        self, touched: Iterable[str], changed: Mapping[str, Record], now: datetime
    ) -> list[AnyEvent]:
        for id_, old in changed.items():
            self._count_symptom(id_, old, now)
        told = self._blindness(now)
        for id_ in sorted(touched):
            told += self._cause(id_, now)
        return told

    def _cause(self, id_: str, now: datetime) -> list[AnyEvent]:
        record, known = self.record(id_), self.state.causes.get(id_)
        if not self._is_cause(id_, record, now):
            return [self._close(id_, now)] if known is not None and not known.monitoring else []
        cause = Cause(
            record.since or now,
            corroborated=self.inference.proof.corroborated(id_),
            explanation=self.inference.proof.explanation(id_),
        )
        if known is not None:
            cause.corroborated |= known.corroborated
            cause.publish_at = known.publish_at
            cause.since = min(cause.since, known.since)
        if known is not None and known.explanation == cause.explanation:
            cause.evidence = known.evidence
        else:
            cause.evidence = sorted({*record.evidence, *self.inference.proof.witnesses(id_)})
        if cause == known:
            return []
        cause.publish_at = None
        self.state.causes[id_] = cause
        return [self._tell(id_, now)]

    def _is_cause(self, id_: str, record: Record, now: datetime) -> bool:
        """Whether it is down by itself, or a power that fells its members one after the other."""
        if record.state == "down":
            return not record.causes
        return record.state == "degraded" and self._is_bridged(id_, now)

    def _blindness(self, now: datetime) -> list[AnyEvent]:
        """Open and close the monitoring faults of the vantage points."""
        blind = {**self.inference.one_sided.found(), **self.state.memory.blind}
        vias = {self._compiled.management.vias[vantage]: vantage for vantage in sorted(blind)}
        over = [v for v, c in sorted(self.state.causes.items()) if c.monitoring and v not in vias]
        told: list[AnyEvent] = [self._close(via, now) for via in over]
        for via, vantage in sorted(vias.items()):
            known = self.state.causes.get(via)
            if known is None or known.explanation != blind[vantage].explanation:
                self.state.causes[via] = Cause(
                    blind[vantage].since,
                    monitoring=True,
                    vantage=vantage,
                    explanation=blind[vantage].explanation,
                    evidence=self.inference.proof.silences(vantage),
                )
                told.append(self._tell(via, now))
        return told

    def _blinding(self) -> list[str]:
        """The monitoring faults by which a chain can be unknown: of vantage points that see nothing."""
        causes, blind = self.state.causes.items(), self.state.memory.blind
        return [id_ for id_, one in causes if one.monitoring and one.vantage in blind]

    def _count_symptom(self, id_: str, old: Record, now: datetime) -> None:
        new = self.state.records[id_]
        for cause in set(old.causes) ^ set(new.causes):
            symptoms = self._symptoms.setdefault(cause, set())
            (symptoms.add if cause in new.causes else symptoms.discard)(id_)
            known = self.state.causes.get(cause)
            if known is not None and known.publish_at is None:
                known.publish_at = now + PUBLISH_AFTER
                self._timers.watch("symptoms", cause)

    def _tell(self, id_: str, now: datetime) -> RootCause:
        return self._root_cause(id_, self.state.causes[id_], "open", now)

    def _close(self, id_: str, now: datetime) -> RootCause:
        return self._root_cause(id_, self.state.causes.pop(id_), "closed", now)

    def _root_cause(self, id_: str, cause: Cause, status: str, now: datetime) -> RootCause:
        data = publish(cause, self._symptoms.get(id_, ()), is_open=status == "open")
        return ids.event(RootCause, source=self._source, subject=id_, time=now, data=data)

    # --- chains -------------------------------------------------------------------------------

    def _follow(
        self, changed: Mapping[str, Record], told: list[AnyEvent], now: datetime
    ) -> list[AnyEvent]:
        if not changed and not told:
            return []
        moves = []
        for id_, old in changed.items():
            new = self.state.records[id_]
            felled = tuple(new.causes) if new.state == "down" else ()
            moves.append(Move(new.since or now, id_, old.state, new.state, felled))
        blind = self._blinding()
        return [self._chain_state(id_, now) for id_ in self._chains.follow(moves, blind)]

    def _chain_state(self, id_: str, now: datetime) -> State:
        chain = self.state.chains[id_]
        data = StateData(
            of="chain",
            state=chain.state,
            since=chain.since or self.state.started or now,
            causes=chain.causes,
            flags=chain.flags,
            users_certain=chain.users_certain,
            users_possible=chain.users_possible,
            redundancy_lost=chain.redundancy_lost,
            catalogue=self._compiled.catalogue.version,
        )
        return ids.event(State, source=self._source, subject=id_, time=now, data=data)


def _record(found: Finding, since: datetime, evidence: list[str]) -> Record:
    return Record(found.state, since, found.reason, list(found.causes), evidence=evidence)


def _settled(old: Record, new: Record) -> bool:
    """Whether the new verdict differs; a lasting state keeps its start, first reason and evidence."""
    if old.state != new.state:
        return True
    if old.since is not None and new.since is not None:
        new.since = min(old.since, new.since)
    if old.beneath == new.beneath and old.beneath_since and new.beneath_since:
        new.beneath_since = min(old.beneath_since, new.beneath_since)
    if CONTRADICTED in (old.reason, new.reason):
        return old != new
    if old.state in ("up", "down"):
        new.reason, new.evidence = old.reason, old.evidence
    elif old.causes == new.causes and old.reason == new.reason:
        new.evidence = old.evidence
    return old != new
