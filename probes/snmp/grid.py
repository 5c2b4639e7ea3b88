"""Conversation: read known rows of several columns, all requests at once.

The index is known from inventory, so every GETBULK is ready beforehand and independent: one round trip
instead of a walk. Whatever comes back is placed by its name; what an answer was cut short of is asked
again from there, and a row that the agent skips in a column is absent: None, never 0.

Source: SNMP.md sections 5, 9 and 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from probes.snmp import ber
from probes.snmp.ber import MAX_INTEGER_BYTES, BerError, decode_value, dotted, encode_oid
from probes.snmp.engine import Request, Table
from probes.snmp.refusal import error_name, refuse_if_refused

if TYPE_CHECKING:
    from probes.snmp.ber import Oid, RawResponse, Value
    from probes.snmp.engine import Question

__all__ = ["Grid", "rows_that_fit"]

ANSWER_BYTES = 1400
"""What fits one Ethernet frame beside the message's own head; much real equipment gives no more."""
VARBIND_BYTES = 20

_NUMBERS = frozenset({ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64})
_ABSENT = frozenset({ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.NULL})


def rows_that_fit(columns: int) -> int:
    """Rows of so many columns that an answer holds at first guess."""
    return max(1, ANSWER_BYTES // (VARBIND_BYTES * max(1, columns)))


class _Layout:
    """Names of a grid in bytes. Devices of one model share it."""

    def __init__(self, columns: tuple[Oid, ...], rows: tuple[int, ...]) -> None:
        self.prefixes = tuple(encode_oid(column) for column in columns)
        arc = len(encode_oid((1, 3)))
        self.suffixes = tuple(encode_oid((1, 3, row))[arc:] for row in rows)
        self.place = {suffix: n for n, suffix in enumerate(self.suffixes)}

    def before(self, column: int, row: int) -> bytes:
        """The name after which GETBULK gives this row."""
        prefix = self.prefixes[column]
        return prefix + self.suffixes[row - 1] if row else prefix


_layout = lru_cache(maxsize=4096)(_Layout)


@dataclass(slots=True)
class _Chunk:
    """Rows `first` to `last` (exclusive); `next` is, per column, the first row not yet settled."""

    last: int
    next: list[int]
    repetitions: int
    width: int
    asked: tuple[int, ...] = ()
    busy: bool = False
    scalars: bool = False

    def lagging(self) -> list[int]:
        """Columns with rows still to settle."""
        return [column for column, row in enumerate(self.next) if row < self.last]


class Grid:
    """Reads the cells of a question, `rows` rows a request."""

    def __init__(self, question: Question, rows: int) -> None:
        self._question = question
        self._layout = _layout(question.columns, question.rows)
        self._count = len(question.rows)
        self._table = Table(
            [None] * len(question.scalars), [[None] * self._count for _ in question.columns]
        )
        self._chunks = [self._chunk(first, rows) for first in range(0, max(1, self._count), rows)]
        self._chunks[0].scalars = bool(question.scalars)
        self._quirks: dict[str, None] = {}
        self.fitted = rows

    def _chunk(self, first: int, rows: int) -> _Chunk:
        columns = len(self._question.columns)
        last = min(first + rows, self._count)
        return _Chunk(last, [first] * columns, max(1, last - first), columns)

    def result(self) -> Table:
        """The table, complete once nothing is ready or in flight."""
        self._table.quirks = list(self._quirks)
        return self._table

    def ready(self) -> Request | None:
        """The request of the first chunk that has cells to settle and none in flight."""
        for key, chunk in enumerate(self._chunks):
            if not chunk.busy and (chunk.scalars or chunk.lagging()):
                chunk.busy = True
                return self._request(key, chunk)
        return None

    def _request(self, key: int, chunk: _Chunk) -> Request:
        asked = tuple(chunk.lagging()[: chunk.width])
        chunk.asked = asked
        names = tuple(self._layout.before(column, chunk.next[column]) for column in asked)
        wanted = max((chunk.last - chunk.next[column] for column in asked), default=0)
        scalars = self._scalar_names() if chunk.scalars else ()
        repetitions = min(chunk.repetitions, wanted)
        return Request(ber.GET_BULK, scalars + names, len(scalars), repetitions, key)

    def _scalar_names(self) -> tuple[bytes, ...]:
        return tuple(encode_oid(scalar[:-1]) for scalar in self._question.scalars)

    def take(self, request: Request, response: RawResponse) -> None:
        """Place the values; what the answer was short of stays to be asked."""
        chunk = self._chunks[request.key]
        chunk.busy = False
        refuse_if_refused(response.error_status)
        if response.error_status:
            self._ask_less(chunk, error_name(response.error_status))
            return
        before = sum(chunk.next)
        had_scalars = chunk.scalars
        self._place_scalars(chunk, response.varbinds[: request.non_repeaters])
        self._place(chunk, response.varbinds[request.non_repeaters :])
        moved = sum(chunk.next) - before
        if not moved and not (had_scalars and not chunk.scalars):
            self._ask_less(chunk, "an answer without a new value")
        else:
            self._learn(request, response)

    def _learn(self, request: Request, response: RawResponse) -> None:
        """Remember how many rows an answer that was cut short held."""
        width = len(request.names) - request.non_repeaters
        values = len(response.varbinds) - request.non_repeaters
        if width and values < width * request.repetitions:
            self.fitted = max(1, min(self.fitted, values // width))

    def smaller(self, request: Request) -> Request:
        """Half the rows: a large answer may be lost in pieces."""
        fewer = max(min(1, request.repetitions), request.repetitions // 2)
        return Request(request.type, request.names, request.non_repeaters, fewer, request.key)

    def lost(self, request: Request) -> None:
        """Leave the cells of this chunk empty, and say so."""
        chunk = self._chunks[request.key]
        chunk.busy = False
        self._give_up(chunk, chunk.lagging(), "no answer")
        chunk.scalars = False

    def _ask_less(self, chunk: _Chunk, why: str) -> None:
        """Fewer rows, then fewer columns; a single cell that still fails is given up."""
        if chunk.repetitions > 1:
            chunk.repetitions //= 2
            self.fitted = max(1, min(self.fitted, chunk.repetitions))
        elif chunk.width > 1 and len(chunk.asked) > 1:
            chunk.width = (len(chunk.asked) + 1) // 2
        else:
            self._give_up(chunk, list(chunk.asked), why)
            chunk.scalars = False

    def _give_up(self, chunk: _Chunk, columns: list[int], why: str) -> None:
        for column in columns:
            name = dotted(self._question.columns[column])
            self._quirks[f"{why} for {name}: some of its rows are missing"] = None
            chunk.next[column] = chunk.last

    def _place_scalars(self, chunk: _Chunk, varbinds: list[tuple[bytes, int, bytes]]) -> None:
        for n, (name, tag, raw) in enumerate(varbinds):
            if name == encode_oid(self._question.scalars[n]) and tag != ber.END_OF_MIB_VIEW:
                self._table.scalars[n] = self._value(name, tag, raw)
        if len(varbinds) == len(self._question.scalars):
            chunk.scalars = False

    def _place(self, chunk: _Chunk, varbinds: list[tuple[bytes, int, bytes]]) -> None:
        asked, settled = chunk.asked, chunk.next
        prefixes, place, columns = self._layout.prefixes, self._layout.place, self._table.columns
        width = len(asked)
        for n, (name, tag, raw) in enumerate(varbinds):
            column = asked[n % width] if width else -1
            prefix = prefixes[column]
            if tag == ber.END_OF_MIB_VIEW or not name.startswith(prefix):
                settled[column] = chunk.last
                continue
            row = place.get(name[len(prefix) :])
            if row is None:
                self._table.changed = True
                continue
            columns[column][row] = (
                int.from_bytes(raw, "big", signed=tag == ber.INTEGER)
                if tag in _NUMBERS and 0 < len(raw) <= MAX_INTEGER_BYTES
                else self._value(name, tag, raw)
            )
            if row >= settled[column]:
                settled[column] = row + 1

    def _value(self, name: bytes, tag: int, raw: bytes) -> Value:
        try:
            value = decode_value(tag, raw)
        except BerError as error:
            self._quirks[f"unreadable value of {_text(name)} ({error.reason})"] = None
            return None
        if tag in _ABSENT:
            self._quirks[f"{ber.TYPE_NAMES[tag]} where a value belongs, in {_text(name)}"] = None
        return value


def _text(name: bytes) -> str:
    try:
        return dotted(ber.decode_oid(name))
    except BerError:
        return name.hex()
