"""The facts of the accounts: added once each, in the transaction that also says how far the log was read.

Promise, proved by `tests/store/test_ledger.py` on SQLite and PostgreSQL: a batch and its positions are kept
together or not at all; an event that was kept is not kept again; what was kept does not change. So a reader
that is killed at any moment goes on from `positions`, loses nothing and repeats nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from events import codec
from events.errors import LedgerDamaged, UndecodableEvent
from events.log import Partition
from events.timestamp import from_micros, microseconds
from monitor.store.rows import GENESIS, Fact, fact, is_kept, seal
from monitor.store.tables import CATALOGUES, FACTS, GAPS, POSITIONS, PROGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from events.contract import AnyEvent
    from monitor.store.database import Database

__all__ = ["Batch", "Gap", "Ledger", "Progress"]

IN_ONE_QUESTION = 500
"""Ids looked up at a time; SQLite takes 32,766 values in one statement, PostgreSQL's driver as many."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Offsets from `first` up to but not including `after` that were gone before they were read."""

    partition: Partition
    first: int
    after: int
    noted: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction adds.

    Attributes:
        events: Place in the log (`states/0/17`) and event, in the order of the log.
        positions: First offset of each partition that is not in it; others stay as they are.
        gaps: What the log no longer had.
        reached: Everything judged up to here is in; None = as before.
    """

    events: Sequence[tuple[str, AnyEvent]] = ()
    positions: Mapping[Partition, int] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()
    reached: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The last fact and its hash, and the moment up to which everything judged is in; None = not known."""

    seq: int = 0
    hash: str = GENESIS
    reached: datetime | None = None


