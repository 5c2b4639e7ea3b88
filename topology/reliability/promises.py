"""Promises to users that the promises of suppliers do not carry: findings for `keten check`.

Source: CORE.md section 4.6; DESIGN.md 7.3 (`check`: a target above what the OLAs allow).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.catalogue.lint import Finding
from topology.gates import compile_gates
from topology.reliability.contract import Contracts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from fractions import Fraction

    from topology.model import Catalogue, Chain
    from topology.reliability.contract import Promise

__all__ = ["unkept_promises"]


def unkept_promises(catalogue: Catalogue, day: date) -> Iterator[Finding]:
    """Turn a checked catalogue into a warning for each chain whose target its OLAs do not allow.

    Only what takes the chain down alone is counted, so that this never cries wolf: with the failures of
    twins, which `keten reliability` adds, the figure can be lower still.

    Args:
        catalogue: The checked catalogue.
        day: The local day whose OLAs and levels count.
    """
    if not any(supplier.olas for supplier in catalogue.suppliers.values()):
        return
    contracts = Contracts(catalogue, compile_gates(catalogue), day)
    short: set[tuple[str, str]] = set()
    for chain in catalogue.chains.values():
        if chain.until is not None and chain.until < day:
            continue
        promise = contracts.single(chain.id)
        if promise is None:
            continue
        if not promise.is_kept:
            yield _unkept(chain, promise)
        for supplier, allowance in promise.allowances.items():
            if allowance.outside and (supplier, chain.level) not in short:
                short.add((supplier, chain.level))
                yield _outside(chain, supplier, promise)


def _unkept(chain: Chain, promise: Promise) -> Finding:
    year, month = promise.month
    text = (
        f"level {chain.level} promises {_percent(promise.target)} %, but the OLAs of"
        f" {', '.join(promise.allowances)} allow at most {_percent(promise.share)} %:"
        f" {-(-promise.down // 1)} s down of {promise.service} s in {year}-{month:02}; agree better OLAs,"
        " add a twin, or lower the target"
    )
    return Finding("chain", chain.id, "level", "warning", "target-above-olas", text)


def _outside(chain: Chain, supplier: str, promise: Promise) -> Finding:
    year, month = promise.month
    seconds = promise.allowances[supplier].outside
    text = (
        f"the OLA of {supplier} promises nothing in {seconds} of the {promise.service} s that level"
        f" {chain.level} serves in {year}-{month:02}; agree on the same hours"
    )
    return Finding("chain", chain.id, "level", "note", "ola-hours-short", text)


def _percent(share: Fraction) -> str:
    """Turn a share into percent with three decimals, rounded down."""
    thousandths = int(share * 100_000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
