"""Conversation: read known rows of several columns, all requests at once.

The index is known from inventory, so every GETBULK is ready beforehand and independent: one round trip
instead of a walk. Whatever comes back is placed by its name; what an answer was cut short of is asked
again from there, and a row that the agent skips in a column is absent: None, never 0.

Source: SNMP.md sections 5, 9 and 10.
"""

from __future__ import annotations

from collections import deque
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
        self.first_requests: dict[tuple[int, int, int, tuple[bytes, ...]], Request] = {}
        """Ready-made: chunk, first row, end and scalars to what every device of the model is asked."""

    def before(self, column: int, row: int) -> bytes:
        """The name after which GETBULK gives this row."""
        prefix = self.prefixes[column]
        return prefix + self.suffixes[row - 1] if row else prefix


_layout = lru_cache(maxsize=4096)(_Layout)


@dataclass(slots=True)
class _Chunk:
    """Rows `first` to `last` (exclusive); `next` is, per column, the first row not yet settled."""

    first: int
    last: int
    next: list[int]
    repetitions: int
    width: int
    asked: tuple[int, ...]
    scalars: bool = False
    fresh: bool = True

    def lagging(self) -> list[int]:
        """Columns with rows still to settle."""
        return [column for column, row in enumerate(self.next) if row < self.last]


class Grid:
    """Reads the cells of a question, `rows` rows a request."""

    def __init__(self, question: Question, rows: int) -> None:
        self._question = question
        self._layout = _layout(question.columns, question.rows)
        self._count = len(question.rows)
        self._scalars = _scalar_names(question.scalars)
        self._table = Table(
            [None] * len(question.scalars), [[None] * self._count for _ in question.columns]
        )
        self._every = tuple(range(len(question.columns)))
        self._chunks = [self._chunk(first, rows) for first in range(0, max(1, self._count), rows)]
        self._chunks[0].scalars = bool(question.scalars)
        self._todo = deque(range(len(self._chunks)))
        self._quirks: dict[str, None] = {}
        self.fitted = rows

    def _chunk(self, first: int, rows: int) -> _Chunk:
        columns = len(self._every)
        last = min(first + rows, self._count)
        return _Chunk(first, last, [first] * columns, max(1, last - first), columns, self._every)

    def result(self) -> Table:
        """The table, complete once nothing is ready or in flight."""
        self._table.quirks = list(self._quirks)
        return self._table

    def ready(self) -> Request | None:
        """The request of the next chunk that has cells to settle and none in flight."""
        while self._todo:
            key = self._todo.popleft()
            chunk = self._chunks[key]
            if chunk.fresh and (chunk.last > chunk.first or chunk.scalars):
                chunk.fresh = False
                return self._first_request(key, chunk)
            if chunk.scalars or chunk.lagging():
                return self._request(key, chunk)
        return None

    def _first_request(self, key: int, chunk: _Chunk) -> Request:
        scalars = self._scalars if chunk.scalars else ()
        known = self._layout.first_requests
        place = (key, chunk.first, chunk.last, scalars)
        if place not in known:
            known[place] = self._request(key, chunk)
        return known[place]

    def _request(self, key: int, chunk: _Chunk) -> Request:
        asked = chunk.asked = tuple(chunk.lagging()[: chunk.width])
        names = tuple(self._layout.before(column, chunk.next[column]) for column in asked)
        wanted = max((chunk.last - chunk.next[column] for column in asked), default=0)
        scalars = self._scalars if chunk.scalars else ()
        repetitions = min(chunk.repetitions, wanted)
        return Request(ber.GET_BULK, scalars + names, len(scalars), repetitions, key)

    def take(self, request: Request, response: RawResponse) -> None:
        """Place the values; what the answer was short of stays to be asked."""
        chunk = self._chunks[request.key]
        self._todo.append(request.key)
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
        """The values of GETBULK come row by row, so every width-th one is of the same column."""
        width = len(chunk.asked)
        for n, column in enumerate(chunk.asked):
            self._place_column(chunk, column, varbinds[n::width])

    def _place_column(
        self, chunk: _Chunk, column: int, varbinds: list[tuple[bytes, int, bytes]]
    ) -> None:
        prefix, place = self._layout.prefixes[column], self._layout.place
        values, settled, length = self._table.columns[column], chunk.next[column], len(prefix)
        for name, tag, raw in varbinds:
            if tag == ber.END_OF_MIB_VIEW or not name.startswith(prefix):
                settled = chunk.last
                continue
            row = place.get(name[length:])
            if row is None:
                self._table.changed = True
                continue
            if tag in _NUMBERS and 0 < len(raw) <= MAX_INTEGER_BYTES:
                values[row] = int.from_bytes(raw, "big", signed=tag == ber.INTEGER)
            else:
                values[row] = self._value(name, tag, raw)
            if row >= settled:
                settled = row + 1
        chunk.next[column] = settled

    def _value(self, name: bytes, tag: int, raw: bytes) -> Value:
        try:
            value = decode_value(tag, raw)
        except BerError as error:
            self._quirks[f"unreadable value of {_text(name)} ({error.reason})"] = None
            return None
        if tag in _ABSENT:
            self._quirks[f"{ber.TYPE_NAMES[tag]} where a value belongs, in {_text(name)}"] = None
        return value


@lru_cache(maxsize=64)
def _scalar_names(scalars: tuple[Oid, ...]) -> tuple[bytes, ...]:
    """The names after which GETBULK gives the scalars."""
    return tuple(encode_oid(scalar[:-1]) for scalar in scalars)


def _text(name: bytes) -> str:
    try:
        return dotted(ber.decode_oid(name))
    except BerError:
        return name.hex()
