"""Both engines against a small agent: the same values on good days, and one truth on bad ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from events.clock import SystemClock
from events.errors import DeviceRefused, DeviceSilent
from probes.port import SnmpCredential
from probes.snmp import ber
from probes.snmp.ber import VarBind
from probes.snmp.engine import Agent, Question, split_address
from probes.snmp.fast import FastEngine
from probes.snmp.grid import Grid
from probes.snmp.reference import ReferenceEngine
from tests.probes.agent import IF, IFX, TestAgent, Unkind, recording, switch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from probes.snmp.engine import Engine

RECORDINGS = sorted((Path(__file__).parents[1] / "recordings").glob("*.snmprec"))
SHARED = Path(__file__).parents[2] / ".." / "shared" / "devices"
COLUMNS = (
    *((*IF, c) for c in (7, 8, 9, 13, 14, 19, 20)),
    *((*IFX, c) for c in (6, 7, 10, 11, 15)),
)
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
MIB = (1, 3, 6, 1)
EVERYTHING = ((1, 0), (1, 3))


@pytest.fixture
async def fast() -> AsyncIterator[FastEngine]:
    engine = FastEngine(SystemClock())
    yield engine
    await engine.close()


@pytest.fixture(params=["fast", "reference"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    made = FastEngine(SystemClock()) if request.param == "fast" else ReferenceEngine()
    yield made
    await made.close()


@pytest.fixture
async def served() -> AsyncIterator[Callable[..., object]]:
    agents: list[TestAgent] = []

    async def serve(rows: list[VarBind] | None = None, **faults: object) -> TestAgent:
        one = TestAgent(switch(8) if rows is None else rows, unkind=Unkind(**faults))
        agents.append(await one.listen())
        return one

    yield serve
    for one in agents:
        one.close()


def table_of(rows: list[VarBind], question: Question) -> list[list[ber.Value]]:
    """What the recording itself says: the oracle."""
    values = {row.oid: row.value for row in rows}
    return [[values.get((*column, row)) for row in question.rows] for column in question.columns]


async def test_a_table_is_what_the_recording_says(engine, served) -> None:
    agent = await served(switch(12))
    question = Question((UPTIME,), COLUMNS, tuple(range(1, 13)))
    table = await engine.table(agent.agent(timeout_s=2.0), question)
    assert table.scalars == [123_456]
    assert table.columns == table_of(agent.rows, question)
    assert (table.changed, table.quirks) == (False, [])


async def test_a_walk_gives_every_row_of_its_roots_and_no_other(engine, served) -> None:
    agent = await served()
    walked = await engine.walk(agent.agent(timeout_s=2.0), [(*IF, 2), (*IFX, 18)])
    assert walked.rows == [r for r in agent.rows if r.oid[:10] == (*IF, 2)] + [
        r for r in agent.rows if r.oid[:11] == (*IFX, 18)
    ]


async def test_a_value_that_is_not_there_is_none_and_never_zero(engine, served) -> None:
    gone = {(*IFX, 6, 3), (*IFX, 6, 8), (*IF, 8, 1)}
    agent = await served([row for row in switch(8) if row.oid not in gone])
    question = Question((UPTIME, (1, 3, 6, 1, 2, 1, 1, 6, 0)), COLUMNS, tuple(range(1, 9)))
    table = await engine.table(agent.agent(timeout_s=2.0), question)
    assert table.columns == table_of(agent.rows, question)
    assert table.scalars == [123_456, None]
    found = await engine.get(agent.agent(timeout_s=2.0), [UPTIME, (*IF, 8, 1)])
    assert found == [
        VarBind(UPTIME, ber.TIME_TICKS, 123_456),
        VarBind((*IF, 8, 1), ber.NO_SUCH_INSTANCE),
    ]


async def test_truncated_answers_are_asked_for_the_rest(engine, served) -> None:
    agent = await served(switch(12), largest=300)
    question = Question((UPTIME,), COLUMNS, tuple(range(1, 13)))
    table = await engine.table(agent.agent(timeout_s=2.0), question)
    assert table.columns == table_of(agent.rows, question)
    assert table.scalars == [123_456]
    assert table.quirks == []


async def test_too_big_asks_for_less_and_remembers_it(engine, served) -> None:
    agent = await served(switch(10), largest=500, too_big=True)
    question = Question((UPTIME,), COLUMNS, tuple(range(1, 11)))
    asked = []
    for _ in range(2):
        table = await engine.table(agent.agent(timeout_s=2.0), question)
        assert table.columns == table_of(agent.rows, question)
        asked.append([pdu.max_repetitions for pdu in agent.asked])
        agent.asked.clear()
    assert max(asked[0]) == 5
    assert max(asked[1]) < 5


async def test_a_loop_ends_with_a_quirk_and_keeps_what_came_before(engine, served) -> None:
    agent = await served(loop_at=(*IF, 2, 5))
    walked = await engine.walk(agent.agent(timeout_s=2.0), [(*IF, 2)])
    assert [row.oid[-1] for row in walked.rows] == [1, 2, 3, 4, 5]
    assert any("loops" in quirk for quirk in walked.quirks)


async def test_rows_out_of_order_all_come_home_with_a_quirk(engine, served) -> None:
    lines = [VarBind((*IF, 2, n), ber.OCTET_STRING, b"p%d" % n) for n in (1, 7, 3, 9, 2)]
    agent = await served([*lines, VarBind((*IF, 3, 1), ber.INTEGER, 6)])
    walked = await engine.walk(agent.agent(timeout_s=2.0), [(*IF, 2)])
    assert walked.rows == lines
    assert any("not in the order" in quirk for quirk in walked.quirks)
    question = Question((), ((*IF, 2),), (1, 7, 3, 9, 2))
    table = await engine.table(agent.agent(timeout_s=2.0), question)
    assert table.columns == [[b"p1", b"p7", b"p3", b"p9", b"p2"]]


async def test_a_new_row_is_noticed_and_costs_no_value(engine, served) -> None:
    agent = await served(switch(9))
    question = Question((UPTIME,), COLUMNS, (1, 2, 3, 5, 6, 7, 8, 9))
    table = await engine.table(agent.agent(timeout_s=2.0), question)
    assert table.changed
    assert table.columns == table_of(agent.rows, question)


async def test_a_null_where_a_value_belongs_is_a_quirk(engine, served) -> None:
    rows = switch(4)
    rows = [VarBind(r.oid, ber.NULL) if r.oid == (*IF, 8, 2) else r for r in rows]
    agent = await served(rows)
    question = Question((), ((*IF, 8),), (1, 2, 3, 4))
    table = await engine.table(agent.agent(timeout_s=2.0), question)
    assert table.columns == [[1, None, 1, 1]]
    assert table.quirks == ["NULL where a value belongs, in 1.3.6.1.2.1.2.2.1.8.2"]


async def test_a_refusal_is_told_from_silence(engine, served) -> None:
    agent = await served(error_status=16)
    with pytest.raises(DeviceRefused, match="authorizationError"):
        await engine.walk(agent.agent(timeout_s=2.0), [MIB])


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_the_engines_agree_value_by_value_on_our_recordings(path, fast, served) -> None:
    reference = ReferenceEngine()
    agent = await served(recording(path))
    mine = await fast.walk(agent.agent(timeout_s=2.0), EVERYTHING)
    theirs = await reference.walk(agent.agent(timeout_s=2.0), EVERYTHING)
    await reference.close()
    assert mine.rows == theirs.rows == agent.rows
    assert mine.quirks == theirs.quirks


@pytest.mark.parametrize("name", ["gude-epc8031", "axis-p1455", "apc-surt3000xl"])
async def test_the_engines_agree_on_recordings_of_real_devices(name, fast, served) -> None:
    path = SHARED / f"{name}.snmprec"
    if not path.exists():
        pytest.skip("../shared/devices is not here")
    reference = ReferenceEngine()
    agent = await served(recording(path))
    mine = await fast.walk(agent.agent(timeout_s=2.0), EVERYTHING)
    theirs = await reference.walk(agent.agent(timeout_s=2.0), EVERYTHING)
    await reference.close()
    assert mine.rows == theirs.rows == agent.rows


@pytest.mark.parametrize("name", ["ruijie-n18010-lldp", "cisco-wlc-entphysical"])
async def test_recordings_out_of_order_come_home_whole(name, fast, served) -> None:
    path = SHARED / "ugly" / f"{name}.snmprec"
    if not path.exists():
        pytest.skip("../shared/devices is not here")
    rows = recording(path)[:1500]
    agent = await served(rows)
    walked = await fast.walk(agent.agent(timeout_s=2.0), EVERYTHING)
    assert {row.oid for row in walked.rows} == {row.oid for row in rows}
    assert any("not in the order" in quirk for quirk in walked.quirks)


def test_devices_of_one_model_may_hold_different_numbers_of_rows_in_an_answer() -> None:
    question = Question((UPTIME,), COLUMNS, (1, 2, 3, 4, 5, 6))
    for rows in (5, 1, 5):
        grid, keys = Grid(question, rows), []
        while (request := grid.ready()) is not None:
            keys.append(request.key)
        assert keys == list(range(-(-6 // rows)))


# --- only the fast engine: its transport ----------------------------------------------------------


async def test_lost_answers_are_asked_again(fast, served) -> None:
    agent = await served(switch(12), lose=2)
    question = Question((UPTIME,), COLUMNS, tuple(range(1, 13)))
    table = await fast.table(agent.agent(timeout_s=0.02), question)
    assert table.columns == table_of(agent.rows, question)
    assert fast.counts.resent == 2


async def test_garbage_is_counted_retried_and_survived(fast, served) -> None:
    agent = await served(garbage=1)
    found = await fast.get(agent.agent(timeout_s=0.02), [UPTIME])
    assert found[0].value == 123_456
    assert fast.counts.garbage == 1


async def test_nothing_but_garbage_is_a_refusal_that_says_so(fast, served) -> None:
    agent = await served(always_garbage=True)
    with pytest.raises(DeviceRefused, match="not SNMP"):
        await fast.get(agent.agent(timeout_s=0.01), [UPTIME])


async def test_silence_names_the_address_the_tries_and_the_cure(fast, served) -> None:
    agent = await served()
    wrong = agent.agent(timeout_s=0.01, retries=1, community="wrong")
    with pytest.raises(DeviceSilent, match=rf"127.0.0.1:{agent.port} did not answer in 2 tries"):
        await fast.walk(wrong, [MIB])
    assert (fast.counts.silent, fast.counts.sent) == (1, 1)


async def test_an_answer_from_a_stranger_is_not_believed(fast, served) -> None:
    agent = await served(wrong_source=True)
    with pytest.raises(DeviceSilent):
        await fast.get(agent.agent(timeout_s=0.01), [UPTIME])
    assert fast.counts.wrong_source == 3


async def test_a_late_answer_to_an_earlier_try_counts_and_its_double_does_not(fast, served) -> None:
    agent = await served(hold=1)
    agent.on_ask = lambda pdu: (
        [agent.transport.sendto(*late) for late in agent.held] if len(agent.asked) == 2 else None
    )
    found = await fast.get(agent.agent(timeout_s=0.02), [UPTIME])
    assert found[0].value == 123_456
    await fast.get(agent.agent(timeout_s=1.0), [UPTIME])
    assert fast.counts.unexpected == 1


async def test_a_doubled_answer_is_used_once(fast, served) -> None:
    agent = await served(duplicate=True)
    walked = await fast.walk(agent.agent(), [(*IF, 2)])
    assert len(walked.rows) == 8
    assert fast.counts.unexpected >= 1


async def test_large_values_come_with_fewer_repetitions(fast, served) -> None:
    rows = [VarBind((*IF, 2, n), ber.OCTET_STRING, bytes(6_000)) for n in range(1, 12)]
    agent = await served(rows, silent_above=8)
    walked = await fast.walk(agent.agent(timeout_s=0.02), [(*IF, 2)])
    assert walked.rows == rows


async def test_a_device_that_dies_half_way_gives_its_rows_and_a_quirk(fast, served) -> None:
    agent = await served()
    agent.on_ask = lambda pdu: setattr(agent.unkind, "lose", 9) if len(agent.asked) > 1 else None
    walked = await fast.walk(agent.agent(timeout_s=0.01), [(*IF, 2), (*IF, 3), (*IF, 5), (*IF, 7)])
    assert len(walked.rows) == 8
    assert any("no answer" in quirk for quirk in walked.quirks)


async def test_many_devices_share_one_socket_and_a_bound(served) -> None:
    engine = FastEngine(SystemClock(), in_flight=3)
    agents = [await served(switch(3, uptime=n)) for n in range(12)]
    question = Question((UPTIME,), COLUMNS, (1, 2, 3))
    import asyncio

    tables = await asyncio.gather(*(engine.table(a.agent(), question) for a in agents))
    assert [table.scalars for table in tables] == [[n] for n in range(12)]
    await engine.close()


async def test_a_device_gets_one_request_until_it_answers_and_four_from_then_on(
    fast, served
) -> None:
    import asyncio

    agent = await served(hold=99)
    roots = [(*IF, n) for n in (1, 2, 3, 5, 7, 8, 9)]
    task = asyncio.ensure_future(fast.walk(agent.agent(timeout_s=5.0), roots))
    at_once = []
    while not task.done():
        await asyncio.sleep(0.002)
        at_once.append(len(agent.held))
        for late in agent.held:
            agent.transport.sendto(*late)
        agent.held.clear()
    assert len((await task).rows) == 7 * 8
    assert next(n for n in at_once if n) == 1
    assert max(at_once) == 4


async def test_request_ids_always_take_four_bytes(fast, served) -> None:
    agent = await served()
    await fast.walk(agent.agent(), [MIB])
    assert all(0x40000000 <= pdu.request_id <= 0x7FFFFFFF for pdu in agent.asked)


async def test_a_name_that_does_not_resolve_says_so(fast) -> None:
    credential = SnmpCredential(community=None)
    with pytest.raises(DeviceRefused, match="no address for"):
        await fast.get(Agent(host="no such host.invalid", credential=credential), [UPTIME])


async def test_a_cancelled_read_leaves_nothing_behind(fast, served) -> None:
    import asyncio

    agent = await served(lose=99)
    task = asyncio.ensure_future(fast.get(agent.agent(timeout_s=5.0), [UPTIME]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not fast._flights
    assert all(not peer.exchanges and not peer.in_flight for peer in fast._peers.values())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("sw", ("sw", 161)),
        ("sw:1161", ("sw", 1161)),
        ("[::1]:1161", ("::1", 1161)),
        ("[fe80::1]", ("fe80::1", 161)),
        ("2001:db8::1", ("2001:db8::1", 161)),
    ],
)
def test_an_address_is_host_and_port(text, parts) -> None:
    assert split_address(text) == parts


@pytest.mark.parametrize("text", ["", ":161", "sw:x", "sw:0", "sw:70000"])
def test_a_wrong_address_names_the_cure(text) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        split_address(text)
