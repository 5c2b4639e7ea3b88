"""Members of a shared risk that fail together, turned into a fault of what they share.

Source: CORE.md 3.2 A.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from topology.live.component import judge
from topology.live.rootcause import SPREAD_S, cost_of, explain_risk
from topology.live.standing import FAIL, OK
from topology.live.suspect import Suspect

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
        self._inquiry.touched.add(risk)
        self._inquiry.queue.extend(self._catalogue.shared_risks[risk].members)

    def above(self, id_: str) -> str | None:
        """The shared risk that explains why a component fails, if one does."""
        for risk in self._management.risks.get(id_, ()):
            if self._failed(risk):
                return risk
        return None

    def _failed(self, risk: str) -> bool:
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
        return risk in self._suspects or self._accuse(risk, failing)

    def _accuse(self, risk: str, failing: list[str]) -> bool:
        suspects = [self._suspects[m] for m in failing if m in self._suspects]
        if any(self._is_stale(m, self._suspects[m]) for m in failing if m in self._suspects):
            return False
        since = [one.since for one in suspects]
        if len(since) < len(failing) or max(since) - min(since) > timedelta(seconds=SPREAD_S):
            return False
        live = [(m, self._standing.live(m)) for m in failing]
        parts = [self._inquiry.explain(m, edges) for m, edges in live if edges]
        explanation = explain_risk(risk, cost_of(self._catalogue, risk), parts)
        if explanation is None:
            return False
        suspect = Suspect(asked=self._inquiry.now, since=min(since), firm=True)
        self._inquiry.conclude(suspect, "cause", (), explanation)
        self._suspects[risk] = suspect
        self.seen(risk)
        return True

    def _is_stale(self, member: str, suspect: Suspect) -> bool:
        """Whether what hid a member is back and it was not seen to fail by itself since."""
        return suspect.again or (suspect.hidden and bool(self._standing.live(member)))

    def _withdraw(self, risk: str) -> None:
        if self._suspects.pop(risk, None) is not None:
            self.seen(risk)
