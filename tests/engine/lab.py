"""A small office network and a way to say in one line what was seen of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count

from events.contract import (
    Change,
    ChangeData,
    Correction,
    CorrectionData,
    Incident,
    Notification,
    Observation,
    ObservationData,
    RootCause,
    State,
    Tick,
)
from monitor.fold import Fold
from topology.compiled import Compiled
from topology.model import (
    Catalogue,
    Chain,
    Component,
    Group,
    Level,
    Link,
    Probe,
    SharedRisk,
    Site,
    Tier,
    Timing,
    VantagePoint,
)

NOON = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)
PROBE = Probe(way="snmp", interval_s=Fraction(60), timeout_s=Fraction(2), retries=2)
GAP_S, WAIT_S = 122, 66
LEVEL = Level(
    id="goud", target_ppm=Fraction(995000), calendar="altijd", minimum_coverage_ppm=Fraction(995000)
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _components(tiers: dict[str, Tier], unprobed: frozenset[str]) -> dict[str, Component]:
    return {
        id_: Component(
            id=id_,
            kind="switch",
            tier=tier,
            site="plek",
            supplier="lan-bv",
            probe=None if id_ in unprobed or tier is Tier.APPLICATION else PROBE,
        )
        for id_, tier in tiers.items()
    }


def catalogue(
    tiers: dict[str, Tier],
    links: dict[str, tuple[str, str]],
    *,
    root: str | None = None,
    groups: dict[str, tuple[str, ...]] | None = None,
    to: str = "app",
    risks: dict[str, tuple[str, ...]] | None = None,
    unprobed: frozenset[str] = frozenset(),
    timing: Timing | None = None,
    redundancy: int = 1,
    users: int = 100,
    urgency: int = 2,
) -> Catalogue:
    """A catalogue in one call; every group has a chain `c-<group>` to `to`."""
    served = groups or {}
    return Catalogue(
        version="v1",
        sites={"plek": Site(id="plek", name="Plek")},
        levels={"goud": replace(LEVEL, redundancy=redundancy)},
        components=_components({to: Tier.APPLICATION, **tiers}, unprobed),
        links={id_: Link(id=id_, ends=ends, supplier="lan-bv") for id_, ends in links.items()},
        shared_risks={
            id_: SharedRisk(id=id_, kind="power", members=members)
            for id_, members in (risks or {}).items()
        },
        groups={
            id_: Group(id=id_, users=users, members=m, site="plek") for id_, m in served.items()
        },
        chains={
            f"c-{id_}": Chain(
                id=f"c-{id_}",
                name=id_,
                source=id_,
                to=to,
                level="goud",
                urgency=urgency,
            )
            for id_ in served
        },
        vantage_points={}
        if root is None
        else {"p1": VantagePoint(id="p1", attached_to=root, via="l-poller")},
        timing=timing or Timing(),
    )


def office(**more: object) -> Catalogue:
    """Core with a dual-homed distribution pair, access switches, access points; the poller at the core.

    core - d1, d2; s1, s2 on both d's; s3 on d1 only; a1 on s1, a2 on s2, a3 on s3.
    """
    tiers = {
        "core": Tier.CORE,
        "d1": Tier.DISTRIBUTION,
        "d2": Tier.DISTRIBUTION,
        "s1": Tier.ACCESS,
        "s2": Tier.ACCESS,
        "s3": Tier.ACCESS,
        "a1": Tier.AP,
        "a2": Tier.AP,
        "a3": Tier.AP,
    }
    links = {
        "l-core-app": ("core", "app"),
        "l-d1": ("d1", "core"),
        "l-d2": ("d2", "core"),
        "l-s1-d1": ("s1", "d1"),
        "l-s1-d2": ("s1", "d2"),
        "l-s2-d1": ("s2", "d1"),
        "l-s2-d2": ("s2", "d2"),
        "l-s3": ("s3", "d1"),
        "l-a1": ("a1", "s1"),
        "l-a2": ("a2", "s2"),
        "l-a3": ("a3", "s3"),
    }
    groups = {"g1": ("a1",), "g2": ("a2",), "g3": ("a3",)}
    return catalogue(tiers, links, **{"root": "core", "groups": groups, **more})  # type: ignore[arg-type]


DEVICES = ("core", "d1", "d2", "s1", "s2", "s3", "a1", "a2", "a3")

_number = count()


def saw(
    subject: str, status: str, seconds: float, kind: str = "reach", **data: object
) -> Observation:
    return Observation(
        id=f"o-{next(_number):06}",
        source="probe/p1",
        subject=subject,
        time=at(seconds),
        recordedtime=at(seconds),
        data=ObservationData(kind=kind, status=status, **data),  # type: ignore[arg-type]
    )


def port(link: str, status: str, seconds: float, seen_from: str) -> Observation:
    return saw(link, status, seconds, "port", seen_from=seen_from)


def sweep(
    seconds: float, down: tuple[str, ...] = (), devices: tuple[str, ...] = DEVICES
) -> list[Observation]:
    """One poll of every device."""
    return [saw(d, "down" if d in down else "up", seconds) for d in devices]


def tick(seconds: float) -> Tick:
    return Tick(
        id=f"t-{next(_number):06}",
        source="engine",
        subject="clock",
        time=at(seconds),
        recordedtime=at(seconds),
    )


def change(
    id_: str, components: list[str], window: tuple[float, float], seconds: float, **data: object
) -> Change:
    start, end = at(window[0]), at(window[1])
    agreed = data.pop("agreed_at", at(seconds))
    return Change(
        id=f"ch-{next(_number):06}",
        source="operator/x",
        subject=id_,
        time=at(seconds),
        recordedtime=at(seconds),
        data=ChangeData(
            components=components,
            start=start,
            end=end,
            agreed_at=agreed,
            **data,
        ),  # type: ignore[arg-type]
    )


def correction(
    of: str, seconds: float, status: str | None = None, moved: float | None = None
) -> Correction:
    data = CorrectionData(supersedes=of, status=status, at=None if moved is None else at(moved))  # type: ignore[arg-type]
    return Correction(
        id=f"k-{next(_number):06}",
        source="operator/x",
        subject="x",
        time=at(seconds),
        recordedtime=at(seconds),
        data=data,
    )


class Lab:
    """A fold with everything it said."""

    def __init__(self, of: Catalogue) -> None:
        self.compiled = Compiled.of(of)
        self.fold = Fold(self.compiled)
        self.told: list[object] = []

    def feed(self, *events: object) -> Lab:
        for event in events:
            for one in event if isinstance(event, list) else [event]:
                self.told.extend(self.fold.step(one))
        return self

    def until(self, seconds: float) -> Lab:
        self.told.extend(self.fold.advance(at(seconds)))
        return self

    def state(self, id_: str) -> str:
        verdict = self.fold.verdict()
        return (verdict["components"].get(id_) or verdict["chains"][id_])["state"]

    def one(self, id_: str) -> dict[str, object]:
        verdict = self.fold.verdict()
        return verdict["components"].get(id_) or verdict["chains"][id_]

    @property
    def incidents(self) -> list[dict[str, object]]:
        return self.fold.verdict()["incidents"]

    @property
    def causes(self) -> list[str]:
        """Root causes that are open now."""
        now: dict[str, str] = {}
        for event in self.told:
            if isinstance(event, RootCause):
                now[event.subject] = event.data.status
        return sorted(id_ for id_, status in now.items() if status == "open")

    @property
    def faults(self) -> set[str]:
        """What stands as a fault: down by itself, or a power that fells its members one after the other."""
        components = self.fold.verdict()["components"]
        down = {id_: one["causes"] for id_, one in components.items() if one["state"] == "down"}
        felled_by = {cause for causes in down.values() for cause in causes}
        assert all(components[cause]["state"] == "degraded" for cause in felled_by)
        return {id_ for id_, causes in down.items() if not causes} | felled_by

    def last(self, kind: type, subject: str):
        return [e for e in self.told if isinstance(e, kind) and e.subject == subject][-1]

    @property
    def notices(self) -> list[str]:
        return [e.data.action for e in self.told if isinstance(e, Notification)]


__all__ = ["Incident", "State"]
