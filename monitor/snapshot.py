"""Snapshots of the engine on disk: written whole or not at all, checked when read.

A snapshot is only an accelerator: the log is the truth, and an engine without a usable snapshot folds
the whole kept log again. Old ones are kept, thinning out with age, because an event that arrives late is
folded again from the last snapshot before it (DESIGN.md 4).
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from events.contract import Moment
from events.log import Partition
from monitor.logs import logger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

__all__ = ["Snapshot", "Snapshots"]

MAGIC = b"keten-snapshot-1\n"
KEEP_NEWEST = 12
"""At one a minute these reach back twelve minutes; beyond that one in each hour is kept."""
KEEP_HOURS = 48


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The engine at one moment.

    Attributes:
        catalogue: Version of the catalogue it was folded with.
        taken: When, by the clock of the engine.
        watermark: Time of the last event in it; None before the first.
        positions: Topic and partition to the first offset that is not wholly in it.
        timeline: The frozen timeline.
    """

    catalogue: str
    taken: Moment
    watermark: Moment | None
    positions: dict[str, int]
    timeline: bytes


def to_keys(positions: Mapping[Partition, int]) -> dict[str, int]:
    """Partitions as text keys, for the file."""
    return {f"{topic}/{number}": offset for (topic, number), offset in positions.items()}


def to_partitions(keys: Mapping[str, int]) -> dict[Partition, int]:
    """The reverse of `to_keys`."""
    parted = ((key.rsplit("/", 1), offset) for key, offset in keys.items())
    return {Partition(topic, int(number)): offset for (topic, number), offset in parted}


class Snapshots:
    """The snapshots of one engine in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Snapshot)

    def save(self, snapshot: Snapshot) -> None:
        """Write a snapshot so that a crash leaves either all of it or nothing, then thin the rest.

        Raises:
            OSError: The disk does not take it; those of before are still there.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        body = self._encoder.encode(snapshot)
        name = f"{snapshot.taken.strftime('%Y%m%dT%H%M%S.%f')}.snapshot"
        unfinished = self._directory / f"{name}.part"
        try:
            with unfinished.open("wb") as file:
                file.write(MAGIC + hashlib.sha256(body).digest() + body)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._directory / name)
        except OSError:
            unfinished.unlink(missing_ok=True)  # on a full disk half a snapshot is in the way
            raise
        self._thin()

    def newest(
        self, catalogue: str | None = None, before: datetime | None = None
    ) -> Snapshot | None:
        """The newest usable snapshot.

        Args:
            catalogue: Of this version; None = of any.
            before: Whose watermark lies before this moment; None = any.
        """
        for path in self._paths():
            snapshot = self._read(path)
            if snapshot is None or catalogue not in (None, snapshot.catalogue):
                continue
            if before is None or (snapshot.watermark is not None and snapshot.watermark < before):
                return snapshot
        return None

    def drop_after(self, moment: datetime) -> None:
        """Remove snapshots whose watermark is not before a moment: an earlier event came in late."""
        for path in self._paths():
            snapshot = self._read(path)
            if snapshot is None or snapshot.watermark is None or snapshot.watermark >= moment:
                path.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        return sorted(self._directory.glob("*.snapshot"), reverse=True)

    def _read(self, path: Path) -> Snapshot | None:
        try:
            content = path.read_bytes()
        except OSError as error:
            logger("engine").warning("snapshot.refused", file=path.name, reason=str(error.strerror))
            return None
        head, body = content[: len(MAGIC) + 32], content[len(MAGIC) + 32 :]
        if head == MAGIC + hashlib.sha256(body).digest():
            try:
                return self._decoder.decode(body)
            except msgspec.DecodeError as error:
                logger("engine").warning("snapshot.refused", file=path.name, reason=str(error))
                return None
        logger("engine").warning("snapshot.refused", file=path.name, reason="checksum differs")
        return None

    def _thin(self) -> None:
        for path in set(self._paths()) - set(_kept(self._paths())):
            path.unlink(missing_ok=True)


def _kept(newest_first: list[Path]) -> Iterator[Path]:
    yield from newest_first[:KEEP_NEWEST]
    hours: set[str] = set()
    for path in newest_first[KEEP_NEWEST:]:
        hour = path.name[: len("20261124T13")]
        if hour not in hours and len(hours) < KEEP_HOURS:
            hours.add(hour)
            yield path
