"""The ledger keeps each fact once, with how far the log was read, and changes nothing that it kept."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from events import codec
from events.contract import State
from events.errors import LedgerDamaged, StoreUnavailable
from events.log import Partition
from monitor.store.database import Database, postgresql, sqlite
from monitor.store.ledger import Batch, Gap, Ledger
from tests.store.conftest import new_database
from tests.store.samples import START, at, change, correction, verdict

STATES = Partition("states", 0)


def batch(*events, upto=None, reached=None, gaps=()):
    places = [(f"states/0/{number}", event) for number, event in enumerate(events)]
    positions = {} if upto is None else {STATES: upto}
    return Batch(events=places, positions=positions, reached=reached, gaps=gaps)


async def test_what_was_kept_comes_back_as_it_was_in_the_order_of_keeping(database):
    ledger = Ledger(database)
    told = [
        verdict("down", 10),
        change(),
        correction("o-1", "up", 5, recorded=20),
        verdict("up", 9),
    ]
    assert await ledger.append(batch(*told, upto=4)) == 4
    assert await ledger.facts() == told


async def test_a_fact_that_comes_again_is_kept_once_whatever_batch_it_comes_in(database):
    ledger = Ledger(database)
    one, two, three = verdict("down", 1), verdict("up", 2), verdict("down", 3)
    assert await ledger.append(batch(one, one, two)) == 2
    assert await ledger.append(batch(two, three, one)) == 1
    assert await ledger.facts() == [one, two, three]


async def test_verdicts_on_chains_are_not_kept_because_they_follow(database):
    chain = verdict("down", 1)
    chain = State(
        id="c",
        source="e",
        subject="zaak",
        time=START,
        data=type(chain.data)(of="chain", state="up", since=START),
    )
    assert await Ledger(database).append(batch(chain)) == 0


async def test_positions_progress_and_gaps_are_kept_with_the_facts(database):
    ledger = Ledger(database)
    gap = Gap(STATES, 0, 7, at(1))
    await ledger.append(batch(verdict(), upto=8, reached=at(60), gaps=[gap]))
    await ledger.append(batch(upto=9))
    assert await ledger.positions() == {STATES: 9}
    assert (await ledger.progress()).reached == at(60)
    assert await ledger.gaps() == [gap]


async def test_what_was_recorded_later_does_not_count_at_an_earlier_moment(database):
    ledger = Ledger(database)
    early, late = verdict("down", 1, recorded=1), verdict("up", 0, recorded=100)
    await ledger.append(batch(early, late))
    assert await ledger.facts(at(99)) == [early]
    assert await ledger.facts(at(100)) == [early, late]
    assert await ledger.facts(at(100), up_to=1) == [early]


@pytest.mark.parametrize("table", ["facts", "catalogues", "gaps", "months"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
async def test_the_database_itself_refuses_to_change_what_was_kept(database, table, act):
    ledger = Ledger(database)
    await ledger.append(batch(verdict(), gaps=[Gap(STATES, 0, 1, START)]))
    await ledger.keep_catalogue("v", b"{}")
    column = {"facts": "seq", "catalogues": "version", "gaps": "seq", "months": "number"}[table]
    async with database.writing() as wire:
        if table == "months":
            await wire.execute(
                text(
                    "INSERT INTO months (number, month, revision, body, hash)"
                    " VALUES (1, '2026-05', 1, :body, 'x')"
                ),
                {"body": b"{}"},
            )
    with pytest.raises((DBAPIError, StoreUnavailable, LedgerDamaged), match="append-only"):
        async with database.writing() as wire:
            await wire.execute(text(act.format(table, column, column)))


async def test_a_batch_that_breaks_halfway_leaves_nothing_of_itself(database, monkeypatch):
    ledger = Ledger(database)
    await ledger.append(batch(verdict("down", 1), upto=1))
    before = (await ledger.facts(), await ledger.positions(), await ledger.progress())

    async def broken(*_):
        raise RuntimeError("power cut")

    for step in ("_set_positions", "_add_gaps", "_set_progress"):
        with monkeypatch.context() as patch:
            patch.setattr(f"monitor.store.ledger.{step}", broken)
            with pytest.raises(RuntimeError, match="power cut"):
                await ledger.append(batch(verdict("up", 2), upto=2, reached=at(5)))
        assert (await ledger.facts(), await ledger.positions(), await ledger.progress()) == before


async def test_two_writers_at_once_make_one_chain(database):
    ledger = Ledger(database)
    halves = [[verdict("down", n) for n in range(k, 40, 2)] for k in range(2)]

    async def write(half):
        for one in half:
            await ledger.append(batch(one, half[0]))

    async with asyncio.TaskGroup() as group:
        for half in halves:
            group.create_task(write(half))
    assert len(await ledger.facts()) == 40
    assert (await ledger.progress()).seq == 40


async def test_the_tables_are_made_once_however_often_they_are_asked_for(database):
    await Ledger(database).append(batch(verdict()))
    await database.upgrade()
    assert len(await Ledger(database).facts()) == 1


FACTS = [verdict("down" if n % 2 else "up", n, recorded=100 - n) for n in range(12)]


@given(st.lists(st.lists(st.sampled_from(FACTS), max_size=5), max_size=8), st.randoms())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_batches_shuffled_repeated_and_cut_anywhere_hold_the_same_facts(
    tmp_path_factory, parts, rng
):
    """Delivery is at least once and in no order that can be relied on."""
    rest = list(FACTS)
    rng.shuffle(rest)
    at_once = Database(sqlite(tmp_path_factory.mktemp("l") / "ledger.db"))
    await at_once.upgrade()
    ledger = Ledger(at_once)
    for part in [*parts, rest]:
        await ledger.append(batch(*part))
    found = await ledger.facts()
    assert sorted(one.id for one in found) == sorted(one.id for one in FACTS)
    await at_once.close()


async def test_a_database_that_is_away_is_worth_another_try_and_loses_nothing(server):
    address = await new_database(server)
    away = Database(postgresql(address.replace(address.split(":")[-1], "1/none")))
    with pytest.raises(StoreUnavailable):
        await away.upgrade()
    await away.close()


async def test_a_file_that_is_no_database_is_named_with_the_cure(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"this is a letter, not a database" * 400)
    broken = Database(sqlite(tmp_path / "ledger.db"))
    with pytest.raises(LedgerDamaged, match=r"ledger\.db: .*restore a backup"):
        await broken.upgrade()
    await broken.close()


async def test_a_ledger_of_a_newer_release_is_refused_and_left_alone(database):
    async with database.writing() as wire:
        await wire.execute(text("UPDATE ledger_version SET version_num = '9999'"))
    with pytest.raises(LedgerDamaged, match="newer release"):
        await database.upgrade()


async def test_a_position_that_was_tampered_with_stops_the_reader(database):
    ledger = Ledger(database)
    await ledger.append(batch(verdict(), upto=5))
    async with database.writing() as wire:
        await wire.execute(text("UPDATE positions SET next = 3"))
    with pytest.raises(LedgerDamaged, match="states/0 was tampered with"):
        await ledger.positions()


async def test_the_hash_of_a_fact_is_over_all_it_says_and_the_hash_before(database):
    told = [verdict("down" if n % 3 else "up", n, recorded=n + 2) for n in range(4)]
    await Ledger(database).append(batch(*told))
    last = "0" * 64
    for seq, one in enumerate(told, start=1):
        micros = [int(each.timestamp()) * 1_000_000 for each in (one.time, one.recordedtime)]
        said = [seq, one.id, "state", "sw", *micros, f"states/0/{seq - 1}"]
        text_of_it = json.dumps(said, separators=(",", ":"))
        last = hashlib.sha256(last.encode() + text_of_it.encode() + codec.encode(one)).hexdigest()
    assert (await Ledger(database).progress()).hash == last
