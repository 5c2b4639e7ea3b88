"""Conversation: read single values with GET."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from probes.snmp import ber
from probes.snmp.ber import BerError, VarBind, decode_value, encode_oid
from probes.snmp.engine import Request
from probes.snmp.refusal import refuse_if_refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.snmp.ber import Oid, RawResponse

__all__ = ["Lookup"]

NAMES_PER_GET = 40
"""Fits 1,472 bytes for numbers and short texts; what does not fit is asked again in halves."""


class Lookup:
    """Reads names; one that the agent cannot give is noSuchInstance, and the rest still comes."""

    def __init__(self, names: Sequence[Oid]) -> None:
        self._names = tuple(names)
        self._raw = [encode_oid(name) for name in names]
        self._found: list[VarBind] = [VarBind(name, ber.NO_SUCH_INSTANCE) for name in names]
        self._asked: dict[int, list[int]] = {}
        self._todo: list[list[int]] = []
        everything = list(range(len(names)))
        for first in range(0, len(names), NAMES_PER_GET):
            self._todo.append(everything[first : first + NAMES_PER_GET])

    def result(self) -> list[VarBind]:
        """The values, in the order asked."""
        return self._found

    def ready(self) -> Request | None:
        """The next names to ask."""
        if not self._todo:
            return None
        wanted = self._todo.pop(0)
        key = wanted[0]
        self._asked[key] = wanted
        return Request(ber.GET, tuple(self._raw[n] for n in wanted), key=key)

    def take(self, request: Request, response: RawResponse) -> None:
        """Keep the values, or ask again without the name that the agent stumbled over."""
        wanted = self._asked.pop(request.key)
        refuse_if_refused(response.error_status)
        if response.error_status == ber.TOO_BIG:
            self._halve(wanted)
        elif response.error_status:
            self._leave_out(wanted, response.error_index)
        else:
            self._keep(wanted, response)

    def smaller(self, request: Request) -> Request:
        """The same: it is small already."""
        return replace(request)

    def lost(self, request: Request) -> None:
        """Leave its names without a value."""
        self._asked.pop(request.key)

    def _halve(self, wanted: list[int]) -> None:
        half = len(wanted) // 2
        if half:
            self._todo += [wanted[:half], wanted[half:]]

    def _leave_out(self, wanted: list[int], index: int) -> None:
        if not 1 <= index <= len(wanted):
            self._halve(wanted)
        elif rest := wanted[: index - 1] + wanted[index:]:
            self._todo.append(rest)

    def _keep(self, wanted: list[int], response: RawResponse) -> None:
        by_name = {self._raw[n]: n for n in wanted}
        for name, tag, raw in response.varbinds:
            n = by_name.get(name)
            if n is None:
                continue
            try:
                self._found[n] = VarBind(self._names[n], tag, decode_value(tag, raw))
            except BerError:
                self._found[n] = VarBind(self._names[n], ber.NULL)
