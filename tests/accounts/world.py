"""Small random months: a catalogue with suppliers, verdicts, changes, a calendar of a few seconds a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

from events.contract import Change, ChangeData, State, StateData
from events.span import moment
from tests.topology.random_catalogues import random_catalogue
from topology.calendar import day_start
from topology.compiled import Compiled
from topology.model import Calendar, Hours, Supplier

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from topology.model import Catalogue, Chain

SUPPLIERS = ("alfa", "bravo", "charlie")
LASTS = 240
"""Seconds of a world."""

RAW = ("up", "up", "degraded", "down", "down", "down", "unknown", "unreachable")


@dataclass(frozen=True)
class World:
    catalogue: Catalogue
    states: list[State]
    changes: list[Change]
    begin: int
    """Nothing happens before."""
    start: int
    """Of the period."""
    end: int

    @property
    def compiled(self) -> Compiled:
        return Compiled.of(self.catalogue)


def told(
    subject: str, state: str, at: int, since: int | None = None, causes: tuple[str, ...] = ()
) -> State:
    """A verdict on a component."""
    began = moment(at if since is None else since)
    data = StateData(of="component", state=state, since=began, causes=list(causes))
    return State(
        id=f"s-{subject}-{at}-{state}", source="t", subject=subject, time=moment(at), data=data
    )


def change(id_: str, components: list[str], span: tuple[int, int], **more: object) -> Change:
    """A change that was agreed an hour before, unless told otherwise."""
    start, end = map(moment, span)
    how: dict[str, object] = {"agreed_at": moment(span[0] - 3600), "declared_impact": None, **more}
    data = ChangeData(components=components, start=start, end=end, **how)  # type: ignore[arg-type]
    return Change(
        id=f"c-{id_}-{end}", source="t", subject=id_, time=start, recordedtime=start, data=data
    )


def staffed(random: Random, catalogue: Catalogue) -> Catalogue:
    """The catalogue with suppliers; some things have none."""

    def who() -> str | None:
        return random.choice((*SUPPLIERS, *SUPPLIERS, None))

    return replace(
        catalogue,
        suppliers={id_: Supplier(id=id_, name=id_) for id_ in SUPPLIERS},
        components={i: replace(c, supplier=who()) for i, c in catalogue.components.items()},
        links={i: replace(c, supplier=who()) for i, c in catalogue.links.items()},
        shared_risks={i: replace(c, supplier=who()) for i, c in catalogue.shared_risks.items()},
    )


def timed(random: Random, catalogue: Catalogue, day: date) -> tuple[Catalogue, int]:
    """The catalogue with a calendar whose windows are seconds after noon; also that day's noon."""
    noon = day_start(day, "Europe/Amsterdam") + 12 * 3600
    edges = [time(12, at // 60, at % 60) for at in sorted(random.sample(range(0, LASTS, 10), 4))]
    hours = tuple(
        Hours(days=frozenset({day.weekday()}), start=edges[at], end=edges[at + 1]) for at in (0, 2)
    )
    calendar = Calendar(id="noon", hours=hours)
    name = random.choice(("noon", "noon", "always"))
    levels = {
        id_: replace(level, calendar=name, merge_gap_s=random.choice((0, 10, 30)))
        for id_, level in catalogue.levels.items()
    }
    dated = replace(
        catalogue,
        calendars={**catalogue.calendars, "noon": calendar},
        levels=levels,
        chains={i: replace(one, level="r1") for i, one in catalogue.chains.items()},
        level_versions={id_: (level,) for id_, level in levels.items()},
    )
    return dated, noon


def random_world(random: Random, day: date) -> World:
    """Some minutes from noon, the period being a part of it."""
    catalogue, noon = timed(random, staffed(random, random_catalogue(random)), day)
    ids = [*catalogue.components, *catalogue.links, *catalogue.shared_risks]
    vital = [*random.choice([*catalogue.groups.values()]).members[:2]]
    vital.append(random.choice([*catalogue.chains.values()]).to)
    lively = [*vital, *random.sample(ids, min(len(ids), 3))]
    moments = sorted(random.choices(range(noon, noon + LASTS, 3), k=random.randint(2, 14)))
    lively += random.sample([*catalogue.shared_risks], min(1, len(catalogue.shared_risks)))
    states = random_verdicts(random, lively, [*catalogue.shared_risks], moments)
    changes = [
        random_change(random, number, catalogue, lively, noon)
        for number in range(random.randint(0, 3))
    ]
    start = noon + random.choice((0, 30, 100))
    return World(catalogue, states, changes, noon, start, noon + LASTS)


def random_verdicts(
    random: Random, ids: list[str], risks: list[str], moments: list[int]
) -> list[State]:
    """What fails may be because of shared risks; what is said again may be said from its start on."""
    states: list[State] = []
    last: dict[str, tuple[str, int]] = {}
    for at in moments:
        id_, state, since, causes = random.choice(ids), random.choice(RAW), at, ()
        before, began = last.get(id_, ("", at))
        if before == state:
            since = random.choice((began, at))
        if state in {"down", "unreachable"} and random.random() < 0.6:
            causes = tuple(random.sample(risks, min(len(risks), random.choice((1, 1, 2)))))
        last[id_] = state, since
        states.append(told(id_, state, at, since, causes))
    return states


def random_change(
    random: Random, number: int, catalogue: Catalogue, ids: list[str], noon: int
) -> Change:
    """Agreed or not, ready before the end or not, with a declared impact or not; often of one subject."""
    start = noon + random.randrange(0, LASTS - 40)
    end = start + random.randrange(1, 100)
    chains: list[Chain] = list(catalogue.chains.values())
    declared = [one.id for one in random.sample(chains, random.randint(0, len(chains)))]
    return change(
        f"w-{random.choice((0, number))}",
        random.sample(ids, random.randint(1, min(3, len(ids)))),
        (start, end),
        agreed_at=random.choice((None, moment(start), moment(start), moment(start + 1))),
        completed_at=random.choice((None, None, moment(start + 20))),
        declared_impact=random.choice((None, declared)),
    )
