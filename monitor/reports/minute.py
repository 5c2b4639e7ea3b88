"""One second of one chain turned into why it counts as it does: hours, work, parts, whose, corrections. Pure.

It asks the same books as the month report, so the two cannot differ. What corrections did is found by keeping
the books a second time without them.

Source: CORE.md 4; DESIGN.md 7.2 and 7.3 (`report`).
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from events.contract import Correction, Observation
from events.span import moment, seconds, text
from monitor.corrections import Corrections
from monitor.reports.facts import facts_of, known_at
from monitor.reports.standing import decided, standing
from monitor.reports.unsaid import said
from topology.accounts.attribution import Holder, key_text, shapley
from topology.accounts.books import Books
from topology.accounts.exclusion import last_words
from topology.accounts.history import state_at
from topology.accounts.spans import covers
from topology.calendar import day_start, local_day
from topology.calendar.localtime import zone_of
from topology.maintenance import agreed_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from events.contract import AnyEvent, Change, State
    from monitor.reports.facts import Facts
    from topology.accounts.intervals import Interval
    from topology.accounts.part import Part
    from topology.compiled import Compiled
    from topology.model import Calendar

__all__ = ["minute", "minute_of_ledger"]

Shape = dict[str, object]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING = ("up", "degraded")


def minute(
    compiled: Compiled,
    events: Iterable[AnyEvent],
    chain: str,
    at: int,
    as_of: datetime | None = None,
) -> Shape:
    """Turn events into the account of one second of one chain.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections and changes.
        chain: Its id.
        at: Epoch second.
        as_of: Only what was recorded by then counts; None = all.
    """
    known = known_at(events, as_of)
    asked = _Asked(compiled, chain, at, lambda some: facts_of(compiled, some, at + 1, as_of))
    second = _Second(asked, known)
    return {**second.told(), "corrections": second.corrections(known)}


def minute_of_ledger(
    compiled: Compiled, recorded: Sequence[AnyEvent], chain: str, at: int
) -> Shape:
    """Turn the rows of a ledger into the same; it keeps verdicts, so `events` is empty.

    Args:
        compiled: The catalogue.
        recorded: In the order of recording, cut at the moment that is asked for.
        chain: Its id.
        at: Epoch second.
    """
    asked = _Asked(compiled, chain, at, lambda some: standing(some).facts)
    second = _Second(asked, recorded)
    return {**second.told(), "corrections": second.corrections([*recorded, *decided(recorded)])}


class _Asked(NamedTuple):
    """What is asked, and how events become facts."""

    compiled: Compiled
    chain: str
    at: int
    facts: Callable[[Sequence[AnyEvent]], Facts]


class _Second:
    """One second of one chain, in the books of some events."""

    def __init__(self, asked: _Asked, events: Sequence[AnyEvent]) -> None:
        self._asked, self._events = asked, events
        compiled, chain, at, facts = asked
        self._compiled, self._chain, self._at = compiled, chain, at
        self._facts = facts(events)
        self._books = Books(compiled, self._facts.states, self._facts.changes, (at, at + 1))
        self._interval: Interval = self._books.intervals[chain][-1]
        items = self._books.lanes.cone(chain).items
        self._cone = [id_ for id_, item in compiled.gates.items.items() if item in items]

    def told(self) -> Shape:
        """Everything but the corrections."""
        catalogue = self._compiled.catalogue
        return {
            "chain": self._chain,
            "at": text(moment(self._at)),
            "local": self._local(self._at),
            "service": self._service(),
            "bucket": self.bucket,
            "counts_as": _counted_as(self.bucket, self._part),
            "state": self._interval.state,
            "flags": list(self._interval.flags),
            "work": [self._work(one) for one in self._changes()],
            "components": [self._component(id_) for id_ in self._cone if self.state(id_) != "up"],
            "suppliers": self._suppliers() if self.bucket == "down" else None,
            "events": self._evidence(),
            "catalogue": catalogue.version,
        }

    @cached_property
    def bucket(self) -> str | None:
        """The bucket of the second; None = it is not in agreed service time."""
        if self._part is None or not self._part.service.is_service(self._at):
            return None
        if covers(self._books.windows(self._chain), self._at):
            return "excluded"
        return self._interval.state

    def state(self, id_: str) -> str:
        """What a component is in this second, planned work laid over it."""
        timeline = self._books.timelines.get(id_)
        return state_at(timeline, self._at) if timeline else self._books.before[id_]

    # --- hours --------------------------------------------------------------------------------

    @cached_property
    def _part(self) -> Part | None:
        return next((one for one in self._books.parts(self._chain) if self._is_in(*one.span)), None)

    def _is_in(self, start: int, end: int) -> bool:
        return start <= self._at < end

    def _service(self) -> Shape:
        """Whether the second lies in agreed service time, by which level, calendar, window or holiday."""
        part = self._part
        if part is None:
            reason = "no level of the chain is in force, or the chain is not served on this day"
            return {"in": False, "reason": reason, **_no_hours()}
        told = {"level": part.level.id, "calendar": part.level.calendar}
        calendar = part.service.calendar
        if calendar.always:
            return {"in": True, "reason": "the calendar is always on", **_no_hours(), **told}
        day = local_day(self._at, self._compiled.catalogue.timezone)
        around = (day_start(day, part.service.timezone) - 86_400, self._at + 2 * 86_400)
        window = next((one for one in part.service.windows(*around) if self._is_in(*one)), None)
        if window is not None:
            span = [text(moment(edge)) for edge in window]
            return {**_no_hours(), "in": True, "reason": "agreed hours", "window": span, **told}
        closed = part.service.closed_by(day)
        reason = _outside(calendar, day.weekday(), closed)
        return {**_no_hours(), "in": False, "reason": reason, "closed_by": closed, **told}

    def _local(self, at: int) -> str:
        zone = zone_of(self._compiled.catalogue.timezone)
        return datetime.fromtimestamp(at, zone).isoformat()

    # --- work ---------------------------------------------------------------------------------

    def _changes(self) -> list[Change]:
        """Changes planned over this second that touch the chain, by a component or by their declaration."""
        found = []
        for change in last_words(self._facts.changes):
            data = change.data
            touches = not set(self._cone).isdisjoint(data.components)
            declared = self._chain in (data.declared_impact or ())
            planned = seconds(data.start) <= self._at < seconds(data.end)
            if planned and (touches or declared):
                found.append(change)
        return found

    def _work(self, change: Change) -> Shape:
        data = change.data
        agreed = next((one for one in self._books.work if one.id == change.subject), None)
        active = agreed is not None and self._is_in(*agreed.span)
        return {
            "change": change.subject,
            "event": change.id,
            "from": text(data.start),
            "to": text(data.end),
            "agreed_at": text(data.agreed_at) if data.agreed_at else None,
            "completed_at": text(data.completed_at) if data.completed_at else None,
            "active": active,
            "impact": None if agreed is None else self._chain in agreed.chains,
            "declared": data.declared_impact is not None,
            "excludes": active and agreed is not None and self._chain in agreed.chains,
            "reason": _worded(
                change, active=active, named=bool(agreed and self._chain in agreed.chains)
            ),
        }

    # --- parts and whose ------------------------------------------------------------------------

    def _component(self, id_: str) -> Shape:
        raw = self._books.raw.get(id_)
        verdict = self._verdict(id_)
        state = self.state(id_)
        risks = sorted(self._books.felled(id_, self._at))
        owner = self._books.owners.party
        return {
            "id": id_,
            "state": state,
            "beneath": (state_at(raw, self._at) if raw else self._books.before[id_])
            if state == "maint"
            else None,
            "since": text(verdict.data.since) if verdict else None,
            "reason": said(verdict.data.reason if verdict else None),
            "concluded": text(verdict.time) if verdict else None,
            "supplier": self._books.supplier.get(id_),
            "felled_by": risks,
            "charged_to": sorted({owner(one) for one in risks or (id_,)})
            if state == "down"
            else [],
            "evidence": list(verdict.data.evidence) if verdict else [],
        }

    def _verdict(self, id_: str) -> State | None:
        """The verdict that holds in this second: the last told that reaches it and agrees with the books."""
        raw = self._books.raw.get(id_)
        if raw is None:
            return None
        state = state_at(raw, self._at)
        mine = [
            one
            for one in self._facts.states
            if one.subject == id_
            and seconds(one.data.since) <= self._at
            and state in (one.data.state, one.data.beneath)
        ]
        return mine[-1] if mine else None

    def _suppliers(self) -> Shape:
        """Whose this second is: the minimal coalitions, the fair split, who holds the bill."""
        cone, owners = self._books.lanes.cone(self._chain), self._books.owners
        holder, last = Holder(), None
        key, coalition = None, frozenset[str]()
        for one in self._books.intervals[self._chain]:
            if one.state != "down":
                continue
            holder = holder if last == one.start else Holder()
            key, last = owners.key(cone, one.down, one.felled), one.end
            coalition = holder.follow(key)
        assert key is not None, "a chain that is down has a key"
        split, exact = shapley(key)
        return {
            "key": key_text(key),
            "shapley": {one: str(share) for one, share in sorted(split.items())},
            "first_holds": sorted(coalition),
            "exact": exact,
        }

    # --- evidence and corrections -----------------------------------------------------------------

    def evidence(self) -> dict[str, str]:
        """Observation to what it was about, of all verdicts of the cone that hold in this second."""
        verdicts = ((id_, self._verdict(id_)) for id_ in self._cone)
        return {event: id_ for id_, one in verdicts if one for event in one.data.evidence}

    def _evidence(self) -> list[Shape]:
        """The observations behind what does not work."""
        about = self.evidence()
        return [
            {
                "id": one.id,
                "source": one.source,
                "kind": one.data.kind,
                "status": one.data.status,
                "subject": one.subject,
                "time": text(one.time),
                "recorded": text(one.recorded),
                "reason": one.data.reason,
            }
            for one in sorted(self._events, key=lambda event: event.order)
            if isinstance(one, Observation)
            and one.id in about
            and self.state(about[one.id]) != "up"
        ]

    def corrections(self, seen: Sequence[AnyEvent]) -> Shape:
        """What corrections made of the evidence of this second, and what it would be without them.

        Args:
            seen: The events, with what they say was observed.
        """
        corrections = Corrections(self._events)
        bare_events = [one for one in self._events if not isinstance(one, Correction)]
        if len(bare_events) == len(self._events):
            return {"without": None, "applied": []}
        plain = [one for one in seen if not isinstance(one, Correction)]
        bare = _Second(self._asked, bare_events)
        ids = self.evidence() | bare.evidence()
        told = [
            _corrected(one, corrections) for one in plain if one.id in ids and one.id in corrections
        ]
        without = {"bucket": bare.bucket, "state": bare._interval.state}
        return {"without": without if told else None, "applied": told}


def _no_hours() -> Shape:
    return {"level": None, "calendar": None, "window": None, "closed_by": None}


def _outside(calendar: Calendar, weekday: int, closed: str | None) -> str:
    if closed is not None:
        return f"closed: {closed}"
    if not any(weekday in hours.days for hours in calendar.hours):
        return f"no hours on {DAYS[weekday]}"
    return "outside the agreed hours"


def _counted_as(bucket: str | None, part: Part | None) -> str:
    """In words, what the second does to the figure."""
    if bucket is None or part is None:
        return "counts nowhere: it is not agreed service time"
    unknown = {
        "neutral": "is left out of the availability; it lowers the coverage",
        "down": "counts as down, by the level",
        "up": "counts as up, by the level; it lowers the coverage",
    }
    return {
        "up": "counts as available",
        "degraded": "counts as available; reduced is shown beside it",
        "down": "counts as down",
        "maintenance": "counts as down: no agreed work excuses this chain in this second",
        "excluded": "is left out: agreed work, whatever the chain was",
        "unknown": unknown.get(part.level.unknown, unknown["neutral"]),
    }[bucket]


def _worded(change: Change, *, active: bool, named: bool) -> str:
    """Why a change is agreed work in this second, or why not."""
    data = change.data
    if data.agreed_at is None:
        return "it was not agreed"
    if data.agreed_at > data.start:
        return f"it was agreed only after its start, at {text(data.agreed_at)}"
    if agreed_window(data) is None:
        return "its window is empty"
    if not active and data.completed_at is not None:
        return f"it was reported ready at {text(data.completed_at)}"
    agreed = f"agreed at {text(data.agreed_at)}"
    if named:
        return agreed
    whose = "what its parts carry" if data.declared_impact is None else "its declared impact"
    return f"{agreed}, and {whose} does not include this chain"


def _corrected(event: AnyEvent, corrections: Corrections) -> Shape:
    standing = corrections.standing(event)
    return {
        "event": event.id,
        "subject": event.subject,
        "old": _version(event),
        "new": None if standing is None else _version(standing),
        "by": [
            {"id": one.id, "source": one.source, "recorded": text(one.recorded)}
            for one in corrections.tree(event)[1:]
        ],
    }


def _version(event: AnyEvent) -> Mapping[str, object]:
    status = event.data.status if isinstance(event, Observation) else None
    return {"time": text(event.time), "status": status}