class Ledger:
    """The facts in a database.

    Args:
        database: Brought up to date by `Database.upgrade`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, batch: Batch) -> int:
        """Keep a batch and how far the log was read with it; return how many facts were new.

        Raises:
            StoreUnavailable: Nothing of it was kept; try again.
            LedgerDamaged: The row that says where to go on was tampered with.
        Cancellation: all of it was kept, or nothing.
        """
        async with self._database.writing() as wire:
            before = await _progress(wire)
            fresh = await _unknown(wire, batch.events)
            rows: list[Fact] = []
            seq, last = before.seq, before.hash
            for place, event in fresh:
                seq += 1
                rows.append(fact(event, place, seq, last))
                last = rows[-1].hash
            if rows:
                await wire.execute(insert(FACTS), [_values(row) for row in rows])
            await _set_positions(wire, batch.positions)
            await _add_gaps(wire, batch.gaps)
            await _set_progress(wire, Progress(seq, last, batch.reached or before.reached))
        return len(rows)

    async def positions(self) -> dict[Partition, int]:
        """Where the log must be read on from: the first offset of each partition that is not in.

        Raises:
            LedgerDamaged: A row was tampered with.
        """
        async with self._database.reading() as wire:
            rows = (await wire.execute(select(POSITIONS))).all()
        for topic, number, after, mark in rows:
            if mark != seal(topic, number, after):
                raise LedgerDamaged(
                    f"{self._database.name}: the position of {topic}/{number} was tampered with;"
                    " restore a backup"
                )
        return {Partition(topic, number): after for topic, number, after, _ in rows}

    async def progress(self) -> Progress:
        """How far it is."""
        async with self._database.reading() as wire:
            return await _progress(wire)

    async def begun(self) -> datetime | None:
        """When the fact that was recorded first was; None = there is none."""
        async with self._database.reading() as wire:
            first = (await wire.execute(select(func.min(FACTS.c.recorded_us)))).scalar_one()
        return None if first is None else from_micros(first)

    async def facts(
        self, as_of: datetime | None = None, up_to: int | None = None
    ) -> list[AnyEvent]:
        """The events that were recorded up to and including a moment, in the order of recording.

        Args:
            as_of: None = all.
            up_to: Number of the last fact that counts: where the clock of the log went back, a fact can come
                in later and say that it was recorded earlier. None = all.

        Raises:
            LedgerDamaged: A row cannot be read; `keten ledger verify` names all of them.
        """
        wanted = select(FACTS.c.seq, FACTS.c.body).order_by(FACTS.c.seq)
        if as_of is not None:
            wanted = wanted.where(FACTS.c.recorded_us <= microseconds(as_of))
        if up_to is not None:
            wanted = wanted.where(FACTS.c.seq <= up_to)
        return await self._read(wanted)

    async def decisions(self, as_of: datetime | None = None) -> list[AnyEvent]:
        """The changes and corrections that were recorded up to and including a moment; as `facts`."""
        wanted = select(FACTS.c.seq, FACTS.c.body).order_by(FACTS.c.seq)
        wanted = wanted.where(FACTS.c.kind.in_(("change", "correction")))
        if as_of is not None:
            wanted = wanted.where(FACTS.c.recorded_us <= microseconds(as_of))
        return await self._read(wanted)

    async def _read(self, wanted: Select[Any]) -> list[AnyEvent]:
        async with self._database.reading() as wire:
            rows = (await wire.execute(wanted)).all()
        try:
            return [codec.decode(row.body) for row in rows]
        except UndecodableEvent as error:
            raise LedgerDamaged(
                f"{self._database.name}: a fact cannot be read ({error}); run `keten ledger verify`"
            ) from error

    async def gaps(self) -> list[Gap]:
        """What the log no longer had when it was to be read, in the order of noting."""
        async with self._database.reading() as wire:
            rows = (await wire.execute(select(GAPS).order_by(GAPS.c.seq))).all()
        return [
            Gap(
                Partition(row.topic, row.partition), row.first, row.after, from_micros(row.noted_us)
            )
            for row in rows
        ]

    async def keep_catalogue(self, version: str, body: bytes) -> None:
        """Keep the canonical text of a catalogue, once."""
        async with self._database.writing() as wire:
            known = select(CATALOGUES.c.version).where(CATALOGUES.c.version == version)
            if (await wire.execute(known)).first() is None:
                await wire.execute(insert(CATALOGUES), [{"version": version, "body": body}])

    async def catalogue(self, version: str) -> bytes | None:
        """The canonical text of a catalogue; None = it was never kept."""
        async with self._database.reading() as wire:
            wanted = select(CATALOGUES.c.body).where(CATALOGUES.c.version == version)
            return (await wire.execute(wanted)).scalar_one_or_none()


def _values(row: Fact) -> dict[str, object]:
    return {name: getattr(row, name) for name in FACTS.c.keys()}  # noqa: SIM118  # columns are no dict


async def _unknown(
    wire: AsyncConnection, events: Sequence[tuple[str, AnyEvent]]
) -> list[tuple[str, AnyEvent]]:
    """Of some events those that belong here and are not here yet, each once."""
    once: dict[str, tuple[str, AnyEvent]] = {}
    for place, event in events:
        if is_kept(event):
            once.setdefault(event.id, (place, event))
    ids = list(once)
    known: set[str] = set()
    for at in range(0, len(ids), IN_ONE_QUESTION):
        some = ids[at : at + IN_ONE_QUESTION]
        found = await wire.execute(select(FACTS.c.id).where(FACTS.c.id.in_(some)))
        known.update(found.scalars())
    return [once[id_] for id_ in ids if id_ not in known]


async def _progress(wire: AsyncConnection) -> Progress:
    row = (await wire.execute(select(PROGRESS).where(PROGRESS.c.name == "facts"))).one_or_none()
    if row is None:
        return Progress()
    if row.seal != seal(row.seq, row.hash, row.reached_us):
        raise LedgerDamaged(
            "the row of the ledger that says how far it is was tampered with; restore a backup"
        )
    return Progress(row.seq, row.hash, from_micros(row.reached_us) if row.reached_us else None)


async def _set_progress(wire: AsyncConnection, now: Progress) -> None:
    reached = microseconds(now.reached) if now.reached else 0
    row = {"name": "facts", "seq": now.seq, "hash": now.hash, "reached_us": reached}
    await wire.execute(delete(PROGRESS))
    mark = seal(now.seq, now.hash, reached)
    await wire.execute(insert(PROGRESS), [{**row, "seal": mark}])


async def _set_positions(wire: AsyncConnection, positions: Mapping[Partition, int]) -> None:
    for (topic, number), after in positions.items():
        here = (POSITIONS.c.topic == topic) & (POSITIONS.c.partition == number)
        await wire.execute(delete(POSITIONS).where(here))
        row = {"topic": topic, "partition": number, "next": after}
        await wire.execute(insert(POSITIONS), [{**row, "seal": seal(topic, number, after)}])


async def _add_gaps(wire: AsyncConnection, gaps: Sequence[Gap]) -> None:
    if not gaps:
        return
    known = len((await wire.execute(select(GAPS.c.seq))).all())
    for seq, gap in enumerate(gaps, start=known + 1):
        topic, number = gap.partition
        noted = microseconds(gap.noted)
        row = {"topic": topic, "partition": number, "first": gap.first, "after": gap.after}
        mark = seal(seq, topic, number, gap.first, gap.after, noted)
        values = {"seq": seq, **row, "noted_us": noted, "seal": mark}
        await wire.execute(insert(GAPS), [values])
