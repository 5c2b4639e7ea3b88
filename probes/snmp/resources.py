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

_RAM: Oid = (*_HOST, 2, 1, 2)
"""hrStorageRam."""
_MEMORY_TYPES = frozenset({_RAM, (*_HOST, 2, 1, 3)})
"""It and hrStorageVirtualMemory."""
_GIVEN_BACK = frozenset({"memory buffers", "cached memory"})
"""Rows of net-snmp under Linux: counted in the physical memory, and free for whoever asks."""
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
    """Turn the memory rows of hrStorageTable into pools; one of no size is none.

    Buffers and cache are no pools of their own, and no use of the physical memory that holds them.
    """
    lent = _lent(rows)
    found = []
    for index, kind in rows.column(STORAGE_TYPE).items():
        if kind in _MEMORY_TYPES and (pool := _pool(rows, index, lent.get(index, 0))):
            found.append(pool)
    return found


def _lent(rows: Rows) -> dict[Oid, int]:
    """Bytes of buffers and cache in the physical memory; told only where just one row is physical."""
    physical = [index for index, kind in rows.column(STORAGE_TYPE).items() if kind == _RAM]
    if len(physical) != 1:
        return {}
    sizes = [
        (_unsigned(rows, USED, index) or 0) * (_unsigned(rows, UNITS, index) or 0)
        for index, name in rows.texts(STORAGE_DESCR).items()
        if name.lower() in _GIVEN_BACK
    ]
    return {physical[0]: sum(sizes)}


def _pool(rows: Rows, index: Oid, lent: int) -> dict[str, object] | None:
    units, size, used = (_unsigned(rows, root, index) for root in (UNITS, SIZE, USED))
    if not units or not size:
        return None
    held = None if used is None else used * units
    if held is not None and held >= lent:
        held -= lent
    return {
        "description": rows.texts(STORAGE_DESCR).get(index) or None,
        "used_bytes": held,
        "total_bytes": size * units,
        "percent": None if held is None else round(100 * held / (size * units), 1),
    }


def _unsigned(rows: Rows, root: Oid, index: Oid) -> int | None:
    """Sizes above 2**31 units come out negative on some agents."""
    value = rows.numbers(root).get(index)
    if value is not None and value < 0:
        rows.quirk("hrStorage counts past 2**31 and turns negative")
        return value + 2**32
    return value
