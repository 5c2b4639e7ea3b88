"""A client of the board with a picture behind it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.web.live import Feed
from monitor.web.options import Notices, Options
from monitor.web.routes import build
from tests.web.pictures import picture


@pytest.fixture
async def board():
    """Start boards on demand: `await board(chains=21)` gives client, projector, feed and clock."""
    clients = []

    async def start(chains=14, *, troubled=True, projector=None, **options):
        made, clock = picture(chains, troubled=troubled)
        made = projector or made
        feed = Feed(clock, epoch="e1")
        notices = Notices(feed)
        app = build(made, feed, Options(clock=clock, notices=notices, **options))
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return SimpleNamespace(
            client=client, projector=made, feed=feed, clock=clock, notices=notices, app=app
        )

    yield start
    for client in clients:
        await client.close()
