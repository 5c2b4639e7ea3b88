"""A made-up LAN as rows: switches that announce themselves over LLDP and CDP, and their bridge tables."""

from __future__ import annotations

from probes.discovery.device import device
from probes.snmp.asn1 import INTEGER, OCTET_STRING
from probes.snmp.ber import VarBind
from probes.snmp.engine import Walked

IF = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IF_NAME = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)
LLDP = (1, 0, 8802, 1, 1, 2, 1)
CDP = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1)
BRIDGE = (1, 3, 6, 1, 2, 1, 17)


def text(name, value):
    return VarBind(name, OCTET_STRING, value if isinstance(value, bytes) else value.encode())


def number(name, value):
    return VarBind(name, INTEGER, value)


class Box:
    """A switch with ports 101.. named Gi0/1..; its bridge ports count from 1."""

    def __init__(self, name, mac, ports=8):
        self.name, self.mac = name, bytes.fromhex(mac)
        self.rows = [
            text((1, 3, 6, 1, 2, 1, 1, 5, 0), f"{name}.example"),
            text((*LLDP, 3, 2, 0), self.mac),
            text((*BRIDGE, 1, 1, 0), self.mac),
        ]
        for n in range(1, ports + 1):
            self.rows += [
                text((*IF, 2, 100 + n), f"GigabitEthernet0/{n}"),
                text((*IF_NAME, 100 + n), f"Gi0/{n}"),
                number((*BRIDGE, 1, 4, 1, 2, n), 100 + n),
                number((*LLDP, 3, 7, 1, 2, n), 5),
                text((*LLDP, 3, 7, 1, 3, n), f"Gi0/{n}"),
            ]
        self._count = 0

    def lldp(self, port, far, far_port, *, mac=None, name=None):
        self._count += 1
        at = (0, port, self._count)
        self.rows += [
            number((*LLDP, 4, 1, 1, 4, *at), 4),
            text((*LLDP, 4, 1, 1, 5, *at), mac or far.mac),
            number((*LLDP, 4, 1, 1, 6, *at), 5),
            text((*LLDP, 4, 1, 1, 7, *at), far_port),
            text((*LLDP, 4, 1, 1, 9, *at), name or f"{far.name}.example"),
        ]

    def cdp(self, port, far_name, far_port):
        self._count += 1
        self.rows += [
            text((*CDP, 6, 100 + port, self._count), far_name),
            text((*CDP, 7, 100 + port, self._count), far_port),
        ]

    def learned(self, port, *macs):
        for mac in macs:
            self.rows.append(number((*BRIDGE, 4, 3, 1, 2, *mac), port))
            self.rows.append(number((*BRIDGE, 4, 3, 1, 3, *mac), 3))

    @property
    def device(self):
        return device(self.name, Walked(list(self.rows)))


def wire(one, port, other, far):
    """Both ends announce themselves to each other over LLDP."""
    one.lldp(port, other, f"Gi0/{far}")
    other.lldp(far, one, f"Gi0/{port}")


def ends(result):
    return {
        (link["a"]["device"], link["a"]["port"], link["b"]["device"], link["b"]["port"])
        for link in result["links"]
    }
