"""What is done to a value that was read before it is a fact (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING, Literal

from probes.snmp.inventory import text_of
from probes.snmp.profile.value import number_in, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from probes.snmp.ber import Oid
    from probes.snmp.profile.expression import Expression
    from probes.snmp.profile.value import Found
    from probes.snmp.rows import Rows

__all__ = ["Changed", "Kind"]

Kind = Literal["", "number", "signed", "fahrenheit", "mac", "address", "big", "dbm", "letters"]

_MAC_BYTES = 6
_MAC_IN_INDEX = re.compile(r"\d+(?:\.\d+){5}")
_BYTE = 255
_SIGN = 1 << 31
_FREEZING_F = 32
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What an expression gives, made into what it means; steps in this order.

    Args:
        of: The source.
        drop: As text: values that mean "none".
        pattern: Its first group where it is first found.
        kind: `number` reads a number in a text; `signed` an unsigned one as 32-bit signed; `fahrenheit`
            makes degrees Celsius; `mac` and `address` make bytes readable, `mac` also six numbers of an
            index; `big` reads bytes as one number; `dbm` makes decibels of milliwatts;
            `letters` reads a text in the numbers of an index, with or without its length before it.
        words: As text, to what it means; what is missing here gives nothing, unless there is `*`.
        least: Smaller numbers mean "none".
        most: Larger numbers mean "none".
        scale: Factor.
        decimals: How many digits of the number stand behind its point.
        add: After the factor.
    """

    of: Expression
    drop: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    kind: Kind = ""
    words: dict[str, str] = field(default_factory=dict)
    least: Fraction | None = None
    most: Fraction | None = None
    scale: Fraction = Fraction(1)
    decimals: Expression | None = None
    add: Fraction = Fraction(0)

    def columns(self) -> Iterator[Oid]:
        """Every column that is read."""
        yield from self.of.columns()
        if self.decimals is not None:
            yield from self.decimals.columns()

    def evaluate(self, rows: Rows, index: Oid) -> Found:
        """The value for one row; None = the device does not tell."""
        value = self.of.evaluate(rows, index)
        if value is None or plain_text(value) in self.drop:
            return None
        if self.pattern is not None:
            found = self.pattern.search(plain_text(value))
            if found is None:
                return None
            value = found[1] if self.pattern.groups else found[0]
        value = _of_kind(self.kind, value)
        if self.words:
            return self.words.get(plain_text(value), self.words.get("*"))
        return self._scaled(value, self._factor(rows, index))

    def _factor(self, rows: Rows, index: Oid) -> Fraction | None:
        """None = the device does not tell how many decimals, or tells nonsense."""
        if self.decimals is None:
            return self.scale
        digits = number_in(self.decimals.evaluate(rows, index))
        if digits is None or digits.denominator != 1 or abs(digits) > _MOST_DIGITS:
            return None
        return self.scale / Fraction(10) ** int(digits)

    def _scaled(self, value: Found, factor: Fraction | None) -> Found:
        is_plain = factor == 1 and not self.add
        if is_plain and self.least is None and self.most is None:
            return value
        number = number_in(value)
        if number is None or factor is None:
            return None
        if self.least is not None and number < self.least:
            return None
        if self.most is not None and number > self.most:
            return None
        return number * factor + self.add


def _of_kind(kind: Kind, value: Found) -> Found:
    if kind == "mac":
        return _mac(value)
    if kind == "address":
        return ".".join(map(str, value)) if isinstance(value, bytes) else plain_text(value)
    if kind == "letters":
        return _letters(plain_text(value))
    if kind == "big":
        return Fraction(int.from_bytes(value, "big")) if isinstance(value, bytes) else value
    return _number_of_kind(kind, value) if kind else value


def _mac(value: Found) -> str:
    if isinstance(value, bytes) and len(value) == _MAC_BYTES:
        return value.hex(":")
    text = plain_text(text_of(value) if isinstance(value, bytes) else value).lower()
    if _MAC_IN_INDEX.fullmatch(text) and all(int(part) <= _BYTE for part in text.split(".")):
        return bytes(map(int, text.split("."))).hex(":")
    return text


def _letters(dotted: str) -> str | None:
    """RFC 2578, section 7.7: a text of variable length has its length before it."""
    numbers = [int(part) for part in dotted.split(".") if part.isdecimal()]
    if numbers and numbers[0] == len(numbers) - 1:
        numbers = numbers[1:]
    if any(number > _BYTE for number in numbers):
        return None
    return text_of(bytes(numbers)) or None


def _number_of_kind(kind: Kind, value: Found) -> Fraction | None:
    number = number_in(value)
    if number is None:
        return None
    if kind == "dbm":
        return _decibels(number)
    if kind == "signed" and number >= _SIGN:
        return number - 2 * _SIGN
    return (number - _FREEZING_F) * Fraction(5, 9) if kind == "fahrenheit" else number


def _decibels(milliwatts: Fraction) -> Fraction | None:
    """No light is no number of decibels."""
    return Fraction(round(10 * log10(milliwatts), 3)) if milliwatts > 0 else None
