"""What the steps of inference share: the evidence, who is suspected, and who is still to be judged.

Source: CORE.md 3.3.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from events.span import EPOCH
from topology.live.component import WORKING, judge
from topology.live.deadends import DeadEnds
from topology.live.rootcause import Explanation, Port, explain_component
from topology.live.standing import Standing
from topology.live.surroundings import Surroundings
from topology.live.suspect import Suspect
from topology.rootcause.costs import cost_of
from topology.rootcause.region import Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.compiled import Compiled
    from topology.live.component import Evidence
    from topology.live.suspect import Memory
    from topology.management import Edge
    from topology.model import Probe

__all__ = ["Inquiry"]

UNSTEADY = timedelta(minutes=5)
"""What is back for less than this may be away again."""

DEFAULT_WAIT = timedelta(seconds=66)
"""Longest wait for a component without a probe: 60 s + 2 s x (2 retries + 1), the usual settings."""

_NOWHERE = Region(root="", arcs={}, groups={}, costs={}, via=None)
"""What is seen without vantage points."""


class Inquiry:
    """Everything that a judgement reads and writes; all but the memory is derived from the evidence.

    Args:
        evidence: Shared with the engine, which writes it; never written here.
        memory: What is frozen with the state.

    Attributes:
        vias: Vantage points that see nothing, each with its own link.
        fallen: What is down only because a derived cause says so, each with that cause.
        answering: Who fails while what is behind it answers.
        region: What the first vantage point can see; what hangs together is the same for all.
        derived: Causes that nobody saw fail, named because of those that fail by them.
        blamed: What suspects are the shadow of, with how many.
        ends: Components behind which nobody answers.
        stirred: Ids of which something was seen since derived causes were last doubted.
        shaken: Derived causes that may explain nothing any more.
        queue: Whom to judge anew.
        touched: Ids whose finding may have changed since the engine last looked.
        now: Of the event in hand.
    """

    def __init__(
        self,
        compiled: Compiled,
        evidence: Mapping[str, Evidence],
        memory: Memory,
    ) -> None:
        catalogue, management = compiled.catalogue, compiled.management
        self.catalogue, self.management, self.regions = catalogue, management, compiled.regions
        self.region = next(iter(self.regions.values()), _NOWHERE)
        self.evidence, self.memory = evidence, memory
        self.suspects = memory.suspects
        self.vias: dict[str, str] = {v: management.vias[v] for v in memory.blind}
        self.fallen: dict[str, str] = {}
        self.shaken: set[str] = set()
        self.answering = {id_ for id_, s in memory.suspects.items() if s.verdict == "answering"}
        self.derived = {id_ for id_, s in memory.suspects.items() if s.derived}
        self.blamed = Counter(one for s in memory.suspects.values() for one in s.causes)
        self.standing = Standing(management, evidence, self.vias, self.fallen, self.answering)
        self.around = Surroundings(
            management,
            self.standing.seen_at,
            lambda id_: catalogue.components[id_].probe is not None,
        )
        self.ends = DeadEnds(self.region)
        self.stirred: set[str] = set()
        for id_ in management.nearer:
            self.hear(id_)
        self._batteries = {id_ for id_ in evidence if self._says_battery(id_)}
        self._waits: dict[str, timedelta] = {}
        self._patient: dict[str, timedelta] = {}
        self.stirred = set(self.derived)
        self.queue: deque[str] = deque()
        self.touched: set[str] = set()
        self.now: datetime = EPOCH
        self.recount()
        for id_ in sorted(memory.suspects):
            self.wait_on(id_)

    def wait_on(self, id_: str) -> None:
        """Have whoever waits judged again when its surroundings were seen."""
        if self.is_waiting(id_):
            self.around.complete(id_, self.suspects[id_].asked)

    def conclude(
        self,
        suspect: Suspect,
        verdict: str,
        causes: Iterable[str],
        explanation: Explanation | None = None,
    ) -> None:
        """Write down what became of a suspect, and from when on if that is new."""
        if suspect.verdict != verdict:
            suspect.decided = self.now
        self.blame(suspect, causes)
        suspect.verdict, suspect.explanation = verdict, explanation

    def blame(self, suspect: Suspect, causes: Iterable[str]) -> None:
        """Write down what a suspect is the shadow of; what it was until now may explain nothing any more."""
        self.shaken.update(suspect.causes)
        for cause in suspect.causes:
            self.blamed[cause] -= 1
        suspect.causes = sorted(causes)
        for cause in suspect.causes:
            self.blamed[cause] += 1

    def released(self, id_: str) -> list[str]:
        """Whoever still waits, and need not wait any longer now that this was seen.

        What waited once and waits no more is left out: after a restart nobody would know of it.
        """
        let_go = self.around.seen(id_)
        return [
            one
            for asked, one in let_go
            if self.is_waiting(one) and self.suspects[one].asked == asked
        ]

    def is_waiting(self, id_: str) -> bool:
        """Whether a suspect waits for its surroundings to be seen."""
        suspect = self.suspects.get(id_)
        return suspect is not None and suspect.verdict == "pending" and not suspect.again

    def saw(self, id_: str) -> None:
        """Take note that something new was seen of a component, link or shared risk."""
        self.stirred.add(id_)
        (self._batteries.add if self._says_battery(id_) else self._batteries.discard)(id_)

    def _says_battery(self, id_: str) -> bool:
        evidence = self.evidence.get(id_)
        checks = evidence.checks.values() if evidence is not None else ()
        return any(check.status == "degraded" and check.kind == "self" for check in checks)

    def hear(self, id_: str) -> None:
        """Take note of whether a component answers anybody, by itself or through what is behind it."""
        self.stirred.add(id_)
        self.ends.note(id_, answers=id_ in self.answering or self.standing.is_heard(id_))

    def passes_on(self, id_: str, *, whether: bool) -> None:
        """Take note of whether a component that fails carries what is behind it."""
        if whether != (id_ in self.answering):
            (self.answering.add if whether else self.answering.discard)(id_)
            self.hear(id_)

    def forget(self, id_: str) -> Suspect | None:
        """Drop a suspect; what it was the shadow of may have nothing left to explain."""
        suspect = self.suspects.pop(id_, None)
        if suspect is not None:
            self.blame(suspect, ())
            self.passes_on(id_, whether=False)
            if suspect.derived:
                self.recount()
        return suspect

    def derive(self, cause: str, since: datetime, explanation: Explanation) -> None:
        """Name a cause that nobody saw fail; who fails by it is judged anew."""
        suspect = Suspect(asked=self.now, since=since, firm=True, derived=True)
        self.conclude(suspect, "cause", (), explanation)
        self.suspects[cause] = suspect
        self.derived.add(cause)
        self.stirred.add(cause)
        self.recount()
        self.disturb(cause)

    def withdraw(self, cause: str) -> None:
        """Name a derived cause no longer; who was its shadow is judged anew."""
        if self.forget(cause) is None:
            return
        self.disturb(cause)
        shadows = (id_ for id_, one in self.suspects.items() if cause in one.causes)
        self.queue.extend(sorted(shadows))

    def stands(self, cause: str) -> bool:
        """Whether a cause is still named, or known to be down by itself."""
        suspect = self.suspects.get(cause)
        if suspect is not None:
            return suspect.verdict == "cause"
        return cause in self.fallen or self.standing.is_out(cause)

    def disturb(self, cause: str) -> None:
        """Judge anew whatever stands under a cause or next to it."""
        self.touched.add(cause)
        links, away = self.management.links, self.management.away
        for part in sorted(self.effect(cause)):
            self.queue.append(part)
            self.queue.extend(links.get(part, ()))
            self.queue.extend(edge.component for edge in away.get(part, ()))

    def effect(self, cause: str) -> frozenset[str]:
        """Everything that is down when this cause is."""
        return self.region.effect(cause)

    def recount(self) -> None:
        """Bring what derived causes fell up to date."""
        known = ((id_, self.suspects.get(id_)) for id_ in self.derived)
        self.derived = {id_ for id_, one in known if one is not None and one.derived}
        down = {risk for risk in self.catalogue.shared_risks if self.is_down(risk)}
        self.fallen.clear()
        for cause in sorted(self.derived | down, reverse=True):
            self.fallen |= dict.fromkeys(self.effect(cause), cause)

    def is_down(self, risk: str) -> bool:
        """Whether a shared risk is down by its own evidence."""
        own = judge(self.evidence[risk]) if risk in self.evidence else None
        return own is not None and own.state == "down"

    def ask_again(self, suspect: Suspect, *, hidden: bool = False) -> None:
        """What hid it is back: it must be seen to fail by itself before anything is decided.

        Args:
            suspect: Who.
            hidden: Nothing beside it answers even so.
        """
        suspect.asked = suspect.since = self.now
        suspect.again, suspect.capped, suspect.hidden = True, False, hidden
        self.conclude(suspect, "pending", ())

    def ready(self, id_: str, suspect: Suspect) -> bool:
        """Whether the path to the poller and its neighbours were seen since, or the wait is over."""
        own = self.standing.seen_at(id_)
        if suspect.again and (own is None or not self.is_fresh(id_, suspect, own)):
            return False
        suspect.again = False
        suspect.firm = self.around.complete(id_, suspect.asked)
        return (suspect.firm or suspect.capped) and not self._is_excused(id_)

    def _is_excused(self, id_: str) -> bool:
        """Whether something on the way to a component came back after its last look had begun.

        It may have failed that look by it alone: then the component must be seen to fail once more.
        """
        looked = self.standing.seen_at(id_)
        if looked is None or id_ not in self.management.nearer:
            return False
        way = self.management.path(id_)[1:]
        ways = zip((id_, *way), way, strict=False)
        links = (
            e.link for one, near in ways for e in self.management.toward[one] if e.component == near
        )
        began = looked - self._patience(id_)
        return any(self._came_back(part, began) for part in (*way, *links))

    def _came_back(self, id_: str, since: datetime) -> bool:
        """Whether a component answers again, or a port has signal again, from later than this on."""
        checks = self.evidence[id_].of("reach", "port") if id_ in self.evidence else []
        back = (c.since for c in checks if c.before is not None and c.status in WORKING)
        return any(moment > since for moment in back)

    def is_unsteady(self, id_: str) -> bool:
        """Whether a component has answered again for a short while only."""
        return self._came_back(id_, self.now - UNSTEADY)

    def on_battery(self, risk: str) -> bool:
        """Whether a shared risk or something under it says that it runs on battery (CORE.md 3.3).

        Its members then fail one after the other, as their batteries run empty.
        """
        if risk not in self.catalogue.shared_risks:
            return False
        return not self._batteries.isdisjoint(self.effect(risk))

    def is_fresh(self, id_: str, suspect: Suspect, seen: datetime) -> bool:
        """Whether a failure was looked for after the suspect was asked again: looks take their time."""
        return seen >= suspect.asked + self._patience(id_)

    def _patience(self, id_: str) -> timedelta:
        """How long a look takes that gets no answer."""
        known = self._patient.get(id_)
        if known is None:
            one = self.catalogue.components.get(id_)
            known = self._patient[id_] = _look_of(one.probe if one is not None else None)
        return known

    def interval(self, id_: str) -> timedelta:
        """How much earlier than it was seen something may have failed."""
        probe = self.catalogue.components[id_].probe
        return timedelta(microseconds=int(probe.interval_s * 1_000_000)) if probe else timedelta()

    def wait(self, id_: str) -> timedelta:
        """The longest wait for the surroundings of a component or link."""
        known = self._waits.get(id_)
        if known is None:
            ends = self.management.links.get(id_, (id_,))
            waits = [_verdict_after(self.catalogue.components[end].probe) for end in ends]
            known = self._waits[id_] = max(waits)
        return known

    def explain(self, id_: str, live: Iterable[Edge]) -> Explanation:
        """The cheapest explanation of a component that fails next to others that answer.

        Args:
            id_: Who does not answer.
            live: Its steps to those that do; at least one.
        """
        said = any(c.status == "down" for c in self.evidence[id_].of("self", "supplier"))
        beside = (*live, *self.standing.dark_behind(id_))
        ports = [Port(edge.link, self.standing.port(edge), edge.component) for edge in beside]
        return explain_component(id_, cost_of(self.catalogue, id_), ports, said_down=said)


def _look_of(probe: Probe | None) -> timedelta:
    seconds = (probe.retries + 1) * probe.timeout_s if probe else 0
    return timedelta(microseconds=int(seconds * 1_000_000))


def _verdict_after(probe: Probe | None) -> timedelta:
    if probe is None:
        return DEFAULT_WAIT
    return timedelta(microseconds=int(probe.verdict_s * 1_000_000))
