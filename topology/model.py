"""The nouns of a catalogue, as plain immutable values (DESIGN.md 3 and 7.1).

Everything here has been checked already: `topology.catalogue` makes it from plain mappings and refuses
what does not fit. Numbers that came as text are exact here: integers, or fractions of integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, time
    from fractions import Fraction

    from events.errors import Problem

__all__ = [
    "KIND_TIERS",
    "Calendar",
    "Catalogue",
    "Chain",
    "ChainTemplate",
    "Component",
    "Flap",
    "Group",
    "Holidays",
    "Hours",
    "Kpi",
    "Level",
    "Link",
    "Need",
    "Ola",
    "Organisation",
    "PortfolioService",
    "Price",
    "Probe",
    "Reaction",
    "SharedRisk",
    "Site",
    "Supplier",
    "Tier",
    "Timing",
    "VantagePoint",
]


class Tier(IntEnum):
    """How far a component stands from the user; service is carried upward, never down."""

    USER = 0
    AP = 1
    ACCESS = 2
    DISTRIBUTION = 3
    CORE = 4
    WAN = 5
    DATACENTRE = 6
    APPLICATION = 7

    @property
    def label(self) -> str:
        """The word used in catalogues: `access`."""
        return self.name.lower()


KIND_TIERS: dict[str, Tier] = {
    "ap": Tier.AP,
    "switch": Tier.ACCESS,
    "ups": Tier.ACCESS,
    "pdu": Tier.ACCESS,
    "power": Tier.ACCESS,
    "duct": Tier.ACCESS,
    "controller": Tier.CORE,
    "firewall": Tier.CORE,
    "router": Tier.WAN,
    "wan": Tier.WAN,
    "server": Tier.DATACENTRE,
    "service": Tier.APPLICATION,
}
"""The tier of a kind where the catalogue names none; other kinds must name theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A municipality or another party that uses chains."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ola:
    """What was agreed with a supplier for its own part.

    Args:
        target_ppm: Agreed availability in parts per million, exact.
        react_s: Time to react, in service seconds.
        solve_s: Time to repair, in service seconds.
        valid_from: First day it holds.
    """

    target_ppm: Fraction | None = None
    calendar: str | None = None
    react_s: int | None = None
    solve_s: int | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """Something else the contract measures; without a source it is reported as not measured."""

    id: str
    name: str
    target: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who must repair; `parent` is whose sub-supplier it is. `contact` maps means to address."""

    id: str
    name: str
    parent: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)
    accountable: str | None = None
    importance: str | None = None
    olas: tuple[Ola, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place with users or equipment."""

    id: str
    name: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Service hours of some weekdays, local wall time, half-open; `end` None = 24:00.

    Args:
        days: 0 = Monday to 6 = Sunday.
    """

    days: frozenset[int]
    start: time
    end: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """Which Dutch holidays close a calendar (CORE.md 4.1); the two contract switches are explicit."""

    country: str
    good_friday: bool
    """True = closed on Good Friday."""
    liberation_day: bool
    """True = closed on 5 May."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Agreed service time. `always` ignores the rest."""

    id: str
    always: bool = False
    hours: tuple[Hours, ...] = ()
    holidays: Holidays | None = None
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """Agreed times of one priority, in service seconds."""

    react_s: int
    solve_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A service level.

    Args:
        target_ppm: Agreed availability in parts per million of agreed service time, exact.
        minimum_coverage_ppm: Below this share of measured time no figure is established.
        redundancy: Failures (plus one) that the chain must survive; 2 = losing redundancy degrades.
        valid_from: First day that this version of the level holds; None = it always has.
    """

    id: str
    target_ppm: Fraction
    calendar: str
    unknown: str = "neutral"
    attribution: str = "shapley"
    minimum_coverage_ppm: Fraction
    merge_gap_s: int = 60
    redundancy: int = 1
    priority_times: Mapping[str, Reaction] = field(default_factory=dict)
    valid_from: date | None = None
    kpis: tuple[Kpi, ...] = ()
    minimum_ppm: Fraction | None = None
    rto_s: int | None = None
    rpo_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One entry of `needs`: at least so many of these must work. A plain id is 1 of itself."""

    at_least: int
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How a component is looked at.

    Args:
        way: `snmp` or another way of looking.
        credentials: Id of the credentials under `service:`.
        interval_s: Seconds between cycles.
        timeout_s: Seconds per try.
        retries: Tries after the first.
    """

    way: str
    credentials: str | None = None
    interval_s: Fraction
    timeout_s: Fraction
    retries: int

    @property
    def gap_s(self) -> Fraction:
        """Silence that makes the state unknown: two polls and a time-out (CORE.md 1.2)."""
        return 2 * self.interval_s + self.timeout_s

    @property
    def verdict_s(self) -> Fraction:
        """Longest wait for a verdict on a failure: interval + timeout x (retries + 1) (CORE.md 3.3)."""
        return self.interval_s + self.timeout_s * (self.retries + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A device, WAN line, power feed, service: anything with a tier that can fail."""

    id: str
    kind: str
    tier: Tier
    site: str | None = None
    supplier: str | None = None
    name: str | None = None
    model: str | None = None
    domain: str = "default"
    address: str | None = None
    probe: Probe | None = None
    uplinks_min: int = 1
    needs: tuple[Need, ...] = ()
    availability: Fraction | None = None
    budget_holder: str | None = None
    asset: str | None = None
    runbook: str | None = None
    life: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A component that joins two components.

    Args:
        ends: The two components, as written.
        ports: Per end the port names (several = members of a link aggregation); empty = not told.
        members: Member lines; `min_links` of them carry the link.
    """

    id: str
    ends: tuple[str, str]
    ports: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    supplier: str | None = None
    name: str | None = None
    members: int = 1
    min_links: int = 1
    availability: Fraction | None = None
    asset: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRisk:
    """A component whose failure takes its members with it."""

    id: str
    kind: str
    members: tuple[str, ...]
    supplier: str | None = None
    name: str | None = None
    availability: Fraction | None = None
    probe: Probe | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Users at a place, served by members: works with `min` of them, whole with `full`."""

    id: str
    users: int
    members: tuple[str, ...]
    site: str | None = None
    name: str | None = None
    min: int = 1
    full: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """From a group to a service, end to end.

    Args:
        source: The group (`from` in the catalogue).
        to: The component where it ends.
        urgency: 1 (most urgent) to 3.
        exempt: Declared single by design: not counted for redundancy.
    """

    id: str
    name: str
    source: str
    to: str
    level: str
    urgency: int = 2
    exempt: frozenset[str] = frozenset()
    processes: tuple[str, ...] = ()
    from_date: date | None = None
    until: date | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioService:
    """A service of the portfolio: what users are offered."""

    id: str
    name: str
    description: str | None = None
    owner: str | None = None
    level: str | None = None
    processes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTemplate:
    """What chains of one kind have in common."""

    id: str
    name: str
    description: str | None = None
    service: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A line of the price list; `amount` is the text of the contract."""

    id: str
    name: str
    service: str | None = None
    amount: str | None = None
    unit: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VantagePoint:
    """Where a poller stands: on which component, through which link of its own."""

    id: str
    attached_to: str
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flap:
    """So many raw transitions in so long are flapping."""

    count: int = 5
    window_s: int = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Waits of alerting, in seconds (DESIGN.md 7.1); no state waits for them."""

    confirm_s: int = 60
    confirm_corroborated_s: int = 0
    clear_s: int = 120
    reopen_s: int = 900
    flap: Flap = field(default_factory=Flap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A whole checked catalogue. Mappings keep the order of the files: it is the order on the board.

    Args:
        version: SHA-256 of its canonical form: each verdict names it.
        levels: Each level in the version that begins last: what judges states, which have no past.
        level_versions: Every version of each level in the order of their `valid_from`; who judges a moment
            or a span asks `topology.agreement`. A level that is not in it has the one version of `levels`.
        service: The section `service:` as plain values; `monitor.settings` reads it.
        problems: Warnings and notes that do not refuse it.
    """

    version: str
    timezone: str = "Europe/Amsterdam"
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    level_versions: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)
    components: Mapping[str, Component] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    shared_risks: Mapping[str, SharedRisk] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    chains: Mapping[str, Chain] = field(default_factory=dict)
    vantage_points: Mapping[str, VantagePoint] = field(default_factory=dict)
    services: Mapping[str, PortfolioService] = field(default_factory=dict)
    chain_templates: Mapping[str, ChainTemplate] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    timing: Timing = field(default_factory=Timing)
    priority_scope: str = "region"
    service: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
