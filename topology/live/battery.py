"""A site power of which members still answer: whether they show that it is on, or may be on battery.

Source: CORE.md 3.3 (site power: members fail within 120 s, on a UPS later).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from topology.live.component import WORKING, judge
from topology.live.rootcause import SPREAD_S
from topology.live.standing import FAIL, OK
from topology.rootcause.costs import SPARED_PENALTY
from topology.rootcause.evidence import Spared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topology.live.inquiry import Inquiry

__all__ = ["Batteries"]

POWER = "power"
"""The kind of shared risk whose members may outlive it."""

SEVERAL = 2
"""Failures under a power from which on it may be gone although others answer: one is always itself."""


class Batteries:
    """Tells who may outlive a shared risk; decides nothing."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry, self._standing = inquiry, inquiry.standing
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects
        self._risks = inquiry.catalogue.shared_risks

    def spared(self, risk: str) -> list[Spared] | None:
        """Where the failure of a shared risk would stop; None = something under it shows that it works.

        Who answers and may be on battery stops it: of a power, whoever answered without a break since the
        first of its members failed. It is asked of a power under which several fail, or that is named.
        """
        inner = [one for one in sorted(self._inquiry.effect(risk)) if one in self._risks]
        since: datetime | None = None
        found: list[Spared] = []
        for one, member in self._working(inner):
            if since is None:
                since = self._began(risk)
            bridges = since is not None and self._may_bridge(one, member, since)
            if not bridges:
                return None
            told = self._inquiry.on_battery(one)
            found.append(Spared(one, member, 0 if told else SPARED_PENALTY))
        return found

    def is_stale(self, one: Spared) -> bool:
        """Whether a member was last seen to answer before the first under its power failed."""
        since = self._began(one.risk)
        looks = self._evidence[one.component].of("reach")
        last = max((look.time for look in looks if look.counts in WORKING), default=None)
        return since is not None and last is not None and last < since

    def await_members(self, id_: str, risk: str) -> None:
        """Have a suspect judged anew once all members of a power were asked since it failed."""
        components = self._inquiry.catalogue.components
        members = (one for one in sorted(self._inquiry.effect(risk)) if one in components)
        watched = [one for one in members if components[one].probe is not None]
        self._suspects[id_].awaits = risk
        self._inquiry.around.wait_for(risk, watched, self._suspects[id_].asked, id_)

    def bridged(self, risk: str) -> bool:
        """Whether a power that is named has members that it has not felled yet."""
        known = self._suspects.get(risk)
        if known is None or not known.derived or risk not in self._risks:
            return False
        if self._risks[risk].kind != POWER:
            return False
        return any(self._is_left(part) for part in self._inquiry.effect(risk))

    def joins(self, id_: str, risk: str) -> bool:
        """Whether a member that fails can have failed by a power that is gone: not long before it."""
        began = [one for one in (self._told(risk), self._named(risk)) if one is not None]
        spread = timedelta(seconds=SPREAD_S) + self._inquiry.interval(id_)
        return not began or self._suspects[id_].since + spread >= min(began)

    def last(self, risk: str) -> datetime | None:
        """When the last of its members failed."""
        effect = self._inquiry.effect(risk)
        return max((self._suspects[one].since for one in effect if self._fails(one)), default=None)

    def _fails(self, part: str) -> bool:
        return self._standing.status(part) == FAIL and part in self._suspects

    def _named(self, risk: str) -> datetime | None:
        known = self._suspects.get(risk)
        return None if known is None else known.since

    def _told(self, risk: str) -> datetime | None:
        """When it was first said that a shared risk runs on battery."""
        parts = (self._evidence[one] for one in self._inquiry.effect(risk) if one in self._evidence)
        said = (check for one in parts for check in one.of("self"))
        return min((one.since for one in said if one.status == "degraded"), default=None)

    def _is_left(self, part: str) -> bool:
        """Whether a member answers, or fails and is not judged yet."""
        status = self._standing.status(part)
        if status != FAIL:
            return status == OK
        suspect = self._suspects.get(part)
        return suspect is None or suspect.verdict in ("pending", "answering")

    def _working(self, risks: list[str]) -> Iterator[tuple[str, str]]:
        """What is seen to work under these risks, each with the risk that it is a member of."""
        for risk in risks:
            for member in self._risks[risk].members:
                if self._standing.status(member) == OK or self._standing.is_lit(member):
                    yield risk, member

    def _began(self, risk: str) -> datetime | None:
        """When the first member of a power failed; None where too few fail for it to be the power."""
        known = self._suspects.get(risk)
        if known is not None:
            return known.since
        effect = self._inquiry.effect(risk)
        failing = [self._suspects[part].since for part in effect if self._fails(part)]
        return min(failing) if len(failing) >= SEVERAL else None

    def _may_bridge(self, risk: str, member: str, since: datetime) -> bool:
        """Whether a member that answers may do so on battery since the power failed."""
        if self._risks[risk].kind != POWER or member in self._inquiry.management.links:
            return False
        own = judge(self._evidence[risk]) if risk in self._evidence else None
        if own is not None and own.state in WORKING and not self._inquiry.on_battery(risk):
            return False
        if self._inquiry.on_battery(risk):
            return True
        looks = self._evidence[member].of("reach")
        return any(look.counts in WORKING and look.since <= since for look in looks)
