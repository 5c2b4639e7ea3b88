"""What was agreed when: the versions of a level or an OLA, and the days a chain is served, as spans.

A version holds from its `valid_from` until the next one begins; without `valid_from` it always has. Before
the first version there is no agreement, so nothing is measured against it.

Source: DESIGN.md 7.1; CORE.md 4.4.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from topology.calendar import day_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topology.model import Catalogue, Chain, Level, Ola, Supplier

__all__ = ["LevelTerm", "OlaTerm", "in_order", "level_at", "level_terms", "ola_terms", "served"]


class LevelTerm(NamedTuple):
    """A version of a level and the half-open span of epoch seconds in which it holds."""

    start: int
    end: int
    level: Level


class OlaTerm(NamedTuple):
    """An OLA and the half-open span of epoch seconds in which it holds."""

    start: int
    end: int
    ola: Ola


class _Dated(Protocol):
    @property
    def valid_from(self) -> date | None:
        """First day it holds."""
        ...


V = TypeVar("V", bound=_Dated)

_ALWAYS = -(10**12)
"""Before any day: when a version without `valid_from` began. Of several such, the last written holds."""


def in_order(versions: Iterable[V]) -> tuple[V, ...]:
    """Turn versions into the order in which they hold; of one day, the last written comes last."""
    return tuple(sorted(versions, key=lambda one: one.valid_from or date.min))


def level_terms(catalogue: Catalogue, level: str, start: int, end: int) -> list[LevelTerm]:
    """Turn a span into the versions of a level that hold in it, in order.

    Args:
        catalogue: Whose levels.
        level: Its id.
        start: Epoch second.
        end: The first that is no longer in the span.

    Returns:
        Terms clipped to the span. They join; when nothing was agreed yet the first begins later than `start`,
        or there is none.
    """
    versions = catalogue.level_versions.get(level) or (catalogue.levels[level],)
    return [LevelTerm(*term) for term in _terms(versions, catalogue.timezone, start, end)]


def level_at(catalogue: Catalogue, level: str, at: int) -> Level | None:
    """Turn a moment into the version of a level that holds; None = nothing was agreed yet."""
    terms = level_terms(catalogue, level, at, at + 1)
    return terms[0].level if terms else None


def ola_terms(supplier: Supplier, timezone: str, start: int, end: int) -> list[OlaTerm]:
    """Turn a span into the OLAs of a supplier that hold in it, as `level_terms` does."""
    versions = in_order(supplier.olas)
    return [OlaTerm(*term) for term in _terms(versions, timezone, start, end)]


def served(chain: Chain, timezone: str, start: int, end: int) -> tuple[int, int] | None:
    """Turn a span into the part of it in which a chain is served; None = no second of it.

    A chain is served from the start of `from_date` up to and including the day `until`.
    """
    if chain.from_date is not None:
        start = max(start, day_start(chain.from_date, timezone))
    if chain.until is not None and chain.until < date.max:
        end = min(end, day_start(chain.until + timedelta(days=1), timezone))
    return (start, end) if start < end else None


def _terms(versions: Sequence[V], timezone: str, start: int, end: int) -> list[tuple[int, int, V]]:
    begins = [_begin(one, timezone) for one in versions]
    closes = [*begins[1:], end]
    out = []
    for version, begin, close in zip(versions, begins, closes, strict=True):
        since, until = max(start, begin), min(end, close)
        if since < until:
            out.append((since, until, version))
    return out


def _begin(version: _Dated, timezone: str) -> int:
    return _ALWAYS if version.valid_from is None else day_start(version.valid_from, timezone)
