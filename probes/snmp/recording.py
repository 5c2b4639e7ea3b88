"""Recordings of agents (`*.snmprec`) and an engine that answers from one: a device without the device.

Source: the format of snmpsim: `OID|TAG|VALUE` a line; TAG is the decimal ASN.1 tag, with `x` behind it when
VALUE is hex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import ContractError
from probes.snmp.asn1 import END_OF_MIB_VIEW, IP_ADDRESS, NULL, OCTET_STRING, OID, OPAQUE
from probes.snmp.ber import VarBind
from probes.snmp.engine import Counts, Table, Walked
from probes.snmp.oid import dotted, parse_oid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from probes.snmp.ber import Oid, Value
    from probes.snmp.engine import Agent, Question

__all__ = ["RecordedEngine", "read_recording", "written"]

_BYTES = frozenset((OCTET_STRING, OPAQUE, IP_ADDRESS))
_SHOWN = 40


def read_recording(lines: Iterable[str]) -> list[VarBind]:
    """Turn the lines of a recording into its rows, in the order they stand in.

    Raises:
        ContractError: A line that is none, with its number.
    """
    rows = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if text:
            rows.append(_row(text, number))
    return rows


def _row(text: str, number: int) -> VarBind:
    parts = text.split("|", 2)
    try:
        name, kind, value = parts
        tag = int(kind.rstrip("x"))
        return VarBind(parse_oid(name), tag, _value(tag, value, is_hex=kind.endswith("x")))
    except ValueError:
        raise ContractError(
            f"line {number}: {text[:_SHOWN]!r} is no line of a recording; one is OID|TYPE|VALUE,"
            " as in 1.3.6.1.2.1.1.5.0|4|sw-1"
        ) from None


def _value(tag: int, text: str, *, is_hex: bool) -> Value:
    if tag in _BYTES:
        if is_hex:
            return bytes.fromhex(text)
        return bytes(map(int, text.split("."))) if tag == IP_ADDRESS else text.encode()
    if tag == OID:
        return parse_oid(text) if text else ()
    return None if tag == NULL else int(text)


def written(row: VarBind) -> str:
    """Turn a row into its line; bytes are always hex, so that nothing in them can break it."""
    if isinstance(row.value, bytes):
        return f"{dotted(row.oid)}|{row.tag}x|{row.value.hex()}"
    value = dotted(row.value) if isinstance(row.value, tuple) else row.value
    return f"{dotted(row.oid)}|{row.tag}|{'' if value is None else value}"


class RecordedEngine:
    """Answers from rows instead of from a device; keeps the port `Engine`."""

    def __init__(self, rows: Sequence[VarBind]) -> None:
        self._rows = list(rows)
        self._by_name = {row.oid: row for row in self._rows}
        self.counts = Counts()

    async def get(self, agent: Agent, names: Sequence[Oid]) -> list[VarBind]:  # noqa: ARG002
        """Read single values; what is not there is `endOfMibView`."""
        return [self._by_name.get(name, VarBind(name, END_OF_MIB_VIEW, None)) for name in names]

    async def walk(self, agent: Agent, roots: Sequence[Oid]) -> Walked:  # noqa: ARG002
        """Read everything under the roots."""
        return Walked(list(self._under(roots)))

    def _under(self, roots: Sequence[Oid]) -> Iterator[VarBind]:
        wanted = frozenset(roots)
        lengths = sorted({len(root) for root in wanted})
        for row in self._rows:
            if any(row.oid[:length] in wanted for length in lengths):
                yield row

    async def table(self, agent: Agent, question: Question) -> Table:  # noqa: ARG002
        """Read known rows of several columns."""
        return Table(
            [self._told(name) for name in question.scalars],
            [[self._told((*column, row)) for row in question.rows] for column in question.columns],
        )

    def _told(self, name: Oid) -> Value:
        row = self._by_name.get(name)
        return None if row is None else row.value

    async def close(self) -> None:
        """Nothing is held."""
