"""Networks on which root causes are measured: real backbones, a generated campus, both drawn wrongly."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx

from topology.model import Catalogue, Component, Link, Probe, SharedRisk, Tier, VantagePoint

if TYPE_CHECKING:
    from random import Random

SHARED = Path(__file__).parents[2] / "shared" / "topologies"
PROBE = Probe(way="snmp", interval_s=Fraction(60), timeout_s=Fraction(2), retries=2)


def device(id_: str, tier: Tier) -> Component:
    return Component(id=id_, kind="switch", tier=tier, probe=PROBE)


def names() -> list[str]:
    """The networks beside this checkout."""
    return sorted(path.name for path in SHARED.glob("*.*") if path.suffix in {".graphml", ".json"})


def backbone(name: str) -> Catalogue:
    """A real backbone: all routers of one tier, the poller at the one with most neighbours."""
    path = SHARED / name
    if path.suffix == ".json":
        drawn = nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")
    else:
        drawn = nx.read_graphml(path, force_multigraph=True)
    plain = nx.Graph(drawn)
    plain.remove_edges_from(list(nx.selfloop_edges(plain)))
    plain = plain.subgraph(max(nx.connected_components(plain), key=len))
    order = sorted(plain, key=lambda node: (-plain.degree[node], str(node)))
    ids = {node: f"n{index}" for index, node in enumerate(order)}
    ends = sorted(tuple(sorted((ids[one], ids[other]))) for one, other in plain.edges)
    return Catalogue(
        version=name,
        components={id_: device(id_, Tier.DISTRIBUTION) for id_ in ids.values()},
        links={f"{a}-{b}": Link(id=f"{a}-{b}", ends=(a, b)) for a, b in ends},
        vantage_points={"p1": VantagePoint(id="p1", attached_to="n0", via="l-poller")},
    )


def campus(sites: int, access: int = 4, points: int = 6) -> Catalogue:
    """A core pair and sites of two distribution switches, dual-homed access, access points, own power."""
    tiers = {"core-1": Tier.CORE, "core-2": Tier.CORE}
    pairs = [("core-1", "core-2")]
    power: dict[str, list[str]] = {}
    for site in (f"s{number}" for number in range(sites)):
        fed = power[f"power/{site}"] = []
        for side in ("1", "2"):
            dist = f"{site}/d{side}"
            tiers[dist] = Tier.DISTRIBUTION
            pairs.append((f"core-{side}", dist))
            fed.append(dist)
        pairs.append((f"{site}/d1", f"{site}/d2"))
        for number in range(access):
            switch = f"{site}/a{number}"
            tiers[switch] = Tier.ACCESS
            pairs += [(f"{site}/d1", switch), (f"{site}/d2", switch)]
            fed.append(switch)
            for point in range(points):
                tiers[f"{switch}/p{point}"] = Tier.AP
                pairs.append((switch, f"{switch}/p{point}"))
                fed.append(f"{switch}/p{point}")
    return Catalogue(
        version=f"campus-{sites}",
        components={id_: device(id_, tier) for id_, tier in tiers.items()},
        links={f"{a}-{b}": Link(id=f"{a}-{b}", ends=(a, b)) for a, b in pairs},
        shared_risks={
            id_: SharedRisk(id=id_, kind="power", members=tuple(fed)) for id_, fed in power.items()
        },
        vantage_points={"p1": VantagePoint(id="p1", attached_to="core-1", via="l-poller")},
    )


def region(sites: int) -> Catalogue:
    """A data centre and sites on wide-area lines: half of them on one, half on two of two suppliers.

    The lines of a supplier end at points of presence, four sites each: shared risks that nobody looks at.
    """
    tiers = {"dc-1": Tier.DATACENTRE, "dc-2": Tier.DATACENTRE}
    pairs = [("dc-1", "dc-2")]
    presence: dict[str, list[str]] = {}
    for number in range(sites):
        for side in ("1", "2")[: 1 + number % 2]:
            router = f"s{number}/r{side}"
            tiers[router] = Tier.WAN
            pairs.append((f"dc-{side}", router))
            presence.setdefault(f"pop-{side}/{number // 4}", []).append(f"dc-{side}-{router}")
            pairs.append((router, f"s{number}/d"))
        tiers[f"s{number}/d"] = Tier.DISTRIBUTION
        for access in range(3):
            tiers[f"s{number}/a{access}"] = Tier.ACCESS
            pairs.append((f"s{number}/d", f"s{number}/a{access}"))
    return Catalogue(
        version=f"region-{sites}",
        components={id_: device(id_, tier) for id_, tier in tiers.items()},
        links={f"{a}-{b}": Link(id=f"{a}-{b}", ends=(a, b)) for a, b in pairs},
        shared_risks={
            id_: SharedRisk(id=id_, kind="pop", members=tuple(lines))
            for id_, lines in presence.items()
        },
        vantage_points={"p1": VantagePoint(id="p1", attached_to="dc-1", via="l-poller")},
    )


def bundled(catalogue: Catalogue, needed: int) -> Catalogue:
    """The same with two lines in every link, of which so many are needed."""
    links = {
        id_: replace(link, members=2, min_links=needed) for id_, link in catalogue.links.items()
    }
    return replace(catalogue, version=f"{catalogue.version}-lag{needed}", links=links)


def drawn_wrongly(catalogue: Catalogue, rng: Random, share: float) -> Catalogue:
    """A catalogue in which so many links are missing, and as many lead to another component."""
    links = dict(catalogue.links)
    count = max(1, round(share * len(links) / 2))
    wrong = rng.sample(sorted(links), min(2 * count, len(links)))
    for id_ in wrong[:count]:
        del links[id_]
    for id_ in wrong[count:]:
        near, far = links[id_].ends
        alike = [
            one.id
            for one in catalogue.components.values()
            if one.tier is catalogue.components[far].tier and one.id not in (near, far)
        ]
        links[id_] = replace(links[id_], ends=(near, rng.choice(alike or [far])))
    gone = catalogue.links.keys() - links.keys()
    risks = {
        id_: replace(risk, members=tuple(one for one in risk.members if one not in gone))
        for id_, risk in catalogue.shared_risks.items()
    }
    return replace(catalogue, version=f"{catalogue.version}-wrong", links=links, shared_risks=risks)
