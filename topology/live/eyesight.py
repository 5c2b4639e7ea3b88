"""Vantage points to which nothing answers: their own link is at fault, and their word does not count.

Source: CORE.md 3.2 A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.rootcause import explain_blind
from topology.live.standing import FAIL
from topology.live.suspect import Blindness, Suspect
from topology.rootcause.costs import cost_of

if TYPE_CHECKING:
    from datetime import datetime

    from topology.live.inquiry import Inquiry

__all__ = ["Eyesight"]


class Eyesight:
    """The judge of vantage points: who sees, and who turns out to be blind."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry, self._memory = inquiry, inquiry.memory
        self._management, self._standing = inquiry.management, inquiry.standing
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects

    def answered(self, vantage: str) -> None:
        """Take note that something answered a vantage point: it sees, if it was blind."""
        self._memory.answered[vantage] = self._inquiry.now
        if self._memory.blind.pop(vantage, None) is None:
            return
        del self._inquiry.vias[vantage]
        for id_ in self._of_vantage(vantage):
            self._standing.count(id_)
            if self._standing.status(id_) == FAIL and id_ not in self._suspects:
                now = self._inquiry.now
                self._suspects[id_] = Suspect(asked=now, since=now, again=True)
                self._inquiry.queue.append(id_)

    def blinded(self, id_: str, suspect: Suspect) -> str | None:
        """The vantage point that turns out to see nothing, given that this component fails."""
        checks = self._evidence[id_].of("reach")
        vias = self._inquiry.vias
        for vantage in dict.fromkeys(c.vantage for c in checks if c.vantage not in vias):
            if vantage not in self._management.roots:
                continue
            if not self._standing.anybody(vantage):
                return vantage
            if self._management.roots[vantage] == id_ and not self._standing.forwards(
                id_, suspect.asked
            ):
                return vantage
        return None

    def failed(self, id_: str, vantage: str) -> None:
        """Take note that something did not answer a vantage point, whatever others see of it.

        Where another vantage point still sees, nobody is suspected: nothing else would show the blindness.
        """
        known = vantage in self._memory.answered and vantage in self._management.roots
        if not known or vantage in self._inquiry.vias or self._standing.anybody(vantage):
            return
        if self._standing.status(id_) != FAIL:
            checks = self._evidence[id_].of("reach")
            self.lost(vantage, min(c.since for c in checks if c.vantage == vantage))

    def lost(self, vantage: str, since: datetime) -> None:
        """Take note that a vantage point sees nothing, as something that fails since then shows."""
        root = self._management.roots[vantage]
        last = self._memory.answered.get(vantage)
        failing = [s.since for id_, s in self._suspects.items() if id_ in self._management.nearer]
        failing += self._silent_from(vantage)
        after = [since for since in failing if last is None or since > last]
        cost = cost_of(self._inquiry.catalogue, root)
        explanation = explain_blind(self._management.vias[vantage], cost, root)
        since = min([*after, since])
        self._memory.blind[vantage] = Blindness(since, explanation)
        self._inquiry.vias[vantage] = self._management.vias[vantage]
        for id_ in self._of_vantage(vantage):
            self._standing.count(id_)
            if self._standing.status(id_) != FAIL:
                self._inquiry.forget(id_)
        self._inquiry.queue.extend(
            sorted(self._suspects)
        )  # who sees them, and by what way, may change

    def _silent_from(self, vantage: str) -> list[datetime]:
        """Since when those that another vantage point sees do not answer this one."""
        found = (c for e in self._evidence.values() for c in e.of("reach"))
        return [c.since for c in found if c.vantage == vantage and c.counts == "down"]

    def _of_vantage(self, vantage: str) -> list[str]:
        """Everything that this vantage point ever looked at; all of it changes."""
        found = [
            id_
            for id_, evidence in self._evidence.items()
            if any(check.vantage == vantage for check in evidence.of("reach", "service"))
        ]
        self._inquiry.touched.update(found)
        return sorted(found)
