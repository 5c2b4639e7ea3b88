"""Conversation: read everything under some roots with GETBULK, each root a strand of its own.

Agents that answer out of order are followed as they go and end at the first name seen before: every
row comes home, and no loop is endless (devices/QUIRKS.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from probes.snmp import ber
from probes.snmp.ber import BerError, VarBind, decode_oid, decode_value, dotted, encode_oid
from probes.snmp.engine import Request, Walked
from probes.snmp.refusal import error_name, refuse_if_refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.snmp.ber import Oid, RawResponse, Value

__all__ = ["Walk"]

REPETITIONS = 25
SHRINK = 4
"""25, 6, 1: 12 KB values in the way need the last of them."""
MAX_ROWS = 200_000
"""Under one root; a device that gives more is not giving a table."""

_ENDS = frozenset({ber.END_OF_MIB_VIEW, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE})


@dataclass(slots=True)
class _Strand:
    root: Oid
    cursor: Oid
    repetitions: int = REPETITIONS
    open: bool = True
    busy: bool = False
    rows: list[VarBind] = field(default_factory=list)
    seen: set[Oid] = field(default_factory=set)


class Walk:
    """Walks the roots, each with one request in flight."""

    def __init__(self, roots: Sequence[Oid], repetitions: int = REPETITIONS) -> None:
        self._strands = [_Strand(root, root, repetitions) for root in roots]
        self._quirks: dict[str, None] = {}
        self._complete = True

    def result(self) -> Walked:
        """All rows, root by root, and what the agent got wrong."""
        rows = [row for strand in self._strands for row in strand.rows]
        return Walked(rows, list(self._quirks), self._complete)

    def ready(self) -> Request | None:
        """A request of the first strand that waits for none."""
        for key, strand in enumerate(self._strands):
            if strand.open and not strand.busy:
                strand.busy = True
                names = (encode_oid(strand.cursor),)
                return Request(ber.GET_BULK, names, 0, strand.repetitions, key)
        return None

    def take(self, request: Request, response: RawResponse) -> None:
        """Keep the rows and move on; stop at the end of the root, or at a loop."""
        strand = self._strands[request.key]
        strand.busy = False
        refuse_if_refused(response.error_status)
        strand.repetitions = min(strand.repetitions, request.repetitions)
        if response.error_status == ber.TOO_BIG:
            self._shrink(strand, "tooBig")
        elif not response.error_status and not response.varbinds:
            self._shrink(strand, "an empty answer")
        elif response.error_status:
            self._end(strand, f"{error_name(response.error_status)} after {dotted(strand.cursor)}")
        else:
            self._keep(strand, response)

    def smaller(self, request: Request) -> Request:
        """Fewer repetitions: a large answer may be lost in pieces."""
        fewer = max(1, request.repetitions // SHRINK)
        return Request(request.type, request.names, 0, fewer, request.key)

    def lost(self, request: Request) -> None:
        """End this root here, and say so."""
        strand = self._strands[request.key]
        strand.busy = False
        self._complete = False
        self._end(strand, f"no answer after {dotted(strand.cursor)}: the rest of it is missing")

    def _shrink(self, strand: _Strand, what: str) -> None:
        if strand.repetitions == 1:
            self._end(strand, f"{what} for a single value after {dotted(strand.cursor)}")
        strand.repetitions = max(1, strand.repetitions // 2)

    def _end(self, strand: _Strand, quirk: str = "") -> None:
        strand.open = False
        if quirk:
            self._quirks[f"walk of {dotted(strand.root)}: {quirk}"] = None

    def _keep(self, strand: _Strand, response: RawResponse) -> None:
        for raw_name, tag, raw in response.varbinds:
            name = self._name(strand, raw_name)
            if name is None or not self._belongs(strand, name, tag):
                return
            strand.seen.add(name)
            strand.cursor = name
            strand.rows.append(VarBind(name, tag, self._value(name, tag, raw)))
        if len(strand.rows) >= MAX_ROWS:
            self._end(strand, f"stopped after {MAX_ROWS} rows")

    def _name(self, strand: _Strand, raw: bytes) -> Oid | None:
        try:
            return decode_oid(raw)
        except BerError as error:
            self._end(strand, f"unreadable name after {dotted(strand.cursor)} ({error.reason})")
            return None

    def _belongs(self, strand: _Strand, name: Oid, tag: int) -> bool:
        """Whether it is a new row of the root; else the strand has ended."""
        if tag in _ENDS or name[: len(strand.root)] != strand.root:
            self._end(strand)
            return False
        if name in strand.seen or name == strand.root:
            self._end(strand, f"loops: {dotted(name)} was given before")
            return False
        if name < strand.cursor:
            self._quirks[
                f"walk of {dotted(strand.root)}: rows are not in the order of their OIDs"
            ] = None
        return True

    def _value(self, name: Oid, tag: int, raw: bytes) -> Value:
        try:
            return decode_value(tag, raw)
        except BerError as error:
            self._quirks[f"unreadable value of {dotted(name)} ({error.reason})"] = None
            return None
