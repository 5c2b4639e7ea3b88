"""IF-MIB rows to interfaces as every vendor would have them (pure).

Source: RFC 2863; DESIGN.md 7.4; what devices get wrong: devices/QUIRKS.md, Interfaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.inventory import IF_ALIAS, IF_DESCR, IF_INDEX, IF_NAME

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "interfaces"]

_IF: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
TYPE, SPEED, ADMIN, OPER, LAST_CHANGE = ((*_IF, n) for n in (3, 5, 7, 8, 9))
HIGH_SPEED: Oid = (*_IFX, 15)
WIDE = {"in_octets": (*_IFX, 6), "out_octets": (*_IFX, 10)}
NARROW = {"in_octets": (*_IF, 10), "out_octets": (*_IF, 16)}
ERRORS = {
    "in_errors": (*_IF, 14),
    "out_errors": (*_IF, 20),
    "in_discards": (*_IF, 13),
    "out_discards": (*_IF, 19),
}

ROOTS: tuple[Oid, ...] = (
    IF_INDEX,
    IF_DESCR,
    IF_NAME,
    IF_ALIAS,
    TYPE,
    SPEED,
    ADMIN,
    OPER,
    LAST_CHANGE,
    HIGH_SPEED,
    *WIDE.values(),
    *NARROW.values(),
    *ERRORS.values(),
)

_ADMIN = {1: "up", 2: "down", 3: "testing"}
_OPER = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "notPresent",
    7: "lowerLayerDown",
}
_TYPES = {
    1: "other",
    6: "ethernetCsmacd",
    22: "propPointToPointSerial",
    23: "ppp",
    24: "softwareLoopback",
    32: "frameRelay",
    53: "propVirtual",
    62: "fastEther",
    71: "ieee80211",
    117: "gigabitEthernet",
    131: "tunnel",
    135: "l2vlan",
    136: "l3ipvlan",
    150: "mplsTunnel",
    161: "ieee8023adLag",
    166: "mpls",
    209: "bridge",
    244: "wwanPP2",
}
SATURATED = 2**32 - 1
FASTEST_MBPS = 10_000_000
"""10 Tbit/s; what claims more counts in bit/s, or is none."""
MEGA = 1_000_000


def interfaces(rows: Rows, uptime_cs: int | None) -> list[dict[str, object]]:
    """Turn the walked columns into one record an interface.

    Args:
        rows: A walk of `ROOTS`.
        uptime_cs: sysUpTime, against which ifLastChange is reckoned.
    """
    texts = {name: rows.texts(root) for name, root in _TEXTS.items()}
    numbers = {root: rows.numbers(root) for root in ROOTS if root not in _TEXTS.values()}
    found: list[dict[str, object]] = []
    for index in rows.indexes(IF_INDEX, IF_DESCR, OPER, IF_NAME):
        mine = {root: column.get(index) for root, column in numbers.items()}
        labels = {name: column.get(index, "") for name, column in texts.items()}
        found.append(_interface(rows, index[-1], labels, mine, uptime_cs))
    return found


_TEXTS = {"name": IF_NAME, "description": IF_DESCR, "alias": IF_ALIAS}


def _interface(
    rows: Rows,
    index: int,
    labels: dict[str, str],
    mine: dict[Oid, int | None],
    uptime_cs: int | None,
) -> dict[str, object]:
    wide = {name: mine[root] for name, root in WIDE.items()}
    kind = mine[TYPE]
    return {
        "index": index,
        "name": labels["name"] or labels["description"] or None,
        "description": labels["description"] or labels["name"] or None,
        "alias": labels["alias"] or None,
        "admin": _named(rows, _ADMIN, mine[ADMIN], "ifAdminStatus"),
        "oper": _named(rows, _OPER, mine[OPER], "ifOperStatus"),
        "speed_bps": _speed(rows, mine[SPEED], mine[HIGH_SPEED]),
        **{name: mine[NARROW[name]] if value is None else value for name, value in wide.items()},
        **{name: mine[root] for name, root in ERRORS.items()},
        "last_change_s": _since(rows, mine[LAST_CHANGE], uptime_cs),
        "type": None if kind is None else _TYPES.get(kind, str(kind)),
    }


def _named(rows: Rows, names: dict[int, str], value: int | None, what: str) -> str | None:
    if value is None:
        return None
    if value not in names:
        rows.quirk(f"{what} {value} is outside its enumeration")
    return names.get(value)


def _speed(rows: Rows, speed: int | None, high: int | None) -> int | None:
    """Bits a second: ifHighSpeed is right where ifSpeed is saturated, and wrong on some devices."""
    if high == SATURATED:
        rows.quirk("ifHighSpeed 4294967295 stands for no speed")
        high = None
    if high is not None and high > FASTEST_MBPS:
        rows.quirk("ifHighSpeed counts in bit/s, not in Mbit/s")
        return high
    if high:
        return high * MEGA
    if speed is not None and not 0 <= speed < SATURATED:
        rows.quirk(f"ifSpeed {speed} stands for no speed")
        return None
    return speed if speed is not None else high


def _since(rows: Rows, changed: int | None, uptime_cs: int | None) -> int | None:
    """Seconds since the last change of state."""
    if changed is None or uptime_cs is None:
        return None
    if changed > uptime_cs:
        rows.quirk("ifLastChange is later than sysUpTime")
        return None
    return (uptime_cs - changed) // 100
