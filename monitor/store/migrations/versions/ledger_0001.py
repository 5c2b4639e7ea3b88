"""The first tables: facts, catalogues, gaps, positions, progress, months; triggers that refuse changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from events.errors import PermanentError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("facts", "catalogues", "gaps", "months")
WORDS = "the ledger is append-only: add a correction or a revision"
HEX = 64


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _hex(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(HEX), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    """Make the tables, their indexes and their triggers."""
    _facts()
    op.create_table("catalogues", _hex("version"), _bytes("body"), _key("version"))
    op.create_table(
        "gaps",
        *(_big("seq"), _text("topic"), sa.Column("partition", sa.Integer, nullable=False)),
        *(_big("first"), _big("after"), _big("noted_us"), _hex("seal"), _key("seq")),
    )
    op.create_table(
        "positions",
        *(_text("topic"), sa.Column("partition", sa.Integer, nullable=False)),
        *(_big("next"), _hex("seal"), _key("topic", "partition")),
    )
    op.create_table(
        "progress",
        *(_text("name"), _big("seq"), _hex("hash"), _big("reached_us"), _hex("seal")),
        _key("name"),
    )
    op.create_table(
        "months",
        *(_big("number"), sa.Column("month", sa.String(7), nullable=False)),
        *(sa.Column("revision", sa.Integer, nullable=False), _bytes("body"), _hex("hash")),
        *(_key("number"), sa.UniqueConstraint("month", "revision")),
    )
    _refuse_changes()


def downgrade() -> None:
    """Refuse: facts are only added; the way back is a backup.

    Raises:
        PermanentError: Always.
    """
    raise PermanentError("a ledger is not unmade, it would lose facts; restore a backup")


def _key(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns)


def _facts() -> None:
    op.create_table(
        "facts",
        *(_big("seq"), _text("id"), _text("kind"), _text("subject")),
        *(_big("valid_us"), _big("recorded_us"), _text("place")),
        *(_bytes("body"), _hex("hash")),
        *(_key("seq"), sa.UniqueConstraint("id")),
    )
    op.create_index("facts_by_kind", "facts", ["kind", "valid_us"])


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
    )
    for table in APPEND_ONLY:
        for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION ledger_refuse()"
            )
