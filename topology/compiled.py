"""A catalogue compiled once for the live path, and shared by every fold of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from topology.gates import compile_gates
from topology.management import compile_management

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topology.gates import Gates
    from topology.management import Management
    from topology.model import Catalogue

__all__ = ["Compiled"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A catalogue in the forms that the live path reads.

    Args:
        gaps: Component or shared risk with a probe to the silence that makes it unknown.
    """

    catalogue: Catalogue
    gates: Gates
    management: Management
    gaps: Mapping[str, timedelta]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Compiled:
        """Compile a checked catalogue."""
        probes = {one.id: one.probe for one in catalogue.components.values()}
        probes |= {one.id: one.probe for one in catalogue.shared_risks.values()}
        gaps = {id_: _span(probe.gap_s) for id_, probe in probes.items() if probe is not None}
        return cls(catalogue, compile_gates(catalogue), compile_management(catalogue), gaps)


def _span(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=int(seconds * 1_000_000))
