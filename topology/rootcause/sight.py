"""What an explanation does to what one poller sees: who is cut off, and by which way one is still reached.

Both questions are answered near the failure: a component that answered is a fixed point, so no search goes
past it, nor into parts that are known to lead to nobody who answered. That keeps the work independent of the
size of the network and of what is dark. Whoever is the only one before a component that answered is such a
point too, though nobody asked it: it carries, or the answer would not have come.

An `ok` component that no way leads to without a component that failed shows that the catalogue lacks a way.
It is `doubtful`: taken as reached over a way of its own, still through the poller's own link.

Source: CORE.md 3.1, 3.2 B.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from topology.rootcause.evidence import Evidence
    from topology.rootcause.region import Region

__all__ = ["Sight"]


class Sight:
    """One region with what was seen there."""

    def __init__(self, region: Region, evidence: Evidence) -> None:
        self.region = region
        self.ok = evidence.ok
        self.failed = evidence.failed
        self.ends = evidence.ends
        self.doubtful: set[str] = set()
        self._carries: dict[str, bool] = {}
        for component in self._behind_failed():
            if not self._reached(component, frozenset()):
                self.doubtful.add(component)

    def is_cut(self, down: AbstractSet[str]) -> bool:
        """Whether these parts being down would cut off a component that answered."""
        if not self.ok:
            return False
        if self.region.via in down or any(part in self.ok for part in down):
            return True
        return any(not self._reached(component, down) for component in self._touched(down))

    def is_fixed(self, component: str) -> bool:
        """Whether every explanation must leave it reached: it answered, or an answer came by it only."""
        if component in self.ok:
            return True
        known = self._carries.get(component)
        if known is None:
            known = self._carries[component] = any(
                one in self.ok and not self._is_entry(one) for one in self._only_behind(component)
            )
        return known

    def way_to(
        self, component: str, down: AbstractSet[str], lost: set[str]
    ) -> tuple[str, ...] | None:
        """A way by which this component is still reached, from the last one that is fixed; None = cut off.

        At least one part of the way must be down if the component does not answer.

        Args:
            component: One that did not answer.
            down: What the explanation takes down.
            lost: Components known to be cut off; what is found so is added.
        """
        if self.region.via in down or component in down or component in lost:
            return None
        if component == self.region.root:
            return self._from_poller((component,))
        came: dict[str, tuple[str, str]] = {}
        queue = [component]
        seen = {component}
        for far in queue:
            for near, link in self.region.into.get(far, ()):
                if near in seen or link in down or near in down or near in lost:
                    continue
                seen.add(near)
                came[near] = (far, link)
                if self.is_fixed(near):
                    return _walked(near, came)
                if near == self.region.root:
                    return self._from_poller((near, *_walked(near, came)))
                queue.append(near)
        lost |= seen
        return None

    def cut_off(self, down: AbstractSet[str]) -> set[str]:
        """The components that cannot be reached when these parts are down, those among them included.

        Only for what `is_cut` lets pass: whoever answered is not cut off.
        """
        region = self.region
        if region.via in down:
            return set(region.depth)
        lost = {part for part in down if part in region.depth}
        for component in self._silent_behind(down):
            self.way_to(component, down, lost)
        return lost

    def upstream(self, component: str, walked: set[str]) -> Iterable[tuple[str, str, str]]:
        """The steps (near, link, far) back from a component to those that are fixed or the root.

        Args:
            component: Where to begin.
            walked: Components whose steps were given already; those given now are added.
        """
        if component in walked:
            return
        walked.add(component)
        queue = [component]
        for far in queue:
            for near, link in self.region.into.get(far, ()):
                yield near, link, far
                if near not in walked and not self.is_fixed(near):
                    walked.add(near)
                    queue.append(near)

    def _only_behind(self, component: str) -> Iterator[str]:
        """Those that no way leads to but by this one and silent ones behind it, nearest first."""
        queue, seen = [component], {component}
        for near in queue:
            for edge in self.region.arcs.get(near, ()):
                far = edge.component
                if far in seen or far in self.ends or not self._has_one_way(far):
                    continue
                seen.add(far)
                yield far
                if far not in self.ok:
                    queue.append(far)

    def _has_one_way(self, component: str) -> bool:
        first, *others = self.region.into[component]
        return component != self.region.root and all(
            edge.component == first.component for edge in others
        )

    def _from_poller(self, way: tuple[str, ...]) -> tuple[str, ...]:
        return way if self.region.via is None else (self.region.via, *way)

    def _behind_failed(self) -> list[str]:
        """Those that answered behind those that did not, nearest to the poller first."""
        if not self.ok:
            return []
        depth = self.region.depth
        behind = self._answering_behind(
            edge.component for part in self.failed for edge in self.region.arcs.get(part, ())
        )
        return sorted(behind, key=lambda one: (depth.get(one, len(depth)), one))

    def _touched(self, down: AbstractSet[str]) -> Iterator[str]:
        """Those that answered, one step or only silent ones behind what is down."""
        return self._answering_behind(self._next(down))

    def _answering_behind(self, components: Iterable[str]) -> Iterator[str]:
        """Those that answered, among these or with only silent ones in between, as they are met."""
        ends = self.ends
        open_ = (one for one in components if one not in ends)
        return (one for one, answered in self._onward(open_, ends) if answered)

    def _silent_behind(self, down: AbstractSet[str]) -> Iterator[str]:
        walk = self._onward(self._next(down), frozenset())
        return (one for one, answered in walk if not answered)

    def _next(self, down: AbstractSet[str]) -> Iterable[str]:
        """The far ends of links, and what is one step behind components."""
        region = self.region
        for part in down:
            yield from region.heads.get(part, ())
            yield from (edge.component for edge in region.arcs.get(part, ()))

    def _onward(
        self, components: Iterable[str], ends: Container[str]
    ) -> Iterator[tuple[str, bool]]:
        """Follow the arcs through silent components up to those that answered: each, and whether it did.

        Args:
            components: Where to begin.
            ends: Where not to go.
        """
        queue = list(dict.fromkeys(components))
        seen = set(queue)
        for component in queue:
            answered = component in self.ok
            yield component, answered
            if answered:
                continue
            for edge in self.region.arcs.get(component, ()):
                if edge.component not in seen and edge.component not in ends:
                    seen.add(edge.component)
                    queue.append(edge.component)

    def _reached(self, component: str, down: AbstractSet[str]) -> bool:
        """Whether a way leads there past what is down and without anyone who failed."""
        queue = [component]
        seen = {component}
        for far in queue:
            if self._is_entry(far):
                return True
            for near, link in self.region.into.get(far, ()):
                if near in seen or link in down or near in down or near in self.failed:
                    continue
                seen.add(near)
                queue.append(near)
        return False

    def _is_entry(self, component: str) -> bool:
        if component == self.region.root or component in self.doubtful:
            return True
        return component in self.ok and component not in self.region.depth


def _walked(near: str, came: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    """The links and components after `near`, in order."""
    way: list[str] = []
    while near in came:
        near, link = came[near]
        way += (link, near)
    return tuple(way)
