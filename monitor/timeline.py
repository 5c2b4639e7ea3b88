"""Events in order of arrival turned into the fold in order of time, with what changed by it. Pure.

Two folds of the same events. `settled` has everything up to some seconds ago, in the one order; it is what
snapshots and `keten status` show, and what `keten replay` of the same events gives. `live` goes on from it
with everything that arrived since, at once, and begins again from `settled` when something came out of order.
What went out is not unsent: when the live fold turns out otherwise, the difference goes out.

Source: DESIGN.md 4 (order of arrival must not matter; the reorder window).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from events import ids
from events.contract import AnyEvent, Incident, Notification, RootCause, State
from events.span import text
from monitor.corrections import effective
from monitor.fold import Fold, SnapshotRefused
from monitor.history import History, is_verdict, retold
from monitor.pending import REMEMBERED, Pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topology.compiled import Compiled

__all__ = ["REORDER_WINDOW", "Accepted", "Status", "Timeline"]

REORDER_WINDOW = timedelta(seconds=5)
"""How long an event may take to arrive and still be folded in its place without an older snapshot."""

Told = State | RootCause | Incident

_START = datetime.min.replace(tzinfo=UTC)


class Accepted(NamedTuple):
    """What became of some events.

    Attributes:
        told: What is to be published.
        late: Events that belong before what is settled: `Timeline.rebuild` from an older snapshot.
    """

    told: list[AnyEvent]
    late: list[AnyEvent]


class Status(NamedTuple):
    """Digest of the settled picture, the time of the last settled event, corrections that wait for theirs."""

    digest: str
    watermark: datetime | None
    waiting: int = 0


class _Snapshot(Struct):
    fold: msgspec.Raw
    pending: list[AnyEvent]
    settled_ids: dict[str, datetime]
    last: tuple[datetime, datetime, str] | None
    offsets: dict[str, int]
    forgot: bool = False


class Timeline:
    """One domain's events.

    Args:
        compiled: The catalogue.
        settled: Where to begin; None = from nothing.
        remembered: Settled events whose ids are kept.

    Attributes:
        repeats: Events that had arrived before.
        refolds: Times that the live fold began anew.
    """

    def __init__(
        self, compiled: Compiled, settled: Fold | None = None, *, remembered: int = REMEMBERED
    ) -> None:
        self._compiled = compiled
        self._settled = settled or Fold(compiled)
        self._frozen: bytes | None = None
        self._live = Fold.thaw(compiled, self._settled.freeze())
        self._remembered = remembered
        self._pending = Pending(remembered)
        self._live_last: tuple[datetime, datetime, str] | None = None
        self._closed = _START
        self._told: dict[str, datetime] = {}
        self._said: dict[tuple[type, str], Told] = {}
        self._standing = History(self._settled.now)
        self.repeats = 0
        self.refolds = 0

    # --- events -------------------------------------------------------------------------------

    def accept(self, events: Iterable[AnyEvent]) -> Accepted:
        """Take events as they arrive.

        The times of the events have been checked (`events.codec.check_times`).
        """
        fresh: list[AnyEvent] = []
        late: list[AnyEvent] = []
        for event in sorted(events, key=lambda one: one.order):
            if event.id in self._pending:
                self.repeats += 1
            elif self._pending.is_late(event):
                late.append(event)
            else:
                self._pending.take(event)
                fresh.append(event)
        if not fresh:
            return Accepted([], late)
        in_order = self._follows(fresh[0]) and not any(map(self._pending.is_corrected, fresh))
        told = self._go_on(fresh) if in_order else self._again(fresh)
        return Accepted(told, late)

    def settle(self, now: datetime) -> None:
        """Settle what can no longer be overtaken; the live fold has it already.

        Args:
            now: The clock of the engine; everything more than the reorder window older is settled.
        """
        horizon = now - REORDER_WINDOW
        if not self._pending.is_ready(horizon):
            return
        standing = effective(self._pending.events)
        for event in standing:
            if event.time <= horizon:
                self._settled.step(event)
                self._pending.last = event.order
        self._pending.now = self._settled.now
        self._pending.settle(standing, horizon)
        self._frozen = None
        self._standing.trim(self._settled.now)
        self._forget()

    def next_due(self) -> datetime | None:
        """When the live fold needs a tick; None when nothing will happen by itself."""
        return self._live.next_due()

    @property
    def waiting(self) -> int:
        """Corrections that wait for what they correct."""
        return self._pending.waiting

    def strangers(self, late: Iterable[AnyEvent]) -> dict[str, str]:
        """Late corrections of what is not remembered here: its id by theirs."""
        return self._pending.strangers(late)

    def since(
        self, late: Iterable[AnyEvent], found: Mapping[str, datetime] = MappingProxyType({})
    ) -> datetime:
        """From when everything must be folded again for late events.

        Args:
            late: At least one.
            found: Of each of the strangers, the earliest moment that a correction of it changes.
        """
        return self._pending.since(late, found)

    def _follows(self, event: AnyEvent) -> bool:
        after = self._live_last is None or event.order > self._live_last
        return after and event.time > self._closed and event.time >= self._live.now

    def _go_on(self, events: Sequence[AnyEvent]) -> list[AnyEvent]:
        told = [one for event in events for one in self._live.step(event)]
        self._live_last = events[-1].order
        told.extend(self._close(events[-1].time))
        return self._note(self._apart(told))

    def _close(self, at: datetime) -> list[AnyEvent]:
        """Let happen what is due now, without waiting for the next event; another one of now refolds."""
        due = self._live.next_due()
        if due is None or due > at:
            return []
        self._closed = at
        return self._live.advance(at)

    def _apart(self, told: Iterable[AnyEvent]) -> list[AnyEvent]:
        """Give a verdict that was said and taken back before an id of its own, and let it stand."""
        own = [
            replace(one, id=ids.derive(one.id, self.refolds))
            if is_verdict(one) and one.id in self._told
            else one
            for one in told
        ]
        self._standing.take(own)
        return own

    def _again(self, fresh: Sequence[AnyEvent] = ()) -> list[AnyEvent]:
        """Fold what is not settled anew; what the fresh events make otherwise goes out."""
        self.refolds += 1
        if self._frozen is None:
            self._frozen = self._settled.freeze()
        self._live = Fold.thaw(self._compiled, self._frozen)
        self._closed, self._live_last = _START, None
        told: list[AnyEvent] = []
        for event in effective(self._pending.events):
            told.extend(self._live.step(event))
            self._live_last = event.order
        last = (
            self._live_last or self._pending.last
        )  # what was due with the last event happened, settled or not
        if last is not None:
            told.extend(self._close(last[0]))
        anew = self._told_anew(told, [event.id for event in fresh])
        return [*anew, *self._difference([one for one in told if not is_verdict(one)])]

    def _told_anew(self, told: Iterable[AnyEvent], turn: list[str]) -> list[AnyEvent]:
        """Put right what was said of components since what is settled."""
        should = History(self._settled.now, self._settled.present_state)
        should.take(told)
        anew = retold(self._standing, should, self._told, turn)
        self._standing.take(anew)
        return self._note(anew)

    # --- what goes out ------------------------------------------------------------------------

    def _note(self, told: Iterable[AnyEvent]) -> list[AnyEvent]:
        new = []
        for event in told:
            if event.id in self._told:
                continue
            self._told[event.id] = event.time
            new.append(event)
            if isinstance(event, Told) and not is_verdict(event):
                self._said[type(event), event.subject] = event
        return new

    def _difference(self, told: Sequence[AnyEvent]) -> list[AnyEvent]:
        """Of everything a refold says: what is new, and what corrects the last word on a subject."""
        known: dict[tuple[type, str], int] = {}
        for place, event in enumerate(told):
            if event.id in self._told:
                known[type(event), event.subject] = place
        after = [
            event
            for place, event in enumerate(told)
            if isinstance(event, Notification)
            or place > known.get((type(event), event.subject), -1)
        ]
        new = self._note(after)
        wrong = [
            replace(now, id=ids.derive(now.id, self.refolds))
            for said in list(self._said.values())
            if (now := self._live.present(said)).data != said.data
        ]
        return [*new, *self._note(wrong)]

    def _forget(self) -> None:
        """Drop what a refold cannot say again: it only says things later than what is settled."""
        since = self._settled.now
        self._told = {id_: time for id_, time in self._told.items() if time >= since}
        self._said = {key: said for key, said in self._said.items() if said.time >= since}

    def history(self) -> History:
        """What was said of components since what is settled; the caller's own."""
        base = Fold.thaw(self._compiled, self._settled.freeze())
        own = History(self._settled.now, base.present_state)
        own.take(self._standing.words())
        return own

    # --- answers, snapshots -------------------------------------------------------------------

    @property
    def watermark(self) -> datetime | None:
        """Time of the last settled event; None before the first."""
        return self._pending.last[0] if self._pending.last else None

    def status(self) -> Status:
        """The digest of what is settled, and up to when: `keten replay` of the same events gives the same."""
        if self._pending.last is None:
            return Status(str(self._settled.verdict()["digest"]), None, self.waiting)
        fold = Fold.thaw(self._compiled, self._settled.freeze())
        fold.advance(self._pending.last[0])
        return Status(str(fold.verdict()["digest"]), self._pending.last[0], self.waiting)

    def verdict(self) -> dict[str, object]:
        """The picture of now: everything that arrived."""
        return self._live.verdict()

    def present(self, told: Iterable[Told]) -> list[Told]:
        """What events that went out would say if they went out now."""
        return [self._live.present(one) for one in told]

    def present_all(self) -> list[Told]:
        """Everything as it stands now, for who starts with an empty picture."""
        return self._live.present_all()

    def snapshot(self, offsets: dict[str, int]) -> bytes:
        """Turn the timeline into bytes.

        Args:
            offsets: Where the log must be read on from, as the caller writes it; given back by `restore`.
        """
        return msgspec.json.encode(
            _Snapshot(
                msgspec.Raw(self._settled.freeze()),
                self._pending.events,
                self._pending.reach,
                self._pending.last,
                offsets,
                self._pending.forgot,
            ),
            order="deterministic",
        )

    @classmethod
    def restore(
        cls, compiled: Compiled, snapshot: bytes, *, remembered: int = REMEMBERED
    ) -> tuple[Timeline, dict[str, int]]:
        """Turn a snapshot back into its timeline and offsets.

        Raises:
            SnapshotRefused: It belongs to another catalogue or version.
        """
        try:
            kept = msgspec.json.decode(snapshot, type=_Snapshot)
        except msgspec.DecodeError as error:
            raise SnapshotRefused(f"not a snapshot: {error}") from None
        settled = Fold.thaw(compiled, bytes(kept.fold))
        timeline = cls(compiled, settled, remembered=remembered)
        pending = timeline._pending
        for event in kept.pending:
            pending.take(event)
        pending.reach = dict(sorted(kept.settled_ids.items(), key=lambda kv: (kv[1], kv[0])))
        pending.forgot = kept.forgot or len(kept.settled_ids) >= REMEMBERED
        pending.last, pending.now = kept.last, settled.now
        timeline._again()
        return timeline, kept.offsets

    def rebuild(self, snapshot: bytes, events: Iterable[AnyEvent], now: datetime) -> Rebuilt:
        """Fold anew from an older snapshot with the late events among the rest.

        Args:
            snapshot: One from before the late events.
            events: Everything of the log since its offsets, corrections applied, late events included.
            now: The clock of the engine.

        Returns:
            The new timeline, what differs from this one and must be published, and what is late even for
            that snapshot.
        """
        other, _ = Timeline.restore(self._compiled, snapshot, remembered=self._remembered)
        history = other.history()
        taken = other.accept(events)
        history.take(taken.told)
        other.settle(now)
        before = {(type(one), one.subject): one for one in self.present_all()}
        after = {(type(one), one.subject): one for one in other.present_all()}
        gone = other.present(one for key, one in before.items() if key not in after)
        told: list[AnyEvent] = [
            one for key, one in after.items() if key not in before or before[key].data != one.data
        ]
        notices = [one for one in taken.told if isinstance(one, Notification)]
        told.extend(gone)
        told.extend(one for one in notices if one.subject not in self._incidents())
        return Rebuilt(other, told, taken.late, history)

    def _incidents(self) -> set[str]:
        return {one.subject for one in self.present_all() if isinstance(one, Incident)}

    def __repr__(self) -> str:
        last = text(self._pending.last[0]) if self._pending.last else "nothing"
        return f"<Timeline settled to {last}, {len(self._pending)} pending>"


class Rebuilt(NamedTuple):
    """A timeline folded anew, how now differs by it, what is late even so, and what it says of the past."""

    timeline: Timeline
    told: list[AnyEvent]
    late: list[AnyEvent]
    history: History
