"""Measurements of devices as Prometheus text, fast: the device series can be hundreds of thousands.

A block of text a (family, device) is made when its measurement comes in, not when it is scraped; a
scrape joins the blocks family by family, as the format asks. Null values give no sample, and a device
that stopped answering loses its samples: an old number is not a number.

Source: Prometheus text format 0.0.4; SNMP.md section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from events.contract import MeasurementData

__all__ = ["DeviceBlocks", "DeviceSeries", "Family"]


class Family(NamedTuple):
    """One metric of the interface table: its name, type, help, column and factor."""

    name: str
    type: str
    help: str
    column: str
    factor: int = 1


INTERFACE_FAMILIES = (
    Family("keten_interface_receive_bytes_total", "counter", "Octets in.", "ifHCInOctets"),
    Family("keten_interface_transmit_bytes_total", "counter", "Octets out.", "ifHCOutOctets"),
    Family("keten_interface_receive_errors_total", "counter", "Errors in.", "ifInErrors"),
    Family("keten_interface_transmit_errors_total", "counter", "Errors out.", "ifOutErrors"),
    Family("keten_interface_receive_discards_total", "counter", "Discards in.", "ifInDiscards"),
    Family("keten_interface_transmit_discards_total", "counter", "Discards out.", "ifOutDiscards"),
    Family(
        "keten_interface_speed_bits_per_second",
        "gauge",
        "Speed of the interface.",
        "ifHighSpeed",
        1_000_000,
    ),
)
OPER_UP = Family(
    "keten_interface_oper_up", "gauge", "1 = ifOperStatus is up (RFC 2863).", "ifOperStatus"
)
UPTIME = Family("keten_device_uptime_seconds", "gauge", "sysUpTime of the device.", "")
_FAMILIES = (*INTERFACE_FAMILIES, OPER_UP, UPTIME)
_IF_OPER_UP = 1


@dataclass(frozen=True, slots=True)
class _Labels:
    rows: tuple[int, ...]
    names: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviceBlocks:
    """The text of every device by family, at one moment; read on any thread."""

    blocks: Mapping[str, Sequence[bytes]]

    def render(self) -> bytes:
        """All samples in Prometheus text, each family once."""
        return b"".join(self._parts())

    def _parts(self) -> Iterator[bytes]:
        for family in _FAMILIES:
            blocks = self.blocks[family.name]
            if blocks:
                head = f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.type}\n"
                yield head.encode()
                yield from blocks


class DeviceSeries:
    """The latest samples of every device, ready to be scraped."""

    def __init__(self) -> None:
        self._blocks: dict[str, dict[str, bytes]] = {family.name: {} for family in _FAMILIES}
        self._labels: dict[str, _Labels] = {}
        self._counts: dict[str, int] = {}

    @property
    def samples(self) -> int:
        """How many samples a scrape gives."""
        return sum(self._counts.values())

    def update(self, component: str, data: MeasurementData) -> None:
        """Replace the samples of a device by those of its newest measurement."""
        labels = self._labels_of(component, data)
        count = 0
        for family in INTERFACE_FAMILIES:
            column = data.columns.get(family.column)
            lines = _lines(family, labels, column) if column else []
            count += self._put(component, family.name, lines)
        status = data.columns.get(OPER_UP.column) or []
        up = [None if value is None else int(value == _IF_OPER_UP) for value in status]
        count += self._put(component, OPER_UP.name, _lines(OPER_UP, labels, up))
        uptime = (
            []
            if data.uptime_cs is None
            else [f'{UPTIME.name}{{component="{_escape(component)}"}} {data.uptime_cs / 100}\n']
        )
        self._counts[component] = count + self._put(component, UPTIME.name, uptime)

    def forget(self, component: str) -> None:
        """Drop the samples of a device that no longer answers or is no longer watched."""
        for blocks in self._blocks.values():
            blocks.pop(component, None)
        self._counts.pop(component, None)
        self._labels.pop(component, None)

    def copy(self) -> DeviceBlocks:
        """What a scrape shows now, to be rendered while the series change."""
        return DeviceBlocks({name: list(blocks.values()) for name, blocks in self._blocks.items()})

    def render(self) -> bytes:
        """All samples in Prometheus text, each family once."""
        return self.copy().render()

    def _put(self, component: str, family: str, lines: list[str]) -> int:
        if lines:
            self._blocks[family][component] = "".join(lines).encode()
        else:
            self._blocks[family].pop(component, None)
        return len(lines)

    def _labels_of(self, component: str, data: MeasurementData) -> _Labels:
        rows, names = tuple(data.rows), tuple(data.names)
        known = self._labels.get(component)
        if known is not None and known.rows == rows and known.names == names:
            return known
        named = names if len(names) == len(rows) else tuple(str(row) for row in rows)
        device = _escape(component)
        texts = tuple(f'{{component="{device}",interface="{_escape(name)}"}} ' for name in named)
        if len(set(texts)) < len(
            texts
        ):  # names that occur twice would be one series: add the index
            texts = tuple(
                f'{{component="{device}",interface="{_escape(name)} #{row}"}} '
                for row, name in zip(rows, named, strict=True)
            )
        self._labels[component] = _Labels(rows, names, texts)
        return self._labels[component]


def _lines(family: Family, labels: _Labels, column: list[int | None]) -> list[str]:
    name, factor = family.name, family.factor
    return [
        f"{name}{label}{value * factor}\n"
        for label, value in zip(labels.texts, column, strict=False)
        if value is not None
    ]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
