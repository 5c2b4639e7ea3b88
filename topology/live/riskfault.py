"""A shared risk that is known to have failed: by its own evidence, or named by the exact search.

Who stands under it and fails later joins it while it is open.

Source: CORE.md 3.3 (site power).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.battery import Batteries
from topology.live.component import judge
from topology.live.rootcause import MESSAGE_PENALTY, Explanation, words_for
from topology.rootcause.costs import cost_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from topology.live.inquiry import Inquiry
    from topology.live.scene import Answer

__all__ = ["RiskFaults"]

SURE = 700
"""Margin from which on a power that is named is not weighed again: twice as likely as what comes second."""


class RiskFaults:
    """The judge of shared risks."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._catalogue, self._management = inquiry.catalogue, inquiry.management
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects
        self._batteries = Batteries(inquiry)

    def seen(self, risk: str) -> None:
        """Take note that a risk or what stands under it changed: its members are judged anew."""
        if risk in self._evidence:
            self._inquiry.recount()
        self._inquiry.disturb(risk)

    def over(self, id_: str) -> tuple[str, ...]:
        """The shared risks that a component stands under, those above these included."""
        region = next(iter(self._inquiry.regions.values()), None)
        return () if region is None else region.causes.get(id_, (id_,))[1:]

    def bridged(self, risk: str) -> bool:
        """Whether it is named and members of it are not felled: they may run on battery."""
        return self._batteries.bridged(risk)

    def fells(self, risk: str, id_: str) -> bool:
        """Whether something goes down with a shared risk itself, not because it is behind it."""
        return id_ in self._inquiry.effect(risk)

    def last(self, risk: str) -> datetime | None:
        """When the last of its members failed."""
        return self._batteries.last(risk)

    def await_members(self, id_: str, risk: str) -> None:
        """Have a suspect judged anew once all members of a power were asked since it failed."""
        self._batteries.await_members(id_, risk)

    def weigh_again(self, risk: str, explain: Callable[[], Answer | None]) -> None:
        """A power that was named while members of it answered is surer with each that fails."""
        named = self._suspects.get(risk)
        if (
            named is None
            or named.explanation is None
            or not self._is_doubtful(named.explanation, risk)
        ):
            return
        answer = explain()
        if answer is not None and answer.explanation.causes == named.explanation.causes:
            named.explanation = answer.explanation

    def _is_doubtful(self, named: Explanation, risk: str) -> bool:
        """Whether it was named while members answered, and what comes second is near or all have failed."""
        if named.cost <= cost_of(self._catalogue, risk) or not named.among:
            return False
        near = named.runner_up is not None and named.runner_up - named.cost < SURE
        return near or not self.bridged(risk)

    def above(self, id_: str) -> str | None:
        """The shared risk that is known to have felled a component, if one has."""
        for risk in self._management.risks.get(id_, ()):
            if self._failed(risk) and self._joins(id_, risk):
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
        if self._batteries.spared(risk) is None:
            self._inquiry.withdraw(risk)
            return False
        return True

    def _joins(self, id_: str, risk: str) -> bool:
        return self._inquiry.is_down(risk) or self._batteries.joins(id_, risk)
