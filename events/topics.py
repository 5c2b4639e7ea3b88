"""What each topic is: how many partitions, kept by age or by key, and which partition a key goes to.

One table for every adapter, so that the journal and Kafka place and keep the same event alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from events.contract import (
    COMMANDS,
    DEADLETTERS,
    INCIDENTS,
    MEASUREMENTS,
    NOTIFICATIONS,
    OBSERVATIONS,
    STATES,
)
from events.errors import ConfigError

__all__ = ["ASSIGNMENTS", "TOPICS", "Topic", "kept_for", "murmur2", "partition_number", "topic"]

ASSIGNMENTS = "assignments"
"""Which probe polls which targets; not an event stream of the contract, but a topic (DESIGN.md 4)."""


@dataclass(frozen=True, slots=True)
class Topic:
    """How one topic is laid out and kept.

    Attributes:
        name: Without prefix.
        partitions: Of a new log; an existing log keeps the number it was made with, or keys would move.
        compacted: True keeps the last record of each key for ever, False keeps by `retention`.
        retention: How long records are kept; None = for ever.
        lag: Of a compacted topic: younger records stay, also when a later one of the same key stands.
    """

    name: str
    partitions: int = 1
    compacted: bool = False
    retention: timedelta | None = None
    lag: timedelta = timedelta(0)


TOPICS: dict[str, Topic] = {
    each.name: each
    for each in (
        # 62 days: the month before last can be recomputed on any day of this one.
        Topic(OBSERVATIONS, partitions=8, retention=timedelta(days=62)),
        # The rollups live in the store; a week is what a broken rollup needs to be made again.
        Topic(MEASUREMENTS, partitions=8, retention=timedelta(days=7)),
        # Few and irreplaceable: operators' acts, changes, corrections.
        Topic(COMMANDS),
        # The ledger keeps every verdict: it may be away for a week and miss none.
        Topic(STATES, compacted=True, lag=timedelta(days=7)),
        Topic(INCIDENTS, compacted=True),
        Topic(ASSIGNMENTS, compacted=True),
        Topic(NOTIFICATIONS, retention=timedelta(days=400)),
        Topic(DEADLETTERS, retention=timedelta(days=90)),
    )
}


def kept_for(retention: timedelta | None) -> dict[str, Topic]:
    """Every topic, those that are kept by age kept for so long; None = as long as each says."""
    return {
        name: each
        if retention is None or each.retention is None
        else replace(each, retention=retention)
        for name, each in TOPICS.items()
    }


def topic(name: str) -> Topic:
    """Turn a name into its topic.

    Raises:
        ConfigError: There is no such topic.
    """
    try:
        return TOPICS[name]
    except KeyError:
        raise ConfigError(f"no topic {name!r}; the topics are {', '.join(TOPICS)}") from None


@lru_cache(maxsize=65_536)  # devices of a large region; a miss costs some 10 us of pure Python
def partition_number(key: str, partitions: int) -> int:
    """Turn a key into its partition, as Kafka clients do: positive murmur2 modulo the number.

    Source: Apache Kafka, DefaultPartitioner.
    """
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


_MASK = 0xFFFFFFFF
_MULTIPLIER = 0x5BD1E995
_SEED = 0x9747B28C


def murmur2(data: bytes) -> int:
    """Turn bytes into their 32-bit MurmurHash2 with Kafka's seed.

    Source: A. Appleby, MurmurHash2; the seed is Apache Kafka's.
    """
    whole = len(data) & ~3
    mixed = _SEED ^ len(data)
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * _MULTIPLIER & _MASK
        word = (word ^ word >> 24) * _MULTIPLIER & _MASK
        mixed = mixed * _MULTIPLIER & _MASK ^ word
    if tail := data[whole:]:
        mixed = (mixed ^ int.from_bytes(tail, "little")) * _MULTIPLIER & _MASK
    mixed = (mixed ^ mixed >> 13) * _MULTIPLIER & _MASK
    return mixed ^ mixed >> 15
