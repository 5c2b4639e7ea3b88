"""What the OLAs promise together: bounds that no schedule breaks, and what `check` says of them."""

from __future__ import annotations

import json
from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import combinations, compress, product
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from events.clock import SystemClock
from monitor.__main__ import main
from monitor.catalogue_files import load
from tests.catalogue.samples import WHOLE, written
from tests.topology.oracle import Definition
from tests.topology.random_catalogues import random_catalogue
from topology.gates import compile_gates
from topology.model import Catalogue, Ola, Supplier
from topology.reliability.contract import Contracts

if TYPE_CHECKING:
    from topology.model import Chain
    from topology.reliability.contract import Promise

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
DAY = date(2026, 6, 9)
SLOTS = 8
"""A month as so many pieces: an OLA allows some of them."""


# --- the bound ------------------------------------------------------------------------------------


def promised(catalogue: Catalogue, chain: str, day: date = DAY) -> Promise:
    promise = Contracts(catalogue, compile_gates(catalogue), day).bound(chain)
    assert promise is not None
    return promise


def owned(random: Random, catalogue: Catalogue) -> tuple[Catalogue, dict[str, int]]:
    """The catalogue with suppliers on most items, and the pieces of a month each may be down."""
    allowed = {f"s-{n}": random.randint(0, 3) for n in range(random.randint(1, 4))}
    kinds = {
        kind: {
            id_: replace(one, supplier=random.choice([*allowed, *allowed, None]))
            for id_, one in getattr(catalogue, kind).items()
        }
        for kind in ("components", "links", "shared_risks")
    }
    suppliers = {
        id_: Supplier(
            id=id_,
            name=id_,
            olas=(Ola(target_ppm=Fraction(1_000_000 * (SLOTS - down), SLOTS)),),
        )
        for id_, down in allowed.items()
    }
    return replace(catalogue, suppliers=suppliers, **kinds), allowed


class Parties:
    """Whether a chain works with everything of some suppliers down, from the definition."""

    def __init__(self, catalogue: Catalogue, chain: Chain) -> None:
        rules = Definition(catalogue)
        kinds = (catalogue.components, catalogue.links, catalogue.shared_risks)
        owner = {one.id: one.supplier for kind in kinds for one in kind.values()}
        least = catalogue.groups[chain.source].min
        self.names = sorted(catalogue.suppliers)
        self.works = {}
        for some in product((False, True), repeat=len(self.names)):
            down = frozenset(compress(self.names, some))
            left = {id_ for id_ in rules.ids if owner[id_] not in down}
            self.works[down] = rules.served(chain, left) >= least

    def minimal_cuts(self) -> list[frozenset[str]]:
        cuts = [down for down, works in self.works.items() if not works]
        return [cut for cut in cuts if not any(other < cut for other in cuts)]


@pytest.mark.parametrize("seed", range(40))
def test_no_schedule_within_the_olas_takes_the_chain_down_longer_than_the_bound(seed: int) -> None:
    random = Random(seed)
    catalogue, allowed = owned(random, random_catalogue(random))
    chain = random.choice(list(catalogue.chains.values()))
    parties = Parties(catalogue, chain)
    promise = Contracts(catalogue, compile_gates(catalogue), DAY).bound(chain.id)
    if promise is None or not parties.works[frozenset()]:
        return
    bound = promise.down / promise.service * SLOTS
    assert promise.allowances.keys() <= allowed.keys()
    for _ in range(100):
        plan = {id_: random.sample(range(SLOTS), many) for id_, many in allowed.items()}
        down = [frozenset(id_ for id_ in plan if slot in plan[id_]) for slot in range(SLOTS)]
        assert sum(not parties.works[one] for one in down) <= bound
    # Never more than the sum over all minimal cuts of the least allowance in each (CORE.md 4.6).
    assert bound <= sum(min(allowed[id_] for id_ in cut) for cut in parties.minimal_cuts())


@pytest.mark.parametrize("seed", range(20))
def test_what_single_points_allow_is_reached_by_a_schedule_so_it_never_cries_wolf(
    seed: int,
) -> None:
    random = Random(seed)
    catalogue, _ = owned(random, random_catalogue(random))
    chain = random.choice(list(catalogue.chains.values()))
    parties = Parties(catalogue, chain)
    single = Contracts(catalogue, compile_gates(catalogue), DAY).single(chain.id)
    if single is None or not parties.works[frozenset()]:
        return
    alone = [one for one in parties.names if not parties.works[frozenset({one})]]
    assert single.allowances.keys() <= set(alone)
    assert single.down <= promised(catalogue, chain.id).down


