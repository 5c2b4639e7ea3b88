"""A network that fails on a simulated clock, and the poller that looks at it: what the live engine is fed.

Each device is polled once
an interval at a time of its own; a first failure has the way to the poller and its neighbours looked at at
once, as the probes do it; a port that changed is told by a trap, if that arrives, and by the next poll.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from benchmarks.rootcause_truth import PROCESS, Truth
from events.contract import AnyEvent, Observation, ObservationData, RootCause, State
from monitor.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from topology.compiled import Compiled

INTERVAL, TIMEOUT, ANSWER, TRAP = 60.0, 6.0, 0.2, 1.0
"""Seconds: between polls, until a poll is given up (three tries of 2 s), for an answer, for a trap."""

START = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing going wrong.

    Args:
        id: Of the component, link, shared risk, or the poller's own link.
        at: Seconds after the start.
        parts: What is down by it, each so many seconds later (UPSes run out one by one).
        until: When it is over.
        flaps: Seconds of each half of its period; None = it stays.
        told: Its UPS says at once that it runs on battery.
        said: Words of suppliers, true or not: (whom it is about, what, how many seconds later).
    """

    id: str
    at: float
    parts: dict[str, float]
    until: float
    flaps: float | None = None
    told: bool = False
    said: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Traps:
    """What becomes of traps: the share that is lost, and whether a dark port has anybody asked at once.

    The probes ask the sender of a trap, and whoever is beyond a port that went dark.
    """

    lost: float = 0.0
    ask: bool = True


@dataclass(slots=True)
class Story:
    """What the engine said.

    Args:
        opened: (seconds, cause) whenever one was named.
        open: What is named at the end.
        raw: Devices that stopped answering: the alarms of a monitor without causes.
        left: Causes still named once everything worked again.
        hidden: Devices that could not be reached and stood as up at the end.
        loose: Devices that could not be reached and were neither named, nor told to be out of sight by
            something that is named, nor unknown with a reason.
    """

    opened: list[tuple[float, str]] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    raw: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)


