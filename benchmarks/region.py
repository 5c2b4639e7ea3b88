"""A region as a catalogue: 200 sites of 50 devices, their ports and links, 24 applications, 5,000 chains.

The shape of CORE.md 2.2: about 96,000 vertices. A site has a router, two distribution and twelve access
switches with 15 outlets each, 35 access points, its own power, four groups on Wi-Fi with four chains
each, and nine on the outlets of a switch with one.

Nothing in it is single but a site's router, its power and the name server: which is enough for no chain to
have any redundancy. `doubled` has two of each, and groups spread over the switches, so that every chain has.
"""

from __future__ import annotations

from fractions import Fraction

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

SITES, ACCESS, OUTLETS, POINTS = 200, 12, 15, 35
APPLICATIONS, ZONES, CHAINS_PER_ZONE, FLOORS = 24, 4, 4, 9


class Draft:
    """The parts of a catalogue while they are being added."""

    def __init__(self) -> None:
        self.components: dict[str, Component] = {}
        self.links: dict[str, Link] = {}
        self.risks: dict[str, SharedRisk] = {}
        self.groups: dict[str, Group] = {}
        self.chains: dict[str, Chain] = {}

    def component(self, id_: str, tier: Tier, *uplinks: str, needs: tuple[Need, ...] = ()) -> str:
        self.components[id_] = Component(id=id_, kind="switch", tier=tier, needs=needs)
        for high in uplinks:
            self.link(id_, high)
        return id_

    def link(self, low: str, high: str) -> str:
        name = f"l/{low}/{high}"
        self.links[name] = Link(id=name, ends=(low, high))
        return name

    def risk(self, id_: str, *members: str) -> None:
        self.risks[id_] = SharedRisk(id=id_, kind="power", members=members)


def region(redundancy: int = 1, sites: int = SITES, *, doubled: bool = False) -> Catalogue:
    """Build the region; `redundancy` is what the level of every chain asks, 1, 2 or 3."""
    draft = Draft()
    backbone(draft, doubled=doubled)
    for site in range(sites):
        (add_doubled_site if doubled else add_site)(draft, site)
    level = Level(
        id="level",
        target_ppm=Fraction(995_000),
        calendar="always",
        minimum_coverage_ppm=Fraction(995_000),
        redundancy=redundancy,
    )
    return Catalogue(
        version="0" * 64,
        calendars={"always": Calendar(id="always", always=True)},
        levels={"level": level},
        components=draft.components,
        links=draft.links,
        shared_risks=draft.risks,
        groups=draft.groups,
        chains=draft.chains,
    )


def backbone(draft: Draft, *, doubled: bool = False) -> None:
    """Applications, data centre and the four points of presence of the WAN."""
    names = ("dns", "dns-2") if doubled else ("dns",)
    services = (*names, "radius-1", "radius-2")
    for name in services:
        draft.component(name, Tier.APPLICATION)
    needs = (Need(at_least=1, of=names), Need(at_least=1, of=("radius-1", "radius-2")))
    apps = [f"app-{n}" for n in range(APPLICATIONS)]
    for app in apps:
        draft.component(app, Tier.APPLICATION, needs=needs)
    for half in range(2):
        draft.component(f"dc-{half}", Tier.DATACENTRE, *apps, *services)
    draft.link("dc-0", "dc-1")
    for pop in range(4):
        draft.component(f"pop-{pop}", Tier.WAN, "dc-0", "dc-1")
        draft.risk(f"pop-power-{pop}", f"pop-{pop}")


def add_site(draft: Draft, site: int) -> None:
    cpe = draft.component(f"cpe-{site}", Tier.CORE, f"pop-{site % 4}", f"pop-{(site + 1) % 4}")
    spines = [draft.component(f"dist-{site}-{n}", Tier.DISTRIBUTION, cpe) for n in range(2)]
    draft.link(*spines)
    switches = [draft.component(f"acc-{site}-{n}", Tier.ACCESS, *spines) for n in range(ACCESS)]
    points = [
        draft.component(f"ap-{site}-{n}", Tier.AP, switches[n % ACCESS]) for n in range(POINTS)
    ]
    outlets = [
        draft.component(f"port-{site}-{n}", Tier.USER, switches[n % ACCESS])
        for n in range(ACCESS * OUTLETS)
    ]
    draft.risk(f"power-{site}", cpe, *spines, *switches)
    for number in range(ZONES):
        add_group(draft, f"{site}-{number}", points[number::ZONES], CHAINS_PER_ZONE)
    for number in range(FLOORS):
        add_group(draft, f"{site}-{ZONES + number}", outlets[number::ACCESS], 1)


def add_doubled_site(draft: Draft, site: int) -> None:
    """A site with two of everything; its groups spread over the switches, half of which are on each power."""
    routers = [
        draft.component(f"cpe-{site}-{n}", Tier.CORE, f"pop-{(site + n) % 4}") for n in range(2)
    ]
    spines = [draft.component(f"dist-{site}-{n}", Tier.DISTRIBUTION, *routers) for n in range(2)]
    draft.link(*routers)
    draft.link(*spines)
    switches = [draft.component(f"acc-{site}-{n}", Tier.ACCESS, *spines) for n in range(ACCESS)]
    points = [
        draft.component(f"ap-{site}-{n}", Tier.AP, switches[n % ACCESS]) for n in range(POINTS)
    ]
    outlets = [
        draft.component(f"port-{site}-{n}", Tier.USER, switches[n % ACCESS])
        for n in range(ACCESS * OUTLETS)
    ]
    for half in range(2):
        fed = switches[half * ACCESS // 2 : (half + 1) * ACCESS // 2]
        draft.risk(f"power-{site}-{half}", routers[half], spines[half], *fed)
    for number in range(ZONES):
        add_group(draft, f"{site}-{number}", points[number::ZONES], CHAINS_PER_ZONE, part=3)
    for number in range(FLOORS):
        some = outlets[number * OUTLETS : (number + 1) * OUTLETS]
        add_group(draft, f"{site}-{ZONES + number}", some, 1, part=3)


def add_group(draft: Draft, where: str, members: list[str], chains: int, part: int = 2) -> None:
    """A group that works with half its members, or another part, and is whole with all but one."""
    name, users = f"group-{where}", 40
    least, full = len(members) // part, len(members) - 1
    draft.groups[name] = Group(id=name, users=users, members=tuple(members), min=least, full=full)
    for _ in range(chains):
        id_ = f"chain-{len(draft.chains)}"
        app = f"app-{len(draft.chains) % APPLICATIONS}"
        draft.chains[id_] = Chain(id=id_, name=id_, source=name, to=app, level="level")
