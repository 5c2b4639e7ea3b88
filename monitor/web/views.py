"""The picture turned into what the pages say, in no language yet: names, places, owners, order."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from typing import TYPE_CHECKING

from msgspec.structs import replace

from monitor.projector import UNMEASURED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from events.contract import IncidentData, NextTest, RootCauseData
    from monitor.projector import Projector
    from topology.hops import Hop
    from topology.model import Catalogue

__all__ = [
    "SHAPES",
    "CauseView",
    "ChainView",
    "FlapView",
    "HopView",
    "IncidentView",
    "PartView",
    "Views",
    "part_name",
]

SHAPES = {
    "up": "up",
    "degraded": "degraded",
    "down": "down",
    "unknown": "unknown",
    "unreachable": "unknown",
    "maintenance": "maintenance",
    "maint": "maintenance",
    UNMEASURED: "unmeasured",
}
"""State to the shape and colour in which it is shown: five, and a dotted one where nobody measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A component, link or shared risk."""

    id: str
    name: str
    site: str
    supplier: str
    state: str
    since: datetime | None
    reason: str
    is_cause: bool

    @property
    def shape(self) -> str:
        """In which shape it is shown."""
        return SHAPES.get(self.state, "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class HopView:
    """A hop of a chain."""

    place: int
    title: str
    state: str
    up: int
    total: int
    suppliers: tuple[str, ...]

    @property
    def shape(self) -> str:
        """In which shape it is shown."""
        return SHAPES.get(self.state, "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseView:
    """What a chain suffers from, how sure that is, what it does, and who must repair it.

    Args:
        cost: Of its explanation; 0 = nothing was told.
        alternatives: Names of all explanations of the same cost; one = it stands alone.
        margin: How much more the next best costs; None = there is no other.
        second: Names of the next best.
        next_tests: What to look at, with names instead of ids.
        symptoms: Names of what cannot be measured because of it.
        users_certain: Users of groups that certainly cannot work because of it.
        users_possible: The same, unknown counted as down.
        flags: As in `events.contract.RootCauseData`.
        blind: It is our own measuring that failed; nothing is known of the chain.
        since: First failed observation; None = nothing was told.
    """

    part: PartView
    certainty: str
    phone: str
    email: str
    runbook: str
    cost: int = 0
    alternatives: tuple[tuple[str, ...], ...] = ()
    margin: int | None = None
    second: tuple[str, ...] = ()
    next_tests: tuple[NextTest, ...] = ()
    symptoms: tuple[str, ...] = ()
    users_certain: int = 0
    users_possible: int = 0
    flags: tuple[str, ...] = ()
    blind: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlapView:
    """A part that keeps failing and coming back: so many turns in so many seconds."""

    part: PartView
    turns: int
    window_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """A chain.

    Args:
        owners: Suppliers of its causes, in the order of suspicion.
        known: False = nothing was ever told of it.
        partly: Up, with hops that are not wholly measured.
        bare: It works, with fewer failures to spare than its level promises.
        kappa: Further failures that it can take; None = not counted.
        flapping: Its parts that keep failing and coming back, the most restless first.
    """

    id: str
    name: str
    state: str
    since: datetime | None
    reason: str
    flags: tuple[str, ...]
    causes: tuple[CauseView, ...]
    owners: tuple[str, ...]
    hops: tuple[HopView, ...]
    organisation: str
    group: str
    users: int
    certain: int
    possible: int
    known: bool
    partly: bool
    bare: bool
    kappa: int | None = None
    flapping: tuple[FlapView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident with names instead of ids."""

    id: str
    data: IncidentData
    cause: PartView
    chains: tuple[tuple[str, str], ...]
    supplier: str


