"""ENTITY-SENSOR rows, standard or Cisco's, to sensors (pure).

Source: RFC 3433; CISCO-ENTITY-SENSOR-MIB, which has the same columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.entities import DESCR, NAME

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "sensors"]

_TABLES: tuple[Oid, ...] = (
    (1, 3, 6, 1, 2, 1, 99, 1, 1, 1),
    (1, 3, 6, 1, 4, 1, 9, 9, 91, 1, 1, 1, 1),
)
_TYPE, _SCALE, _PRECISION, _VALUE, _STATUS = 1, 2, 3, 4, 5
ROOTS: tuple[Oid, ...] = tuple((*table, n) for table in _TABLES for n in range(1, 6))

_CLASSES = {
    3: ("voltage", "V"),
    4: ("voltage", "V"),
    5: ("current", "A"),
    6: ("power", "W"),
    7: ("frequency", "Hz"),
    8: ("temperature", "C"),
    9: ("humidity", "%"),
    10: ("fanspeed", "rpm"),
    12: ("state", ""),
    14: ("dbm", "dBm"),
}
_EXPONENTS = dict(zip(range(1, 18), range(-24, 25, 3), strict=True))
"""yocto to yotta; 9 = units."""
_UNITS = 9
_DECIMALS = range(-8, 10)
_OK = 1
_NO_READING = -1_000_000_000
_TRUTH = {1: "ok", 2: "critical"}


def sensors(rows: Rows) -> list[dict[str, object]]:
    """Turn the walked columns into one record a sensor; one without a reading has value None."""
    names = {**rows.texts(NAME), **{k: v for k, v in rows.texts(DESCR).items() if v}}
    return [
        sensor
        for table in _TABLES
        for index in rows.indexes((*table, _VALUE))
        if (sensor := _sensor(rows, table, index, names.get(index, ""))) is not None
    ]


def _sensor(rows: Rows, table: Oid, index: Oid, name: str) -> dict[str, object] | None:
    kind, scale, precision, raw, status = (
        rows.numbers((*table, n)).get(index) for n in (_TYPE, _SCALE, _PRECISION, _VALUE, _STATUS)
    )
    if kind not in _CLASSES:
        return None
    label, unit = _CLASSES[kind]
    readable = raw is not None and raw != _NO_READING and status in (None, _OK)
    found: dict[str, object] = {"class": label, "description": name or None, "value": None}
    if label == "state":
        value = _TRUTH.get(raw, "unknown") if readable and raw is not None else "unknown"
        return {**found, "value": value, "unit": None, "raw": raw}
    if readable and raw is not None:
        found["value"] = _scaled(rows, raw, scale, precision)
    return {**found, "unit": unit}


def _scaled(rows: Rows, raw: int, scale: int | None, precision: int | None) -> float | None:
    """Value in units: the scale is a power of thousand, the precision a number of decimals."""
    exponent, decimals = _EXPONENTS.get(_UNITS if scale is None else scale), precision or 0
    if exponent is None or decimals not in _DECIMALS:
        rows.quirk(f"a sensor of scale {scale} and precision {precision}, which are none")
        return None
    exponent -= decimals
    value = raw * 10.0**exponent if exponent >= 0 else raw / 10.0**-exponent
    return round(value, 9)
