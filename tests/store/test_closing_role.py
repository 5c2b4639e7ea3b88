"""Months close by themselves, once and with everything that is known; every night one is reckoned again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.clock import ManualClock
from events.errors import StoreUnavailable
from monitor.reports.close import Closed, may_close
from monitor.reports.schedule import ClosingRule, Schedule
from monitor.roles.closing import Answer, ClosingRole
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Batch, Ledger
from monitor.store.months import Months
from tests.store.samples import verdict
from topology.catalogue import build

ZONE = build({"version": "1", "timezone": "Europe/Amsterdam"})
APRIL = datetime(2026, 4, 10, tzinfo=UTC)
"""When the ledger of these tests begins, so that May is the first whole month."""
MAY_ENDS = datetime(2026, 5, 31, 22, 0, tzinfo=UTC)
CLOSING = datetime(2026, 6, 3, 7, 0, tzinfo=UTC)
"""Wednesday, the third working day of June, at nine."""
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


class Clerk:
    """Adds an empty record, or says what it is told to say."""

    def __init__(self, months):
        self._months = months
        self.asked = []
        self.answers = []

    async def close(self, month, as_of):
        self.asked.append(("close", month, as_of))
        if self.answers:
            return self.answers.pop(0)
        end = Schedule(ZONE, ClosingRule()).end(month)

        def make(known):
            may_close(month, end, as_of, known)
            return Closed(
                month=month,
                revision=1,
                as_of=as_of,
                made=as_of,
                catalogue="",
                facts=0,
                facts_hash="",
                digest="",
                report={"chains": {}},
            )

        await self._months.add(make)
        return Answer("same")

    async def audit(self, month):
        self.asked.append(("audit", month))
        return self.answers.pop(0) if self.answers else Answer("same")


class Room:
    def __init__(self, database):
        self.clock = ManualClock(APRIL)
        self.database = database
        self.months, self.ledger = Months(database), Ledger(database)
        self.reached = APRIL
        self.begin()

    def begin(self, rule=None, *, by_hand=False):
        """A process begins: it knows nothing but what is in the database."""
        self.clerk = Clerk(self.months)
        chosen = None if by_hand else rule or ClosingRule()
        self.role = ClosingRole(
            self.clock,
            self.ledger,
            self.months,
            self.clerk,
            Schedule(ZONE, chosen),
            lambda: self.reached,
        )

    async def at(self, moment, *, behind=5 * SECOND):
        """Let it look at a moment, with the ledger so far behind; return what it asked for."""
        await self.clock.advance((moment - self.clock.now()).total_seconds())
        if behind is not None:
            self.reached = moment - behind
        self.clerk.asked.clear()
        await self.role.look()
        return list(self.clerk.asked)


async def opened(path):
    database = Database(sqlite(path))
    await database.upgrade()
    room = Room(database)
    first = verdict(recorded=(APRIL - datetime(2026, 5, 4, 8, tzinfo=UTC)).total_seconds())
    await room.ledger.append(Batch(events=[("states/0/0", first)]))
    return room


@pytest.fixture
async def room(tmp_path):
    made = await opened(tmp_path / "ledger.db")
    yield made
    await made.database.close()


# --- closing ------------------------------------------------------------------------------------------


async def test_a_month_closes_on_its_day_as_of_that_moment_and_not_before(room):
    assert await room.at(MAY_ENDS + DAY) == []
    assert await room.at(CLOSING - SECOND) == []
    assert await room.at(CLOSING + 8 * SECOND) == [("close", "2026-05", CLOSING)]
    assert await room.at(CLOSING + 28 * SECOND) == [("audit", "2026-05")]
    assert await room.at(CLOSING + 48 * SECOND) == []
    assert room.role.overdue == 0


async def test_the_month_in_which_the_ledger_begins_is_not_closed_by_itself(room):
    assert await room.at(datetime(2026, 5, 20, tzinfo=UTC)) == []
    assert await room.months.names() == []


async def test_what_was_missed_while_nothing_ran_is_closed_with_all_that_is_known_by_now(room):
    """What was seen last before the service went away was judged only after it came back."""
    await room.at(MAY_ENDS - DAY)
    room.begin()
    late = datetime(2026, 8, 20, 12, tzinfo=UTC)
    asked = [await room.at(late + n * 20 * SECOND) for n in range(4)]
    closes = [one for some in asked for one in some if one[0] == "close"]
    assert [one[1] for one in closes] == ["2026-05", "2026-06", "2026-07"]
    assert all(one[2] >= late for one in closes)


async def test_a_ledger_that_is_behind_is_waited_for_and_it_shows(room):
    await room.at(MAY_ENDS - DAY)
    assert await room.at(CLOSING + HOUR, behind=2 * HOUR) == []
    assert room.role.overdue == 3600
    assert ("close", "2026-05", CLOSING + 2 * HOUR) in await room.at(CLOSING + 2 * HOUR)
    assert room.role.overdue == 0


async def test_before_the_ledger_knows_how_far_it_is_nothing_is_done(room):
    room.reached = None
    assert await room.at(CLOSING + DAY, behind=None) == []


async def test_by_hand_nothing_is_closed_and_what_is_closed_is_reckoned_again(room):
    room.begin(by_hand=True)
    assert await room.at(CLOSING + DAY) == []
    await room.clerk.close("2026-05", CLOSING)
    assert await room.at(CLOSING + DAY + HOUR) == [("audit", "2026-05")]


async def test_a_refusal_is_tried_again_after_a_while_and_stays_in_sight(room):
    await room.at(CLOSING - HOUR)
    room.clerk.answers = [Answer("differs", "the catalogue cannot be read")]
    assert len(await room.at(CLOSING + SECOND, behind=0 * SECOND)) == 1
    assert await room.at(CLOSING + 60 * SECOND) == []
    assert room.role.overdue == 60
    assert ("close", "2026-05", CLOSING) in await room.at(CLOSING + timedelta(minutes=16))
    assert room.role.overdue == 0


async def test_a_database_that_is_away_for_a_while_is_no_end(room, monkeypatch):
    async def away(_months):
        raise StoreUnavailable("gone fishing")

    await room.at(CLOSING - HOUR)
    with monkeypatch.context() as patched:
        patched.setattr(Months, "names", away)
        assert await room.at(CLOSING + SECOND) == []
    assert ("close", "2026-05", CLOSING) in await room.at(CLOSING + 20 * SECOND)


async def test_of_two_processes_one_closes_and_the_other_finds_it_closed(room):
    other = Room(room.database)
    for one in (room, other):
        await one.at(CLOSING - HOUR)
    refused = Answer("differs", "2026-05 is closed already, revision 1")

    async def late(month, as_of, close=other.clerk.close):
        await room.at(CLOSING + 10 * SECOND)
        other.clerk.asked.append(("close", month, as_of))
        return refused

    other.clerk.close = late
    await other.at(CLOSING + 10 * SECOND)
    assert await room.months.names() == ["2026-05"]
    assert other.role.overdue == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(60, 1_000_000), st.booleans(), st.sampled_from([5, 5, 5, 200, 90_000])
        ),
        min_size=6,
        max_size=12,
    )
)
def test_whenever_it_looks_or_is_restarted_every_month_is_closed_once_and_in_turn(
    tmp_path_factory, steps
):
    path = tmp_path_factory.mktemp("months") / "ledger.db"
    names, asked, now = asyncio.run(lived(path, steps))
    assert names == [one[1] for one in asked]
    assert names == [f"2026-{5 + n:02d}" for n in range(len(names))]
    schedule = Schedule(ZONE, ClosingRule())
    assert all(one[2] >= schedule.moment(one[1]) for one in asked)
    # One look closes one month; after the steps it looked often enough to have caught up.
    assert schedule.moment(schedule.next(names, APRIL)) > now


async def lived(path, steps):
    room = await opened(path)
    asked, now = [], APRIL
    for seconds, restarts, behind in [*steps, *[(20, False, 5)] * 6]:
        now += timedelta(seconds=seconds)
        if restarts:
            room.begin()
        told = await room.at(now, behind=timedelta(seconds=behind))
        asked += [one for one in told if one[0] == "close"]
    names = await room.months.names()
    await room.database.close()
    return names, asked, now


# --- audit --------------------------------------------------------------------------------------------


@pytest.fixture
async def closed(room):
    room.begin(by_hand=True)
    for month in ("2026-05", "2026-06", "2026-07"):
        await room.clerk.close(month, CLOSING + 90 * DAY)
    room.night = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)
    await room.at(room.night - SECOND)
    return room


async def test_every_night_another_closed_month_is_reckoned_again_once(closed):
    asked = []
    for night in range(3):
        for minutes in (0, 1, 600):
            moment = closed.night + night * DAY + timedelta(minutes=minutes)
            told = await closed.at(moment)
            asked += [one[1] for one in told if one[0] == "audit"]
    assert sorted(asked) == ["2026-05", "2026-06", "2026-07"]
    assert closed.role.audits["same"] == 4, "and the night that was missed before"


async def test_two_processes_reckon_the_same_month_in_the_same_night(closed):
    told = await closed.at(closed.night)
    closed.begin(by_hand=True)
    assert await closed.at(closed.night + HOUR) == told


async def test_a_month_that_is_not_what_was_closed_shows_until_it_is(closed):
    closed.clerk.answers = [Answer("differs", "months, 2026-05 revision 1: another digest")]
    ((_, month),) = await closed.at(closed.night)
    assert closed.role.differing == {month}
    for night in (1, 2, 3):
        assert closed.role.differing == {month}
        await closed.at(closed.night + night * DAY)
    assert closed.role.differing == set()
    assert closed.role.audits["differs"] == 1


async def test_an_audit_that_failed_is_no_answer_and_is_tried_again_that_night(closed):
    closed.clerk.answers = [Answer("failed", "no end within 3600 s")]
    first = await closed.at(closed.night)
    before = closed.role.audit_ended
    assert await closed.at(closed.night + 20 * SECOND) == []
    assert closed.role.audit_ended == before
    assert await closed.at(closed.night + timedelta(minutes=16)) == first
    assert closed.role.audit_ended == closed.night + timedelta(minutes=16)
    assert closed.role.audits == {"same": 2, "differs": 0, "failed": 1}


async def test_after_a_start_the_ledger_catches_up_first(closed):
    closed.begin(by_hand=True)
    assert await closed.at(closed.night + HOUR, behind=HOUR) == []
    assert len(await closed.at(closed.night + HOUR + 20 * SECOND)) == 1