class Views:
    """The picture, ready to be put into words.

    Args:
        projector: Whose picture it is.
    """

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self._catalogue = projector.catalogue
        self._all: list[ChainView] = []
        self._version = -1
        """Of the picture that `_all` was made from."""

    def chains(self, wanted: str = "") -> list[ChainView]:
        """Every chain in catalogue order; those whose name, id or organisation holds `wanted`."""
        if self._version != self._projector.version:
            self._all = [self.chain(chain) for chain in self._catalogue.chains]
            self._version = self._projector.version
        sought = wanted.casefold()
        return [
            view
            for view in self._all
            if sought in f"{view.name} {view.id} {view.organisation}".casefold()
        ]

    def chain(self, id_: str) -> ChainView:
        """Turn one chain into its view; a KeyError says that there is none of that id."""
        chain = self._catalogue.chains[id_]
        group = self._catalogue.groups[chain.source]
        site = self._catalogue.sites.get(group.site or "")
        told = self._projector.states.get(id_)
        causes = tuple(self._cause(cause) for cause in told.causes) if told else ()
        hops = tuple(self._hops(id_))
        state = self._projector.chain_state(id_)
        return ChainView(
            id=id_,
            name=chain.name,
            state=state,
            since=told.since if told else None,
            reason=told.reason if told else "",
            flags=tuple(told.flags) if told else (),
            causes=causes,
            owners=tuple(dict.fromkeys(one.part.supplier for one in causes if one.part.supplier)),
            hops=hops,
            organisation=self._organisation(site.organisation if site else None),
            group=group.name or group.id,
            users=group.users,
            certain=told.users_certain if told else 0,
            possible=told.users_possible if told else 0,
            known=told is not None,
            partly=state == "up" and any(hop.shape == "unknown" for hop in hops),
            bare=told is not None and told.redundancy_lost,
        )

    def flapping(self, chain: str, now: datetime) -> tuple[FlapView, ...]:
        """Turn a moment into the parts of a chain that keep failing and coming back."""
        turns, window = self._projector.flapping.turns, self._catalogue.timing.flap.window_s
        ids = dict.fromkeys(id_ for hop in self._projector.hops[chain] for id_ in hop.everything)
        found = [
            FlapView(part=self.part(id_), turns=count, window_s=window)
            for id_ in ids
            if (count := turns(id_, now))
        ]
        return tuple(sorted(found, key=lambda one: -one.turns))

    def _organisation(self, id_: str | None) -> str:
        found = self._catalogue.organisations.get(id_ or "")
        return found.name if found else ""

    def _hops(self, chain: str) -> Iterable[HopView]:
        for place, hop in enumerate(self._projector.hops[chain]):
            worth = self._projector.hop_state(chain, place)
            yield HopView(
                place=place,
                title=hop.title,
                state=worth.state,
                up=worth.up,
                total=worth.total,
                suppliers=tuple(self.supplier(one) for one in hop.suppliers),
            )

    def parts(self, hop: Hop, chain: str) -> tuple[list[PartView], list[PartView], list[PartView]]:
        """Turn a hop of a chain into its members, links and shared risks."""
        told = self._projector.states.get(chain)
        causes = frozenset(told.causes) if told else frozenset[str]()
        members, links, risks = (
            [self.part(id_, causes) for id_ in ids] for ids in (hop.members, hop.links, hop.risks)
        )
        return members, links, risks

    def part(self, id_: str, causes: frozenset[str] = frozenset()) -> PartView:
        """Turn a component, link or shared risk into its view; one that is not there is told by its id."""
        name, site, supplier = _facts(self._catalogue, id_)
        told = self._projector.states.get(id_)
        return PartView(
            id=id_,
            name=name,
            site=site,
            supplier=self.supplier(supplier),
            state=self._projector.state_of(id_),
            since=told.since if told else None,
            reason=told.reason if told else "",
            is_cause=id_ in causes,
        )

    def supplier(self, id_: str | None) -> str:
        """The name of a supplier; empty when nobody was named."""
        found = self._catalogue.suppliers.get(id_ or "")
        return found.name if found else (id_ or "")

    def _cause(self, id_: str) -> CauseView:
        told = self._projector.causes.get(id_)
        component = self._catalogue.components.get(id_)
        supplier = self._catalogue.suppliers.get(_facts(self._catalogue, id_)[2])
        contact = supplier.contact if supplier else {}
        certain, possible = self._felt(id_)
        view = CauseView(
            part=self.part(id_, frozenset((id_,))),
            certainty=told.certainty if told else "",
            phone=contact.get("phone", ""),
            email=contact.get("email", ""),
            runbook=(component.runbook or "") if component else "",
            users_certain=certain,
            users_possible=possible,
        )
        return self._explained(view, told) if told else view

    def _explained(self, view: CauseView, told: RootCauseData) -> CauseView:
        return dataclass_replace(
            view,
            cost=told.cost or 0,
            alternatives=tuple(self._names(one) for one in told.explanations),
            margin=told.margin,
            second=self._names(told.second),
            next_tests=tuple(self._look(test) for test in told.next_tests),
            symptoms=self._names(told.symptoms),
            flags=tuple(told.flags),
            blind=told.monitoring_fault,
            since=told.since,
        )

    def _names(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(part_name(self._catalogue, id_) for id_ in ids)

    def _look(self, test: NextTest) -> NextTest:
        seen_from = part_name(self._catalogue, test.seen_from) if test.seen_from else None
        return replace(test, subject=part_name(self._catalogue, test.subject), seen_from=seen_from)

    def _felt(self, cause: str) -> tuple[int, int]:
        """Users, certain and possible, of the groups that suffer from a cause; each group once."""
        certain: dict[str, int] = {}
        possible: dict[str, int] = {}
        for id_, chain in self._catalogue.chains.items():
            told = self._projector.states.get(id_)
            if told is not None and cause in told.causes:
                group = chain.source
                certain[group] = max(certain.get(group, 0), told.users_certain)
                possible[group] = max(possible.get(group, 0), told.users_possible)
        return sum(certain.values()), sum(possible.values())

    def incidents(self) -> list[IncidentView]:
        """Every incident that is kept: open ones first, then by priority, then the newest first."""
        views = [self._incident(id_, data) for id_, data in self._projector.incidents.items()]
        views.sort(key=lambda one: one.data.opened, reverse=True)
        views.sort(key=lambda one: (one.data.status != "open", one.data.priority or "P9"))
        return views

    def _incident(self, id_: str, data: IncidentData) -> IncidentView:
        known = self._catalogue.chains
        return IncidentView(
            id=id_,
            data=data,
            cause=self.part(data.cause),
            chains=tuple((chain, known[chain].name) for chain in data.chains if chain in known),
            supplier=self.supplier(data.supplier),
        )


def part_name(catalogue: Catalogue, id_: str) -> str:
    """The name of a component, link or shared risk for people."""
    return _facts(catalogue, id_)[0]


def _facts(catalogue: Catalogue, id_: str) -> tuple[str, str, str]:
    """Name, name of the site and id of the supplier of a part."""
    component = catalogue.components.get(id_)
    if component is not None:
        site = catalogue.sites.get(component.site or "")
        return component.name or id_, site.name if site else "", component.supplier or ""
    link = catalogue.links.get(id_)
    if link is not None:
        ends = " ↔ ".join(part_name(catalogue, end) for end in link.ends)
        return link.name or ends, "", link.supplier or ""
    risk = catalogue.shared_risks.get(id_)
    if risk is not None:
        return risk.name or id_, "", risk.supplier or ""
    for point in catalogue.vantage_points.values():
        if point.via == id_:
            return f"{part_name(catalogue, point.attached_to)} ↔ {point.id}", "", ""
    return id_, "", ""
