"""Where a fact of a profile comes from: columns, texts and sums (pure).

Each is evaluated for one row index against walked rows. What the device does not give is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from probes.snmp.oid import dotted
from probes.snmp.profile.value import number_in, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from probes.snmp.ber import Oid, Value
    from probes.snmp.profile.value import Found
    from probes.snmp.rows import Rows

__all__ = [
    "Among",
    "Any",
    "At",
    "Column",
    "Constant",
    "Count",
    "Difference",
    "Expression",
    "FirstOf",
    "Index",
    "Join",
    "Sum",
    "Template",
    "Total",
]


class Expression(Protocol):
    """Gives a value for a row."""

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        ...

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The value for one row; None = the device does not tell."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Which index of another column belongs to the row.

    Args:
        first: That many numbers of the row's index from its start; 0 = not so.
        last: That many from its end.
        rest: All but that many at the start.
        fixed: Always this one.
        by: The value of this expression.
    """

    first: int = 0
    last: int = 0
    rest: int = 0
    fixed: Oid | None = None
    by: Expression | None = None

    def index(self, rows: Rows, index: Oid) -> Oid | None:
        """The other index, or None when the device does not tell."""
        if self.fixed is not None:
            return self.fixed
        if self.by is not None:
            value = self.by.evaluate(rows, index)
            number = number_in(value)
            return value if isinstance(value, tuple) else None if number is None else (int(number),)
        if self.first:
            return index[: self.first]
        return index[-self.last :] if self.last else index[self.rest :]


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column at the row's index, or at another."""

    oid: Oid
    at: At | None = None

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        yield self.oid
        if self.at is not None and self.at.by is not None:
            yield from self.at.by.columns()

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The value for one row; empty text tells nothing."""
        place = index if self.at is None else self.at.index(rows, index)
        return None if place is None else _told(rows.column(self.oid).get(place))


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same text."""

    value: str

    def columns(self) -> Iterator[Oid]:
        """None."""
        return iter(())

    def evaluate(self, rows: Rows, index: Oid) -> Found:  # noqa: ARG002
        """The text."""
        return self.value


@dataclass(frozen=True, slots=True)
class Index:
    """The row's index as text, or one number of it: from 1, negative from its end."""

    place: int | None = None

    def columns(self) -> Iterator[Oid]:
        """None."""
        return iter(())

    def evaluate(self, rows: Rows, index: Oid) -> Found:  # noqa: ARG002
        """The text."""
        if self.place is None:
            return dotted(index) or None
        place = self.place - 1 if self.place > 0 else self.place
        return str(index[place]) if -len(index) <= place < len(index) else None


@dataclass(frozen=True, slots=True)
class Template:
    """Texts one after the other; nothing when all that is read is missing."""

    parts: tuple[Expression, ...]

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return _columns(self.parts)

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The text, its runs of blanks made one."""
        texts, told = [], False
        for part in self.parts:
            if isinstance(part, Constant):
                texts.append(part.value)
            else:
                texts.append(plain_text(part.evaluate(rows, index)))
                told = told or bool(texts[-1])
        return " ".join("".join(texts).split()) if told else None


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first that gives something."""

    parts: tuple[Expression, ...]

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return _columns(self.parts)

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The value for one row."""
        values = (part.evaluate(rows, index) for part in self.parts)
        return next((value for value in values if plain_text(value)), None)


@dataclass(frozen=True, slots=True)
class Join:
    """Texts one after the other; nothing when one part is missing."""

    parts: tuple[Expression, ...]

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return _columns(self.parts)

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The text for one row."""
        texts = [
            part.value if isinstance(part, Constant) else plain_text(part.evaluate(rows, index))
            for part in self.parts
        ]
        return "".join(texts) if all(texts) else None


@dataclass(frozen=True, slots=True)
class Sum:
    """Nothing when one part is missing."""

    parts: tuple[Expression, ...]

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return _columns(self.parts)

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The number for one row."""
        numbers = [number_in(part.evaluate(rows, index)) for part in self.parts]
        known = [number for number in numbers if number is not None]
        return sum(known, Fraction(0)) if len(known) == len(numbers) else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Nothing when one part is missing."""

    whole: Expression
    less: Expression

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return _columns((self.whole, self.less))

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The number for one row."""
        whole = number_in(self.whole.evaluate(rows, index))
        less = number_in(self.less.evaluate(rows, index))
        return None if whole is None or less is None else whole - less


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Which rows of a column are meant.

    Args:
        oid: The column.
        under: Only rows whose index begins with that of the row at hand.
        matching: Only rows in which these other columns say what the row at hand says.
    """

    oid: Oid
    under: bool = False
    matching: tuple[tuple[Oid, Expression], ...] = ()

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        yield self.oid
        for oid, wanted in self.matching:
            yield oid
            yield from wanted.columns()

    def values(self, rows: Rows, index: Oid) -> list[Found]:
        """What the rows say, in the agent's order."""
        length = len(index) if self.under else 0
        wanted = [
            (rows.column(oid), plain_text(each.evaluate(rows, index)))
            for oid, each in self.matching
        ]
        return [
            _told(value)
            for place, value in rows.column(self.oid).items()
            if place[:length] == index[:length]
            and all(plain_text(_told(column.get(place))) == text for column, text in wanted)
        ]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a column has, or how many with one of these texts; nothing when it has none at all."""

    among: Among
    texts: frozenset[str] = frozenset()

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return self.among.columns()

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The number for one row."""
        if not rows.column(self.among.oid):
            return None
        values = self.among.values(rows, index)
        return sum(not self.texts or plain_text(value) in self.texts for value in values)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a column; nothing without numbers."""

    among: Among

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return self.among.columns()

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The number for one row."""
        values = self.among.values(rows, index)
        numbers = [number for value in values if (number := number_in(value)) is not None]
        return sum(numbers, Fraction(0)) if numbers else None


@dataclass(frozen=True, slots=True)
class Any:
    """The first row of a column that tells something."""

    among: Among

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        return self.among.columns()

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The value for one row."""
        values = self.among.values(rows, index)
        return next((value for value in values if plain_text(value)), None)


def _columns(parts: Iterable[Expression]) -> Iterator[Oid]:
    return chain.from_iterable(part.columns() for part in parts)


def _told(value: Value | None) -> Found:
    """Empty text tells nothing."""
    if isinstance(value, bytes) and not value.strip(b"\0 \t\r\n"):
        return None
    return value
