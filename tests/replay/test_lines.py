"""A line that cannot be used is told with its number and why, and the lines around it still count."""

import pytest

from events import codec
from monitor.eventlines import usable
from tests.engine.lab import office, saw

GOOD = codec.encode(saw("s1", "up", 0))
BROKEN = {
    "an id that is not UTF-8": b'{"id":"\xff"}',
    "brackets without end": b'{"id":"a","data":' + b"[" * 100_000,
    "not JSON at all": b"\xff\xfe",
    "a list": b"[]",
    "half a line": GOOD[:-20],
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_line_that_cannot_be_read_stops_no_other(line):
    events, refused = usable(office(), [GOOD, line, GOOD])
    assert len(events) == 2
    assert [one["line"] for one in refused] == [2]
    assert refused[0]["reason"]
