"""Ids are derived: the same fact has the same id everywhere, different facts never share one."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from events import ids
from events.contract import Observation, ObservationData, Tick, TickData
from tests.events.rigs import START, observation
from tests.services import ROOT

parts = st.lists(st.one_of(st.text(max_size=5), st.integers(-99, 99), st.none()), max_size=4)


@given(parts, parts)
def test_different_parts_give_different_ids_however_they_are_cut(one, two):
    assert (ids.derive(*one) == ids.derive(*two)) == (one == two)


def test_an_id_does_not_depend_on_the_process():
    code = "from events import ids; print(ids.derive('a', 1, {'y': 1, 'x': 2}))"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert said == ids.derive("a", 1, {"x": 2, "y": 1})


def test_the_id_says_everything_the_event_says():
    base = {"source": "p", "subject": "s", "time": START, "data": TickData()}
    variants = [
        ids.event(Tick, **base),
        ids.event(Tick, **base | {"source": "q"}),
        ids.event(Tick, **base | {"subject": "t"}),
        ids.event(Tick, **base | {"time": START + timedelta(microseconds=1)}),
        ids.event(Observation, **base | {"data": ObservationData(kind="reach", status="up")}),
        ids.event(Observation, **base | {"data": ObservationData(kind="reach", status="down")}),
    ]
    assert len({each.id for each in variants}) == len(variants)
    assert all(len(each.id) == 32 for each in variants)


def test_a_stamp_changes_the_recording_and_not_the_id():
    stamped = ids.stamp(observation(), START)
    assert stamped.recordedtime == START
    assert stamped.id == observation().id
    assert ids.stamp(stamped, START + timedelta(days=1)) is stamped
