"""A report turned into lines for people: one a chain, then whose its downtime is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from monitor.language import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.cli.tongue import Tongue

    Told = Mapping[str, Any]

__all__ = ["lasting", "report_text"]

MINUTE, HOUR = 60, 3600

MOST = 3
"""Causes of unknown time that are told of a chain, the longest first; JSON has all."""

MET = {True: N_("gehaald"), False: N_("NIET GEHAALD"), None: N_("niet vast te stellen")}

UNSEEN = {
    "never-seen": N_("nooit gezien"),
    "silent": N_("zweeg"),
    "vantage-blind": N_("meetpunt zag niets"),
    "unreachable": N_("niet te meten"),
    "told": N_("zo gemeld"),
}
"""Why a part was unknown, as `topology.accounts.blindness` says it."""


def report_text(result: Told, tongue: Tongue) -> str:
    """Turn a report into what a contract manager reads: agreed hours, availability, target, whose."""
    so_far = (
        tongue.say(N_(" (voorlopig: de maand is niet voorbij)")) if result["provisional"] else ""
    )
    if result["revision"] is not None:
        so_far = tongue.say(N_(" (gesloten, revisie {number})"), number=result["revision"])
    head = tongue.say(
        N_("Dienstverlening {month}{so_far}, van {begin} tot {end}"),
        month=result["month"],
        so_far=so_far,
        begin=tongue.when(result["from"]),
        end=tongue.when(result["to"]),
    )
    lines = [head, ""]
    for id_, row in result["chains"].items():
        lines += _chain(id_, row, tongue)
        if worst := result.get("worst_months", {}).get(id_):
            lines.append(
                tongue.say(N_("    slechtste gesloten maand: {month}, {availability} %"), **worst)
            )
    weighted = result["user_weighted"]["availability"]
    if weighted is not None:
        lines += ["", tongue.say(N_("Alle gebruikers samen: {share} %"), share=weighted)]
    return "\n".join([*lines, "", f"digest {result['digest']}"])


def _chain(id_: str, row: Told, tongue: Tongue) -> Iterator[str]:
    if not row["agreed"]:
        yield tongue.say(N_("{id}: in deze maand niets te beoordelen"), id=id_)
        return
    yield "; ".join([*_figure(id_, row, tongue), *_worse(row, tongue)])
    if row["suppliers"]["shapley"]:
        split = _split(row["suppliers"]["shapley"], tongue)
        yield tongue.say(N_("    uit: {split}"), split=split)
    for one in row.get("unknown_causes", ())[:MOST]:
        yield tongue.say(N_("    niet gemeten: {causes}"), causes=_blind(one, tongue))
    rules = row.get("burn", {}).get("rules") or ()
    fast = [lasting(one["window"], tongue) for one in rules if one["exceeded"]]
    if fast:
        text = N_("    toegestane uitval ging te snel op in de laatste {spans} diensttijd")
        yield tongue.say(text, spans=", ".join(fast))


def _figure(id_: str, row: Told, tongue: Tongue) -> Iterator[str]:
    agreed = lasting(row["agreed"], tongue)
    if row["availability"] is None:
        yield tongue.say(N_("{id}: geen cijfer over {agreed} afgesproken"), id=id_, agreed=agreed)
    else:
        text = N_("{id}: {share} % van {agreed} afgesproken")
        yield tongue.say(text, id=id_, share=row["availability"], agreed=agreed)
    targets = tongue.say(N_(", daarna ")).join(f"{part['target']} %" for part in row["parts"])
    met = tongue.say(MET[row["met"]])
    yield tongue.say(N_("norm {targets} {met}"), targets=targets, met=met)
    if row["measured_since"]:
        yield tongue.say(N_("gemeten sinds {at}"), at=tongue.when(row["measured_since"]))


def _worse(row: Told, tongue: Tongue) -> Iterator[str]:
    bad = row["down"] + row["maintenance"]
    if bad:
        times = row["interruptions"]
        often = tongue.words.ngettext(
            " in {count} onderbreking", " in {count} onderbrekingen", times
        )
        yield tongue.say(
            N_("uit {span}{often}"), span=lasting(bad, tongue), often=often if times else ""
        )
    if row["unknown"]:
        text = N_("niet gemeten {span}, dekking {coverage} %")
        yield tongue.say(text, span=lasting(row["unknown"], tongue), coverage=row["coverage"])
    if row["excluded"]:
        yield tongue.say(N_("afgesproken werk {span}"), span=lasting(row["excluded"], tongue))


def _blind(one: Told, tongue: Tongue) -> str:
    """`1 h 00 min: saas silent, or lan unreachable`; what must fail together is joined by `and`."""
    ways = [
        tongue.say(N_(" en ")).join(
            f"{part['supplier']} {tongue.say(UNSEEN.get(part['reason'], part['reason']))}"
            for part in some
        )
        for some in one["any_of"]
    ]
    return f"{lasting(one['seconds'], tongue)}: {tongue.say(N_(', of ')).join(ways)}"


def _split(shares: Mapping[str, str], tongue: Tongue) -> str:
    ranked = sorted(shares.items(), key=lambda one: (-Fraction(one[1]), one[0]))
    return ", ".join(f"{who} {lasting(int(Fraction(share)), tongue)}" for who, share in ranked)


def lasting(seconds: int, tongue: Tongue) -> str:
    """Turn seconds into hours and minutes; the rest in seconds only where it is short."""
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    if hours:
        return tongue.say(N_("{hours} u {minutes} min"), hours=hours, minutes=f"{minutes:02}")
    return f"{minutes} min {left:02} s" if minutes else f"{left} s"
