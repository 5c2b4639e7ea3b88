"""The whole fold of one domain: events in the one order turned into states, incidents and notices.

Laws, each with a test: the same set of events gives the same bytes in whatever order it arrived; a fold cut
anywhere by `freeze` and `thaw` gives the same bytes as one that was not; ticks change nothing but the time.

What is due at a moment happens after all events of that moment: a state at t is what the last event at or
before t made of it.

Source: DESIGN.md 4 (order), 7.3 (`replay`).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from alerting.engine import Alerting, AlertingState
from alerting.problem import problems
from events import ids
from events.contract import (
    AnyEvent,
    Change,
    Correction,
    Incident,
    Observation,
    RootCause,
    State,
    Trap,
)
from events.errors import PermanentError
from events.span import text
from topology.compiled import Compiled
from topology.live.engine import Topology, TopologyState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.model import Catalogue

__all__ = ["Fold", "FoldState", "SnapshotRefused", "canonical_digest", "unusable"]

FORMAT = 3
"""Of a snapshot; raised whenever its meaning changes, so that an old one is refused and folded anew."""

_CURE = "; mend the id, or add it to the catalogue"

_START = datetime.min.replace(tzinfo=UTC)

_encoder = msgspec.json.Encoder(order="deterministic")


class SnapshotRefused(PermanentError):
    """A snapshot of another catalogue or another version of the product: fold the log anew."""


class FoldState(Struct):
    """A snapshot.

    Attributes:
        now: How far time has come.
        met: Ids of the events at exactly that moment, so that a repeat has no effect.
        said: Ids of what came out at that moment, with how often the same was said: there and back within
            one moment is three words, and readers know a word by its id.
    """

    catalogue: str
    format: int = FORMAT
    now: datetime = _START
    met: set[str] = set()
    said: dict[str, int] = {}
    topology: TopologyState = field(default_factory=TopologyState)
    alerting: AlertingState = field(default_factory=AlertingState)


_decoder = msgspec.json.Decoder(FoldState)


class Fold:
    """The fold; owns its state and changes it in place.

    Args:
        compiled: The catalogue, compiled once for all folds of it.
        state: A snapshot to go on from; None = from nothing.
        source: Who writes the events that come out.
    """

    def __init__(
        self, compiled: Compiled, state: FoldState | None = None, source: str = "engine/default"
    ) -> None:
        self._compiled, self._source = compiled, source
        self._state = state or FoldState(compiled.catalogue.version)
        self._topology = Topology(compiled, self._state.topology, source)
        self._alerting = Alerting(compiled.catalogue, self._state.alerting, source)

    @classmethod
    def start(cls, catalogue: Catalogue) -> Fold:
        """Begin a fold from nothing."""
        return cls(Compiled.of(catalogue))

    @property
    def now(self) -> datetime:
        """How far time has come."""
        return self._state.now

    def step(self, event: AnyEvent) -> list[AnyEvent]:
        """Let everything before the event happen, then fold the event in.

        Raises:
            ValueError: The event is older than what was folded already.
        """
        state = self._state
        if event.time < state.now:
            raise ValueError(
                f"{event.id} is of {text(event.time)}, the fold is at {text(state.now)}"
            )
        told = self._run(event.time, whole=False)
        self._move(event.time)
        if event.id in state.met:
            return told
        state.met.add(event.id)
        outcome = self._topology.apply(event)
        return [*told, *self._distinct([*outcome, *self._alerting.apply(event, outcome)])]

    def advance(self, to: datetime) -> list[AnyEvent]:
        """Let everything happen that is due up to and including a moment."""
        told = self._run(to, whole=True)
        self._move(to)
        return told

    def next_due(self) -> datetime | None:
        """The next moment at which something happens without an event; None when nothing will."""
        dues = [due for due in (self._topology.next_due(), self._alerting.next_due()) if due]
        return max(min(dues), self._state.now) if dues else None

    def _run(self, to: datetime, *, whole: bool) -> list[AnyEvent]:
        told: list[AnyEvent] = []
        while (due := self.next_due()) is not None and (due < to or (whole and due == to)):
            self._move(due)
            outcome = self._topology.run_due(due)
            notices = self._alerting.follow(outcome, due)
            told += self._distinct([*outcome, *notices, *self._alerting.run_due(due)])
        return told

    def _move(self, to: datetime) -> None:
        if to > self._state.now:
            self._state.now = to
            self._state.met.clear()
            self._state.said.clear()

    def _distinct(self, told: list[AnyEvent]) -> list[AnyEvent]:
        """Give the second of two equal words of one moment an id of its own."""
        distinct = []
        for event in told:
            often = self._state.said.get(event.id, 0)
            self._state.said[event.id] = often + 1
            own = replace(event, id=ids.derive(event.id, often)) if often else event
            distinct.append(own)
        return distinct

    # --- snapshots ----------------------------------------------------------------------------

    def freeze(self) -> bytes:
        """Turn the state into its canonical bytes: equal states give equal bytes."""
        return _encoder.encode(self._state)

    @classmethod
    def thaw(cls, compiled: Compiled, frozen: bytes, source: str = "engine/default") -> Fold:
        """Turn a snapshot back into the fold that it was taken of.

        Raises:
            SnapshotRefused: It belongs to another catalogue or format.
        """
        try:
            state = _decoder.decode(frozen)
        except msgspec.DecodeError as error:
            raise SnapshotRefused(f"not a snapshot: {error}") from None
        if (state.format, state.catalogue) != (FORMAT, compiled.catalogue.version):
            raise SnapshotRefused("the snapshot was made with another catalogue or version")
        return cls(compiled, state, source)

    # --- answers ------------------------------------------------------------------------------

    def present(self, told: State | RootCause | Incident) -> State | RootCause | Incident:
        """What an event that went out would say if it went out now."""
        if isinstance(told, Incident):
            return self._alerting.present(told, self.now)
        return self._topology.present(told, self.now)

    def present_state(self, told: State) -> State:
        """What a verdict that went out would say if it went out now."""
        now = self._topology.present(told, self.now)
        assert isinstance(now, State)
        return now

    def present_all(self) -> list[State | RootCause | Incident]:
        """Everything as it stands now."""
        return [*self._topology.present_all(self.now), *self._alerting.present_all(self.now)]

    def verdict(self) -> dict[str, object]:
        """The states, incidents, problems and digest of now, as `keten replay --json` shows them."""
        catalogue = self._compiled.catalogue
        nouns = (*catalogue.components, *catalogue.links, *catalogue.shared_risks)
        alerting = self._state.alerting
        incidents = sorted(alerting.incidents.values(), key=lambda one: (one.opened, one.id))
        picture: dict[str, object] = {
            "chains": {id_: self._chain(id_) for id_ in catalogue.chains},
            "components": {id_: self._component(id_) for id_ in nouns},
            "incidents": [msgspec.to_builtins(one) for one in incidents],
        }
        return {
            **picture,
            "problems": problems(catalogue, incidents),
            "digest": canonical_digest(picture),
        }

    def _component(self, id_: str) -> dict[str, object]:
        record = self._topology.record(id_)
        return {
            "state": record.state,
            "since": text(record.since) if record.since else None,
            "reason": record.reason,
            "causes": record.causes,
        }

    def _chain(self, id_: str) -> dict[str, object]:
        chain = self._state.topology.chains[id_]
        since = chain.since or self._state.topology.started
        return {
            "state": chain.state,
            "since": text(since) if since else None,
            "flags": chain.flags,
            "users_affected": {"certain": chain.users_certain, "possible": chain.users_possible},
            "causes": chain.causes,
        }


def canonical_digest(picture: Mapping[str, object]) -> str:
    """Turn a picture into the SHA-256 of its canonical JSON: sorted keys, no spaces."""
    return hashlib.sha256(_encoder.encode(picture)).hexdigest()


def unusable(catalogue: Catalogue, event: AnyEvent) -> str | None:
    """Say why an event cannot be folded: it is about something that the catalogue does not have.

    Returns:
        The reason, or None when it can be used.
    """
    nouns = (catalogue.components, catalogue.links, catalogue.shared_risks)
    match event:
        case Observation() | Trap() if not any(event.subject in known for known in nouns):
            return f"unknown subject {event.subject!r}: it is not in the catalogue{_CURE}"
        case Observation() if not _is_known(catalogue, event.data.vantage):
            return (
                f"unknown vantage point {event.data.vantage!r}: it is not in the catalogue{_CURE}"
            )
        case Change():
            missing = [c for c in event.data.components if not any(c in known for known in nouns)]
            if missing:
                named = ", ".join(map(repr, missing))
                return f"unknown component {named} in change {event.subject!r}{_CURE}"
        case Correction() if event.data.supersedes == event.id:
            return "a correction cannot supersede itself"
        case _:
            pass
    return None


def _is_known(catalogue: Catalogue, vantage: str | None) -> bool:
    return vantage is None or not catalogue.vantage_points or vantage in catalogue.vantage_points
