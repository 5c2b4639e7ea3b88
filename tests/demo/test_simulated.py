"""Counters only rise, ports stop them, a reboot empties them, a battery empties step by step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.flow import Flow
from monitor.demo.lan import region
from monitor.demo.simulated import BATTERY_S, SimulatedDevice

NOW = 1_780_000_000.0
PORT = "Te1/1/1"


def _switch(now: float = NOW) -> SimulatedDevice:
    return SimulatedDevice(region().devices["ptd-acc-1"], frozenset({PORT}), now)


@given(
    st.lists(st.tuples(st.floats(0.01, 900), st.sampled_from([0.0, 1.0, 5e3, 1e9])), max_size=12),
    st.floats(0, 600),
)
def test_a_counter_never_runs_back_whatever_changes_its_rate(changes, phase) -> None:
    flow, now, last = Flow(1e6, phase, NOW), NOW, 0
    for wait, rate in changes:
        now += wait
        assert flow.at(now) >= last
        flow.change(rate, now)
        last = flow.at(now)


def test_a_counter_moves_at_its_mean_rate_over_a_whole_wave() -> None:
    flow = Flow(1000.0, 77.0, NOW)
    assert abs(flow.at(NOW + 600) - 600_000) <= 1


def test_uptime_is_the_same_after_a_restart_of_the_demo() -> None:
    later = 3600.0
    assert abs(_switch(NOW + later).uptime_cs(NOW + later) - _switch().uptime_cs(NOW + later)) <= 1


def test_a_port_that_goes_down_stops_its_counters_and_dates_the_change() -> None:
    switch = _switch()
    assert switch.set_port(PORT, up=False, now=NOW + 10)
    assert not switch.set_port(PORT, up=False, now=NOW + 11)
    stopped = switch.flows(PORT)[0].at(NOW + 10)
    assert switch.flows(PORT)[0].at(NOW + 500) == stopped > 0
    assert switch.changed_cs(PORT) == switch.uptime_cs(NOW + 10)
    assert not switch.is_up(PORT)
    switch.set_port(PORT, up=True, now=NOW + 500)
    assert switch.flows(PORT)[0].at(NOW + 600) > stopped


def test_a_reboot_begins_uptime_and_counters_anew() -> None:
    switch = _switch()
    switch.set_port(PORT, up=False, now=NOW + 1)
    switch.reboot(NOW + 5)
    assert switch.uptime_cs(NOW + 7) == 200
    assert switch.flows("Te1/1/2")[0].at(NOW + 5) == 0
    assert switch.changed_cs(PORT) == 0


def test_load_makes_ports_busier_from_now_on() -> None:
    calm, busy = _switch(), _switch()
    busy.set_load(900, NOW)
    moved = [one.flows(PORT)[1].at(NOW + 60) - one.flows(PORT)[1].at(NOW) for one in (calm, busy)]
    assert moved[1] > 20 * moved[0]


def test_a_battery_empties_to_nothing_and_is_full_when_the_mains_are_back() -> None:
    ups = SimulatedDevice(region().devices["ddt-ups"], frozenset({"eth0"}), NOW)
    ups.set_battery(on=True, now=NOW)
    charges = [ups.charge(NOW + after) for after in range(0, 2 * BATTERY_S, 20)]
    assert charges == sorted(charges, reverse=True)
    assert (charges[0], charges[-1]) == (100, 0)
    assert ups.on_battery_s(NOW + 30) == 30
    ups.set_battery(on=False, now=NOW + 60)
    assert (ups.charge(NOW + 61), ups.on_battery) == (100, False)
