"""Enterprise numbers to the vendors of an office network (pure).

Source: the IANA registry of private enterprise numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probes.snmp.ber import Oid, Value

__all__ = ["ENTERPRISES", "vendor_of"]

ENTERPRISES: Oid = (1, 3, 6, 1, 4, 1)
NET_SNMP = 8072
UCD = 2021

_VENDORS = {
    9: "Cisco",
    11: "HPE",
    43: "3Com",
    45: "Avaya",
    171: "D-Link",
    207: "Allied Telesis",
    232: "HPE",
    236: "Samsung",
    244: "Lantronix",
    253: "Xerox",
    311: "Microsoft",
    318: "APC",
    367: "Ricoh",
    368: "Axis",
    388: "Extreme",
    476: "Vertiv",
    534: "Eaton",
    641: "Lexmark",
    674: "Dell",
    705: "Eaton",
    789: "NetApp",
    850: "Tripp Lite",
    890: "Zyxel",
    935: "Phoenixtec",
    1129: "Toshiba",
    1248: "Epson",
    1347: "Kyocera",
    1588: "Brocade",
    1602: "Canon",
    1718: "Server Technology",
    1872: "Alteon",
    1916: "Extreme",
    1991: "Brocade",
    2001: "OKI",
    2011: "Huawei",
    2254: "Delta",
    2385: "Sharp",
    2435: "Brother",
    2604: "Sophos",
    2606: "Rittal",
    2620: "Check Point",
    2636: "Juniper",
    3097: "WatchGuard",
    3224: "Juniper",
    3375: "F5",
    3808: "CyberPower",
    3902: "ZTE",
    4413: "Broadcom",
    4526: "Netgear",
    4555: "Socomec",
    4881: "Ruijie",
    5491: "Riello",
    5528: "APC",
    5624: "Extreme",
    6027: "Dell",
    6141: "Ciena",
    6486: "Alcatel-Lucent Enterprise",
    6527: "Nokia",
    6574: "Synology",
    6876: "VMware",
    6889: "Avaya",
    7367: "DrayTek",
    8741: "SonicWall",
    8744: "Colubris",
    10002: "Ubiquiti",
    10704: "Barracuda",
    10876: "Supermicro",
    11256: "Stormshield",
    11863: "TP-Link",
    12325: "Netgate",
    12356: "Fortinet",
    13742: "Raritan",
    14179: "Cisco",
    14525: "Trapeze",
    14823: "Aruba",
    14988: "MikroTik",
    17163: "Riverbed",
    18334: "Konica Minolta",
    19046: "Lenovo",
    21239: "Vertiv",
    22420: "Accedian",
    24681: "QNAP",
    25053: "Ruckus",
    25461: "Palo Alto Networks",
    25506: "HPE",
    26543: "Lenovo",
    26928: "Aerohive",
    28507: "Gude",
    29671: "Meraki",
    30065: "Arista",
    33049: "Mellanox",
    35098: "Pica8",
    39165: "Hikvision",
    40310: "Cumulus Networks",
    41112: "Ubiquiti",
    42397: "Grandstream",
    47196: "Aruba",
    50536: "iXsystems",
    51713: "Siklu",
}

_NAMES = (
    "Cisco|Aruba|Huawei|Juniper|Fortinet|MikroTik|Ubiquiti|UniFi|Zyxel|D-Link|TP-Link|Netgear|Dell|Arista"
    "|Extreme|Ruckus|Brocade|Allied Telesis|Alcatel-Lucent|Sophos|SonicWall|Palo Alto|Check Point|DrayTek"
    "|VMware|Synology|QNAP|TrueNAS|FreeNAS|pfSense|OPNsense|Grandstream|Alta|APC|Eaton|Lenovo|Meraki"
)
_NAME = re.compile(rf"\b({_NAMES})\b", re.IGNORECASE)
_MAKERS = {
    "unifi": "Ubiquiti",
    "alcatel-lucent": "Alcatel-Lucent Enterprise",
    "palo alto": "Palo Alto Networks",
    "truenas": "iXsystems",
    "freenas": "iXsystems",
    "pfsense": "Netgate",
    "alta": "Alta Labs",
}


def vendor_of(object_id: Value, *texts: str) -> str | None:
    """Turn sysObjectID, else the names in the texts, into the vendor.

    The number of net-snmp names the maker of the agent, not of the device, so there the texts speak first.
    """
    number = _number(object_id)
    known = _VENDORS.get(number) if number is not None else None
    return known or _named(texts)


def _number(object_id: Value) -> int | None:
    if (
        not isinstance(object_id, tuple)
        or object_id[:6] != ENTERPRISES
        or len(object_id) <= len(ENTERPRISES)
    ):
        return None
    number = object_id[len(ENTERPRISES)]
    return None if number in (NET_SNMP, UCD) else number


def _named(texts: tuple[str, ...]) -> str | None:
    spelled = {name.casefold(): name for name in _NAMES.split("|")}
    for text in texts:
        if found := _NAME.search(text):
            key = found[1].casefold()
            return _MAKERS.get(key, spelled[key])
    return None
