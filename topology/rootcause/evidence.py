"""What was seen of a region at one moment: the hard constraints and the soft evidence of a search.

Source: CORE.md 3.1; DESIGN.md 7.3 (`rootcause`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container
    from collections.abc import Set as AbstractSet

__all__ = ["Evidence", "Los", "Spared", "Word"]


class Los(NamedTuple):
    """The port of a reachable device on `link`, towards `far`.

    As loss of signal it says that the link or its far end is down; as signal it says that neither is.
    """

    link: str
    far: str
    penalty: int


class Word(NamedTuple):
    """What somebody said of one component, link or shared risk; explaining it away costs `penalty`."""

    component: str
    penalty: int


class Spared(NamedTuple):
    """A member of a shared risk that would not fail with it yet: it may be on battery.

    The failure of `risk` then stops at `component`; saying that it did costs `penalty`.
    """

    risk: str
    component: str
    penalty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that was seen, from one vantage point.

    Args:
        ok: Components that answered. Hard: no explanation may cut one of them off.
        failed: Components that did not answer. Hard: an explanation must cut each of them off.
        los: Ports without signal.
        nolos: Ports with signal.
        up: Words that something works (a supplier's interface).
        down: Words that something is down (dying gasp, UPS on battery).
        spared: Members that may outlive their shared risk for a while (CORE.md 3.3, site power).
        ends: Components from which no way on leads to anybody of `ok`, as far as that is known: they need not
            be walked. It is a help, no evidence: without it the answer is the same, and later.
    """

    ok: AbstractSet[str] = frozenset()
    failed: AbstractSet[str] = frozenset()
    los: tuple[Los, ...] = ()
    nolos: tuple[Los, ...] = ()
    up: tuple[Word, ...] = ()
    down: tuple[Word, ...] = ()
    spared: tuple[Spared, ...] = ()
    ends: Container[str] = frozenset()
