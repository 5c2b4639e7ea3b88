"""A mapping of plain values turned into a Catalogue, or every problem at once.

The mapping comes from YAML files through `monitor.catalogue_files`, or from a test. What each key may be
is said in `topology.catalogue.schema`; here the checked values become the nouns of `topology.model`.

Source: DESIGN.md 7.1.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from events.errors import ConfigError
from topology.agreement import in_order
from topology.catalogue.reading import Nowhere, Reading, capped
from topology.catalogue.rules import lines
from topology.catalogue.schema import CATALOGUE, SECTIONS, WEEKDAYS
from topology.catalogue.structure import structure
from topology.model import (
    KIND_TIERS,
    Calendar,
    Catalogue,
    Chain,
    ChainTemplate,
    Component,
    Flap,
    Group,
    Holidays,
    Hours,
    Kpi,
    Level,
    Link,
    Need,
    Ola,
    Organisation,
    PortfolioService,
    Price,
    Probe,
    Reaction,
    SharedRisk,
    Site,
    Supplier,
    Tier,
    Timing,
    VantagePoint,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from topology.catalogue.reading import Places

__all__ = ["build", "canonical", "compose", "fingerprint"]

DEFAULT_COVERAGE_PPM = Fraction(995_000)
"""99.5 %: what the reference contract asks before a figure is established."""


def build(tree: Mapping[str, object], places: Places | None = None) -> Catalogue:
    """Turn plain values into a checked Catalogue.

    Args:
        tree: Mappings, lists, text, booleans and null; numbers as text.
        places: Where each value stands; without it problems name the path.

    Raises:
        ConfigError: Every problem, sorted by place, at most 50 and a count of the rest.
    """
    reading = Reading(places or Nowhere())
    catalogue = compose(tree, reading)
    if catalogue is None:
        raise ConfigError(capped(reading.problems))
    return catalogue


def compose(tree: Mapping[str, object], into: Reading) -> Catalogue | None:
    """Turn plain values into a Catalogue, or None with the errors noted."""
    service = tree.get("service")
    rest = {name: value for name, value in tree.items() if name != "service"}
    read: Any = CATALOGUE.read(rest, (), into)
    into.resolve()
    structure(read, into)
    if into.failed:
        return None
    versions = _versions(read.get("levels", ()))
    return Catalogue(
        version=fingerprint(rest),
        level_versions=versions,
        levels={id_: of[-1] for id_, of in versions.items()},
        timezone=read.get("timezone", "Europe/Amsterdam"),
        timing=_timing(read.get("timing", {})),
        priority_scope=read.get("priority", {}).get("scope", "region"),
        service=service if isinstance(service, dict) else {},
        problems=tuple(sorted(into.problems)),
        **{
            section: {entry["id"]: make(entry) for entry in read.get(section, ())}
            for section, make in _MAKERS.items()
            if section != "levels"
        },
    )


def fingerprint(tree: Mapping[str, object]) -> str:
    """Turn plain values into the SHA-256 of their canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(canonical(tree)).hexdigest()


def canonical(tree: Mapping[str, object]) -> bytes:
    """Turn plain values into their canonical JSON; `build` of it gives the catalogue again."""
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _plain(kind: Callable[..., Any], *keys: str) -> Callable[[Mapping[str, Any]], Any]:
    """Make a maker for a noun whose fields are the keys themselves and whose name may be absent."""

    def make(read: Mapping[str, Any]) -> Any:
        fields = {key: read[key] for key in keys if key in read}
        return kind(id=read["id"], name=read.get("name", read["id"]), **fields)

    return make


def _supplier(read: Mapping[str, Any]) -> Supplier:
    return Supplier(
        id=read["id"],
        name=read.get("name", read["id"]),
        parent=read.get("parent"),
        contact=read.get("contact", {}),
        accountable=read.get("accountable"),
        importance=read.get("importance"),
        olas=tuple(_ola(ola) for ola in read.get("olas", ())),
    )


def _ola(read: Mapping[str, Any]) -> Ola:
    return Ola(
        target_ppm=read.get("target"),
        calendar=read.get("calendar"),
        react_s=read.get("react"),
        solve_s=read.get("solve"),
        valid_from=read.get("valid_from"),
    )


def _calendar(read: Mapping[str, Any]) -> Calendar:
    holidays = read.get("holidays", "none")
    return Calendar(
        id=read["id"],
        always=read.get("always", False),
        hours=tuple(
            Hours(
                days=frozenset(WEEKDAYS.index(day) for day in hours["days"]),
                start=hours["from"],
                end=hours["to"],
            )
            for hours in read.get("hours", ())
        ),
        holidays=None
        if holidays == "none"
        else Holidays(
            country=holidays["country"],
            good_friday=holidays["good_friday"] == "closed",
            liberation_day=holidays["liberation_day"] == "closed",
        ),
        closed=frozenset(read.get("closed", ())),
    )


def _versions(read: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Level, ...]]:
    found: dict[str, list[Level]] = {}
    for entry in read:
        found.setdefault(entry["id"], []).append(_level(entry))
    return {id_: in_order(versions) for id_, versions in found.items()}