def g12(**owners: str) -> str:
    """The lines of G12 with an OLA for each part, of a supplier of its own."""
    parts = (("acc", "access", "99.8"), ("core", "datacentre", "99.95"))
    parts += (("app", "application", "99.9"), ("wan-a", "wan", "99.5"), ("wan-b", "wan", "99.5"))
    suppliers = ", ".join(
        f"{{id: s-{name}, contact: {{phone: 1}}, olas: [{{target: {target}, calendar: altijd}}]}}"
        for name, _, target in parts
    )
    components = ", ".join(
        f"{{id: {name}, kind: x, tier: {tier}, supplier: {owners.get(name, f's-{name}')}}}"
        for name, tier, _ in parts
    )
    pairs = ("acc, wan-a", "acc, wan-b", "wan-a, core", "wan-b, core", "core, app")
    links = ", ".join(f"{{id: l-{n}, between: [{pair}]}}" for n, pair in enumerate(pairs))
    return (
        f"suppliers: [{suppliers}]\ncalendars: [{{id: altijd, always: true}}]\n"
        "levels: [{id: goud, target: 99.5, calendar: altijd}]\n"
        f"components: [{components}]\nlinks: [{links}]\n"
        "groups: [{id: g, users: 10, members: [acc]}]\n"
        "chains: [{id: c, from: g, to: app, level: goud}]\n"
    )


def test_the_bound_of_the_worked_composition_is_its_allowances_on_the_better_way(tmp_path) -> None:
    catalogue = load(written(tmp_path, a=g12()))
    promise = promised(catalogue, "c")
    assert (promise.month, promise.service, promise.down) == ((2026, 6), 2_592_000, 22_032)
    assert str(promise.allowances["s-acc"].seconds) == "5184"
    assert not promise.is_kept


