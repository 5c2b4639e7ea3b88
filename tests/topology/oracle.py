"""Chain states from their definition, the slow way: every completion of the unknowns, every subset.

Sets of ids and naive fixpoints; nothing of the product but the nouns.

Source: CORE.md 1.1 to 1.3, DESIGN.md 7.1.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from topology.model import Catalogue, Chain


class Answer(NamedTuple):
    """What the oracle says of one chain."""

    state: str
    flags: tuple[str, ...]
    kappa: int
    certain: int
    possible: int


class Definition:
    """The rules of one catalogue, with what does not change looked up once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.ids = [*catalogue.components, *catalogue.links, *catalogue.shared_risks]
        self.ups = {id_: self._ups(id_) for id_ in catalogue.components}
        self.nowhere = {id_ for id_ in catalogue.components if self._leads_nowhere(id_)}
        self.risks = {
            id_: [risk.id for risk in catalogue.shared_risks.values() if id_ in risk.members]
            for id_ in self.ids
        }

    def _ups(self, id_: str) -> list[tuple[str, str]]:
        """(link, other end) for every link that leads this component up or sideways."""
        tier = {one.id: one.tier for one in self.catalogue.components.values()}
        both = [
            (link.id, here, there)
            for link in self.catalogue.links.values()
            for here, there in (link.ends, link.ends[::-1])
        ]
        return [
            (name, there) for name, here, there in both if here == id_ and tier[here] <= tier[there]
        ]

    def _leads_nowhere(self, id_: str) -> bool:
        """Whether neither it nor an equal it is joined to has a link that goes up."""
        reach = {id_}
        for _ in self.catalogue.components:
            reach |= {there for here in reach for _, there in self.ups[here]}
        return len({self.catalogue.components[one].tier for one in reach}) == 1

    def itself(self, id_: str, available: AbstractSet[str], good: AbstractSet[str]) -> bool:
        """Available, its shared risks hold and its needs are met by what is good."""
        if id_ not in available or not all(risk in good for risk in self.risks[id_]):
            return False
        if id_ not in self.catalogue.components:
            return True
        needs = self.catalogue.components[id_].needs
        return all(sum(one in good for one in need.of) >= need.at_least for need in needs)

    def ways(self, id_: str, good: AbstractSet[str], served: AbstractSet[str]) -> bool:
        count = sum(link in good and there in served for link, there in self.ups[id_])
        return count >= self.catalogue.components[id_].uplinks_min

    def standing(self, available: AbstractSet[str]) -> set[str]:
        """Everything that works by itself."""

        def step(good: set[str]) -> set[str]:
            return {
                id_
                for id_ in available
                if self.itself(id_, available, good)
                and (
                    id_ not in self.catalogue.components
                    or id_ in self.nowhere
                    or self.ways(id_, good, good)
                )
            }

        return grow(step)

    def served(self, chain: Chain, available: AbstractSet[str]) -> int:
        """How many members of the chain's group are served by its end."""
        good = self.standing(available)
        able = {id_ for id_ in self.catalogue.components if self.itself(id_, available, good)}

        def step(served: set[str]) -> set[str]:
            return {id_ for id_ in able if id_ == chain.to or self.ways(id_, good, served)}

        served = grow(step)
        return sum(one in served for one in self.catalogue.groups[chain.source].members)


def grow(step: Callable[[set[str]], set[str]]) -> set[str]:
    """The least set that the step does not change."""
    now: set[str] = set()
    while (new := step(now)) != now:
        now = new
    return now


def completions(states: Mapping[str, str], ids: list[str], maint: bool) -> Iterator[set[str]]:
    """Every set of available ids that the unknowns allow; only-possible worlds with maintenance done."""
    sure = {
        id_
        for id_ in ids
        if states.get(id_, "up") in {"up", "degraded"} or (maint and states.get(id_) == "maint")
    }
    unknown = [id_ for id_ in ids if states.get(id_) in {"unknown", "unreachable"}]
    for size in range(len(unknown) + 1):
        for some in combinations(unknown, size):
            yield sure | set(some)


def kappa(rules: Definition, chain: Chain, available: AbstractSet[str]) -> int:
    """The smallest subset whose failure takes the chain down, by trying all."""
    group = rules.catalogue.groups[chain.source]
    for size in range(3):
        for lost in combinations(sorted(available - chain.exempt - {chain.to}), size):
            if rules.served(chain, available - set(lost)) < group.min:
                return size
    return 3


def judge(rules: Definition, states: Mapping[str, str], chain: Chain) -> Answer:
    """The state table of CORE.md 1.3, from all completions."""
    ids = rules.ids
    group = rules.catalogue.groups[chain.source]
    counts = [rules.served(chain, world) for world in completions(states, ids, maint=False)]
    planned = [rules.served(chain, world) for world in completions(states, ids, maint=True)]
    best = {id_ for id_ in ids if states.get(id_, "up") not in {"down", "maint"}}
    spare = kappa(rules, chain, best)
    flags: list[str] = []
    if max(planned) < group.min:
        state = "down"
    elif max(counts) < group.min:
        state = "maintenance"
    elif min(counts) < group.min:
        state = "unknown"
    else:
        state, flags = working(rules, states, chain, (min(counts), max(counts), spare))
    return Answer(
        state,
        tuple(flags),
        spare,
        0 if max(counts) >= group.min else group.users,
        0 if min(counts) >= group.min else group.users,
    )


def working(
    rules: Definition, states: Mapping[str, str], chain: Chain, found: tuple[int, int, int]
) -> tuple[str, list[str]]:
    """Up or degraded, and the flags, of a chain that works in every completion."""
    least, most, spare = found
    group = rules.catalogue.groups[chain.source]
    asked = rules.catalogue.levels[chain.level].redundancy
    only_up = {id_ for id_ in rules.ids if states.get(id_, "up") == "up"}
    flags = ["coverage-uncertain"] if least < group.full <= most else []
    whole = rules.served(chain, only_up) >= group.min and least >= group.full
    if not whole or spare < asked:
        return "degraded", flags
    sure = {id_ for id_ in rules.ids if states.get(id_, "up") in {"up", "degraded"}}
    if asked > 1 and kappa(rules, chain, sure) < asked:
        flags.append("redundancy-uncertain")
    return "up", flags
