"""The picture: unknown first, the last word of each key holds, no more is shown than is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.contract import Tick
from events.ids import event
from monitor.projector import HopState, Projector
from tests.web.pictures import (
    NOW,
    ago,
    calm,
    cause,
    incident,
    picture,
    region,
    seen,
    state,
    trouble,
)
from tests.web.test_hops import small

CATALOGUE = region(5)
STATES = ("up", "degraded", "down", "unknown", "unreachable", "maint")
SUBJECTS = ("zwd-wan-1", "zwd-wan-2", "zwd-acc-1", "dc-core-1", "l-dc-1-zaak")


def shown(projector):
    hops = {
        (chain, place): projector.hop_state(chain, place)
        for chain, listed in projector.hops.items()
        for place in range(len(listed))
    }
    return dict(projector.states), hops, projector.incidents


def worth(chain, title, *events):
    projector = Projector(CATALOGUE)
    for one in (*calm(CATALOGUE), *events):
        projector.apply(one)
    place = [hop.title for hop in projector.hops[chain]].index(title)
    return projector.hop_state(chain, place)


def test_before_anything_is_known_every_chain_and_hop_is_unknown():
    projector = Projector(CATALOGUE)
    assert {projector.chain_state(chain) for chain in CATALOGUE.chains} == {"unknown"}
    assert {hop.state for hop in shown(projector)[1].values()} == {"unknown"}


def test_a_component_without_a_probe_is_not_said_to_be_measured():
    assert Projector(CATALOGUE).state_of("app-zaak") == "unmeasured"
    assert Projector(CATALOGUE).state_of("zwd-wan-1") == "unknown"


def test_the_same_event_twice_changes_nothing_the_second_time():
    projector = Projector(CATALOGUE)
    one = state("zwd-wan-1", "down")
    assert projector.apply(one)
    version = projector.version
    assert projector.apply(one) == []
    assert projector.version == version


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(STATES)), max_size=25),
    st.randoms(),
)
def test_only_the_order_within_a_key_matters(moves, random):
    events = [state(subject, to, ago(seconds=100 - n)) for n, (subject, to) in enumerate(moves)]
    queues = {key: [e for e in events if e.subject == key] for key in SUBJECTS}
    woven = []
    while waiting := [queue for queue in queues.values() if queue]:
        woven.append(random.choice(waiting).pop(0))
    straight, other = Projector(CATALOGUE), Projector(CATALOGUE)
    told = state("zaak-zwd", "up", of="chain")
    for projector, order in ((straight, events), (other, woven)):
        for one in (told, *order):
            projector.apply(one)
    assert shown(straight) == shown(other)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(STATES)), max_size=25))
def test_the_deltas_alone_keep_a_viewer_up_to_date(moves):
    projector, viewer = Projector(CATALOGUE), {}
    for chain in CATALOGUE.chains:
        projector.apply(state(chain, "up", of="chain"))
    start = shown(projector)[1]
    for n, (subject, to) in enumerate(moves):
        for delta in projector.apply(state(subject, to, ago(seconds=100 - n))):
            if delta.topic == "hop":
                data = delta.data
                viewer[data["chain"], data["hop"]] = HopState(
                    data["state"], data["up"], data["total"]
                )
    assert {**start, **viewer} == shown(projector)[1]


def test_a_rebuild_from_the_last_event_of_each_key_gives_the_same_picture():
    whole, compacted = Projector(CATALOGUE), Projector(CATALOGUE)
    events = [*calm(CATALOGUE), *trouble(CATALOGUE), state("zwd-wan-1", "up")]
    last = {(type(one), one.subject): one for one in events}
    for one in events:
        whole.apply(one)
    for one in last.values():
        compacted.apply(one)
    assert shown(whole) == shown(compacted)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("up", "up", ("up", 2)),
        ("down", "up", ("degraded", 1)),
        ("down", "down", ("down", 0)),
        ("degraded", "up", ("degraded", 2)),
        ("unknown", "up", ("unknown", 1)),
        ("unreachable", "unreachable", ("unreachable", 0)),
        ("down", "unknown", ("unknown", 0)),
        ("maint", "maint", ("maintenance", 0)),
        ("maint", "down", ("maintenance", 0)),
        ("maint", "up", ("maintenance", 1)),
    ],
)
def test_a_hop_of_two_is_worth_what_its_members_allow(one, other, expected):
    found = worth("zaak-zwd", "wan", state("zwd-wan-1", one), state("zwd-wan-2", other))
    assert (found.state, found.up) == expected
    assert found.total == 2


def test_coverage_below_the_minimum_is_down():
    three = [state(f"zwd-ap-{n}", "down") for n in (1, 2, 3)]
    assert worth("zaak-zwd", "ap", *three[:2]).state == "degraded"
    assert worth("zaak-zwd", "ap", *three).state == "down"


def test_a_dead_link_is_shown_and_counted_at_the_hop_that_it_leaves():
    link = state("l-zwd-wan-1-dc-core-1", "down")
    assert worth("zaak-zwd", "wan", link) == HopState("degraded", 1, 2)


def test_a_down_chain_shows_at_least_one_hop_down_where_its_cause_stands():
    down = state("zaak-zwd", "down", of="chain", causes=["zwd-acc-1"])
    assert worth("zaak-zwd", "access", state("zwd-acc-1", "down"), down).state == "down"


def test_an_event_about_a_stranger_is_counted_and_not_shown():
    projector = Projector(CATALOGUE)
    assert projector.apply(state("nobody", "down")) == []
    assert projector.strangers == 1
    assert "nobody" not in projector.states


def test_a_cause_that_closes_is_gone_and_its_chains_are_told():
    projector, _ = picture()
    opened = cause("zwd-wan-1", "x")
    closed = event(type(opened), source=opened.source, subject=opened.subject, time=NOW,
                   data=type(opened.data)(status="closed", since=NOW))  # fmt: skip
    assert [delta.key for delta in projector.apply(closed)] == ["zaak-zwd", "tel-zwd"]
    assert "zwd-wan-1" not in projector.causes


def test_closed_incidents_are_kept_up_to_a_bound_and_open_ones_always():
    projector = Projector(CATALOGUE)
    projector.apply(incident("open", "zwd-wan-1", [], ago(days=9)))
    for n in range(260):
        projector.apply(
            incident(f"i-{n}", "zwd-wan-1", [], ago(hours=1), status="closed", closed=NOW)
        )
    assert len(projector.incidents) == 201
    assert {"open", "i-259"} <= projector.incidents.keys()
    assert [one.cause for one in projector.open_incidents] == ["zwd-wan-1"]


def test_a_silent_source_is_counted_and_does_not_hold_the_watermark():
    projector = Projector(CATALOGUE)
    for component in CATALOGUE.components.values():
        projector.apply(seen(component.id, ago(seconds=10)))
    projector.apply(seen("zwd-ap-1", ago(seconds=5)))
    before = projector.clocks(NOW)
    assert (before.silent, before.watermark, before.stalled_since) == (0, ago(seconds=10), None)
    later = projector.clocks(NOW + timedelta(seconds=115))
    assert later.silent == before.sources - 1
    assert later.watermark == ago(seconds=5)


def test_a_collector_that_stands_still_is_told_with_its_last_sign():
    projector, _ = picture()
    assert projector.clocks(NOW + timedelta(minutes=5)).stalled_since == ago(seconds=8)


def test_a_tick_moves_the_watermark_of_a_web_role_that_sees_no_observations_and_is_no_event():
    projector = Projector(CATALOGUE)
    projector.apply(
        event(
            Tick,
            source="engine/default",
            subject="clock",
            time=NOW,
            data=Tick.__struct_defaults__[-1],
        )
    )
    assert (projector.clocks(NOW).watermark, projector.clocks(NOW).last_event) == (NOW, None)


def test_sources_that_were_never_heard_are_silent_once_their_gap_has_passed():
    projector = Projector(CATALOGUE)
    sources = projector.clocks(NOW).sources
    assert sources
    assert projector.clocks(NOW).silent == 0
    later = projector.clocks(NOW + timedelta(minutes=10))
    assert (later.silent, later.stalled_since) == (sources, NOW)


def test_a_power_feed_of_part_of_a_hop_takes_that_part_only():
    catalogue = small(shared_risks=[{"id": "power", "kind": "power", "members": ["s-1", "s-2"]}])
    projector = Projector(catalogue)
    projector.apply(state("c", "up", of="chain"))
    projector.apply(state("power", "down"))
    assert projector.hop_state("c", 0) == HopState("degraded", 3, 3)


def test_looking_is_no_event_and_a_verdict_is():
    projector = Projector(CATALOGUE)
    projector.apply(seen("zwd-ap-1", NOW))
    assert projector.clocks(NOW).last_event is None
    projector.apply(state("zwd-ap-1", "down", ago(seconds=9)))
    assert projector.clocks(NOW).last_event == ago(seconds=9)


def test_a_past_that_is_told_anew_leaves_the_board_as_it_is_now():
    from tests.store.samples import verdict

    board = Projector(CATALOGUE)
    id_ = next(iter(CATALOGUE.components))
    board.apply(verdict("up", 0, subject=id_))
    for one in (verdict("down", -60, subject=id_, rewrites=-60), verdict("up", 0, subject=id_)):
        board.apply(one)
    assert board.state_of(id_) == "up"
    assert board.apply(verdict("up", 0, subject=id_, rewrites=0)) == []
