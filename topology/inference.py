"""Who does not answer, turned into causes and shadows; kept up to date one observation at a time.

Only what an event concerns is judged anew: the component, its neighbours that do not answer, the links
between them and the shared risks above them.

Source: CORE.md 3.2 A and 3.3.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from events.span import EPOCH
from topology.component import Evidence, Finding, judge
from topology.rootcause import (
    SPREAD_S,
    Explanation,
    Port,
    cost_of,
    explain_blind,
    explain_component,
    explain_risk,
)
from topology.standing import FAIL, OK, OUT, SILENT, Standing
from topology.surroundings import Surroundings
from topology.suspect import Blindness, Memory, Suspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.management import Edge, Management
    from topology.model import Catalogue, Probe

__all__ = ["CHECKING", "Inference"]

CHECKING = "wordt nagekeken"
"""Reason of a component that failed and whose surroundings are still being looked at."""

DEFAULT_WAIT = timedelta(seconds=66)
"""Longest wait for a component without a probe: 60 s + 2 s x (2 retries + 1), the usual settings."""


class Inference:
    """The frontier rule over the evidence.

    Args:
        evidence: Shared with the engine, which writes it; never written here.
        memory: What is frozen with the state; everything else here is derived from it.

    Attributes:
        touched: Ids whose finding may have changed since the last `take`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        management: Management,
        evidence: Mapping[str, Evidence],
        memory: Memory,
    ) -> None:
        self._catalogue, self._management = catalogue, management
        self._evidence, self.memory = evidence, memory
        self.touched: set[str] = set()
        self._vias: dict[str, str] = {v: management.vias[v] for v in memory.blind}
        self._standing = Standing(management, evidence, self._vias)
        self._around = Surroundings(
            management,
            self._standing.seen_at,
            lambda id_: catalogue.components[id_].probe is not None,
        )
        self._queue: deque[str] = deque()
        self._now = EPOCH
        for id_, suspect in sorted(memory.suspects.items()):
            if suspect.verdict == "pending":
                self._around.complete(id_, suspect.asked)

    # --- what the engine asks -----------------------------------------------------------------

    @property
    def blind(self) -> Mapping[str, str]:
        """Vantage points that see nothing, each with its own link."""
        return self._vias

    def concerns(self, id_: str) -> bool:
        """Whether a component, link or shared risk is judged by inference."""
        return id_ in self._management.nearer or id_ in self._management.links

    def finding(self, id_: str) -> Finding | None:
        """What inference makes of something; None when its own evidence says it all."""
        suspect = self.memory.suspects.get(id_)
        if suspect is None:
            return None
        match suspect.verdict:
            case "cause":
                return Finding("down", suspect.since, self._why(id_))
            case "shadow":
                hidden = f"niet te meten: achter {', '.join(suspect.causes)}"
                return Finding("unreachable", suspect.since, hidden, tuple(suspect.causes))
            case "answering":
                return Finding(
                    "degraded", suspect.since, "antwoordt zelf niet, wat erachter staat wel"
                )
            case _:
                return Finding("unknown", suspect.since, CHECKING)

    def wait_until(self, id_: str) -> datetime | None:
        """When the wait for a suspect is over; None when it is no longer waited for."""
        suspect = self.memory.suspects.get(id_)
        if suspect is None or suspect.capped or suspect.verdict != "pending":
            return None
        return suspect.asked + self._wait(id_)

    def corroborated(self, id_: str) -> bool:
        """Whether two observations of different kinds agree that it failed (DESIGN.md 7.1)."""
        evidence = self._evidence.get(id_, Evidence())
        kinds = {c.kind for c in evidence.checks.values() if c.counts == "down"}
        if id_ in self._management.links and kinds:
            ends = self._management.links[id_]
            kinds |= {"reach" for end in ends if self._standing.status(end) == FAIL}
        elif id_ in self._management.toward and "reach" in kinds:
            edges = self._management.toward[id_]
            kinds |= {"port" for edge in edges if self._standing.port(edge) == "down"}
        return len(kinds) > 1

    # --- what the engine tells ----------------------------------------------------------------

    def seen(self, id_: str, now: datetime, vantage: str | None = None) -> None:
        """Take note of new evidence on one id.

        Args:
            id_: A component, link or shared risk.
            now: Of the event.
            vantage: The vantage point that just got an answer from it, else None.
        """
        self._now = now
        if vantage is not None and vantage in self._management.roots:
            self._answer(vantage)
        if id_ in self._management.links:
            self._link_seen(id_)
        elif id_ in self._management.nearer:
            self._component_seen(id_)
        elif id_ in self._catalogue.shared_risks:
            self._members_again(id_)
        self._settle()

    def waited(self, id_: str, now: datetime) -> None:
        """The wait for a suspect is over: decide with what there is."""
        self._now = now
        suspect = self.memory.suspects[id_]
        suspect.capped = True
        self._queue.append(id_)
        self._settle()

    # --- status -------------------------------------------------------------------------------

    def _component_seen(self, id_: str) -> None:
        before = self._standing.count(id_)
        status = self._standing.status(id_)
        suspect = self.memory.suspects.get(id_)
        if status == FAIL and suspect is None:
            self.memory.suspects[id_] = Suspect(asked=self._now, since=self._now)
        elif status == FAIL and suspect is not None and suspect.again:
            suspect.again, suspect.since = False, self._now
        elif status != FAIL and suspect is not None:
            del self.memory.suspects[id_]
        self.touched.add(id_)
        self._queue.append(id_)
        self._queue.extend(self._around.seen(id_))
        if status != before:
            self._neighbours(id_)
            for risk in self._management.risks.get(id_, ()):
                self._members_again(risk)

    def _link_seen(self, link: str) -> None:
        checks = [c for c in self._evidence[link].of("port") if c.status == "down"]
        suspect = self.memory.suspects.get(link)
        if checks and suspect is None:
            self.memory.suspects[link] = Suspect(asked=self._now, since=checks[0].since)
        elif not checks and suspect is not None:
            del self.memory.suspects[link]
        self.touched.add(link)
        self._queue.append(link)
        self._queue.extend(self._management.links[link])

    def _neighbours(self, id_: str) -> None:
        """Judge anew what fails beside or behind a component, through what nobody looks at."""
        seen, ahead = {id_}, [id_]
        while ahead:
            for edge in self._management.away[ahead.pop()]:
                self._queue.append(edge.link)
                if edge.component in seen:
                    continue
                seen.add(edge.component)
                self._queue.append(edge.component)
                if self._standing.status(edge.component) == SILENT:
                    ahead.append(edge.component)
        answers = self._standing.status(id_) == OK
        for edge in self._management.toward[id_]:
            self._queue.append(edge.link)
            above = self.memory.suspects.get(edge.component)
            if above is not None and (answers or above.verdict == "answering"):
                self._queue.append(edge.component)

    def _members_again(self, risk: str) -> None:
        self.touched.add(risk)
        self._queue.extend(self._catalogue.shared_risks[risk].members)

    # --- a blind vantage point ----------------------------------------------------------------

    def _answer(self, vantage: str) -> None:
        self.memory.answered[vantage] = self._now
        if self.memory.blind.pop(vantage, None) is None:
            return
        del self._vias[vantage]
        for id_ in self._of_vantage(vantage):
            self._standing.count(id_)
            if self._standing.status(id_) == FAIL and id_ not in self.memory.suspects:
                self.memory.suspects[id_] = Suspect(asked=self._now, since=self._now, again=True)
                self._queue.append(id_)

    def _goes_blind(self, vantage: str, suspect: Suspect) -> None:
        root = self._management.roots[vantage]
        last = self.memory.answered.get(vantage)
        failing = [
            s.since for id_, s in self.memory.suspects.items() if id_ in self._management.nearer
        ]
        after = [since for since in failing if last is None or since > last]
        explanation = explain_blind(self._management.vias[vantage], cost_of(self._catalogue, root))
        since = min(after, default=suspect.since)
        self.memory.blind[vantage] = Blindness(since, explanation)
        self._vias[vantage] = self._management.vias[vantage]
        for id_ in self._of_vantage(vantage):
            self._standing.count(id_)
            if self._standing.status(id_) != FAIL:
                self.memory.suspects.pop(id_, None)
        for link in self._management.links:
            if link in self.memory.suspects:
                self._queue.append(link)

    def _of_vantage(self, vantage: str) -> list[str]:
        """Everything that this vantage point ever looked at; all of it changes."""
        found = [
            id_
            for id_, evidence in self._evidence.items()
            if any(check.vantage == vantage for check in evidence.of("reach", "service"))
        ]
        self.touched.update(found)
        return sorted(found)

    def _blinded(self, id_: str, suspect: Suspect) -> str | None:
        """The vantage point that turns out to see nothing, given that this component fails."""
        checks = self._evidence[id_].of("reach")
        for vantage in dict.fromkeys(c.vantage for c in checks if c.vantage not in self._vias):
            if vantage not in self._management.roots:
                continue
            if not self._standing.anybody(vantage):
                return vantage
            if self._management.roots[vantage] == id_ and not self._standing.forwards(
                id_, suspect.asked
            ):
                return vantage
        return None

    # --- judging ------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Judge everything that is queued, and what depends on what changes by it."""
        while self._queue:
            id_ = self._queue.popleft()
            suspect = self.memory.suspects.get(id_)
            if suspect is None or id_ in self._catalogue.shared_risks:
                continue
            before = (suspect.verdict, suspect.causes)
            if id_ in self._management.links:
                self._judge_link(id_, suspect)
            else:
                self._judge_component(id_, suspect)
            if (suspect.verdict, suspect.causes) != before and id_ in self.memory.suspects:
                self.touched.add(id_)
                if id_ not in self._management.links:
                    self._neighbours(id_)

    def _judge_component(self, id_: str, suspect: Suspect) -> None:
        live = self._standing.live(id_)
        suspect.hidden |= not live
        if suspect.verdict == "pending" and not self._ready(id_, suspect):
            return
        vantage = self._blinded(id_, suspect)
        if vantage is not None:
            self._goes_blind(vantage, suspect)
            return
        suspect.frontier = bool(live)
        if self._standing.forwards(id_, suspect.asked) or self._management.nearer[id_] is None:
            if suspect.verdict == "shadow":
                self._ask_again(suspect)
            else:
                self._conclude(suspect, "answering", ())
        elif (risk := self._under(id_)) is not None:
            suspect.hidden = True
            self._conclude(suspect, "shadow", (risk,))
        elif self._is_stable(id_, suspect, live):
            suspect.hidden = False
        elif live:
            self._judge_frontier(id_, suspect, live)
        else:
            causes = self._above(id_)
            if not causes and suspect.verdict == "shadow":
                self._ask_again(suspect)
            else:
                self._conclude(suspect, "shadow" if causes else "pending", causes)

    def _is_stable(self, id_: str, suspect: Suspect, live: list[Edge]) -> bool:
        """Whether a cause that was named stays: it failed when what was before it still answered.

        Port states that arrive within the wait may still move the fault to its links.
        """
        if suspect.verdict != "cause" or not suspect.firm or suspect.decided == self._now:
            return False
        return not live or self._now > suspect.asked + self._wait(id_)

    def _judge_frontier(self, id_: str, suspect: Suspect, live: list[Edge]) -> None:
        explanation = self._explain(id_, live)
        if explanation.causes != (id_,):
            suspect.hidden = True
            self._conclude(suspect, "shadow", explanation.causes, explanation)
            return
        if suspect.hidden:
            self._ask_again(suspect)
            if not self._ready(id_, suspect):
                return
        self._conclude(suspect, "cause", (), explanation)

    def _ask_again(self, suspect: Suspect) -> None:
        """What hid it is back: it must be seen to fail by itself before anything is decided."""
        suspect.asked = suspect.since = self._now
        suspect.again, suspect.capped, suspect.hidden = True, False, False
        self._conclude(suspect, "pending", ())

    def _conclude(
        self,
        suspect: Suspect,
        verdict: str,
        causes: Iterable[str],
        explanation: Explanation | None = None,
    ) -> None:
        if suspect.verdict != verdict:
            suspect.decided = self._now
        suspect.verdict, suspect.causes = verdict, sorted(causes)
        suspect.cost = explanation.cost if explanation else None
        suspect.runner_up = explanation.runner_up if explanation else None
        suspect.certainty = explanation.certainty if explanation else ""

    def _ready(self, id_: str, suspect: Suspect) -> bool:
        """Whether the path to the poller and its neighbours were seen since, or the wait is over."""
        own = self._standing.seen_at(id_)
        if suspect.again and (own is None or own < suspect.asked):
            return False
        suspect.again = False
        suspect.firm = self._around.complete(id_, suspect.asked)
        return suspect.firm or suspect.capped

    def _above(self, id_: str) -> set[str]:
        """The causes nearest to a component on its ways to the poller."""
        causes: set[str] = set()
        seen, ahead = {id_}, [id_]
        while ahead:
            for edge in self._management.toward[ahead.pop()]:
                if self._standing.cut(edge.link):
                    causes.add(edge.link)
                if edge.component in seen:
                    continue
                seen.add(edge.component)
                suspect = self.memory.suspects.get(edge.component)
                verdict = suspect.verdict if suspect is not None else ""
                if verdict == "cause" or self._standing.status(edge.component) == OUT:
                    causes.add(edge.component)
                elif suspect is not None and verdict == "shadow" and suspect.frontier:
                    causes.update(suspect.causes)
                elif not self._standing.reached(edge.component, {id_}):
                    ahead.append(edge.component)
        return causes

    def _explain(self, id_: str, live: list[Edge]) -> Explanation:
        said = any(c.status == "down" for c in self._evidence[id_].of("self", "supplier"))
        ports = [Port(edge.link, self._standing.port(edge)) for edge in live]
        return explain_component(id_, cost_of(self._catalogue, id_), ports, said_down=said)

    # --- links --------------------------------------------------------------------------------

    def _judge_link(self, link: str, suspect: Suspect) -> None:
        """A link without signal: its own fault, unless an end of it fails and explains it."""
        ends = self._management.links[link]
        failed = [(e, self.memory.suspects.get(e)) for e in ends]
        known = [(e, s) for e, s in failed if s is not None and s.verdict != "answering"]
        out = [end for end in ends if self._standing.status(end) == OUT]
        if len(self._vias) == len(self._management.roots):
            self._conclude(suspect, "pending", ())
        elif known:
            self._follow(link, suspect, known)
        elif out:
            self._conclude(suspect, "shadow", out)
        elif suspect.verdict == "shadow":
            self._ask_again(suspect)
        elif suspect.verdict != "cause" and self._is_dark(link, suspect):
            self._conclude(
                suspect, "cause", (), Explanation((link,), cost_of(self._catalogue, link))
            )

    def _is_dark(self, link: str, suspect: Suspect) -> bool:
        """Whether the loss of signal was seen since the link was asked, and its ends were."""
        if not suspect.again:
            return self._ready(link, suspect)
        checks = self._evidence[link].of("port")
        if not any(c.status == "down" and c.time > suspect.asked for c in checks):
            return False
        suspect.again = False
        return self._ready(link, suspect)

    def _follow(self, link: str, suspect: Suspect, ends: list[tuple[str, Suspect]]) -> None:
        named = [s for _, s in ends if s.verdict == "shadow" and link in s.causes]
        if named:
            suspect.since = min(suspect.since, named[0].since)
            suspect.cost, suspect.runner_up = named[0].cost, named[0].runner_up
            suspect.verdict, suspect.causes, suspect.certainty = "cause", [], named[0].certainty
        elif any(s.verdict == "pending" for _, s in ends):
            if suspect.verdict == "shadow":
                self._ask_again(suspect)
            elif suspect.verdict != "cause":  # a named cause stays named while its end is looked at
                self._conclude(suspect, "pending", ())
        else:
            causes = {c for end, s in ends for c in (s.causes or [end])}
            self._conclude(suspect, "shadow", causes)

    # --- shared risks -------------------------------------------------------------------------

    def _under(self, id_: str) -> str | None:
        """The shared risk that explains why a component fails, if one does."""
        for risk in self._management.risks.get(id_, ()):
            if self._risk(risk):
                return risk
        return None

    def _risk(self, risk: str) -> bool:
        own = judge(self._evidence[risk]) if risk in self._evidence else None
        if own is not None and own.state in ("down", "up"):
            self._withdraw(risk)
            return own.state == "down"
        members = [
            m for m in self._catalogue.shared_risks[risk].members if m in self._management.nearer
        ]
        failing = [m for m in members if self._standing.status(m) == FAIL]
        if not failing or any(self._standing.status(m) == OK for m in members):
            self._withdraw(risk)
            return False
        return risk in self.memory.suspects or self._accuse(risk, failing)

    def _accuse(self, risk: str, failing: list[str]) -> bool:
        suspects = [self.memory.suspects[m] for m in failing if m in self.memory.suspects]
        if any(one.again for one in suspects):
            return False
        since = [one.since for one in suspects]
        if len(since) < len(failing) or max(since) - min(since) > timedelta(seconds=SPREAD_S):
            return False
        live = [(m, self._standing.live(m)) for m in failing]
        parts = [self._explain(m, edges) for m, edges in live if edges]
        explanation = explain_risk(risk, cost_of(self._catalogue, risk), parts)
        if explanation is None:
            return False
        suspect = Suspect(asked=self._now, since=min(since), firm=True)
        self._conclude(suspect, "cause", (), explanation)
        self.memory.suspects[risk] = suspect
        self._members_again(risk)
        return True

    def _withdraw(self, risk: str) -> None:
        if self.memory.suspects.pop(risk, None) is not None:
            self._members_again(risk)

    # --- words and waits ----------------------------------------------------------------------

    def _why(self, id_: str) -> str:
        evidence = self._evidence.get(id_, Evidence())
        said = [
            c.reason
            for c in evidence.of("reach", "port", "self")
            if c.status == "down" and c.reason
        ]
        return said[0] if said else self.memory.suspects[id_].certainty

    def _wait(self, id_: str) -> timedelta:
        ends = self._management.links.get(id_, (id_,))
        waits = [_verdict_after(self._catalogue.components[end].probe) for end in ends]
        return max(waits)


def _verdict_after(probe: Probe | None) -> timedelta:
    if probe is None:
        return DEFAULT_WAIT
    return timedelta(microseconds=int(probe.verdict_s * 1_000_000))
