"""Facts of a device to text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["text_of_facts"]

UNKNOWN = "-"
MEGA = 1_000_000
GIGA = 1000


def text_of_facts(facts: Mapping[str, Any]) -> str:
    """Turn facts into headed tables; what is not there takes no room, what is unknown is `-`."""
    blocks = [_system(facts["system"])]
    for title, key, heads, cells in _TABLES:
        if facts[key]:
            blocks.append(_table(title, heads, [cells(row) for row in facts[key]]))
    if facts["quirks"]:
        blocks.append("Quirks\n" + "\n".join(f"  {quirk}" for quirk in facts["quirks"]))
    return "\n\n".join(blocks) + "\n"


def _system(system: Mapping[str, Any]) -> str:
    version, serial = _said(system["version"]), _said(system["serial"])
    lines = [
        f"{_said(system['name'])}: {_said(system['vendor'])} {_said(system['model'])}",
        f"  version {version}, serial {serial}, up {_span(system['uptime_s'])}",
    ]
    if system["description"]:
        lines.append("  " + " ".join(str(system["description"]).split()))
    return "\n".join(lines)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    lines = [f"{title} ({len(rows)})"]
    for row in (heads, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(("  " + "  ".join(cells)).rstrip())
    return "\n".join(lines)


def _said(value: object) -> str:
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(str(value).split())


def _span(seconds: int | None) -> str:
    if seconds is None:
        return UNKNOWN
    days, rest = divmod(seconds, 86_400)
    return f"{days} d {rest // 3600:02d}:{rest % 3600 // 60:02d}"


def _speed(bps: int | None) -> str:
    if bps is None:
        return UNKNOWN
    mbps = bps / MEGA
    return f"{mbps / GIGA:g} Gbit/s" if mbps >= GIGA else f"{mbps:g} Mbit/s"


def _interface(row: Mapping[str, Any]) -> list[str]:
    keys = ("index", "name", "alias", "admin", "oper")
    counts = ("in_octets", "out_octets", "in_errors", "out_errors")
    return [
        *(_said(row[k]) for k in keys),
        _speed(row["speed_bps"]),
        *(_said(row[k]) for k in counts),
    ]


def _plain(*keys: str) -> Callable[[Mapping[str, Any]], list[str]]:
    return lambda row: [_said(row[key]) for key in keys]


def _sensor(row: Mapping[str, Any]) -> list[str]:
    unit = f" {row['unit']}" if row["unit"] and row["value"] is not None else ""
    return [_said(row["class"]), _said(row["value"]) + unit, _said(row["description"])]


_TABLES: tuple[tuple[str, str, Sequence[str], Callable[[Mapping[str, Any]], list[str]]], ...] = (
    (
        "Interfaces",
        "interfaces",
        [
            "index",
            "name",
            "alias",
            "admin",
            "oper",
            "speed",
            "in-octets",
            "out-octets",
            "in-errors",
            "out-errors",
        ],
        _interface,
    ),
    ("Processors", "processors", ["percent", "description"], _plain("percent", "description")),
    (
        "Memory",
        "memory",
        ["percent", "used-bytes", "total-bytes", "description"],
        _plain("percent", "used_bytes", "total_bytes", "description"),
    ),
    ("Sensors", "sensors", ["class", "value", "description"], _sensor),
    ("PoE", "poe", ["group", "budget-w", "used-w"], _plain("group", "budget_w", "used_w")),
    (
        "Neighbours",
        "neighbours",
        ["protocol", "local-port", "name", "port", "id"],
        _plain("protocol", "local_port", "remote_name", "remote_port", "remote_id"),
    ),
    (
        "Parts",
        "entities",
        ["class", "name", "model", "serial"],
        _plain("class", "name", "model", "serial"),
    ),
)
