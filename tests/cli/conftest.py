"""Something to ask: a catalogue, a service with trouble, a device."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp.test_utils import TestServer

from monitor.__main__ import main
from monitor.web.live import Feed
from monitor.web.options import Notices, Options
from monitor.web.routes import build
from tests.probes.agent import TestAgent, recording
from tests.web.pictures import picture

HERE = Path(__file__).parents[1]
KANTOOR = HERE.parent / "examples" / "kantoor"


@pytest.fixture
def keten(capsys):
    """Call the command line: exit code, stdout, stderr."""

    def call(*words):
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return call


@pytest.fixture
async def ask(keten):
    """Call the command line beside the service that it asks: both live in this process."""

    async def call(*words):
        return await asyncio.to_thread(keten, *words)

    return call


@pytest.fixture
async def service():
    """The address of a service that shows a region with trouble."""
    projector, clock = picture()
    feed = Feed(clock, epoch="e1")
    told = {"digest": "0" * 64, "watermark": "2026-11-23T02:45:05Z"}
    options = Options(
        clock=clock,
        notices=Notices(feed),
        kappa=lambda _: 1,
        status=SimpleNamespace(status=lambda: {**told, "catalogue": projector.catalogue.version}),
    )
    server = TestServer(build(projector, feed, options))
    await server.start_server()
    yield f"http://{server.host}:{server.port}"
    await server.close()


@pytest.fixture
async def device():
    """The address of a switch that answers."""
    agent = await TestAgent(recording(HERE / "recordings" / "office-switch.snmprec")).listen()
    yield f"127.0.0.1:{agent.port}"
    agent.close()
