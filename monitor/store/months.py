"""The closed months in a database, in the order in which they were closed and revised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert, select

from events.errors import LedgerDamaged, MonthRefused
from monitor.reports.close import FIRST, Closed, canonical, link
from monitor.store.tables import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from monitor.store.database import Database

__all__ = ["Months"]

_decoder = msgspec.json.Decoder(Closed)


class Months:
    """Closed months; only ever added to.

    Args:
        database: Brought up to date by `Database.upgrade`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Closed]:
        """Every closing and revision, in order.

        Raises:
            LedgerDamaged: A record cannot be read, or is not what it was; `keten ledger verify` tells more.
        """
        async with self._database.reading() as wire:
            return _records(await _rows(wire))

    async def names(self) -> list[str]:
        """Which months are closed, in order of closing; what their records say is not looked at."""
        async with self._database.reading() as wire:
            wanted = select(MONTHS.c.month).where(MONTHS.c.revision == 1).order_by(MONTHS.c.number)
            return list((await wire.execute(wanted)).scalars())

    async def add(self, make: Callable[[Sequence[Closed]], Closed]) -> Closed:
        """Make the next record of what is there and keep it, with nobody in between.

        Args:
            make: Given every record in order, with `previous` still to be filled in; may refuse.

        Raises:
            MonthRefused: `make` refused, or somebody else was first.
            LedgerDamaged: What is there is not what it was: nothing is built upon it.
        """
        async with self._database.writing() as wire:
            rows = await _rows(wire)
            known = _records(rows)
            previous = rows[-1][2] if rows else FIRST
            record = msgspec.structs.replace(make(known), previous=previous)
            if any((one.month, one.revision) == (record.month, record.revision) for one in known):
                raise MonthRefused(
                    f"{record.month} got revision {record.revision} in the meantime; look at it first"
                )
            body = canonical(record)
            row = {
                "number": len(rows) + 1,
                "month": record.month,
                "revision": record.revision,
                "body": body,
                "hash": link(body, previous),
            }
            await wire.execute(insert(MONTHS), [row])
        return record


async def _rows(wire: AsyncConnection) -> list[tuple[int, bytes, str]]:
    wanted = select(MONTHS.c.number, MONTHS.c.body, MONTHS.c.hash).order_by(MONTHS.c.number)
    return [(row.number, row.body, row.hash) for row in await wire.execute(wanted)]


def _records(rows: Sequence[tuple[int, bytes, str]]) -> list[Closed]:
    """Turn the rows into records, each held against its hash: a forged figure is never shown."""
    records, previous = [], FIRST
    for number, body, kept in rows:
        record = _read(body)
        if record.previous != previous or link(body, previous) != kept:
            raise LedgerDamaged(
                f"closed month {number} ({record.month} revision {record.revision}) is not what was frozen:"
                " its hash does not fit; `keten ledger verify` tells more; restore a backup"
            )
        records.append(record)
        previous = kept
    return records


def _read(body: bytes) -> Closed:
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise LedgerDamaged(
            f"a closed month cannot be read ({error}); run `keten ledger verify`"
        ) from error
