"""The tables of the ledger, as SQLAlchemy sees them; `migrations/` makes them.

Facts, catalogues, gaps and months are only ever added to: triggers refuse everything else. Positions and
progress say how far the reader is, and are the only rows that change; each carries a seal, so that a
flipped byte in them is seen too.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

__all__ = [
    "APPEND_ONLY",
    "CATALOGUES",
    "FACTS",
    "GAPS",
    "METADATA",
    "MONTHS",
    "POSITIONS",
    "PROGRESS",
]

METADATA = MetaData()

HEX = 64
"""Characters of a SHA-256 in hex."""

FACTS = Table(
    "facts",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("valid_us", BigInteger, nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
    Column("place", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", String(HEX), nullable=False),
)
"""One event a row: `valid_us` is its time, `recorded_us` when the log accepted it (microseconds since 1970),
`place` where the log had it, `body` its canonical bytes, `hash` over all of it and the hash before."""

CATALOGUES = Table(
    "catalogues",
    METADATA,
    Column("version", String(HEX), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""Each catalogue once: its canonical JSON, whose SHA-256 is its version."""

GAPS = Table(
    "gaps",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("after", BigInteger, nullable=False),
    Column("noted_us", BigInteger, nullable=False),
    Column("seal", String(HEX), nullable=False),
)
"""Offsets from `first` up to but not including `after` that were gone from the log before they were read."""

POSITIONS = Table(
    "positions",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),
    Column("seal", String(HEX), nullable=False),
)
"""The first offset of each partition that is not in the facts; written in the transaction of the facts."""

PROGRESS = Table(
    "progress",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(HEX), nullable=False),
    Column("reached_us", BigInteger, nullable=False),
    Column("seal", String(HEX), nullable=False),
)
"""One row, `facts`: the last fact and its hash, and the moment up to which everything judged is in."""

MONTHS = Table(
    "months",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("month", String(7), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", String(HEX), nullable=False),
)
"""One closing or revision a row: `body` is its canonical record, `hash` over it and the hash before."""

APPEND_ONLY = (FACTS, CATALOGUES, GAPS, MONTHS)
