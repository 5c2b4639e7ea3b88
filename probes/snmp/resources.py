"""HOST-RESOURCES rows to processors and memory (pure).

Source: RFC 2790.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "memory", "processors"]

_HOST: Oid = (1, 3, 6, 1, 2, 1, 25)
LOAD: Oid = (*_HOST, 3, 3, 1, 2)
DEVICE: Oid = (*_HOST, 3, 2, 1, 3)
STORAGE_TYPE, STORAGE_DESCR, UNITS, SIZE, USED = ((*_HOST, 2, 3, 1, n) for n in range(2, 7))
ROOTS: tuple[Oid, ...] = (LOAD, DEVICE, STORAGE_TYPE, STORAGE_DESCR, UNITS, SIZE, USED)

_MEMORY_TYPES = frozenset({(*_HOST, 2, 1, 2), (*_HOST, 2, 1, 3)})
"""hrStorageRam and hrStorageVirtualMemory."""
HIGHEST_PERCENT = 100


def processors(rows: Rows) -> list[dict[str, object]]:
    """Turn hrProcessorLoad into the load of each processor in per cent."""
    names = rows.texts(DEVICE)
    return [
        {"description": names.get(index) or None, "percent": _percent(rows, load)}
        for index, load in rows.numbers(LOAD).items()
    ]


def _percent(rows: Rows, load: int | None) -> int | None:
    if load is None or 0 <= load <= HIGHEST_PERCENT:
        return load
    rows.quirk(f"hrProcessorLoad {load} is no percentage")
    return None


def memory(rows: Rows) -> list[dict[str, object]]:
    """Turn the memory rows of hrStorageTable into pools; one of no size is none."""
    found: list[dict[str, object]] = []
    for index, kind in rows.column(STORAGE_TYPE).items():
        units, size, used = (_unsigned(rows, root, index) for root in (UNITS, SIZE, USED))
        if kind not in _MEMORY_TYPES or not units or not size:
            continue
        found.append(
            {
                "description": rows.texts(STORAGE_DESCR).get(index) or None,
                "used_bytes": None if used is None else used * units,
                "total_bytes": size * units,
                "percent": None if used is None else round(100 * used / size, 1),
            }
        )
    return found


def _unsigned(rows: Rows, root: Oid, index: Oid) -> int | None:
    """Sizes above 2**31 units come out negative on some agents."""
    value = rows.numbers(root).get(index)
    if value is not None and value < 0:
        rows.quirk("hrStorage counts past 2**31 and turns negative")
        return value + 2**32
    return value