def test_one_supplier_on_both_ways_counts_once(tmp_path) -> None:
    catalogue = load(written(tmp_path, a=g12(**{"wan-b": "s-wan-a", "core": "s-wan-a"})))
    assert promised(catalogue, "c").down == 5184 + 2592 + 12_960


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="../shared/golden is absent")
def test_without_independence_the_worked_composition_may_be_down_22032_seconds(capsys) -> None:
    assert main(["reliability", str(GOLDEN / "G12" / "catalogue"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["chains"]["keten"]
    figures = ("bound_down_seconds", "down_seconds", "naive_percent", "contract")
    assert [told[key] for key in figures] == ["22032.0", "9127.5", "98.656337", None]


# --- hours of other calendars ---------------------------------------------------------------------

OFFICE = """calendars:
  - {id: altijd, always: true}
  - {id: kantoor, hours: [{days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"}]}
"""


def hours(level: str, ola: str, target: str) -> str:
    text = WHOLE.replace("calendars: [{id: altijd, always: true}]\n", OFFICE)
    text = text.replace("calendar: altijd}]", f"calendar: {level}}}]")
    return text.replace(
        "name: LAN BV,", f"name: LAN BV, olas: [{{target: {target}, calendar: {ola}}}],"
    )


def test_an_ola_around_the_clock_may_spend_its_seconds_in_office_hours(tmp_path) -> None:
    """0.2 % of all its days against the office days of that month: the worst of the coming twelve."""
    catalogue = load(written(tmp_path, a=hours("kantoor", "altijd", "99.8")))
    promise = promised(catalogue, "c")
    shares = {}
    for year, month in [*((2026, n) for n in range(6, 13)), *((2027, n) for n in range(1, 6))]:
        last = monthrange(year, month)[1]
        office = sum(date(year, month, day).weekday() < 5 for day in range(1, last + 1)) * 36_000
        allowed = Fraction(2, 1000) * (month_end(year, month) - month_end(year, month, -1))
        shares[year, month] = (1 - allowed / office, office)
    worst = min(shares, key=lambda one: shares[one][0])
    assert (promise.month, (promise.share, promise.service)) == (worst, shares[worst])
    assert worst == (2026, 8), "21 office days in 31"


def month_end(year: int, month: int, back: int = 0) -> int:
    """The epoch second at which a local month ends, or the one before it."""
    at = year * 12 + month + back
    return int(datetime(at // 12, at % 12 + 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp())


def test_an_ola_in_office_hours_promises_nothing_at_night(tmp_path) -> None:
    catalogue = load(written(tmp_path, a=hours("altijd", "kantoor", "99.5")))
    promise = promised(catalogue, "c")
    allowance = promise.allowances["lan"]
    assert allowance.seconds * 200 == promise.service - allowance.outside
    assert promise.is_kept


def test_an_ola_never_allows_more_than_its_hours_within_the_chains(tmp_path) -> None:
    catalogue = load(written(tmp_path, a=hours("kantoor", "altijd", "1")))
    promise = promised(catalogue, "c")
    assert (promise.share, promise.allowances["lan"].seconds) == (0, promise.service)


def test_the_ola_of_a_main_supplier_covers_its_sub_supplier_without_one(tmp_path) -> None:
    text = WHOLE.replace(
        "suppliers: [{id: lan,", "suppliers: [{id: h, olas: [{target: 99}]}, {id: lan, parent: h,"
    )
    assert list(promised(load(written(tmp_path, a=text)), "c").allowances) == ["h"]


# --- what `check` says ----------------------------------------------------------------------------


def found(directory: Path, text: str, day: date = DAY) -> list[tuple[str, int]]:
    """Code and line of the warnings on a day."""
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    problems = load(written(directory, a=text), examine=True, now=now).problems
    return [(one.code, one.line) for one in problems if one.severity == "warning"]


@pytest.mark.parametrize(
    ("ola", "warned"), [("99.5", False), ("99.4", True), ("100", False), ("99.4999", True)]
)
def test_a_target_above_what_the_ola_allows_is_a_warning(tmp_path, ola, warned) -> None:
    text = WHOLE.replace("name: LAN BV,", f"name: LAN BV, olas: [{{target: {ola}}}],")
    assert found(tmp_path, text) == ([("target-above-olas", 15)] if warned else [])


def test_the_allowances_of_two_suppliers_in_series_add_up(tmp_path) -> None:
    text = WHOLE.replace("name: LAN BV,", "name: LAN BV, olas: [{target: 99.7}],").replace(
        "suppliers: [", "suppliers: [{id: x, contact: {phone: 1}, olas: [{target: 99.7}]}, "
    )
    assert found(tmp_path, text.replace("target: 99.5,", "target: 99.7,")) == []
    split = text.replace("kind: service, supplier: lan", "kind: service, supplier: x")
    assert found(tmp_path, split) == [("target-above-olas", 15)]
    assert found(tmp_path, split.replace("target: 99.5,", "target: 99.4001,")) != []
    assert found(tmp_path, split.replace("target: 99.5,", "target: 99.4,")) == []


def test_an_ola_of_a_part_that_has_a_twin_does_not_bind(tmp_path) -> None:
    text = (
        WHOLE.replace(
            "suppliers: [", "suppliers: [{id: x, contact: {phone: 1}, olas: [{target: 90}]}, "
        )
        .replace(
            "  - {id: app,", "  - {id: c2, kind: switch, tier: core, supplier: x}\n  - {id: app,"
        )
        .replace(
            "core-1, kind: switch, tier: core, supplier: lan",
            "core-1, kind: switch, tier: core, supplier: x",
        )
        .replace(
            "groups:",
            "  - {id: l-3, between: [sw-1, c2]}\n  - {id: l-4, between: [c2, app]}\ngroups:",
        )
    )
    assert found(tmp_path, text) == []


OLAS = "olas: [{target: 99.9, valid_from: 2025-01-01}, {target: 90, valid_from: 2020-01-01}]"


@pytest.mark.parametrize(
    ("day", "warned"),
    [
        (date(2019, 12, 31), False),
        (date(2020, 1, 1), True),
        (date(2024, 12, 31), True),
        (date(2025, 1, 1), False),
    ],
)
def test_the_ola_that_holds_on_the_day_is_compared(tmp_path, day, warned) -> None:
    text = WHOLE.replace("name: LAN BV,", f"name: LAN BV, {OLAS},")
    assert bool(found(tmp_path, text, day)) == warned


def test_a_level_that_begins_later_is_judged_on_its_first_day(tmp_path) -> None:
    text = WHOLE.replace("name: LAN BV,", f"name: LAN BV, {OLAS},")
    later = text.replace("target: 99.5,", "target: 99.5, valid_from: 2025-01-01,")
    assert found(tmp_path, later, date(2024, 6, 1)) == []


def test_a_chain_that_is_no_longer_served_promises_nothing(tmp_path) -> None:
    text = WHOLE.replace("name: LAN BV,", "name: LAN BV, olas: [{target: 90}],")
    ended = text.replace("level: goud}", "level: goud, until: 2026-06-08}")
    assert found(tmp_path, ended) == []
    assert found(tmp_path, ended.replace("2026-06-08", "2026-06-09")) != []


def test_the_warning_names_the_figure_that_is_possible_and_its_place(tmp_path, capsys) -> None:
    text = hours("kantoor", "altijd", "99.8")
    assert main(["check", str(written(tmp_path, a=text))]) == 1
    told = capsys.readouterr().out
    assert "a.yaml:17:" in told
    assert "level goud promises 99.500 %, but the OLAs of lan allow at most 99." in told


def test_hours_without_an_ola_are_a_note_once_for_a_supplier_and_a_level(tmp_path) -> None:
    text = hours("altijd", "kantoor", "99.5").replace(
        "level: goud}]", "level: goud}, {id: d, from: g, to: app, level: goud}]"
    )
    problems = load(written(tmp_path, a=text), examine=True, now=SystemClock().now()).problems
    notes = [one for one in problems if one.code == "ola-hours-short"]
    assert [(one.severity, one.line) for one in notes] == [("note", 17)]
    assert "the OLA of lan promises nothing in" in notes[0].message


def test_cuts_of_the_oracle_are_minimal() -> None:
    random = Random(3)
    catalogue, _ = owned(random, random_catalogue(random))
    cuts = Parties(catalogue, next(iter(catalogue.chains.values()))).minimal_cuts()
    assert not any(one < other or other < one for one, other in combinations(cuts, 2))
