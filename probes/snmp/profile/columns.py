"""Columns of the standard MIBs that profiles may call by name (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.oid import parse_oid

if TYPE_CHECKING:
    from probes.snmp.ber import Oid

__all__ = ["COLUMNS", "SCALARS"]

COLUMNS: dict[str, Oid] = {
    name: parse_oid(text)
    for name, text in {
        "sysDescr": "1.3.6.1.2.1.1.1",
        "sysObjectID": "1.3.6.1.2.1.1.2",
        "sysName": "1.3.6.1.2.1.1.5",
        "ifDescr": "1.3.6.1.2.1.2.2.1.2",
        "ifName": "1.3.6.1.2.1.31.1.1.1.1",
        "entPhysicalDescr": "1.3.6.1.2.1.47.1.1.1.1.2",
        "entPhysicalContainedIn": "1.3.6.1.2.1.47.1.1.1.1.4",
        "entPhysicalClass": "1.3.6.1.2.1.47.1.1.1.1.5",
        "entPhysicalName": "1.3.6.1.2.1.47.1.1.1.1.7",
        "entPhysicalHardwareRev": "1.3.6.1.2.1.47.1.1.1.1.8",
        "entPhysicalFirmwareRev": "1.3.6.1.2.1.47.1.1.1.1.9",
        "entPhysicalSoftwareRev": "1.3.6.1.2.1.47.1.1.1.1.10",
        "entPhysicalSerialNum": "1.3.6.1.2.1.47.1.1.1.1.11",
        "entPhysicalMfgName": "1.3.6.1.2.1.47.1.1.1.1.12",
        "entPhysicalModelName": "1.3.6.1.2.1.47.1.1.1.1.13",
        "hrDeviceDescr": "1.3.6.1.2.1.25.3.2.1.3",
        "hrProcessorLoad": "1.3.6.1.2.1.25.3.3.1.2",
    }.items()
}

SCALARS = frozenset(("sysDescr", "sysObjectID", "sysName"))
"""Of these, the names that have one instance, .0."""
