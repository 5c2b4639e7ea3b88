"""What cannot be used is kept with its place and its reason."""

from __future__ import annotations

import base64

from events.codec import MAX_EVENT_BYTES, decode, encode
from events.deadletters import RAW_BYTES, set_aside
from events.log import Partition, Record
from tests.events.rigs import START


def record(value):
    return Record(Partition("observations", 3), 42, "default", value, START)


def test_a_dead_letter_carries_place_reason_and_bytes():
    letter = set_aside(record(b"\xff{"), "not UTF-8: byte 0", source="engine/default")
    assert letter.subject == "observations/3/42"
    assert letter.time == START
    assert letter.data.reason == "not UTF-8: byte 0"
    assert base64.b64decode(letter.data.raw) == b"\xff{"
    assert decode(encode(letter)) == letter


def test_the_same_record_gives_the_same_letter():
    one, two = (set_aside(record(b"x"), "why", source="engine/a") for _ in range(2))
    assert one.id == two.id


def test_a_record_too_large_for_one_event_is_cut_and_says_so():
    letter = set_aside(record(b"x" * 2_000_000), "too large", source="engine/a")
    assert len(encode(letter)) < MAX_EVENT_BYTES
    assert letter.data.reason == f"too large (first {RAW_BYTES} of 2000000 bytes)"
