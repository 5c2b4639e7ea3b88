"""What a verdict or a cause rests on: the observations, by id, and the words of those who made them.

Source: CORE.md 3.1; DESIGN.md 7.1 (corroborated).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.component import Evidence
from topology.live.rootcause import Explanation
from topology.live.standing import FAIL
from topology.rootcause.costs import cost_of

if TYPE_CHECKING:
    from topology.live.inquiry import Inquiry

__all__ = ["Proof"]

WITNESSES = 20
"""Most failures that are named as the evidence of one cause."""


class Proof:
    """Looks up what was seen; decides nothing."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._catalogue, self._management = inquiry.catalogue, inquiry.management
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects
        self._standing = inquiry.standing

    def corroborated(self, id_: str) -> bool:
        """Whether two observations of different kinds agree that it failed (DESIGN.md 7.1)."""
        evidence = self._evidence.get(id_, Evidence())
        kinds = {c.kind for c in evidence.checks.values() if c.counts == "down"}
        if id_ in self._management.links and kinds:
            ends = self._management.links[id_]
            kinds |= {"reach" for end in ends if self._standing.status(end) == FAIL}
        elif id_ in self._management.toward and "reach" in kinds:
            edges = self._management.toward[id_]
            kinds |= {"port" for edge in edges if self._standing.port(edge) == "down"}
        return len(kinds) > 1

    def explanation(self, id_: str) -> Explanation | None:
        """The accepted explanation that names something; None when its own evidence says it all.

        What fails though the catalogue knows no way to it from any poller makes the catalogue doubtful.
        """
        suspect = self._suspects.get(id_)
        if suspect is not None:
            return suspect.explanation
        seen = self._evidence.get(id_)
        placed = id_ in self._management.nearer or not self._management.roots
        if placed or seen is None or not seen.of("reach"):
            return None
        own, cost = (id_,), cost_of(self._catalogue, id_)
        return Explanation(own, cost, among=(own,), flags=("topology-doubtful",))

    def witnesses(self, cause: str) -> set[str]:
        """The observations that a cause rests on beside its own; of what nobody saw fail, who fails by it."""
        found: set[str] = set()
        known = self._suspects.get(cause)
        if known is not None and known.derived:
            suffering = [i for i, one in self._suspects.items() if cause in one.causes]
            for id_ in sorted(suffering)[:WITNESSES]:
                found.update(self.failures(id_))
        for edge in self._management.toward.get(cause, ()):
            evidence = self._evidence.get(edge.link, Evidence())
            found.update(c.began for c in evidence.of("port") if c.seen_from == edge.component)
        for check in self._evidence.get(cause, Evidence()).of("supplier"):
            found.add(check.began)
        return found

    def silences(self, vantage: str) -> list[str]:
        """The observations that show a vantage point to see nothing."""
        found = [
            check.began
            for evidence in self._evidence.values()
            for check in evidence.of("reach")
            if check.vantage == vantage and check.counts == "down"
        ]
        return sorted(found)[:WITNESSES]

    def failures(self, id_: str) -> tuple[str, ...]:
        """The observations of its own that say it failed."""
        evidence = self._evidence.get(id_)
        checks = evidence.of("reach", "port", "self") if evidence is not None else []
        return tuple(check.began for check in checks if check.counts == "down")

    def why(self, id_: str) -> str:
        """A failure in the words of whoever saw it, else how sure its explanation is."""
        evidence = self._evidence.get(id_, Evidence())
        said = [
            c.reason
            for c in evidence.of("reach", "port", "self")
            if c.status == "down" and c.reason
        ]
        return said[0] if said else self._suspects[id_].certainty
