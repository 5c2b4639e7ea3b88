"""What one vantage point does not reach and another does: it works, and the way of the first is at fault.

A failure that only one sees says nothing of the component. It counts once it was seen again after another
vantage point had an answer: a single lost look is not a fault, and who fails for all will soon fail for all.

Source: CORE.md 3.3 (blind rule; second vantage point).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.component import WORKING
from topology.live.rootcause import explain_one_sided
from topology.live.suspect import Blindness
from topology.rootcause.costs import cost_of
from topology.rootcause.evidence import Evidence
from topology.rootcause.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from topology.live.inquiry import Inquiry

__all__ = ["OneSided"]


class OneSided:
    """The judge of views that contradict each other; everything here is derived from the evidence.

    Args:
        answering: Vantage point to those that it gets through to.
    """

    def __init__(self, inquiry: Inquiry, answering: Callable[[str], AbstractSet[str]]) -> None:
        self._inquiry, self._answering = inquiry, answering
        self._torn: dict[str, set[str]] = {vantage: set() for vantage in inquiry.management.roots}
        if len(self._torn) > 1:
            for id_ in inquiry.evidence:
                self.seen(id_)

    def seen(self, id_: str) -> None:
        """Take note that a component was looked at."""
        if len(self._torn) < 2 or id_ not in self._inquiry.management.nearer:  # noqa: PLR2004 - one view contradicts nothing
            return
        for vantage, torn in self._torn.items():
            (torn.add if self._is_torn(id_, vantage) else torn.discard)(id_)

    def found(self) -> dict[str, Blindness]:
        """The vantage points that fail to reach what others reach, with nothing named on their way there."""
        found = {}
        for vantage in sorted(self._torn):
            if self._torn[vantage] and vantage not in self._inquiry.vias:
                lost = self._unexplained(vantage)
                if lost:
                    found[vantage] = self._judged(vantage, lost)
        return found

    def _is_torn(self, id_: str, vantage: str) -> bool:
        looks = self._inquiry.evidence[id_].of("reach")
        own = next((look for look in looks if look.vantage == vantage), None)
        if own is None or own.counts != "down":
            return False
        answers = (
            look.time for look in looks if look.vantage != vantage and look.counts in WORKING
        )
        return any(own.since < moment < own.time for moment in answers)

    def _unexplained(self, vantage: str) -> list[str]:
        region = self._inquiry.regions[vantage]
        named = [id_ for id_, one in self._inquiry.suspects.items() if one.verdict == "cause"]
        down = frozenset[str]().union(*(region.effect(one) for one in named))
        sight = Sight(region, Evidence(ok=self._answering(vantage)))
        torn = [one for one in sorted(self._torn[vantage]) if one in region.depth]
        return [one for one in torn if sight.way_to(one, down, set()) is not None]

    def _judged(self, vantage: str, lost: list[str]) -> Blindness:
        looks = (look for one in lost for look in self._inquiry.evidence[one].of("reach"))
        since = min(look.since for look in looks if look.vantage == vantage)
        via = self._inquiry.management.vias[vantage]
        cost = cost_of(self._inquiry.catalogue, via)
        return Blindness(since, explain_one_sided(vantage, via, cost, lost))
