"""What is allowed in a catalogue but probably not wanted, and what an operator should know of it.

Warnings are findings (exit code 1 of `keten check`); notes never change an exit code.

Source: DESIGN.md 7.3; CORE.md section 1.1 (redundancy). What OLAs allow: `topology.reliability`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from topology.gates import compile_gates
from topology.kappa import Cone, minimal_cuts
from topology.management import compile_management

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topology.model import Catalogue, Chain, Component, Link, SharedRisk

__all__ = ["Finding", "lint"]

MILLION = 1_000_000
DEVICES = frozenset({"ap", "switch", "ups", "pdu", "controller", "firewall", "router"})
"""Kinds that answer when they are asked; of these, one that nobody asks is a blind spot."""
_NAMED = 4  # chains named in one note; the rest is counted


class Finding(NamedTuple):
    """Something to tell, and about which key of which entry.

    Args:
        kind: Kind of the entry, as ids are noted: `component`.
        id: Its id.
        key: The key to point at, or `id`.
    """

    kind: str
    id: str
    key: str
    severity: str
    code: str
    message: str


def lint(catalogue: Catalogue) -> Iterator[Finding]:
    """Turn a checked catalogue into warnings and notes."""
    yield from _contacts(catalogue)
    yield from _owners(catalogue)
    yield from _eyes(catalogue)
    yield from _out_of_sight(catalogue)
    yield from _uplinks(catalogue)
    yield from _promises(catalogue)
    singles = _singles(catalogue)
    yield from _exposed(catalogue, singles)


def _contacts(catalogue: Catalogue) -> Iterator[Finding]:
    """A supplier in use whom nobody can reach is found out at night."""
    used = _suppliers_in_use(catalogue)
    for supplier in catalogue.suppliers.values():
        means = supplier.contact.keys() & {"email", "phone", "url"}
        if supplier.id in used and not means:
            text = "nobody knows how to reach it; add `contact: {email: .., phone: ..}`"
            yield Finding("supplier", supplier.id, "id", "warning", "no-contact", text)
        elif supplier.id not in used:
            text = "nothing in the catalogue is this supplier's"
            yield Finding("supplier", supplier.id, "id", "note", "unused-supplier", text)


def _suppliers_in_use(catalogue: Catalogue) -> set[str]:
    used = {thing.supplier for _, thing in _things(catalogue) if thing.supplier}
    for supplier in catalogue.suppliers.values():
        if supplier.parent:
            used.add(supplier.parent)
    return used


def _things(catalogue: Catalogue) -> Iterator[tuple[str, Component | Link | SharedRisk]]:
    yield from (("component", one) for one in catalogue.components.values())
    yield from (("link", one) for one in catalogue.links.values())
    yield from (("shared_risk", one) for one in catalogue.shared_risks.values())


def _owners(catalogue: Catalogue) -> Iterator[Finding]:
    """Downtime of what has no supplier falls to nobody."""
    for kind, thing in _things(catalogue):
        if thing.supplier is None:
            text = "no `supplier`; its downtime will be nobody's"
            yield Finding(kind, thing.id, "id", "note", "no-supplier", text)


def _eyes(catalogue: Catalogue) -> Iterator[Finding]:
    """A device that nobody looks at counts as up; so does a link without ports."""
    components = catalogue.components.values()
    if not any(one.probe for one in components):
        return  # a catalogue for calculations or imported records looks at nothing by itself
    for one in components:
        if one.probe and one.probe.way == "snmp" and one.address is None:
            text = "has a probe but no `address`; it will stay unknown"
            yield Finding("component", one.id, "probe", "warning", "no-address", text)
        elif one.probe is None and one.kind in DEVICES:
            text = "no `probe`; without observations it counts as up"
            yield Finding("component", one.id, "id", "warning", "no-probe", text)
    polled = {one.id for one in components if one.probe}
    for link in catalogue.links.values():
        if not any(link.ports) and polled.issuperset(link.ends):
            text = "no `ports`, though both ends are polled; it counts as up until one end is down"
            yield Finding("link", link.id, "id", "note", "no-ports", text)


def _out_of_sight(catalogue: Catalogue) -> Iterator[Finding]:
    """What no poller reaches by the catalogue is judged by itself: a fault in between looks like its own.

    An application is checked for what it answers, not for how it is reached, and stands above every poller.
    """
    if not catalogue.vantage_points:
        return
    reached = compile_management(catalogue).nearer
    points = ", ".join(
        f"{point.id} at {point.attached_to}" for point in catalogue.vantage_points.values()
    )
    for one in catalogue.components.values():
        if one.probe is not None and one.kind != "service" and one.id not in reached:
            text = (
                f"has a probe, but no vantage point reaches it by links that go down in tier ({points}), so a"
                " fault on the way to it will look like its own; add the link that is missing, or a vantage"
                " point that is attached above it"
            )
            yield Finding("component", one.id, "probe", "warning", "out-of-sight", text)


def _uplinks(catalogue: Catalogue) -> Iterator[Finding]:
    """A component that wants more upward links than it has can never work."""
    tier = {one.id: one.tier for one in catalogue.components.values()}
    upward: Counter[str] = Counter()
    for link in catalogue.links.values():
        a, b = link.ends
        upward[a] += tier[a] <= tier[b]
        upward[b] += tier[b] <= tier[a]
    for one in catalogue.components.values():
        if 0 < upward[one.id] < one.uplinks_min:
            text = f"wants {one.uplinks_min} of {upward[one.id]} upward links; it can never work"
            yield Finding("component", one.id, "uplinks", "warning", "uplinks-short", text)


def _singles(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Turn the catalogue into chain -> what takes it down alone; its end and `exempt` included."""
    gates = compile_gates(catalogue)
    names = list(gates.items)
    found: dict[tuple[int, int], frozenset[str]] = {}
    out = {}
    for chain in gates.chains.values():
        way = (chain.minimum, chain.end)
        if way not in found:
            cone = Cone(gates, *way)
            cuts = minimal_cuts(cone, frozenset(), frozenset(), size=1)
            found[way] = frozenset(names[item] for cut in cuts for item in cut)
        out[chain.id] = found[way]
    return out


def _promises(catalogue: Catalogue) -> Iterator[Finding]:
    """A target that leaves no room, and versions of a level that states cannot follow."""
    for name, versions in catalogue.level_versions.items():
        if any(level.target_ppm == MILLION for level in versions):
            text = (
                "a target of 100 % has no budget: the first second down misses it, and no rate of"
                " spending it can be told"
            )
            yield Finding("level", name, "target", "note", "target-whole", text)
        if len({level.redundancy for level in versions}) > 1:
            text = "versions differ in `redundancy`; states have no past and follow the one that begins last"
            yield Finding("level", name, "id", "note", "level-redundancy", text)


def _exposed(catalogue: Catalogue, singles: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Each single point of failure once, with the chains that hang on it."""
    chains: dict[str, list[Chain]] = {}
    for chain in catalogue.chains.values():
        for name in singles[chain.id] - chain.exempt - {chain.to}:
            chains.setdefault(name, []).append(chain)
    kinds = {thing.id: kind for kind, thing in _things(catalogue)}
    for name in sorted(chains):
        hit = [chain.id for chain in chains[name]]
        more = f" and {len(hit) - _NAMED} more" if len(hit) > _NAMED else ""
        text = (
            f"single point of failure of {', '.join(hit[:_NAMED])}{more}; add a twin, or name it under"
            " `exempt` of the chain"
        )
        yield Finding(kinds[name], name, "id", "note", "single-point", text)
