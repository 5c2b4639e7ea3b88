"""The ledger read from end to end: every row that does not fit what stands before it, with its place.

What it cannot see: a ledger that was rewritten as a whole, with every hash computed anew. The hash of the
last closed month, kept elsewhere (on the report that was sent), shows that too.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from sqlalchemy import select, text

from monitor.reports.close import FIRST, Closed, link
from monitor.store.rows import GENESIS, Fact, damage, seal
from monitor.store.tables import (
    APPEND_ONLY,
    CATALOGUES,
    FACTS,
    GAPS,
    MONTHS,
    POSITIONS,
    PROGRESS,
)

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from monitor.store.database import Database

__all__ = ["Audit", "Finding", "audit"]

PAGE = 2000
"""Rows read at a time: some 2 MB."""
MOST = 50
"""Findings about facts that are listed: one lost page of a file damages every row in it."""


class Finding(NamedTuple):
    """Something that is not as it was written."""

    place: str
    what: str


class Audit(NamedTuple):
    """What was looked at, and what is wrong with it."""

    facts: int
    months: int
    catalogues: int
    last_hash: str
    findings: list[Finding]


async def audit(database: Database) -> Audit:
    """Read everything and check it.

    Raises:
        StoreUnavailable: It cannot be reached.
        LedgerDamaged: The file is no database any more.
    """
    async with database.reading() as wire:
        findings = await _structure(wire, is_sqlite=database.is_sqlite)
        facts, hashes = await _facts(wire, findings)
        await _progress(wire, facts, hashes, findings)
        await _marked(wire, findings)
        catalogues = await _catalogues(wire, findings)
        months, last = await _months(wire, hashes, findings)
    return Audit(facts, months, catalogues, last, findings)


async def _structure(wire: AsyncConnection, *, is_sqlite: bool) -> list[Finding]:
    """The file itself, and the triggers that keep it append-only."""
    findings = []
    if is_sqlite:
        lines = (await wire.execute(text("PRAGMA integrity_check"))).scalars().all()
        findings += [Finding("file", line) for line in lines if line != "ok"][:MOST]
        wanted = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        wanted = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
    there = set((await wire.execute(wanted)).scalars())
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            if f"{table}_no_{act}" not in there:
                what = f"nothing refuses {act.upper()}: its trigger is gone"
                findings.append(Finding(f"table {table.name}", what))
    return findings


async def _facts(wire: AsyncConnection, findings: list[Finding]) -> tuple[int, list[str]]:
    """Every fact against the one before; returns how many there are, and the hash of each."""
    hashes: list[str] = [GENESIS]
    last, listed = 0, 0
    while rows := await _page(wire, last):
        for row in rows:
            said = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for it
            fact = Fact(**{**said, "body": _raw(said["body"])})
            wrong = damage(fact, len(hashes), hashes[-1])
            if wrong is not None and listed < MOST:
                findings.append(Finding(f"facts, seq {row.seq}", wrong))
                listed += 1
            hashes += [row.hash] * max(1, row.seq - len(hashes) + 1)
        last = rows[-1].seq
    return len(hashes) - 1, hashes


def _raw(body: object) -> bytes:
    """A body as bytes: SQLite keeps what it is given, and whoever edits with SQL gives it text."""
    return body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogateescape")


async def _page(wire: AsyncConnection, after: int) -> list[Row[tuple[object, ...]]]:
    wanted = select(FACTS).where(FACTS.c.seq > after).order_by(FACTS.c.seq).limit(PAGE)
    return list((await wire.execute(wanted)).all())


async def _progress(
    wire: AsyncConnection, facts: int, hashes: list[str], findings: list[Finding]
) -> None:
    rows = (await wire.execute(select(PROGRESS))).all()
    if not rows:
        if facts:
            findings.append(Finding("progress", "its row is gone, and there are facts"))
        return
    row = rows[0]
    if row.seal != seal(row.seq, row.hash, row.reached_us) or row.name != "facts":
        findings.append(Finding("progress", "was changed by hand, or damaged"))
    elif (row.seq, row.hash) != (facts, hashes[-1]):
        what = f"the last fact should be {row.seq} with hash {row.hash[:12]}; it is {facts}"
        findings.append(Finding("progress", what))


async def _marked(wire: AsyncConnection, findings: list[Finding]) -> None:
    findings += [
        Finding(f"positions, {row.topic}/{row.partition}", "was changed by hand, or damaged")
        for row in (await wire.execute(select(POSITIONS))).all()
        if row.seal != seal(row.topic, row.partition, row.next)
    ]
    rows = (await wire.execute(select(GAPS).order_by(GAPS.c.seq))).all()
    for number, row in enumerate(rows, start=1):
        parts = (row.topic, row.partition, row.first, row.after, row.noted_us)
        if row.seq != number or row.seal != seal(row.seq, *parts):
            findings.append(Finding(f"gaps, seq {row.seq}", "was changed, or one before is gone"))


async def _catalogues(wire: AsyncConnection, findings: list[Finding]) -> int:
    rows = (await wire.execute(select(CATALOGUES.c.version, CATALOGUES.c.body))).all()
    for version, body in rows:
        if hashlib.sha256(_raw(body)).hexdigest() != version:
            what = "its text is not the one that this version is the hash of"
            findings.append(Finding(f"catalogues, {version[:12]}", what))
    return len(rows)


async def _months(
    wire: AsyncConnection, hashes: list[str], findings: list[Finding]
) -> tuple[int, str]:
    """Every record against the one before, and against the facts that it was made of."""
    rows = (await wire.execute(select(MONTHS).order_by(MONTHS.c.number))).all()
    before = FIRST
    for number, row in enumerate(rows, start=1):
        place = f"months, {row.month} revision {row.revision}"
        if row.number != number:
            findings.append(Finding(place, f"record {number} is missing"))
        if link(_raw(row.body), before) != row.hash:
            what = "its hash does not fit what it says or the record before it"
            findings.append(Finding(place, what))
        else:
            findings += [Finding(place, wrong) for wrong in _record(row, before, hashes)]
        before = row.hash
    return len(rows), before


def _record(row: Row[tuple[object, ...]], before: str, hashes: list[str]) -> list[str]:
    try:
        record = msgspec.json.decode(row.body, type=Closed)
    except msgspec.DecodeError as error:
        return [f"cannot be read: {error}"]
    wrong = []
    if (record.month, record.revision, record.previous) != (row.month, row.revision, before):
        wrong.append("its columns do not say what its body says")
    if record.facts >= len(hashes) or hashes[record.facts] != record.facts_hash:
        wrong.append(f"fact {record.facts}, the last when it was made, is not what it was")
    return wrong
