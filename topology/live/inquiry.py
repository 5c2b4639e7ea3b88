"""What the steps of inference share: the evidence, who is suspected, and who is still to be judged.

Source: CORE.md 3.3.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from events.span import EPOCH
from topology.live.rootcause import Explanation, Port, cost_of, explain_component
from topology.live.standing import Standing
from topology.live.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.live.component import Evidence
    from topology.live.suspect import Memory, Suspect
    from topology.management import Edge, Management
    from topology.model import Catalogue, Probe

__all__ = ["Inquiry"]

DEFAULT_WAIT = timedelta(seconds=66)
"""Longest wait for a component without a probe: 60 s + 2 s x (2 retries + 1), the usual settings."""


class Inquiry:
    """Everything that a judgement reads and writes; all but the memory is derived from the evidence.

    Args:
        evidence: Shared with the engine, which writes it; never written here.
        memory: What is frozen with the state.

    Attributes:
        vias: Vantage points that see nothing, each with its own link.
        queue: Whom to judge anew.
        touched: Ids whose finding may have changed since the engine last looked.
        now: Of the event in hand.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        management: Management,
        evidence: Mapping[str, Evidence],
        memory: Memory,
    ) -> None:
        self.catalogue, self.management = catalogue, management
        self.evidence, self.memory = evidence, memory
        self.suspects = memory.suspects
        self.vias: dict[str, str] = {v: management.vias[v] for v in memory.blind}
        self.standing = Standing(management, evidence, self.vias)
        self.around = Surroundings(
            management,
            self.standing.seen_at,
            lambda id_: catalogue.components[id_].probe is not None,
        )
        self.queue: deque[str] = deque()
        self.touched: set[str] = set()
        self.now: datetime = EPOCH
        for id_, suspect in sorted(memory.suspects.items()):
            if suspect.verdict == "pending" and not suspect.again:
                self.around.complete(id_, suspect.asked)

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
        suspect.verdict, suspect.causes = verdict, sorted(causes)
        suspect.cost = explanation.cost if explanation else None
        suspect.runner_up = explanation.runner_up if explanation else None
        suspect.certainty = explanation.certainty if explanation else ""

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
        if suspect.again and (own is None or own < suspect.asked):
            return False
        suspect.again = False
        suspect.firm = self.around.complete(id_, suspect.asked)
        return suspect.firm or suspect.capped

    def wait(self, id_: str) -> timedelta:
        """The longest wait for the surroundings of a component or link."""
        ends = self.management.links.get(id_, (id_,))
        waits = [_verdict_after(self.catalogue.components[end].probe) for end in ends]
        return max(waits)

    def explain(self, id_: str, live: Iterable[Edge]) -> Explanation:
        """The cheapest explanation of a component that fails next to others that answer.

        Args:
            id_: Who does not answer.
            live: Its steps to those that do; at least one.
        """
        said = any(c.status == "down" for c in self.evidence[id_].of("self", "supplier"))
        ports = [Port(edge.link, self.standing.port(edge)) for edge in live]
        return explain_component(id_, cost_of(self.catalogue, id_), ports, said_down=said)


def _verdict_after(probe: Probe | None) -> timedelta:
    if probe is None:
        return DEFAULT_WAIT
    return timedelta(microseconds=int(probe.verdict_s * 1_000_000))
