"""Scenes of which everybody knows the answer, and those that a search must survive (CORE.md 3)."""

from __future__ import annotations

import pytest

from topology.management import Edge
from topology.rootcause.evidence import Evidence, Los, Spared, Word
from topology.rootcause.meaning import meaning_of
from topology.rootcause.nexttest import next_tests, rivals
from topology.rootcause.region import Region
from topology.rootcause.search import search, search_together

LINK, DEVICE, POWER, VIA = 1000, 1200, 1500, 900


def tree(*ways, groups=None, root="core", more=()):
    """A region of ways written `near link far`; `near link far =` runs both ways."""
    arcs = {}
    costs = {"via": VIA}
    for way in ways:
        near, link, far, *both = way.split()
        arcs.setdefault(near, []).append(Edge(far, link))
        if both:
            arcs.setdefault(far, []).append(Edge(near, link))
        costs |= {near: DEVICE, far: DEVICE, link: LINK}
    costs |= dict.fromkeys(groups or (), POWER) | dict.fromkeys(more, DEVICE)
    return Region(
        root=root,
        arcs={near: tuple(edges) for near, edges in arcs.items()},
        groups={risk: frozenset(members.split()) for risk, members in (groups or {}).items()},
        costs=costs,
        via="via",
    )


def saw(ok="", failed="", **soft):
    return Evidence(ok=frozenset(ok.split()), failed=frozenset(failed.split()), **soft)


def sites(count, **more):
    """So many sites of one switch each behind the core, all fed by `power`."""
    names = [f"s{number}" for number in range(count)]
    ways = [f"core l-{name} {name}" for name in names]
    return tree(*ways, groups={"power": " ".join(names)}, **more), " ".join(names)


STAR = ("core l-d d", "d l-1 s1", "d l-2 s2", "d l-3 s3")


def test_nothing_is_at_fault_where_all_is_well():
    found = search(tree(*STAR), saw("core d s1 s2 s3"))
    assert (found.explanations, found.cost, found.runner_up) == (((),), 0, None)
    assert found.parts == ()


def test_a_duct_takes_its_lines():
    region = tree("core l-1 a", "core l-2 b", groups={"duct": "l-1 l-2"})
    found = search(region, saw("core", "a b"))
    assert (found.explanations, found.runner_up) == ((("duct",),), 2 * LINK)
    assert meaning_of(region, saw("core", "a b"), ("duct",)).symptoms == ("a", "b")


def test_a_risk_in_a_risk_takes_what_the_inner_one_takes():
    region = tree("core l-1 a", "core l-2 b", groups={"inner": "a", "outer": "inner l-2"})
    assert search(region, saw("core", "a b")).explanations == (("outer",),)


def test_risks_that_contain_each_other_are_no_endless_loop():
    region = tree("core l-1 a", "core l-2 b", groups={"one": "a other", "other": "b one"})
    assert search(region, saw("core", "a b")).explanations == (("one",), ("other",))


def test_power_that_feeds_the_root_and_the_pollers_own_line_is_one_monitoring_fault():
    region = tree(*STAR, groups={"power": "core via"})
    region.costs["power"] = 700
    seen = saw("", "core d s1")
    found = search(region, seen)
    assert found.explanations == (("power",),)
    meaning = meaning_of(region, seen, ("power",))
    assert meaning.monitoring_fault
    assert meaning.unknown == ("s2", "s3")
    assert meaning.symptoms == ("d", "s1")


def test_two_lines_between_the_same_two_switches_must_both_be_gone():
    region = tree("core l-1 a", "core l-2 a")
    found = search(region, saw("core", "a"))
    assert (found.explanations, found.runner_up) == ((("a",),), 2 * LINK)


def test_whoever_answers_behind_a_dead_one_shows_that_the_catalogue_is_wrong():
    found = search(tree(*STAR), saw("core s1", "d s2 s3"))
    assert found.doubtful == ("s1",)
    assert found.explanations == (("l-d",),)
    assert found.exact


def test_a_component_that_no_way_leads_to_needs_no_cause_and_gives_no_crash():
    region = tree(*STAR, more=("island",))
    assert search(region, saw("core d", "island")).explanations == ((),)
    assert search(region, saw("core island", "d")).explanations == (("l-d",),)


def test_a_failure_that_nothing_can_have_caused_is_set_apart_and_the_rest_explained():
    region = tree(*STAR)
    for one in ("s1", "l-1"):
        del region.costs[one]
    found = search(region, saw("core d", "s1 s2"))
    assert found.unexplained == ("s1",)
    assert found.explanations == (("l-2",),)


def test_two_pollers_that_contradict_each_other_leave_a_failure_unexplained():
    region = tree("core l-d d")
    found = search_together([(region, saw("core d")), (region, saw("core", "d"))])
    assert found.unexplained == ("d",)
    assert found.explanations == ((),)


