"""ENTITY-MIB rows to the parts of a device (pure).

Source: RFC 6933.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = [
    "CLASS",
    "CLASSES",
    "DESCR",
    "FIRMWARE",
    "MAKER",
    "NAME",
    "ROOTS",
    "SOFTWARE",
    "entities",
]

_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
DESCR, CLASS, NAME, FIRMWARE, SOFTWARE, SERIAL, MAKER, MODEL = (
    (*_ENTRY, n) for n in (2, 5, 7, 9, 10, 11, 12, 13)
)
ROOTS: tuple[Oid, ...] = (DESCR, CLASS, NAME, FIRMWARE, SOFTWARE, SERIAL, MAKER, MODEL)

CLASSES = {
    1: "other",
    2: "unknown",
    3: "chassis",
    4: "backplane",
    5: "container",
    6: "powerSupply",
    7: "fan",
    8: "sensor",
    9: "module",
    10: "port",
    11: "stack",
    12: "cpu",
}
_MINOR = frozenset({"sensor", "port", "container"})


def entities(rows: Rows) -> list[dict[str, object]]:
    """Turn the walked columns into the parts; sensors, ports and slots only with model or serial."""
    names, descriptions = rows.texts(NAME), rows.texts(DESCR)
    models, serials = rows.texts(MODEL), rows.texts(SERIAL)
    found: list[dict[str, object]] = []
    for index, number in rows.numbers(CLASS).items():
        kind = CLASSES.get(number or 0, "unknown")
        model, serial = models.get(index), serials.get(index)
        if kind in _MINOR and not model and not serial:
            continue
        name = names.get(index) or descriptions.get(index) or None
        found.append(
            {"class": kind, "name": name, "model": model or None, "serial": serial or None}
        )
    return found
