"""Which target a neighbour row means (pure).

What several targets claim tells none of them apart: a virtual router's MAC address, an address that is the
same inside every box of a maker, a name that nobody changed. A chassis identifier outweighs a name, for a
device keeps it when it is renamed; a name with domain outweighs one without.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from probes.snmp.neighbour import is_mac, telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from probes.discovery.device import Device
    from probes.snmp.neighbour import Neighbour

__all__ = ["Identities", "short_name"]

_SERIAL_BEHIND = re.compile(r"\(([^()]*)\)$")
_NUMBERS = re.compile(r"[\d.:]+")


def short_name(name: str) -> str:
    """A name without domain and without the serial number that some put behind it, case folded."""
    text = _SERIAL_BEHIND.sub("", name.strip()).casefold()
    return text if _NUMBERS.fullmatch(text) else text.split(".")[0]


class Identities:
    """Finds targets by what others call them.

    Args:
        devices: All targets that answered.
    """

    def __init__(self, devices: Iterable[Device]) -> None:
        self.devices = {one.name: one for one in sorted(devices, key=lambda one: one.name)}
        every = self.devices.values()
        self._chassis = _owners((one.name, one.chassis_ids) for one in every)
        self._macs = _owners((one.name, one.macs) for one in every)
        self._addresses = _owners((one.name, one.addresses) for one in every)
        self._serials = _owners((one.name, one.serials) for one in every)
        self._names = _owners((one.name, one.names) for one in every)
        self._short = _owners((one.name, map(short_name, one.names)) for one in every)

    def owner_of(self, mac: str) -> str | None:
        """The only target that has this MAC address."""
        owners = self._chassis.get(mac) or self._macs.get(mac, set())
        return next(iter(owners)) if len(owners) == 1 else None

    def target_of(self, told: Neighbour) -> str | None:
        """The only target that a neighbour row can mean; None = none, or more than one."""
        found = self.candidates(told)
        return found[0] if len(found) == 1 and not self.is_another(found[0], told) else None

    def candidates(self, told: Neighbour) -> list[str]:
        """Every target that a neighbour row can mean, by its identifier, else its name, else its address."""
        by_id, by_name = self._by_id(told), self._by_name(told)
        return sorted((by_id & by_name) or by_id or by_name or self._by_address(told))

    def is_another(self, target: str, told: Neighbour) -> bool:
        """Whether a row gives a chassis MAC address that is not the target's, which announces its own."""
        if told.protocol != "lldp" or not is_mac(told.chassis):
            return False
        device = self.devices[target]
        return told.chassis not in device.macs and any(is_mac(one) for one in device.announced)

    def clashes(self) -> list[tuple[str, list[str]]]:
        """What more than one target gives as its chassis identifier or its full name, and who."""
        found = {**self._names, **self._chassis}
        return sorted((text, sorted(who)) for text, who in found.items() if len(who) > 1)

    def _by_id(self, told: Neighbour) -> set[str]:
        text = told.chassis.casefold()
        if not text:
            return set()
        if is_mac(text):
            return self._chassis.get(text) or self._macs.get(text, set())
        address = telling(text)
        if address is not None:
            return self._addresses.get(address, set())
        return set() if told.protocol == "cdp" else self._chassis.get(text, set())

    def _by_name(self, told: Neighbour) -> set[str]:
        names = [text.casefold() for text in (told.name,) if text]
        if told.protocol == "cdp" and told.chassis:
            names.append(told.chassis.casefold())
        for name in names:
            found = self._names.get(name) or self._by_serial(name) or self._short_of(name)
            if found:
                return found
        return set()

    def _short_of(self, name: str) -> set[str]:
        """Who has this name but for the domain; two different domains are two devices."""
        domain = _domain(name)
        return {
            owner
            for owner in self._short.get(short_name(name), ())
            if not domain
            or any(
                _domain(own) in ("", domain)
                for own in self.devices[owner].names
                if short_name(own) == short_name(name)
            )
        }

    def _by_serial(self, name: str) -> set[str]:
        """CatOS and NX-OS go by their serial number in CDP, alone or in brackets behind the name."""
        behind = _SERIAL_BEHIND.search(name)
        keys = (name, behind[1]) if behind else (name,)
        return next((self._serials[key] for key in keys if key in self._serials), set())

    def _by_address(self, told: Neighbour) -> set[str]:
        found: set[str] = set()
        for address in told.addresses:
            found |= self._addresses.get(address, set())
        return found


def _domain(name: str) -> str:
    return _SERIAL_BEHIND.sub("", name.casefold()).partition(".")[2]


def _owners(claims: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for owner, keys in claims:
        for key in keys:
            found.setdefault(key.casefold(), set()).add(owner)
    return found