def test_evidence_without_a_price_says_nothing():
    region = tree(*STAR)
    seen = saw("core d s1 s2", "", down=(Word("s3", 0),), los=(Los("l-3", "s3", 0),))
    assert search(region, seen).explanations == ((),)


def test_a_word_is_believed_when_believing_it_is_cheaper():
    region = tree(*STAR)
    assert search(region, saw("core d", "", down=(Word("s3", 1199),))).explanations == ((),)
    tie = search(region, saw("core d", "", down=(Word("s3", 1200),)))
    assert (tie.explanations, tie.margin) == (((), ("s3",)), 0)
    assert search(region, saw("core d", "", down=(Word("s3", 1201),))).explanations == (("s3",),)


def test_a_port_with_signal_speaks_against_the_link_and_its_far_end():
    region = tree("core l-1 a", "a l-2 b")
    seen = saw("core", "b", nolos=(Los("l-1", "a", 500),))
    assert search(region, seen).explanations == (("l-2",),)
    assert search(region, seen).runner_up == DEVICE


def test_independent_faults_are_parts_with_their_own_margin():
    region, every = sites(3)
    del region.costs["power"]
    found = search(region, saw("core", every))
    assert found.explanations == (("l-s0", "l-s1", "l-s2"),)
    assert [part.explanations for part in found.parts] == [
        (("l-s0",),),
        (("l-s1",),),
        (("l-s2",),),
    ]
    assert (found.cost, found.runner_up) == (3 * LINK, 3 * LINK + 200)
    assert found.second == ("l-s0", "l-s1", "s2") or len(found.second) == 3


def test_forty_feeds_gone_at_once_are_one_cause_with_the_forty_as_runner_up():
    region, every = sites(40)
    found = search(region, saw("core", every))
    assert (found.explanations, found.runner_up) == ((("power",),), 40 * LINK)
    assert found.exact


def test_too_much_at_once_is_explained_greedily_and_says_so():
    region, every = sites(12)
    found = search(region, saw("core", every, up=(Word("power", 100_000),)), most_faults=3)
    assert not found.exact
    assert len(found.explanations[0]) == 12
    assert found.cost == 12 * LINK


def test_more_ties_than_are_listed_are_cut_short_and_said():
    region, every = sites(8)
    del region.costs["power"]
    for name in every.split():
        region.costs[name] = LINK
    found = search(region, saw("core", every), most_listed=10)
    assert len(found.explanations) == 10
    assert not found.exact
    assert (found.cost, found.margin) == (8 * LINK, 0)


def on_battery(*names, penalty=150):
    return tuple(Spared("power", name, penalty) for name in names)


def test_power_may_be_gone_although_a_member_on_battery_still_answers():
    region, _ = sites(3)
    seen = saw("core s2", "s0 s1", spared=on_battery("s2"))
    found = search(region, seen)
    assert (found.explanations, found.cost, found.runner_up) == ((("power",),), 1650, 2 * LINK)
    assert meaning_of(region, seen, ("power",)).down == {"power", "s0", "s1"}
    assert search(region, saw("core s2", "s0 s1")).explanations == (("l-s0", "l-s1"),)


def test_one_failed_member_is_itself_however_many_batteries_there_may_be():
    region, _ = sites(2)
    found = search(region, saw("core s1", "s0", spared=on_battery("s1", penalty=1)))
    assert found.explanations == (("l-s0",),)


def test_a_battery_saves_nobody_who_hangs_behind_a_member_without_one():
    region = tree("core l-a a", "a l-b b", "core l-c c", "core l-d d", groups={"power": "a b c"})
    found = search(region, saw("core b d", "c", spared=on_battery("b")))
    assert "power" not in {fault for one in found.explanations for fault in one}


def test_a_battery_under_a_power_within_a_power_holds_for_both():
    region = tree(
        "core l-1 a", "core l-2 b", "core l-3 c", groups={"power": "a c", "town": "power b"}
    )
    seen = saw("core c", "a b", spared=on_battery("c"))
    assert search(region, seen).explanations == (("town",),)
    assert search(region, seen).cost == POWER + 150


def test_whether_a_member_runs_on_battery_tells_its_power_from_the_rest():
    region, _ = sites(3)
    seen = saw("core s2", "s0 s1", spared=on_battery("s2"))
    looks = next_tests(region, seen, rivals(search(region, seen)))
    found = next(one for one in looks if one.way == "battery")
    assert (found.subject, found.expected) == ("s2", (False, True))


def test_a_member_that_one_poller_reaches_is_spared_for_the_other_too():
    region, _ = sites(3)
    other = Region(
        root="core", arcs=region.arcs, groups=region.groups, costs=region.costs, via="via-2"
    )
    first = saw("core s2", "s0 s1", spared=on_battery("s2"))
    found = search_together([(region, first), (other, saw("core", "s0 s1 s2"))])
    assert found.unexplained == ("s2",)


