"""A catalogue turned into the result of `keten reliability`: plain values, fractions as text.

Source: DESIGN.md 7.3; CORE.md section 4.6.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from events.errors import ConfigError, Problem
from topology.catalogue.reading import nearest, quoted
from topology.gates import compile_gates
from topology.reliability.contract import Contracts
from topology.reliability.forecast import Forecasts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from fractions import Fraction

    from topology.model import Catalogue
    from topology.reliability.contract import Promise
    from topology.reliability.forecast import Forecast

__all__ = ["DIGITS", "MONTH_S", "reliability"]

DIGITS = 1_000
"""A fraction with more above or below its bar is not told. 250 parts of four decimals make one that long."""

MONTH_S = 30 * 86_400
"""Thirty days around the clock, the month in which expected down time is told."""


def reliability(
    catalogue: Catalogue, day: date, chain_ids: Iterable[str] | None = None
) -> dict[str, object]:
    """Turn a catalogue into the prediction of its chains.

    Args:
        catalogue: The checked catalogue.
        day: The local day whose OLAs and levels count.
        chain_ids: The chains; None = all.

    Returns:
        `{"chains": {id: {"availability", "percent", "spof", "birnbaum", "twin_gain", "best_twin", ..}}}`.

    Raises:
        ConfigError: There is no such chain; every such id is listed.
    """
    gates = compile_gates(catalogue)
    forecasts = Forecasts(catalogue, gates)
    contracts = Contracts(catalogue, gates, day)
    asked = list(catalogue.chains) if chain_ids is None else list(chain_ids)
    if strangers := [_stranger(id_, catalogue) for id_ in asked if id_ not in catalogue.chains]:
        raise ConfigError(strangers)
    return {"chains": {id_: _chain(forecasts.of(id_), contracts.bound(id_)) for id_ in asked}}


def _stranger(id_: str, catalogue: Catalogue) -> Problem:
    meant = nearest(id_, list(catalogue.chains))
    cure = f"did you mean {quoted(meant)}?" if meant else "correct the id"
    what = f"no chain {quoted(id_)} in this catalogue; {cure}"
    return Problem("", 0, 0, "error", "unknown-id", what)


def _chain(told: Forecast, promise: Promise | None) -> dict[str, object]:
    parts = told.importance
    return {
        "availability": _text(told.low) if told.exact else None,
        "percent": _percent(told.low),
        "exact": told.exact,
        "bounds": {"low": _percent(told.low), "high": _percent(told.high)},
        "down_seconds": _seconds(1 - told.low),
        "naive_percent": _percent(told.naive),
        "bound_down_seconds": None if told.sum_bound is None else _seconds(told.sum_bound),
        "spof": list(told.spof),
        "pairs": None if told.pairs is None else [[list(a), list(b)] for a, b in told.pairs],
        "birnbaum": {id_: _text(one.birnbaum) for id_, one in parts.items()},
        "twin_gain": {id_: _text(one.twin_gain) for id_, one in parts.items()},
        "raw": {id_: _decimal(one.worth_raw) for id_, one in parts.items()},
        "rrw": {id_: _decimal(one.worth_rrw) for id_, one in parts.items()},
        "best_twin": told.best_twin,
        "contract": None if promise is None else _contract(promise),
    }


def _contract(promise: Promise) -> dict[str, object]:
    year, month = promise.month
    return {
        "month": f"{year}-{month:02}",
        "service_seconds": promise.service,
        "down_seconds": -(-promise.down // 1),
        "percent": _percent(promise.share),
        "target_percent": _percent(promise.target),
        "kept": promise.is_kept,
        "allowances": {
            id_: {"seconds": str(one.seconds), "outside_seconds": one.outside}
            for id_, one in promise.allowances.items()
        },
    }


@lru_cache(maxsize=65_536)
def _text(ratio: Fraction | None) -> str | None:
    """The exact text. Kept, as chains that are built alike share their figures."""
    if ratio is None or max(abs(ratio.numerator), ratio.denominator) >= 10**DIGITS:
        return None
    return str(ratio)


def _percent(share: Fraction) -> str:
    return _cut(share * 100)


@lru_cache(maxsize=65_536)
def _decimal(ratio: Fraction | None) -> str | None:
    return None if ratio is None else _cut(ratio)


def _cut(number: Fraction) -> str:
    """Turn a number into text with six decimals, rounded down."""
    millionths = int(number * 1_000_000)
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06}"


def _seconds(share: Fraction) -> str:
    """Turn a share into seconds of thirty days with one decimal, rounded down."""
    tenths = int(share * MONTH_S * 10)
    return f"{tenths // 10}.{tenths % 10}"
