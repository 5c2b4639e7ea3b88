"""Both logs place a key alike, and every event type has a topic with rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as reference

from events.contract import TOPIC_OF
from events.topics import TOPICS, murmur2, partition_number


@given(st.binary(max_size=40))
def test_murmur2_is_the_one_of_kafka_clients(data):
    assert murmur2(data) == reference(data)


@given(st.text(max_size=20, alphabet=st.characters(codec="utf-8")), st.integers(1, 64))
def test_a_key_has_one_partition_within_the_topic(key, partitions):
    number = partition_number(key, partitions)
    assert number == (reference(key.encode()) & 0x7FFFFFFF) % partitions
    assert 0 <= number < partitions


def test_every_topic_of_the_contract_has_its_rules():
    assert set(TOPIC_OF.values()) <= set(TOPICS)


def test_what_operators_did_is_kept_for_ever():
    assert TOPICS["commands"].retention is None
    assert not TOPICS["commands"].compacted