def test_two_lines_that_each_may_go_but_not_both_are_weighed_together():
    region = tree(
        "core l-1 a", "core l-2 b", "a l-a x", "b l-b x", groups={"r1": "l-1 y1", "r2": "l-2 y2"}
    )
    region.costs.update({"r1": 10, "r2": 10, "y1": DEVICE, "y2": DEVICE})
    ways = {**region.arcs, "core": (*region.arcs["core"], Edge("y1", "k-1"), Edge("y2", "k-2"))}
    region = Region(root="core", arcs=ways, groups=region.groups, costs=region.costs, via="via")
    seen = saw("core x", "y1 y2")
    found = search(region, seen)
    assert found.explanations == (("r1", "y2"), ("r2", "y1"))
    assert found.cost == 10 + DEVICE


@pytest.mark.parametrize(
    ("seen", "way", "subject"),
    [
        (saw("", "core d s1 s2 s3"), "elsewhere", "core"),
        (saw("core", "s1"), "port", "l-d"),
        (saw("core d", "s1"), "inspect", "l-1"),
    ],
)
def test_the_next_look_is_the_cheapest_that_tells_the_best_two_apart(seen, way, subject):
    region = tree(*STAR)
    found = search(region, seen)
    against = rivals(found)
    looks = next_tests(region, seen, against)
    assert (looks[0].way, looks[0].subject) == (way, subject)
    assert looks[0].expected[0] != looks[0].expected[1]


def test_a_port_that_nobody_read_is_looked_at_before_anybody_is_asked():
    region = tree("core l-1 a", "a l-2 b", "core l-3 c", "c l-4 d")
    seen = saw("core", "b")
    looks = next_tests(region, seen, (("l-1",), ("l-2",)))
    assert (looks[0].way, looks[0].subject, looks[0].seen_from) == ("port", "l-1", "core")
    assert looks[0].expected == (False, True)


def test_where_no_port_tells_somebody_not_asked_yet_is():
    seen = saw("core", "s1", los=(Los("l-d", "d", 100),))
    looks = next_tests(tree(*STAR), seen, (("l-d",), ("s1",)))
    assert [(one.way, one.subject) for one in looks[:3]] == [
        ("reach", "d"),
        ("reach", "s2"),
        ("reach", "s3"),
    ]


def test_one_explanation_alone_needs_no_next_look():
    region = tree(*STAR)
    assert next_tests(region, saw("core d s1 s2 s3"), ((),)) == []


def test_the_runner_up_may_lack_any_of_the_faults_that_are_named():
    region, every = sites(2)
    region.costs.update({"power": 5000, "s1": LINK + 50})
    found = search(region, saw("core", every))
    assert (found.explanations, found.cost) == ((("l-s0", "l-s1"),), 2 * LINK)
    assert (found.second, found.runner_up) == (("l-s0", "s1"), 2 * LINK + 50)
    assert len(found.parts) == 1


def test_a_core_that_takes_everything_with_it_leaves_the_poller_blind_and_one_answer_does_not():
    region = tree(*STAR)
    assert meaning_of(region, saw("", "core d"), ("core",)).monitoring_fault
    assert not meaning_of(region, saw("core", "d"), ("d",)).monitoring_fault


def test_somebody_who_answers_outside_the_graph_speaks_for_no_way_into_it():
    region = tree("core l-1 a", "core l-2 b", "ghost g island", groups={"power": "a l-2 g"})
    found = search(region, saw("core island", "a b"))
    assert found.explanations == (("power",),)


def test_the_look_that_rules_out_most_comes_first():
    region = tree("core l-1 a", "core l-2 b", "core l-3 c")
    looks = next_tests(region, saw("core"), (("l-1",), ("l-2",), ("l-3",)))
    assert [one.splits for one in looks] == sorted((one.splits for one in looks), reverse=True)
    assert (looks[0].subject, looks[0].splits) == ("l-1", 2)


def greedy(groups, seen):
    region = tree("core l-1 a", "core l-2 b", "a l-a x", "b l-b x", "core k y", "core m z")
    costs = region.costs | dict(zip(groups, (10, 30), strict=True))
    members = {risk: frozenset(names.split()) for risk, names in groups.items()}
    region = Region(root="core", arcs=region.arcs, groups=members, costs=costs, via="via")
    found = search(region, seen, most_faults=0)
    assert not found.exact
    return found.explanations


def test_the_greedy_way_cuts_off_nobody_who_answered():
    assert greedy({"r1": "l-1 y", "r2": "l-2 y z"}, saw("core x", "y z")) == (("m", "r1"),)


def test_the_greedy_way_leaves_out_what_the_rest_explains():
    assert greedy({"r1": "y", "r2": "y z"}, saw("core x", "y z")) == (("r2",),)
