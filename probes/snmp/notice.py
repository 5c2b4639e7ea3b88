"""A trap message to what it says: its OID, its variables, the port it is about (pure).

Source: RFC 3584 section 3.1 (v1 to v2), RFC 3418 (the standard traps), RFC 2863 (linkUp, linkDown).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.contract import Varbind
from probes.snmp import ber
from probes.snmp.ber import BerError, Pdu, TrapV1, VarBind, dotted
from probes.snmp.inventory import IF_DESCR, IF_INDEX, IF_NAME, text_of

if TYPE_CHECKING:
    from probes.snmp.ber import Message, Oid, Value

__all__ = ["COLD_START", "LINK_DOWN", "LINK_UP", "WARM_START", "Notice", "read_notice"]

_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START: Oid = (*_TRAPS, 1)
WARM_START: Oid = (*_TRAPS, 2)
LINK_DOWN: Oid = (*_TRAPS, 3)
LINK_UP: Oid = (*_TRAPS, 4)

SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
SNMP_TRAP_ADDRESS: Oid = (1, 3, 6, 1, 6, 3, 18, 1, 3, 0)
ENTERPRISE_SPECIFIC = 6
MAX_VARBINDS = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """What a trap says.

    Args:
        oid: snmpTrapOID.
        uptime_cs: sysUpTime of the sender, hundredths of a second.
        varbinds: The rest, in order.
    """

    oid: Oid
    uptime_cs: int | None
    varbinds: tuple[VarBind, ...]

    def texts(self) -> list[Varbind]:
        """The variables as the event contract writes them."""
        return [_text(varbind) for varbind in self.varbinds]

    def port(self) -> tuple[int | None, str]:
        """The ifIndex and the name of the port that a linkUp or linkDown is about, as far as it says."""
        index: int | None = None
        names: dict[Oid, str] = {}
        for oid, _, value in self.varbinds:
            if oid[:-1] == IF_INDEX and isinstance(value, int):
                index = value
            elif oid[:-1] in (IF_NAME, IF_DESCR):
                names[oid[:-1]] = text_of(value)
                index = oid[-1] if index is None else index
        return index, names.get(IF_NAME) or names.get(IF_DESCR) or ""


def read_notice(message: Message) -> Notice:
    """Turn a trap or inform into what it says.

    Raises:
        BerError: It is another PDU, it names no trap, or it has too many variables.
    """
    pdu = message.pdu
    if len(pdu.varbinds) > MAX_VARBINDS:
        raise BerError(0, f"{len(pdu.varbinds)} variables: at most {MAX_VARBINDS} are read")
    if isinstance(pdu, TrapV1):
        return _from_v1(pdu)
    if pdu.type not in (ber.TRAP_V2, ber.INFORM):
        raise BerError(0, f"PDU 0x{pdu.type:02x} is no trap")
    return _from_v2(pdu)


def _from_v1(trap: TrapV1) -> Notice:
    if trap.generic == ENTERPRISE_SPECIFIC:
        oid = (*trap.enterprise, 0, trap.specific)
    else:
        oid = (*_TRAPS, trap.generic + 1)
    sender = VarBind(SNMP_TRAP_ADDRESS, ber.IP_ADDRESS, trap.agent_address)
    return Notice(oid, trap.timestamp, (*trap.varbinds, sender))


def _from_v2(pdu: Pdu) -> Notice:
    uptime: int | None = None
    named: Value = None
    rest: list[VarBind] = []
    for varbind in pdu.varbinds:
        if varbind.oid == SNMP_TRAP_OID:
            named = varbind.value
        elif varbind.oid == SYS_UP_TIME and isinstance(varbind.value, int):
            uptime = varbind.value
        else:
            rest.append(varbind)
    if not isinstance(named, tuple):
        raise BerError(0, "a trap without snmpTrapOID")
    return Notice(named, uptime, tuple(rest))


def _text(varbind: VarBind) -> Varbind:
    value = varbind.value
    if isinstance(value, bytes):
        text = ".".join(map(str, value)) if varbind.tag == ber.IP_ADDRESS else value.hex()
    elif isinstance(value, tuple):
        text = dotted(value)
    else:
        text = "" if value is None else str(value)
    return Varbind(oid=dotted(varbind.oid), type=ber.TYPE_NAMES[varbind.tag], value=text)
