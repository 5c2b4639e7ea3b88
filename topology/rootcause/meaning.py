"""What an explanation says of everything else: symptoms, what is not known now, whether we are only blind.

Source: CORE.md 3.1 (symptom), 3.3 (blind rule); DESIGN.md 7.3 (`rootcause`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.rootcause.effect import Effect
from topology.rootcause.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.rootcause.evidence import Evidence
    from topology.rootcause.region import Region

__all__ = ["Meaning", "meaning_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """An explanation, read out for one vantage point.

    Args:
        down: Everything that is down by it: its faults and, of shared risks, the members.
        symptoms: Components that did not answer and are not down by it: something before them is.
        unknown: Components nobody looked at that cannot be reached now.
        monitoring_fault: The poller's own link is down by it, or it cuts off every component.
    """

    down: frozenset[str]
    symptoms: tuple[str, ...]
    unknown: tuple[str, ...]
    monitoring_fault: bool


def meaning_of(region: Region, evidence: Evidence, explanation: Iterable[str]) -> Meaning:
    """Read out one explanation that a search found. Its work is near the faults, not the whole network.

    Args:
        region: Of the vantage point.
        evidence: What was seen from there.
        explanation: Its faults; none = nothing is at fault.
    """
    down = Effect(region, evidence.spared)(explanation)
    sight = Sight(region, evidence)
    lost = sight.cut_off(down)
    blind = not evidence.ok and len(lost & region.depth.keys()) == len(region.depth)
    return Meaning(
        down=down,
        symptoms=tuple(sorted(one for one in evidence.failed if one not in down)),
        unknown=tuple(sorted(one for one in lost if one not in evidence.failed)),
        monitoring_fault=region.via in down or blind,
    )
