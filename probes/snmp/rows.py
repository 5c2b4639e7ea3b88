"""Walked rows by column: what the readers of facts look values up in (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.asn1 import OPAQUE
from probes.snmp.inventory import text_of
from probes.snmp.oid import placed
from probes.snmp.opaque import opaque_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from probes.snmp.ber import Oid, Value, VarBind

__all__ = ["Rows", "number_of"]


def _read(tag: int, value: Value) -> Value:
    """An Opaque that wraps a number is that number, as text with all its digits."""
    if tag == OPAQUE and isinstance(value, bytes):
        number = opaque_number(value)
        return value if number is None else f"{number:.6g}".encode()
    return value


def number_of(value: Value) -> int | None:
    """The number, if it is one."""
    return value if isinstance(value, int) else None


class Rows:
    """Values by name.

    Args:
        varbinds: What was walked.
        roots: The columns that were walked; a value belongs to the longest root it lies under;
            one whose name is a root itself has no index and is left out.
        own: The sysObjectID, for roots that lie under it.
    """

    def __init__(self, varbinds: Iterable[VarBind], roots: Iterable[Oid], own: Oid = ()) -> None:
        self._own = own
        self.quirks: dict[str, None] = {}
        self._numbers: dict[Oid, dict[Oid, int | None]] = {}
        self._texts: dict[Oid, dict[Oid, str]] = {}
        self._columns: dict[Oid, dict[Oid, Value]] = {
            real: {} for root in roots if (real := placed(root, own)) is not None
        }
        lengths = sorted({len(root) for root in self._columns}, reverse=True)
        for oid, tag, value in varbinds:
            for length in lengths:
                column = self._columns.get(oid[:length])
                if column is not None and len(oid) > length:
                    column[oid[length:]] = _read(tag, value)
                    break

    def column(self, root: Oid) -> dict[Oid, Value]:
        """Index to value of one column, in the agent's order."""
        real = placed(root, self._own)
        return {} if real is None else self._columns.get(real, {})

    def numbers(self, root: Oid) -> dict[Oid, int | None]:
        """The column as numbers; what is none is None."""
        if root not in self._numbers:
            column = self.column(root)
            self._numbers[root] = {index: number_of(value) for index, value in column.items()}
        return self._numbers[root]

    def texts(self, root: Oid) -> dict[Oid, str]:
        """The column as trimmed text."""
        if root not in self._texts:
            column = self.column(root)
            self._texts[root] = {index: text_of(value) for index, value in column.items()}
        return self._texts[root]

    def indexes(self, *roots: Oid) -> list[Oid]:
        """Every index that one of the columns has, in order of first sight."""
        return list(dict.fromkeys(index for root in roots for index in self.column(root)))

    def quirk(self, text: str) -> None:
        """Note what the device gets wrong, once."""
        self.quirks[text] = None
