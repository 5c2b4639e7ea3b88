"""A shared risk that is known to have failed: by its own evidence, or named by the exact search.

Who stands under it and fails later joins it while it is open.

Source: CORE.md 3.3 (site power).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.component import judge
from topology.live.rootcause import MESSAGE_PENALTY, Explanation, words_for
from topology.live.standing import OK
from topology.rootcause.costs import cost_of

if TYPE_CHECKING:
    from topology.live.inquiry import Inquiry

__all__ = ["RiskFaults"]


class RiskFaults:
    """The judge of shared risks."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._catalogue, self._management = inquiry.catalogue, inquiry.management
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects
        self._standing = inquiry.standing

    def seen(self, risk: str) -> None:
        """Take note that a risk or what stands under it changed: its members are judged anew."""
        if risk in self._evidence:
            self._inquiry.recount()
        self._inquiry.disturb(risk)

    def above(self, id_: str) -> str | None:
        """The shared risk that is known to have felled a component, if one has."""
        for risk in self._management.risks.get(id_, ()):
            if self._failed(risk):
                self._name(risk, id_)
                return risk
        return None

    def _name(self, risk: str, id_: str) -> None:
        """On battery, the first member that fails shows that the power is away."""
        if risk in self._suspects or not self._inquiry.on_battery(risk):
            return
        cost = cost_of(self._catalogue, risk)
        alone = cost_of(self._catalogue, id_) + MESSAGE_PENALTY
        words = words_for((risk,), [(id_,)], shared=True)
        own = (risk,)
        explanation = Explanation(own, cost, alone, words, (own,), second=(id_,))
        self._inquiry.derive(risk, self._suspects[id_].since, explanation)

    def _failed(self, risk: str) -> bool:
        own = judge(self._evidence[risk]) if risk in self._evidence else None
        if own is not None and own.state in ("down", "up"):
            self._inquiry.withdraw(risk)
            return own.state == "down"
        if self._inquiry.on_battery(risk):
            return True
        if risk not in self._suspects:
            return False
        if any(self._standing.status(one) == OK for one in self._inquiry.effect(risk)):
            self._inquiry.withdraw(risk)
            return False
        return True
