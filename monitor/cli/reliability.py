"""The verb of the family `reliability`: what is to be expected of chains, from the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, Verb, emit

if TYPE_CHECKING:
    import argparse
    from datetime import date

__all__ = ["VERBS"]

_NAMED = 6  # items named on one line of text; the rest is counted


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "--chain", metavar="ID", action="append", help="only this chain; repeatable"
    )
    parser.add_argument(
        "--day", metavar="DATE", help="the OLAs and levels of this local day; default: today"
    )


def _reliability(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import load
    from topology.reliability import reliability

    catalogue = load(args.directory)
    day = _today(catalogue.timezone) if args.day is None else _day(args.day)
    result: Any = reliability(catalogue, day, args.chain)
    emit(args, result, "\n".join(_blocks(result["chains"])) or "no chains in this catalogue")
    return OK


def _day(text: str) -> date:
    from datetime import date

    from events.errors import ConfigError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--day {text}: write a day as 2026-11-24") from None


def _today(timezone: str) -> date:
    from zoneinfo import ZoneInfo

    from events.clock import SystemClock

    return SystemClock().now().astimezone(ZoneInfo(timezone)).date()


def _blocks(chains: dict[str, Any]) -> list[str]:
    return [line for id_, row in chains.items() for line in (id_, *_lines(row))]


def _lines(row: dict[str, Any]) -> list[str]:
    """What is expected of one chain, in words."""
    low, high = row["bounds"]["low"], row["bounds"]["high"]
    figure = f"{low} %" if row["exact"] else f"{low} to {high} % (too large for one figure)"
    lines = [
        f"  predicted      {figure}, {row['down_seconds']} s down in 30 days",
        f"  naive product  {row['naive_percent']} %",
        f"  single points  {_some(row['spof'])}",
    ]
    if row["pairs"]:
        lines.append(f"  pairs          {_some([_pair(*pair) for pair in row['pairs']])}")
    if row["best_twin"] is not None:
        gain = row["twin_gain"][row["best_twin"]]
        points = "" if gain is None else f", gains {_points(gain)} percent points"
        lines.append(f"  best twin      {row['best_twin']}{points}")
    if row["bound_down_seconds"] is not None:
        lines.append(
            f"  at worst       {row['bound_down_seconds']} s in 30 days, if nothing is independent"
        )
    if row["contract"] is not None:
        lines.append(f"  OLAs promise   {_contract(row['contract'])}")
    return lines


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more if names else "none"


def _pair(first: list[str], second: list[str]) -> str:
    return f"{'|'.join(first)} with {'|'.join(second)}"


def _points(gain: str) -> str:
    """Turn an exact gain into percent points with six decimals, rounded down."""
    from fractions import Fraction

    millionths = int(Fraction(gain) * 100_000_000)
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06}"


def _contract(told: dict[str, Any]) -> str:
    verdict = "enough" if told["kept"] else "not enough"
    return (
        f"{told['percent']} % in {told['month']} ({told['down_seconds']} of {told['service_seconds']} s"
        f" down): {verdict} for the target of {told['target_percent']} %"
    )


VERBS: tuple[Verb, ...] = (
    Verb(
        name="reliability",
        summary="Predicted availability of chains, single points of failure, what a twin buys.",
        examples=(
            "keten reliability region/",
            "keten reliability region/ --chain zaak-ptd --day 2026-11-24",
            "keten reliability region/ --json | jq '.chains[].best_twin'",
        ),
        arguments=_arguments,
        run=_reliability,
    ),
)
