"""The simulated region: seven municipalities, their LANs, two WAN suppliers, one data centre.

A pure value, the same at each call. The catalogue (`catalogue.py`), the agents (`agent.py`), the laws of
the simulated world (`world.py`) and the faults (`script.py`) are all made from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, partial

from monitor.demo.kit import MODELS, Device
from monitor.demo.wire import Wire

__all__ = [
    "CORE",
    "GOLD",
    "POLLER",
    "POLLER_LINK",
    "SILVER",
    "SITES",
    "Chain",
    "Group",
    "Lan",
    "Risk",
    "Service",
    "Site",
    "region",
]

POLLER, POLLER_LINK, CORE = "poller-1", "l-poller", "dc-core-1"
GOLD, SILVER = "goud", "zilver"
LAN_BV, ICT, POWER = "lan-bv", "ict-drechtsteden", "facilitair"
WAN = ("glaspartner", "kabelpartner")
DC = "dc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A municipality's town hall: how much stands there and who works there.

    Args:
        access: Access switches, each on both distribution switches.
        points: Access points, spread over the access switches.
        wifi: People on Wi-Fi.
        wired: People at a cable.
        one_duct: True where both WAN lines lie in the same duct.
        bundled: True where distribution switch 1 has two cables to its router.
        model: Of the access switches.
    """

    key: str
    municipality: str
    access: int
    points: int
    wifi: int
    wired: int
    one_duct: bool = False
    bundled: bool = False
    model: str = "MW-2424P"


