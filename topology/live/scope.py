"""What a chain can depend on, and which of the faults in it hurt the chain.

A fault hurts a chain that is not up when mending it would change the chain, or when it would have been
enough by itself. A broken access point in a building whose core is down hurts nobody.

Source: CORE.md 1.3 and 4.5 (what makes a chain fall); DESIGN.md 7.1 "Meaning".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.lanes import Lanes
    from topology.model import Catalogue

__all__ = ["Scope"]


class Scope:
    """The ways up of every chain, worked out when first asked for.

    Args:
        lanes: The present states; toggled for a what-if and put back.
        clean: The same chains with everything up, toggled likewise.
    """

    def __init__(self, catalogue: Catalogue, lanes: Lanes, clean: Lanes) -> None:
        self._catalogue, self._lanes, self._clean = catalogue, lanes, clean
        self._leads = _leads(catalogue)
        self._ways: dict[tuple[str, str], frozenset[str]] = {}

    def reach(self, cause: str, state: str) -> set[str]:
        """The chains that one fault by itself, or mending it now, could make a difference to."""
        chains = self._clean.set({cause: state})
        self._clean.set({cause: "up"})
        chains |= self._lanes.set({cause: "up"})
        self._lanes.set({cause: state})
        return chains

    def users(self, fault: str) -> int:
        """How many users one fault by itself would leave without some service for certain."""
        hurt: dict[str, int] = {}
        for chain in self._clean.set({fault: "down"}):
            group = self._catalogue.chains[chain].source
            certain = self._clean.verdict(chain).users_certain
            hurt[group] = max(hurt.get(group, 0), certain)
        self._clean.set({fault: "up"})
        return sum(hurt.values())

    def hurting(self, chains: Iterable[str], faults: Mapping[str, str]) -> dict[str, list[str]]:
        """Turn chains that are not up into the faults that hurt them.

        Args:
            chains: Chains to explain.
            faults: Every component, link or shared risk at fault, with its state.
        """
        found: dict[str, list[str]] = {chain: [] for chain in chains}
        suspected: dict[str, list[str]] = {}
        for chain in found:
            for fault in self._way(chain) & faults.keys():
                suspected.setdefault(fault, []).append(chain)
        for fault in sorted(suspected):
            for chain in self._hurt(fault, faults[fault], suspected[fault]):
                found[chain].append(fault)
        return found

    def _hurt(self, fault: str, state: str, chains: list[str]) -> list[str]:
        way = frozenset[str]().union(*map(self._way, chains))
        mended = self._lanes.supposing(fault, "up", chains, way)
        alone = self._clean.supposing(fault, state, chains, way)
        return [
            chain
            for chain in chains
            if mended[chain] != self._lanes.verdict(chain) or alone[chain].state != "up"
        ]

    def _way(self, chain_id: str) -> frozenset[str]:
        chain = self._catalogue.chains[chain_id]
        key = (chain.source, chain.to)
        if key not in self._ways:
            # The group itself too: a shared risk may have it as a member.
            seen = {chain.source, *self._catalogue.groups[chain.source].members, chain.to}
            ahead = list(seen)
            while ahead:
                for other in self._leads.get(ahead.pop(), ()):
                    if other not in seen:
                        seen.add(other)
                        ahead.append(other)
            self._ways[key] = frozenset(seen)
        return self._ways[key]


def _leads(catalogue: Catalogue) -> dict[str, list[str]]:
    """Everything to what it may rest on: links upward and beyond, needs, shared risks."""
    leads: dict[str, list[str]] = {}
    for link in catalogue.links.values():
        one, other = (catalogue.components[end] for end in link.ends)
        for near, far in ((one, other), (other, one)):
            if near.tier <= far.tier:
                # Not from the link to beyond it: who needs the link alone does not rest on its ends.
                leads.setdefault(near.id, []).extend((link.id, far.id))
    for component in catalogue.components.values():
        needed = [id_ for need in component.needs for id_ in need.of]
        leads.setdefault(component.id, []).extend(needed)
    for risk in catalogue.shared_risks.values():
        for member in risk.members:
            leads.setdefault(member, []).append(risk.id)
    return leads
