"""How Kafka is reached, and what kafka-python's errors mean to us."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kafka.errors import (
    AuthorizationError,
    KafkaConfigurationError,
    KafkaError,
    KafkaStorageError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OffsetOutOfRangeError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
)

from events.codec import MAX_EVENT_BYTES
from events.errors import (
    ConfigError,
    KetenError,
    LogFull,
    LogUnavailable,
    PositionLost,
    UndecodableEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

__all__ = ["KafkaSettings", "foreign_errors", "meaning"]

_SECRET_WORDS = ("password", "secret", "token")


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where Kafka is, how patient we are, how much may be under way.

    Attributes:
        servers: `host:port` of one or more brokers, comma separated.
        prefix: Of every topic name.
        security: Passed to kafka-python as it is: `security_protocol`, `ssl_cafile`, `sasl_mechanism`,
            `sasl_plain_username`, `sasl_plain_password` and the like. Never shown.
        client_id: By which the brokers' logs and quotas know this process.
        replication: Of topics that we make; -1 = the brokers' default.
        connect_s: Longest wait for a first contact.
        deliver_s: Longest time in which kafka-python retries a batch before it is an error.
        request_s: Longest wait for one answer of a broker.
        stall_s: A reader that hears nothing for so long asks whether there is something to hear.
        batches: Publishes under way at most; kafka-python itself would take in without bound.
        retention: Of topics that we make and that are kept by age; None = what each topic says.
    """

    servers: str
    prefix: str = "keten."
    security: Mapping[str, object] = field(default_factory=dict, repr=False)
    client_id: str = "ketenmonitor"
    replication: int = -1
    connect_s: float = 10.0
    deliver_s: float = 30.0
    request_s: float = 10.0
    stall_s: float = 15.0
    batches: int = 64
    retention: timedelta | None = None

    def common(self) -> dict[str, object]:
        """What producer, consumer and admin client have in common, in kafka-python's words."""
        return {
            "bootstrap_servers": [each.strip() for each in self.servers.split(",")],
            "client_id": self.client_id,
            "bootstrap_timeout_ms": _ms(self.connect_s),
            "request_timeout_ms": _ms(self.request_s),
            # A broker that comes back is noticed within 2 s instead of the default 30.
            "reconnect_backoff_max_ms": 2_000,
            **self.security,
        }

    def producer(self) -> dict[str, object]:
        """The producer's: acknowledged by all replicas, in order, no duplicates of its own."""
        return {
            **self.common(),
            "metrics_enabled": False,
            "acks": "all",
            "enable_idempotence": True,
            "compression_type": "lz4",
            "linger_ms": 5,
            "batch_size": 131_072,
            "max_request_size": MAX_EVENT_BYTES + 16_384,  # key, header and framing
            "max_block_ms": _ms(self.connect_s),
            "delivery_timeout_ms": _ms(self.deliver_s),
            "allow_auto_create_topics": False,
        }

    def consumer(self, group: str | None) -> dict[str, object]:
        """A consumer's: commits by hand, bounded memory, and a position that is gone is an error."""
        return {
            **self.common(),
            "metrics_enabled": False,
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "none",
            "fetch_max_wait_ms": min(500, _ms(self.request_s) // 2),
            "fetch_max_bytes": 16 * 1024 * 1024,
            "max_partition_fetch_bytes": 4 * 1024 * 1024,
            "allow_auto_create_topics": False,
        }


_MEANINGS: tuple[tuple[type[Exception], type[KetenError], str], ...] = (
    (KafkaConfigurationError, ConfigError, "is not usable with these settings"),
    (MessageSizeTooLargeError, UndecodableEvent, "does not take an event of this size: split it"),
    (RecordListTooLargeError, UndecodableEvent, "does not take a batch of this size: split it"),
    (
        OffsetOutOfRangeError,
        PositionLost,
        "does not keep this position: start from a later snapshot or the oldest kept record",
    ),
    (KafkaStorageError, LogFull, "cannot write to its disk: free or add space there"),
    (SaslAuthenticationFailedError, LogUnavailable, "refuses us: check user and password"),
    (AuthorizationError, LogUnavailable, "refuses us: check the rights of our user"),
    (KafkaTimeoutError, LogUnavailable, "does not answer in time: is it running?"),
)


@contextmanager
def foreign_errors(settings: KafkaSettings) -> Iterator[None]:
    """Turn kafka-python's errors, and those of its constructors, into ours."""
    try:
        yield
    except KafkaError as error:
        raise meaning(error, settings) from None  # the original may quote the configuration
    except (AssertionError, TypeError, ValueError, OSError) as error:
        raise ConfigError(
            f"the Kafka settings for {settings.servers} are not usable: {_safe(error, settings)}"
        ) from None


def meaning(error: Exception, settings: KafkaSettings) -> Exception:
    """Turn one error of kafka-python into ours; its type decides, never its text."""
    at = f"Kafka at {settings.servers}"
    said = f"{type(error).__name__} {_safe(error, settings)}"
    for foreign, ours, text in _MEANINGS:
        if isinstance(error, foreign):
            return ours(f"{at} {text} ({said})")
    return LogUnavailable(f"{at} failed: {said}")


def _safe(error: Exception, settings: KafkaSettings) -> str:
    """The error's text without any secret of the settings."""
    text = str(error)
    for name, value in settings.security.items():
        if any(word in name for word in _SECRET_WORDS) and isinstance(value, str) and value:
            text = text.replace(value, "***")
    return text


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
