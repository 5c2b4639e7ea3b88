"""A report turned into lines for people: one a chain, then its suppliers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["lasting", "report_text"]

MINUTE, HOUR = 60, 3600

MOST = 3
"""Causes of unknown time that are told of a chain, the longest first; JSON has all."""

MET = {True: "met", False: "MISSED", None: "not established"}


def report_text(result: Mapping[str, Any]) -> str:
    """Turn a report into what a contract manager reads: agreed hours, availability, target, whose."""
    so_far = " (provisional: the month is not over)" if result["provisional"] else ""
    if result["revision"] is not None:
        so_far = f" (closed, revision {result['revision']})"
    lines = [f"Service levels {result['month']}{so_far}, {result['from']} to {result['to']}", ""]
    for id_, row in result["chains"].items():
        lines += _chain(id_, row)
        if worst := result.get("worst_months", {}).get(id_):
            lines.append(f"    worst closed month: {worst['month']}, {worst['availability']} %")
    weighted = result["user_weighted"]["availability"]
    if weighted is not None:
        lines += ["", f"All users together: {weighted} %"]
    return "\n".join([*lines, "", f"digest {result['digest']}"])


def _chain(id_: str, row: Mapping[str, Any]) -> Iterator[str]:
    if not row["agreed"]:
        yield f"{id_}: nothing to judge in this month"
        return
    figure = "no figure" if row["availability"] is None else f"{row['availability']} %"
    targets = ", then ".join(f"{part['target']} %" for part in row["parts"])
    said = [
        f"{id_}: {figure} of {lasting(row['agreed'])} agreed",
        f"target {targets} {MET[row['met']]}",
    ]
    if row["measured_since"]:
        said.append(f"measured since {row['measured_since']}")
    yield "; ".join([*said, *_worse(row)])
    if row["suppliers"]["shapley"]:
        yield f"    down: {_split(row['suppliers']['shapley'])}"
    yield from (f"    not measured: {_blind(one)}" for one in row.get("unknown_causes", ())[:MOST])
    rules = row.get("burn", {}).get("rules") or ()
    fast = [lasting(one["window"]) for one in rules if one["exceeded"]]
    if fast:
        yield f"    allowance spent too fast over the last {', '.join(fast)} of service"


def _worse(row: Mapping[str, Any]) -> Iterator[str]:
    bad = row["down"] + row["maintenance"]
    if bad:
        times = row["interruptions"]
        often = f" in {times} interruption{'' if times == 1 else 's'}" if times else ""
        yield f"down {lasting(bad)}{often}"
    if row["unknown"]:
        yield f"not measured {lasting(row['unknown'])}, coverage {row['coverage']} %"
    if row["excluded"]:
        yield f"agreed work {lasting(row['excluded'])}"


def _blind(one: Mapping[str, Any]) -> str:
    """`1 h 00 min, saas silent or lan unreachable`; what must fail together is joined by `and`."""
    ways = [" and ".join(f"{p['supplier']} {p['reason']}" for p in some) for some in one["any_of"]]
    return f"{lasting(one['seconds'])}, {' or '.join(ways)}"


def _split(shares: Mapping[str, str]) -> str:
    ranked = sorted(shares.items(), key=lambda one: (-Fraction(one[1]), one[0]))
    return ", ".join(f"{who} {lasting(int(Fraction(share)))}" for who, share in ranked)


def lasting(seconds: int) -> str:
    """Turn seconds into hours and minutes; the rest in seconds only where it is short."""
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {left:02} s" if minutes else f"{left} s"
