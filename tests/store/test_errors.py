"""What databases and drivers say, put into our tree."""

from __future__ import annotations

from importlib import import_module

import pytest
from sqlalchemy.exc import OperationalError

from events.errors import PermanentError, StoreUnavailable
from monitor.store.database import Database, sqlite


class WentAwayError(Exception):
    """A driver that says nothing: the connection broke off."""


@pytest.mark.parametrize(
    ("said", "told"), [("", "WentAwayError"), ("no route\nHINT: look", "no route$")]
)
async def test_a_database_that_is_away_is_told_in_one_line_also_when_its_driver_says_nothing(
    tmp_path, said, told
):
    database = Database(sqlite(tmp_path / "ledger.db"))
    with pytest.raises(StoreUnavailable, match=told):
        async with database.writing():
            raise OperationalError("INSERT", None, WentAwayError(said))
    await database.close()


def test_the_first_tables_are_not_taken_away_again_for_they_hold_facts():
    first = import_module("monitor.store.migrations.versions.ledger_0001")
    with pytest.raises(PermanentError, match="restore a backup"):
        first.downgrade()
