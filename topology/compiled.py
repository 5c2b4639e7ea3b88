"""A catalogue compiled once for the live path, and shared by every fold of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.gates import compile_gates
from topology.management import compile_management

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.gates import Gates
    from topology.management import Management
    from topology.model import Catalogue, Probe

__all__ = ["Compiled"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The catalogue, its gates, its management graph, and the probes by component or shared risk."""

    catalogue: Catalogue
    gates: Gates
    management: Management
    probes: Mapping[str, Probe]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Compiled:
        """Compile a checked catalogue."""
        probes = {c.id: c.probe for c in catalogue.components.values() if c.probe is not None}
        probes |= {r.id: r.probe for r in catalogue.shared_risks.values() if r.probe is not None}
        return cls(catalogue, compile_gates(catalogue), compile_management(catalogue), probes)
