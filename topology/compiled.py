"""A catalogue compiled once for the live path, and shared by every fold of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from topology.gates import compile_gates
from topology.management import compile_management
from topology.rootcause.region import regions_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topology.gates import Gates
    from topology.management import Management
    from topology.model import Catalogue
    from topology.rootcause.region import Region

__all__ = ["Compiled"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A catalogue in the forms that the live path reads.

    Args:
        regions: Vantage point to what it can see and who can be at fault there.
        gaps: Component or shared risk with a probe to the silence that makes it unknown.
    """

    catalogue: Catalogue
    gates: Gates
    management: Management
    regions: Mapping[str, Region]
    gaps: Mapping[str, timedelta]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Compiled:
        """Compile a checked catalogue."""
        probes = {one.id: one.probe for one in catalogue.components.values()}
        probes |= {one.id: one.probe for one in catalogue.shared_risks.values()}
        gaps = {id_: _span(probe.gap_s) for id_, probe in probes.items() if probe is not None}
        management = compile_management(catalogue)
        regions = regions_of(catalogue, management=management)
        return cls(catalogue, compile_gates(catalogue), management, regions, gaps)


def _span(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=int(seconds * 1_000_000))