class World:
    """One scenario being played to a fresh engine."""

    def __init__(
        self, truth: Truth, compiled: Compiled, rng: Random, faults: list[Fault], traps: Traps
    ) -> None:
        self.truth, self.compiled, self.rng = truth, compiled, rng
        self.faults, self.traps = faults, traps
        self.fold = Fold(compiled)
        self.story = Story()
        self.down: dict[str, int] = {}
        self.reached = truth.reached(frozenset())
        self.asked: dict[str, float] = {}
        self.answers: dict[str, bool] = {}
        self.open: set[str] = set()
        self.blind: set[str] = set()
        self.ports: dict[tuple[str, str], str] = {}
        self.agenda: list[tuple[float, int, Callable[[], None]]] = []
        self.count = 0
        self.now = 0.0

    def play(self, end: float, after: float) -> Story:
        """Let the faults happen until `end`; then mend everything and go on for `after` seconds."""
        for device in self.truth.ports:
            self._say(device, "reach", "up")
            self._read_ports(device)
            self.asked[device] = 0.0
            self.answers[device] = True
            self._plan(self.rng.uniform(1.0, INTERVAL), lambda d=device: self._cycle(d))
        for fault in self.faults:
            self._break(fault)
        self._until(end)
        self.story.open = set(self.open)
        states = self.fold.verdict()["components"]
        for device, answers in self.answers.items():
            if not answers and device not in self.reached:
                self._account(device, states[device])
        self._plan(end, self._mend)
        self._until(end + after)
        self.story.left = set(self.open)
        return self.story

    def _account(self, device: str, verdict: dict[str, Any]) -> None:
        """Every device that fails is named, or the symptom of what is named, or unknown with a reason."""
        match verdict["state"]:
            case "up":
                self.story.hidden.add(device)
            case "down":
                accounted = device in self.open
            case "degraded":  # named as what does not answer while something behind it does
                accounted = bool(verdict["reason"])
            case "unreachable":
                accounted = bool(verdict["causes"]) and self.open.issuperset(verdict["causes"])
            case _:
                flaps = any(fault.flaps for fault in self.faults)  # a moment ago it was up
                accounted = bool(verdict["reason"]) and (flaps or bool(self.blind))
        if verdict["state"] != "up" and not accounted:
            self.story.loose.add(device)

    def _plan(self, at: float, what: Callable[[], None]) -> None:
        self.count += 1
        heappush(self.agenda, (at, self.count, what))

    def _until(self, end: float) -> None:
        while self.agenda and self.agenda[0][0] <= end:
            self.now, _, what = heappop(self.agenda)
            what()
        self.now = end
        self._heard(self.fold.advance(_moment(end)))

    def _break(self, fault: Fault) -> None:
        if fault.told:
            self._plan(fault.at + TRAP, lambda: self._say(fault.id, "self", "degraded"))
        for whom, word, later in fault.said:
            self._plan(fault.at + later, lambda w=whom, s=word: self._say(w, "supplier", s))
        for part, later in fault.parts.items():
            moment, falls = fault.at + later, True
            while moment < fault.until:
                self._plan(moment, lambda p=part, f=falls: self._change({p}, 1 if f else -1))
                if fault.flaps is None:
                    break
                moment, falls = moment + fault.flaps, not falls

    def _mend(self) -> None:
        self.down.clear()
        self._change(set(), 0)

    def _change(self, parts: set[str], by: int) -> None:
        for part in parts:
            self.down[part] = self.down.get(part, 0) + by
            if not self.down[part]:
                del self.down[part]
        self.reached = self.truth.reached(frozenset(self.down))
        touched = {near for part in parts for near in self._sides(part)}
        for near in sorted(touched & self.reached):
            if self.rng.random() >= self.traps.lost:
                self._plan(self.now + TRAP, lambda n=near: self._trap(n))

    def _sides(self, part: str) -> Iterable[str]:
        if part in self.truth.ports:
            return (far for _, far in self.truth.ports[part])
        link = part.partition("#")[0]
        return (
            near for near, ports in self.truth.ports.items() if any(p[0] == link for p in ports)
        )

    def _trap(self, near: str) -> None:
        if near not in self.reached:
            return
        beyond = self._read_ports(near)
        if self.traps.ask:
            self._poll(near, confirms=False)
            self._ask(beyond)

    def _ask(self, beyond: list[str]) -> None:
        for far in beyond:
            if self.asked[far] < self.now:
                self._poll(far, confirms=True)

    def _cycle(self, device: str) -> None:
        self._plan(self.now + INTERVAL, lambda: self._cycle(device))
        self._poll(device, confirms=False)

    def _poll(self, device: str, *, confirms: bool) -> None:
        if PROCESS in self.down:
            return
        self.asked[device] = self.now
        answers = device in self.reached
        wait = ANSWER if answers else TIMEOUT
        self._plan(
            self.now + wait, lambda: self._polled(device, answers=answers, confirms=confirms)
        )

    def _polled(self, device: str, *, answers: bool, confirms: bool) -> None:
        first = self.answers[device] and not answers
        self.answers[device] = answers
        self._say(device, "reach", _word(up=answers), confirms=confirms)
        if answers:
            beyond = self._read_ports(device)
            self._ask(beyond if self.traps.ask else [])
        if not first:
            return
        self.story.raw.add(device)
        self._poll(device, confirms=True)
        management = self.compiled.management
        for other in management.recheck(device) if device in management.nearer else ():
            if other != device and self.asked[other] < self.now:
                self._poll(other, confirms=True)

    def _read_ports(self, near: str) -> list[str]:
        """Tell the ports that changed or are not up, and the far end of those; return who is beyond the dark.

        A probe tells all ports with each look. Those that are as before and up, at both ends, change
        nothing and are left out.
        """
        links = self.compiled.catalogue.links
        beyond = []
        for link, far in self.truth.ports[near]:
            if link not in links or near not in links[link].ends:
                continue
            if (near, link) in self.truth.unread:
                continue
            says = self.truth.port(link, far, self.down.keys())
            same = self.ports.get((near, link)) == says
            self.ports[near, link] = says
            if not same and says == "down":
                beyond.append(far)
            if not same or says != "up" or self.ports.get((far, link), "up") != "up":
                self._say(link, "port", says, seen_from=near)
        return beyond

    def _say(self, subject: str, kind: str, status: str, **more: object) -> None:
        if PROCESS in self.down and kind != "supplier":
            return
        self.count += 1
        moment = _moment(self.now)
        saw = Observation(
            id=f"o-{self.count:08}",
            source="probe/p1",
            subject=subject,
            time=moment,
            recordedtime=moment,
            data=ObservationData(kind=kind, status=status, **more),  # type: ignore[arg-type]
        )
        self._heard(self.fold.step(saw))

    def _heard(self, told: list[AnyEvent]) -> None:
        """Keep who is named: as the cause of an outage, or, of a link, as one that lost a line."""
        for event in told:
            if isinstance(event, RootCause):
                (self.blind.add if event.data.monitoring_fault else self.blind.discard)(
                    event.subject
                )
                self._named(event.subject, event.time, now=event.data.status == "open")
            elif isinstance(event, State) and event.subject in self.compiled.catalogue.links:
                if event.data.state == "degraded":
                    self._named(event.subject, event.time, now=True)
                elif event.data.state == "up":
                    self._named(event.subject, event.time, now=False)

    def _named(self, subject: str, at: datetime, *, now: bool) -> None:
        if not now:
            self.open.discard(subject)
        elif subject not in self.open:
            self.open.add(subject)
            self.story.opened.append(((at - START).total_seconds(), subject))


def _word(*, up: bool) -> str:
    return "up" if up else "down"


def _moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
