"""What ports, messages and suppliers say of a scene: the soft evidence of the exact search.

Source: CORE.md 3.1 (penalties), 3.3 (site power; supplier against observation).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from topology.live.component import judge
from topology.live.rootcause import MESSAGE_PENALTY, SPREAD_S, unseen_penalty
from topology.live.standing import FAIL
from topology.rootcause.evidence import Evidence, Los, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topology.live.battery import Batteries
    from topology.live.inquiry import Inquiry
    from topology.live.scene import Scene

__all__ = ["IMPOSSIBLE", "Testimony"]

PORT_PENALTY = 400
"""Of explaining away a port without signal."""

IMPOSSIBLE = 1_000_000
"""Of a cause that what was seen excludes."""

FRESH = timedelta(minutes=5)
"""A supplier's word that was older than this when the failure was seen counts half."""


class Testimony:
    """Turns a scene into what was said of it."""

    def __init__(self, inquiry: Inquiry, batteries: Batteries) -> None:
        self._inquiry, self._batteries = inquiry, batteries
        self._management, self._standing = inquiry.management, inquiry.standing
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects

    def of(self, scene: Scene) -> Evidence:
        """The soft evidence alone: ports, and what somebody said."""
        los: list[Los] = []
        up: list[Word] = []
        down: list[Word] = []
        for link, near, far in self._steps(scene):
            status = self._standing.port_of(link, near)
            ways = len(self._standing.live(far)) or len(self._management.toward[far])
            if status == "down":
                los.append(Los(link, far, PORT_PENALTY))
            elif status == "up":
                up.append(Word(link, IMPOSSIBLE))
            else:
                up.append(Word(link, unseen_penalty(ways, self._prior(far))))
        los += self._dark_behind(scene)
        up += [Word(risk, IMPOSSIBLE) for risk in sorted(scene.risks) if self._is_apart(risk)]
        for part in sorted(scene.parts | scene.failed | scene.risks):
            for is_up, word in self._said(part, scene):
                (up if is_up else down).append(word)
        spared = [one for risk in sorted(scene.risks) for one in self._batteries.spared(risk) or ()]
        return Evidence(
            los=tuple(los), up=tuple(up), down=tuple(down), spared=tuple(dict.fromkeys(spared))
        )

    def _dark_behind(self, scene: Scene) -> Iterator[Los]:
        """Ports without signal at those behind a failure who answer by another way.

        Explaining one away costs as much as blaming its link: then that is dark by itself.
        """
        for far in sorted(scene.failed):
            for edge in self._standing.dark_behind(far):
                yield Los(edge.link, far, self._prior(edge.link))

    def _prior(self, id_: str) -> int:
        return next(iter(self._inquiry.regions.values())).costs[id_]

    def _steps(self, scene: Scene) -> Iterator[tuple[str, str, str]]:
        """The watched side of each link of the scene: (link, near, far)."""
        for far in sorted(scene.failed | scene.parts):
            for near, link in self._management.toward.get(far, ()):
                if self._standing.status(near) != FAIL or near in self._inquiry.answering:
                    yield link, near, far

    def _said(self, id_: str, scene: Scene) -> Iterator[tuple[bool, Word]]:
        """What it says of itself and what its supplier says of it: (that it works, the word)."""
        evidence = self._evidence.get(id_)
        if evidence is None:
            return
        for check in evidence.of("self"):
            if check.status == "down":
                yield False, Word(id_, MESSAGE_PENALTY)
        for check in evidence.of("supplier"):
            asked = [self._suspects[one].since for one in scene.failed]
            old = check.time + FRESH < min(asked)
            penalty = MESSAGE_PENALTY // 2 if old else MESSAGE_PENALTY
            if check.status in ("up", "down"):
                yield check.status == "up", Word(id_, penalty)

    def _is_apart(self, risk: str) -> bool:
        """Whether what stands under a risk failed too far apart, or was not seen to fail at all."""
        own = judge(self._evidence[risk]) if risk in self._evidence else None
        if (
            own is not None
            and own.state in ("up", "degraded")
            and not self._inquiry.on_battery(risk)
        ):
            return True
        failing = [one for one in set(self.under(risk)) if self._standing.status(one) == FAIL]
        since = []
        for one in failing:
            suspect = self._suspects.get(one)
            if suspect is None or suspect.again:
                return True
            back = not all(self._inquiry.stands(cause) for cause in suspect.causes)
            if suspect.hidden and back and self._standing.live(one):
                return True
            since.append((suspect.since, self._inquiry.interval(one)))
        if not since or self._inquiry.on_battery(risk):
            return False
        last = max(moment - interval for moment, interval in since)
        return last - min(since)[0] > timedelta(seconds=SPREAD_S)

    def under(self, risk: str) -> Iterator[str]:
        """Who a shared risk could have felled."""
        for part in sorted(self._inquiry.effect(risk)):
            yield part
            yield from self._management.links.get(part, ())
