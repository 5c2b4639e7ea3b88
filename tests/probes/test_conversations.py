"""Whatever an agent answers, a conversation ends, and breaks with nothing but a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import DeviceRefused
from probes.snmp import ber
from probes.snmp.ber import RawResponse, encode_oid
from probes.snmp.engine import Question, Table, Walked
from probes.snmp.grid import Grid
from probes.snmp.lookup import Lookup
from probes.snmp.walk import Walk

COLUMN = (1, 3, 6, 1, 2, 1, 2, 2, 1)
NAMES = [
    encode_oid((*COLUMN, column, row)) for column in (7, 8) for row in (1, 2, 3, 4, 200, 70_000)
]
names = st.one_of(st.sampled_from(NAMES), st.binary(max_size=12))
tags = st.sampled_from([2, 4, 5, 6, 65, 70, 128, 129, 130, 31])
bindings = st.lists(st.tuples(names, tags, st.binary(max_size=10)), max_size=30)
statuses = st.sampled_from([0, 0, 0, 0, 1, 2, 5, 77])
answers = st.one_of(
    st.none(),
    st.builds(RawResponse, st.just(b""), st.just(1), statuses, st.integers(-3, 60), bindings),
)
MOST_STEPS = 3_000


def conversations():
    return [
        Walk([(*COLUMN, 7), (*COLUMN, 8)]),
        Grid(
            Question(((1, 3, 6, 1, 2, 1, 1, 3, 0),), ((*COLUMN, 7), (*COLUMN, 8)), (1, 2, 3, 4)), 3
        ),
        Grid(Question(((1, 3, 6, 1, 2, 1, 1, 3, 0),), (), ()), 3),
        Lookup([(*COLUMN, 7, row) for row in range(1, 100)]),
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(answers, min_size=1, max_size=12), st.booleans())
def test_every_conversation_ends_whatever_is_answered(script, at_once) -> None:
    for conversation in conversations():
        steps = 0
        waiting = []
        while steps < MOST_STEPS:
            while (request := conversation.ready()) is not None:
                waiting.append(request)
                if not at_once:
                    break
            if not waiting:
                break
            asked, answer = waiting.pop(0), script[steps % len(script)]
            steps += 1
            if answer is None:
                conversation.lost(conversation.smaller(asked))
            else:
                conversation.take(asked, answer)
        assert steps < MOST_STEPS
        assert isinstance(conversation.result(), (Walked, Table, list))


def test_a_refusal_is_the_one_error_that_leaves_a_conversation() -> None:
    for conversation in conversations():
        request = conversation.ready()
        with pytest.raises(DeviceRefused, match="check its view and community"):
            conversation.take(request, RawResponse(b"", 1, 16, 0, []))


def test_a_number_without_bytes_is_unknown_and_never_zero() -> None:
    grid = Grid(Question((), ((*COLUMN, 8),), (1,)), 1)
    request = grid.ready()
    name = encode_oid((*COLUMN, 8, 1))
    grid.take(request, RawResponse(b"", 1, 0, 0, [(name, ber.INTEGER, b"")]))
    assert grid.result().columns == [[None]]
    assert any("unreadable value" in quirk for quirk in grid.result().quirks)
