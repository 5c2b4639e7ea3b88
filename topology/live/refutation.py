"""Which derived causes must be doubted when somebody answers: those that could have felled him.

A derived cause holds as long as nothing is seen to work that it would have felled. Of whoever begins to
answer, the way to the next one who answers must pass by the cause, if he refutes it: only there is it
looked for.

Source: CORE.md 3.1 (hard constraints).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topology.live.inquiry import Inquiry

__all__ = ["Refutation"]


class Refutation:
    """Looks at who was seen since the last doubt."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry, self._management = inquiry, inquiry.management
        self._region = inquiry.region
        vias = self._management.vias.values()
        self._blinding = [one for via in vias for one in self._region.suspects(via)]
        self._blind: set[str] = set()
        self._beyond: set[str] = set()

    def doubtful(self) -> list[str]:
        """The derived causes that may have been refuted since this was last asked, sorted."""
        derived, stirred = self._inquiry.derived, set(self._inquiry.stirred)
        self._inquiry.stirred.clear()
        sees = self._sees_otherwise(stirred)
        if not derived:
            return []
        if sees:
            return sorted(derived)
        return sorted({one for one in self._could_fell(stirred) if one in derived})

    def _sees_otherwise(self, stirred: set[str]) -> bool:
        """Whether another vantage point is blind, or one hears of other parts that it knows no way to."""
        blind, beyond = set(self._inquiry.vias), self._heard_beyond(stirred)
        changed = blind != self._blind or bool(beyond) or not self._beyond.isdisjoint(stirred)
        self._blind, self._beyond = blind, self._beyond - stirred | beyond
        return changed

    def _heard_beyond(self, ids: Iterable[str]) -> set[str]:
        regions = self._inquiry.regions
        if len(regions) == 1:
            return set()
        known = [id_ for id_ in ids if id_ in self._management.nearer]
        return {
            id_
            for vantage, region in regions.items()
            for id_ in known
            if id_ not in region.depth and self._answers(id_, vantage)
        }

    def _could_fell(self, ids: Iterable[str]) -> Iterator[str]:
        """What could have felled these: themselves, and of those that answer whatever is before them."""
        yield from self._blinding
        walked: set[str] = set()
        for id_ in ids:
            yield from self._region.suspects(id_)
            if self._inquiry.ends.answers(id_):
                for near, link in self._before(id_, walked):
                    yield from self._region.suspects(near)
                    yield from self._region.suspects(link)

    def _before(self, id_: str, walked: set[str]) -> Iterator[tuple[str, str]]:
        """The steps (component, link) back to those who answer every vantage point that sees."""
        seeing = [one for one in self._inquiry.regions if one not in self._inquiry.vias]
        queue = [id_]
        for far in queue:
            for near, link in self._management.toward[far]:
                yield near, link
                if near not in walked and not all(self._answers(near, one) for one in seeing):
                    walked.add(near)
                    queue.append(near)

    def _answers(self, id_: str, vantage: str) -> bool:
        return id_ in self._inquiry.answering or self._inquiry.standing.answered(id_, vantage)
