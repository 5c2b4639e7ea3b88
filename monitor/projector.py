"""Verdicts folded into the picture that the board shows: states, causes, incidents, two clocks. Pure.

What the log delivers last of a subject is what holds: the compacted topics `states` and `incidents` are
enough to rebuild everything but the second clock. Before anything is known all is `unknown`.

Source: DESIGN.md 4 and 6 (a web role is stateless); UX.md 0.5 and 0.6.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from events.contract import (
    Incident,
    IncidentData,
    Measurement,
    Observation,
    RootCause,
    RootCauseData,
    State,
    StateData,
    Tick,
)
from monitor.flapping import Flapping
from topology.hops import HopMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from events.contract import AnyEvent
    from topology.hops import Hop, Part
    from topology.model import Catalogue

__all__ = ["UNMEASURED", "Clocks", "Delta", "HopState", "Projector"]

CLOSED_KEPT = 200
"""Closed incidents that stay on the list; older ones are in the log."""

UNMEASURED = "unmeasured"
"""A component without probe of which nothing was ever told: it counts as up, and is not shown as such."""

WORST = ("down", "degraded", "unknown", "unreachable", "maintenance", "up")


@dataclass(frozen=True, slots=True)
class Delta:
    """One thing on the board that changed.

    Args:
        topic: The event name of the stream; `notice` is an announcement of the demo.
        key: What it is about; a later delta of the same topic and key replaces this one.
        data: JSON-able; times as ISO 8601 in UTC.
    """

    topic: Literal["chain", "hop", "comp", "incident", "notice"]
    key: str
    data: Mapping[str, object] = field(hash=False)


@dataclass(frozen=True, slots=True)
class HopState:
    """What a hop is worth.

    Args:
        state: One of `WORST`; `unreachable` = not measurable, only because of what stands before it.
        up: Members that work; where its links are what is worst, links.
        total: Members, or links.
    """

    state: str
    up: int
    total: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two clocks: when something last happened, and up to when everything has been measured.

    Args:
        last_event: Newest verdict, incident or operator's act; looking is none. None = none yet.
        watermark: Every source that is not silent was measured up to here; None = not known.
        sources: Components with a probe.
        silent: Sources not heard for longer than their gap.
        stalled_since: All sources are silent since this moment; None = they are not.
    """

    last_event: datetime | None
    watermark: datetime | None
    sources: int
    silent: int
    stalled_since: datetime | None