def _level(read: Mapping[str, Any]) -> Level:
    return Level(
        id=read["id"],
        target_ppm=read["target"],
        calendar=read["calendar"],
        unknown=read.get("unknown", "neutral"),
        attribution=read.get("attribution", "shapley"),
        minimum_coverage_ppm=read.get("minimum_coverage", DEFAULT_COVERAGE_PPM),
        merge_gap_s=read.get("merge_gap", 60),
        redundancy=read.get("redundancy", 1),
        priority_times={
            priority: Reaction(react_s=times["react"], solve_s=times["solve"])
            for priority, times in read.get("priority_times", {}).items()
        },
        valid_from=read.get("valid_from"),
        kpis=tuple(_kpi(kpi) for kpi in read.get("kpis", ())),
        minimum_ppm=read.get("minimum"),
        rto_s=read.get("rto"),
        rpo_s=read.get("rpo"),
    )


def _kpi(read: Mapping[str, Any] | str) -> Kpi:
    if isinstance(read, str):
        return Kpi(id=read, name=read)
    return Kpi(
        id=read["id"],
        name=read.get("name", read["id"]),
        target=read.get("target"),
        unit=read.get("unit"),
    )


def _component(read: Mapping[str, Any]) -> Component:
    tier = read.get("tier")
    optional = ("site", "supplier", "name", "model", "address", "availability")
    more = ("domain", "budget_holder", "asset", "runbook", "life")
    return Component(
        id=read["id"],
        kind=read["kind"],
        tier=Tier[tier.upper()] if tier is not None else KIND_TIERS[read["kind"]],
        probe=_probe(read),
        uplinks_min=read.get("uplinks", {}).get("min", 1),
        needs=tuple(_need(need) for need in read.get("needs", ())),
        **{key: read[key] for key in (*optional, *more) if key in read},
    )


def _probe(read: Mapping[str, Any]) -> Probe | None:
    if "probe" not in read:
        return None
    snmp = read["probe"]["snmp"]
    return Probe(
        way="snmp",
        credentials=snmp.get("credentials"),
        interval_s=snmp.get("interval", Fraction(60)),
        timeout_s=snmp.get("timeout", Fraction(2)),
        retries=snmp.get("retries", 2),
    )


def _need(read: Mapping[str, Any] | str) -> Need:
    if isinstance(read, str):
        return Need(at_least=1, of=(read,))
    if "any" in read:
        return Need(at_least=1, of=read["any"])
    return Need(at_least=read["at_least"], of=read["of"])


def _link(read: Mapping[str, Any]) -> Link:
    first, second = ((end,) if isinstance(end, str) else end for end in read.get("ports", ((), ())))
    return Link(
        id=read["id"],
        ends=read["between"],
        ports=(first, second),
        members=lines(read),
        min_links=read.get("min_links", 1),
        **{k: read[k] for k in ("supplier", "name", "availability", "asset") if k in read},
    )


def _shared_risk(read: Mapping[str, Any]) -> SharedRisk:
    optional = ("supplier", "name", "availability", "address")
    return SharedRisk(
        id=read["id"],
        kind=read["kind"],
        members=read["members"],
        probe=_probe(read),
        **{key: read[key] for key in optional if key in read},
    )


def _group(read: Mapping[str, Any]) -> Group:
    least = read.get("min", 1)
    return Group(
        id=read["id"],
        users=read["users"],
        members=read["members"],
        site=read.get("site"),
        name=read.get("name"),
        min=least,
        full=read.get("full", least),
    )


def _chain(read: Mapping[str, Any]) -> Chain:
    return Chain(
        id=read["id"],
        name=read.get("name", read["id"]),
        source=read["from"],
        to=read["to"],
        level=read["level"],
        urgency=read.get("urgency", 2),
        exempt=frozenset(read.get("exempt", ())),
        processes=read.get("processes", ()),
        from_date=read.get("from_date"),
        until=read.get("until"),
        template=read.get("template"),
    )


def _vantage_point(read: Mapping[str, Any]) -> VantagePoint:
    return VantagePoint(id=read["id"], attached_to=read["attached_to"], via=read["via"])


def _timing(read: Mapping[str, Any]) -> Timing:
    waits = ("confirm", "confirm_corroborated", "clear", "reopen")
    flap = read.get("flap", {})
    told = {"count": flap.get("count"), "window_s": flap.get("window")}
    return Timing(
        flap=Flap(**{key: value for key, value in told.items() if value is not None}),
        **{f"{wait}_s": read[wait] for wait in waits if wait in read},
    )


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "organisations": _plain(Organisation),
    "suppliers": _supplier,
    "sites": _plain(Site, "organisation"),
    "calendars": _calendar,
    "levels": _level,
    "components": _component,
    "links": _link,
    "shared_risks": _shared_risk,
    "groups": _group,
    "chains": _chain,
    "vantage_points": _vantage_point,
    "services": _plain(PortfolioService, "description", "owner", "level", "processes"),
    "chain_templates": _plain(ChainTemplate, "description", "service", "level"),
    "prices": _plain(Price, "service", "amount", "unit", "valid_from"),
}
if _MAKERS.keys() != SECTIONS.keys():
    raise AssertionError("every section of the schema needs a maker, and the reverse")
