"""Bytes and events are two forms of one thing; what is neither is an error that names the field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event
from hypothesis import given
from hypothesis import strategies as st

from events import codec, contract, ids
from events.contract import (
    TOPIC_OF,
    Correction,
    CorrectionData,
    Measurement,
    MeasurementData,
    Observation,
    Trap,
)
from events.errors import QuarantinedEvent, UndecodableEvent
from tests.events.rigs import START, observation

TYPES = list(TOPIC_OF)

moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9))]),
)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30)


SCALARS = {
    msgspec.inspect.StrType: names,
    msgspec.inspect.IntType: st.integers(-(2**53), 2**53),
    msgspec.inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.NoneType: st.none(),
    msgspec.inspect.DateTimeType: moments,
}


def values(kind):
    """A strategy for one field, read from the type that msgspec reads."""
    match kind:
        case msgspec.inspect.LiteralType():
            return st.sampled_from(kind.values)
        case msgspec.inspect.ListType():
            return st.lists(values(kind.item_type), max_size=3)
        case msgspec.inspect.DictType():
            return st.dictionaries(names, values(kind.value_type), max_size=3)
        case msgspec.inspect.UnionType():
            return st.one_of([values(each) for each in kind.types])
        case msgspec.inspect.StructType():
            return built(kind.cls)
    return SCALARS[type(kind)]


def built(cls):
    fields = msgspec.inspect.type_info(cls).fields
    return st.fixed_dictionaries({each.name: values(each.type) for each in fields}).map(
        lambda given: cls(**given)
    )


events_of_all_types = st.one_of([built(each) for each in TYPES])


@given(events_of_all_types)
def test_every_event_survives_the_way_to_bytes_and_back(event):
    assert codec.decode(codec.encode(event)) == event


@given(events_of_all_types)
def test_the_bytes_of_equal_events_are_equal_and_canonical(event):
    raw = codec.encode(event)
    assert codec.encode(codec.decode(raw)) == raw


@given(events_of_all_types)
def test_our_bytes_are_a_valid_cloudevent_to_the_reference_library(event):
    headers = {"content-type": codec.CONTENT_TYPE.encode()}
    read = from_kafka_event(KafkaMessage(headers, None, codec.encode(event)))
    assert read.get_id() == event.id
    assert read.get_source() == event.source
    assert read.get_subject() == event.subject
    assert read.get_type() == type(event).__struct_config__.tag
    assert read.get_specversion() == "1.0"
    assert read.get_time() == event.time


@given(st.binary(max_size=200))
def test_noise_is_refused_with_a_reason(raw):
    with pytest.raises(UndecodableEvent) as refusal:
        codec.decode(raw)
    assert refusal.value.reason


NOON = "2026-06-09T12:00:00Z"


def changed(**fields):
    whole = json.loads(codec.encode(observation()))
    data = fields.pop("data", {})
    whole |= fields
    whole["data"] |= data
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (changed(data={"status": "broken"}), "data.status"),
        (changed(time="yesterday"), "time"),
        (changed(time="2026-06-09T07:00:00"), "time"),
        (changed(id=""), "id"),
        (changed(subject=7), "subject"),
        (changed(specversion="0.3"), "specversion"),
        (changed(type="nl.ketenmonitor.unheard.v1"), "unheard"),
        (changed(data={"status": "broken"}), "docs/events.md"),
        (changed(time="yesterday"), "write a moment with its zone"),
        (
            changed(type="nl.ketenmonitor.change.v1", data={"components": ["x"], "start": NOON}),
            "add data.end",
        ),
        (
            changed(
                type="nl.ketenmonitor.change.v1",
                data={"components": ["x"], "start": NOON, "end": None},
            ),
            "$.data.end`; write a moment",
        ),
        (b'{"type":"nl.ketenmonitor.tick.v1"}', "`id`"),
        (b'{"type":', "not JSON"),
        (b"[]", "not a valid event"),
        (b'{"type":"\xff"}', "not"),
        (b'{"type":' + b"[" * 100_000, "nested too deeply"),
        (b" " * (codec.MAX_EVENT_BYTES + 1), "at most 1000000"),
    ],
)
def test_what_cannot_be_read_names_the_field_or_the_place(raw, names):
    with pytest.raises(UndecodableEvent) as error:
        codec.decode(raw)
    assert names in error.value.reason


def test_a_key_that_a_newer_release_added_is_ignored():
    raw = changed(traceparent="00-1", data={"colour": "red"})
    assert codec.decode(raw) == observation()


def test_a_key_that_an_older_release_did_not_have_gets_its_default():
    whole = json.loads(codec.encode(observation()))
    whole["data"] = {"kind": "reach", "status": "down"}
    raw = json.dumps(whole).encode()
    event = codec.decode(raw)
    assert event.data.reason == ""
    assert event.data.vantage is None


def test_times_in_any_zone_are_utc_after_reading():
    event = codec.decode(changed(time="2026-06-09T09:00:00+02:00"))
    assert event.time == START
    assert event.time.tzinfo is UTC


@pytest.mark.parametrize(
    ("ahead_s", "believed"), [(0, True), (300, True), (301, False), (86_400, False)]
)
def test_an_event_far_ahead_of_its_own_recording_is_quarantined(ahead_s, believed):
    event = ids.stamp(observation(at=ahead_s), START)
    if believed:
        assert codec.check_times(event) is event
    else:
        with pytest.raises(QuarantinedEvent, match=r"check the clock of probe/p1"):
            codec.check_times(event)


def test_an_old_event_is_late_and_not_suspect():
    codec.check_times(ids.stamp(observation(at=-(10**8)), START))


def test_a_correction_that_moves_an_event_into_the_future_is_quarantined():
    data = CorrectionData(supersedes="o-1", at=START + timedelta(seconds=301))
    moved = Correction(id="k", source="operator/x", subject="x", time=START, data=data)
    with pytest.raises(QuarantinedEvent, match=r"data\.at .* check the clock of operator/x"):
        codec.check_times(ids.stamp(moved, START))


def test_the_largest_measurement_fits():
    full = Measurement(
        id="m",
        source="probe/p1",
        subject="sw",
        time=START,
        data=MeasurementData(
            rows=list(range(1000)),
            columns={f"column-{n}": [2**64 - 1] * 1000 for n in range(12)},
        ),
    )
    assert len(codec.encode(full)) < codec.MAX_EVENT_BYTES


def test_every_type_has_one_topic_and_one_name():
    tags = [each.__struct_config__.tag for each in TYPES]
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith(contract.TYPE_PREFIX) and tag.endswith(".v1") for tag in tags)
    assert TOPIC_OF[Trap] == TOPIC_OF[Observation]
