"""What a port says of its link: IF-MIB states to a status with its reason (pure).

| ifAdminStatus | ifOperStatus | status |
|---|---|---|
| down | any | down: somebody switched it off |
| other | up | up |
| other | down, lowerLayerDown | down |
| other | testing | down: no operational packets can be passed |
| other | notPresent | down: the module is not there |
| other | dormant, unknown, outside the enumeration, absent | unknown |

Source: RFC 2863, section 3.1.14 and the definitions of ifAdminStatus and ifOperStatus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.contract import Status
    from probes.snmp.ber import Value

__all__ = ["combine", "port_status"]

ADMIN_DOWN = 2

_OPER: dict[int, tuple[Status, str]] = {
    1: ("up", ""),
    2: ("down", "ifOperStatus down"),
    3: ("down", "ifOperStatus testing"),
    4: ("unknown", "ifOperStatus unknown"),
    5: ("unknown", "ifOperStatus dormant"),
    6: ("down", "ifOperStatus notPresent"),
    7: ("down", "ifOperStatus lowerLayerDown"),
}


def port_status(admin: Value, oper: Value) -> tuple[Status, str]:
    """Turn the two states of a port into a status and its reason; up needs none."""
    if admin == ADMIN_DOWN:
        return "down", "ifAdminStatus down"
    if not isinstance(oper, int):
        return "unknown", "the device gives no ifOperStatus"
    return _OPER.get(oper, ("unknown", f"ifOperStatus {oper} is outside its enumeration"))


def combine(members: Sequence[tuple[str, Status, str]], least: int = 1) -> tuple[Status, str]:
    """Turn the ports of one link (name, status, reason) into the link's: a link aggregation.

    All up is up, fewer than `least` is down, anything between is degraded. Where it hangs on ports that
    cannot be told, it is unknown.

    Args:
        members: At least one port.
        least: How many of them must be up for the link to carry (IEEE 802.1AX, MinLinks).
    """
    bad = [(name, status, reason) for name, status, reason in members if status != "up"]
    if not bad:
        return "up", ""
    if len(members) == 1:
        return bad[0][1], f"{bad[0][0]}: {bad[0][2]}"
    text = "; ".join(f"{name}: {reason}" for name, _, reason in bad)
    lit = len(members) - len(bad)
    unknown = sum(status == "unknown" for _, status, _ in bad)
    told = f"{lit} of {len(members)} ports up" if lit else "no port up"
    needed = f", {least} needed" if 0 < lit < least else ""
    if lit >= least:
        return "degraded", f"{told} ({text})"
    return ("down" if lit + unknown < least else "unknown"), f"{told}{needed} ({text})"
