"""Making kafka-python's objects so that a failed attempt leaves nothing behind.

Their constructors seek contact; when that fails they raise and leave the thread that they started, and its
sockets, running for ever (seen with kafka-python 3.0.12). An outage of an hour would cost hundreds of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from kafka.net.compat import KafkaNetClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["make"]

T = TypeVar("T")


def make(kind: Callable[..., T], settings: Mapping[str, object]) -> T:
    """Turn settings into a producer, consumer or admin client, or into its exception alone."""
    started: list[KafkaNetClient] = []

    def client(**given: Any) -> KafkaNetClient:
        started.append(KafkaNetClient(**given))
        return started[-1]

    try:
        return kind(**settings, kafka_client=client)
    except BaseException:
        for each in started:
            each.close()
        raise
