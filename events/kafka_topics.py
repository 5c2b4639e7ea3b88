"""Our topics on Kafka: made if missing, found again, and their names in both languages."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import TopicAlreadyExistsError

from events.errors import LogUnavailable
from events.kafka_client import make
from events.log import Partition
from events.topics import Topic, kept_for, topic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from events.kafka_settings import KafkaSettings

__all__ = ["KafkaTopics"]


class KafkaTopics:
    """The topics of one prefix; used from several threads."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._made = False

    def make(self) -> None:
        """Make the topics that are missing, once; what exists is left as its owner configured it."""
        with self._lock:
            if not self._made:
                with closing(make(KafkaAdminClient, self._settings.common())) as admin:
                    self._make_missing(admin)
                self._made = True

    def _make_missing(self, admin: KafkaAdminClient) -> None:
        there = set(admin.list_topics())
        missing = {
            self.name(each.name): self._layout(each)
            for each in kept_for(self._settings.retention).values()
            if self.name(each.name) not in there
        }
        if not missing:
            return
        try:
            admin.create_topics(missing, wait_for_metadata=True)
        except (
            TopicAlreadyExistsError
        ):  # another process was as quick; the rest of the request was done
            admin.wait_for_topics(list(missing))

    def _layout(self, each: Topic) -> dict[str, object]:
        """A topic in the words of kafka-python's admin client."""
        if each.compacted:
            lag = int(each.lag.total_seconds() * 1000)
            keeping = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(lag)}
        else:
            kept = -1 if each.retention is None else int(each.retention.total_seconds() * 1000)
            keeping = {"cleanup.policy": "delete", "retention.ms": str(kept)}
        return {
            "num_partitions": each.partitions,
            "replication_factor": self._settings.replication,
            "configs": keeping,
        }

    def partitions(self, consumer: KafkaConsumer, names: Iterable[str]) -> list[Partition]:
        """Ask Kafka for the partitions of topics.

        Raises:
            LogUnavailable: It does not show one of them, made or not.
        """
        self.make()
        found: list[Partition] = []
        for each in names:
            numbers = consumer.partitions_for_topic(self.name(each))
            if not numbers:
                raise LogUnavailable(
                    f"Kafka at {self._settings.servers} does not show topic {self.name(each)}:"
                    " may our user see and make topics?"
                )
            found += [Partition(each, number) for number in sorted(numbers)]
        return found

    def name(self, each: str) -> str:
        """Our topic's name on Kafka.

        Raises:
            ConfigError: We have no such topic.
        """
        return self._settings.prefix + topic(each).name

    def foreign(self, partition: Partition) -> TopicPartition:
        """Our partition in kafka-python's words."""
        return TopicPartition(self.name(partition.topic), partition.number)

    def ours(self, partition: TopicPartition) -> Partition:
        """Kafka-python's partition in our words."""
        return Partition(partition.topic.removeprefix(self._settings.prefix), partition.partition)