class Projector:
    """The picture of one catalogue.

    Args:
        catalogue: Whose chains and components are shown; what it does not name is left out and counted.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.version = 0
        """Rises with every change of the picture: what was rendered for a version may be kept."""
        self.strangers = 0
        """Events about subjects that the catalogue does not know."""
        self.causes: dict[str, RootCauseData] = {}
        self.incidents: dict[str, IncidentData] = {}
        self.flapping = Flapping(catalogue.timing.flap)
        """Who keeps failing and coming back, as far as the log tells of it since the start."""
        self._states: dict[str, StateData] = {}
        self._last_event: datetime | None = None
        self._last_tick: datetime | None = None
        self._gaps = _gaps(catalogue)
        self._heard: dict[str, datetime] = {}
        self._read_since: datetime | None = None
        ways = HopMap(catalogue)
        self.hops: dict[str, tuple[Hop, ...]] = {
            chain.id: ways.of(chain) for chain in catalogue.chains.values()
        }
        self._used_in: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for chain, listed in self.hops.items():
            for place, hop in enumerate(listed):
                for id_ in hop.everything:
                    self._used_in[id_].append((chain, place))
        self._shown: dict[tuple[str, int], HopState] = {}
        for chain in self.hops:
            self._shown.update(self._hop_states(chain))

    @property
    def states(self) -> Mapping[str, StateData]:
        """The last state of each component and chain by id; absent = never told."""
        return self._states

    @property
    def open_incidents(self) -> Iterable[IncidentData]:
        """Incidents that are not closed."""
        return [one for one in self.incidents.values() if one.status == "open"]

    def state_of(self, component: str) -> str:
        """The state of a component, link or shared risk; `unmeasured` when nobody looks at it."""
        told = self._states.get(component)
        if told is not None:
            return told.state
        return "unknown" if component in self._gaps else UNMEASURED

    def chain_state(self, chain: str) -> str:
        """The state of a chain; `unknown` before anything is known."""
        told = self._states.get(chain)
        return "unknown" if told is None else told.state

    def hop_state(self, chain: str, place: int) -> HopState:
        """What the hop at a place (from 0) of a chain is worth."""
        return self._shown[chain, place]

    def chains_through(self, component: str) -> list[str]:
        """Chains that show a component, link or shared risk, in catalogue order."""
        return list(dict.fromkeys(chain for chain, _ in self._used_in.get(component, ())))

    def apply(self, event: AnyEvent) -> list[Delta]:
        """Fold one event in; return what it changed on the board.

        The same event twice changes nothing the second time. Observations, measurements and ticks only move
        the clocks.
        """
        match event:
            case Tick():
                self._last_tick = _later(self._last_tick, event.time)
                return []
            case State():
                deltas = self._state(event)
            case RootCause():
                deltas = self._cause(event)
            case Incident():
                deltas = self._incident(event)
            case Observation() | Measurement():
                self._hear(event.subject, event.time)
                return []
            case _:
                deltas = []
        self._last_event = _later(self._last_event, event.time)
        self.version += bool(deltas)
        return deltas

    def clocks(self, now: datetime) -> Clocks:
        """Read the two clocks at a moment.

        A source that was never heard is silent once its gap has passed since the clocks were first read.
        """
        self._read_since = begun = self._read_since or now
        waited = {id_: now - self._heard.get(id_, begun) for id_ in self._gaps}
        silent = sum(waited[id_] > gap for id_, gap in self._gaps.items())
        alive = [seen for id_, seen in self._heard.items() if waited[id_] <= self._gaps[id_]]
        newest = max(self._heard.values(), default=None)
        watermark = min(alive, default=newest) if self._heard else self._last_tick
        stalled = (newest or begun) if silent and silent == len(self._gaps) else None
        return Clocks(self._last_event, watermark, len(self._gaps), silent, stalled)

    def _hear(self, component: str, moment: datetime) -> None:
        if component in self._gaps:
            self._heard[component] = max(moment, self._heard.get(component, moment))

    # --- states --------------------------------------------------------------------------------

    def _state(self, event: State) -> list[Delta]:
        if not self._is_known(event):
            self.strangers += 1
            return []
        # What takes the past back is told in order of time: the last word of it is about now.
        data = replace(event.data, rewrites=None) if event.data.rewrites else event.data
        if self._states.get(event.subject) == data:
            return []
        self._states[event.subject] = data
        if event.data.of == "chain":
            return [self._chain_delta(event.subject), *self._hop_deltas([event.subject])]
        self.flapping.take(event)
        return [
            self._component_delta(event.subject),
            *self._hop_deltas(self.chains_through(event.subject)),
        ]

    def _is_known(self, event: State) -> bool:
        known = self.catalogue
        if event.data.of == "chain":
            return event.subject in known.chains
        return any(
            event.subject in kind for kind in (known.components, known.links, known.shared_risks)
        )

    def _hop_deltas(self, chains: Iterable[str]) -> Iterator[Delta]:
        for chain in chains:
            for (id_, place), new in self._hop_states(chain):
                if self._shown[id_, place] != new:
                    self._shown[id_, place] = new
                    yield _hop_delta(id_, place, new)

    def _hop_states(self, chain: str) -> list[tuple[tuple[str, int], HopState]]:
        told = self._states.get(chain)
        listed = self.hops[chain]
        if told is None:
            return [
                ((chain, place), HopState("unknown", 0, hop.total))
                for place, hop in enumerate(listed)
            ]
        found = [self._worth(hop) for hop in listed]
        if told.state == "down" and all(hop.state != "down" for hop in found):
            found = [
                HopState("down", one.up, one.total)
                if one.state == "degraded" and not set(told.causes).isdisjoint(hop.everything)
                else one
                for hop, one in zip(listed, found, strict=True)
            ]
        return [((chain, place), one) for place, one in enumerate(found)]

    def _worth(self, hop: Hop) -> HopState:
        worst, part = min(
            ((self._part(part), part) for part in hop.parts), key=lambda one: WORST.index(one[0])
        )
        # Both routers up and one of their lines cut is not "2/2, degraded".
        counted = hop.links if part.members == hop.links else hop.members
        up = sum(self.state_of(id_) in {"up", "degraded", UNMEASURED} for id_ in counted)
        return HopState(worst, up, len(counted))

    def _part(self, part: Part) -> str:
        seen = Counter(self.state_of(id_) for id_ in part.members)
        whole = seen["up"] + seen[UNMEASURED]
        if whole == len(part.members):
            return "up"
        blind = "unknown" if seen["unknown"] else "unreachable"
        unseen = seen["unknown"] + seen["unreachable"]
        working = whole + seen["degraded"]
        if working >= part.at_least:
            if seen["down"] or seen["degraded"]:
                return "degraded"
            return blind if unseen else "maintenance"
        if working + unseen >= part.at_least:
            return blind
        if working + unseen + seen["maint"] >= part.at_least:
            return "maintenance"
        return "degraded" if part.partial else "down"

    # --- causes and incidents ------------------------------------------------------------------

    def _cause(self, event: RootCause) -> list[Delta]:
        before = self.causes.get(event.subject)
        if event.data.status == "open":
            self.causes[event.subject] = event.data
        else:
            self.causes.pop(event.subject, None)
        if self.causes.get(event.subject) == before:
            return []
        return [
            self._chain_delta(chain)
            for chain in self.catalogue.chains
            if (told := self._states.get(chain)) and event.subject in told.causes
        ]

    def _incident(self, event: Incident) -> list[Delta]:
        if self.incidents.get(event.subject) == event.data:
            return []
        self.incidents.pop(event.subject, None)  # to the end: the list is in order of the last move
        self.incidents[event.subject] = event.data
        closed = [id_ for id_, one in self.incidents.items() if one.status == "closed"]
        for id_ in closed[: max(0, len(closed) - CLOSED_KEPT)]:
            del self.incidents[id_]
        one = event.data
        return [
            Delta(
                "incident",
                event.subject,
                {
                    "id": event.subject,
                    "cause": one.cause,
                    "status": one.status,
                    "priority": one.priority,
                    "chains": one.chains,
                },
            )
        ]

    def _chain_delta(self, chain: str) -> Delta:
        told = self._states.get(chain)
        if told is None:
            return Delta("chain", chain, {"id": chain, "state": "unknown", "since": None})
        return Delta("chain", chain, {"id": chain, **_told(told), "flags": told.flags})

    def _component_delta(self, component: str) -> Delta:
        return Delta("comp", component, {"id": component, **_told(self._states[component])})


def _told(data: StateData) -> dict[str, object]:
    return {
        "state": data.state,
        "since": data.since.isoformat(),
        "reason": data.reason,
        "causes": data.causes,
    }


def _hop_delta(chain: str, place: int, one: HopState) -> Delta:
    data = {"chain": chain, "hop": place, "state": one.state, "up": one.up, "total": one.total}
    return Delta("hop", f"{chain} {place}", data)


def _gaps(catalogue: Catalogue) -> dict[str, timedelta]:
    """How long each component with a probe may be silent (CORE.md 1.2)."""
    probes = {one.id: one.probe for one in catalogue.components.values()}
    probes |= {one.id: one.probe for one in catalogue.shared_risks.values()}
    return {
        id_: timedelta(seconds=float(probe.gap_s))
        for id_, probe in probes.items()
        if probe is not None
    }


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
