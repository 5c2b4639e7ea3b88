"""Who does not answer, turned into causes and shadows; kept up to date one observation at a time.

Only what an event concerns is judged anew: the component, its neighbours that do not answer, the links
between them and the shared risks above them.

Source: CORE.md 3.2 A and 3.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.calleddown import CalledDown
from topology.live.component import Evidence, Finding
from topology.live.eyesight import Eyesight
from topology.live.inquiry import Inquiry
from topology.live.linkfault import LinkFaults
from topology.live.onesided import OneSided
from topology.live.proof import Proof
from topology.live.refutation import Refutation
from topology.live.riskfault import RiskFaults
from topology.live.rootcause import doubted
from topology.live.scene import Answering, Scenes
from topology.live.standing import FAIL, OK, OUT, SILENT
from topology.live.suspect import Memory, Suspect
from topology.rootcause.costs import COSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from topology.compiled import Compiled
    from topology.live.scene import Answer
    from topology.live.suspect import Blindness
    from topology.management import Edge

__all__ = ["CHECKING", "Inference"]

DOUBT = 1500
"""Of the catalogue being wrong about one way: somebody answers behind what is dead."""

CHECKING = "wordt nagekeken"
"""Reason of a component that failed and whose surroundings are still being looked at."""


class Inference:
    """The frontier rule over the evidence.

    Args:
        evidence: Shared with the engine, which writes it; never written here.
        memory: What is frozen with the state; everything else here is derived from it.
        rank: Orders explanations of equal cost (CORE.md 3.3).

    Attributes:
        touched: Ids whose finding may have changed since the engine last looked.
        proof: What verdicts and causes rest on.
        risks: The judge of shared risks.
        one_sided: What one vantage point reaches and another does not.
        called_down: Links against the word of their supplier.
    """

    def __init__(
        self,
        compiled: Compiled,
        evidence: Mapping[str, Evidence],
        memory: Memory,
        rank: Callable[[tuple[str, ...]], tuple[object, ...]],
    ) -> None:
        self._catalogue, self._management = compiled.catalogue, compiled.management
        self._evidence = evidence
        self._inquiry = Inquiry(compiled, evidence, memory)
        self._suspects, self._standing = memory.suspects, self._inquiry.standing
        self._queue, self.touched = self._inquiry.queue, self._inquiry.touched
        self._eyesight = Eyesight(self._inquiry)
        self._links = LinkFaults(self._inquiry)
        self.risks = RiskFaults(self._inquiry)
        self.proof = Proof(self._inquiry)
        self._scenes = Scenes(self._inquiry, rank)
        self.called_down = CalledDown(self._inquiry)
        self.one_sided = OneSided(self._inquiry, lambda vantage: Answering(self._inquiry, vantage))
        for id_, suspect in sorted(memory.suspects.items()):
            if suspect.awaits and suspect.verdict == "pending":
                self.risks.await_members(id_, suspect.awaits)
        self._refutation = Refutation(self._inquiry)

    # --- what the engine asks -----------------------------------------------------------------

    @property
    def blind(self) -> Mapping[str, Blindness]:
        """Vantage points that see nothing, each with its own link and since when."""
        return self._inquiry.memory.blind

    def concerns(self, id_: str) -> bool:
        """Whether a component, link or shared risk is judged by inference."""
        return id_ in self._management.nearer or id_ in self._management.links

    def finding(self, id_: str) -> Finding | None:
        """What inference makes of something; None when its own evidence says it all."""
        suspect = self._suspects.get(id_)
        if suspect is None:
            return None
        seen = self.proof.failures(id_)
        match suspect.verdict:
            case "cause":
                return Finding("down", suspect.since, self.proof.why(id_), (), seen)
            case "shadow":
                hidden = f"niet te meten: achter {', '.join(suspect.causes)}"
                return Finding("unreachable", suspect.since, hidden, tuple(suspect.causes), seen)
            case "answering":
                answers = "antwoordt zelf niet, wat erachter staat wel"
                return Finding("degraded", suspect.since, answers, (), seen)
            case _:
                return Finding("unknown", suspect.since, CHECKING, (), seen)

    def wait_until(self, id_: str) -> datetime | None:
        """When the wait for a suspect is over; None when it is no longer waited for."""
        suspect = self._suspects.get(id_)
        if suspect is None or suspect.capped or suspect.verdict != "pending":
            return None
        return suspect.asked + self._inquiry.wait(id_)

    # --- what the engine tells ----------------------------------------------------------------

    def seen(
        self, id_: str, now: datetime, vantage: str | None = None, failed: str | None = None
    ) -> None:
        """Take note of new evidence on one id.

        Args:
            id_: A component, link or shared risk.
            now: Of the event.
            vantage: The vantage point that just got an answer from it, else None.
            failed: The vantage point that just got none, else None.
        """
        self._inquiry.now = now
        self.one_sided.seen(id_)
        for link in self.called_down.toward(id_):
            self._links.seen(link)
        self._inquiry.saw(id_)
        before = self._standing.status(id_)  # of before a blind vantage point sees again by it
        if vantage is not None and vantage in self._management.roots:
            self._eyesight.answered(vantage)
        if id_ in self._management.links:
            self.called_down.noted(id_)
            self._links.seen(id_)
        elif id_ in self._management.nearer:
            self._component_seen(id_, before)
        elif id_ in self._catalogue.shared_risks:
            self.risks.seen(id_)
        self._settle()
        if failed is not None and len(self._management.roots) > 1:
            self._eyesight.failed(id_, failed)
            self._settle()

    def waited(self, id_: str, now: datetime) -> None:
        """The wait for a suspect is over: decide with what there is."""
        self._inquiry.now = now
        suspect = self._suspects[id_]
        suspect.capped = True
        self._queue.append(id_)
        self._settle()

    # --- status -------------------------------------------------------------------------------

    def _component_seen(self, id_: str, before: str) -> None:
        self._standing.count(id_)
        self._inquiry.hear(id_)
        status = self._standing.status(id_)
        suspect = self._suspects.get(id_)
        if status == FAIL and suspect is None:
            self._suspects[id_] = Suspect(asked=self._inquiry.now, since=self._inquiry.now)
        elif status == FAIL and suspect is not None and self._fails_again(id_, suspect):
            suspect.again, suspect.since = False, self._inquiry.now
            suspect.asked = self._inquiry.now
        elif status != FAIL and suspect is not None:
            self._inquiry.forget(id_)
        self.touched.add(id_)
        self._queue.append(id_)
        self._queue.extend(self._inquiry.released(id_))
        if status != before:
            self._neighbours(id_)
            if status == OK:
                self._exonerate()
            for risk in self.risks.over(id_):
                self.risks.seen(risk)

    def _fails_again(self, id_: str, suspect: Suspect) -> bool:
        return suspect.again and self._inquiry.is_fresh(id_, suspect, self._inquiry.now)

    def _exonerate(self) -> None:
        """Name no longer what would have felled somebody who is seen to work."""
        for cause in self._refutation.doubtful():
            if self._scenes.exonerated(cause):
                self._inquiry.withdraw(cause)

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
            above = self._suspects.get(edge.component)
            if above is not None and (answers or above.verdict == "answering"):
                self._queue.append(edge.component)

    # --- judging ------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Judge everything that is queued, and what depends on what changes by it."""
        self._judge_queued()
        while self._inquiry.shaken:
            for cause in sorted(self._inquiry.shaken):
                suspect = self._suspects.get(cause)
                if suspect is not None and suspect.derived and not self._explains(cause):
                    self._inquiry.withdraw(cause)
            self._inquiry.shaken.clear()
            self._judge_queued()

    def _explains(self, cause: str) -> bool:
        return self._inquiry.blamed[cause] > 0

    def _judge_queued(self) -> None:
        while self._queue:
            id_ = self._queue.popleft()
            suspect = self._suspects.get(id_)
            if suspect is None or suspect.derived:
                continue
            before = (suspect.verdict, suspect.causes, suspect.asked)
            if id_ in self._management.links:
                self._links.judge(id_, suspect)
            else:
                self._judge_component(id_, suspect)
                forwards = suspect.verdict == "answering" and id_ in self._suspects
                self._inquiry.passes_on(id_, whether=forwards)
            self._inquiry.wait_on(id_)
            now = (suspect.verdict, suspect.causes, suspect.asked)
            if now != before and id_ in self._suspects:
                self.touched.add(id_)
                if id_ not in self._management.links:
                    self._neighbours(id_)

    def _judge_component(self, id_: str, suspect: Suspect) -> None:
        live = self._standing.live(id_)
        self._come_to_light(suspect, live)
        if suspect.verdict == "pending" and not self._inquiry.ready(id_, suspect):
            return
        vantage = self._eyesight.blinded(id_, suspect)
        if vantage is not None:
            self._eyesight.lost(vantage, suspect.since)
            return
        suspect.frontier = bool(live)
        if self._passes_on(id_, suspect, live):
            if suspect.verdict == "shadow":
                self._inquiry.ask_again(suspect, hidden=not live)
                if not self._inquiry.ready(id_, suspect):
                    return
            self._inquiry.conclude(suspect, "answering", ())
        elif (risk := self.risks.above(id_)) is not None:
            suspect.hidden = True
            self._inquiry.conclude(suspect, "shadow", (risk,))
            self.touched.add(risk)
            self.risks.weigh_again(risk, lambda: self._scenes.explain(id_))
        elif self._is_stable(id_, suspect, live):
            suspect.hidden = False
        elif live:
            self._judge_frontier(id_, suspect, live)
        else:
            causes = self._above(id_)
            if not causes and suspect.verdict == "shadow":
                self._inquiry.ask_again(suspect, hidden=True)
            else:
                self._inquiry.conclude(suspect, "shadow" if causes else "pending", causes)

    def _come_to_light(self, suspect: Suspect, live: list[Edge]) -> None:
        """Whoever is asked again counts as asked from when nothing hides it any more."""
        suspect.hidden |= not live
        if suspect.again and suspect.hidden and live:
            suspect.asked, suspect.hidden = self._inquiry.now, False

    def _passes_on(self, id_: str, suspect: Suspect, live: list[Edge]) -> bool:
        """Whether it does not answer itself and yet carries what is behind it."""
        if self._management.nearer[id_] is None:
            return True
        answering, failing = self._standing.behind(id_, suspect.asked)
        if not answering:
            return False
        if suspect.verdict == "cause" and not suspect.is_doubtful:
            return True
        if self._is_unplugged(live):
            return False
        if suspect.verdict == "cause":
            return not failing
        return not live or failing * COSTS["device"] <= COSTS["device"] + answering * DOUBT

    def _is_unplugged(self, live: list[Edge]) -> bool:
        """Whether more ports towards it are without signal than with."""
        ports = [self._standing.port(edge) for edge in live]
        return ports.count("down") > ports.count("up")

    def _is_stable(self, id_: str, suspect: Suspect, live: list[Edge]) -> bool:
        """Whether a cause that was named stays: it failed when what was before it still answered.

        Port states that arrive within the wait may still move the fault to its links.
        """
        if suspect.verdict != "cause" or not suspect.firm or suspect.decided == self._inquiry.now:
            return False
        return not live or self._inquiry.now > suspect.asked + self._inquiry.wait(id_)

    def _judge_frontier(self, id_: str, suspect: Suspect, live: list[Edge]) -> None:
        answer = self._scenes.explain(id_)
        if answer is not None and answer.awaits and self._is_undecided(suspect):
            self.risks.await_members(id_, answer.awaits)
            return
        if answer is not None and id_ not in answer.explanation.causes:
            self._hide(id_, suspect, answer)
            return
        explanation = answer.explanation if answer else self._inquiry.explain(id_, live)
        if self._standing.forwards(id_, suspect.asked):
            explanation = doubted(explanation)
        if id_ not in explanation.causes:
            shadow = suspect.verdict == "shadow"
            if shadow and self._comes_again(id_, suspect, explanation.causes):
                return
            suspect.hidden = True
            self._inquiry.conclude(suspect, "shadow", explanation.causes, explanation)
            return
        if suspect.hidden:
            self._inquiry.ask_again(suspect)
            if not self._inquiry.ready(id_, suspect):
                return
        self._inquiry.conclude(suspect, "cause", (), explanation)

    def _is_undecided(self, suspect: Suspect) -> bool:
        return suspect.verdict == "pending" and not suspect.capped

    def _hide(self, id_: str, suspect: Suspect, answer: Answer) -> None:
        """Something else explains it; what nobody saw fail is named because of it."""
        causes = self._scenes.shares(id_, answer.explanation.causes)
        if self._comes_again(id_, suspect, causes):
            return
        suspect.hidden = True
        self._inquiry.conclude(suspect, "shadow", causes, answer.explanation)
        for cause in causes:
            if cause not in self._suspects:
                self._inquiry.derive(cause, answer.since, answer.explanation)

    def _comes_again(self, id_: str, suspect: Suspect, causes: Iterable[str]) -> bool:
        """Whether what hid it is back, and it was not seen to fail by something else since."""
        same = list(causes) == suspect.causes
        if same or not suspect.hidden or self._is_still_hidden(id_, suspect):
            return False
        self._inquiry.ask_again(suspect)
        return not self._inquiry.ready(id_, suspect)

    def _is_still_hidden(self, id_: str, suspect: Suspect) -> bool:
        """Whether what hid it until now is not back: then it need not be asked again.

        A cause further on hides nobody whose neighbour answers again: what failed then was behind it.
        """
        if suspect.verdict != "shadow" or not suspect.causes:
            return False
        return all(
            self._inquiry.stands(cause) and self._scenes.can_fell(id_, cause)
            for cause in suspect.causes
        )

    def _above(self, id_: str) -> set[str]:
        """The causes nearest to a component on its ways to the poller."""
        causes: set[str] = set()
        seen, ahead = {id_}, [id_]
        while ahead:
            for edge in self._management.toward[ahead.pop()]:
                if self._standing.cut(edge.link):
                    causes.add(self._inquiry.fallen.get(edge.link, edge.link))
                if edge.component in seen:
                    continue
                seen.add(edge.component)
                suspect = self._suspects.get(edge.component)
                verdict = suspect.verdict if suspect is not None else ""
                if edge.component in self._inquiry.fallen:
                    causes.add(self._inquiry.fallen[edge.component])
                elif verdict == "cause" or self._standing.status(edge.component) == OUT:
                    causes.add(edge.component)
                elif suspect is not None and verdict == "shadow" and suspect.frontier:
                    causes.update(suspect.causes)
                elif not self._standing.reached(edge.component, {id_}):
                    ahead.append(edge.component)
        return causes