SITES = (
    Site(key="abd", municipality="Alblasserdam", access=2, points=3, wifi=110, wired=45),
    Site(
        key="ddt", municipality="Dordrecht", access=4, points=6, wifi=780, wired=310, model="MW-2448P"
    ),
    Site(
        key="hgd", municipality="Hardinxveld-Giessendam", access=2, points=2, wifi=95, wired=40,
        one_duct=True,
    ),
    Site(key="hia", municipality="Hendrik-Ido-Ambacht", access=2, points=3, wifi=140, wired=60),
    Site(
        key="ptd", municipality="Papendrecht", access=3, points=4, wifi=210, wired=85, model="MW-2448P",
        bundled=True,
    ),
    Site(key="sld", municipality="Sliedrecht", access=2, points=3, wifi=150, wired=55),
    Site(
        key="zwd", municipality="Zwijndrecht", access=3, points=4, wifi=260, wired=120, model="MW-2448P"
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An application or network service; nothing measures it in the demo."""

    id: str
    name: str
    supplier: str
    needs: tuple[tuple[str, ...], ...] = ()
    """Of each tuple at least one must work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What takes its members with it; `kind` is power or duct."""

    id: str
    kind: str
    members: tuple[str, ...]
    supplier: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People at a site: they can work with `least` of the members, well with all of them."""

    id: str
    site: str
    name: str
    users: int
    members: tuple[str, ...]
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain of the catalogue; `exempt` is single by design."""

    id: str
    name: str
    group: str
    to: str
    level: str
    urgency: int
    exempt: tuple[str, ...] = ()


@dataclass(slots=True)
class Lan:
    """The whole region. Built once by `region`; nobody changes it afterwards."""

    devices: dict[str, Device] = field(default_factory=dict)
    wires: dict[str, Wire] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    risks: dict[str, Risk] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many components, links and shared risks it has."""
        return len(self.devices) + len(self.services) + len(self.wires) + len(self.risks)

    def power_of(self, site: str) -> Risk:
        """The mains of a site: its members are what no UPS keeps alive."""
        return self.risks[f"power-{site}"]

    def device(  # noqa: PLR0913  # the six facts that differ per device; the rest follows from them
        self, id_: str, model: str, name: str, *, kind: str, site: str, supplier: str = LAN_BV,
        tier: str | None = None, needs: tuple[str, ...] = (), load: int = 40,
    ) -> str:  # fmt: skip
        """Add a device and give its id back."""
        made = MODELS[model]
        self.devices[id_] = Device(
            id=id_,
            kind=kind,
            site=site,
            supplier=supplier,
            name=name,
            model=made,
            tier=tier,
            needs=needs,
            serial=f"{made.maker[:2].upper()}{2500 + made.product}{len(self.devices) + 1:04d}",
            load=load,
        )
        return id_

    def wire(self, a: tuple[str, str], b: tuple[str, str], **more: str) -> str:
        """Join two ports, both `(device, port)`, and give the link's id back."""
        id_ = more.get("id", f"l-{a[0]}-{b[0]}")
        self.wires[id_] = Wire(
            id=id_,
            ends=(a[0], b[0]),
            cables=((a[1], b[1]),),
            supplier=more.get("supplier", LAN_BV),
            name=more.get("name", ""),
        )
        return id_

    def bundle(self, id_: str, *cables: tuple[str, str]) -> None:
        """Add cables to a link: a link aggregation."""
        wire = self.wires[id_]
        self.wires[id_] = replace(wire, cables=(*wire.cables, *cables))

    def reach(self, end: str, service: str) -> None:
        """Say that a service is reached through a device: a link that no port shows."""
        id_ = f"l-{end}-{service}"
        self.wires[id_] = Wire(id=id_, ends=(end, service), cables=(), supplier=ICT)

    def risk(
        self, id_: str, kind: str, name: str, members: list[str], supplier: str = POWER
    ) -> None:
        """Add a shared risk."""
        self.risks[id_] = Risk(
            id=id_, kind=kind, members=tuple(members), supplier=supplier, name=name
        )


@cache
def region() -> Lan:
    """Build the region."""
    lan = Lan()
    _data_centre(lan)
    _services(lan)
    for number, site in enumerate(SITES):
        _site(lan, site, number)
    _chains(lan)
    return lan


# --- the data centre --------------------------------------------------------------------------

SERVERS = (
    ("srv-zaak-1", "Server zaaksysteem 1"),
    ("srv-zaak-2", "Server zaaksysteem 2"),
    ("srv-mail-1", "Server e-mail 1"),
    ("srv-mail-2", "Server e-mail 2"),
    ("srv-tel-1", "Telefooncentrale 1"),
    ("srv-tel-2", "Telefooncentrale 2"),
    ("srv-net-1", "Netwerkdiensten 1 (DNS, RADIUS)"),
    ("srv-net-2", "Netwerkdiensten 2 (DNS, RADIUS)"),
    ("srv-brp", "Server burgerzaken"),
)


def _data_centre(lan: Lan) -> None:
    for n in (1, 2):
        _data_centre_half(lan, n)
    across = (("dc-core", "Hu1/1/1"), ("dc-fw", "port8"))
    for stem, port in across:
        lan.wire((f"{stem}-1", port), (f"{stem}-2", port), supplier=ICT)
    for number, (server, name) in enumerate(SERVERS):
        lan.device(server, "RS-2U", name, kind="server", site=DC, supplier=ICT, load=60)
        for n in (1, 2):
            port = f"Te1/0/{number + 1}"
            lan.wire((server, f"eno{n}"), (f"dc-core-{n}", port), supplier=ICT)
    for n, feed in ((1, "a"), (2, "b")):
        fed = [f"dc-core-{n}", f"dc-fw-{n}", f"dc-rtr-{n}"]
        fed += [server for server, _ in SERVERS if server.endswith(f"-{n}")]
        lan.risk(f"power-dc-{feed}", "power", f"Stroomvoeding {feed.upper()} datacentrum", fed)


def _data_centre_half(lan: Lan, n: int) -> None:
    inside = partial(lan.device, site=DC, supplier=ICT, tier="datacentre")
    core = inside(
        f"dc-core-{n}", "MW-9648C", f"Coreswitch datacentrum {n}", kind="switch", load=120
    )
    wall = inside(f"dc-fw-{n}", "DW-600", f"Firewall {n}", kind="firewall", load=110)
    router = inside(f"dc-rtr-{n}", "NR-7116", f"WAN-router datacentrum {n}", kind="router", load=90)
    ups = lan.device(
        f"dc-ups-{n}", "SK-3000", f"UPS datacentrum {n}", kind="ups", site=DC, supplier=POWER
    )
    lan.wire((router, "Te0/0/16"), (wall, "port1"), supplier=ICT)
    lan.wire((wall, "port2"), (core, "Te1/0/48"), supplier=ICT)
    lan.wire((ups, "eth0"), (core, "Te1/0/40"), supplier=ICT)


def _services(lan: Lan) -> None:
    names = (("dns-1", "dns-2"),)
    for service in (
        *(
            Service(id=f"dc-lan-{n}", name=f"Datacentrumnetwerk, kant {n}", supplier=ICT)
            for n in (1, 2)  # where DNS and RADIUS lead to: they serve, and are no end of a chain
        ),
        *(
            Service(id=f"{key}-{n}", name=f"{name} {n}", supplier=ICT, needs=((f"srv-net-{n}",),))
            for key, name in (("dns", "DNS"), ("radius", "RADIUS"))
            for n in (1, 2)
        ),
        Service(id="app-zaak", name="Zaaksysteem", supplier="zaakwerk", needs=names),
        Service(id="app-mail", name="E-mail", supplier=ICT, needs=names),
        Service(id="app-tel", name="Telefonie", supplier="spraakmeester", needs=names),
        Service(id="app-brp", name="Burgerzaken", supplier="zaakwerk", needs=names),
        Service(id="app-topdesk", name="TOPdesk", supplier="topdesk", needs=names),
    ):
        lan.services[service.id] = service
    for n in (1, 2):
        lan.reach(f"dc-core-{n}", f"dc-lan-{n}")
        lan.reach(f"dc-fw-{n}", "app-topdesk")
        for key in ("zaak", "mail", "tel"):
            lan.reach(f"srv-{key}-{n}", f"app-{key}")
    lan.reach("srv-brp", "app-brp")


# --- one municipality -------------------------------------------------------------------------


def _site(lan: Lan, site: Site, number: int) -> None:
    _routers(lan, site, number)
    _distribution(lan, site)
    access = [_access(lan, site, n + 1) for n in range(site.access)]
    points = [_point(lan, site, n) for n in range(site.points)]
    lan.risk(f"power-{site.key}", "power", f"Netspanning {site.municipality}", access)
    if site.one_duct:
        lines = [f"wan-{site.key}-{n}" for n in (1, 2)]
        name = f"Mantelbuis {site.municipality}"
        lan.risk(f"duct-{site.key}", "duct", name, lines, "grondwerk")
    _groups(lan, site, access, points)


def _routers(lan: Lan, site: Site, number: int) -> None:
    for n, supplier in enumerate(WAN, start=1):
        router = lan.device(
            f"{site.key}-cpe-{n}", "NR-1104", f"WAN-router {site.municipality} {n}",
            kind="router", site=site.key, supplier=supplier, load=70,
        )  # fmt: skip
        lan.wire(
            (router, "Gi0/0/1"), (f"dc-rtr-{n}", f"Te0/0/{number + 1}"),
            id=f"wan-{site.key}-{n}", supplier=supplier, name=f"WAN-lijn {site.municipality} {n}",
        )  # fmt: skip
    lan.wire((f"{site.key}-cpe-1", "Gi0/0/4"), (f"{site.key}-cpe-2", "Gi0/0/4"))


def _distribution(lan: Lan, site: Site) -> None:
    key, both = site.key, (1, 2)
    for n in both:
        switch = lan.device(
            f"{key}-dist-{n}", "MW-4624X", f"Distributieswitch {site.municipality} {n}",
            kind="switch", site=key, tier="distribution", load=60,
        )  # fmt: skip
        lan.wire((switch, "Te1/0/23"), (f"{key}-cpe-{n}", "Gi0/0/2"))
    if site.bundled:
        lan.bundle(f"l-{key}-dist-1-{key}-cpe-1", ("Te1/0/21", "Gi0/0/3"))
    lan.wire((f"{key}-dist-1", "Te1/0/24"), (f"{key}-dist-2", "Te1/0/24"))
    ups = lan.device(
        f"{key}-ups", "SK-3000", f"UPS {site.municipality}", kind="ups", site=key, supplier=POWER
    )
    lan.wire((ups, "eth0"), (f"{key}-dist-1", "Te1/0/22"))


def _access(lan: Lan, site: Site, n: int) -> str:
    switch = lan.device(
        f"{site.key}-acc-{n}", site.model, f"Verdiepingsswitch {site.municipality} {n}",
        kind="switch", site=site.key,
    )  # fmt: skip
    for up in (1, 2):
        lan.wire((switch, f"Te1/1/{up}"), (f"{site.key}-dist-{up}", f"Te1/0/{n}"))
    return switch


def _point(lan: Lan, site: Site, n: int) -> str:
    switch = f"{site.key}-acc-{n % site.access + 1}"
    point = lan.device(
        f"{site.key}-ap-{n + 1}", "WL-62", f"Accesspoint {site.municipality} {n + 1}",
        kind="ap", site=site.key, needs=("radius-1", "radius-2"),
    )  # fmt: skip
    lan.wire((point, "eth0"), (switch, f"Gi1/0/{n // site.access + 1}"))
    return point


def _groups(lan: Lan, site: Site, access: list[str], points: list[str]) -> None:
    hall = f"gemeentehuis {site.municipality}"
    most = -(-site.points // site.access)
    wifi = Group(
        id=f"{site.key}-wifi", site=site.key, name=f"Wi-Fi {hall}", users=site.wifi,
        members=tuple(points), least=site.points - most,
    )  # fmt: skip
    wired = Group(
        id=f"{site.key}-vast", site=site.key, name=f"Vaste werkplekken {hall}", users=site.wired,
        members=tuple(access), least=site.access - 1,
    )  # fmt: skip
    lan.groups |= {group.id: group for group in (wifi, wired)}


# --- the chains -------------------------------------------------------------------------------

WANTED = (
    ("zaak", "Zaaksysteem", "wifi", GOLD, 1, ("abd", "ddt", "hgd", "hia", "ptd", "sld", "zwd")),
    ("tel", "Telefonie KCC", "vast", GOLD, 1, ("ddt", "ptd", "zwd")),
    ("mail", "E-mail", "vast", GOLD, 2, ("abd", "hgd", "hia", "sld")),
    ("brp", "Burgerzaken", "vast", SILVER, 2, ("ddt", "ptd")),
    ("topdesk", "TOPdesk", "wifi", SILVER, 3, ("ddt",)),
)
"""Application, name, kind of group, level, urgency, sites."""


def _chains(lan: Lan) -> None:
    for site in SITES:
        for key, name, group, level, urgency, sites in WANTED:
            if site.key in sites:
                lan.chains[f"{key}-{site.key}"] = Chain(
                    id=f"{key}-{site.key}",
                    name=f"{name} {site.municipality}",
                    group=f"{site.key}-{group}",
                    to=f"app-{key}",
                    # One duct for both lines: redundancy that is not there is not promised.
                    level=SILVER if site.one_duct else level,
                    urgency=urgency,
                    exempt=(f"power-{site.key}",),
                )
