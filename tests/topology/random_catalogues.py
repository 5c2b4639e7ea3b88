"""Small random catalogues and states that use every construct of the model, from a seed."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from topology.model import (
    Calendar,
    Catalogue,
    Chain,
    Component,
    Group,
    Level,
    Link,
    Need,
    SharedRisk,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

STATES = ("up", "degraded", "down", "unknown", "unreachable", "maint")
LAYERS = (Tier.AP, Tier.ACCESS, Tier.DISTRIBUTION, Tier.CORE, Tier.DATACENTRE)


def catalogue_of(
    components: Iterable[Component],
    links: Iterable[Link],
    groups: Iterable[Group],
    chains: Iterable[Chain],
    shared_risks: Iterable[SharedRisk] = (),
) -> Catalogue:
    """A catalogue of these parts with levels `r1`, `r2`, `r3` that ask so much redundancy."""
    levels = {
        f"r{redundancy}": Level(
            id=f"r{redundancy}",
            target_ppm=Fraction(995_000),
            calendar="always",
            minimum_coverage_ppm=Fraction(995_000),
            redundancy=redundancy,
        )
        for redundancy in (1, 2, 3)
    }
    return Catalogue(
        version="0" * 64,
        calendars={"always": Calendar(id="always", always=True)},
        levels=levels,
        components={one.id: one for one in components},
        links={one.id: one for one in links},
        shared_risks={one.id: one for one in shared_risks},
        groups={one.id: one for one in groups},
        chains={one.id: one for one in chains},
    )


def component(id_: str, tier: Tier, **more: object) -> Component:
    return Component(id=id_, kind="switch", tier=tier, **more)  # type: ignore[arg-type]


def link(one: str, other: str, name: str = "") -> Link:
    return Link(id=name or f"l-{one}-{other}", ends=(one, other))


def random_catalogue(random: Random) -> Catalogue:
    """Layers with cross-links (cycles), k-of-n uplinks, needs, shared risks, several ends and chains."""
    rich = random.random() < 0.6  # enough spare parts for a kappa of 2 and 3
    tiers = sorted(random.sample(LAYERS, random.randint(2, 4)))
    layers = [
        [f"{tier.label}-{n}" for n in range(random.randint(3 if rich else 1, 3))] for tier in tiers
    ]
    tops = [f"app-{n}" for n in range(random.randint(1, 2))]
    services = [f"srv-{n}" for n in range(random.randint(0, 3))]
    links = _random_links(random, [*layers, tops], rich=rich)
    links += [link(random.choice(layers[-1]), service) for service in services]
    if len(services) > 1 and random.random() < 0.3:
        links.append(link(services[0], services[1], "x-services"))
    pool = [*services, links[0].id]
    needy = random.sample([*tops, *layers[-1], *layers[0]], random.randint(0, 2))
    components = [
        component(
            id_,
            tier,
            uplinks_min=2 if random.random() < 0.15 else 1,
            needs=_random_needs(random, pool) if id_ in needy else (),
        )
        for tier, ids in zip([*tiers, Tier.APPLICATION], [*layers, tops], strict=True)
        for id_ in ids
    ]
    components += [component(id_, Tier.APPLICATION) for id_ in services]
    ids = [*(one.id for one in components), *(one.id for one in links)]
    groups = _random_groups(random, layers[0] + layers[1], rich=rich)
    chains = _random_chains(random, groups, [*tops, layers[-1][0]], ids)
    return catalogue_of(components, links, groups, chains, _random_risks(random, ids))


def _random_links(random: Random, layers: list[list[str]], *, rich: bool) -> list[Link]:
    links = []
    for at, layer in enumerate(layers[:-1]):
        for id_ in layer:
            above = random.choice(layers[at + 1 : at + 3])
            least = len(above) if rich else 1
            for high in random.sample(above, random.randint(least, len(above))):
                ends = (id_, high) if random.random() < 0.5 else (high, id_)
                links.append(Link(id=f"l-{id_}-{high}", ends=ends))
        for one, other in pairwise(layer):
            if random.random() < 0.4:
                links.append(link(one, other, f"x-{one}-{other}"))
    return links


def _random_needs(random: Random, pool: list[str]) -> tuple[Need, ...]:
    needs = []
    for _ in range(random.randint(0, 2)):
        of = random.sample(pool, random.randint(1, len(pool)))
        needs.append(Need(at_least=random.randint(1, len(of)), of=tuple(of)))
    return tuple(needs)


def _random_risks(random: Random, ids: list[str]) -> list[SharedRisk]:
    risks = [
        SharedRisk(id=f"risk-{n}", kind="power", members=tuple(random.sample(ids, 2)))
        for n in range(random.choice((0, 0, 1, 2)))
    ]
    if risks and random.random() < 0.5:
        feeds = (*random.sample(ids, 1), risks[0].id)
        risks.append(SharedRisk(id="risk-feed", kind="power", members=feeds))
    return risks


def _random_groups(random: Random, ids: list[str], *, rich: bool) -> list[Group]:
    groups = []
    for number in range(random.randint(1, 2)):
        members = random.sample(ids, random.randint(3 if rich else 1, min(4, len(ids))))
        least = random.randint(1, 1 if rich else len(members))
        groups.append(
            Group(
                id=f"group-{number}",
                users=10 * (number + 1),
                members=tuple(members),
                min=least,
                full=random.randint(least, len(members)),
            )
        )
    return groups


def _random_chains(
    random: Random, groups: list[Group], ends: list[str], ids: list[str]
) -> list[Chain]:
    return [
        Chain(
            id=f"chain-{group.id}-{end}",
            name=end,
            source=group.id,
            to=end,
            level=random.choice(("r1", "r2", "r2", "r3")),
            exempt=frozenset(random.sample(ids, random.randint(0, 3))),
        )
        for group in groups
        for end in ends
    ]


def random_states(random: Random, catalogue: Catalogue, unknowns: int = 4) -> dict[str, str]:
    """States for some ids, at most so many of them unknown."""
    ids = [*catalogue.components, *catalogue.links, *catalogue.shared_risks]
    states = {}
    for id_ in random.sample(ids, random.randint(0, min(8, len(ids)))):
        state = random.choice(STATES)
        if state in {"unknown", "unreachable"}:
            unknowns -= 1
            state = state if unknowns >= 0 else "down"
        states[id_] = state
    return states
