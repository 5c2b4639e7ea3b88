"""Rules of the chain model one by one, each in the smallest network that shows it."""

from __future__ import annotations

import pytest

from tests.topology.random_catalogues import catalogue_of, component, link
from topology.gates import compile_gates
from topology.lanes import Lanes
from topology.model import Catalogue, Chain, Component, Group, Link, Need, SharedRisk, Tier

APP = component("app", Tier.APPLICATION)


def chain(source: str = "g", to: str = "app", level: str = "r1", exempt: str = "") -> Chain:
    return Chain(
        id=f"{source}>{to}",
        name="",
        source=source,
        to=to,
        level=level,
        exempt=frozenset(exempt.split()),
    )


def group(*members: str, id_: str = "g", least: int = 1, full: int = 1) -> Group:
    return Group(id=id_, users=100, members=members, min=least, full=full)


def state(catalogue: Catalogue, states: dict[str, str], id_: str = "g>app") -> str:
    lanes = Lanes(compile_gates(catalogue))
    lanes.set(states)
    return lanes.verdict(id_).state


def network(
    components: list[Component],
    links: list[Link],
    risks: tuple[SharedRisk, ...] = (),
    to: str = "app",
) -> Catalogue:
    return catalogue_of(components, links, [group(components[0].id)], [chain(to=to)], risks)


def two_ways() -> Catalogue:
    """The network of the state table (CORE.md 9, G01)."""
    parts = [
        component("acc", Tier.ACCESS),
        component("d1", Tier.DISTRIBUTION),
        component("d2", Tier.DISTRIBUTION),
        component("core", Tier.CORE),
        APP,
    ]
    lines = [link("acc", "d1"), link("acc", "d2"), link("d1", "core"), link("d2", "core")]
    single = chain(level="r2", exempt="acc core app l-core-app")
    return catalogue_of(parts, [*lines, link("core", "app")], [group("acc")], [single])


@pytest.mark.parametrize(
    ("states", "wanted", "flags"),
    [
        ("", "up", ()),
        ("d1=down", "degraded", ()),
        ("d1=unknown", "up", ("redundancy-uncertain",)),
        ("d1=unreachable", "up", ("redundancy-uncertain",)),
        ("d1=down d2=unknown", "unknown", ()),
        ("d1=down d2=down", "down", ()),
        ("d1=down d2=maint", "maintenance", ()),
        ("core=unknown d1=down d2=down", "down", ()),
        ("core=degraded", "degraded", ()),
        ("d1=maint d2=unknown", "unknown", ()),
        ("app=maint", "maintenance", ()),
        ("app=unknown", "unknown", ()),
    ],
)
def test_the_state_table_of_two_ways(states: str, wanted: str, flags: tuple[str, ...]) -> None:
    lanes = Lanes(compile_gates(two_ways()))
    lanes.set(dict(one.split("=") for one in states.split()))
    verdict = lanes.verdict("g>app")
    assert (verdict.state, verdict.flags) == (wanted, flags)


def test_a_lost_spare_way_is_named_though_the_chain_itself_goes_on_working() -> None:
    lanes = Lanes(compile_gates(two_ways()))
    assert lanes.set({"d1": "down"}) == {"g>app"}


def test_two_switches_with_a_link_between_them_do_not_hold_each_other_up() -> None:
    catalogue = network(
        [component("d1", Tier.DISTRIBUTION), component("d2", Tier.DISTRIBUTION), APP],
        [link("d1", "d2"), link("d1", "app"), link("d2", "app")],
    )
    assert state(catalogue, {"l-d1-app": "down"}) == "up"
    assert state(catalogue, {"l-d1-app": "down", "l-d2-app": "down"}) == "down"


def test_a_switch_that_wants_two_uplinks_does_not_count_itself_through_its_neighbour() -> None:
    needy = component("d1", Tier.DISTRIBUTION, uplinks_min=2)
    catalogue = network(
        [needy, component("d2", Tier.DISTRIBUTION), APP], [link("d1", "d2"), link("d1", "app")]
    )
    assert state(catalogue, {}) == "down"


def test_a_site_with_two_lines_is_no_way_for_its_neighbour() -> None:
    parts = [
        component("a", Tier.ACCESS),
        component("b", Tier.ACCESS),
        component("wan-a", Tier.WAN),
        component("wan-b", Tier.WAN),
        APP,
    ]
    lines = [link("a", "wan-a"), link("b", "wan-a"), link("b", "wan-b")]
    lines += [link("wan-a", "app"), link("wan-b", "app")]
    catalogue = catalogue_of(
        parts,
        lines,
        [group("a"), group("b", id_="h")],
        [chain(), chain("h")],
    )
    assert state(catalogue, {"l-wan-a-app": "down"}) == "down"
    assert state(catalogue, {"l-wan-a-app": "down"}, "h>app") == "up"


