"""A chain that cannot work as it is drawn: down all the time, and the report says so."""

from __future__ import annotations

from datetime import UTC, datetime

from events.span import seconds
from monitor.reports.facts import facts_of
from monitor.reports.month import report
from tests.reports.office import CATALOGUE, compiled, seen

MONTH = (
    seconds(datetime(2026, 5, 31, 22, tzinfo=UTC)),
    seconds(datetime(2026, 6, 30, 22, tzinfo=UTC)),
)
DRAWN = CATALOGUE.replace("supplier: lan}\n", "supplier: lan, uplinks: {min: 2}}\n", 1)


def test_an_interruption_without_a_beginning_is_listed_without_one(tmp_path):
    office = compiled(tmp_path, DRAWN)
    facts = facts_of(office, [seen("lijn", "up", datetime(2026, 6, 3, tzinfo=UTC))], MONTH[1])
    row = report(office, facts, MONTH)["chains"]["zaak"]
    (only,) = row["interruption_list"]
    assert (only["from"], only["state"], only["trigger"]) == (None, "down", [])
    assert only["goes_on"]
    assert only["seconds"] == row["down"] == row["agreed"] > 0
    assert row["suppliers"]["seconds_by_key"] == {"onbekend": row["down"]}
