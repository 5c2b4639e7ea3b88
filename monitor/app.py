"""The composition root: the only place where adapters are built and roles are put together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from events.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from events.clock import Clock
    from events.log import Log
    from monitor.settings import Settings

__all__ = ["ROLES", "open_log", "settings_of"]

ROLES = ("probe", "engine", "notify", "web")


def settings_of(directory: Path, overrides: Mapping[str, str | None]) -> Settings:
    """The settings of a catalogue directory, laid over by environment and command line.

    Raises:
        ConfigError: Everything that is wrong, with its place.
    """
    from monitor.catalogue_files import load
    from monitor.settings import read

    return read(load(directory), directory, os.environ, overrides)


async def open_log(settings: Settings, clock: Clock, *, read_only: bool = False) -> Log:
    """Open the event log that the settings name.

    Raises:
        DirectoryInUse: Another process writes the journal.
        LogUnavailable: There is no journal to read yet.
        ConfigError: Kafka without servers, or a directory that cannot be used.
    """
    if settings.log == "kafka":
        return _kafka(settings, clock)
    from events.journal import JournalLog

    return JournalLog(settings.data, clock, read_only=read_only)


def _kafka(settings: Settings, clock: Clock) -> Log:
    if not settings.kafka.servers:
        raise ConfigError(
            "log: kafka needs to know where Kafka is: add service.kafka.servers or --kafka-servers"
        )
    from events.kafka import KafkaLog, KafkaSettings

    return KafkaLog(
        KafkaSettings(
            servers=",".join(settings.kafka.servers),
            prefix=settings.kafka.prefix,
            security=settings.kafka.options(),
        ),
        clock,
    )
