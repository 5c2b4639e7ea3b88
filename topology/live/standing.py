"""Who answers, who does not, and how far the poller gets through those who do.

Source: CORE.md 3.1 and 3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.component import WORKING, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from topology.management import Edge, Management

__all__ = ["FAIL", "OK", "OUT", "SILENT", "Standing"]

OK, FAIL, SILENT, OUT = "ok", "fail", "silent", "out"
"""Answers; does not answer; not looked at; known to be down without inference."""


class Standing:
    """The status of every component of the management graph; derived from the evidence.

    Args:
        blind: Vantage points whose word does not count now; shared with inference, which writes it.
        fallen: What is down because a derived cause says so; shared likewise.
        answering: Who fails while what is behind it answers; shared likewise.
    """

    def __init__(
        self,
        management: Management,
        evidence: Mapping[str, Evidence],
        blind: Mapping[str, str],
        fallen: Mapping[str, str],
        answering: AbstractSet[str],
    ) -> None:
        self._management, self._evidence, self._vias = management, evidence, blind
        self._fallen, self._forwarding = fallen, answering
        self._answering: dict[str, set[str]] = {v: set() for v in management.roots}
        self._status: dict[str, str] = {}
        for id_ in evidence:
            self.count(id_)

    def status(self, id_: str) -> str:
        """The status of a component: one of `OK`, `FAIL`, `SILENT`, `OUT`."""
        return self._status.get(id_, SILENT)

    def answered(self, id_: str, vantage: str) -> bool:
        """Whether it answers this vantage point, and nothing says that it died since."""
        return id_ in self._answering[vantage] and self.status(id_) != FAIL

    def count_answering(self, vantage: str) -> int:
        """How many answer a vantage point."""
        return len(self._answering[vantage])

    def is_heard(self, id_: str) -> bool:
        """Whether it answers any vantage point."""
        return any(id_ in answering for answering in self._answering.values())

    def anybody(self, vantage: str) -> bool:
        """Whether anything answers a vantage point."""
        return bool(self._answering[vantage])

    def _look(self, id_: str) -> str:
        evidence = self._evidence.get(id_)
        if evidence is None:
            return SILENT
        answered = gasped = None
        failed = False
        for check in evidence.checks.values():
            if check.kind == "recorded":
                return {"down": OUT, "unknown": SILENT}.get(check.status, OK)
            if check.kind == "self" and check.status == "down":
                gasped = check.time
            elif check.kind == "reach" and check.vantage not in self._vias:
                if check.counts in WORKING:
                    answered = max(answered or check.time, check.time)
                failed |= check.counts == "down"
        if gasped is not None and (answered is None or gasped > answered):
            return FAIL
        return OK if answered else FAIL if failed else SILENT

    def count(self, id_: str) -> str:
        """Bring the derived counts of one component up to date; return its status before."""
        before = self.status(id_)
        if id_ not in self._management.nearer:
            return before
        self._status[id_] = self._look(id_)
        reach = self._evidence.get(id_, Evidence()).of("reach")
        answered = {check.vantage for check in reach if check.counts in WORKING}
        for vantage, answering in self._answering.items():
            (answering.add if vantage in answered else answering.discard)(id_)
        return before

    def seen_at(self, id_: str) -> datetime | None:
        """When a component was last asked whether it answers; None = never."""
        evidence = self._evidence.get(id_)
        return None if evidence is None else evidence.looked

    def reached(self, id_: str, seen: set[str]) -> bool:
        """Whether the poller gets as far as this component."""
        status = self.status(id_)
        if status != SILENT:
            return status == OK or id_ in self._forwarding
        if id_ in self._fallen:
            return False
        if self._management.nearer[id_] is None:
            return True
        seen.add(id_)
        edges = self._management.toward[id_]
        return any(
            not self.cut(edge.link) and self.reached(edge.component, seen)
            for edge in edges
            if edge.component not in seen
        )

    def live(self, id_: str) -> list[Edge]:
        """The steps toward the poller whose other side answers and whose link is not known to be down."""
        edges = self._management.toward[id_]
        return [e for e in edges if not self.cut(e.link) and self.reached(e.component, {id_})]

    def dark_behind(self, id_: str) -> list[Edge]:
        """The steps away from the poller to those who answer by another way and have no signal towards it."""
        before = {edge.component for edge in self._management.toward[id_]}
        return [
            edge
            for edge in self._management.away[id_]
            if edge.component not in before
            and self.status(edge.component) == OK
            and not self.cut(edge.link)
            and self.port(edge) == "down"
        ]

    def is_out(self, id_: str) -> bool:
        """Whether a component or link is known to be down without inference."""
        return self.status(id_) == OUT or self.cut(id_)

    def cut(self, link: str) -> bool:
        """Whether a link is known to be down without looking at its ports."""
        if link in self._fallen:
            return True
        evidence = self._evidence.get(link)
        if evidence is None:
            return False
        if any(c.status == "down" for c in evidence.of("recorded")):
            return True
        return evidence.says_down and not self.carries(link)

    def carries(self, link: str) -> bool:
        """Whether what is reached over this link only answered after its supplier called it down."""
        said = [c.time for c in self._evidence[link].of("supplier") if c.status == "down"]
        ends = self._management.links.get(link, ())
        return bool(said) and any(self._answers_over(far, link, max(said)) for far in ends)

    def _answers_over(self, far: str, link: str, after: datetime) -> bool:
        ways = self._management.toward.get(far, ())
        if self.status(far) != OK or not any(edge.link == link for edge in ways):
            return False
        if any(edge.link != link and self._may_lead(edge.component) for edge in ways):
            return False
        looks = self._evidence[far].of("reach")
        return any(look.counts in WORKING and look.time > after for look in looks)

    def _may_lead(self, near: str) -> bool:
        """Whether a way over a component may be open: it answers, passes on, or nobody looks at it."""
        return self.status(near) in (OK, SILENT) or near in self._forwarding

    def forwards(self, id_: str, asked: datetime) -> bool:
        """Whether something answers that can be reached through this component only."""
        return any(self._dependants(id_, OK, asked))

    def behind(self, id_: str, asked: datetime) -> tuple[int, int]:
        """Of those right behind it that can be reached through it only: how many answer, how many fail."""
        answering = sum(1 for _ in self._dependants(id_, OK, asked))
        return answering, sum(1 for _ in self._dependants(id_, FAIL, asked))

    def _dependants(self, id_: str, status: str, asked: datetime) -> Iterator[str]:
        for edge in self._management.away[id_]:
            at = self.seen_at(edge.component)
            if self._status.get(edge.component) != status or at is None or at < asked:
                continue
            others = [e for e in self._management.toward[edge.component] if e.component != id_]
            root = self._management.nearer[edge.component] is None
            if not root and not any(self.reached(e.component, {edge.component}) for e in others):
                yield edge.component

    def is_lit(self, link: str) -> bool:
        """Whether a link has a signal wherever somebody looked."""
        evidence = self._evidence.get(link)
        ports = evidence.of("port") if evidence is not None else []
        return bool(ports) and all(check.status == "up" for check in ports)

    def port(self, edge: Edge) -> str | None:
        """The port at the poller's side of a link."""
        return self.port_of(edge.link, edge.component)

    def port_of(self, link: str, near: str) -> str | None:
        """The port of a component at a link: `up`, `down`, None = not seen."""
        evidence = self._evidence.get(link)
        checks = evidence.of("port") if evidence else []
        found = {c.status for c in checks if c.seen_from in (near, "")}
        if "down" in found:
            return "down"
        return "up" if found & set(WORKING) else None
