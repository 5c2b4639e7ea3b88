"""The single values of a catalogue: numbers, percentages, durations, times of day, days, choices."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction
from typing import TYPE_CHECKING

from topology.catalogue.shape import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.catalogue.reading import Path, Reading

__all__ = [
    "ADDRESS",
    "CLOCK",
    "DAY",
    "FLAG",
    "PERCENT",
    "PROBABILITY",
    "SECONDS",
    "TEXT",
    "WHOLE_SECONDS",
    "choice",
    "whole",
]

_UNITS = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}
_DURATION = r"\d{1,9}(\.\d{1,6})?(ms|s|m|h|d)"
_DECIMAL = r"(\d{1,9}(\.\d{0,12})?|\.\d{1,12})"
_PERCENT_PPM = 10_000  # parts per million in one percent
_NUMBER: Mapping[str, object] = {"type": ["number", "string"], "pattern": f"^{_DECIMAL}$"}


def _seconds(text: str) -> Fraction:
    unit = text.lstrip("0123456789.")
    return Fraction(text[: -len(unit)]) * _UNITS[unit]


def _whole_seconds(text: str) -> int:
    value = _seconds(text)
    if value.denominator != 1:
        raise ValueError("whole seconds are wanted here")
    return int(value)


def _positive_seconds(text: str) -> Fraction:
    value = _seconds(text)
    if not value:
        raise ValueError("more than nothing is wanted here")
    return value


def _percent(text: str) -> Fraction:
    value = Fraction(text)
    if not 0 <= value <= 100:  # noqa: PLR2004  # percent
        raise ValueError("a percentage lies between 0 and 100")
    return value * _PERCENT_PPM


def _probability(text: str) -> Fraction:
    value = Fraction(text)
    if not 0 <= value <= 1:
        raise ValueError("an availability lies between 0 and 1, such as 0.998")
    return value


def _clock(text: str) -> time | None:
    if text == "24:00":
        return None
    try:
        return time(int(text[:2]), int(text[3:]))
    except ValueError:
        raise ValueError("no such time of day; 00:00 to 24:00") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("no such day in the calendar") from None


TEXT = Scalar("text", r".*\S.*", str, {"type": "string", "pattern": r"\S"})
ADDRESS = Scalar(
    "an address such as 192.0.2.7 or 192.0.2.7:161",
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?",
    str,
)
SECONDS = Scalar(
    "a duration such as 60s, 500ms, 30m, 4h or 2d",
    _DURATION,
    _positive_seconds,
    {"type": "string", "pattern": f"^{_DURATION}$"},
)
WHOLE_SECONDS = Scalar(
    "a duration such as 60s, 30m, 4h or 2d",
    _DURATION,
    _whole_seconds,
    {"type": "string", "pattern": f"^{_DURATION}$"},
)
PERCENT = Scalar("a percentage such as 99.5", _DECIMAL, _percent, _NUMBER)
PROBABILITY = Scalar("a share between 0 and 1, such as 0.998", _DECIMAL, _probability, _NUMBER)
CLOCK = Scalar(
    'a time of day such as "08:00"',
    r"\d\d:\d\d",
    _clock,
    {"type": "string", "pattern": r"^\d\d:\d\d$"},
)
DAY = Scalar(
    "a day such as 2026-05-15",
    r"\d{4}-\d\d-\d\d",
    _day,
    {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
)


def whole(low: int, high: int) -> Scalar:
    """Make the shape of a whole number between two bounds, both allowed."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(f"{low} to {high} is allowed here")
        return value

    described = {
        "type": ["integer", "string"],
        "minimum": low,
        "maximum": high,
        "pattern": r"^\d{1,12}$",
    }
    return Scalar(f"a whole number, {low} to {high}", r"\d{1,12}", parse, described)


def choice(*words: str) -> Scalar:
    """Make the shape of one of a few words."""
    listed = " | ".join(words)

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"choose {listed}")
        return text

    return Scalar(f"one of {listed}", r".*", parse, {"type": "string", "enum": list(words)})


class _Flag:
    """True or false."""

    word = "true or false"

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn a boolean into itself."""
        return value if isinstance(value, bool) else into.wrong_type(path, self.word, value)

    def schema(self) -> dict[str, object]:
        """Describe a boolean."""
        return {"type": "boolean"}


FLAG = _Flag()
