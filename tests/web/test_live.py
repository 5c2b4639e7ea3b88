"""The stream: gathered, resumed, bounded."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import pytest

from events.clock import ManualClock
from monitor.projector import Delta
from monitor.web.live import QUEUE, TOPICS, Feed
from tests.web.pictures import NOW, state

ALL = frozenset().union(*TOPICS.values())


def change(key, state="down", topic="chain"):
    return Delta(topic, key, {"id": key, "state": state})


def told(viewer):
    """Everything queued, as (name, data); None = the end."""
    out = []
    while not viewer.queue.empty():
        frame = viewer.queue.get_nowait()
        out.append(frame and (frame.name, json.loads(frame.text.decode().split("data: ")[1])))
    return out


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def feed(clock):
    return Feed(clock, epoch="e1", build="b1")


async def test_a_stream_opens_with_hello_and_the_clocks(feed):
    async with feed.subscribe(ALL) as viewer:
        (hello, data), (beat, _) = told(viewer)
    assert (hello, beat) == ("hello", "hb")
    assert data == {"seq": 0, "build": "b1", "epoch": "e1", "resync": True}


async def test_changes_within_a_quarter_of_a_second_go_out_as_one_and_the_last_of_a_key_wins(
    feed, clock
):
    running = asyncio.create_task(feed.run())
    async with feed.subscribe(ALL) as viewer:
        told(viewer)
        await clock.advance(0.1)
        feed.publish([change("a"), change("b")])
        feed.publish([change("a", "up")])
        assert told(viewer) == []
        await clock.advance(0.2)
        assert told(viewer) == [
            ("chain", [{"id": "a", "state": "up"}, {"id": "b", "state": "down"}])
        ]
    running.cancel()


async def test_a_heartbeat_comes_every_five_seconds_in_silence(feed, clock):
    running = asyncio.create_task(feed.run())
    async with feed.subscribe(ALL) as viewer:
        told(viewer)
        await clock.advance(16)
        assert [name for name, _ in told(viewer)] == ["hb"] * 3
    running.cancel()


async def test_a_viewer_that_comes_back_gets_what_it_missed_and_nothing_twice(feed):
    for key in "abc":
        feed.publish([change(key)])
        feed.flush()
    async with feed.subscribe(ALL, "e1-1") as viewer:
        (_, hello), _, *missed = told(viewer)
    assert hello["resync"] is False
    assert [data[0]["id"] for _, data in missed] == ["b", "c"]


@pytest.mark.parametrize("last", ["e0-3", "e1-9", "e1-x", "", None, "e1-", "nonsense", "e1--1"])
async def test_a_place_that_is_not_kept_makes_the_viewer_fetch_anew(feed, last):
    feed.publish([change("a")])
    feed.flush()
    async with feed.subscribe(ALL, last) as viewer:
        assert told(viewer)[0][1]["resync"] is True


async def test_a_viewer_that_was_away_for_long_is_not_flooded(feed):
    for n in range(QUEUE):
        feed.publish([change(str(n))])
        feed.flush()
    async with feed.subscribe(ALL, "e1-1") as viewer:
        assert told(viewer)[0][1]["resync"] is True


async def test_a_viewer_that_does_not_read_is_dropped_and_the_others_lose_nothing(feed):
    async with feed.subscribe(ALL) as slow, feed.subscribe(ALL) as quick:
        got = told(quick)
        for n in range(QUEUE + 5):
            feed.publish([change(str(n))])
            feed.flush()
            got += told(quick)
        assert slow.dropped
        assert told(slow) == [None]
        assert (feed.viewers, feed.dropped, quick.dropped) == (1, 1, False)
        assert len(got) == 2 + QUEUE + 5


async def test_a_viewer_gets_only_the_topics_that_it_asked_for(feed):
    async with feed.subscribe(TOPICS["incidents"]) as viewer:
        told(viewer)
        feed.publish([change("a"), change("i", topic="incident"), change("n", topic="notice")])
        feed.flush()
        assert [name for name, _ in told(viewer)] == ["incident", "notice"]


async def test_three_hundred_viewers_each_get_everything(feed):
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(feed.subscribe(ALL)) for _ in range(300)]
        for n in range(40):
            feed.publish([change(str(n))])
            feed.flush()
        assert {len(told(viewer)) for viewer in viewers} == {42}
    assert feed.viewers == 0


async def test_the_stream_over_http_resumes_and_ends_when_the_service_stops(board):
    site = await board()
    response = await site.client.get("/events", params={"topics": "chains"})
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["X-Accel-Buffering"] == "no"
    site.feed.publish(site.projector.apply(state("zaak-ddt", "down", of="chain")))
    site.feed.flush()
    text = (await response.content.readuntil(b"event: chain")).decode()
    assert "event: hello" in text
    site.feed.close()
    rest = (await response.content.read()).decode()
    assert "id: e1-" in rest
    again = await site.client.get("/events", headers={"Last-Event-ID": "e1-0"})
    assert await again.content.read() == b""  # closed: nobody is kept waiting


async def test_an_unknown_topic_is_refused_with_the_ones_there_are(board):
    site = await board()
    response = await site.client.get("/events", params={"topics": "weather"})
    assert response.status == 400
    assert "chains, components, incidents" in (await response.json())["detail"]
