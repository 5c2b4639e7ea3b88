"""What the tests of the roles share: nothing happens on another thread while a hand moves the clock."""

from __future__ import annotations

import asyncio

import pytest


@pytest.fixture(autouse=True)
def _in_line(monkeypatch):
    """Snapshots are written in line: a manual clock does not wait for threads."""

    async def at_once(call, *args):
        return call(*args)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
