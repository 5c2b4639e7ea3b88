"""What inference remembers between two observations: who failed, and which pollers see nothing."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from topology.live.rootcause import Explanation

__all__ = ["Blindness", "Memory", "Suspect"]


class Suspect(Struct):
    """Something that failed, and what became of it.

    Attributes:
        asked: The surroundings must have been seen from here on before anything is decided.
        since: First failed observation.
        verdict: `pending`; `cause`; `shadow` (of `causes`); `answering` (what is behind it answers).
        decided: When the verdict became what it is.
        firm: Decided with all surroundings seen, not because the wait was over.
        capped: The wait is over.
        again: Asked again after what hid it came back: nothing is decided before its own next observation.
        frontier: It stands next to something that answers.
        hidden: Since it was asked there was a moment at which something else explained its silence.
        derived: Nobody saw it fail: it is named because of those that fail behind it.
        awaits: The power whose members are to be seen before its explanation is settled; empty = none.
        explanation: The accepted one that names it, or that names what it is the shadow of.
    """

    asked: datetime
    since: datetime
    verdict: str = "pending"
    decided: datetime | None = None
    firm: bool = False
    capped: bool = False
    again: bool = False
    frontier: bool = False
    hidden: bool = False
    derived: bool = False
    awaits: str = ""
    causes: list[str] = []
    explanation: Explanation | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the catalogue is in doubt: somebody answers whom it puts behind this."""
        return self.explanation is not None and "topology-doubtful" in self.explanation.flags

    @property
    def certainty(self) -> str:
        """How sure its explanation is, in words; empty when there is none."""
        return self.explanation.certainty if self.explanation else ""


class Blindness(Struct, frozen=True):
    """A vantage point that sees nothing: since when, and the explanation."""

    since: datetime
    explanation: Explanation


class Memory(Struct):
    """What inference remembers: suspects, blind vantage points, last answer per vantage point."""

    suspects: dict[str, Suspect] = {}
    blind: dict[str, Blindness] = {}
    answered: dict[str, datetime] = {}
