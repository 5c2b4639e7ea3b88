"""The rows of a device's interface table and the names they go by (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from probes.snmp.ber import Oid, Value, VarBind

__all__ = ["IF_ALIAS", "IF_DESCR", "IF_INDEX", "IF_NAME", "Inventory", "read_inventory", "text_of"]

IF_INDEX: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 1)
IF_DESCR: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)
IF_NAME: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)
IF_ALIAS: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18)

_AMBIGUOUS = -1


def text_of(value: Value) -> str:
    """Turn an OCTET STRING into text: NULs and blanks at the ends go, what is not UTF-8 is Latin-1."""
    if not isinstance(value, bytes):
        return ""
    trimmed = value.strip(b"\0 \t\r\n")
    try:
        return trimmed.decode()
    except UnicodeDecodeError:
        return trimmed.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows in the agent's own order.

    Args:
        rows: ifIndex of each.
        names: ifName of each, else ifDescr, else empty.
        places: ifName, ifDescr and ifAlias, case folded, to the place of their row.
    """

    rows: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    places: dict[str, int] = field(default_factory=dict)

    def find(self, name: str) -> tuple[int | None, str]:
        """The place of the row that goes by a name; or None and why not."""
        place = self.places.get(name.strip().casefold())
        if place is None:
            return None, "the device has no port of this name"
        if place == _AMBIGUOUS:
            return None, "several ports of the device have this name"
        return place, ""


def read_inventory(varbinds: Iterable[VarBind]) -> Inventory:
    """Turn the columns ifIndex, ifDescr, ifName and ifAlias into the inventory.

    A name is sought among ifName first, then ifDescr, then ifAlias; one that two rows share in the first
    column that has it is ambiguous and finds nothing.
    """
    columns: dict[Oid, dict[int, Value]] = {}
    for oid, _, value in varbinds:
        columns.setdefault(oid[:-1], {})[oid[-1]] = value
    rows = _rows(columns)
    texts = [
        [text_of(columns.get(column, {}).get(row)) for row in rows]
        for column in (IF_NAME, IF_DESCR, IF_ALIAS)
    ]
    places: dict[str, int] = {}
    for column in texts:
        _add(places, column)
    names = tuple(name or description for name, description in zip(texts[0], texts[1], strict=True))
    return Inventory(rows, names, places)


def _rows(columns: dict[Oid, dict[int, Value]]) -> tuple[int, ...]:
    """Rows of ifTable and of ifXTable, for either may lack some; sorted unless the agent does not sort."""
    rows: dict[int, None] = {}
    for column in (IF_INDEX, IF_DESCR, IF_NAME):
        rows.update(dict.fromkeys(columns.get(column, ())))
    ordered = all(list(column) == sorted(column) for column in columns.values())
    return tuple(sorted(rows) if ordered else rows)


def _add(places: dict[str, int], names: list[str]) -> None:
    fresh: dict[str, int] = {}
    for place, name in enumerate(names):
        key = name.casefold()
        if key and key not in places:
            fresh[key] = _AMBIGUOUS if key in fresh else place
    places.update(fresh)
