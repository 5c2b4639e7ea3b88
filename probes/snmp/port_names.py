"""The ports of a device by every name and number that protocols call them by (pure).

Source: RFC 2863 (ifName, ifDescr, ifAlias, ifPhysAddress); RFC 4188 (dot1dBasePortIfIndex).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from probes.snmp.inventory import IF_ALIAS, IF_DESCR, IF_INDEX, IF_NAME
from probes.snmp.neighbour import mac_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["BASE_PORT", "CDP_NAME", "PHYS_ADDRESS", "ROOTS", "PortNames", "bridge_ports"]

PHYS_ADDRESS: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 6)
BASE_PORT: Oid = (1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2)
CDP_NAME: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 1, 1, 1, 6)
ROOTS: tuple[Oid, ...] = (
    IF_INDEX,
    IF_DESCR,
    IF_NAME,
    IF_ALIAS,
    PHYS_ADDRESS,
    BASE_PORT,
    CDP_NAME,
)

_SPLIT = re.compile(r"([a-z][a-z \-]*?)[ \-]*(\d.*)", re.IGNORECASE)
_LEAST_LETTERS = 2
"""`Gi`, `Te`, `Et`: one letter would fit too much."""


class PortNames:
    """Finds a port by what it is called; what two ports are called finds neither.

    Args:
        rows: A walk of `ROOTS`.
    """

    def __init__(self, rows: Rows) -> None:
        names, descriptions, aliases = (_column(rows, c) for c in (IF_NAME, IF_DESCR, IF_ALIAS))
        cdp = _column(rows, CDP_NAME)
        indexes = [index[-1] for index in rows.indexes(IF_INDEX, IF_DESCR, IF_NAME) if index]
        self._names = {
            index: names.get(index) or descriptions.get(index) or cdp.get(index) or ""
            for index in dict.fromkeys((*indexes, *cdp))
        }
        self._found = [_inverted(column) for column in (names, descriptions, cdp, aliases)]
        self._short = [_shortened(column) for column in (names, descriptions)]
        self._texts = {*names.values(), *descriptions.values()}
        self._macs = _inverted(
            {
                index[-1]: mac
                for index, value in rows.column(PHYS_ADDRESS).items()
                if (mac := mac_of(value)) is not None
            }
        )
        self.bridge = bridge_ports(rows)

    def __contains__(self, index: int) -> bool:
        return index in self._names

    def name(self, index: int) -> str | None:
        """The ifName, else the ifDescr of a port; None if it has neither."""
        return self._names.get(index) or None

    def is_name(self, text: str) -> bool:
        """Whether some port has this ifName or ifDescr, letter by letter."""
        return text in self._texts

    def find(self, text: str) -> int | None:
        """The port of this name: ifName, then ifDescr, then ifAlias, then one of them shortened."""
        key = text.strip().casefold()
        for column in self._found:
            if key in column:
                return column[key]
        return self._abbreviated(key)

    def _abbreviated(self, text: str) -> int | None:
        """`Gi1/0/1` is `GigabitEthernet1/0/1` where only one port fits."""
        split = _SPLIT.fullmatch(text)
        if split is None or len(split[1]) < _LEAST_LETTERS:
            return None
        for column in self._short:
            fits = {
                index for letters, index in column.get(split[2], ()) if _same(letters, split[1])
            }
            if len(fits) == 1:
                return fits.pop()
        return None

    def with_mac(self, mac: str) -> int | None:
        """The only port that has this MAC address."""
        return self._macs.get(mac)

    @property
    def macs(self) -> Iterable[str]:
        """The MAC addresses of the ports."""
        return self._macs.keys()


def bridge_ports(rows: Rows) -> dict[int, int]:
    """Bridge port number to ifIndex: they are often not the same."""
    told = rows.numbers(BASE_PORT).items()
    return {index[-1]: number for index, number in told if number}


def _column(rows: Rows, root: Oid) -> dict[int, str]:
    return {index[-1]: text for index, text in rows.texts(root).items() if index and text}


def _inverted(column: Mapping[int, str]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for index, text in column.items():
        key = text.casefold()
        found[key] = None if key in found else index
    return found


def _shortened(column: Mapping[int, str]) -> dict[str, list[tuple[str, int]]]:
    """The number in a name to the letters before it and the port."""
    found: dict[str, list[tuple[str, int]]] = {}
    for index, text in column.items():
        split = _SPLIT.fullmatch(text.casefold())
        if split is not None:
            found.setdefault(split[2], []).append((split[1], index))
    return found


def _same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _LEAST_LETTERS and long.startswith(short)
