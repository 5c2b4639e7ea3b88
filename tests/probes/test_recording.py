"""Recordings: what is written is read again, and an engine that answers from one agrees with the wire."""

from __future__ import annotations

import pytest
from hypothesis import given

from events.errors import ContractError
from probes.snmp import ber
from probes.snmp.recording import RecordedEngine, read_recording, written
from tests.probes.test_ber import varbind


@given(varbind)
def test_a_row_that_is_written_is_read_again(row) -> None:
    if len(row.oid) > 1 and row.tag not in (
        ber.NO_SUCH_OBJECT,
        ber.NO_SUCH_INSTANCE,
        ber.END_OF_MIB_VIEW,
    ):
        assert read_recording([written(row)]) == [row]


@pytest.mark.parametrize(
    "line", ["hello", "1.3.6|x|1", "1.a|2|1", "1.3.6|4x|zz", "1.3.6|2|", "1.3.6|2"]
)
def test_a_line_that_is_none_is_told_with_its_number(line) -> None:
    with pytest.raises(ContractError, match="line 2"):
        read_recording(["1.3.6.1.2.1.1.5.0|4|sw-1\n", line])


async def test_only_what_lies_under_the_roots_is_walked() -> None:
    engine = RecordedEngine(read_recording(["1.3.6.1.1|2|1", "1.3.6.1.2|2|2", "1.3.6.1.2.7|2|3"]))
    walked = await engine.walk(None, [(1, 3, 6, 1, 2)])
    assert [row.value for row in walked.rows] == [2, 3]
    got = await engine.get(None, [(1, 3, 6, 1, 1), (1, 3, 6, 1, 9)])
    assert [(row.tag, row.value) for row in got] == [(ber.INTEGER, 1), (ber.END_OF_MIB_VIEW, None)]
