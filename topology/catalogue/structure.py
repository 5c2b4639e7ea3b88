"""Rules over the whole catalogue: no circle of needs, no chain over two domains, a way for every chain.

They run on what could be read, so that one wrong key does not hide a circle elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topology.catalogue.reading import quoted
from topology.model import KIND_TIERS, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.catalogue.reading import Path, Reading

__all__ = ["structure"]


def structure(read: Mapping[str, Any], into: Reading) -> None:
    """Note every rule that the catalogue as a whole breaks."""
    _circles(
        _parents(read, into), "supplier-circle", "is, by its parents, its own sub-supplier", into
    )
    _circles(_dependencies(read, into), "needs-circle", "needs itself", into)
    if into.failed:
        return  # ways and domains of a half-read network would only repeat the same complaints
    network = _Network(read)
    for index, chain in enumerate(read.get("chains", ())):
        _way(network, chain, ("chains", index), into)
    _domains(network, read, into)


def _parents(read: Mapping[str, Any], into: Reading) -> dict[str, tuple[list[str], Path]]:
    return {
        supplier["id"]: ([supplier["parent"]], into.beside("supplier", supplier["id"], "parent"))
        for supplier in read.get("suppliers", ())
        if "id" in supplier and "parent" in supplier
    }


def _dependencies(read: Mapping[str, Any], into: Reading) -> dict[str, tuple[list[str], Path]]:
    """Component to what it needs, member to its risks; with the place to name."""
    out: dict[str, tuple[list[str], Path]] = {}
    for component in read.get("components", ()):
        if "id" in component and "needs" in component:
            out[component["id"]] = (
                [target for need in component["needs"] for target in _needed(need)],
                into.beside("component", component["id"], "needs"),
            )
    for risk in read.get("shared_risks", ()):
        if "id" in risk:
            place = into.beside("shared_risk", risk["id"], "members")
            for member in risk.get("members", ()):
                out.setdefault(member, ([], place))[0].append(risk["id"])
    return out


def _needed(need: Mapping[str, Any] | str) -> Iterable[str]:
    return (need,) if isinstance(need, str) else (*need.get("any", ()), *need.get("of", ()))


def _circles(
    edges: Mapping[str, tuple[list[str], Path]], code: str, what: str, into: Reading
) -> None:
    """Depth-first without recursion; each circle is told once, where it was closed."""
    done: set[str] = set()
    for start in edges:
        trail: dict[str, None] = {}  # the way from `start`, in order
        stack = [(start, False)]
        while stack:
            node, leave = stack.pop()
            if leave:
                del trail[node]
                done.add(node)
            elif node in trail:
                names = list(trail)
                circle = [*names[names.index(node) :], node]
                way = " -> ".join(circle)
                into.error(edges[circle[-2]][1], code, f"{quoted(node)} {what}: {way}; break it")
            elif node not in done and node in edges:
                trail[node] = None
                stack.append((node, True))
                stack.extend((target, False) for target in edges[node][0])


class _Network:
    """Who can be served through whom, by ids: upward in tier, both ways between equals."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self.components = {c["id"]: c for c in read.get("components", ())}
        self.groups = {g["id"]: g for g in read.get("groups", ())}
        tier = {name: _tier(c) for name, c in self.components.items()}
        self.up: dict[str, list[str]] = {name: [] for name in tier}
        for link in read.get("links", ()):
            a, b = link["between"]
            if tier[a] <= tier[b]:
                self.up[a].append(b)
            if tier[b] <= tier[a]:
                self.up[b].append(a)
        self._above: dict[str, frozenset[str]] = {}

    def domain(self, component: str) -> str:
        """The partition a component is in."""
        return str(self.components[component].get("domain", "default"))

    def above(self, member: str) -> frozenset[str]:
        """The component itself and all that its upward links lead to."""
        # Not through `_closed` itself: members are many, and what they hang under are few.
        return frozenset((member,)).union(*map(self._closed, self.up[member]))

    def _closed(self, start: str) -> frozenset[str]:
        known = self._above.get(start)
        if known is None:
            seen = {start}
            stack = [start]
            while stack:
                for other in self.up[stack.pop()]:
                    if other not in seen:
                        seen.add(other)
                        stack.append(other)
            known = self._above[start] = frozenset(seen)
        return known


def _tier(component: Mapping[str, Any]) -> Tier:
    named = component.get("tier")
    return Tier[named.upper()] if named is not None else KIND_TIERS[component["kind"]]


def _way(network: _Network, chain: Mapping[str, Any], path: Path, into: Reading) -> None:
    group = network.groups[chain["from"]]
    able = sum(chain["to"] in network.above(member) for member in group["members"])
    least = group.get("min", 1)
    if able < least:
        into.error(
            (*path, "to"),
            "no-path",
            f"{able} of the members of {quoted(chain['from'])} have upward links to"
            f" {quoted(chain['to'])}, {least} needed; a link carries upward in tier, never down",
        )


def _domains(network: _Network, read: Mapping[str, Any], into: Reading) -> None:
    if len({network.domain(name) for name in network.components}) < 2:  # noqa: PLR2004  # nothing to cross
        return
    for index, chain in enumerate(read.get("chains", ())):
        group = network.groups[chain["from"]]
        _one_domain(network, _touched(network, group["members"]), ("chains", index), into)
    for index, risk in enumerate(read.get("shared_risks", ())):
        members = [member for member in risk["members"] if member in network.components]
        _one_domain(network, members, ("shared_risks", index, "members"), into)


def _one_domain(network: _Network, names: Iterable[str], path: Path, into: Reading) -> None:
    example: dict[str, str] = {}
    for name in names:
        example.setdefault(network.domain(name), name)
    if len(example) > 1:
        seen = ", ".join(f"{quoted(name)} in {domain}" for domain, name in sorted(example.items()))
        into.error(
            path,
            "domain-crossed",
            f"crosses domains: {seen}; give them one `domain`, or none",
        )


def _touched(network: _Network, members: Iterable[str]) -> list[str]:
    """Every component that can matter to these members: above them, and what those need."""
    seen: dict[str, None] = dict.fromkeys(members)
    stack = list(seen)
    while stack:
        name = stack.pop()
        needs = network.components[name].get("needs", ())
        targets = [target for need in needs for target in _needed(need)]
        for other in (*network.up[name], *targets):
            if other in network.components and other not in seen:
                seen[other] = None
                stack.append(other)
    return list(seen)