def test_a_chain_ends_at_its_own_service_not_at_another_that_is_near() -> None:
    catalogue = network(
        [component("sw", Tier.ACCESS), component("other", Tier.APPLICATION), APP],
        [link("sw", "other"), link("sw", "app")],
    )
    assert state(catalogue, {"l-sw-app": "down"}) == "down"


def test_an_end_needs_no_way_up_of_its_own() -> None:
    catalogue = network(
        [component("sw", Tier.ACCESS), component("core", Tier.CORE), APP],
        [link("sw", "core"), link("core", "app")],
        to="core",
    )
    assert state(catalogue, {"app": "down"}, "g>core") == "up"
    assert state(catalogue, {"core": "unknown"}, "g>core") == "unknown"


def with_needs(*needs: Need) -> Catalogue:
    names = ("dns", "rad-1", "rad-2")
    app = component("app", Tier.APPLICATION, needs=needs)
    return network(
        [
            component("sw", Tier.ACCESS),
            app,
            *(component(one, Tier.APPLICATION) for one in names),
            component("nas", Tier.DATACENTRE),
        ],
        [link("sw", "app"), link("sw", "nas"), link("nas", "dns"), link("rad-1", "rad-2")],
    )


def test_one_of_two_is_enough_where_any_is_needed() -> None:
    catalogue = with_needs(Need(at_least=1, of=("rad-1", "rad-2")))
    assert state(catalogue, {"rad-1": "down"}) == "up"
    assert state(catalogue, {"rad-1": "down", "rad-2": "unknown"}) == "unknown"
    assert state(catalogue, {"rad-1": "down", "rad-2": "down"}) == "down"


def test_what_is_needed_is_judged_by_its_own_way_up() -> None:
    catalogue = with_needs(Need(at_least=1, of=("nas",)))
    assert state(catalogue, {"dns": "down"}) == "down"
    assert state(catalogue, {"app": "up"}) == "up"


def test_servers_that_only_lead_to_each_other_stand_by_themselves() -> None:
    catalogue = with_needs(Need(at_least=2, of=("rad-1", "rad-2")))
    assert state(catalogue, {}) == "up"
    assert state(catalogue, {"l-rad-1-rad-2": "down"}) == "up"


def test_a_link_can_be_needed_and_is_judged_alone() -> None:
    catalogue = with_needs(Need(at_least=1, of=("l-nas-dns",)))
    assert state(catalogue, {"dns": "down"}) == "up"
    assert state(catalogue, {"l-nas-dns": "down"}) == "down"


def test_a_shared_risk_takes_its_members_and_the_risks_under_it() -> None:
    catalogue = network(
        [component("sw", Tier.ACCESS), APP],
        [link("sw", "app")],
        (
            SharedRisk(id="feed", kind="power", members=("ups",)),
            SharedRisk(id="ups", kind="power", members=("l-sw-app",)),
        ),
    )
    for risk in ("feed", "ups"):
        assert state(catalogue, {risk: "down"}) == "down"
        assert state(catalogue, {risk: "degraded"}) == "degraded"
        assert state(catalogue, {risk: "maint"}) == "maintenance"


@pytest.mark.parametrize(
    ("states", "wanted", "flags"),
    [
        ("down up up up up", "up", ()),
        ("down down up up up", "degraded", ()),
        ("down unknown up up up", "degraded", ("coverage-uncertain",)),
        ("down down unknown up up", "unknown", ()),
        ("down down down up up", "down", ()),
        ("down maint maint up up", "maintenance", ()),
    ],
)
def test_coverage_of_a_zone(states: str, wanted: str, flags: tuple[str, ...]) -> None:
    """Five access points, three must work, four make it whole (CORE.md 9, G02)."""
    names = [f"ap-{n}" for n in range(5)]
    catalogue = catalogue_of(
        [*(component(one, Tier.AP) for one in names), APP],
        [link(one, "app") for one in names],
        [group(*names, least=3, full=4)],
        [chain()],
    )
    lanes = Lanes(compile_gates(catalogue))
    lanes.set(dict(zip(names, states.split(), strict=True)))
    verdict = lanes.verdict("g>app")
    assert (verdict.state, verdict.flags) == (wanted, flags)


def test_works_tells_of_one_component_what_its_way_up_and_its_needs_say() -> None:
    lanes = Lanes(compile_gates(with_needs(Need(at_least=1, of=("rad-1", "rad-2")))))
    lanes.set({"dns": "unknown", "rad-1": "down", "rad-2": "down"})
    told = {id_: lanes.works(id_) for id_ in ("sw", "nas", "dns", "app", "l-sw-app", "l-sw-nas")}
    assert told == {
        "sw": False,
        "nas": False,
        "dns": False,
        "app": False,
        "l-sw-app": False,
        "l-sw-nas": False,
    }
    lanes.set({"dns": "up", "rad-2": "degraded"})
    assert all(lanes.works(id_) for id_ in told)
