"""The equipment of the simulated region: invented models, the ports they have, one device of a model."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["MODELS", "Device", "Model", "Port"]

GIGABIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Port:
    """One interface of a device.

    Args:
        index: ifIndex.
        name: ifName, the name that the catalogue uses.
        speed_bps: Nominal speed in bits per second.
        type: ifType (IANAifType-MIB): 6 Ethernet, 71 radio.
    """

    index: int
    name: str
    speed_bps: int
    type: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A product that exists only here.

    Args:
        product: Last number of its sysObjectID, below the enterprise number kept for documentation.
        described: sysDescr as the maker would word it.
        version: Software version.
        ports: Its interfaces, by rising ifIndex.
        entity_class: Of the chassis in ENTITY-MIB: 3 chassis, 9 module.
    """

    name: str
    maker: str
    product: int
    described: str
    version: str
    ports: tuple[Port, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device that answers SNMP.

    Args:
        id: Its component in the catalogue, and its sysName.
        tier: Tier word where the kind's own does not fit, else None.
        serial: Derived from its place in the region.
        load: How busy its ports are, thousandths of the speed.
    """

    id: str
    kind: str
    site: str
    supplier: str
    name: str
    model: Model
    tier: str | None = None
    needs: tuple[str, ...] = ()
    serial: str = ""
    load: int = 40
    contact: str = field(default="noc@lan.example")

    def port(self, name: str) -> Port:
        """Turn a port name into the port.

        Raises:
            KeyError: The model has no such port.
        """
        for port in self.model.ports:
            if port.name == name:
                return port
        raise KeyError(f"{self.id} ({self.model.name}) has no port {name}")


def _row(prefix: str, count: int, gigabits: int, first_index: int) -> tuple[Port, ...]:
    speed = gigabits * GIGABIT
    return tuple(Port(first_index + n, f"{prefix}{n + 1}", speed) for n in range(count))


def _model(key: str, maker: str, product: int, kind: str, ports: tuple[Port, ...]) -> Model:
    version = f"{7 + product % 3}.{product % 10}.{2 + product % 5}"
    described = f"{maker} {key} {kind}, software release {version}"
    return Model(
        name=key, maker=maker, product=product, described=described, version=version, ports=ports
    )


_EVERY = (
    _model(
        "MW-2448P", "Merwede Networks", 11, "48-port PoE access switch",
        _row("Gi1/0/", 48, 1, 1) + _row("Te1/1/", 4, 10, 49),
    ),
    _model(
        "MW-2424P", "Merwede Networks", 12, "24-port PoE access switch",
        _row("Gi1/0/", 24, 1, 1) + _row("Te1/1/", 4, 10, 25),
    ),
    _model("MW-4624X", "Merwede Networks", 13, "24-port distribution switch", _row("Te1/0/", 24, 10, 1)),
    _model(
        "MW-9648C", "Merwede Networks", 14, "48-port data centre switch",
        _row("Te1/0/", 48, 10, 1) + _row("Hu1/1/", 4, 100, 49),
    ),
    _model("NR-1104", "Noord Routing", 21, "branch router", _row("Gi0/0/", 4, 1, 1)),
    _model("NR-7116", "Noord Routing", 22, "aggregation router", _row("Te0/0/", 16, 10, 1)),
    _model("DW-600", "Dijkwacht", 31, "firewall", _row("port", 8, 10, 1)),
    _model(
        "WL-62", "Waal Wireless", 41, "Wi-Fi 6 access point",
        (
            Port(1, "eth0", GIGABIT),
            Port(2, "wlan0", 574_000_000, 71),
            Port(3, "wlan1", 1_201_000_000, 71),
        ),
    ),
    _model("SK-3000", "Stroomkracht", 51, "3 kVA UPS with network card", (Port(1, "eth0", 100_000_000),)),
    _model("RS-2U", "Rekenstaal", 61, "server, Linux 6.12.48 x86_64", _row("eno", 2, 10, 1)),
)  # fmt: skip

MODELS: dict[str, Model] = {model.name: model for model in _EVERY}
